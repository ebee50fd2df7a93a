"""Whose hands a usulan may not pass through twice, and where it can have passed through them at all."""

import pytest

from mysapk_web.pdm.rules.proposal import TRANSITIONS, UsulanAct, UsulanState, Who
from mysapk_web.verification.rules.separation_of_duties import DESKS, shaping_elsewhere

S, A = UsulanState, UsulanAct


@pytest.mark.parametrize(
    ("office", "state", "acts"),
    [
        (Who.VERIFIER, S.INPUT_BERKAS, set()),
        (Who.VERIFIER, S.INPUT_BERKAS_PERBAIKAN, {A.APPROVE}),
        (Who.VERIFIER, S.PERBAIKAN_BKN, {A.APPROVE}),
        (Who.APPROVER, S.TERVERIFIKASI, {A.CORRECT, A.VERIFY}),
        (Who.BKN, S.VALIDASI_BKN, {A.CORRECT, A.VERIFY, A.APPROVE}),
    ],
)
def test_acts_of_other_offices_that_can_lie_behind_a_usulan(office, state, acts):
    assert shaping_elsewhere(office, state) == acts


def test_only_of_offices_that_somebody_has_had():
    assert shaping_elsewhere(Who.BKN, S.VALIDASI_BKN, {Who.BKN}) == set()
    assert shaping_elsewhere(Who.BKN, S.VALIDASI_BKN, {Who.BKN, Who.APPROVER}) == {A.APPROVE}
    assert shaping_elsewhere(Who.APPROVER, S.TERVERIFIKASI, {Who.VERIFIER, Who.APPROVER}) == {A.CORRECT, A.VERIFY}


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
    for office, states in DESKS.items():
        everything = {act for state in states for act in shaping_elsewhere(office, state)}
        for state in states:
            met = {act for end, done in ways if end is state for act in done if act in everything}
            assert met == shaping_elsewhere(office, state)
