"""Which office a proposal waits for, and separation of duties: one person acts on a proposal for one office only."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.pdm.rules.groups import GROUPS
from mysapk_web.pdm.rules.groups.base import Approval
from mysapk_web.pdm.rules.proposal import (
    AT_VERIFIER,
    FINAL_STATES,
    SENT_STATES,
    TRANSITIONS,
    Office,
    ProposalAction,
    ProposalState,
)

CLAIM_LIFE: Final = timedelta(minutes=15)
"""So long one person has a usulan to themselves after opening it."""

QUEUES: Final[Mapping[Office, tuple[ProposalState, ...]]] = MappingProxyType(
    {
        Office.VERIFIER: AT_VERIFIER,
        Office.APPROVER: (ProposalState.TERVERIFIKASI,),
        Office.BKN: (ProposalState.VALIDASI_BKN,),
    }
)
"""In which states an office has a usulan to decide on."""

QUEUE_PERMISSIONS: Final[Mapping[Office, Permission]] = MappingProxyType(
    {Office.VERIFIER: Permission.VERIFY, Office.APPROVER: Permission.APPROVE, Office.BKN: Permission.BKN_APPROVE}
)
"""What a role needs to have that queue at all."""

SEEN_BY_AGENCY: Final = (SENT_STATES | FINAL_STATES) - {ProposalState.DIHAPUS}
"""What was sent and not taken back. A draft belongs to its owner alone."""
SEEN_BY_BKN: Final = frozenset(
    {
        ProposalState.VALIDASI_BKN,
        ProposalState.PERBAIKAN_BKN,
        ProposalState.DISETUJUI_BKN,
        ProposalState.TELAH_UPDATE,
        ProposalState.TMS_BKN,
    }
)
"""What has reached BKN; the agencies' own work is no business of it."""
BKN_KINDS: Final = tuple(
    kind.key for group in GROUPS for kind in group.kinds if group.verified and kind.approval is Approval.BKN
)
"""Kinds of record that BKN decides on."""

OFFICIAL_ACTS: Final = frozenset(
    act for (_, act), row in TRANSITIONS.items() if row.office in (Office.VERIFIER, Office.APPROVER, Office.BKN)
)
"""What an office does; the other actions are the owner's or automatic."""
_OFFICES: Final[Mapping[ProposalAction, Office]] = MappingProxyType(
    {
        act: row.office
        for (_, act), row in TRANSITIONS.items()
        if act in OFFICIAL_ACTS and act is not ProposalAction.REJECT
    }
)
_SHAPING: Final = frozenset(
    {ProposalAction.CORRECT, ProposalAction.VERIFY, ProposalAction.APPROVE, ProposalAction.BKN_APPROVE}
)
"""Actions that move a proposal forward and bind the person to one office; returning or rejecting does not."""


def office_of(state: ProposalState) -> Office | None:
    """The office that a proposal waits for; None where it is with its owner or decided."""
    return next((who for who, states in QUEUES.items() if state in states), None)


def _acts_behind() -> dict[ProposalState, frozenset[ProposalAction]]:
    """By state, the actions that some path through the table leaves behind a proposal."""
    behind: dict[ProposalState, frozenset[ProposalAction]] = dict.fromkeys(ProposalState, frozenset())
    for _ in ProposalState:  # no way without a detour is longer
        for (state, act), row in TRANSITIONS.items():
            behind[row.to] |= behind[state] | {act}
    return behind


_BEHIND: Final = MappingProxyType(_acts_behind())


def conflicting_acts(
    office: Office, state: ProposalState, held: Iterable[Office] = Office
) -> frozenset[ProposalAction]:
    """Forward actions in other offices (among `held`, those the person ever had) that can precede a state; they exclude from this one."""
    others = set(held) - {office}
    return frozenset(act for act in _SHAPING & _BEHIND[state] if _OFFICES[act] in others)


def prior_offices(steps: Iterable[ProposalAction]) -> frozenset[Office]:
    """The offices in which a person moved a proposal forward, from their actions."""
    return frozenset(_OFFICES[act] for act in steps if act in _SHAPING)


def may_act_for(office: Office, prior: Iterable[Office]) -> bool:
    """Whether somebody may act for an office: not if they moved the proposal forward in another one."""
    return not set(prior) - {office}
