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
from mysapk_web.progress.breakdown import Order, counts_of, lines_below
from mysapk_web.progress.org_nodes import Place
from mysapk_web.progress.rules import COUNTRY, Measure
from mysapk_web.progress.tables import HeadcountDay

DAYS: Final = 30
"""How far back the way is shown."""


@dataclass(frozen=True, slots=True)
class Tally:
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
class Below:
    """A unit (or an agency) below a place, with its figures."""

    key: str
    nama: str
    tally: Tally


@dataclass(frozen=True, slots=True)
class Day:
    """What was reached at the end of a day."""

    day: date
    people: int
    active: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What changes while a page is open."""

    tally: Tally
    kinds: list[tuple[JenisPegawai, Tally]]
    below: Page[Below]
    direct: Tally
    """People of the place itself who are in no unit below it."""


@dataclass(frozen=True, slots=True)
class Progress:
    """The whole page."""

    place: Place
    starts: list[Place]
    crumbs: list[Place]
    figures: Figures
    days: list[Day]


_DAY: Any = HeadcountDay
_UNIT: Any = Unor
MEASURES: Final = (Measure.PEOPLE, Measure.ACTIVE, Measure.NO_EMAIL, Measure.DISABLED)


def progress(session: Session, actor: Actor, *, key: str = "", order: Order = Order.NAME, page: int = 1) -> Progress:
    """Read the page.

    Args:
        session: Any transaction.
        actor: Who looks.
        key: Place, see `places.find`.
        order: Of the units below.
        page: Of the units below, from 1.

    Raises:
        NotAllowed: No such place within the scope.
    """
    place = org_nodes.find(session, actor, Permission.PROGRESS_READ, key)
    return Progress(
        place,
        org_nodes.starts(session, actor, Permission.PROGRESS_READ),
        org_nodes.crumbs(session, actor, Permission.PROGRESS_READ, place),
        _figures(session, place, order, page),
        way(session, place),
    )


def figures(session: Session, actor: Actor, *, key: str = "", order: Order = Order.NAME, page: int = 1) -> Figures:
    """Read again only what changes while the page is open.

    Args:
        session: Any transaction.
        actor: Who looks.
        key: As in `progress`.
        order: As in `progress`.
        page: As in `progress`.

    Raises:
        NotAllowed: No such place within the scope.
    """
    return _figures(session, org_nodes.find(session, actor, Permission.PROGRESS_READ, key), order, page)


def days_until_now(session: Session, actor: Actor, tally: Tally, *, key: str = "") -> list[Day]:
    """Read again the way of a place that is shown, to the figures of now.

    Args:
        session: Any transaction.
        actor: Who looks.
        tally: From `figures`.
        key: As in `progress`.

    Raises:
        NotAllowed: No such place within the scope.
    """
    return with_present(way(session, org_nodes.find(session, actor, Permission.PROGRESS_READ, key)), tally)


def _figures(session: Session, place: Place, order: Order, page: int) -> Figures:
    whole, kinds = tally_of(session, place)
    inside = place.instansi_id is not None
    lines, shown = lines_below(session, place, MEASURES, order, page, summed=inside)
    below = Page(
        [Below(line.key, line.nama, Tally(*line.counts)) for line in lines.items],
        lines.number,
        lines.pages,
        lines.total,
    )
    direct = _less(whole, Tally(*shown)) if inside else Tally()
    return Figures(whole, kinds, below, direct)


def tally_of(session: Session, place: Place) -> tuple[Tally, list[tuple[JenisPegawai, Tally]]]:
    """Figures of a place, as a whole and by kind of employment.

    Args:
        session: Any transaction.
        place: From `places.find`.
    """
    by_kind = counts_of(session, place, MEASURES)
    kinds = [(jenis, _tally(counts)) for jenis, counts in by_kind.items()]
    whole = {measure: sum(counts.get(measure, 0) for counts in by_kind.values()) for measure in MEASURES}
    return _tally(whole), kinds


def _tally(counts: Mapping[Measure, int]) -> Tally:
    return Tally(*(int(counts.get(measure, 0)) for measure in MEASURES))


def _less(whole: Tally, part: Tally) -> Tally:
    return Tally(
        whole.people - part.people,
        whole.active - part.active,
        whole.no_email - part.no_email,
        whole.disabled - part.disabled,
    )


# The way -----------------------------------------------------------------------------------------


def way(session: Session, place: Place, *, days: int = DAYS) -> list[Day]:
    """What was reached at the end of each of the last days, as far back as anything is known.

    Args:
        session: Any transaction.
        place: From `places.find`.
        days: How many, today included.
    """
    wanted = (Measure.PEOPLE, Measure.ACTIVE)
    return [Day(day, *counts) for day, counts in days_of(session, place, wanted, days=days)]


def days_of(
    session: Session, place: Place, measures: Sequence[Measure], *, days: int = DAYS
) -> list[tuple[date, tuple[int, ...]]]:
    """Counts at the end of each of the last days, as far back as the first of them is known.

    Args:
        session: Any transaction.
        place: From `places.find`.
        measures: Which, of `DAILY`.
        days: How many, today included.
    """
    end = headcount.today()
    first = end - timedelta(days=days - 1)
    if place.instansi_id is None:
        units: Any = [COUNTRY]
    elif place.unor_id is not None:
        units = [place.unor_id]
    else:
        units = select(_UNIT.id).where(_UNIT.instansi_id == place.instansi_id, _UNIT.atasan_id.is_(None))
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


def with_present(days: list[Day], tally: Tally) -> list[Day]:
    """The same way with today as it is now.

    Args:
        days: From `way`.
        tally: Figures of now.
    """
    if not days:
        return days
    return [*days[:-1], replace(days[-1], people=tally.people, active=tally.active)]
