"""Which proposals the grants of an actor reach: by the unor verifikasi, inside every query (DESIGN 6)."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, false, or_
from sqlmodel import Session, col, exists, select

from mysapk_web.organisation.actor import Actor, Grant, NotFoundError
from mysapk_web.organisation.rules.roles import MATRIX, Permission, Role
from mysapk_web.organisation.tables.account import RoleGrant
from mysapk_web.organisation.tables.agency import Unor
from mysapk_web.pdm.rules.proposal import UsulanState, Who
from mysapk_web.pdm.tables import Proposal, TrailEntry
from mysapk_web.verification.rules.separation_of_duties import (
    BKN_KINDS,
    DESK_PERMISSIONS,
    DESKS,
    SEEN_BY_AGENCY,
    SEEN_BY_BKN,
    office_of,
    shaping_elsewhere,
)


def reached(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """Condition over `usulan`: the proposals of others that a permission of the actor reaches.

    Args:
        actor: Who acts; grants without a second factor in the session reach nothing.
        permission: What is done. Only grants that give it count, each with its own scope.
    """
    scopes = [_scope(grant) for grant in actor.acting_grants if permission in MATRIX[grant.role]]
    return and_(or_(false(), *scopes), col(Proposal.pegawai_id) != actor.pegawai_id)


def visible(actor: Actor, permission: Permission, states: Iterable[UsulanState]) -> ColumnElement[bool]:
    """The same, of certain states.

    Args:
        actor: Who looks.
        permission: What for.
        states: Which.
    """
    return and_(reached(actor, permission), col(Proposal.state).in_(sorted(states)))


def states_within(actor: Actor, permission: Permission, states: Iterable[UsulanState]) -> list[UsulanState]:
    """Of these states those in which a permission of the actor reaches anything: nobody looks among what BKN never sees.

    Args:
        actor: Who looks.
        permission: What for.
        states: Which.
    """
    scopes = {grant.instansi_id for grant in actor.acting_grants if permission in MATRIX[grant.role]}
    seen = SEEN_BY_AGENCY if scopes - {None} else SEEN_BY_BKN
    return sorted(seen.intersection(states))


def desks_of(actor: Actor) -> dict[Who, tuple[UsulanState, ...]]:
    """The offices that the actor holds somewhere, with the states that wait for them.

    Args:
        actor: Who acts.
    """
    return {who: states for who, states in DESKS.items() if actor.may(DESK_PERMISSIONS[who])}


def desk_conditions(session: Session, actor: Actor, *only: UsulanState) -> list[ColumnElement[bool]]:
    """Conditions over `usulan`, one a state: what waits for the actor and has not passed through the actor's hands in another office.

    Args:
        session: Any transaction.
        actor: Who acts.
        *only: These states; without any, all that wait for one of the actor's offices.
    """
    held = _offices_held(session, actor)
    return [
        and_(col(Proposal.state) == state, reached(actor, DESK_PERMISSIONS[who]), *_hands_off(actor, who, state, held))
        for who, states in desks_of(actor).items()
        for state in states
        if not only or state in only
    ]


def _offices_held(session: Session, actor: Actor) -> frozenset[Who]:
    """The offices that the actor has now or had before: a grant that was taken away stays in the table."""
    before = session.exec(select(RoleGrant.role).where(RoleGrant.account_id == actor.account_id).distinct())
    roles = {*before, *(grant.role for grant in actor.grants)}
    return frozenset(who for who, act in DESK_PERMISSIONS.items() if any(act in MATRIX[role] for role in roles))


def _hands_off(actor: Actor, office: Who, state: UsulanState, held: Iterable[Who]) -> list[ColumnElement[bool]]:
    """Looks into the trail of each proposal, so only where it can hold an act of the actor: with one office only there is none."""
    acts = sorted(shaping_elsewhere(office, state, held))
    if not acts:
        return []
    own = select(TrailEntry.id).where(
        TrailEntry.proposal_id == Proposal.id, TrailEntry.actor_id == actor.account_id, col(TrailEntry.act).in_(acts)
    )
    return [~exists(own)]


def has_desk(session: Session, actor: Actor, proposal: Proposal) -> bool:
    """Whether it is the actor who decides on a proposal now: office and scope fit. Hands and periods are another matter.

    Args:
        session: Any transaction.
        actor: Who asks.
        proposal: One that the actor may see.
    """
    office = office_of(proposal.state)
    return office is not None and reaches(session, actor, proposal, DESK_PERMISSIONS[office])


def reaches(session: Session, actor: Actor, proposal: Proposal, *permissions: Permission) -> bool:
    """Whether all of the permissions reach a proposal.

    Args:
        session: Any transaction.
        actor: Who asks.
        proposal: Which.
        *permissions: What would be done.
    """
    scopes = [reached(actor, permission) for permission in permissions]
    return session.exec(select(Proposal.id).where(Proposal.id == proposal.id, *scopes)).first() is not None


def find(session: Session, actor: Actor, proposal_id: int, *permissions: Permission) -> Proposal:
    """Read a proposal that all of the permissions reach. An unknown one and one out of reach are answered alike.

    Args:
        session: Any transaction.
        actor: Who asks.
        proposal_id: From a page; any number.
        *permissions: What is done.

    Raises:
        NotAllowed: There is none that the actor may see.
    """
    for permission in permissions:
        actor.require(permission)
    found = session.exec(
        select(Proposal).where(
            Proposal.id == proposal_id, *(visible(actor, each, SEEN_BY_AGENCY) for each in permissions)
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
        Unor.instansi_id == grant.instansi_id, col(Unor.jalur).startswith(grant.unor_path, autoescape=True)
    )
    return and_(agency, col(Proposal.unor_id).in_(subtree))
