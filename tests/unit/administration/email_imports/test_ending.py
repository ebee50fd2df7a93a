"""A list that nobody wants is thrown away, and one that is on its way is stopped: what was changed stays, the rest never is."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from mysapk_web.administration.email_imports.kind import EMAIL_IMPORT
from mysapk_web.administration.imports import actions, create
from mysapk_web.administration.imports.kinds import KINDS
from mysapk_web.administration.imports.queries import find_run, list_runs
from mysapk_web.administration.imports.reports import take_report
from mysapk_web.administration.rules.email_row import EmailRowVerdict
from mysapk_web.app import retention
from mysapk_web.organisation.tables.account import RoleGrant
from mysapk_web.platform import clock
from mysapk_web.platform.errors import PermissionDenied, ReauthenticationRequired, UserError
from mysapk_web.platform.imports import apply, leases
from mysapk_web.platform.imports.command import import_file
from mysapk_web.platform.imports.queries import refused_rows
from mysapk_web.platform.imports.rules import RunState
from mysapk_web.platform.row_report import Verdict
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.spreadsheet_writer import FileFormat
from tests.support.address_lists import Lists, nip

V = EmailRowVerdict
ROWS = [(who, f"{who}.baru@k1.example.go.id") for who in ("ani", "eko", "dewi")]
ACTS = [actions.discard, actions.stop]


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apply, "CHUNK", 1)


def by(lists: Lists, act: Callable[..., Any], run_id: int, who: str = "taufik") -> None:
    lists.office.do(act, lists.office.actor(who), run_id)


def under_way(lists: Lists, *, chunks: int, who: str = "taufik") -> int:
    """A run of which some rows are applied; "w" works on it."""
    run_id = lists.begin(who, *ROWS, ("budi", "rusak"))
    by(lists, actions.apply, run_id, who)
    assert lists.office.do(leases.claim, "w", KINDS) == run_id
    for _ in range(chunks):
        assert apply.process_chunk(lists.office.db, EMAIL_IMPORT, run_id, "w", EMAIL_IMPORT.memory())
    return run_id


# Thrown away -------------------------------------------------------------------------------------------------------


def test_a_list_that_waits_is_thrown_away_with_its_rows(lists: Lists) -> None:
    office, before = lists.office, lists.addresses()
    run_id, other = lists.begin("taufik", *ROWS), lists.begin("taufik", *ROWS)
    by(lists, actions.discard, run_id)
    assert lists.state(run_id) is RunState.DISCARDED
    while office.do(retention.sweep):
        pass
    assert (lists.verdicts(run_id), len(lists.verdicts(other))) == ([], 3)
    run = office.see(find_run, office.actor("taufik"), run_id)
    assert (run.total, run.good, run.may_undo, run.has_rows) == (3, 3, False, False)
    assert lists.addresses() == before
    (event,) = office.events(AuditTag.EMAIL_IMPORT_DISCARDED)
    assert (event.actor_id, event.instansi_id) == (office.ids["taufik"], office.ids["K1"])
    assert (event.detail["import_id"], event.detail["verdicts"], event.detail["applied"]) == (run_id, {"siap": 3}, 0)


def test_what_was_thrown_away_is_neither_applied_nor_told_of(lists: Lists) -> None:
    run_id = lists.begin("taufik", *ROWS)
    by(lists, actions.discard, run_id)
    for act in (actions.apply, actions.undo, *ACTS):
        with pytest.raises(UserError):
            by(lists, act, run_id)
    with pytest.raises(UserError):
        take_report(lists.office.db, lists.office.actor("taufik"), run_id, FileFormat.CSV, Path(os.devnull))
    assert lists.state(run_id) is RunState.DISCARDED


def test_only_what_waits_is_thrown_away_and_only_what_is_applied_is_stopped(lists: Lists) -> None:
    office = lists.office
    read = office.do(create.begin, office.actor("taufik"), EMAIL_IMPORT, lists.upload(*ROWS))
    for act in ACTS:
        with pytest.raises(UserError):
            by(lists, act, read)
    lists.work()
    with pytest.raises(UserError):
        by(lists, actions.stop, read)
    by(lists, actions.apply, read)
    with pytest.raises(UserError):
        by(lists, actions.discard, read)
    lists.work()
    for act in ACTS:
        with pytest.raises(UserError):
            by(lists, act, read)
    assert (lists.state(read), lists.run(read).applied) == (RunState.DONE, 3)


@pytest.mark.parametrize("act", ACTS)
def test_both_are_for_the_own_scope_with_a_fresh_proof(lists: Lists, act: Callable[..., Any]) -> None:
    office = lists.office
    run_id = lists.begin("taufik", *ROWS)
    if act is actions.stop:
        by(lists, actions.apply, run_id)
    before = lists.state(run_id)
    for who in ("yusuf", "sari", "ani", "budi"):
        with pytest.raises(PermissionDenied):
            by(lists, act, run_id, who)
    with pytest.raises(ReauthenticationRequired):
        office.do(act, office.actor("taufik", step_up=clock.now() - timedelta(minutes=11)), run_id)
    assert lists.state(run_id) is before
    by(lists, act, run_id, "lina")
    assert lists.state(run_id) is not before


# Stopped -----------------------------------------------------------------------------------------------------------


def test_what_was_applied_stays_and_the_rest_is_not_applied(lists: Lists) -> None:
    office = lists.office
    before = lists.addresses()
    run_id = under_way(lists, chunks=1)
    by(lists, actions.stop, run_id, "lina")
    # Whoever works on it writes nothing any more, from this moment on.
    with pytest.raises(leases.LeaseLostError):
        apply.process_chunk(office.db, EMAIL_IMPORT, run_id, "w", EMAIL_IMPORT.memory())
    lists.work()
    run = lists.run(run_id)
    assert (run.state, run.applied, run.finished_at is not None) == (RunState.STOPPED, 1, True)
    assert lists.verdicts(run_id) == [V.READY, V.NOT_APPLIED, V.NOT_APPLIED, V.EMAIL_MALFORMED]
    assert run.counts == {"siap": 1, "tidak-diterapkan": 2, "email-salah": 1}
    assert {who for who, found in lists.addresses().items() if found != before[who]} == {"ani"}
    assert [line for line, *_ in refused_rows(office.db, EMAIL_IMPORT, run_id)] == ["3", "4", "5"]
    (event,) = office.events(AuditTag.EMAIL_IMPORT_STOPPED)
    assert (event.actor_id, event.detail["applied"]) == (office.ids["lina"], 1)
    assert event.detail["verdicts"] == run.counts
    assert office.events(AuditTag.EMAIL_IMPORTED) == []

    lists.undo("taufik", run_id)
    assert (lists.state(run_id), lists.addresses()) == (RunState.UNDONE, before)


def test_stopped_before_its_first_row_there_is_nothing_to_undo(lists: Lists) -> None:
    before = lists.addresses()
    run_id = under_way(lists, chunks=0)
    by(lists, actions.stop, run_id)
    lists.work()
    assert (lists.state(run_id), lists.addresses()) == (RunState.STOPPED, before)
    with pytest.raises(UserError):
        by(lists, actions.undo, run_id)


def test_a_worker_that_dies_while_it_stops_is_gone_on_with(quick_lists: Lists) -> None:
    office = quick_lists.office
    run_id = under_way(quick_lists, chunks=1)
    by(quick_lists, actions.stop, run_id)
    assert office.do(leases.claim, "dies", KINDS) == run_id
    assert apply.process_chunk(office.db, EMAIL_IMPORT, run_id, "dies", EMAIL_IMPORT.memory())
    office.do(leases.release, "dies")
    quick_lists.work()
    assert quick_lists.state(run_id) is RunState.STOPPED
    assert quick_lists.verdicts(run_id).count(V.NOT_APPLIED) == 2


def test_a_role_that_is_lost_on_the_way_leaves_no_doubt_which_rows_were_applied(lists: Lists) -> None:
    office = lists.office
    run_id = under_way(lists, chunks=1)
    with office.db.begin() as session:
        grant = session.exec(select(RoleGrant).where(RoleGrant.account_id == office.ids["taufik"])).one()
        grant.revoked_at = clock.now()
    office.do(leases.release, "w")
    lists.work()
    run = lists.run(run_id)
    assert (run.state, run.applied, run.error.endswith(".")) == (RunState.FAILED, 1, True)
    assert lists.verdicts(run_id) == [V.READY, V.NOT_APPLIED, V.NOT_APPLIED, V.EMAIL_MALFORMED]
    (event,) = office.events(AuditTag.EMAIL_IMPORTED)
    assert event.detail["applied"] == 1
    lists.undo("lina", run_id)
    assert lists.state(run_id) is RunState.UNDONE


def test_a_run_that_kills_its_workers_while_it_is_applied_says_what_was_not(quick_lists: Lists) -> None:
    office = quick_lists.office
    run_id = under_way(quick_lists, chunks=1)
    for number in range(leases.ATTEMPTS):
        office.do(leases.release, f"w{number - 1}" if number else "w")
        assert office.do(leases.claim, f"w{number}", KINDS) == run_id
    office.do(leases.release, f"w{number}")
    quick_lists.work("last")
    assert (quick_lists.state(run_id), quick_lists.run(run_id).error) == (RunState.FAILED, leases.STUCK)
    assert quick_lists.verdicts(run_id) == [V.READY, V.NOT_APPLIED, V.NOT_APPLIED, V.EMAIL_MALFORMED]


def test_the_command_tells_of_rows_that_were_not_applied(quick_lists: Lists, tmp_path: Path) -> None:
    path = tmp_path / "alamat.csv"
    path.write_text("nip;email\n" + "".join(f"{nip(who)};{email}\n" for who, email in ROWS))
    reports = import_file(quick_lists.office.db, EMAIL_IMPORT, path)
    told = [next(reports)]
    (run,) = quick_lists.office.see(list_runs, quick_lists.office.actor("surya"), 1).items
    by(quick_lists, actions.stop, run.id, "surya")
    quick_lists.work()
    told += reports
    assert [report.verdict for report in told] == [Verdict.DIPERBARUI, Verdict.DITOLAK, Verdict.DITOLAK]
    assert all("dihentikan" in report.sentence for report in told[1:])
    assert quick_lists.keys()["eko"] == "eko@k1.example.go.id"
