"""Who has a usulan on the desk, and whose hands it may not pass through twice (DESIGN 5; domain 10, separation of duty)."""

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
    UsulanAct,
    UsulanState,
    Who,
)

CLAIM_LIFE: Final = timedelta(minutes=15)
"""So long one person has a usulan to themselves after opening it."""

DESKS: Final[Mapping[Who, tuple[UsulanState, ...]]] = MappingProxyType(
    {
        Who.VERIFIER: AT_VERIFIER,
        Who.APPROVER: (UsulanState.TERVERIFIKASI,),
        Who.BKN: (UsulanState.VALIDASI_BKN,),
    }
)
"""In which states an office has a usulan to decide on."""

DESK_PERMISSIONS: Final[Mapping[Who, Permission]] = MappingProxyType(
    {Who.VERIFIER: Permission.VERIFY, Who.APPROVER: Permission.APPROVE, Who.BKN: Permission.BKN_APPROVE}
)
"""What a role needs to have that desk at all."""

SEEN_BY_AGENCY: Final = (SENT_STATES | FINAL_STATES) - {UsulanState.DIHAPUS}
"""What was sent and not taken back. A draft belongs to its owner alone."""
SEEN_BY_BKN: Final = frozenset(
    {
        UsulanState.VALIDASI_BKN,
        UsulanState.PERBAIKAN_BKN,
        UsulanState.DISETUJUI_BKN,
        UsulanState.TELAH_UPDATE,
        UsulanState.TMS_BKN,
    }
)
"""What has reached BKN; the agencies' own work is no business of it."""
BKN_KINDS: Final = tuple(
    kind.key for group in GROUPS for kind in group.kinds if group.verified and kind.approval is Approval.BKN
)
"""Kinds of record that BKN decides on (domain 5.5)."""

OFFICIAL_ACTS: Final = frozenset(
    act for (_, act), row in TRANSITIONS.items() if row.who in (Who.VERIFIER, Who.APPROVER, Who.BKN)
)
"""What an office does; the rest is the owner's or follows by itself."""
_OFFICES: Final[Mapping[UsulanAct, Who]] = MappingProxyType(
    {act: row.who for (_, act), row in TRANSITIONS.items() if act in OFFICIAL_ACTS and act is not UsulanAct.REJECT}
)
_SHAPING: Final = frozenset({UsulanAct.CORRECT, UsulanAct.VERIFY, UsulanAct.APPROVE, UsulanAct.BKN_APPROVE})
"""Acts that carry a usulan forward; whoever did one has had a hand in it. Giving it back or rejecting it has not."""


def office_of(state: UsulanState) -> Who | None:
    """Tell which office has a usulan; None where it lies with its owner or nowhere."""
    return next((who for who, states in DESKS.items() if state in states), None)


def _acts_behind() -> dict[UsulanState, frozenset[UsulanAct]]:
    """By state the acts that some way through the table leaves behind a usulan."""
    behind: dict[UsulanState, frozenset[UsulanAct]] = dict.fromkeys(UsulanState, frozenset())
    for _ in UsulanState:  # no way without a detour is longer
        for (state, act), row in TRANSITIONS.items():
            behind[row.to] |= behind[state] | {act}
    return behind


_BEHIND: Final = MappingProxyType(_acts_behind())


def shaping_elsewhere(office: Who, state: UsulanState, held: Iterable[Who] = Who) -> frozenset[UsulanAct]:
    """List the acts after which nobody acts for this office any more: those that carry a usulan forward in the others.

    Args:
        office: that would act.
        state: of the usulan; only acts that can lie behind it are listed.
        held: offices that the one who would act has ever had; only acts of these are listed.
    """
    others = set(held) - {office}
    return frozenset(act for act in _SHAPING & _BEHIND[state] if _OFFICES[act] in others)


def hands_of(steps: Iterable[UsulanAct]) -> frozenset[Who]:
    """Tell in which offices somebody has carried a usulan forward.

    Args:
        steps: what this person did to it.
    """
    return frozenset(_OFFICES[act] for act in steps if act in _SHAPING)


def may_decide(office: Who, hands: Iterable[Who]) -> bool:
    """Tell whether somebody may act for an office: not who has carried the usulan forward in another one.

    Args:
        office: that the act belongs to.
        hands: from `hands_of`.
    """
    return not set(hands) - {office}
