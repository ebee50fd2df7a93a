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
from mysapk_web.progress.activation_report import daily_counts
from mysapk_web.progress.backlog import Backlog
from mysapk_web.progress.breakdown import ChildCounts, ChildOrder, child_rows, counts_at
from mysapk_web.progress.org_nodes import OrgNode
from mysapk_web.progress.rules import GROUP_MEASURES, Measure

_UNIT: Any = Unor
MEASURES: Final = (Measure.PEOPLE, Measure.PDM_DONE, Measure.PDM_TAKEN_PART, Measure.PDM_SENT, Measure.PDM_ALL_SENT)
HISTORY_MEASURES: Final = (Measure.PEOPLE, Measure.PDM_DONE, Measure.PDM_SENT, Measure.PDM_TAKEN_PART)


@dataclass(frozen=True, slots=True)
class PdmTally:
    """Figures of some people in the present PDM; see `progress.rules.Measure`."""

    people: int = 0
    done: int = 0
    taken_part: int = 0
    sent: int = 0
    all_sent: int = 0


@dataclass(frozen=True, slots=True)
class GroupTally:
    """How many have handled a group."""

    key: str
    label: str
    people: int
    handled: int


@dataclass(frozen=True, slots=True)
class PdmChildRow:
    """A unit (or an agency) below a place, with its figures and what waits there."""

    key: str
    nama: str
    tally: PdmTally
    backlog: Backlog


@dataclass(frozen=True, slots=True)
class PdmDay:
    """What was reached at the end of a day."""

    day: date
    people: int
    done: int
    sent: int
    taken_part: int


@dataclass(frozen=True, slots=True)
class PdmSnapshot:
    """What changes while a page is open."""

    tally: PdmTally
    kinds: list[tuple[JenisPegawai, PdmTally]]
    groups: list[GroupTally]
    backlog: Backlog
    below: Page[PdmChildRow]


@dataclass(frozen=True, slots=True)
class PdmReport:
    """The whole page."""

    place: OrgNode
    starts: list[OrgNode]
    crumbs: list[OrgNode]
    figures: PdmSnapshot
    days: list[PdmDay]


def read_report(
    session: Session, actor: Actor, *, key: str = "", order: ChildOrder = ChildOrder.NAME, page: int = 1
) -> PdmReport:
    """Read the page.

    Raises:
        PermissionDenied: No such place within the scope.
    """
    place = org_nodes.find_node(session, actor, Permission.PROGRESS_READ, key)
    now = _figures(session, place, order, page)
    return PdmReport(
        place,
        org_nodes.scope_roots(session, actor, Permission.PROGRESS_READ),
        org_nodes.breadcrumbs(session, actor, Permission.PROGRESS_READ, place),
        now,
        _way(session, place, now.tally),
    )


def read_snapshot(
    session: Session, actor: Actor, *, key: str = "", order: ChildOrder = ChildOrder.NAME, page: int = 1
) -> PdmSnapshot:
    """Read again only what changes while the page is open.

    Raises:
        PermissionDenied: No such place within the scope.
    """
    return _figures(session, org_nodes.find_node(session, actor, Permission.PROGRESS_READ, key), order, page)


def history_until_now(session: Session, actor: Actor, tally: PdmTally, *, key: str = "") -> list[PdmDay]:
    """Read again the way of a place that is shown, to the figures of now.

    Raises:
        PermissionDenied: No such place within the scope.
    """
    return _way(session, org_nodes.find_node(session, actor, Permission.PROGRESS_READ, key), tally)


def _way(session: Session, place: OrgNode, tally: PdmTally) -> list[PdmDay]:
    days = [PdmDay(day, *counts) for day, counts in daily_counts(session, place, HISTORY_MEASURES)]
    if days:
        days[-1] = replace(days[-1], people=tally.people, done=tally.done, sent=tally.sent, taken_part=tally.taken_part)
    return days


def _figures(session: Session, place: OrgNode, order: ChildOrder, page: int) -> PdmSnapshot:
    by_kind = counts_at(session, place, (*MEASURES, *GROUP_MEASURES.values()))
    lines, _ = child_rows(session, place, MEASURES, order, page, summed=False)
    waiting = _backlogs(session, place, lines.items)
    below = [
        PdmChildRow(line.key, line.nama, PdmTally(*line.counts), waiting.get(line.id, Backlog()))
        for line in lines.items
    ]
    return PdmSnapshot(
        total_of(by_kind),
        [(jenis, _tally(counts)) for jenis, counts in by_kind.items()],
        _groups(by_kind),
        progress_backlog.backlog_at(session, place),
        Page(below, lines.number, lines.pages, lines.total),
    )


def total_of(by_kind: Mapping[JenisPegawai, Mapping[Measure, int]]) -> PdmTally:
    """Figures of everybody."""
    return _tally({measure: sum(counts.get(measure, 0) for counts in by_kind.values()) for measure in MEASURES})


def _tally(counts: Mapping[Measure, int]) -> PdmTally:
    return PdmTally(*(int(counts.get(measure, 0)) for measure in MEASURES))


def _groups(by_kind: Mapping[JenisPegawai, Mapping[Measure, int]]) -> list[GroupTally]:
    """Of each group, among those whom it concerns."""
    found = []
    for group in GROUPS:
        counts = [own for jenis, own in by_kind.items() if group in groups_for(jenis)]
        people = sum(own.get(Measure.PEOPLE, 0) for own in counts)
        handled = sum(own.get(GROUP_MEASURES[group.key], 0) for own in counts)
        found.append(GroupTally(group.key, group.label, people, handled))
    return found


def _backlogs(session: Session, place: OrgNode, lines: list[ChildCounts]) -> dict[int, Backlog]:
    """What waits at the lines that are shown."""
    ids = [line.id for line in lines]
    if place.instansi_id is None:
        wanted = _UNIT.instansi_id.in_(ids) & _UNIT.parent_id.is_(None)
        units = sql_select(_UNIT.id, _UNIT.instansi_id).where(wanted).cte("units")
        return progress_backlog.backlogs_by_row(session, units.c.instansi_id, units)
    units = sql_select(_UNIT.id).where(_UNIT.id.in_(ids)).cte("units")
    return progress_backlog.backlogs_by_row(session, units.c.id, units)
