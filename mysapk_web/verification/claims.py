"""Having a proposal to oneself for a while, so that two people don't work on one. It gives no right to decide."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, or_, tuple_
from sqlmodel import Session, col, select

from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.periods import moment
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.rules.proposal import UsulanState
from mysapk_web.pdm.tables import Proposal, ProposalClaim, TrailEntry
from mysapk_web.platform import clock
from mysapk_web.platform.errors import Refused
from mysapk_web.platform.upsert import insert
from mysapk_web.verification.reviewer_names import name_for, named
from mysapk_web.verification.rules.separation_of_duties import CLAIM_LIFE, hands_of, may_decide, office_of
from mysapk_web.verification.scope import find, has_desk
from mysapk_web.verification.views import Claim


def in_force() -> ColumnElement[bool]:
    """Condition over `usulan_klaim`, the one rule of who has something to themselves: the time is not over, and the account in use."""
    in_use = select(Account.id).where(Account.id == ProposalClaim.account_id, col(Account.disabled_at).is_(None))
    return and_(col(ProposalClaim.expires_at) > clock.now(), in_use.correlate(ProposalClaim).exists())


def free_of_claims(actor: Actor) -> ColumnElement[bool]:
    """Condition over `usulan`: nobody else has it open.

    Args:
        actor: Who looks for work.
    """
    taken = select(ProposalClaim.proposal_id).where(ProposalClaim.account_id != actor.account_id, in_force())
    return col(Proposal.id).not_in(taken)


def claims_on(session: Session, actor: Actor, proposal_ids: Collection[int]) -> dict[int, tuple[int, str, datetime]]:
    """Who has which proposal open: account, name or office, and until when; without those that nobody has.

    Args:
        session: Any transaction.
        actor: Who asks; is told the names of colleagues.
        proposal_ids: Which; proposals that the actor may see.
    """
    found = session.exec(
        select(ProposalClaim, Proposal.state, Pegawai.nama, named(actor))
        .join(Proposal, col(Proposal.id) == ProposalClaim.proposal_id)
        .join(Account, col(Account.id) == ProposalClaim.account_id)
        .join(Pegawai, col(Pegawai.id) == Account.pegawai_id)
        .where(col(ProposalClaim.proposal_id).in_(proposal_ids), in_force())
    )
    return {
        held.proposal_id: (
            held.account_id,
            name_for(actor, office_of(UsulanState(state)), nama, seen=bool(seen)),
            held.expires_at,
        )
        for held, state, nama, seen in found
    }


def claim(session: Session, actor: Actor, proposal_id: int) -> Claim:
    """Take a proposal for fifteen minutes, unless somebody else has it. For those who can decide on it now.

    Args:
        session: Any transaction.
        actor: Who opens it.
        proposal_id: Any number.

    Returns:
        Whose it is now; nobody's where the actor can only read it.

    Raises:
        NotAllowed: There is none that the actor may see.
    """
    proposal = find(session, actor, proposal_id, Permission.INBOX_READ)
    if not has_desk(session, actor, proposal) or not _has_free_hands(session, actor, proposal):
        return claim_of(session, actor, proposal_id)
    now = clock.now()
    values = {"account_id": actor.account_id, "expires_at": now + CLAIM_LIFE}
    # What is overwritten is the very row that was seen to count no more: of two at one moment the slower one finds another.
    row = tuple_(col(ProposalClaim.account_id), col(ProposalClaim.expires_at))
    over = select(ProposalClaim.account_id, ProposalClaim.expires_at).where(
        ProposalClaim.proposal_id == proposal_id, ~in_force()
    )
    session.execute(
        insert(session, ProposalClaim)
        .values(proposal_id=proposal_id, **values)
        .on_conflict_do_update(
            index_elements=["proposal_id"],
            set_=values,
            where=or_(col(ProposalClaim.account_id) == actor.account_id, row.in_(over)),
        )
    )
    return claim_of(session, actor, proposal_id)


def _has_free_hands(session: Session, actor: Actor, proposal: Proposal) -> bool:
    """Who has had a hand in it decides no more, and must not keep it from those who can."""
    done = session.exec(
        select(TrailEntry).where(TrailEntry.proposal_id == proposal.id, TrailEntry.actor_id == actor.account_id)
    ).all()
    office = office_of(proposal.state)
    return office is not None and may_decide(office, hands_of(step.act for step in done))


def release(session: Session, actor: Actor, proposal_id: int) -> None:
    """Give a proposal back to whoever comes next. Somebody else's claim is left alone.

    Args:
        session: Any transaction.
        actor: Who leaves it.
        proposal_id: Any number.
    """
    actor.require(Permission.INBOX_READ)
    session.execute(
        delete(ProposalClaim).where(
            col(ProposalClaim.proposal_id) == proposal_id, col(ProposalClaim.account_id) == actor.account_id
        )
    )


def claim_of(session: Session, actor: Actor, proposal_id: int) -> Claim:
    """Who has a proposal to themselves.

    Args:
        session: Any transaction.
        actor: Who asks.
        proposal_id: One that the actor may see.
    """
    found = claims_on(session, actor, [proposal_id]).get(proposal_id)
    if found is None:
        return Claim(mine=False)
    account_id, nama, until = found
    mine = account_id == actor.account_id
    return Claim(mine=mine, by="" if mine else nama, until=until)


def require_free(session: Session, actor: Actor, proposal_id: int, zona: str) -> None:
    """Refuse to decide on what somebody else has open.

    Args:
        session: Any transaction.
        actor: Who decides.
        proposal_id: One that the actor may see.
        zona: Zone in which the time is told.

    Raises:
        Refused: Who it is, and until when.
    """
    held = claim_of(session, actor, proposal_id)
    if held.by and held.until:
        raise Refused(taken_sentence(held, zona))


def taken_sentence(held: Claim, zona: str) -> str:
    """Who has it, and until when.

    Args:
        held: Somebody else's claim.
        zona: Zone in which the time is told.
    """
    until = moment(held.until, zona) if held.until else ""
    return f"Usulan ini sedang diperiksa {held.by}, paling lama sampai {until}. Pilih usulan lain."
