"""Deciding on a proposal: verify, return, reject, approve, validate. The last step changes the record in the same transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete
from sqlmodel import Session, col, select

from mysapk_web.organisation.actor import Actor, NotFoundError
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.apply import apply_proposal
from mysapk_web.pdm.context import PersonContext, load_context
from mysapk_web.pdm.dossier import history_of, kind_of
from mysapk_web.pdm.rules.groups.base import Approval
from mysapk_web.pdm.rules.proposal import Office, ProposalAction, ProposalState, TransitionError, find_transition
from mysapk_web.pdm.tables import Proposal, ProposalClaim, ProposalEvent
from mysapk_web.pdm.transitions import transition
from mysapk_web.platform.errors import PermissionDenied, UserError
from mysapk_web.platform.rules.text import in_sentence
from mysapk_web.verification.checks import examine
from mysapk_web.verification.claims import require_unclaimed
from mysapk_web.verification.detail import FORWARD, SECOND_PERSON, failed_checks_sentence, is_independent
from mysapk_web.verification.period_rules import period_blocker
from mysapk_web.verification.reviewer_names import OFFICE_LABELS, display_name, may_see_name, office_of_step
from mysapk_web.verification.rules.separation_of_duties import OFFICIAL_ACTS, office_of
from mysapk_web.verification.scope import find_proposal, is_in_scope

_BY_OWNER: Final = "pemilik usulan"
_DONE: Final = {
    ProposalAction.VERIFY: "Usulan diverifikasi dan diteruskan kepada approver.",
    ProposalAction.RETURN: "Usulan dikembalikan kepada pegawai untuk diperbaiki.",
    ProposalAction.REJECT: "Usulan ditolak. Data pegawai tidak berubah.",
    ProposalAction.RETURN_TO_VERIFIER: "Usulan dikembalikan kepada verifikator.",
    ProposalAction.BKN_RETURN: "Usulan dikembalikan ke instansi.",
    ProposalAction.BKN_REJECT: "Usulan ditolak. Data pegawai tidak berubah.",
}
_APPLIED: Final = "Usulan disetujui dan data pegawai sudah diperbarui."
_FORWARDED: Final = "Usulan disetujui dan diteruskan ke BKN."


@dataclass(frozen=True, slots=True)
class DecisionResult:
    """The state after an action, and a sentence about it."""

    state_label: str
    sentence: str


def decide(
    session: Session,
    actor: Actor,
    proposal_id: int,
    *,
    version: int,
    act: str,
    reason: str = "",
    note: str = "",
) -> DecisionResult:
    """Decide on a proposal, for the office it waits for and inside its scope. Two different people decide, never its owner.

    Raises:
        UserError: The state, period, claim, checks or a faster colleague prevent it; says who and what.
        FormError: The reason or the note is missing.
        PermissionDenied: There is none within the scope, or the action is not the actor's.
    """
    wanted = _act(act)
    proposal, here = lock_proposal(session, actor, proposal_id, version)
    authorize(session, actor, proposal, here, wanted)
    if wanted in FORWARD and examine(session, proposal, here).checked.count:
        raise UserError(failed_checks_sentence(session, actor, proposal, here.times))
    return execute(session, actor, proposal, here, wanted, reason=reason, note=note)


def lock_proposal(session: Session, actor: Actor, proposal_id: int, version: int) -> tuple[Proposal, PersonContext]:
    """Read a proposal for deciding, with its owner locked: of two people at once the second sees what the first did.

    Raises:
        PermissionDenied: There is none that the actor may see.
        UserError: It has changed since `version`; by whom and how.
    """
    actor.require(Permission.INBOX_READ)
    owner = session.exec(select(Proposal.pegawai_id).where(Proposal.id == proposal_id)).one_or_none()
    if owner is None:
        raise NotFoundError("no such proposal")
    here = load_context(session, owner, lock=True)
    proposal = session.exec(
        select(Proposal).where(Proposal.id == proposal_id).execution_options(populate_existing=True)
    ).one()
    if proposal.state is ProposalState.DIHAPUS and proposal.version != version and _was_mine(session, actor, proposal):
        raise UserError(_overtaken(session, actor, proposal))
    proposal = find_proposal(session, actor, proposal_id, Permission.INBOX_READ)
    if proposal.version != version:
        raise UserError(_overtaken(session, actor, proposal))
    return proposal, here


def authorize(session: Session, actor: Actor, proposal: Proposal, context: PersonContext, act: ProposalAction) -> None:
    """Refuse an action that is not the actor's, or not now.

    Raises:
        UserError: The state, period, claim or an earlier part in it prevent it.
        PermissionDenied: A permission is missing, or doesn't cover it.
    """
    try:
        row = find_transition(proposal.state, act, kind_of(proposal).approval)
    except TransitionError as refused:
        raise UserError(str(refused)) from None
    for permission in row.permissions:
        actor.require(permission)
    if not is_in_scope(session, actor, proposal, *row.permissions):
        raise NotFoundError("proposal outside the scope")
    office = office_of(proposal.state)
    if office is None or office is not row.office:
        raise PermissionDenied("not an act of an office")
    history = history_of(session, [proposal.pk]).get(proposal.pk, [])
    if not is_independent(history, actor, office):
        raise UserError(SECOND_PERSON)
    if row.periods and (closed := period_blocker(session, actor, proposal, context.times, act)):
        raise UserError(closed)
    require_unclaimed(session, actor, proposal.pk, context.times.timezone)


def execute(
    session: Session,
    actor: Actor,
    proposal: Proposal,
    context: PersonContext,
    act: ProposalAction,
    *,
    reason: str = "",
    note: str = "",
) -> DecisionResult:
    """Do what `authorize` allowed, and what follows automatically."""
    last = act is ProposalAction.BKN_APPROVE or (
        act is ProposalAction.APPROVE and kind_of(proposal).approval is Approval.AGENCY
    )
    transition(
        session,
        context,
        proposal,
        act,
        actor_id=actor.account_id,
        address=actor.client.client_address,
        reason=reason,
        note=note,
        late=True,
        # The owner is notified of what follows automatically instead.
        quiet=act in (ProposalAction.APPROVE, ProposalAction.BKN_APPROVE),
    )
    sentence = _DONE.get(act, _APPLIED if last else _FORWARDED)
    if last:
        apply_proposal(session, proposal.pk, actor.account_id, address=actor.client.client_address)
        session.refresh(proposal)
    elif act is ProposalAction.APPROVE:
        transition(session, context, proposal, ProposalAction.FORWARD_BKN, actor_id=None)
    session.execute(delete(ProposalClaim).where(col(ProposalClaim.proposal_id) == proposal.id))
    return DecisionResult(proposal.state.label, sentence)


def _act(value: str) -> ProposalAction:
    if value not in {act.value for act in OFFICIAL_ACTS} or value == ProposalAction.CORRECT:
        raise PermissionDenied("no such act of an office")
    return ProposalAction(value)


def _was_mine(session: Session, actor: Actor, proposal: Proposal) -> bool:
    """Whether the actor had claimed it when its owner withdrew it: then its existence is no secret."""
    held = session.get(ProposalClaim, proposal.id)
    return held is not None and held.account_id == actor.account_id


def _overtaken(session: Session, actor: Actor, proposal: Proposal) -> str:
    """Who was faster, and what they did."""
    step, nama, seen = session.exec(
        select(ProposalEvent, Pegawai.name, may_see_name(actor))
        .join(Account, col(Account.id) == ProposalEvent.actor_id, isouter=True)
        .join(Pegawai, col(Pegawai.id) == Account.pegawai_id, isouter=True)
        .where(ProposalEvent.proposal_id == proposal.id, ProposalEvent.act != ProposalAction.APPLY)
        .where(ProposalEvent.act != ProposalAction.FORWARD_BKN)
        .order_by(col(ProposalEvent.id).desc())
        .limit(1)
    ).one()
    faster = (
        display_name(actor, office_of_step(step), nama, visible=bool(seen)) if nama else OFFICE_LABELS[Office.SYSTEM]
    )
    who = _BY_OWNER if step.act in _OWNER_ACTS else faster
    return (
        f"Keputusan Anda tidak disimpan: usulan ini lebih dahulu diproses {who} "
        f"({in_sentence(step.act.label)}). Statusnya sekarang {proposal.state.label}. Muat ulang halaman ini."
    )


_OWNER_ACTS: Final = frozenset(
    {ProposalAction.SAVE_DRAFT, ProposalAction.SEND, ProposalAction.RESEND, ProposalAction.WITHDRAW}
)
