"""Which proposals the grants of an actor cover, by unor verifikasi; part of every query."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, false, or_
from sqlmodel import Session, col, exists, select

from mysapk_web.organisation.actor import Actor, Grant, NotFoundError
from mysapk_web.organisation.rules.roles import MATRIX, Permission, Role
from mysapk_web.organisation.tables.account import RoleGrant
from mysapk_web.organisation.tables.agency import Unor
from mysapk_web.pdm.rules.proposal import Office, ProposalState
from mysapk_web.pdm.tables import Proposal, ProposalEvent
from mysapk_web.verification.rules.separation_of_duties import (
    BKN_KINDS,
    QUEUE_PERMISSIONS,
    QUEUES,
    SEEN_BY_AGENCY,
    SEEN_BY_BKN,
    conflicting_acts,
    office_of,
)


def in_scope(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """Condition over `usulan`: proposals of others that a permission covers; each grant that gives it has its own scope."""
    scopes = [_scope(grant) for grant in actor.effective_grants if permission in MATRIX[grant.role]]
    return and_(or_(false(), *scopes), col(Proposal.pegawai_id) != actor.pegawai_id)


def visible_in_scope(actor: Actor, permission: Permission, states: Iterable[ProposalState]) -> ColumnElement[bool]:
    """The same, in certain states."""
    return and_(in_scope(actor, permission), col(Proposal.state).in_(sorted(states)))


def states_in_scope(actor: Actor, permission: Permission, states: Iterable[ProposalState]) -> list[ProposalState]:
    """Those of the states in which a permission covers anything: BKN never sees the others."""
    scopes = {grant.instansi_id for grant in actor.effective_grants if permission in MATRIX[grant.role]}
    seen = SEEN_BY_AGENCY if scopes - {None} else SEEN_BY_BKN
    return sorted(seen.intersection(states))


def queues_of(actor: Actor) -> dict[Office, tuple[ProposalState, ...]]:
    """The offices that the actor has somewhere, with the states that wait for them."""
    return {who: states for who, states in QUEUES.items() if actor.may(QUEUE_PERMISSIONS[who])}


def queue_conditions(session: Session, actor: Actor, *only: ProposalState) -> list[ColumnElement[bool]]:
    """Conditions over `usulan`, one per state: what waits for the actor, whom no other office of theirs excludes.

    `only` limits the states.
    """
    held = _offices_held(session, actor)
    return [
        and_(
            col(Proposal.state) == state, in_scope(actor, QUEUE_PERMISSIONS[who]), *_hands_off(actor, who, state, held)
        )
        for who, states in queues_of(actor).items()
        for state in states
        if not only or state in only
    ]


def _offices_held(session: Session, actor: Actor) -> frozenset[Office]:
    """Offices that the actor has or had: revoked grants stay in the table."""
    before = session.exec(select(RoleGrant.role).where(RoleGrant.account_id == actor.account_id).distinct())
    roles = {*before, *(grant.role for grant in actor.grants)}
    return frozenset(who for who, act in QUEUE_PERMISSIONS.items() if any(act in MATRIX[role] for role in roles))


def _hands_off(actor: Actor, office: Office, state: ProposalState, held: Iterable[Office]) -> list[ColumnElement[bool]]:
    """Searches the history only where it can contain a conflicting action: with a single office there is none."""
    acts = sorted(conflicting_acts(office, state, held))
    if not acts:
        return []
    own = select(ProposalEvent.id).where(
        ProposalEvent.proposal_id == Proposal.id,
        ProposalEvent.actor_id == actor.account_id,
        col(ProposalEvent.act).in_(acts),
    )
    return [~exists(own)]


def awaits_actor(session: Session, actor: Actor, proposal: Proposal) -> bool:
    """Whether a proposal waits for the actor's office and is in scope; independence and periods are checked elsewhere."""
    office = office_of(proposal.state)
    return office is not None and is_in_scope(session, actor, proposal, QUEUE_PERMISSIONS[office])


def is_in_scope(session: Session, actor: Actor, proposal: Proposal, *permissions: Permission) -> bool:
    """Whether all of the permissions cover a proposal."""
    scopes = [in_scope(actor, permission) for permission in permissions]
    return session.exec(select(Proposal.id).where(Proposal.id == proposal.id, *scopes)).first() is not None


def find_proposal(session: Session, actor: Actor, proposal_id: int, *permissions: Permission) -> Proposal:
    """Read a proposal that all of the permissions cover.

    Raises:
        NotFoundError: There is none, or it is out of scope: both get the same answer.
    """
    for permission in permissions:
        actor.require(permission)
    found = session.exec(
        select(Proposal).where(
            Proposal.id == proposal_id, *(visible_in_scope(actor, each, SEEN_BY_AGENCY) for each in permissions)
        )
    ).one_or_none()
    if found is None:
        raise NotFoundError("no such proposal within the scope")
    return found


def _scope(grant: Grant) -> ColumnElement[bool]:
    if grant.instansi_id is None:
        if grant.role is not Role.ADMIN_BKN:
            return false()
        return and_(col(Proposal.kind).in_(BKN_KINDS), col(Proposal.state).in_(sorted(SEEN_BY_BKN)))
    agency = col(Proposal.instansi_id) == grant.instansi_id
    if grant.unor_path is None:
        return agency
    subtree = select(Unor.id).where(
        Unor.instansi_id == grant.instansi_id, col(Unor.path).startswith(grant.unor_path, autoescape=True)
    )
    return and_(agency, col(Proposal.unor_id).in_(subtree))
