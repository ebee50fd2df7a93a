"""Claiming a proposal for a while, so that two people don't work on it. A claim gives no right to decide."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, or_, tuple_
from sqlmodel import Session, col, select

from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.rules.proposal import ProposalState
from mysapk_web.pdm.tables import Proposal, ProposalClaim, ProposalEvent
from mysapk_web.platform import clock
from mysapk_web.platform.errors import UserError
from mysapk_web.platform.rules.timezones import format_moment_compact
from mysapk_web.platform.upsert import insert
from mysapk_web.verification.reviewer_names import display_name, may_see_name
from mysapk_web.verification.rules.separation_of_duties import CLAIM_LIFE, may_act_for, office_of, prior_offices
from mysapk_web.verification.scope import awaits_actor, find_proposal


@dataclass(frozen=True, slots=True)
class Claim:
    """Who has claimed a proposal; `holder` names somebody else, empty for nobody."""

    mine: bool
    holder: str = ""
    until: datetime | None = None


def active_claim() -> ColumnElement[bool]:
    """Condition over `usulan_klaim`: the claim has not expired and its account is enabled."""
    in_use = select(Account.id).where(Account.id == ProposalClaim.account_id, col(Account.disabled_at).is_(None))
    return and_(col(ProposalClaim.expires_at) > clock.now(), in_use.correlate(ProposalClaim).exists())


def unclaimed(actor: Actor) -> ColumnElement[bool]:
    """Condition over `usulan`: nobody else has claimed it."""
    taken = select(ProposalClaim.proposal_id).where(ProposalClaim.account_id != actor.account_id, active_claim())
    return col(Proposal.id).not_in(taken)


def claims_by_proposal(
    session: Session, actor: Actor, proposal_ids: Collection[int]
) -> dict[int, tuple[int, str, datetime]]:
    """Active claims: account, name or office, and end. The actor sees the names of colleagues only."""
    found = session.exec(
        select(ProposalClaim, Proposal.state, Pegawai.name, may_see_name(actor))
        .join(Proposal, col(Proposal.id) == ProposalClaim.proposal_id)
        .join(Account, col(Account.id) == ProposalClaim.account_id)
        .join(Pegawai, col(Pegawai.id) == Account.pegawai_id)
        .where(col(ProposalClaim.proposal_id).in_(proposal_ids), active_claim())
    )
    return {
        held.proposal_id: (
            held.account_id,
            display_name(actor, office_of(ProposalState(state)), nama, visible=bool(seen)),
            held.expires_at,
        )
        for held, state, nama, seen in found
    }


def claim(session: Session, actor: Actor, proposal_id: int) -> Claim:
    """Claim a proposal for `CLAIM_LIFE`, unless somebody else has or the actor cannot decide on it; gives whose it is now.

    Raises:
        PermissionDenied: There is none that the actor may see.
    """
    proposal = find_proposal(session, actor, proposal_id, Permission.INBOX_READ)
    if not awaits_actor(session, actor, proposal) or not _has_free_hands(session, actor, proposal):
        return claim_of(session, actor, proposal_id)
    now = clock.now()
    values = {"account_id": actor.account_id, "expires_at": now + CLAIM_LIFE}
    # What is overwritten is the very row that was seen to count no more: of two at one moment the slower one finds another.
    row = tuple_(col(ProposalClaim.account_id), col(ProposalClaim.expires_at))
    over = select(ProposalClaim.account_id, ProposalClaim.expires_at).where(
        ProposalClaim.proposal_id == proposal_id, ~active_claim()
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
    """Somebody who already acted on it in another office decides no more, and must not keep it from those who can."""
    done = session.exec(
        select(ProposalEvent).where(
            ProposalEvent.proposal_id == proposal.id, ProposalEvent.actor_id == actor.account_id
        )
    ).all()
    office = office_of(proposal.state)
    return office is not None and may_act_for(office, prior_offices(step.act for step in done))


def release(session: Session, actor: Actor, proposal_id: int) -> None:
    """Give up the actor's own claim."""
    actor.require(Permission.INBOX_READ)
    session.execute(
        delete(ProposalClaim).where(
            col(ProposalClaim.proposal_id) == proposal_id, col(ProposalClaim.account_id) == actor.account_id
        )
    )


def claim_of(session: Session, actor: Actor, proposal_id: int) -> Claim:
    """Who has claimed a proposal."""
    found = claims_by_proposal(session, actor, [proposal_id]).get(proposal_id)
    if found is None:
        return Claim(mine=False)
    account_id, nama, until = found
    mine = account_id == actor.account_id
    return Claim(mine=mine, holder="" if mine else nama, until=until)


def require_unclaimed(session: Session, actor: Actor, proposal_id: int, timezone: str) -> None:
    """Refuse to decide on what somebody else has claimed.

    Raises:
        UserError: Who it is, and until when.
    """
    held = claim_of(session, actor, proposal_id)
    if held.holder and held.until:
        raise UserError(claimed_sentence(held, timezone))


def claimed_sentence(held: Claim, timezone: str) -> str:
    """Who has claimed it, and until when."""
    until = format_moment_compact(held.until, timezone) if held.until else ""
    return f"Usulan ini sedang diperiksa {held.holder}, paling lama sampai {until}. Pilih usulan lain."
