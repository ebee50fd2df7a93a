"""Tokens of agencies: made and revoked by their admin only, kept as a hash, reaching the people of the agency and nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from mysapk_web.administration.email_imports import api_tokens
from mysapk_web.administration.email_imports.api_tokens import Made, caller_of, list_tokens, make_token, revoke_token
from mysapk_web.administration.email_imports.kind import EMAIL_IMPORT
from mysapk_web.administration.imports.create import ImportRateLimitError, admit_upload, begin_by_token
from mysapk_web.administration.imports.queries import list_runs, run_of_token
from mysapk_web.administration.people.accounts import disable_account
from mysapk_web.administration.people.grants import grant_role, revoke_role
from mysapk_web.administration.rules.email_row import EmailRowVerdict
from mysapk_web.administration.tables.import_token import ImportToken
from mysapk_web.organisation.rules.roles import Role
from mysapk_web.organisation.tables.notice import Notice
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import clock
from mysapk_web.platform.errors import PermissionDenied, ReauthenticationRequired, UserError
from mysapk_web.platform.imports.rules import RunState
from mysapk_web.platform.rules.audit import AuditTag
from tests.support.address_lists import Lists
from tests.support.agencies import ROLLS, Office


def make(office: Office, who: str = "taufik", label: str = "Dikbud HR") -> Made:
    return office.do(make_token, office.actor(who), label=label)


def test_only_a_hash_is_kept(lists: Lists) -> None:
    office = lists.office
    made = make(office)
    with office.db.read() as session:
        (row,) = session.exec(select(ImportToken)).all()
        assert made.secret not in repr(row)
        assert made.secret.endswith(row.hint)
    assert made.secret not in repr(made)
    assert made.secret not in repr(office.events(AuditTag.IMPORT_TOKEN_MADE))


@pytest.mark.parametrize("who", ["sari", "surya", "budi", "ani"])
def test_only_the_admin_of_an_agency_makes_them(office: Office, who: str) -> None:
    with pytest.raises(PermissionDenied):
        make(office, who)
    with pytest.raises(PermissionDenied):
        office.see(list_tokens, office.actor(who))


def test_making_and_revoking_needs_a_fresh_proof(office: Office) -> None:
    stale = office.actor("taufik", step_up=False)
    with pytest.raises(ReauthenticationRequired):
        office.do(make_token, stale, label="x")
    with pytest.raises(ReauthenticationRequired):
        office.do(revoke_token, stale, token_id=1)


def test_a_token_needs_a_name_and_there_are_few(office: Office) -> None:
    for label in ("", "  ", "x" * 81, "a\x07b"):
        with pytest.raises(UserError):
            make(office, label=label)
    for number in range(api_tokens.AT_MOST):
        make(office, label=f"sistem {number}")
    with pytest.raises(UserError):
        make(office)


def test_a_token_dies_when_revoked_and_when_its_year_is_over(office: Office) -> None:
    secret = make(office).secret
    assert office.do(caller_of, secret).instansi_id == office.ids["K1"]
    with clock.shifted(api_tokens.LIFE + timedelta(seconds=1)):
        assert office.do(caller_of, secret) is None
    (view,) = office.see(list_tokens, office.actor("lina"))
    with pytest.raises(PermissionDenied):
        office.do(revoke_token, office.actor("yusuf"), token_id=view.id)
    office.do(revoke_token, office.actor("lina"), token_id=view.id)
    assert office.do(caller_of, secret) is None
    assert len(office.events(AuditTag.IMPORT_TOKEN_REVOKED)) == 1


@pytest.mark.parametrize("wrong", ["", "mysapk_", "mysapk_" + "A" * 43, "Bearer x", "' OR 1=1", "x" * 5000])
def test_a_wrong_token_is_nobody(office: Office, wrong: str) -> None:
    make(office)
    assert office.do(caller_of, wrong) is None


def test_a_token_reaches_its_agency_only(lists: Lists) -> None:
    office = lists.office
    caller = office.do(caller_of, make(office).secret)
    upload = lists.upload(
        ("ani", "ani.baru@k1.example.go.id"), ("citra", "c@k2.example.go.id"), ("eko", "eko.baru@k1.example.go.id")
    )
    run_id = office.do(begin_by_token, caller, upload, auto_apply=True)
    lists.work()
    assert lists.verdicts(run_id) == [EmailRowVerdict.READY, EmailRowVerdict.OUT_OF_SCOPE, EmailRowVerdict.READY]
    run = lists.run(run_id)
    assert (run.state, run.applied, run.started_by) == (RunState.DONE, 2, None)
    other = office.do(caller_of, make(office, "yusuf").secret)
    assert office.see(run_of_token, other, run_id) is None
    assert office.see(run_of_token, caller, run_id) is not None
    assert {view.id for view in office.see(list_runs, office.actor("taufik"), 1).items} == {run_id}


def test_a_token_revoked_meanwhile_stops_its_run(lists: Lists) -> None:
    office = lists.office
    caller = office.do(caller_of, make(office).secret)
    upload = lists.upload(("ani", "ani.baru@k1.example.go.id"))
    run_id = office.do(begin_by_token, caller, upload, auto_apply=True)
    office.do(revoke_token, office.actor("taufik"), token_id=caller.token_id)
    lists.work()
    assert (lists.state(run_id), lists.keys()["ani"]) == (RunState.FAILED, "ani@k1.example.go.id")


def test_a_token_reaches_no_account_that_holds_a_role(lists: Lists) -> None:
    """The address is the way to a new password, so nobody behind a token may move that of somebody who acts on others' data."""
    office = lists.office
    before = lists.keys()
    caller = office.do(caller_of, make(office).secret)
    holders = ("budi", "sari", "lina", "taufik")
    run_id = office.do(
        begin_by_token,
        caller,
        lists.upload(*((who, f"{who}.baru@k1.example.go.id") for who in holders)),
        auto_apply=True,
    )
    lists.work()
    assert lists.verdicts(run_id) == [EmailRowVerdict.HIGHER_ROLE] * len(holders)
    assert (lists.run(run_id).applied, lists.keys()) == (0, before)


