"""Good rows are written once, with all that follows; what changed meanwhile is left alone; undoing gives back what was."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from mysapk_web.accounts.recovery.request import request_token
from mysapk_web.accounts.tables import UserSession
from mysapk_web.administration.email_imports.kind import EMAIL_IMPORT
from mysapk_web.administration.imports import actions, create
from mysapk_web.administration.imports.create import admit_upload
from mysapk_web.administration.imports.kinds import KINDS
from mysapk_web.administration.imports.queries import find_run, list_rows, list_runs
from mysapk_web.administration.rules.email_row import EmailRowVerdict
from mysapk_web.organisation.tables.account import RoleGrant
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import clock
from mysapk_web.platform.client import ClientContext
from mysapk_web.platform.errors import PermissionDenied, ReauthenticationRequired, UserError
from mysapk_web.platform.imports import apply, leases, parse
from mysapk_web.platform.imports.rules import RunState
from mysapk_web.platform.imports.tables import ImportRun
from mysapk_web.platform.mail.queue import MailKind
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.tables.outbox import OutboxMail, OutboxState
from tests.support.address_lists import Lists, nip

NEW = ("ani", "ani.baru@k1.example.go.id")
CHAIN = [("eko", "eko.baru@k1.example.go.id"), ("ani", "eko@k1.example.go.id"), ("dewi", "ani@k1.example.go.id")]


def test_both_addresses_are_told_and_sessions_die(lists: Lists) -> None:
    lists.office.open_session("ani", "a" * 64)
    version = lists.office.account("ani").version
    lists.imported("taufik", NEW)
    assert lists.addresses()["ani"] == (NEW[1], NEW[1])
    assert lists.office.account("ani").version == version + 1
    with lists.office.db.read() as session:
        assert session.exec(select(UserSession.ended_at)).one() is not None
    assert {mail.recipient for mail in lists.office.mails("ani")} == {None, "ani@k1.example.go.id"}


def test_an_address_from_a_list_works_at_once(lists: Lists) -> None:
    """Although it was tried all day before it was on file."""
    who, email = NEW
    browser = ClientContext("peramban", client_address="203.0.113.7")

    def ask() -> None:
        lists.office.do(request_token, client=browser, nip=nip(who), email=email)

    for number in range(6):
        with clock.shifted(timedelta(seconds=(number - 7) * 61)):
            ask()
    lists.imported("taufik", NEW)
    ask()
    (mail,) = [mail for mail in lists.office.mails(who) if mail.template == MailKind.TOKEN]
    assert mail.state is OutboxState.PENDING


def test_addresses_pass_from_one_to_the_next_and_back(lists: Lists) -> None:
    before = lists.addresses()
    run_id = lists.imported("taufik", *CHAIN)
    assert {who: key for who, key in lists.keys().items() if who in {"eko", "ani", "dewi"}} == dict(CHAIN)
    lists.undo("taufik", run_id)
    assert lists.addresses() == before
    run = lists.run(run_id)
    assert (run.state, run.applied, run.undone) == (RunState.UNDONE, 3, 3)
    (event,) = lists.office.events(AuditTag.EMAIL_IMPORT_UNDONE)
    assert event.detail["undone"] == 3


@pytest.mark.parametrize("size", [1, 2])
def test_chunks_of_any_size_do_the_same(lists: Lists, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(apply, "CHUNK", size)
    monkeypatch.setattr(parse, "CHUNK", size)
    before = lists.addresses()
    run_id = lists.imported("taufik", *CHAIN, ("budi", "rusak"))
    assert {who: key for who, key in lists.keys().items() if who in {"eko", "ani", "dewi"}} == dict(CHAIN)
    lists.undo("taufik", run_id)
    assert lists.addresses() == before


def test_who_had_no_address_has_none_again(lists: Lists) -> None:
    with lists.office.db.begin() as session:
        pegawai = session.merge(lists.office.pegawai("ani"))
        pegawai.email = pegawai.email_key = None
    run_id = lists.imported("taufik", NEW)
    lists.undo("taufik", run_id)
    assert lists.addresses()["ani"] == (None, None)


def test_an_address_changed_since_is_not_undone(lists: Lists) -> None:
    run_id = lists.imported("taufik", NEW, ("eko", "eko.baru@k1.example.go.id"))
    lists.imported("taufik", ("ani", "ani.lain@k1.example.go.id"))
    lists.undo("taufik", run_id)
    assert (lists.keys()["ani"], lists.keys()["eko"]) == ("ani.lain@k1.example.go.id", "eko@k1.example.go.id")
    assert lists.run(run_id).undone == 1


def test_an_address_that_somebody_else_has_now_is_not_given_back(lists: Lists) -> None:
    run_id = lists.imported("taufik", NEW)
    lists.imported("taufik", ("eko", "ani@k1.example.go.id"))
    lists.undo("taufik", run_id)
    assert lists.keys()["ani"] == NEW[1]


def test_what_changed_since_the_preview_is_not_overwritten(lists: Lists) -> None:
    run_id = lists.begin("taufik", NEW, ("eko", "eko.baru@k1.example.go.id"), ("dewi", "bebas@k1.example.go.id"))
    lists.imported("taufik", ("ani", "ani.lain@k1.example.go.id"), ("budi", "bebas@k1.example.go.id"))
    lists.apply("taufik", run_id)
    assert lists.verdicts(run_id) == [EmailRowVerdict.OVERTAKEN, EmailRowVerdict.READY, EmailRowVerdict.TAKEN]
    run = lists.run(run_id)
    assert (run.applied, sum(run.counts.values()), run.counts["siap"]) == (1, 3, 1)
    assert lists.keys()["ani"] == "ani.lain@k1.example.go.id"


@contextmanager
def taken_meanwhile(lists: Lists, who: str, key: str) -> Iterator[None]:
    """Somebody else takes an address while the block runs: after its look, and before its write."""
    office = lists.office
    if office.db.is_sqlite:
        pytest.skip("one writer at a time")
    holding_it, done = threading.Event(), threading.Event()

    def take() -> None:
        with office.db.begin() as session:
            session.execute(update(Pegawai).where(col(Pegawai.nip) == nip(who)).values(email=key, email_key=key))
            holding_it.set()
            # The block waits for this transaction at the unique index; then it ends and the address is taken.
            done.wait(1.5)

    thread = threading.Thread(target=take)
    thread.start()
    assert holding_it.wait(10)
    yield
    done.set()
    thread.join(10)


def test_an_address_that_is_taken_at_the_very_moment_is_taken_and_the_rest_goes_on(lists: Lists) -> None:
    run_id = lists.begin("taufik", NEW, ("eko", "eko.baru@k1.example.go.id"))
    with taken_meanwhile(lists, "citra", NEW[1]):
        lists.apply("taufik", run_id)
    assert lists.verdicts(run_id) == [EmailRowVerdict.TAKEN, EmailRowVerdict.READY]
    run = lists.run(run_id)
    assert (run.state, run.applied, run.counts) == (RunState.DONE, 1, {"siap": 1, "dipakai": 1})
    keys = lists.keys()
    assert (keys["citra"], keys["ani"], keys["eko"]) == (NEW[1], "ani@k1.example.go.id", "eko.baru@k1.example.go.id")
    assert lists.office.mails("ani") == []
    assert len(lists.office.mails("eko")) == 2


def test_an_old_address_that_is_taken_at_the_very_moment_is_not_given_back(lists: Lists) -> None:
    run_id = lists.imported("taufik", NEW, ("eko", "eko.baru@k1.example.go.id"))
    with taken_meanwhile(lists, "citra", "ani@k1.example.go.id"):
        lists.undo("taufik", run_id)
    assert (lists.state(run_id), lists.run(run_id).undone) == (RunState.UNDONE, 1)
    keys = lists.keys()
    assert (keys["citra"], keys["ani"], keys["eko"]) == ("ani@k1.example.go.id", NEW[1], "eko@k1.example.go.id")


def test_a_run_is_applied_once(lists: Lists) -> None:
    run_id = lists.imported("taufik", NEW)
    with pytest.raises(UserError):
        lists.office.do(actions.apply, lists.office.actor("taufik"), run_id)
    assert lists.verdicts(lists.imported("taufik", NEW)) == [EmailRowVerdict.UNCHANGED]
    assert len(lists.office.mails("ani")) == 2


def test_grave_acts_need_a_fresh_proof(quick_lists: Lists) -> None:
    office = quick_lists.office
    run_id = quick_lists.begin("taufik", NEW)
    stale = office.actor("taufik", step_up=clock.now() - timedelta(minutes=11))
    for act in (actions.apply, actions.undo):
        with pytest.raises(ReauthenticationRequired):
            office.do(act, stale, run_id)
    with pytest.raises(ReauthenticationRequired):
        office.do(create.begin, stale, EMAIL_IMPORT, quick_lists.upload(NEW))
    with pytest.raises(ReauthenticationRequired):
        office.do(admit_upload, stale, EMAIL_IMPORT)


def test_a_role_that_was_revoked_meanwhile_stops_the_work(quick_lists: Lists) -> None:
    office = quick_lists.office
    run_id = quick_lists.begin("taufik", NEW)
    office.do(actions.apply, office.actor("taufik"), run_id)
    with office.db.begin() as session:
        grant = session.exec(select(RoleGrant).where(RoleGrant.account_id == office.ids["taufik"])).one()
        grant.revoked_at = clock.now()
    quick_lists.work()
    assert quick_lists.state(run_id) is RunState.FAILED
    assert quick_lists.keys()["ani"] == "ani@k1.example.go.id"


def test_letters_leave_room_for_others(quick_lists: Lists) -> None:
    quick_lists.imported("taufik", *CHAIN)
    with quick_lists.office.db.read() as session:
        due = session.exec(select(OutboxMail.due_at).order_by(col(OutboxMail.due_at))).all()
    assert len(due) == 6
    assert due[-1] - due[0] == timedelta(seconds=0.1)


def test_only_one_works_on_a_run_and_a_dead_one_is_taken_over(lists: Lists) -> None:
    office = lists.office
    run_id = lists.begin("taufik", NEW)
    office.do(actions.apply, office.actor("taufik"), run_id)
    assert office.do(leases.claim, "one", KINDS) == run_id
    assert office.do(leases.claim, "two", KINDS) is None
    with clock.shifted(leases.LEASE + timedelta(seconds=1)):
        assert office.do(leases.claim, "two", KINDS) == run_id
        with pytest.raises(leases.LeaseLostError):
            office.do(leases.renew, run_id, "one")
        office.do(leases.release, "two")
        lists.work("three")
    assert lists.state(run_id) is RunState.DONE


def test_a_run_that_kills_its_workers_is_given_up(quick_lists: Lists) -> None:
    office = quick_lists.office
    run_id = office.do(create.begin, office.actor("taufik"), EMAIL_IMPORT, quick_lists.upload(NEW))
    for number in range(leases.ATTEMPTS):
        assert office.do(leases.claim, f"w{number}", KINDS) == run_id
        office.do(leases.release, f"w{number}")
    assert office.do(leases.claim, "last", KINDS) is None
    assert quick_lists.state(run_id) is RunState.FAILED


def test_runs_of_others_are_not_seen(lists: Lists) -> None:
    office = lists.office
    mine, satker = lists.begin("taufik", NEW), lists.begin("sari", NEW)

    def seen(who: str) -> set[int]:
        return {run.id for run in office.see(list_runs, office.actor(who), 1).items}

    assert (seen("taufik"), seen("lina"), seen("sari")) == ({mine, satker}, {mine, satker}, {satker})
    assert (seen("yusuf"), seen("surya")) == (set(), {mine, satker})
    for act in (find_run, actions.apply, actions.undo):
        with pytest.raises(PermissionDenied):
            office.do(act, office.actor("yusuf"), mine)
    with pytest.raises(PermissionDenied):
        office.see(list_rows, office.actor("yusuf"), mine, verdict=None, key="", number=1)
    with pytest.raises(PermissionDenied):
        office.see(list_runs, office.actor("ani"), 1)


def test_names_and_addresses_stand_beside_people_of_the_scope_only(lists: Lists) -> None:
    office = lists.office
    run_id = lists.begin("sari", NEW, ("eko", "eko.baru@k1.example.go.id"), ("citra", "c@k2.example.go.id"))
    rows = office.see(list_rows, office.actor("sari"), run_id, verdict=None, key="", number=1).items
    assert [(row.nama, row.old_email, row.verdict) for row in rows] == [
        ("Ani Lestari", "ani@k1.example.go.id", EmailRowVerdict.READY),
        ("", "", EmailRowVerdict.OUT_OF_SCOPE),
        ("", "", EmailRowVerdict.OUT_OF_SCOPE),
    ]


def test_rows_are_filtered_and_paged(quick_lists: Lists) -> None:
    office = quick_lists.office
    run_id = quick_lists.begin(
        "taufik", *((f"19850315201001{n:04d}", "x@k1.example.go.id") for n in range(1001, 1061)), NEW
    )

    def page(verdict: EmailRowVerdict | None, number: int, nip: str = "") -> tuple[int, int, int]:
        found = office.see(list_rows, office.actor("taufik"), run_id, verdict=verdict, key=nip, number=number)
        return len(found.items), found.pages, found.total

    assert page(None, 1) == (25, 3, 61)
    assert page(None, 99) == (11, 3, 61)
    assert page(EmailRowVerdict.READY, 1) == (1, 1, 1)
    assert page(None, 1, nip="198503122010") == (1, 1, 1)
    assert page(None, 1, nip="%") == (0, 1, 0)


def test_an_admin_of_units_changes_nobody_beyond_them(lists: Lists) -> None:
    before = lists.keys()
    lists.imported("sari", ("eko", "eko.baru@k1.example.go.id"), ("budi", "budi.baru@k1.example.go.id"), NEW)
    assert {who for who, key in lists.keys().items() if key != before[who]} == {"ani"}


@pytest.mark.parametrize("kind", ["upload", "book"])
def test_percent_moves_while_a_list_is_read(quick_lists: Lists, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    office, actor = quick_lists.office, quick_lists.office.actor("taufik")
    validate, survey = EMAIL_IMPORT.validate, EMAIL_IMPORT.survey
    upload = getattr(quick_lists, kind)(*((nip(who), f"{who}.baru@k1.example.go.id") for who in ("ani", "eko", "dewi")))
    run_id = office.do(create.begin, actor, EMAIL_IMPORT, upload)
    seen: list[tuple[bool, int]] = []

    def look(*_: object) -> None:
        run = office.see(find_run, actor, run_id)
        seen.append((run.measured, run.percent))

    monkeypatch.setattr(parse, "CHUNK", 1)
    monkeypatch.setattr(EMAIL_IMPORT, "survey", lambda rows: (look(), survey(rows))[1])
    monkeypatch.setattr(EMAIL_IMPORT, "validate", lambda *given: (look(), validate(*given))[1])
    quick_lists.work()
    look()
    # How many rows there are has to be found out first.
    assert seen == [(False, 0), (True, 0), (True, 33), (True, 66), (True, 100)]


def test_percent_moves_while_a_run_is_applied(quick_lists: Lists, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apply, "CHUNK", 1)
    office = quick_lists.office
    run_id = quick_lists.begin("taufik", *CHAIN)
    office.do(actions.apply, office.actor("taufik"), run_id)
    office.do(leases.claim, "w", KINDS)
    seen = []
    while apply.process_chunk(office.db, EMAIL_IMPORT, run_id, "w", EMAIL_IMPORT.memory()):
        seen.append(office.see(find_run, office.actor("taufik"), run_id).percent)
    assert seen == [33, 66, 99]
    with office.db.read() as session:
        assert session.get_one(ImportRun, run_id).state is RunState.DONE
