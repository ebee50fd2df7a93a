"""Two officials at one moment: one wins, the other is told who and what. On each database."""

from __future__ import annotations

import pytest
from sqlmodel import col

from mysapk_web.organisation.rules.roles import Role
from mysapk_web.pdm.rules.proposal import ProposalAction, ProposalState
from mysapk_web.pdm.tables import FormerValue, PersonnelRecord, ProposalEvent
from mysapk_web.platform.errors import UserError
from mysapk_web.verification import claims
from mysapk_web.verification.bulk_verification import bulk_verify
from tests.support.portal import after, minutes
from tests.support.proposals import ANAK, GOLONGAN
from tests.support.reviewers import Office
from tests.unit.pdm.test_parallel import refused, together

ROUNDS = 4
A, S = ProposalAction, ProposalState


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_verified_and_returned_at_once(office_on_both: Office, _round: int) -> None:
    office = office_on_both
    number = office.sent()
    seen = office.version(number)
    one, other = office.verifier, office.someone(office.desk.portal.dewi, Role.VERIFIKATOR)
    results = together(
        lambda: one.decide(number, A.VERIFY, version=seen),
        lambda: other.decide(number, A.RETURN, version=seen, reason="BTS-01", note="x"),
    )

    assert refused(results) == 1
    told = next(result for result in results if isinstance(result, UserError))
    winner, act = ("Dewi Anggraini", "kembalikan") if results[0] is told else ("Budi Hartono", "verifikasi")
    assert winner in told.sentence
    assert act in told.sentence
    assert len(office.desk.trail(number)) == 3


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_approved_twice_at_once_changes_the_record_once(office_on_both: Office, _round: int) -> None:
    office = office_on_both
    child = office.desk.put("anak", ANAK | {"tanggal_lahir": "2012-08-17"})
    number = office.desk.draft("keluarga", {"nama": "Bagas Putra"}, kind="anak", action="CHANGE", record_id=child)
    office.desk.send(number)
    office.verifier.decide(number, A.VERIFY)
    seen = office.version(number)
    grants = office.approver.actor.grants
    people = [office.approver, office.someone(office.desk.portal.citra, Role.APPROVER).but(grants=grants)]
    results = together(*[lambda who=who: who.decide(number, A.APPROVE, version=seen) for who in (*people, people[0])])

    assert refused(results) == 2
    assert office.desk.record(child).version == 2
    assert len(office.desk.rows(FormerValue)) == 1
    assert office.desk.where(number) is S.TELAH_UPDATE


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_verified_while_the_owner_takes_it_back(office_on_both: Office, _round: int) -> None:
    office = office_on_both
    number = office.desk.sent("golongan", GOLONGAN)
    office.verifier.do(claims.claim, number)
    seen = office.version(number)
    results = together(
        lambda: office.verifier.decide(number, A.VERIFY, version=seen), lambda: office.desk.withdraw(number)
    )

    assert refused(results) == 1
    assert office.desk.where(number) in (S.TERVERIFIKASI, S.DIHAPUS)
    assert office.desk.rows(PersonnelRecord) == []


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_claimed_at_once(office_on_both: Office, _round: int) -> None:
    office = office_on_both
    number = office.sent()
    people = [office.verifier, office.someone(office.desk.portal.dewi, Role.VERIFIKATOR)] * 2
    results = together(*[lambda who=who: who.do(claims.claim, number) for who in people])

    assert sorted(result.mine for result in results) == [False, False, True, True]


@pytest.mark.parametrize("over", ["its time", "its account"])
@pytest.mark.parametrize("_round", range(ROUNDS))
def test_a_claim_that_counts_no_more_is_taken_over_by_one(office_on_both: Office, over: str, _round: int) -> None:
    office = office_on_both
    number = office.sent()
    portal = office.desk.portal
    former = office.someone(portal.citra, Role.VERIFIKATOR).but(grants=office.verifier.actor.grants)
    with after(-16 * minutes if over == "its time" else 0):
        former.do(claims.claim, number)
    if over == "its account":
        portal.disable(portal.citra)
    people = [office.verifier, office.someone(portal.dewi, Role.VERIFIKATOR)] * 2
    results = together(*[lambda who=who: who.do(claims.claim, number) for who in people])

    assert sorted(result.mine for result in results) == [False, False, True, True]


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_verified_together_by_two(office_on_both: Office, _round: int) -> None:
    office = office_on_both
    numbers = []
    for person in (office.desk.portal.ani, office.desk.portal.budi):
        desk = office.desk.of(person)
        number = desk.start(action="CHANGE", record_id=desk.put("golongan"))
        desk.attach(number)
        desk.send(number)
        numbers.append(number)
    versions = {number: office.version(number) for number in numbers}
    grants = office.verifier.actor.grants
    people = [
        office.someone(office.desk.portal.dewi, Role.VERIFIKATOR),
        office.someone(office.desk.portal.citra, Role.VERIFIKATOR).but(grants=grants),
    ]
    results = together(
        *[
            lambda who=who, order=order: who.do(bulk_verify, {n: versions[n] for n in order}, sample_confirmed=True)
            for who, order in zip(people, (numbers, numbers[::-1]), strict=True)
        ]
    )

    assert sum(result.verified for result in results if not isinstance(result, UserError)) == 2
    assert len(office.desk.rows(ProposalEvent, col(ProposalEvent.act) == A.VERIFY)) == 2
