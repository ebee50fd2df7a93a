"""What waits for a decision and since when, by unit: sums and deltas like the counts of people (decision 0015)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import delete, func
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from mysapk_web.pdm.rules.proposal import Office, ProposalState
from mysapk_web.pdm.tables import Proposal
from mysapk_web.platform import bulk
from mysapk_web.platform.database import Database
from mysapk_web.progress.org_nodes import OrgNode, sums_of
from mysapk_web.progress.rollups import BACKLOG, NO_SYNC, CountDifference, day_of, roll_up, today
from mysapk_web.progress.rules import WaitingOffice
from mysapk_web.progress.tables import BacklogCount, BacklogDelta
from mysapk_web.verification.rules.separation_of_duties import QUEUES

Key = tuple[int, WaitingOffice, date]

OFFICE_OF_STATE: Final[Mapping[ProposalState, WaitingOffice]] = {
    state: waiting
    for office, waiting in (
        (Office.VERIFIER, WaitingOffice.VERIFIER),
        (Office.APPROVER, WaitingOffice.APPROVER),
        (Office.BKN, WaitingOffice.BKN),
    )
    for state in QUEUES[office]
}
AGES: Final = (3, 7, 14, 30)
"""Last day of each age class; older proposals make one more."""

_SUM: Any = BacklogCount


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits at a node."""

    total: int = 0
    offices: tuple[tuple[WaitingOffice, int], ...] = ()
    ages: tuple[int, ...] = (0,) * (len(AGES) + 1)
    """By age class, the youngest first."""
    oldest: int | None = None
    """Days; None when nothing waits."""
    median: int | None = None
    """Days that half of them have waited at least."""


# Keeping -----------------------------------------------------------------------------------------


def fold_deltas(session: Session) -> int:
    """Add one batch of deltas to the sums, in a transaction that holds the counts; 0 when there are none."""
    folded, changed = BACKLOG.fold(session)
    if changed:
        touched = bulk.one_of(session, _SUM.unor_id, sorted({key[0] for key in changed}))
        session.execute(delete(BacklogCount).where(touched, _SUM.count == 0), execution_options=NO_SYNC)
    return folded


def recount(session: Session) -> Counter[Key]:
    """Count the proposals themselves, in a transaction that sees a single moment."""
    rows = session.execute(
        select(Proposal.unor_id, Proposal.state, Proposal.sent_at)
        .where(col(Proposal.state).in_(sorted(OFFICE_OF_STATE)), col(Proposal.sent_at).is_not(None))
        .execution_options(yield_per=5_000)
    )
    own: Counter[Key] = Counter()
    for unor_id, state, sent_at in rows:
        if sent_at is not None:
            own[unor_id, OFFICE_OF_STATE[ProposalState(state)], day_of(sent_at)] += 1
    return roll_up(session, own)


def verify(database: Database) -> list[CountDifference[WaitingOffice, date]]:
    """Compare the sums with a recount, at one moment."""
    with database.snapshot() as session:
        found, stored = recount(session), BACKLOG.stored(session)
        stored.update(roll_up(session, BACKLOG.pending(session)))
    return [
        CountDifference(key, stored[key], found[key]) for key in sorted({*found, *stored}) if stored[key] != found[key]
    ]


def rebuild(session: Session) -> None:
    """Replace the sums by a recount, in a transaction that holds the counts and sees a single moment."""
    found = recount(session)
    for table in (BacklogCount, BacklogDelta):
        session.execute(delete(table), execution_options=NO_SYNC)
    BACKLOG.insert_all(session, found)


# Reading -----------------------------------------------------------------------------------------


def backlog_at(session: Session, node: OrgNode) -> Backlog:
    """What waits at a node."""
    rows = session.execute(
        sql_select(_SUM.office, _SUM.day, func.sum(_SUM.count))
        .where(sums_of(node, _SUM.unor_id))
        .group_by(_SUM.office, _SUM.day)
    )
    return _backlog([(WaitingOffice(office), day, int(count)) for office, day, count in rows])


def backlogs_by_row(session: Session, group: Any, units: Any) -> dict[int, Backlog]:
    """What waits below a node, by the value of `group`, a column of the common table expression `units`.

    Rows where nothing waits are missing.
    """
    rows = session.execute(
        sql_select(group, _SUM.office, _SUM.day, func.sum(_SUM.count))
        .join(units, units.c.id == _SUM.unor_id)
        .group_by(group, _SUM.office, _SUM.day)
    )
    by_row: dict[int, list[tuple[WaitingOffice, date, int]]] = {}
    for row, office, day, count in rows:
        by_row.setdefault(row, []).append((WaitingOffice(office), day, int(count)))
    return {row: _backlog(found) for row, found in by_row.items()}


def _backlog(rows: list[tuple[WaitingOffice, date, int]]) -> Backlog:
    now = today()
    offices = Counter(dict.fromkeys(WaitingOffice, 0))
    days: Counter[int] = Counter()
    for office, day, count in rows:
        offices[office] += count
        days[max(0, (now - day) // timedelta(days=1))] += count
    total = offices.total()
    by_office = tuple((office, offices[office]) for office in WaitingOffice)
    if not total:
        return Backlog(offices=by_office)
    ages = [0] * (len(AGES) + 1)
    for age, count in days.items():
        ages[sum(age > end for end in AGES)] += count
    return Backlog(total, by_office, tuple(ages), max(days), _median(days, total))


def _median(days: Counter[int], total: int) -> int:
    seen = 0
    for age in sorted(days, reverse=True):
        seen += days[age]
        if 2 * seen >= total:
            return age
    return 0
