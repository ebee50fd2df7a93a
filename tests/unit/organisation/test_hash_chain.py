"""The chain of the trail shows whatever was changed, removed or put in afterwards."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import Session, col, select

from mysapk_web.accounts.audit_events import Login, LoginFailed
from mysapk_web.organisation import audit, hash_chain
from mysapk_web.organisation.audit import NewAuditEvent
from mysapk_web.organisation.hash_chain import ChainBrokenError
from mysapk_web.platform import clock, commit_order, jobs
from mysapk_web.platform.database import Database
from mysapk_web.platform.errors import UserError
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.tables.audit import AuditEvent, AuditSeal
from mysapk_web.settings import Settings

TRIGGERS = {
    "jejak_audit": ("jejak_audit_no_update", "jejak_audit_no_delete", "jejak_audit_append_only"),
    "jejak_segel": ("jejak_segel_no_update", "jejak_segel_no_delete", "jejak_segel_append_only"),
}


def write(db: Database, count: int = 1, agent: str = "Peramban") -> None:
    with db.begin() as s:
        for number in range(count):
            event = Login(agent=f"{agent} {number}", second_factor=False)
            audit.record(s, event, actor_id=number, subject_id=number)


def seal(db: Database, settings: Settings) -> int:
    done = 0
    while True:
        with db.read() as s:
            final = commit_order.final_id(s, AuditEvent) or 0
        with db.begin() as s:
            step = hash_chain.seal_batch(s, settings, up_to=final)
        if not step:
            return done
        done += step


def verify(db: Database, settings: Settings, known: hash_chain.ChainHead | None = None) -> hash_chain.ChainReport:
    with db.snapshot() as s:
        return hash_chain.verify(s, settings, known=known)


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
        assert hash_chain.sealing_status(s, settings) == (hash_chain.ChainHead(), True)
    assert verify(db, settings).unsealed == 2
    seal(db, settings)
    with db.read() as s:
        head, waits = hash_chain.sealing_status(s, settings)
    assert (head, waits) == (verify(db, settings).head, False)
    assert verify(db, settings).unsealed == 0


@pytest.mark.parametrize(
    "change",
    [
        'UPDATE jejak_audit SET detail = \'{"agent": "lain"}\' WHERE id = :third',
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
    with pytest.raises(ChainBrokenError, match="diubah"):
        seal(db, settings)
    with db.read() as s, pytest.raises(ChainBrokenError):
        hash_chain.sealing_status(s, settings)
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
    with pytest.raises(ChainBrokenError):
        seal(db, settings)
    assert verify(db, settings).faults


def test_an_operator_with_the_key_lets_the_sealing_go_on_and_the_trail_tells(db: Database, settings: Settings) -> None:
    write(db, 6)
    seal(db, settings)
    with db.begin() as s:
        assert not hash_chain.resume_after_break(s, settings, reason="tidak ada apa-apa")
    tamper(db, "DELETE FROM jejak_segel WHERE position > 3")
    tamper(db, "DELETE FROM jejak_audit WHERE id NOT IN (SELECT event_id FROM jejak_segel)")
    for reason in ("", "  "):
        with pytest.raises(UserError), db.begin() as s:
            hash_chain.resume_after_break(s, settings, reason=reason)
    with db.begin() as s:
        assert "dipotong" in hash_chain.resume_after_break(s, settings, reason="Sudah diperiksa, laporan 12")
    write(db, 2)

    assert seal(db, settings) == 3
    assert verify(db, settings).faults == []
    with db.read() as s:
        told = s.exec(select(AuditEvent.detail).where(AuditEvent.tag == AuditTag.CHAIN_RESUMED)).one()
    assert (told["reason"], told["position"], told["recorded_position"]) == ("Sudah diperiksa, laporan 12", 3, 6)


def test_after_a_change_of_the_key_sealing_waits_for_the_operator(db: Database, settings: Settings) -> None:
    write(db, 2)
    seal(db, settings)
    other = with_another_key(settings)
    write(db, 1)
    with pytest.raises(ChainBrokenError):
        seal(db, other)
    with db.begin() as s:
        assert hash_chain.resume_after_break(s, other, reason="Kunci diganti")
    assert seal(db, other) == 2


def put_in(db: Database, settings: Settings, *, at: datetime) -> None:
    """Seal four events with a gap of numbers, and put one into the gap."""
    write(db, 4)
    with db.read() as s:
        last = s.exec(select(AuditEvent.id).order_by(col(AuditEvent.id).desc())).first() or 0
    with db.begin() as s:
        s.add(AuditEvent(id=last + 50, at=clock.now(), tag=AuditTag.LOGIN))
        if not db.is_sqlite:
            s.execute(text("SELECT setval(pg_get_serial_sequence('jejak_audit', 'id'), :last)"), {"last": last + 50})
    seal(db, settings)
    with db.begin() as s:
        s.add(AuditEvent(id=last + 20, at=at, tag=AuditTag.LOGOUT))


def test_what_was_put_in_is_found_however_young_it_claims_to_be(db: Database, settings: Settings) -> None:
    put_in(db, settings, at=clock.now())
    assert seal(db, settings) == 0
    found = verify(db, settings)
    assert (found.inserted, found.unsealed, found.fault_count) == (1, 0, 1)


def test_what_was_put_in_is_sealed_when_the_operator_says_so_and_the_trail_tells(
    db: Database, settings: Settings
) -> None:
    put_in(db, settings, at=clock.now() - timedelta(days=3))
    with db.begin() as s:
        assert "1 peristiwa tanpa segel" in hash_chain.resume_after_break(
            s, settings, reason="Dari cadangan, laporan 7"
        )
    assert seal(db, settings) == 1
    assert verify(db, settings).faults == []
    with db.begin() as s:
        assert not hash_chain.resume_after_break(s, settings, reason="sekali lagi")

    tamper(db, "UPDATE jejak_segel SET accepted = NOT accepted WHERE accepted")
    assert verify(db, settings).fault_count == 1


@pytest.mark.postgres
def test_an_event_that_commits_after_any_number_of_others_is_sealed_without_a_fault(
    postgres_url: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commit_order, "BETWEEN_LOOKS", 0.001)
    db = Database(postgres_url)
    write(db, 2)
    assert seal(db, settings) == 2
    with db.begin() as late:
        audit.record(late, LoginFailed(), actor_id=1)
        late.flush()
        with clock.shifted(timedelta(hours=5)), db.begin() as s:
            audit.record_many(s, [NewAuditEvent(event=LoginFailed(), actor_id=2)] * 21_000)
        assert seal(db, settings) == 0
        found = verify(db, settings)
        assert (found.unsealed, found.faults) == (21_000, [])
    assert seal(db, settings) == 21_001
    found = verify(db, settings)
    assert (found.unsealed, found.faults, found.waiting_since) == (0, [], None)
    db.dispose()


@pytest.mark.postgres
@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.sampled_from(("write", "write", "commit", "roll back", "seal"))), max_size=40
    )
)
@hypothesis_settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_in_whatever_order_transactions_end_the_chain_follows_the_numbers(
    postgres_url: str, settings: Settings, steps: list[tuple[int, str]]
) -> None:
    db = Database(postgres_url)
    with (
        pytest.MonkeyPatch.context() as patch,
        ExitStack() as stack,
    ):
        patch.setattr(commit_order, "LOOKS", 1)
        patch.setattr(commit_order, "BETWEEN_LOOKS", 0.0)
        sessions = [stack.enter_context(Session(db.engine)) for _ in range(4)]
        for which, act in steps:
            if act == "write":
                audit.record(sessions[which], LoginFailed(), actor_id=which)
                sessions[which].flush()
            elif act == "commit":
                sessions[which].commit()
            elif act == "roll back":
                sessions[which].rollback()
            else:
                seal(db, settings)
            assert verify(db, settings).faults == []
        for session in sessions:
            session.commit()
    seal(db, settings)
    found = verify(db, settings)
    with db.read() as s:
        sealed = list(s.exec(select(AuditSeal.event_id).order_by(col(AuditSeal.position))))
    assert (found.faults, found.unsealed) == ([], 0)
    assert sealed == sorted(sealed)
    db.dispose()


def as_an_older_release_left_it(db: Database) -> None:
    """The note of a release that sealed whatever had ended, in whatever order."""
    with db.begin() as s:
        note = dict(jobs.job_state(s, jobs.SEALS).note)
        del note["ordered"]
        jobs.save_job_state(s, jobs.SEALS, note=note)


def test_what_an_older_release_had_still_to_seal_is_sealed(db: Database, settings: Settings) -> None:
    put_in(db, settings, at=clock.now() - timedelta(minutes=10))
    as_an_older_release_left_it(db)
    assert verify(db, settings).unsealed == 1
    write(db, 1)
    assert seal(db, settings) == 2
    found = verify(db, settings)
    assert (found.faults, found.unsealed, found.head.ordered) == ([], 0, True)


def test_what_an_older_release_never_sealed_waits_for_the_operator(db: Database, settings: Settings) -> None:
    put_in(db, settings, at=clock.now() - timedelta(hours=2))
    as_an_older_release_left_it(db)
    write(db, 1)
    assert seal(db, settings) == 1
    assert verify(db, settings).inserted == 1
    with db.begin() as s:
        assert hash_chain.resume_after_break(s, settings, reason="Transaksi panjang sebelum pembaruan")
    seal(db, settings)
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


def at_once(works: Sequence[Callable[[], Any]], times: int) -> list[BaseException]:
    """Each work in a thread of its own, so many times."""
    faults: list[BaseException] = []
    start = threading.Barrier(len(works))

    def run(work: Callable[[], Any]) -> None:
        start.wait()
        try:
            for _ in range(times):
                work()
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return faults


def test_nobody_who_looks_while_others_seal_takes_the_trail_for_broken(db: Database, settings: Settings) -> None:
    def look() -> None:
        for _ in range(20):
            with db.read() as s:
                hash_chain.sealing_status(s, settings)
        with db.snapshot() as s:
            assert hash_chain.verify(s, settings).faults == []

    works: list[Callable[[], Any]] = [lambda: write(db, 1), lambda: seal(db, settings)] * 2
    assert at_once([*works, look, look, look], 15) == []
    seal(db, settings)
    found = verify(db, settings)
    assert (found.events, found.faults) == (30, [])


def test_writers_and_two_sealers_at_one_moment_make_one_chain(db: Database, settings: Settings) -> None:
    works: list[Callable[[], Any]] = [lambda: write(db, 3)] * 2 + [lambda: seal(db, settings)] * 2
    faults = at_once(works, 12)
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
        assert hash_chain.verify(s, settings).events == 2_500


def test_rows_of_an_older_release_keep_their_keys_and_their_seal(db: Database, settings: Settings) -> None:
    former = {"usulan": 12, "grup": "skp", "jenis": "skp", "alasan": "BTS-02"}
    with db.begin() as s:
        s.add(AuditEvent(at=clock.now(), tag=AuditTag.PROPOSAL_RETURNED, detail=former))
    write(db, 1)
    assert seal(db, settings) == 2
    with db.read() as s:
        row = s.exec(select(AuditEvent).where(AuditEvent.tag == AuditTag.PROPOSAL_RETURNED)).one()
        assert s.exec(select(audit.detail_text("proposal_id")).where(AuditEvent.id == row.id)).one() == "12"
        assert row.detail == former
    assert verify(db, settings).faults == []
