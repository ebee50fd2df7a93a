"""Counts of proposals by state and by group beside the list of `/verifikasi`: exact where they are few, else bounded.

The first `MAX_COUNTED_TOGETHER` are counted together. If there are more, states and groups that are rare or missing among these are
counted separately, so that whatever has proposals is always listed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, Select, union_all
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, func

from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.pdm.rules.groups import GROUPS
from mysapk_web.pdm.rules.proposal import SENT_STATES, ProposalState
from mysapk_web.pdm.tables import Proposal
from mysapk_web.verification.filters import MINE, Filters, ResolvedFilters, filter_conditions, requested_states
from mysapk_web.verification.scope import in_scope, queue_conditions, states_in_scope

MAX_COUNTED_TOGETHER: Final = 10_000
"""Proposals that are counted together at most."""
MAX_COUNTED_APART: Final = 1_000
"""Of one state or group by itself at most, where there are more than `MAX_COUNTED_TOGETHER` in all."""

Where = list[ColumnElement[bool]]
"""Conditions joined by AND."""
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class FacetCount:
    """A count; `key` is its URL parameter. With `at_least` counting stopped there."""

    key: str
    label: str
    count: int
    at_least: bool = False


def facet_counts(
    session: Session, actor: Actor, filters: Filters, timezone: str, resolved: ResolvedFilters
) -> tuple[list[FacetCount], list[FacetCount]]:
    """Open proposals by state, and those of the chosen states by group, each as the list counts that it leads to."""
    asked = requested_states(filters)
    more = filter_conditions(filters, timezone, resolved, kinds=False)
    if resolved.agencies is not None:
        more.append(col(Proposal.instansi_id).in_(resolved.agencies))
    within = in_scope(actor, Permission.INBOX_READ)
    # State by state, as the list is read: of several agencies and several states at once an index is read in full.
    by_state: dict[ProposalState, list[Where]] = {
        each: [[col(Proposal.state) == each, within, *more]]
        for each in states_in_scope(actor, Permission.INBOX_READ, {*SENT_STATES, *asked})
    }
    chosen = set(asked or SENT_STATES)
    if filters.status == MINE:
        # By the conditions of the list, each office with its own scope.
        listed: list[Where] = [[where, *more] for where in queue_conditions(session, actor)]
    else:
        listed = [where for state, parts in by_state.items() if state in chosen for where in parts]
    narrowed = _kinds(filters)
    states = _by(
        session, col(Proposal.state), {key: [[*each, *narrowed] for each in by_state[key]] for key in by_state}
    )
    groups = _by(
        session,
        col(Proposal.group),
        {each.key: [[*where, col(Proposal.group) == each.key] for where in listed] for each in GROUPS if each.verified},
        together=listed,
    )
    return (
        [FacetCount(each.value, each.label, *states[each]) for each in ProposalState if each in states],
        [FacetCount(each.key, each.label, *groups[each.key]) for each in GROUPS if each.key in groups],
    )


def _kinds(filters: Filters) -> Where:
    """Conditions on group and kind: the states are counted with them, the groups are what one chooses among."""
    found: Where = []
    if filters.group:
        found.append(col(Proposal.group) == filters.group)
    if filters.kind:
        found.append(col(Proposal.kind) == filters.kind)
    return found


def _by(
    session: Session, column: Any, apart: Mapping[K, Sequence[Where]], *, together: Sequence[Where] | None = None
) -> dict[K, tuple[int, bool]]:
    """Counts by the value of a column, and whether there are more than that; values without any are left out.

    Args:
        apart: Conditions to count each value separately.
        together: Conditions to count all of them; by default those of `apart`.
    """
    parts = [where for each in apart.values() for where in each] if together is None else together
    counted, cut = _together(session, column, parts)
    if not cut:
        return {key: (counted[key], False) for key in apart if counted[key]}
    few = {key: each for key, each in apart.items() if counted[key] < MAX_COUNTED_APART}
    rest = _apart(session, few)
    found = {key: rest[key] if key in few else (min(counted[key], MAX_COUNTED_TOGETHER), True) for key in apart}
    return {key: each for key, each in found.items() if each[0]}


def _together(session: Session, column: Any, parts: Sequence[Where]) -> tuple[Counter[Any], bool]:
    """How often each value occurs among the first `MAX_COUNTED_TOGETHER`, and whether there are more."""
    if not parts:
        return Counter(), False
    some = _first(parts, MAX_COUNTED_TOGETHER + 1, column)
    rows = session.execute(sql_select(some.c[0], func.count()).group_by(some.c[0])).all()
    counted = Counter(dict(rows))
    return counted, sum(counted.values()) > MAX_COUNTED_TOGETHER


def _apart(session: Session, parts: Mapping[K, Sequence[Where]]) -> dict[K, tuple[int, bool]]:
    """The count of each, up to `MAX_COUNTED_APART`, and whether there are more."""
    wanted = [(key, each) for key, each in parts.items() if each]
    if not wanted:
        return dict.fromkeys(parts, (0, False))
    counts = (
        sql_select(func.count()).select_from(_first(each, MAX_COUNTED_APART + 1)).scalar_subquery()
        for _, each in wanted
    )
    row = session.execute(sql_select(*counts)).one()
    found = {
        key: (min(count, MAX_COUNTED_APART), count > MAX_COUNTED_APART)
        for (key, _), count in zip(wanted, row, strict=True)
    }
    return {key: found.get(key, (0, False)) for key in parts}


def _first(parts: Iterable[Where], limit: int, column: Any = None) -> Any:
    """The first rows of several conditions, as a subquery."""
    value = col(Proposal.id) if column is None else column
    each: list[Select[Any]] = [sql_select(value.label("value")).where(*where) for where in parts]
    limited = [sql_select(one.limit(limit).subquery().c.value) for one in each]
    return sql_select(union_all(*limited).subquery().c.value).limit(limit).subquery()
