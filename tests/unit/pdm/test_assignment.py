"""A person picks the unor verifikasi; it decides on whose desk the proposal lies, and nothing else can be picked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col

from mysapk_web.organisation.rules.roles import Role
from mysapk_web.organisation.tables.account import Account, RoleGrant
from mysapk_web.organisation.tables.agency import Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm import assignment, form, history, submit
from mysapk_web.pdm.rules.proposal import ProposalAction, ProposalState
from mysapk_web.platform.errors import UserError
from tests.support.portal import START, Person
from tests.support.proposals import GOLONGAN, PENGHARGAAN, Desk
from tests.support.reviewers import Office


def verifikator(desk: Desk, unit: Unor, person: Person, role: Role = Role.VERIFIKATOR) -> None:
    """Somebody is made verifikator of a unit."""
    with desk.portal.db.begin() as session:
        session.add(
            RoleGrant(
                account_id=person.account_id,
                role=role,
                instansi_id=unit.instansi_id,
                unor_id=unit.id,
                granted_at=START,
            )
        )


def number_of(unit: Unor) -> int:
    assert unit.id is not None
    return unit.id


@pytest.fixture
def office(desk: Desk) -> Office:
    return Office(desk)


def test_the_own_unit_and_those_with_a_verifikator_can_be_picked(desk: Desk, office: Office) -> None:
    own, other, silent = office.unit("Dinas A", desk.person), office.unit("Dinas B"), office.unit("Dinas C")
    assert desk.see(assignment.assignable_units).units == [(own.id, "Dinas A")]
    verifikator(desk, other, desk.portal.budi)
    verifikator(desk, silent, desk.portal.dewi, Role.APPROVER)
    found = desk.see(assignment.assignable_units)
    assert found.units == [(own.id, "Dinas A"), (other.id, "Dinas B")]
    assert found.default == own.id


def test_it_goes_where_it_was_sent_and_lies_on_that_desk_alone(desk: Desk, office: Office) -> None:
    own, other = office.unit("Dinas A", desk.person), office.unit("Dinas B")
    verifikator(desk, other, desk.portal.budi)
    number = desk.draft("penghargaan", PENGHARGAAN)
    result = desk.do(submit.submit_proposals, [number], unor_id=other.id)

    assert result.units == ["Dinas B"]
    assert desk.proposal(number).unor_id == other.id
    here = office.someone(desk.portal.budi, Role.VERIFIKATOR, other.path)
    there = office.someone(desk.portal.dewi, Role.VERIFIKATOR, own.path)
    assert here.listed() == [number]
    assert here.inbox().rows[0].unit == "Dinas B"
    assert here.listed(unit=number_of(other)) == [number]
    assert there.listed() == []
    assert [each.unit for each in desk.see(history.list_proposals).items] == ["Dinas B"]


def test_without_a_choice_it_goes_to_the_own_unit(desk: Desk, office: Office) -> None:
    own, other = office.unit("Dinas A", desk.person), office.unit("Dinas B")
    verifikator(desk, other, desk.portal.budi)
    number = desk.draft("penghargaan", PENGHARGAAN)
    assert desk.see(history.list_proposals).items[0].unit == ""
    assert desk.send(number).units == ["Dinas A"]
    assert desk.proposal(number).unor_id == own.id


def test_any_other_unit_is_refused_and_nothing_is_sent(desk: Desk, office: Office) -> None:
    office.unit("Dinas A", desk.person)
    silent, gone, disabled = office.unit("Dinas B"), office.unit("Dinas C"), office.unit("Dinas D")
    verifikator(desk, gone, desk.portal.budi)
    verifikator(desk, disabled, desk.portal.dewi)
    with desk.portal.db.begin() as session:
        session.execute(update(RoleGrant).where(col(RoleGrant.unor_id) == gone.id).values(revoked_at=START))
        session.execute(update(Account).where(col(Account.id) == desk.portal.dewi.account_id).values(disabled_at=START))
        elsewhere = Unor(instansi_id=desk.portal.citra.instansi_id, code="X", name="Dinas X", path="")
        session.add(elsewhere)
        session.flush()
        elsewhere.path = f"{elsewhere.id}/"
        session.flush()
        session.expunge(elsewhere)
    verifikator(desk, elsewhere, desk.portal.citra)
    number = desk.draft("penghargaan", PENGHARGAAN)
    for unit in (number_of(silent), number_of(gone), number_of(disabled), number_of(elsewhere), 999_999, 0):
        with pytest.raises(UserError, match="tidak dapat dipilih") as refused:
            desk.do(submit.submit_proposals, [number], unor_id=unit)
        assert refused.value.field == "unor"
    assert desk.where(number) is ProposalState.DRAF


def test_what_came_back_goes_to_those_who_returned_it_while_they_are_there(desk: Desk, office: Office) -> None:
    own, other = office.unit("Dinas A", desk.person), office.unit("Dinas B")
    verifikator(desk, other, desk.portal.budi)
    number = desk.draft("penghargaan", PENGHARGAAN)
    desk.do(submit.submit_proposals, [number], unor_id=other.id)
    desk.office(number, ProposalAction.RETURN, reason="BTS-01", note="Terpotong", by=desk.portal.budi)
    assert desk.see(assignment.assignable_units).default == other.id
    fresh = desk.draft("golongan", GOLONGAN)
    assert desk.see(assignment.assignable_units, fresh).default == own.id
    desk.send(number)
    assert desk.proposal(number).unor_id == other.id

    desk.office(number, ProposalAction.RETURN, reason="BTS-01", note="Terpotong", by=desk.portal.budi)
    with desk.portal.db.begin() as session:
        session.execute(update(RoleGrant).values(revoked_at=START + timedelta(days=1)))
    assert desk.see(assignment.assignable_units).default == own.id
    desk.send(number)
    assert desk.proposal(number).unor_id == own.id


def test_the_proof_names_the_units_that_look_at_it(desk: Desk, office: Office) -> None:
    office.unit("Dinas A", desk.person)
    other = office.unit("Dinas B")
    verifikator(desk, other, desk.portal.budi)
    first, second = desk.draft("penghargaan", PENGHARGAAN), desk.draft("golongan", GOLONGAN)
    desk.do(submit.submit_proposals, [first], unor_id=other.id)
    desk.send(second)
    assert desk.see(form.load_form, first).proposal.unit == "Dinas B"
    assert desk.see(form.load_form, second).proposal.unit == "Dinas A"


def test_whoever_moved_sends_to_the_new_unit(desk: Desk, office: Office) -> None:
    office.unit("Dinas A", desk.person)
    number = desk.draft("penghargaan", PENGHARGAAN)
    moved = office.unit("Dinas B", desk.person)
    with desk.portal.db.read() as session:
        assert session.get_one(Pegawai, desk.person.pegawai_id).unor_id == moved.id
    desk.send(number)
    assert desk.proposal(number).unor_id == moved.id
