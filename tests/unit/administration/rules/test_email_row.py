import pytest

from mysapk_web.administration.rules.email_row import EmailRowVerdict
from mysapk_web.platform.imports.rules import BUSY, RunState

S = RunState
RESTING = frozenset(S) - BUSY


def after(state):
    return {other for other in S if state.may_become(other)}


def test_every_state_has_a_name_of_its_own():
    assert len({state.label for state in S}) == len(S)


def test_what_can_be_done_about_a_run():
    assert {state for state in S if state.may_become(S.DISCARDED)} == {S.READY}
    assert {state for state in S if state.may_become(S.STOPPING)} == {S.APPLYING}
    assert {state for state in S if state.may_become(S.UNDOING)} == {S.DONE, S.STOPPED, S.FAILED}
    assert after(S.DISCARDED) == after(S.UNDONE) == set()


def test_every_state_is_reached_and_nothing_is_stuck():
    found, waiting = set(), {S.READING}
    while waiting:
        found |= waiting
        waiting = {other for state in waiting for other in after(state)} - found
    assert found == set(S)
    for state in BUSY:
        assert S.FAILED in after(state)
        assert after(state) & RESTING > {S.FAILED}


@pytest.mark.parametrize("state", S)
def test_nothing_is_applied_after_a_run_was_stopped_discarded_or_undone(state):
    ended = {S.STOPPING, S.STOPPED, S.DISCARDED, S.UNDOING, S.UNDONE}
    assert state not in ended or not state.may_become(S.APPLYING)


def test_a_row_that_was_not_applied_is_not_good():
    assert not EmailRowVerdict.NOT_APPLIED.good


def test_a_good_row_is_told_otherwise_once_it_was_applied():
    assert {verdict for verdict in EmailRowVerdict if verdict.outcome != verdict.label} == {
        verdict for verdict in EmailRowVerdict if verdict.good
    }
