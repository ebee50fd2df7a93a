import pytest
from hypothesis import given
from hypothesis import strategies as st

from mysapk_web.organisation.rules.period import PeriodKind
from mysapk_web.organisation.rules.roles import Permission, Role, may
from mysapk_web.pdm.rules.groups.base import Approval
from mysapk_web.pdm.rules.proposal import (
    AT_VERIFIER,
    EDITABLE_STATES,
    FINAL_STATES,
    OPEN_STATES,
    REASONS,
    TRANSITIONS,
    Declaration,
    GroupState,
    Office,
    ProposalAction,
    ProposalState,
    ReasonKind,
    TransitionError,
    available_actions,
    find_transition,
    group_state,
    next_state,
    reasons_for,
)

S, A = ProposalState, ProposalAction
LEVELS = (Approval.AGENCY, Approval.BKN)


def follow(*steps, approval=Approval.AGENCY):
    state = S.DRAF
    for step in steps:
        state = next_state(state, step, approval)
    return state


def reachable(approval):
    found, waiting = set(), {S.DRAF}
    while waiting:
        state = waiting.pop()
        found.add(state)
        waiting |= {row.to for (start, _), row in TRANSITIONS.items() if start is state and approval in row.approvals}
        waiting -= found
    return found


def test_codes_and_words_of_siasn():
    assert {state.name: state.code for state in S} == {
        "DRAF": None,
        "INPUT_BERKAS": 1,
        "TERVERIFIKASI": 2,
        "TMS": 6,
        "VALIDASI_BKN": 12,
        "TMS_BKN": 13,
        "PERBAIKAN_BKN": 14,
        "DISETUJUI_BKN": 15,
        "DISETUJUI": 16,
        "TELAH_UPDATE": 31,
        "PERBAIKAN_MYSAPK": 50,
        "INPUT_BERKAS_PERBAIKAN": 51,
        "PERBAIKAN_APPROVAL": 52,
        "DIHAPUS": 99,
    }
    assert S.TELAH_UPDATE.label == "Telah Update di Profile PNS"
    assert all(state.label and state.meaning.endswith(".") for state in S)
    assert all(act.label for act in A)


def test_the_straight_way():
    assert follow(A.SAVE_DRAFT, A.SEND, A.VERIFY, A.APPROVE) is S.DISETUJUI
    assert follow(A.SEND, A.VERIFY, A.APPROVE, A.APPLY) is S.TELAH_UPDATE
    way = (A.SEND, A.VERIFY, A.APPROVE, A.FORWARD_BKN, A.BKN_APPROVE, A.APPLY)
    assert follow(*way, approval=Approval.BKN) is S.TELAH_UPDATE


def test_the_ways_back():
    assert follow(A.SEND, A.RETURN, A.SAVE_DRAFT, A.RESEND) is S.INPUT_BERKAS_PERBAIKAN
    assert follow(A.SEND, A.RETURN, A.RESEND, A.VERIFY, A.RETURN_TO_VERIFIER) is S.PERBAIKAN_APPROVAL
    assert follow(A.SEND, A.VERIFY, A.RETURN_TO_VERIFIER, A.CORRECT, A.VERIFY) is S.TERVERIFIKASI
    way = (A.SEND, A.VERIFY, A.APPROVE, A.FORWARD_BKN, A.BKN_RETURN, A.RETURN)
    assert follow(*way, approval=Approval.BKN) is S.PERBAIKAN_MYSAPK


def test_the_dead_ends():
    assert follow(A.WITHDRAW) is S.DIHAPUS
    assert follow(A.SEND, A.REJECT) is S.TMS
    assert follow(A.SEND, A.VERIFY, A.REJECT) is S.TMS
    assert follow(A.SEND, A.VERIFY, A.APPROVE, A.FORWARD_BKN, A.BKN_REJECT, approval=Approval.BKN) is S.TMS_BKN


