"""What `/admin` shows: figures of a place, of what is below it, by kind of employment, and the way over the last weeks.

Read from sums and the few steps that are not in them yet, in one statement each, so that a figure never counts anything twice.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import case, literal, union_all
from sqlalchemy import select as sql_select
from sqlmodel import Session, func, select

from mysapk_web.domain.pegawai import JenisPegawai
from mysapk_web.domain.progress import COUNTRY, DAILY, Measure
from mysapk_web.domain.roles import Permission
from mysapk_web.models import Headcount, HeadcountDay, HeadcountStep, Instansi, Unor
from mysapk_web.services.actor import Actor
from mysapk_web.services.paging import Page
from mysapk_web.services.progress import counting, places
from mysapk_web.services.progress.places import Place

PAGE_SIZE: Final = 25
DAYS: Final = 30
"""How far back the way is shown."""


class Order(StrEnum):
    """How the units below are ordered."""

    NAME = "nama"
    SHARE = "persen"
    """The lowest share first."""
    MISSING = "belum"
    """The most people without activation first."""


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


# Columns of one table each; SQLModel's annotations speak of values where a statement needs columns.
_SUM: Any = Headcount
_STEP: Any = HeadcountStep
_DAY: Any = HeadcountDay
_UNIT: Any = Unor
_MEASURES: Final = (Measure.PEOPLE, Measure.ACTIVE, Measure.NO_EMAIL, Measure.DISABLED)


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
    place = places.find(session, actor, Permission.PROGRESS_READ, key)
    return Progress(
        place,
        places.starts(session, actor, Permission.PROGRESS_READ),
        places.crumbs(session, actor, Permission.PROGRESS_READ, place),
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
    return _figures(session, places.find(session, actor, Permission.PROGRESS_READ, key), order, page)


def _figures(session: Session, place: Place, order: Order, page: int) -> Figures:
    whole, kinds = tally_of(session, place)
    children = _children(session, place)
    below, shown = _below(session, place, children, order, page)
    direct = Tally() if place.instansi_id is None else _less(whole, shown)
    return Figures(whole, kinds, below, direct)


def tally_of(session: Session, place: Place) -> tuple[Tally, list[tuple[JenisPegawai, Tally]]]:
    """Figures of a place, as a whole and by kind of employment.

    Args:
        session: Any transaction.
        place: From `places.find`.
    """
    if place.instansi_id is None:
        sums = _sums(_SUM.unor_id == COUNTRY)
    elif place.unor_id is None:
        roots = select(_UNIT.id).where(_UNIT.instansi_id == place.instansi_id, _UNIT.atasan_id.is_(None))
        sums = _sums(_SUM.unor_id.in_(roots))
    else:
        sums = _sums(_SUM.unor_id == place.unor_id)
    steps = sql_select(_STEP.jenis, _STEP.measure, _STEP.step)
    if place.instansi_id is not None:
        steps = steps.join(_UNIT, _UNIT.id == _STEP.unor_id).where(places.units_at(place))
    by_kind: dict[JenisPegawai, dict[Measure, int]] = defaultdict(lambda: defaultdict(int))
    for jenis, measure, count in session.execute(union_all(sums, steps)):
        by_kind[JenisPegawai(jenis)][Measure(measure)] += count
    kinds = [(jenis, _tally(by_kind[jenis])) for jenis in JenisPegawai if by_kind[jenis][Measure.PEOPLE]]
    whole = {measure: sum(counts[measure] for counts in by_kind.values()) for measure in Measure}
    return _tally(whole), kinds


def _sums(condition: Any) -> Any:
    return sql_select(_SUM.jenis, _SUM.measure, _SUM.count).where(condition)


def _tally(counts: dict[Measure, int]) -> Tally:
    return Tally(*(int(counts.get(measure, 0)) for measure in _MEASURES))


def _less(whole: Tally, part: Tally) -> Tally:
    return Tally(
        whole.people - part.people,
        whole.active - part.active,
        whole.no_email - part.no_email,
        whole.disabled - part.disabled,
    )


# Below -------------------------------------------------------------------------------------------


def _children(session: Session, place: Place) -> Any:
    """Condition over `unor`: what is shown below a place. A root that stands alone is its agency and shows its own children."""
    roots = _UNIT.atasan_id.is_(None)
    if place.instansi_id is None:
        return roots
    if place.unor_id is not None:
        return _UNIT.atasan_id == place.unor_id
    ids = session.exec(select(_UNIT.id).where(_UNIT.instansi_id == place.instansi_id, roots)).all()
    return _UNIT.atasan_id == ids[0] if len(ids) == 1 else (_UNIT.instansi_id == place.instansi_id) & roots


def _below(session: Session, place: Place, children: Any, order: Order, number: int) -> tuple[Page[Below], Tally]:
    """A page of what is below, and the figures of all of it."""
    units = sql_select(_UNIT.id, _UNIT.instansi_id, _UNIT.jalur).where(children).cte("units")
    group: Any = units.c.instansi_id if place.instansi_id is None else units.c.id
    sums = sql_select(group.label("id"), _SUM.measure, _SUM.count.label("count")).join(
        units, units.c.id == _SUM.unor_id
    )
    steps = (
        sql_select(group.label("id"), _STEP.measure, _STEP.step.label("count"))
        .join(_UNIT, _UNIT.id == _STEP.unor_id)
        .join(
            units,
            (units.c.instansi_id == _UNIT.instansi_id) & _UNIT.jalur.like(units.c.jalur + literal("%")),
        )
    )
    all_ = union_all(sums, steps).subquery()
    columns = [
        func.coalesce(func.sum(case((all_.c.measure == measure, all_.c.count), else_=0)), 0).label(measure.name.lower())
        for measure in _MEASURES
    ]
    counts = sql_select(all_.c.id, *columns).group_by(all_.c.id).subquery()
    zero = [func.coalesce(counts.c[column.name], 0) for column in columns]
    whole, total = _of_all(session, counts, units, place)
    pages = max(1, -(-total // PAGE_SIZE))
    number = min(max(1, number), pages)
    named: Any = (Instansi.id, Instansi.nama) if place.instansi_id is None else (_UNIT.id, _UNIT.nama)
    within = sql_select(group).distinct()
    found = (
        sql_select(*named, *zero)
        .outerjoin(counts, counts.c.id == named[0])
        .where(named[0].in_(within))
        .order_by(*_ordered(order, zero[0], zero[1]), named[1], named[0])
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    )
    letter = "i" if place.instansi_id is None else "u"
    items = [
        Below(f"{letter}{id_}", nama, Tally(*(int(value) for value in values)))
        for id_, nama, *values in session.execute(found)
    ]
    return Page(items, number, pages, total), whole


def _of_all(session: Session, counts: Any, units: Any, place: Place) -> tuple[Tally, int]:
    group = units.c.instansi_id if place.instansi_id is None else units.c.id
    total = session.execute(sql_select(func.count(group.distinct())).select_from(units)).scalar_one()
    names = [measure.name.lower() for measure in _MEASURES]
    row = session.execute(sql_select(*(func.coalesce(func.sum(counts.c[name]), 0) for name in names))).one()
    return Tally(*(int(value) for value in row)), total


def _ordered(order: Order, people: Any, active: Any) -> tuple[Any, ...]:
    if order is Order.SHARE:
        # A unit without anybody has nothing to reach.
        return (case((people == 0, 2.0), else_=active * 1.0 / func.nullif(people, 0)),)
    if order is Order.MISSING:
        return ((people - active).desc(),)
    return ()


# The way -----------------------------------------------------------------------------------------


def way(session: Session, place: Place, *, days: int = DAYS) -> list[Day]:
    """What was reached at the end of each of the last days, as far back as anything is known.

    Args:
        session: Any transaction.
        place: From `places.find`.
        days: How many, today included.
    """
    end = counting.today()
    first = end - timedelta(days=days - 1)
    if place.instansi_id is None:
        units: Any = [COUNTRY]
    elif place.unor_id is not None:
        units = [place.unor_id]
    else:
        units = select(_UNIT.id).where(_UNIT.instansi_id == place.instansi_id, _UNIT.atasan_id.is_(None))
    rows = session.execute(
        sql_select(_DAY.day, _DAY.unor_id, _DAY.jenis, _DAY.measure, _DAY.count)
        .where(_DAY.unor_id.in_(units), _DAY.measure.in_(DAILY), _DAY.day <= end)
        .order_by(_DAY.day)
    ).all()
    if not rows:
        return []
    latest: dict[tuple[int, JenisPegawai, Measure], int] = {}
    found, waiting = [], list(reversed(rows))
    for number in range(days):
        day = first + timedelta(days=number)
        while waiting and waiting[-1][0] <= day:
            _, unor_id, jenis, measure, count = waiting.pop()
            latest[unor_id, jenis, measure] = count
        people, active = (sum(count for (_, _, kind), count in latest.items() if kind is measure) for measure in DAILY)
        if people:
            found.append(Day(day, people, active))
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
