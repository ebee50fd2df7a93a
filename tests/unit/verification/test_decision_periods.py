"""Deciding inside, before and after the period of verification."""

from __future__ import annotations

from typing import Any

import pytest

from mysapk_web.organisation.rules.roles import Role
from mysapk_web.pdm.rules.proposal import ProposalAction, ProposalState
from mysapk_web.platform.errors import PermissionDenied, UserError
from tests.support.portal import START, after
from tests.support.proposals import ANAK, CLOSED, GOLONGAN, VERIFIED
from tests.support.reviewers import Office

A, S = ProposalAction, ProposalState


def _before(moment: Any, seconds: float) -> Any:
    return after((moment - START).total_seconds() - seconds)


def test_until_the_last_moment_of_verification(office: Office) -> None:
    first, second = office.sent(), office.desk.sent("golongan", GOLONGAN)
    with _before(CLOSED, -3600):  # entry is over, verification goes on
        office.verifier.decide(first, A.VERIFY)
        office.verifier.decide(second, A.VERIFY)
    with _before(VERIFIED, 1):
        office.approver.decide(second, A.APPROVE)
    with _before(VERIFIED, 0):
        for official, act in ((office.approver, A.APPROVE), (office.approver, A.REJECT)):
            with pytest.raises(UserError, match="sudah ditutup pada 30 November 2026"):
                official.decide(first, act, reason="TMS-01", note="x")
        assert "sudah ditutup" in office.approver.open(first).blocker
        assert "sudah ditutup" in office.verifier.inbox().closed_notice
        office.bkn.decide(second, A.BKN_APPROVE)  # BKN knows no period
    assert office.desk.where(first) is S.TERVERIFIKASI


def test_the_admin_of_the_agency_finishes_what_is_left_when_verification_is_over(office: Office) -> None:
    first, second, third = (
        office.sent(),
        office.desk.sent("golongan", GOLONGAN),
        office.desk.sent("keluarga", ANAK, kind="anak"),
    )
    admin = office.someone(office.desk.portal.budi, Role.ADMIN_INSTANSI)
    with _before(VERIFIED, 0):
        seen = admin.open(first)
        assert seen.blocker == ""
        assert ProposalAction.RETURN not in {each.act for each in seen.acts}
        assert "masih dapat menyelesaikan" in admin.inbox().closed_notice
        with pytest.raises(UserError, match="tidak dapat lagi memperbaiki"):
            admin.give_back(first)
        admin.correct(first, "nomor_sk", "45/TK/2020")
        admin.decide(first, A.VERIFY)
        admin.decide(second, A.REJECT, reason="TMS-01", note="x")
        with pytest.raises(UserError, match="dua orang"):
            admin.decide(first, A.APPROVE)
        office.someone(office.desk.portal.dewi, Role.ADMIN_INSTANSI).decide(first, A.APPROVE)
        with pytest.raises(PermissionDenied):
            office.stranger.decide(third, A.VERIFY)
        with pytest.raises(UserError, match="sudah ditutup"):
            office.verifier.decide(third, A.VERIFY)
    assert [office.desk.where(each) for each in (first, second)] == [S.TELAH_UPDATE, S.TMS]
    assert office.desk.trail(third)[-1].act is A.SEND


def test_before_verification_opens(office: Office) -> None:
    number = office.sent()
    with _before(START, 20 * 24 * 3600), pytest.raises(UserError, match="belum dibuka"):
        office.verifier.decide(number, A.VERIFY)
