"""Every act from every state: what the table has works and leaves its traces, everything else is refused and leaves none."""

from __future__ import annotations

import itertools

import pytest
from sqlalchemy import update
from sqlmodel import col

from mysapk_web.organisation.rules.period import PeriodKind
from mysapk_web.pdm.dossier import kind_of
from mysapk_web.pdm.rules.groups.base import Approval
from mysapk_web.pdm.rules.proposal import FINAL_STATES, TRANSITIONS, Office, ProposalAction, ProposalState, reasons_for
from mysapk_web.pdm.tables import Proposal
from mysapk_web.platform import clock
from mysapk_web.platform.errors import PermissionDenied, UserError
from tests.support.portal import START, Portal
from tests.support.proposals import CLOSED, GOLONGAN, PENGHARGAAN, VERIFIED, Desk, open_pdm

KINDS = {Approval.AGENCY: ("penghargaan", PENGHARGAAN), Approval.BKN: ("golongan", GOLONGAN)}


def put_at(desk: Desk, number: int, state: ProposalState) -> None:
    with desk.portal.db.begin() as session:
        session.execute(
            update(Proposal)
            .where(col(Proposal.id) == number)
            .values(state=state, ended_at=START if state in FINAL_STATES else None, sent_at=START)
        )


def act(desk: Desk, number: int, name: ProposalAction) -> None:
    reasons = reasons_for(name)
    row = TRANSITIONS.get((desk.where(number), name))
    owner = row is not None and row.office is Office.OWNER
    desk.office(
        number,
        name,
        reason=reasons[0].code if reasons else "",
        note="Periksa kembali" if reasons else "",
        by=desk.person if owner else None,
    )


@pytest.mark.parametrize("approval", KINDS)
def test_the_table_and_nothing_else(desk: Desk, approval: Approval) -> None:
    group, values = KINDS[approval]
    number = desk.draft(group, values)
    assert kind_of(desk.proposal(number)).approval is approval
    for state, name in itertools.product(ProposalState, ProposalAction):
        put_at(desk, number, state)
        before, steps, told = desk.proposal(number), desk.trail(number), desk.notices()
        row = TRANSITIONS.get((state, name))
        if row is None or approval not in row.approvals:
            with pytest.raises(UserError, match="tidak dapat dilakukan"):
                act(desk, number, name)
            assert (desk.proposal(number), desk.trail(number), desk.notices()) == (before, steps, told)
            continue
        act(desk, number, name)
        now, step = desk.proposal(number), desk.trail(number)[-1]
        assert (now.state, now.version) == (row.to, before.version + 1)
        assert (now.ended_at is not None) == (row.to in FINAL_STATES)
        assert (step.act, step.before, step.after, bool(step.reason)) == (name, state, row.to, row.reason)
        assert len(desk.notices()) == len(told) + (name is not ProposalAction.SAVE_DRAFT)


@pytest.mark.parametrize(("state", "name"), TRANSITIONS)
def test_only_in_its_period(portal: Portal, state: ProposalState, name: ProposalAction) -> None:
    desk = open_pdm(portal)
    row = TRANSITIONS[state, name]
    approval = next(iter(row.approvals & KINDS.keys()))
    group, values = KINDS[approval]
    number = desk.draft(group, values)
    for moment, opened in (
        (START, {PeriodKind.PDM, PeriodKind.VERIFIKASI}),
        (CLOSED, {PeriodKind.VERIFIKASI}),
        (VERIFIED, set()),
    ):
        put_at(desk, number, state)
        with clock.shifted(moment - START):
            if row.periods and not row.periods & opened:
                with pytest.raises(UserError):
                    act(desk, number, name)
                assert desk.where(number) is state
            else:
                act(desk, number, name)
                assert desk.where(number) is row.to


@pytest.mark.parametrize(
    ("state", "name"), [key for key, row in TRANSITIONS.items() if row.office is not Office.SYSTEM]
)
def test_owner_and_office_never_change_places(desk: Desk, state: ProposalState, name: ProposalAction) -> None:
    row = TRANSITIONS[state, name]
    group, values = KINDS[next(iter(row.approvals & KINDS.keys()))]
    number = desk.draft(group, values)
    put_at(desk, number, state)
    wrong = desk.portal.budi if row.office is Office.OWNER else desk.person
    reasons = reasons_for(name)
    with pytest.raises(PermissionDenied):
        desk.office(number, name, reason=reasons[0].code if reasons else "", note="x", by=wrong)
    assert desk.where(number) is state
