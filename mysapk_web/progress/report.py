"""What the dashboards `/admin` and `/admin/pdm` show of a node: totals, kinds of employment, units below, and the last weeks.

Read from sums and the deltas that are not folded yet, in one statement each, so that nothing is counted twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import select as sql_select
from sqlmodel import Session

from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.organisation.tables.agency import Unor
from mysapk_web.pdm.rules.groups import GROUPS, groups_for
from mysapk_web.platform.pagination import Page
from mysapk_web.progress import org_nodes
from mysapk_web.progress.backlog import Backlog, backlog_at, backlogs_by_row
from mysapk_web.progress.breakdown import ChildCounts, ChildOrder, child_rows, counts_at
from mysapk_web.progress.org_nodes import OrgNode
from mysapk_web.progress.rollups import today
from mysapk_web.progress.rules import GROUP_MEASURES, Measure
from mysapk_web.progress.tables import HeadcountDay

HISTORY_DAYS: Final = 30

_DAY: Any = HeadcountDay
_UNIT: Any = Unor


@dataclass(frozen=True, slots=True)
class ReportKind:
    """What a dashboard counts. Both tuples begin with everybody and with the goal, to which shares and sort orders refer."""

    measures: tuple[Measure, ...]
    daily: tuple[Measure, ...]
    is_pdm: bool = False
    """With the twelve groups and the backlog of verification."""

    @property
    def goal(self) -> Measure:
        """What everybody should reach."""
        return self.measures[1]


ACTIVATION: Final = ReportKind(
    measures=(Measure.PEOPLE, Measure.ACTIVE, Measure.NO_EMAIL, Measure.DISABLED),
    daily=(Measure.PEOPLE, Measure.ACTIVE),
)
PDM: Final = ReportKind(
    measures=(Measure.PEOPLE, Measure.PDM_DONE, Measure.PDM_TAKEN_PART, Measure.PDM_SENT, Measure.PDM_ALL_SENT),
    daily=(Measure.PEOPLE, Measure.PDM_DONE, Measure.PDM_SENT, Measure.PDM_TAKEN_PART),
    is_pdm=True,
)


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of some people; missing measures are 0."""

    counts: Mapping[Measure, int] = field(default_factory=dict)

    def __getitem__(self, measure: Measure) -> int:
        return int(self.counts.get(measure, 0))

    @property
    def people(self) -> int:
        return self[Measure.PEOPLE]


@dataclass(frozen=True, slots=True)
class DailyTally:
    """Counts at the end of a day."""

    day: date
    tally: Tally


@dataclass(frozen=True, slots=True)
class GroupTally:
    """How many have handled a group of the PDM, of `people` whom it concerns."""

    key: str
    label: str
    people: int
    handled: int


