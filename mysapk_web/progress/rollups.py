"""Sums by unit: a change in a unit is added to that unit, to every unit above it and to the country (decision 0011)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Generic, NamedTuple, TypeVar

from sqlalchemy import delete, func, true
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.tables.agency import Unor
from mysapk_web.platform import bulk, clock
from mysapk_web.platform.rules.timezones import Zone
from mysapk_web.platform.upsert import insert
from mysapk_web.progress.rules import COUNTRY, DAILY, Measure, WaitingOffice
from mysapk_web.progress.tables import BacklogCount, BacklogDelta, Headcount, HeadcountDay, HeadcountDelta

A = TypeVar("A")
B = TypeVar("B")

BATCH: Final = 4_000
"""Deltas folded in one transaction."""
ROWS: Final = 5_000
"""Rows of one statement."""
NO_SYNC: Final = {"synchronize_session": False}


class CountDifference(NamedTuple, Generic[A, B]):
    """A sum that a recount does not confirm; `stored` includes the deltas that are not folded yet."""

    key: tuple[int, A, B]
    stored: int
    recounted: int


@dataclass(frozen=True, slots=True)
class SumTable(Generic[A, B]):
    """A table of sums by unit and two more keys, and the deltas that triggers write for it."""

    sums: Any
    deltas: Any
    keys: tuple[str, str]

    def _columns(self, table: Any) -> tuple[Any, ...]:
        return (table.unor_id, *(getattr(table, key) for key in self.keys))

    def row(self, key: Iterable[Any], count: int) -> dict[str, Any]:
        """A sum as a row to insert."""
        return {**dict(zip(("unor_id", *self.keys), key, strict=True)), "count": count}

    def has_deltas(self, session: Session) -> bool:
        """Reads only, so that an idle server leaves the write lock alone."""
        return session.execute(sql_select(self.deltas.id).limit(1)).first() is not None

    def fold(self, session: Session) -> tuple[int, dict[tuple[int, A, B], int]]:
        """Add one batch of deltas to the sums, in a transaction that holds the counts; how many, and what changed."""
        columns = (self.deltas.id, *self._columns(self.deltas), self.deltas.delta)
        rows = session.execute(sql_select(*columns).order_by(self.deltas.id).limit(BATCH)).all()
        if not rows:
            return 0, {}
        own: Counter[tuple[int, A, B]] = Counter()
        for _, unor_id, first, second, delta in rows:
            own[unor_id, first, second] += delta
        changed = {key: delta for key, delta in roll_up(session, own).items() if delta}
        self.add(session, changed)
        # Exactly those: another transaction may still commit one with a lower id.
        folded = bulk.one_of(session, self.deltas.id, [row[0] for row in rows])
        session.execute(delete(self.deltas).where(folded), execution_options=NO_SYNC)
        return len(rows), changed

    def add(self, session: Session, changed: Mapping[tuple[int, A, B], int]) -> None:
        """Add to the sums."""
        statement = insert(session, self.sums)
        statement = statement.on_conflict_do_update(
            index_elements=list(self.sums.__table__.primary_key),
            set_={"count": self.sums.count + statement.excluded.count},
        )
        execute_chunked(session, statement, (self.row(key, delta) for key, delta in changed.items()))

    def stored(self, session: Session, where: Any = None) -> Counter[tuple[int, A, B]]:
        """The sums as they are, without deltas."""
        found = sql_select(*self._columns(self.sums), self.sums.count).where(true() if where is None else where)
        return Counter({(unor_id, first, second): count for unor_id, first, second, count in session.execute(found)})

    def pending(self, session: Session) -> Counter[tuple[int, A, B]]:
        """The deltas that are not folded yet, by the units themselves."""
        columns = self._columns(self.deltas)
        found = sql_select(*columns, func.sum(self.deltas.delta)).group_by(*columns)
        return Counter({(unor_id, first, second): int(n) for unor_id, first, second, n in session.execute(found)})

    def insert_all(self, session: Session, counts: Mapping[tuple[int, A, B], int]) -> None:
        """Write sums where there are none."""
        bulk.insert_many(session, self.sums, [self.row(key, count) for key, count in counts.items()])


Key = tuple[int, JenisPegawai, Measure]
HEADCOUNTS: Final[SumTable[JenisPegawai, Measure]] = SumTable(Headcount, HeadcountDelta, ("jenis", "measure"))
BACKLOG: Final[SumTable[WaitingOffice, date]] = SumTable(BacklogCount, BacklogDelta, ("office", "day"))


def today() -> date:
    """The day that a count of now belongs to, in WIB."""
    return day_of(clock.now())


def day_of(at: datetime) -> date:
    """The day of a moment, in WIB."""
    return at.astimezone(Zone.WIB.info).date()


def roll_up(session: Session, own: Counter[tuple[int, A, B]]) -> Counter[tuple[int, A, B]]:
    """Counts of the units themselves, added to the units above them and to the country."""
    ids = {key[0] for key in own}
    paths = _paths_of(session, ids)
    # A unit that is gone has no path and counts for itself and the country.
    above = {id_: {COUNTRY, id_, *(int(part) for part in paths.get(id_, "").split("/") if part)} for id_ in ids}
    found: Counter[tuple[int, A, B]] = Counter()
    for (unor_id, first, second), count in own.items():
        for id_ in above[unor_id]:
            found[id_, first, second] += count
    return found


def _paths_of(session: Session, ids: Iterable[int]) -> dict[int, str]:
    wanted, found = sorted(ids), {}
    for start in range(0, len(wanted), ROWS):
        part = wanted[start : start + ROWS]
        found.update(dict(session.execute(select(Unor.id, Unor.path).where(col(Unor.id).in_(part))).all()))
    return {id_: path for id_, path in found.items() if id_ is not None}


def record_day(session: Session, changed: Mapping[Key, int]) -> None:
    """Record for today what the changed sums are now."""
    day, units = today(), sorted({key[0] for key in changed if key[2] in DAILY})
    for start in range(0, len(units), ROWS):
        now = session.execute(
            select(Headcount.unor_id, Headcount.jenis, Headcount.measure, Headcount.count).where(
                col(Headcount.unor_id).in_(units[start : start + ROWS]), col(Headcount.measure).in_(DAILY)
            )
        )
        write_days(session, ((key, day, count) for *key, count in now))


def write_days(session: Session, rows: Iterable[tuple[Iterable[Any], date, int]]) -> None:
    """Write counts at the end of days: key, day, count."""
    statement = insert(session, HeadcountDay)
    statement = statement.on_conflict_do_update(
        index_elements=["unor_id", "day", "jenis", "measure"], set_={"count": statement.excluded.count}
    )
    execute_chunked(session, statement, ({**HEADCOUNTS.row(key, count), "day": day} for key, day, count in rows))


def execute_chunked(session: Session, statement: Any, rows: Iterable[dict[str, Any]]) -> None:
    """Run a statement for many rows."""
    for some in _chunked(rows):
        session.execute(statement, some)


def _chunked(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    part: list[dict[str, Any]] = []
    for row in rows:
        part.append(row)
        if len(part) == ROWS:
            yield part
            part = []
    if part:
        yield part
