"""Two of everything at the same moment leave one truth, on each database."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlmodel import col

from mysapk_web.pdm import submit
from mysapk_web.pdm.proof import make_proof
from mysapk_web.pdm.rules.proposal import ProposalAction, ProposalState
from mysapk_web.pdm.tables import GroupDeclaration, PersonnelRecord, Proof, Proposal
from mysapk_web.platform.errors import UserError
from tests.support.proposals import GOLONGAN, PENGHARGAAN, Desk
from tests.unit.pdm.test_overview import finish_rest

ROUNDS = 3


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Do acts at one moment; gives results, with a refusal in the place of what was refused."""
    gate = threading.Barrier(len(acts))

    def one(act: Callable[[], Any]) -> Any:
        gate.wait()
        try:
            return act()
        except UserError as refused:
            return refused

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def refused(results: list[Any]) -> int:
    return sum(isinstance(result, UserError) for result in results)


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_two_tabs_start_one_proposal(desk_on_both: Desk, _round: int) -> None:
    desk = desk_on_both
    record = desk.put("golongan")
    results = together(*[lambda: desk.start(action="CHANGE", record_id=record)] * 4)

    assert len(set(results)) == 1
    assert len(desk.rows(Proposal)) == 1


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_sent_and_withdrawn_at_once(desk_on_both: Desk, _round: int) -> None:
    desk = desk_on_both
    number = desk.draft("golongan", GOLONGAN)
    version = desk.proposal(number).version
    results = together(
        lambda: desk.send(number), lambda: desk.do(submit.withdraw_proposal, number, version), lambda: desk.send(number)
    )

    steps = desk.trail(number)[1:]
    assert [step.before for step in steps] == [ProposalState.DRAF, *[step.after for step in steps[:-1]]]
    assert desk.where(number) is steps[-1].after
    assert desk.proposal(number).version == version + len(steps)
    assert len(results) - refused(results) == len(steps) == 1


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_withdrawn_while_it_is_verified(desk_on_both: Desk, _round: int) -> None:
    desk = desk_on_both
    number = desk.sent()
    version = desk.proposal(number).version
    results = together(
        lambda: desk.do(submit.withdraw_proposal, number, version), lambda: desk.office(number, ProposalAction.VERIFY)
    )

    assert refused(results) == 1
    assert desk.where(number) in (ProposalState.DIHAPUS, ProposalState.TERVERIFIKASI)
    assert len(desk.trail(number)) == 3


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_saved_while_it_is_sent(desk_on_both: Desk, _round: int) -> None:
    """What is sent is what was saved, or the save is refused; nothing changes under the verifikator's eyes."""
    desk = desk_on_both
    number = desk.draft("penghargaan", PENGHARGAAN)
    version = desk.proposal(number).version
    results = together(lambda: desk.save(number, {"nomor_sk": "baru"}, version=version), lambda: desk.send(number))

    proposal = desk.proposal(number)
    saved, sent = (not isinstance(result, UserError) for result in results)
    assert saved or sent
    assert (proposal.payload["nomor_sk"] == "baru") == saved
    assert (proposal.state is ProposalState.INPUT_BERKAS) == sent
    assert proposal.version == version + saved + sent


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_applied_twice_at_once(desk_on_both: Desk, _round: int) -> None:
    desk = desk_on_both
    number = desk.sent("penghargaan", PENGHARGAAN)
    desk.office(number, ProposalAction.VERIFY)
    desk.office(number, ProposalAction.APPROVE)
    results = together(*[lambda: desk.apply(number)] * 3)

    assert refused(results) == 2
    assert len(desk.rows(PersonnelRecord)) == 1


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_declared_and_started_at_once(desk_on_both: Desk, _round: int) -> None:
    desk = desk_on_both
    desk.put("penghargaan")
    together(lambda: desk.state("penghargaan", "SESUAI"), lambda: desk.start("penghargaan"))

    assert desk.rows(GroupDeclaration) == []
    assert len(desk.rows(Proposal, col(Proposal.ended_at).is_(None))) == 1


@pytest.mark.parametrize("_round", range(2))
def test_one_proof(desk_on_both: Desk, _round: int) -> None:
    desk = desk_on_both
    finish_rest(desk)
    desk.sent()
    made = together(*[lambda: desk.do(make_proof)] * 4)

    assert len({proof.number for proof in made}) == 1
    assert len(desk.rows(Proof)) == 1


def test_drafts_of_many_people_at_once(desk_on_both: Desk) -> None:
    desk = desk_on_both
    people = [desk, desk.of(desk.portal.budi), desk.of(desk.portal.citra)]
    numbers = [each.start() for each in people]

    def type_on(each: Desk, number: int) -> None:
        for count in range(15):
            each.save(number, {"nomor_sk": f"{each.person.nama} {count}"})

    results = together(*[lambda e=each, n=number: type_on(e, n) for each, number in zip(people, numbers, strict=True)])
    assert refused(results) == 0
    for each, number in zip(people, numbers, strict=True):
        assert each.proposal(number).payload["nomor_sk"] == f"{each.person.nama} 14"
        assert each.proposal(number).version == 16
