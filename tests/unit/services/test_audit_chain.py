"""The chain of the trail shows whatever was changed, removed or put in afterwards."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import col, select

from mysapk_web.domain.audit import AuditTag
from mysapk_web.models import AuditEvent, AuditSeal, Database
from mysapk_web.services import audit, audit_chain, clock
from mysapk_web.services.actor import Refused
from mysapk_web.services.audit_chain import TrailBroken
from mysapk_web.settings import Settings

TRIGGERS = {
    "jejak_audit": ("jejak_audit_no_update", "jejak_audit_no_delete", "jejak_audit_append_only"),
    "jejak_segel": ("jejak_segel_no_update", "jejak_segel_no_delete", "jejak_segel_append_only"),
}


def write(db: Database, count: int = 1, **detail: Any) -> None:
    with db.begin() as s:
        for number in range(count):
            audit.record(s, AuditTag.LOGIN, actor_id=number, subject_id=number, percobaan=number, **detail)


def seal(db: Database, settings: Settings) -> int:
    done = 0
    while True:
        with db.begin() as s:
            step = audit_chain.seal(s, settings)
        if not step:
            return done
        done += step


def verify(db: Database, settings: Settings, known: audit_chain.Head | None = None) -> audit_chain.Verdict:
    with db.read() as s:
        return audit_chain.verify(s, settings, known=known)


def tamper(db: Database, statement: str, **values: Any) -> None:
    """What somebody with the rights of the owner of the database can do."""
    with db.begin() as s:
        for table, names in TRIGGERS.items():
            if db.is_sqlite:
                for name in names[:2]:
                    s.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
            else:
                s.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER {names[2]}"))
        s.execute(text(statement), values)


def with_another_key(settings: Settings) -> Settings:
    return settings.model_copy(update={"secret_key": type(settings.secret_key)("another-secret-0123456789-abcdefghij")})


def test_an_honest_chain_has_no_faults(db: Database, settings: Settings) -> None:
    write(db, 5)
    assert seal(db, settings) == 5
    write(db, 3, agent="Peramban é ✓")
    assert seal(db, settings) == 3

    found = verify(db, settings)
    assert (found.events, found.unsealed, found.faults, found.head.position) == (8, 0, [], 8)


def test_what_waits_for_its_seal_is_no_fault(db: Database, settings: Settings) -> None:
    write(db, 2)
    with db.read() as s:
        assert audit_chain.waiting(s, settings) == (audit_chain.Head(), True)
    assert verify(db, settings).unsealed == 2
    seal(db, settings)
    with db.read() as s:
        head, waits = audit_chain.waiting(s, settings)
    assert (head, waits) == (verify(db, settings).head, False)
    assert verify(db, settings).unsealed == 0


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE jejak_audit SET detail = '{\"percobaan\": 99}' WHERE id = :third",
        "UPDATE jejak_audit SET actor_id = 99 WHERE id = :third",
        "UPDATE jejak_audit SET subject_id = NULL WHERE id = :third",
        "UPDATE jejak_audit SET tag = 'akun:logout' WHERE id = :third",
        "UPDATE jejak_audit SET tag = 'tidak:ada' WHERE id = :third",
        "UPDATE jejak_audit SET instansi_id = 7 WHERE id = :third",
        "UPDATE jejak_audit SET address = '203.0.113.0/24' WHERE id = :third",
        "DELETE FROM jejak_audit WHERE id = :third",
        "DELETE FROM jejak_segel WHERE event_id = :third",
        "DELETE FROM jejak_segel WHERE event_id >= :third",
        "UPDATE jejak_segel SET hash = substr(hash, 2) || 'g' WHERE event_id = :third",
        "UPDATE jejak_segel SET position = position + 100 WHERE event_id >= :third",
        "UPDATE pekerjaan_latar SET note = '{}' WHERE name = 'segel'",
    ],
)
def test_every_change_is_found(db: Database, settings: Settings, change: str) -> None:
    write(db, 6)
    seal(db, settings)
    with db.read() as s:
        third = s.exec(select(AuditEvent.id).order_by(col(AuditEvent.id)).offset(2)).first()

    tamper(db, change, **({"third": third} if ":third" in change else {}))
    assert verify(db, settings).faults


def test_a_cut_tail_is_found_even_when_its_seals_go_too(db: Database, settings: Settings) -> None:
    write(db, 6)
    seal(db, settings)
    head = verify(db, settings).head
    tamper(db, "DELETE FROM jejak_segel WHERE position > 3")
    tamper(db, "DELETE FROM jejak_audit WHERE id NOT IN (SELECT event_id FROM jejak_segel)")

    assert any("dipotong" in fault for fault in verify(db, settings).faults)
    assert any("pernah sampai 6" in fault for fault in verify(db, settings, known=head).faults)


def point_the_note_at(db: Database, position: int, **other: Any) -> None:
    """The note as somebody writes it who has the database and not the key."""
    with db.read() as s:
        chained, event_id = s.execute(
            text("SELECT hash, event_id FROM jejak_segel WHERE position = :at"), {"at": position}
        ).one()
    note = {"position": position, "hash": chained, "event_id": event_id, "mac": "", **other}
    tamper(db, "UPDATE pekerjaan_latar SET note = :note WHERE name = 'segel'", note=json.dumps(note))


@pytest.mark.parametrize("mac", ["", "0" * 64, "é", None, 7])
def test_a_cut_whose_note_was_written_without_the_key_is_not_sealed_over(
    db: Database, settings: Settings, mac: Any
) -> None:
    write(db, 6)
    seal(db, settings)
    tamper(db, "DELETE FROM jejak_segel WHERE position > 3")
    tamper(db, "DELETE FROM jejak_audit WHERE id NOT IN (SELECT event_id FROM jejak_segel)")
    point_the_note_at(db, 3, mac=mac)

    write(db, 2)
    with pytest.raises(TrailBroken, match="diubah"):
        seal(db, settings)
    with db.read() as s, pytest.raises(TrailBroken):
        audit_chain.waiting(s, settings)
    found = verify(db, settings)
    assert (found.unsealed, found.faults) == (2, ["Kepala rantai diubah."])


@pytest.mark.parametrize("change", ["cut", "note gone", "note of a list", "row gone", "seal put in"])
def test_nothing_is_sealed_behind_a_note_that_does_not_fit_the_seals(
    db: Database, settings: Settings, change: str
) -> None:
    write(db, 6)
    seal(db, settings)
    statements = {
        "cut": "DELETE FROM jejak_segel WHERE position > 3",
        "note gone": "UPDATE pekerjaan_latar SET note = '{}' WHERE name = 'segel'",
        "note of a list": "UPDATE pekerjaan_latar SET note = '[1]' WHERE name = 'segel'",
        "row gone": "DELETE FROM pekerjaan_latar WHERE name = 'segel'",
        "seal put in": "INSERT INTO jejak_segel (position, event_id, sealed_at, hash) "
        "SELECT 7, 1000000, sealed_at, hash FROM jejak_segel WHERE position = 6",
    }
    tamper(db, statements[change])

    write(db, 2)
    with pytest.raises(TrailBroken):
        seal(db, settings)
    assert verify(db, settings).faults


def test_an_operator_with_the_key_lets_the_sealing_go_on_and_the_trail_tells(db: Database, settings: Settings) -> None:
    write(db, 6)
    seal(db, settings)
    with db.begin() as s:
        assert not audit_chain.go_on(s, settings, reason="tidak ada apa-apa")
    tamper(db, "DELETE FROM jejak_segel WHERE position > 3")
    tamper(db, "DELETE FROM jejak_audit WHERE id NOT IN (SELECT event_id FROM jejak_segel)")
    for reason in ("", "  "):
        with pytest.raises(Refused), db.begin() as s:
            audit_chain.go_on(s, settings, reason=reason)
    with db.begin() as s:
        assert "dipotong" in audit_chain.go_on(s, settings, reason="Sudah diperiksa, laporan 12")
    write(db, 2)

    assert seal(db, settings) == 3
    assert verify(db, settings).faults == []
    with db.read() as s:
        told = s.exec(select(AuditEvent.detail).where(AuditEvent.tag == AuditTag.TRAIL_CONTINUED)).one()
    assert (told["reason"], told["position"], told["note"]) == ("Sudah diperiksa, laporan 12", 3, 6)


def test_after_a_change_of_the_key_sealing_waits_for_the_operator(db: Database, settings: Settings) -> None:
    write(db, 2)
    seal(db, settings)
    other = with_another_key(settings)
    write(db, 1)
    with pytest.raises(TrailBroken):
        seal(db, other)
    with db.begin() as s:
        assert audit_chain.go_on(s, other, reason="Kunci diganti")
    assert seal(db, other) == 2


@pytest.mark.parametrize("sealed_again", [False, True])
def test_an_event_put_in_between_is_found(db: Database, settings: Settings, sealed_again: bool) -> None:
    write(db, 4)
    with db.read() as s:
        last = s.exec(select(AuditEvent.id).order_by(col(AuditEvent.id).desc())).first() or 0
    with db.begin() as s:
        s.add(AuditEvent(id=last + 50, at=clock.now(), tag=AuditTag.LOGIN))
    seal(db, settings)
    with db.begin() as s:
        s.add(AuditEvent(id=last + 20, at=clock.now() - timedelta(days=3), tag=AuditTag.LOGOUT))
    if sealed_again:
        seal(db, settings)

    assert any("disisipkan" in fault for fault in verify(db, settings).faults)


def test_a_transaction_that_ends_late_is_sealed_without_a_fault(db: Database, settings: Settings) -> None:
    write(db, 2)
    with db.read() as s:
        last = s.exec(select(AuditEvent.id).order_by(col(AuditEvent.id).desc())).first() or 0
    with db.begin() as s:
        s.add(AuditEvent(id=last + 2, at=clock.now(), tag=AuditTag.LOGIN))
    seal(db, settings)
    with db.begin() as s:
        s.add(AuditEvent(id=last + 1, at=clock.now() - timedelta(seconds=40), tag=AuditTag.LOGIN))

    assert seal(db, settings) == 1
    assert verify(db, settings).faults == []


def test_another_key_does_not_make_the_same_chain(db: Database, settings: Settings) -> None:
    write(db, 2)
    seal(db, settings)
    assert verify(db, with_another_key(settings)).fault_count >= 2


def test_seals_can_be_added_to_only(db: Database, settings: Settings) -> None:
    write(db, 1)
    seal(db, settings)
    for statement in ("UPDATE jejak_segel SET hash = 'x'", "DELETE FROM jejak_segel"):
        with pytest.raises(Exception, match="append-only"), db.begin() as s:
            s.execute(text(statement))


def test_writers_and_two_sealers_at_one_moment_make_one_chain(db: Database, settings: Settings) -> None:
    faults: list[BaseException] = []
    start = threading.Barrier(4)

    def run(work: Callable[[], Any]) -> None:
        start.wait()
        try:
            for _ in range(12):
                work()
        except BaseException as error:
            faults.append(error)

    works: list[Callable[[], Any]] = [lambda: write(db, 3)] * 2 + [lambda: seal(db, settings)] * 2
    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    seal(db, settings)

    found = verify(db, settings)
    assert (faults, found.faults, found.events) == ([], [], 72)


@given(
    st.lists(st.integers(1, 4), min_size=1, max_size=5),
    st.integers(0, 30),
    st.sampled_from(("change", "remove", "swap")),
)
@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_done_to_any_sealed_event_is_found(
    sqlite_db: Database, settings: Settings, batches: list[int], which: int, act: str
) -> None:
    tamper(sqlite_db, "DELETE FROM jejak_audit")
    tamper(sqlite_db, "DELETE FROM jejak_segel")
    tamper(sqlite_db, "UPDATE pekerjaan_latar SET note = '{}'")
    for size in batches:
        write(sqlite_db, size)
        seal(sqlite_db, settings)
    assert verify(sqlite_db, settings).faults == []
    with sqlite_db.read() as s:
        ids = list(s.exec(select(AuditEvent.id).order_by(col(AuditEvent.id))))
    one, other = ids[which % len(ids)], ids[(which + 1) % len(ids)]

    if act == "change":
        tamper(sqlite_db, "UPDATE jejak_audit SET actor_id = 4711 WHERE id = :one", one=one)
    elif act == "remove":
        tamper(sqlite_db, "DELETE FROM jejak_audit WHERE id = :one", one=one)
    else:
        tamper(sqlite_db, "UPDATE jejak_segel SET event_id = -1 WHERE event_id = :one", one=one)
        tamper(sqlite_db, "UPDATE jejak_segel SET event_id = :one WHERE event_id = :other", one=one, other=other)
        tamper(sqlite_db, "UPDATE jejak_segel SET event_id = :other WHERE event_id = -1", other=other)

    same = act == "swap" and one == other
    assert bool(verify(sqlite_db, settings).faults) is not same


def test_a_long_chain_is_walked_in_steps(sqlite_db: Database, settings: Settings) -> None:
    write(sqlite_db, 2_500)
    assert seal(sqlite_db, settings) == 2_500
    with sqlite_db.read() as s:
        assert s.exec(select(AuditSeal.position).order_by(col(AuditSeal.position).desc())).first() == 2_500
        assert audit_chain.verify(s, settings).events == 2_500