@dataclass(frozen=True, slots=True)
class ChildRow:
    """A unit (or an agency) below a node."""

    key: str
    name: str
    tally: Tally
    backlog: Backlog


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What changes while a page is open."""

    tally: Tally
    kinds: list[tuple[JenisPegawai, Tally]]
    children: Page[ChildRow]
    direct: Tally
    """People of the node itself, in no unit below it; counted for the activation only."""
    groups: list[GroupTally]
    backlog: Backlog


@dataclass(frozen=True, slots=True)
class ProgressReport:
    """The whole page."""

    node: OrgNode
    roots: list[OrgNode]
    breadcrumbs: list[OrgNode]
    snapshot: Snapshot
    history: list[DailyTally]


def read_report(
    session: Session,
    actor: Actor,
    kind: ReportKind,
    *,
    key: str = "",
    order: ChildOrder = ChildOrder.NAME,
    page: int = 1,
) -> ProgressReport:
    """Read the page of a node (see `org_nodes.find_node`), with a page of what is below it."""
    node = org_nodes.find_node(session, actor, Permission.PROGRESS_READ, key)
    snapshot = _snapshot(session, kind, node, order, page)
    return ProgressReport(
        node,
        org_nodes.scope_roots(session, actor, Permission.PROGRESS_READ),
        org_nodes.breadcrumbs(session, actor, Permission.PROGRESS_READ, node),
        snapshot,
        history(session, kind, node, snapshot.tally),
    )


def read_snapshot(
    session: Session,
    actor: Actor,
    kind: ReportKind,
    *,
    key: str = "",
    order: ChildOrder = ChildOrder.NAME,
    page: int = 1,
) -> Snapshot:
    """Read again only what changes while the page is open."""
    return _snapshot(session, kind, org_nodes.find_node(session, actor, Permission.PROGRESS_READ, key), order, page)


def read_history(session: Session, actor: Actor, kind: ReportKind, tally: Tally, *, key: str = "") -> list[DailyTally]:
    """Read the history of a node again, up to the counts of now."""
    return history(session, kind, org_nodes.find_node(session, actor, Permission.PROGRESS_READ, key), tally)


def _snapshot(session: Session, kind: ReportKind, node: OrgNode, order: ChildOrder, page: int) -> Snapshot:
    by_kind = counts_at(session, node, (*kind.measures, *(GROUP_MEASURES.values() if kind.is_pdm else ())))
    total = _total(kind, by_kind.values())
    summed = node.instansi_id is not None and not kind.is_pdm
    rows, below = child_rows(session, node, kind.measures, order, page, summed=summed)
    backlogs = _backlogs(session, node, rows.items) if kind.is_pdm else {}

    def child(row: ChildCounts) -> ChildRow:
        tally = Tally(dict(zip(kind.measures, row.counts, strict=True)))
        return ChildRow(row.key, row.name, tally, backlogs.get(row.id, Backlog()))

    direct = (
        {measure: total[measure] - count for measure, count in zip(kind.measures, below, strict=True)} if summed else {}
    )
    return Snapshot(
        total,
        [(jenis, _total(kind, [counts])) for jenis, counts in by_kind.items()],
        rows.map(child),
        Tally(direct),
        _groups(by_kind) if kind.is_pdm else [],
        backlog_at(session, node) if kind.is_pdm else Backlog(),
    )


def tally_at(session: Session, kind: ReportKind, node: OrgNode, jenis: JenisPegawai | None = None) -> Tally:
    """Counts of a node, of everybody or of one kind of employment."""
    by_kind = counts_at(session, node, kind.measures)
    return _total(kind, by_kind.values() if jenis is None else [by_kind.get(jenis, {})])


def _total(kind: ReportKind, counts: Iterable[Mapping[Measure, int]]) -> Tally:
    each = list(counts)
    return Tally({measure: sum(some.get(measure, 0) for some in each) for measure in kind.measures})


def _groups(by_kind: Mapping[JenisPegawai, Mapping[Measure, int]]) -> list[GroupTally]:
    found = []
    for group in GROUPS:
        counts = [some for jenis, some in by_kind.items() if group in groups_for(jenis)]
        people = sum(some.get(Measure.PEOPLE, 0) for some in counts)
        handled = sum(some.get(GROUP_MEASURES[group.key], 0) for some in counts)
        found.append(GroupTally(group.key, group.label, people, handled))
    return found


def _backlogs(session: Session, node: OrgNode, rows: list[ChildCounts]) -> dict[int, Backlog]:
    ids = [row.id for row in rows]
    if node.instansi_id is None:
        wanted = _UNIT.instansi_id.in_(ids) & _UNIT.parent_id.is_(None)
        units = sql_select(_UNIT.id, _UNIT.instansi_id).where(wanted).cte("units")
        return backlogs_by_row(session, units.c.instansi_id, units)
    units = sql_select(_UNIT.id).where(_UNIT.id.in_(ids)).cte("units")
    return backlogs_by_row(session, units.c.id, units)


def history(session: Session, kind: ReportKind, node: OrgNode, now: Tally) -> list[DailyTally]:
    """Counts at the end of each of the last days, as far back as any are known; the last one is that of now."""
    end = today()
    first = end - timedelta(days=HISTORY_DAYS - 1)
    rows = session.execute(
        sql_select(_DAY.day, _DAY.unor_id, _DAY.jenis, _DAY.measure, _DAY.count)
        .where(org_nodes.sums_of(node, _DAY.unor_id), _DAY.measure.in_(kind.daily), _DAY.day <= end)
        .order_by(_DAY.day)
    ).all()
    latest: dict[tuple[int, JenisPegawai, Measure], int] = {}
    found, unread = [], list(reversed(rows))
    for number in range(HISTORY_DAYS if rows else 0):
        day = first + timedelta(days=number)
        while unread and unread[-1][0] <= day:
            _, unor_id, jenis, measure, count = unread.pop()
            latest[unor_id, jenis, measure] = count
        counts = dict.fromkeys(kind.daily, 0)
        for (_, _, measure), count in latest.items():
            counts[measure] += count
        if counts[Measure.PEOPLE]:
            found.append(DailyTally(day, Tally(counts)))
    return [*found[:-1], DailyTally(found[-1].day, now)] if found else []
