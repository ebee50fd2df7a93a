"""What waits for a decision and since when, by unit: kept by steps as the counts of people are (decision 0015)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import delete, func
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from mysapk_web.organisation.tables.agency import Unor
from mysapk_web.pdm.rules.proposal import Office, ProposalState
from mysapk_web.pdm.tables import Proposal
from mysapk_web.platform import bulk, upsert
from mysapk_web.platform.database import Database
from mysapk_web.progress.org_nodes import OrgNode
from mysapk_web.progress.rollups import ancestors, day_of, execute_chunked, paths_of, today
from mysapk_web.progress.rules import COUNTRY, WaitingOffice
from mysapk_web.progress.tables import BacklogCount, BacklogDelta
from mysapk_web.verification.rules.separation_of_duties import QUEUES

Key = tuple[int, WaitingOffice, date]

BATCH: Final = 4_000
"""Steps gathered in one transaction."""
OFFICE_OF_STATE: Final[Mapping[ProposalState, WaitingOffice]] = {
    state: desk
    for who, desk in (
        (Office.VERIFIER, WaitingOffice.VERIFIER),
        (Office.APPROVER, WaitingOffice.APPROVER),
        (Office.BKN, WaitingOffice.BKN),
    )
    for state in QUEUES[who]
}
AGES: Final = (3, 7, 14, 30)
"""Last day of each span of waiting; what is older makes the last one."""

_QUEUE: Any = BacklogCount
_STEP: Any = BacklogDelta
_UNIT: Any = Unor


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits at a place.

    Attributes:
        ages: By the spans of `AGES`, the shortest first; one more for what is older.
        oldest: Days that the oldest has waited; None when nothing waits.
        median: Days that half of them have waited at least.
    """

    total: int = 0
    offices: tuple[tuple[WaitingOffice, int], ...] = ()
    ages: tuple[int, ...] = (0,) * (len(AGES) + 1)
    oldest: int | None = None
    median: int | None = None


@dataclass(frozen=True, slots=True)
class BacklogDifference:
    """A sum that isn't what a recount gives.

    Attributes:
        kept: What is kept, with the steps still to be gathered.
    """

    unor_id: int
    desk: WaitingOffice
    day: date
    stored: int
    recounted: int


# Keeping -----------------------------------------------------------------------------------------


def has_deltas(session: Session) -> bool:
    """Whether something began or ceased to wait."""
    return session.exec(select(BacklogDelta.id).limit(1)).first() is not None


def fold_deltas(session: Session) -> int:
    """Add one batch of steps to the sums.

    Returns:
        Steps gathered; zero when there are none.
    """
    columns = (_STEP.id, _STEP.unor_id, _STEP.desk, _STEP.day, _STEP.step)
    rows = session.execute(sql_select(*columns).order_by(_STEP.id).limit(BATCH)).all()
    if not rows:
        return 0
    own: Counter[Key] = Counter()
    for _, unor_id, desk, day, step in rows:
        own[unor_id, desk, day] += step
    changed = {key: step for key, step in _rolled(session, own).items() if step}
    statement = upsert.insert(session, BacklogCount)
    statement = statement.on_conflict_do_update(
        index_elements=["unor_id", "desk", "day"], set_={"count": _QUEUE.count + statement.excluded.count}
    )
    execute_chunked(session, statement, (_row(key, step) for key, step in changed.items()))
    quiet = {"synchronize_session": False}
    touched = bulk.one_of(session, _QUEUE.unor_id, sorted({key[0] for key in changed}))
    session.execute(delete(BacklogCount).where(touched, _QUEUE.count == 0), execution_options=quiet)
    session.execute(
        delete(BacklogDelta).where(bulk.one_of(session, _STEP.id, [row[0] for row in rows])), execution_options=quiet
    )
    return len(rows)


def _rolled(session: Session, own: Counter[Key]) -> Counter[Key]:
    ways = paths_of(session, {key[0] for key in own})
    above = {id_: ancestors(id_, ways.get(id_, "")) for id_ in {key[0] for key in own}}
    found: Counter[Key] = Counter()
    for (unor_id, desk, day), count in own.items():
        for id_ in above[unor_id]:
            found[id_, desk, day] += count
    return found


def _row(key: Key, count: int) -> dict[str, Any]:
    return {"unor_id": key[0], "desk": key[1], "day": key[2], "count": count}


