"""Counts of a node and of the rows below it, from sums and the deltas that are not folded yet.

Both come out of one statement, so that nothing is counted twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import case, literal, union_all
from sqlalchemy import select as sql_select
from sqlmodel import Session, func, select

from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.tables.agency import Instansi, Unor
from mysapk_web.platform.pagination import Page, paginate
from mysapk_web.progress import org_nodes
from mysapk_web.progress.org_nodes import OrgNode
from mysapk_web.progress.rules import Measure
from mysapk_web.progress.tables import Headcount, HeadcountDelta


class ChildOrder(StrEnum):
    """Order of the rows below a node."""

    NAME = "nama"
    SHARE = "persen"
    """The lowest share first."""
    MISSING = "belum"
    """The most people who are missing first."""


@dataclass(frozen=True, slots=True)
class ChildCounts:
    """A unit (or an agency) below a node; `counts` in the order of the measures asked for."""

    key: str
    id: int
    name: str
    counts: tuple[int, ...]


# Columns of one table each; SQLModel's annotations speak of values where a statement needs columns.
_SUM: Any = Headcount
_DELTA: Any = HeadcountDelta
_UNIT: Any = Unor


def counts_at(
    session: Session, node: OrgNode, measures: Sequence[Measure]
) -> dict[JenisPegawai, Mapping[Measure, int]]:
    """Counts of a node by kind of employment; kinds without anybody are missing. The first measure is that of all people."""
    here = org_nodes.sums_of(node, _SUM.unor_id)
    sums = sql_select(_SUM.jenis, _SUM.measure, _SUM.count).where(here, _SUM.measure.in_(measures))
    deltas = sql_select(_DELTA.jenis, _DELTA.measure, _DELTA.delta).where(_DELTA.measure.in_(measures))
    if node.instansi_id is not None:
        deltas = deltas.join(_UNIT, _UNIT.id == _DELTA.unor_id).where(org_nodes.units_at(node))
    by_kind: dict[JenisPegawai, dict[Measure, int]] = defaultdict(lambda: defaultdict(int))
    for jenis, measure, count in session.execute(union_all(sums, deltas)):
        by_kind[JenisPegawai(jenis)][Measure(measure)] += count
    return {jenis: by_kind[jenis] for jenis in JenisPegawai if by_kind[jenis][measures[0]]}


def count_people(session: Session, node: OrgNode) -> int:
    """How many people a node has."""
    return sum(counts[Measure.PEOPLE] for counts in counts_at(session, node, (Measure.PEOPLE,)).values())


# Below -------------------------------------------------------------------------------------------


def children(session: Session, node: OrgNode) -> Any:
    """Condition over `unor`: the units below a node. A single root represents its agency, which shows the root's children."""
    roots = _UNIT.parent_id.is_(None)
    if node.instansi_id is None:
        return roots
    if node.unor_id is not None:
        return _UNIT.parent_id == node.unor_id
    ids = session.exec(select(_UNIT.id).where(_UNIT.instansi_id == node.instansi_id, roots)).all()
    return _UNIT.parent_id == ids[0] if len(ids) == 1 else (_UNIT.instansi_id == node.instansi_id) & roots


def child_rows(
    session: Session, node: OrgNode, measures: Sequence[Measure], order: ChildOrder, number: int, *, summed: bool
) -> tuple[Page[ChildCounts], tuple[int, ...]]:
    """A page of what is below, and if `summed` the counts of all of it.

    The first measure is that of all people, the second the part that shares and orders refer to.
    """
    units = sql_select(_UNIT.id, _UNIT.instansi_id, _UNIT.path).where(children(session, node)).cte("units")
    group: Any = units.c.instansi_id if node.instansi_id is None else units.c.id
    sums = (
        sql_select(group.label("id"), _SUM.measure, _SUM.count.label("count"))
        .join(units, units.c.id == _SUM.unor_id)
        .where(_SUM.measure.in_(measures))
    )
    deltas = (
        sql_select(group.label("id"), _DELTA.measure, _DELTA.delta.label("count"))
        .join(_UNIT, _UNIT.id == _DELTA.unor_id)
        .join(
            units,
            (units.c.instansi_id == _UNIT.instansi_id) & _UNIT.path.like(units.c.path + literal("%")),
        )
        .where(_DELTA.measure.in_(measures))
    )
    all_ = union_all(sums, deltas).subquery()
    columns = [
        func.coalesce(func.sum(case((all_.c.measure == measure, all_.c.count), else_=0)), 0).label(measure.name.lower())
        for measure in measures
    ]
    counts = sql_select(all_.c.id, *columns).group_by(all_.c.id).subquery()
    zero = [func.coalesce(counts.c[column.name], 0) for column in columns]
    total = session.execute(sql_select(func.count(group.distinct())).select_from(units)).scalar_one()
    named: Any = (Instansi.id, Instansi.name) if node.instansi_id is None else (_UNIT.id, _UNIT.name)
    found = (
        sql_select(*named, *zero)
        .outerjoin(counts, counts.c.id == named[0])
        .where(named[0].in_(sql_select(group).distinct()))
    )
    order_by = (*_ordered(order, zero[0], zero[1]), named[1], named[0])
    letter = "i" if node.instansi_id is None else "u"
    page = paginate(session, found, number, *order_by, known=total, unlimited=True).map(
        lambda row: ChildCounts(f"{letter}{row[0]}", row[0], row[1], tuple(int(value) for value in row[2:]))
    )
    if not summed:
        return page, ()
    whole = sql_select(*(func.coalesce(func.sum(counts.c[column.name]), 0) for column in columns))
    return page, tuple(int(value) for value in session.execute(whole).one())


def _ordered(order: ChildOrder, people: Any, reached: Any) -> tuple[Any, ...]:
    if order is ChildOrder.SHARE:
        # A unit without anybody has nothing to reach.
        return (case((people == 0, 2.0), else_=reached * 1.0 / func.nullif(people, 0)),)
    if order is ChildOrder.MISSING:
        return ((people - reached).desc(),)
    return ()
