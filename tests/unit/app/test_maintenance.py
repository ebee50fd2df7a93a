"""What the process that seals the trail tells the operator: the head now and then, and whatever looks like a cut."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs
from structlog.typing import EventDict

from mysapk_web.accounts.audit_events import LoginFailed
from mysapk_web.app import maintenance
from mysapk_web.app.maintenance import ChainWatch, SealingBlockedError
from mysapk_web.organisation import audit
from mysapk_web.organisation.hash_chain import ChainBrokenError, ChainHead
from mysapk_web.platform import clock, commit_order, executors
from mysapk_web.platform.database import Database
from mysapk_web.platform.log import redact
from mysapk_web.settings import Settings
from tests.unit.organisation.test_hash_chain import point_the_note_at, tamper, verify, write


def one(position: int) -> ChainHead:
    return ChainHead(position, f"{position:064x}")


def told(*looks: tuple[float, ChainHead]) -> list[EventDict]:
    """The lines of a watch that saw these heads after so many minutes."""
    watch = ChainWatch()
    with capture_logs() as lines:
        for minutes, head in looks:
            with clock.shifted(timedelta(minutes=minutes)):
                watch.see(head)
    return lines


def test_the_head_is_told_once_an_hour_and_only_when_it_changed() -> None:
    lines = told((0, one(0)), (1, one(4)), (2, one(5)), (60, one(9)), (62, one(9)), (125, one(9)), (130, one(10)))
    assert [(line["event"], line["log_level"], line["head"]) for line in lines] == [
        ("trail.head", "info", f"{one(position).position}:{one(position).hash}") for position in (4, 9, 10)
    ]


def test_a_head_that_goes_back_is_told_at_once() -> None:
    lines = told((0, one(9)), (1, one(3)), (2, one(4)))
    assert [(line["event"], line["log_level"]) for line in lines] == [("trail.head", "info"), ("trail.cut", "error")]
    assert (lines[1]["head"], lines[1]["head_before"]) == (one(3).text, one(9).text)


def test_a_head_in_the_log_is_whole_and_can_be_given_to_a_check() -> None:
    head = ChainHead(17, "0123456789" * 6 + "abcd")
    line = redact(logging.getLogger(), "info", {"event": "trail.head", "head": head.text, "other": head.text})
    assert line["head"] == head.text
    assert line["other"] != head.text


def keep_up(watch: ChainWatch) -> None:
    """All that waits, as the two loops do it."""

    async def work() -> None:
        while await maintenance.gather_counts():
            pass
        while await maintenance.seal_events(watch):
            pass

    asyncio.run(work())


def test_a_broken_trail_is_told_now_and_then_and_the_counts_go_on(
    sqlite_db: Database, portal_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executors, "database", lambda: sqlite_db)
    watch = ChainWatch()
    write(sqlite_db, 4)
    keep_up(watch)
    assert verify(sqlite_db, portal_settings).events == 4
    tamper(sqlite_db, "DELETE FROM jejak_segel WHERE position > 2")
    point_the_note_at(sqlite_db, 2)
    write(sqlite_db, 1)
    with sqlite_db.begin() as session:
        session.execute(text("UPDATE pekerjaan_latar SET asked = true WHERE name = 'hitungan'"))

    with capture_logs() as lines:
        for minutes in (0, 1, 9, 11):
            with clock.shifted(timedelta(minutes=minutes)):
                keep_up(watch)
    broken = [line for line in lines if line["event"] == "trail.broken"]
    assert [line["log_level"] for line in broken] == ["error", "error"]
    assert broken[0]["fault"] == "Kepala rantai diubah."
    assert verify(sqlite_db, portal_settings).events == 2
    with sqlite_db.read() as session:
        assert not maintenance.is_recount_requested(session)


def test_no_alarm_without_a_second_look_under_the_lock(
    db: Database, portal_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half_read(*_: object) -> None:
        raise ChainBrokenError("Rantai berakhir di urutan 18, seharusnya 16: ada yang dipotong.")

    monkeypatch.setattr(executors, "database", lambda: db)
    monkeypatch.setattr(maintenance.hash_chain, "sealing_status", half_read)
    write(db, 3)
    with capture_logs() as lines:
        keep_up(ChainWatch())
    assert lines == []


@pytest.mark.postgres
def test_a_writer_that_never_ends_holds_the_seals_up_and_is_told_after_a_while(
    postgres_url: str, portal_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    db, watch = Database(postgres_url), ChainWatch()
    monkeypatch.setattr(executors, "database", lambda: db)
    monkeypatch.setattr(commit_order, "BETWEEN_LOOKS", 0.001)
    with db.begin() as forgotten:
        audit.record(forgotten, LoginFailed())
        forgotten.flush()
        write(db, 3)
        keep_up(watch)
        with clock.shifted(maintenance.BLOCKED_FOR + timedelta(seconds=1)), pytest.raises(SealingBlockedError):
            keep_up(watch)
        found = verify(db, portal_settings)
        assert (found.events, found.unsealed, found.faults) == (0, 3, [])
    with clock.shifted(maintenance.BLOCKED_FOR * 2):
        keep_up(watch)
    found = verify(db, portal_settings)
    assert (found.events, found.unsealed, found.faults, watch.blocked_since) == (4, 0, [], None)
    db.dispose()
