"""What `/admin/pdm` shows: how far people are in the present PDM, and what waits for a decision since when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from sqlalchemy import select as sql_select
from sqlmodel import Session

from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.organisation.tables.agency import Unor
from mysapk_web.pdm.rules.groups import GROUPS, groups_for
from mysapk_web.platform.pagination import Page
from mysapk_web.progress import backlog as progress_backlog
from mysapk_web.progress import org_nodes
from mysapk_web.progress.activation_report import days_of
from mysapk_web.progress.backlog import Backlog
from mysapk_web.progress.breakdown import Line, Order, counts_of, lines_below
from mysapk_web.progress.org_nodes import Place
from mysapk_web.progress.rules import GROUP_MEASURES, Measure

_UNIT: Any = Unor
MEASURES: Final = (Measure.PEOPLE, Measure.PDM_DONE, Measure.PDM_TAKEN_PART, Measure.PDM_SENT, Measure.PDM_ALL_SENT)
WAY: Final = (Measure.PEOPLE, Measure.PDM_DONE, Measure.PDM_SENT, Measure.PDM_TAKEN_PART)


@dataclass(frozen=True, slots=True)
class Tally:
    """Figures of some people in the present PDM; see `progress.rules.Measure`."""

    people: int = 0
    done: int = 0
    taken_part: int = 0
    sent: int = 0
    all_sent: int = 0


@dataclass(frozen=True, slots=True)
class GroupTally:
    """How many have handled a group.

    Attributes:
        people: Whom the group concerns.
    """

    key: str
    label: str
    people: int
    handled: int


@dataclass(frozen=True, slots=True)
class Below:
    """A unit (or an agency) below a place, with its figures and what waits there."""

    key: str
    nama: str
    tally: Tally
    backlog: Backlog


@dataclass(frozen=True, slots=True)
class Day:
    """What was reached at the end of a day."""

    day: date
    people: int
    done: int
    sent: int
    taken_part: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What changes while a page is open."""

    tally: Tally
    kinds: list[tuple[JenisPegawai, Tally]]
    groups: list[GroupTally]
    backlog: Backlog
    below: Page[Below]


@dataclass(frozen=True, slots=True)
class Progress:
    """The whole page."""

    place: Place
    starts: list[Place]
    crumbs: list[Place]
    figures: Figures
    days: list[Day]


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
    now = _figures(session, place, order, page)
    return Progress(
        place,
        org_nodes.starts(session, actor, Permission.PROGRESS_READ),
        org_nodes.crumbs(session, actor, Permission.PROGRESS_READ, place),
        now,
        _way(session, place, now.tally),
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
    return _way(session, org_nodes.find(session, actor, Permission.PROGRESS_READ, key), tally)


def _way(session: Session, place: Place, tally: Tally) -> list[Day]:
    days = [Day(day, *counts) for day, counts in days_of(session, place, WAY)]
    if days:
        days[-1] = replace(days[-1], people=tally.people, done=tally.done, sent=tally.sent, taken_part=tally.taken_part)
    return days


def _figures(session: Session, place: Place, order: Order, page: int) -> Figures:
    by_kind = counts_of(session, place, (*MEASURES, *GROUP_MEASURES.values()))
    lines, _ = lines_below(session, place, MEASURES, order, page, summed=False)
    waiting = _backlogs(session, place, lines.items)
    below = [Below(line.key, line.nama, Tally(*line.counts), waiting.get(line.id, Backlog())) for line in lines.items]
    return Figures(
        whole_of(by_kind),
        [(jenis, _tally(counts)) for jenis, counts in by_kind.items()],
        _groups(by_kind),
        progress_backlog.backlog(session, place),
        Page(below, lines.number, lines.pages, lines.total),
    )


def whole_of(by_kind: Mapping[JenisPegawai, Mapping[Measure, int]]) -> Tally:
    """Figures of everybody.

    Args:
        by_kind: From `lines.counts_of`, with `MEASURES`.
    """
    return _tally({measure: sum(counts.get(measure, 0) for counts in by_kind.values()) for measure in MEASURES})


def _tally(counts: Mapping[Measure, int]) -> Tally:
    return Tally(*(int(counts.get(measure, 0)) for measure in MEASURES))


def _groups(by_kind: Mapping[JenisPegawai, Mapping[Measure, int]]) -> list[GroupTally]:
    """Of each group, among those whom it concerns."""
    found = []
    for group in GROUPS:
        counts = [own for jenis, own in by_kind.items() if group in groups_for(jenis)]
        people = sum(own.get(Measure.PEOPLE, 0) for own in counts)
        handled = sum(own.get(GROUP_MEASURES[group.key], 0) for own in counts)
        found.append(GroupTally(group.key, group.label, people, handled))
    return found


def _backlogs(session: Session, place: Place, lines: list[Line]) -> dict[int, Backlog]:
    """What waits at the lines that are shown."""
    ids = [line.id for line in lines]
    if place.instansi_id is None:
        wanted = _UNIT.instansi_id.in_(ids) & _UNIT.atasan_id.is_(None)
        units = sql_select(_UNIT.id, _UNIT.instansi_id).where(wanted).cte("units")
        return progress_backlog.backlogs(session, units.c.instansi_id, units)
    units = sql_select(_UNIT.id).where(_UNIT.id.in_(ids)).cte("units")
    return progress_backlog.backlogs(session, units.c.id, units)
