"""Whose hands a usulan may not pass through twice, and where it can have passed through them at all."""

import pytest

from mysapk_web.pdm.rules.proposal import TRANSITIONS, Office, ProposalAction, ProposalState
from mysapk_web.verification.rules.separation_of_duties import QUEUES, conflicting_acts

S, A = ProposalState, ProposalAction


@pytest.mark.parametrize(
    ("office", "state", "acts"),
    [
        (Office.VERIFIER, S.INPUT_BERKAS, set()),
        (Office.VERIFIER, S.INPUT_BERKAS_PERBAIKAN, {A.APPROVE}),
        (Office.VERIFIER, S.PERBAIKAN_BKN, {A.APPROVE}),
        (Office.APPROVER, S.TERVERIFIKASI, {A.CORRECT, A.VERIFY}),
        (Office.BKN, S.VALIDASI_BKN, {A.CORRECT, A.VERIFY, A.APPROVE}),
    ],
)
def test_acts_of_other_offices_that_can_lie_behind_a_usulan(office, state, acts):
    assert conflicting_acts(office, state) == acts


def test_only_of_offices_that_somebody_has_had():
    assert conflicting_acts(Office.BKN, S.VALIDASI_BKN, {Office.BKN}) == set()
    assert conflicting_acts(Office.BKN, S.VALIDASI_BKN, {Office.BKN, Office.APPROVER}) == {A.APPROVE}
    assert conflicting_acts(Office.APPROVER, S.TERVERIFIKASI, {Office.VERIFIER, Office.APPROVER}) == {
        A.CORRECT,
        A.VERIFY,
    }


def test_no_way_through_the_table_has_other_acts_behind_it():
    """Every way of ten steps, each with what was done on it."""
    ways = {(S.DRAF, frozenset())}
    for _ in range(10):
        ways |= {
            (row.to, done | {act})
            for state, done in ways
            for (start, act), row in TRANSITIONS.items()
            if start is state
        }
    for office, states in QUEUES.items():
        everything = {act for state in states for act in conflicting_acts(office, state)}
        for state in states:
            met = {act for end, done in ways if end is state for act in done if act in everything}
            assert met == conflicting_acts(office, state)