@pytest.mark.parametrize(
    ("state", "act", "approval"),
    [
        (S.DRAF, A.VERIFY, Approval.AGENCY),
        (S.TERVERIFIKASI, A.WITHDRAW, Approval.AGENCY),
        (S.TERVERIFIKASI, A.APPLY, Approval.AGENCY),
        (S.DISETUJUI, A.APPLY, Approval.BKN),
        (S.DISETUJUI, A.FORWARD_BKN, Approval.AGENCY),
        (S.INPUT_BERKAS, A.SAVE_DRAFT, Approval.AGENCY),
        (S.DRAF, A.SEND, Approval.NONE),
    ],
)
def test_what_is_refused_in_words(state, act, approval):
    with pytest.raises(TransitionError, match=r"status usulan sekarang .*\."):
        next_state(state, act, approval)


@given(st.sampled_from(LEVELS), st.lists(st.sampled_from(A), max_size=30))
def test_no_order_of_acts_leaves_the_table(approval, wanted):
    state = S.DRAF
    for act in wanted:
        try:
            to = next_state(state, act, approval)
        except TransitionError:
            assert (state, act) not in TRANSITIONS or approval not in TRANSITIONS[state, act].approvals
            continue
        assert state not in FINAL_STATES
        if to is S.TELAH_UPDATE:
            assert (act, state) == (A.APPLY, S.DISETUJUI if approval is Approval.AGENCY else S.DISETUJUI_BKN)
        state = to


def test_final_states_have_no_way_out_and_the_others_have_one():
    assert {start for start, _ in TRANSITIONS} == OPEN_STATES == set(S) - FINAL_STATES
    for approval in LEVELS:
        for state in reachable(approval) - FINAL_STATES:
            assert any(approval in row.approvals for (start, _), row in TRANSITIONS.items() if start is state)


def test_what_can_be_reached():
    only_bkn = {S.VALIDASI_BKN, S.DISETUJUI_BKN, S.PERBAIKAN_BKN, S.TMS_BKN}
    assert reachable(Approval.BKN) == set(S)
    assert reachable(Approval.AGENCY) == set(S) - only_bkn


def test_the_record_changes_by_apply_only_and_nobody_applies_by_hand():
    into = {(start, act): row for (start, act), row in TRANSITIONS.items() if row.to is S.TELAH_UPDATE}
    assert {act for _, act in into} == {A.APPLY}
    assert {row.office for row in into.values()} == {Office.SYSTEM}


def test_what_the_owner_may_still_do():
    assert {S.DRAF, S.PERBAIKAN_MYSAPK} == EDITABLE_STATES
    assert {S.DRAF, S.INPUT_BERKAS, S.INPUT_BERKAS_PERBAIKAN, S.PERBAIKAN_MYSAPK} == {
        state for state, act in TRANSITIONS if act is A.WITHDRAW
    }
    assert available_actions(S.PERBAIKAN_MYSAPK, Approval.BKN, Office.OWNER) == (A.SAVE_DRAFT, A.RESEND, A.WITHDRAW)
    assert available_actions(S.TERVERIFIKASI, Approval.BKN, Office.OWNER) == ()
    assert available_actions(S.DISETUJUI, Approval.BKN, Office.SYSTEM) == (A.FORWARD_BKN,)


@pytest.mark.parametrize("state", AT_VERIFIER)
def test_the_verifikator_has_the_same_acts_wherever_it_comes_from(state):
    assert available_actions(state, Approval.BKN, Office.VERIFIER) == (A.CORRECT, A.VERIFY, A.RETURN, A.REJECT)


def test_periods():
    assert find_transition(S.DRAF, A.SEND, Approval.AGENCY).periods == {PeriodKind.PDM}
    assert find_transition(S.INPUT_BERKAS, A.VERIFY, Approval.AGENCY).periods == {PeriodKind.VERIFIKASI}
    # What was returned may be repaired after entry has closed.
    assert PeriodKind.VERIFIKASI in find_transition(S.PERBAIKAN_MYSAPK, A.RESEND, Approval.AGENCY).periods
    assert find_transition(S.DISETUJUI, A.APPLY, Approval.AGENCY).periods == frozenset()


