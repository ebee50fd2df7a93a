"""Deciding on a proposal: verify, return, reject, approve, validate; the last step changes the record on file in the same transaction."""

from __future__ import annotations

from typing import Final

from sqlalchemy import delete
from sqlmodel import Session, col, select

from mysapk_web.organisation.actor import Actor, NotFoundError
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.apply import apply
from mysapk_web.pdm.context import Standing, standing_of
from mysapk_web.pdm.dossier import kind_of, trail_of
from mysapk_web.pdm.rules.groups.base import Approval
from mysapk_web.pdm.rules.proposal import TransitionRefused, UsulanAct, UsulanState, Who, transition
from mysapk_web.pdm.tables import Proposal, ProposalClaim, TrailEntry
from mysapk_web.pdm.transitions import move
from mysapk_web.platform.errors import NotAllowed, Refused
from mysapk_web.platform.rules.text import in_sentence
from mysapk_web.verification.checks import examine
from mysapk_web.verification.claims import require_free
from mysapk_web.verification.detail import FORWARD, SECOND_PERSON, checks_failed, free_hands
from mysapk_web.verification.period_rules import why_not_now
from mysapk_web.verification.reviewer_names import OFFICES, name_for, named, office_behind
from mysapk_web.verification.rules.separation_of_duties import OFFICIAL_ACTS, office_of
from mysapk_web.verification.scope import find, reaches
from mysapk_web.verification.views import Decided

_BY_OWNER: Final = "pemilik usulan"
_DONE: Final = {
    UsulanAct.VERIFY: "Usulan diverifikasi dan diteruskan kepada approver.",
    UsulanAct.RETURN: "Usulan dikembalikan kepada pegawai untuk diperbaiki.",
    UsulanAct.REJECT: "Usulan ditolak. Data pegawai tidak berubah.",
    UsulanAct.RETURN_TO_VERIFIER: "Usulan dikembalikan kepada verifikator.",
    UsulanAct.BKN_RETURN: "Usulan dikembalikan ke instansi.",
    UsulanAct.BKN_REJECT: "Usulan ditolak. Data pegawai tidak berubah.",
}
_APPLIED: Final = "Usulan disetujui dan data pegawai sudah diperbarui."
_FORWARDED: Final = "Usulan disetujui dan diteruskan ke BKN."


def decide(
    session: Session,
    actor: Actor,
    proposal_id: int,
    *,
    version: int,
    act: str,
    reason: str = "",
    note: str = "",
) -> Decided:
    """Decide on a proposal. For the office that has it now, inside the scope, never on one's own, by two different people.

    Args:
        session: Any transaction.
        actor: Who decides.
        proposal_id: Any number.
        version: The version that the actor saw.
        act: Value of `UsulanAct`.
        reason: Code of the reason, where the act needs one.
        note: Words beside it.

    Returns:
        Where it stands now, and what happened in words.

    Raises:
        Refused: Table, period, claim, checks or a faster colleague stand in the way; in words that say who and what.
        InputRefused: Reason or words are missing.
        NotAllowed: There is none within the scope, or the act is not the actor's.
    """
    wanted = _act(act)
    proposal, here = take(session, actor, proposal_id, version)
    permit(session, actor, proposal, here, wanted)
    if wanted in FORWARD and examine(session, proposal, here).checked.count:
        raise Refused(checks_failed(session, actor, proposal, here.times))
    return carry_out(session, actor, proposal, here, wanted, reason=reason, note=note)


def take(session: Session, actor: Actor, proposal_id: int, version: int) -> tuple[Proposal, Standing]:
    """Read a proposal for deciding, with its owner locked: of two people at one moment the second sees what the first did.

    Args:
        session: Any transaction.
        actor: Who decides.
        proposal_id: Any number.
        version: The version that the actor saw.

    Raises:
        NotAllowed: There is none that the actor may see.
        Refused: It has changed since; by whom and how.
    """
    actor.require(Permission.INBOX_READ)
    owner = session.exec(select(Proposal.pegawai_id).where(Proposal.id == proposal_id)).one_or_none()
    if owner is None:
        raise NotFoundError("no such proposal")
    here = standing_of(session, owner, lock=True)
    proposal = session.exec(
        select(Proposal).where(Proposal.id == proposal_id).execution_options(populate_existing=True)
    ).one()
    if proposal.state is UsulanState.DIHAPUS and proposal.version != version and _was_mine(session, actor, proposal):
        raise Refused(_overtaken(session, actor, proposal))
    proposal = find(session, actor, proposal_id, Permission.INBOX_READ)
    if proposal.version != version:
        raise Refused(_overtaken(session, actor, proposal))
    return proposal, here


