"""What `/admin` shows: figures of a place, of what is below it, by kind of employment, and the way over the last weeks.

Read from sums and the few steps that are not in them yet, in one statement each, so that a figure never counts anything twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import select as sql_select
from sqlmodel import Session, select

from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.organisation.tables.agency import Unor
from mysapk_web.platform.pagination import Page
from mysapk_web.progress import headcount, org_nodes
from mysapk_web.progress.breakdown import ChildOrder, child_rows, counts_at
from mysapk_web.progress.org_nodes import OrgNode
from mysapk_web.progress.rules import COUNTRY, Measure
from mysapk_web.progress.tables import HeadcountDay

HISTORY_DAYS: Final = 30
"""How far back the way is shown."""


@dataclass(frozen=True, slots=True)
class ActivationTally:
    """Figures of some people."""

    people: int = 0
    active: int = 0
    no_email: int = 0
    disabled: int = 0

    @property
    def missing(self) -> int:
        """People who have not activated."""
        return self.people - self.active


@dataclass(frozen=True, slots=True)
class ActivationChildRow:
    """A unit (or an agency) below a place, with its figures."""

    key: str
    nama: str
    tally: ActivationTally


@dataclass(frozen=True, slots=True)
class ActivationDay:
    """What was reached at the end of a day."""

    day: date
    people: int
    active: int


@dataclass(frozen=True, slots=True)
class ActivationSnapshot:
    """What changes while a page is open."""

    tally: ActivationTally
    kinds: list[tuple[JenisPegawai, ActivationTally]]
    below: Page[ActivationChildRow]
    direct: ActivationTally
    """People of the place itself who are in no unit below it."""


@dataclass(frozen=True, slots=True)
class ActivationReport:
    """The whole page."""

    place: OrgNode
    starts: list[OrgNode]
    crumbs: list[OrgNode]
    figures: ActivationSnapshot
    days: list[ActivationDay]


_DAY: Any = HeadcountDay
_UNIT: Any = Unor
MEASURES: Final = (Measure.PEOPLE, Measure.ACTIVE, Measure.NO_EMAIL, Measure.DISABLED)


def read_report(
    session: Session, actor: Actor, *, key: str = "", order: ChildOrder = ChildOrder.NAME, page: int = 1
) -> ActivationReport:
    """Read the page.

    Raises:
        PermissionDenied: No such place within the scope.
    """
    place = org_nodes.find_node(session, actor, Permission.PROGRESS_READ, key)
    return ActivationReport(
        place,
        org_nodes.scope_roots(session, actor, Permission.PROGRESS_READ),
        org_nodes.breadcrumbs(session, actor, Permission.PROGRESS_READ, place),
        _figures(session, place, order, page),
        history(session, place),
    )


def read_snapshot(
    session: Session, actor: Actor, *, key: str = "", order: ChildOrder = ChildOrder.NAME, page: int = 1
) -> ActivationSnapshot:
    """Read again only what changes while the page is open.

    Raises:
        PermissionDenied: No such place within the scope.
    """
    return _figures(session, org_nodes.find_node(session, actor, Permission.PROGRESS_READ, key), order, page)


def history_until_now(session: Session, actor: Actor, tally: ActivationTally, *, key: str = "") -> list[ActivationDay]:
    """Read again the way of a place that is shown, to the figures of now.

    Raises:
        PermissionDenied: No such place within the scope.
    """
    return with_today(history(session, org_nodes.find_node(session, actor, Permission.PROGRESS_READ, key)), tally)


def _figures(session: Session, place: OrgNode, order: ChildOrder, page: int) -> ActivationSnapshot:
    whole, kinds = tally_at(session, place)
    inside = place.instansi_id is not None
    lines, shown = child_rows(session, place, MEASURES, order, page, summed=inside)
    below = Page(
        [ActivationChildRow(line.key, line.nama, ActivationTally(*line.counts)) for line in lines.items],
        lines.number,
        lines.pages,
        lines.total,
    )
    direct = _less(whole, ActivationTally(*shown)) if inside else ActivationTally()
    return ActivationSnapshot(whole, kinds, below, direct)


def tally_at(session: Session, place: OrgNode) -> tuple[ActivationTally, list[tuple[JenisPegawai, ActivationTally]]]:
    """Figures of a place, as a whole and by kind of employment."""
    by_kind = counts_at(session, place, MEASURES)
    kinds = [(jenis, _tally(counts)) for jenis, counts in by_kind.items()]
    whole = {measure: sum(counts.get(measure, 0) for counts in by_kind.values()) for measure in MEASURES}
    return _tally(whole), kinds


def _tally(counts: Mapping[Measure, int]) -> ActivationTally:
    return ActivationTally(*(int(counts.get(measure, 0)) for measure in MEASURES))


def _less(whole: ActivationTally, part: ActivationTally) -> ActivationTally:
    return ActivationTally(
        whole.people - part.people,
        whole.active - part.active,
        whole.no_email - part.no_email,
        whole.disabled - part.disabled,
    )


# The way -----------------------------------------------------------------------------------------


def history(session: Session, place: OrgNode, *, days: int = HISTORY_DAYS) -> list[ActivationDay]:
    """What was reached at the end of each of the last days, as far back as anything is known."""
    wanted = (Measure.PEOPLE, Measure.ACTIVE)
    return [ActivationDay(day, *counts) for day, counts in daily_counts(session, place, wanted, days=days)]


def daily_counts(
    session: Session, place: OrgNode, measures: Sequence[Measure], *, days: int = HISTORY_DAYS
) -> list[tuple[date, tuple[int, ...]]]:
    """Counts at the end of each of the last days, as far back as the first of them is known."""
    end = headcount.today()
    first = end - timedelta(days=days - 1)
    if place.instansi_id is None:
        units: Any = [COUNTRY]
    elif place.unor_id is not None:
        units = [place.unor_id]
    else:
        units = select(_UNIT.id).where(_UNIT.instansi_id == place.instansi_id, _UNIT.parent_id.is_(None))
    rows = session.execute(
        sql_select(_DAY.day, _DAY.unor_id, _DAY.jenis, _DAY.measure, _DAY.count)
        .where(_DAY.unor_id.in_(units), _DAY.measure.in_(measures), _DAY.day <= end)
        .order_by(_DAY.day)
    ).all()
    latest: dict[tuple[int, JenisPegawai, Measure], int] = {}
    found, waiting = [], list(reversed(rows))
    for number in range(days if rows else 0):
        day = first + timedelta(days=number)
        while waiting and waiting[-1][0] <= day:
            _, unor_id, jenis, measure, count = waiting.pop()
            latest[unor_id, jenis, measure] = count
        counts = tuple(sum(count for (_, _, kind), count in latest.items() if kind is wanted) for wanted in measures)
        if counts[0]:
            found.append((day, counts))
    return found


def with_today(days: list[ActivationDay], tally: ActivationTally) -> list[ActivationDay]:
    """The same way with today as it is now."""
    if not days:
        return days
    return [*days[:-1], replace(days[-1], people=tally.people, active=tally.active)]
