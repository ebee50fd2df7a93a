"""Agencies in scope, and those whose period is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from mysapk_web.organisation import periods
from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rules.period import PeriodKind
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.organisation.tables.agency import Instansi
from mysapk_web.progress import org_nodes


@dataclass(frozen=True, slots=True)
class ClosedAgency:
    """An agency whose period is over; `ended_at` is the exclusive end of the last one, extensions included."""

    instansi_id: int
    name: str
    ended_at: datetime
    timezone: str


def agencies_in_scope(session: Session, actor: Actor) -> list[Instansi]:
    """The agencies that the grants of an actor cover, by name."""
    grants = actor.effective_grants
    wanted = select(Instansi).order_by(col(Instansi.name))
    if not any(grant.instansi_id is None for grant in grants):
        wanted = wanted.where(col(Instansi.id).in_([grant.instansi_id for grant in grants]))
    return list(session.exec(wanted))


def closed_agencies(
    session: Session,
    actor: Actor,
    permission: Permission = Permission.PROGRESS_READ,
    kind: PeriodKind = PeriodKind.AKTIVASI,
    key: str = "",
) -> list[ClosedAgency]:
    """Agencies in scope (at a node) whose last period has ended, whatever was published since."""
    rows = _agencies_at(session, actor, permission, key)
    return [
        ClosedAgency(row.pk, row.name, window.ends_at, row.timezone)
        for row, window in zip(rows, periods.ended_periods(session, rows, kind), strict=True)
        if window is not None
    ]


def all_closed(session: Session, actor: Actor, kind: PeriodKind, key: str = "") -> bool:
    """Whether the last period of every agency in scope is over."""
    rows = _agencies_at(session, actor, Permission.PROGRESS_READ, key)
    return None not in periods.ended_periods(session, rows, kind)


def _agencies_at(session: Session, actor: Actor, permission: Permission, key: str) -> list[Instansi]:
    actor.require(permission)
    rows = agencies_in_scope(session, actor)
    if not key:
        return rows
    node = org_nodes.find_node(session, actor, permission, key)
    return [row for row in rows if node.instansi_id in (None, row.id)]