def permit(session: Session, actor: Actor, proposal: Proposal, here: Standing, act: UsulanAct) -> None:
    """Refuse an act that is not the actor's, or not now.

    Args:
        session: Any transaction.
        actor: Who decides.
        proposal: From `take`.
        here: From `take`.
        act: What is done.

    Raises:
        Refused: Table, period, claim or an earlier part in it stand in the way.
        NotAllowed: A permission is missing, or doesn't reach it.
    """
    try:
        row = transition(proposal.state, act, kind_of(proposal).approval)
    except TransitionRefused as refused:
        raise Refused(str(refused)) from None
    for permission in row.permissions:
        actor.require(permission)
    if not reaches(session, actor, proposal, *row.permissions):
        raise NotFoundError("proposal outside the scope")
    office = office_of(proposal.state)
    if office is None or office is not row.who:
        raise NotAllowed("not an act of an office")
    trail = trail_of(session, [proposal.id or 0]).get(proposal.id or 0, [])
    if not free_hands(trail, actor, office):
        raise Refused(SECOND_PERSON)
    if row.periods and (closed := why_not_now(session, actor, proposal, here.times, act)):
        raise Refused(closed)
    require_free(session, actor, proposal.id or 0, here.times.zona)


def carry_out(
    session: Session,
    actor: Actor,
    proposal: Proposal,
    here: Standing,
    act: UsulanAct,
    *,
    reason: str = "",
    note: str = "",
) -> Decided:
    """Do an act that is permitted, and what follows from it by itself.

    Args:
        session: Any transaction.
        actor: Who decides.
        proposal: From `take`.
        here: From `take`.
        act: What is done.
        reason: Code of the reason.
        note: Words beside it.
    """
    last = act is UsulanAct.BKN_APPROVE or (act is UsulanAct.APPROVE and kind_of(proposal).approval is Approval.AGENCY)
    move(
        session,
        here,
        proposal,
        act,
        actor_id=actor.account_id,
        address=actor.visitor.address,
        reason=reason,
        note=note,
        late=True,
        # What follows in the same moment is told instead.
        quiet=act in (UsulanAct.APPROVE, UsulanAct.BKN_APPROVE),
    )
    sentence = _DONE.get(act, _APPLIED if last else _FORWARDED)
    if last:
        apply(session, proposal.id or 0, actor.account_id, address=actor.visitor.address)
        session.refresh(proposal)
    elif act is UsulanAct.APPROVE:
        move(session, here, proposal, UsulanAct.FORWARD_BKN, actor_id=None)
    session.execute(delete(ProposalClaim).where(col(ProposalClaim.proposal_id) == proposal.id))
    return Decided(proposal.state.label, sentence)


def _act(value: str) -> UsulanAct:
    if value not in {act.value for act in OFFICIAL_ACTS} or value == UsulanAct.CORRECT:
        raise NotAllowed("no such act of an office")
    return UsulanAct(value)


def _was_mine(session: Session, actor: Actor, proposal: Proposal) -> bool:
    """Whether the actor had this proposal open when its owner took it back: then it is no secret that there was one."""
    held = session.get(ProposalClaim, proposal.id)
    return held is not None and held.account_id == actor.account_id


def _overtaken(session: Session, actor: Actor, proposal: Proposal) -> str:
    """Who was faster, and what they did."""
    step, nama, seen = session.exec(
        select(TrailEntry, Pegawai.nama, named(actor))
        .join(Account, col(Account.id) == TrailEntry.actor_id, isouter=True)
        .join(Pegawai, col(Pegawai.id) == Account.pegawai_id, isouter=True)
        .where(TrailEntry.proposal_id == proposal.id, TrailEntry.act != UsulanAct.APPLY)
        .where(TrailEntry.act != UsulanAct.FORWARD_BKN)
        .order_by(col(TrailEntry.id).desc())
        .limit(1)
    ).one()
    faster = name_for(actor, office_behind(step), nama, seen=bool(seen)) if nama else OFFICES[Who.SYSTEM]
    who = _BY_OWNER if step.act in _OWNER_ACTS else faster
    return (
        f"Keputusan Anda tidak disimpan: usulan ini lebih dahulu diproses {who} "
        f"({in_sentence(step.act.label)}). Statusnya sekarang {proposal.state.label}. Muat ulang halaman ini."
    )


_OWNER_ACTS: Final = frozenset({UsulanAct.SAVE_DRAFT, UsulanAct.SEND, UsulanAct.RESEND, UsulanAct.WITHDRAW})