def leave(office: Office, how: str) -> None:
    """Lina makes no tokens any more."""
    boss = office.actor("surya")
    if how == "revoked":
        office.do(revoke_role, boss, grant_id=office.grant_id("lina", Role.ADMIN_INSTANSI))
    elif how == "disabled":
        office.do(disable_account, actor=boss, account_id=office.ids["lina"], reason="diberhentikan")
    elif how == "moved":
        with office.db.begin() as session:
            pegawai = session.exec(select(Pegawai).where(Pegawai.nip == ROLLS["lina"]["nip"])).one()
            pegawai.instansi_id, pegawai.unor_id = office.ids["K2"], office.ids["K2/D1"]
            session.add(pegawai)
    else:
        office.do(revoke_role, boss, grant_id=office.grant_id("lina", Role.ADMIN_INSTANSI))
        lina, role = office.ids["lina"], Role.ADMIN_INSTANSI.value
        with clock.shifted(timedelta(seconds=1)):
            office.do(grant_role, office.actor("surya"), account_id=lina, role=role, unit="")


LEAVINGS = ("revoked", "disabled", "moved", "revoked and given again")


@pytest.mark.parametrize("how", LEAVINGS)
def test_a_token_rests_once_its_maker_has_left(lists: Lists, how: str) -> None:
    office = lists.office
    secret, other = make(office, "lina").secret, make(office, "taufik").secret
    assert office.do(caller_of, secret) is not None
    leave(office, how)
    assert office.do(caller_of, secret) is None
    assert office.do(caller_of, other) is not None
    views = office.see(list_tokens, office.actor("taufik"))
    assert [(view.made_by, view.rests) for view in views] == [("Taufik Gunawan", False), ("Lina Purnama", True)]


@pytest.mark.parametrize("how", LEAVINGS)
def test_a_maker_who_leaves_meanwhile_stops_the_run(quick_lists: Lists, how: str) -> None:
    office = quick_lists.office
    caller = office.do(caller_of, make(office, "lina").secret)
    upload = quick_lists.upload(("ani", "ani.baru@k1.example.go.id"))
    run_id = office.do(begin_by_token, caller, upload, auto_apply=True)
    leave(office, how)
    quick_lists.work()
    assert (quick_lists.state(run_id), quick_lists.keys()["ani"]) == (RunState.FAILED, "ani@k1.example.go.id")
    assert "Buat token baru" in quick_lists.run(run_id).error


def test_every_admin_of_the_agency_is_told_of_a_new_token(office: Office) -> None:
    make(office, "lina", "SIMPEG")
    told = {key: office.letters(key) for key in office.ids if key in ROLLS}
    assert {key for key, letters in told.items() if letters == ["token-impor-dibuat"]} == {"taufik", "lina"}
    assert not any(letters for key, letters in told.items() if key not in {"taufik", "lina"})
    (mail,) = office.mails("taufik")
    assert mail.params == {"label": "SIMPEG", "by": "Lina Purnama"}
    with office.db.read() as session:
        notices = session.exec(select(Notice)).all()
        assert {notice.account_id for notice in notices} == {office.ids["taufik"], office.ids["lina"]}
        assert all("SIMPEG" in notice.text and "Lina Purnama" in notice.text for notice in notices)
        assert {notice.path for notice in notices} == {"/admin/email?bagian=token"}


def test_an_admin_who_is_switched_off_is_not_told(office: Office) -> None:
    office.change("taufik", disabled_at=clock.now())
    make(office, "lina")
    assert office.letters("taufik") == []


def test_too_many_lists_are_refused(office: Office) -> None:
    actor = office.actor("taufik")
    for _ in range(30):
        office.do(admit_upload, actor, EMAIL_IMPORT)
    with pytest.raises(ImportRateLimitError):
        office.do(admit_upload, actor, EMAIL_IMPORT)