def recount(session: Session) -> Counter[Key]:
    """What waits by the proposals themselves, units above and the country included."""
    rows = session.execute(
        select(Proposal.unor_id, Proposal.state, Proposal.sent_at)
        .where(col(Proposal.state).in_(sorted(OFFICE_OF_STATE)), col(Proposal.sent_at).is_not(None))
        .execution_options(yield_per=5_000)
    )
    own: Counter[Key] = Counter()
    for unor_id, state, sent_at in rows:
        if sent_at is not None:
            own[unor_id, OFFICE_OF_STATE[ProposalState(state)], day_of(sent_at)] += 1
    return _rolled(session, own)


def stored_counts(session: Session) -> Counter[Key]:
    """What is kept, with the steps still to be gathered."""
    own: Counter[Key] = Counter()
    steps = sql_select(_STEP.unor_id, _STEP.desk, _STEP.day, func.sum(_STEP.step))
    for *key, step in session.execute(steps.group_by(_STEP.unor_id, _STEP.desk, _STEP.day)):
        own[tuple(key)] += int(step)
    found = _rolled(session, own)
    for unor_id, desk, day, count in session.execute(sql_select(_QUEUE.unor_id, _QUEUE.desk, _QUEUE.day, _QUEUE.count)):
        found[unor_id, desk, day] += count
    return found


def verify(database: Database) -> list[BacklogDifference]:
    """Compare what is kept with a recount, at one moment."""
    with database.snapshot() as session:
        found, have = recount(session), stored_counts(session)
    return [
        BacklogDifference(*key, stored=have[key], recounted=found[key])
        for key in sorted({*found, *have})
        if have[key] != found[key]
    ]


def rebuild(session: Session) -> None:
    """Make the sums anew.

    Args:
        session: A transaction that holds the counts and sees a single moment.
    """
    found = recount(session)
    for table in (BacklogCount, BacklogDelta):
        session.execute(delete(table), execution_options={"synchronize_session": False})
    bulk.insert_many(session, BacklogCount, [_row(key, count) for key, count in found.items()])


# Reading -----------------------------------------------------------------------------------------


def backlog_at(session: Session, place: OrgNode) -> Backlog:
    """What waits at a place."""
    if place.instansi_id is None:
        here: Any = _QUEUE.unor_id == COUNTRY
    elif place.unor_id is not None:
        here = _QUEUE.unor_id == place.unor_id
    else:
        here = _QUEUE.unor_id.in_(
            select(_UNIT.id).where(_UNIT.instansi_id == place.instansi_id, _UNIT.parent_id.is_(None))
        )
    rows = session.execute(
        sql_select(_QUEUE.desk, _QUEUE.day, func.sum(_QUEUE.count)).where(here).group_by(_QUEUE.desk, _QUEUE.day)
    )
    return _backlog([(WaitingOffice(desk), day, int(count)) for desk, day, count in rows])


def backlogs_by_row(session: Session, group: Any, units: Any) -> dict[int, Backlog]:
    """What waits below a place.

    Returns:
        By the value of `group`; where nothing waits there is none.
    """
    rows = session.execute(
        sql_select(group, _QUEUE.desk, _QUEUE.day, func.sum(_QUEUE.count))
        .join(units, units.c.id == _QUEUE.unor_id)
        .group_by(group, _QUEUE.desk, _QUEUE.day)
    )
    by_line: dict[int, list[tuple[WaitingOffice, date, int]]] = {}
    for line, desk, day, count in rows:
        by_line.setdefault(line, []).append((WaitingOffice(desk), day, int(count)))
    return {line: _backlog(found) for line, found in by_line.items()}


def _backlog(rows: list[tuple[WaitingOffice, date, int]]) -> Backlog:
    now = today()
    desks = Counter(dict.fromkeys(WaitingOffice, 0))
    days: Counter[int] = Counter()
    for desk, day, count in rows:
        desks[desk] += count
        days[max(0, (now - day) // timedelta(days=1))] += count
    total = desks.total()
    if not total:
        return Backlog(offices=tuple((desk, 0) for desk in WaitingOffice))
    ages = [0] * (len(AGES) + 1)
    for age, count in days.items():
        ages[sum(age > end for end in AGES)] += count
    return Backlog(
        total, tuple((desk, desks[desk]) for desk in WaitingOffice), tuple(ages), max(days), _median(days, total)
    )


def _median(days: Counter[int], total: int) -> int:
    seen = 0
    for age in sorted(days, reverse=True):
        seen += days[age]
        if 2 * seen >= total:
            return age
    return 0