def test_permissions_belong_to_those_who_act():
    rows = TRANSITIONS.values()
    holders = {
        Office.OWNER: {Role.PEGAWAI},
        Office.VERIFIER: {Role.VERIFIKATOR, Role.ADMIN_INSTANSI},
        Office.APPROVER: {Role.APPROVER, Role.ADMIN_INSTANSI},
        Office.BKN: {Role.ADMIN_BKN},
    }
    for row in rows:
        if row.office is Office.SYSTEM:
            assert not row.permissions
            continue
        able = {role for role in Role if all(may([role], needed) for needed in row.permissions)}
        assert able == (set(Role) if row.office is Office.OWNER else holders[row.office])
    assert Permission.BKN_APPROVE in find_transition(S.VALIDASI_BKN, A.BKN_REJECT, Approval.BKN).permissions


def test_a_no_needs_a_reason_of_its_kind():
    asked = {act for (_, act), row in TRANSITIONS.items() if row.reason}
    assert asked == {A.RETURN, A.REJECT, A.RETURN_TO_VERIFIER, A.BKN_RETURN, A.BKN_REJECT}
    assert all(reasons_for(act) for act in asked)
    assert not any(reasons_for(act) for act in set(A) - asked)
    assert {reason.kind for reason in reasons_for(A.RETURN)} == {ReasonKind.BTS}
    assert {reason.kind for reason in reasons_for(A.REJECT)} == {ReasonKind.TMS}
    assert len({reason.code for reason in REASONS}) == len(REASONS)


@pytest.mark.parametrize(
    ("declaration", "proposals", "shown"),
    [
        (None, [], GroupState.BELUM_DIPERIKSA),
        (None, [S.DRAF], GroupState.BELUM_DIPERIKSA),
        (None, [S.DIHAPUS], GroupState.BELUM_DIPERIKSA),
        (Declaration.SESUAI, [], GroupState.SESUAI),
        (Declaration.TIDAK_ADA, [S.DIHAPUS], GroupState.TIDAK_ADA),
        (None, [S.INPUT_BERKAS], GroupState.ADA_USULAN),
        (Declaration.SESUAI, [S.DISETUJUI], GroupState.ADA_USULAN),
        (None, [S.TELAH_UPDATE, S.VALIDASI_BKN], GroupState.ADA_USULAN),
        (None, [S.PERBAIKAN_MYSAPK, S.INPUT_BERKAS], GroupState.PERLU_PERBAIKAN),
        (None, [S.PERBAIKAN_APPROVAL], GroupState.ADA_USULAN),
        (None, [S.TELAH_UPDATE, S.TMS], GroupState.SELESAI),
        (None, [S.TMS], GroupState.PERLU_PERBAIKAN),
        (Declaration.SESUAI, [S.TMS_BKN], GroupState.SESUAI),
    ],
)
def test_what_a_group_shows(declaration, proposals, shown):
    assert group_state(declaration, proposals) is shown


@given(st.sampled_from([None, *Declaration]), st.lists(st.sampled_from(S)))
def test_a_group_is_green_when_nothing_waits_for_the_person(declaration, proposals):
    shown = group_state(declaration, proposals)
    assert shown.label
    if S.PERBAIKAN_MYSAPK in proposals:
        assert not shown.handled
    elif declaration or set(proposals) - {S.DRAF, S.DIHAPUS, S.TMS, S.TMS_BKN}:
        assert shown.handled
    else:
        assert not shown.handled


def test_the_portal_is_spelled_in_one_way_in_every_status():
    spelled = {word for state in ProposalState for word in state.label.split() if word.casefold() == "mysapk"}
    assert spelled == {"MySAPK"}
