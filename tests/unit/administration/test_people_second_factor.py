"""A lost second factor is taken away by an admin of the scope, and that of an Admin BKN by the operator."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from mysapk_web.accounts.tables import RecoveryCode, UserSession
from mysapk_web.administration.people.bootstrap import remove_second_factor_of
from mysapk_web.platform import clock
from mysapk_web.platform.errors import PermissionDenied, ReauthenticationRequired, UserError
from mysapk_web.platform.mail.queue import MailKind
from mysapk_web.platform.rules.audit import AuditTag
from tests.support.agencies import ROLLS, Office
from tests.unit.administration.test_people_accounts import remove_factor


def test_a_lost_second_factor_goes_with_its_codes_and_all_sessions(both_offices: Office) -> None:
    office = both_offices
    office.open_session("budi", "r1")
    with office.db.begin() as session:
        session.add(RecoveryCode(account_id=office.ids["budi"], code_hash="x"))
        session.add(RecoveryCode(account_id=office.ids["sari"], code_hash="y"))
    version = office.account("budi").version
    assert remove_factor(office, office.actor("taufik"), "budi", "  Datang sendiri,\n KTP diperiksa ") is True
    account = office.account("budi")
    assert (account.totp_secret, account.totp_confirmed_at, account.version) == (None, None, version + 1)
    with office.db.read() as session:
        assert session.get_one(UserSession, "r1").ended_at is not None
        assert [code.account_id for code in session.exec(select(RecoveryCode))] == [office.ids["sari"]]
    assert office.letters("budi") == [MailKind.SECOND_FACTOR_OFF]
    (event,) = office.events(AuditTag.TOTP_REMOVED_BY_ADMIN)
    assert event.detail == {"reason": "Datang sendiri, KTP diperiksa"}
    assert office.grants("budi") != []
    assert remove_factor(office, office.actor("taufik"), "budi") is False


def test_it_needs_a_recent_proof_and_a_reason(office: Office) -> None:
    with pytest.raises(ReauthenticationRequired):
        remove_factor(office, office.actor("taufik", step_up=False), "budi")
    with pytest.raises(ReauthenticationRequired):
        remove_factor(office, office.actor("taufik", step_up=clock.now() - timedelta(minutes=10)), "budi")
    for reason in ("", "  \n", "x" * 301):
        with pytest.raises(UserError) as refused:
            remove_factor(office, office.actor("taufik"), "budi", reason)
        assert refused.value.field == "alasan"
    assert office.account("budi").totp_confirmed_at is not None


def test_an_admin_of_an_agency_is_helped_by_bkn(office: Office) -> None:
    assert remove_factor(office, office.actor("surya"), "lina") is True


def test_the_operator_takes_away_that_of_an_admin_above_whom_nobody_stands(office: Office) -> None:
    with pytest.raises((PermissionDenied, UserError)):
        remove_factor(office, office.actor("lina"), "surya")
    office.open_session("surya", "r1")
    assert office.do(remove_second_factor_of, nip=ROLLS["surya"]["nip"], reason=" Datang sendiri ") is True
    assert office.account("surya").totp_confirmed_at is None
    with office.db.read() as session:
        assert session.get_one(UserSession, "r1").ended_at is not None
    (event,) = office.events(AuditTag.TOTP_REMOVED_BY_ADMIN)
    assert (event.actor_id, event.subject_id, event.detail["reason"]) == (None, office.ids["surya"], "Datang sendiri")
    assert office.letters("surya") == [MailKind.SECOND_FACTOR_OFF]
    assert office.do(remove_second_factor_of, nip=ROLLS["surya"]["nip"], reason="x") is False
    for nip, reason in (("198503152010012999", "x"), ("123", "x"), (ROLLS["surya"]["nip"], " ")):
        with pytest.raises(UserError):
            office.do(remove_second_factor_of, nip=nip, reason=reason)
