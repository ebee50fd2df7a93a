"""Agencies within reach, and those whose period is over."""

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
class Closed:
    """An agency of which a period is over.

    Attributes:
        ended_at: Exclusive end of the last one that ended, extensions included.
    """

    instansi_id: int
    nama: str
    ended_at: datetime
    zona: str


def agencies_within(session: Session, actor: Actor) -> list[Instansi]:
    """The agencies that the grants of an actor reach, by name.

    Args:
        session: Any transaction.
        actor: Who looks.
    """
    grants = actor.acting_grants
    wanted = select(Instansi).order_by(col(Instansi.nama))
    if not any(grant.instansi_id is None for grant in grants):
        wanted = wanted.where(col(Instansi.id).in_([grant.instansi_id for grant in grants]))
    return list(session.exec(wanted))


def closed_agencies(
    session: Session,
    actor: Actor,
    permission: Permission = Permission.PROGRESS_READ,
    kind: PeriodKind = PeriodKind.AKTIVASI,
    key: str = "",
) -> list[Closed]:
    """Agencies within the scope of which a period has ended: the last one, whatever was published since (`periods.ended`).

    Args:
        session: Any transaction.
        actor: Who looks.
        permission: What for.
        kind: Which period.
        key: Only the agency of a place, see `places.find`; empty for the whole scope.

    Raises:
        NotAllowed: No permission, or a place outside the scope.
    """
    rows = _agencies_at(session, actor, permission, key)
    return [
        Closed(row.id or 0, row.nama, window.ends_at, row.zona)
        for row, window in zip(rows, periods.ended(session, rows, kind), strict=True)
        if window is not None
    ]


def all_closed(session: Session, actor: Actor, kind: PeriodKind, key: str = "") -> bool:
    """Whether a period of every agency within reach is over.

    Args:
        session: Any transaction.
        actor: Who looks.
        kind: Which period.
        key: As in `closed_agencies`.

    Raises:
        NotAllowed: No permission, or a place outside the scope.
    """
    rows = _agencies_at(session, actor, Permission.PROGRESS_READ, key)
    return None not in periods.ended(session, rows, kind)


def _agencies_at(session: Session, actor: Actor, permission: Permission, key: str) -> list[Instansi]:
    actor.require(permission)
    rows = agencies_within(session, actor)
    if not key:
        return rows
    place = org_nodes.find(session, actor, permission, key)
    return [row for row in rows if place.instansi_id in (None, row.id)]
