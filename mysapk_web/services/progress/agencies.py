"""Agencies within reach, and those whose period is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from mysapk_web.domain.period import PeriodKind, Phase
from mysapk_web.domain.roles import Permission
from mysapk_web.models import Instansi
from mysapk_web.services import periods
from mysapk_web.services.actor import Actor


@dataclass(frozen=True, slots=True)
class Closed:
    """An agency whose period is over.

    Attributes:
        ended_at: Exclusive end.
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
) -> list[Closed]:
    """Agencies within the scope whose period has ended.

    Args:
        session: Any transaction.
        actor: Who looks.
        permission: What for.
        kind: Which period.

    Raises:
        NotAllowed: No permission.
    """
    actor.require(permission)
    rows = agencies_within(session, actor)
    states = periods.statuses(session, rows, kind)
    return [
        Closed(row.id or 0, row.nama, state.period.ends_at, row.zona)
        for row, state in zip(rows, states, strict=True)
        if state.phase is Phase.CLOSED and state.period is not None
    ]


def all_closed(session: Session, actor: Actor, kind: PeriodKind) -> bool:
    """Whether the period of every agency within reach is over.

    Args:
        session: Any transaction.
        actor: Who looks.
        kind: Which period.

    Raises:
        NotAllowed: No permission.
    """
    return len(closed_agencies(session, actor, kind=kind)) == len(agencies_within(session, actor))
