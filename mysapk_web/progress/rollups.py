"""What all counts share: a change of a unit is one of every unit above it and of the country, added in few statements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, Final

from sqlmodel import Session, col, select

from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.tables.agency import Unor
from mysapk_web.platform import clock
from mysapk_web.platform.rules.timezones import Zone
from mysapk_web.platform.upsert import insert
from mysapk_web.progress.rules import COUNTRY, DAILY, Measure
from mysapk_web.progress.tables import Headcount, HeadcountDay

Key = tuple[int, JenisPegawai, Measure]

ROWS: Final = 5_000
"""Rows of one statement."""


def today() -> date:
    """The day that a count of now belongs to, in WIB."""
    return day_of(clock.now())


def day_of(at: datetime) -> date:
    """The day of a moment, in WIB."""
    return at.astimezone(Zone.WIB.info).date()


def paths_of(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """The ways of units down from their roots."""
    wanted, found = sorted(ids), {}
    for start in range(0, len(wanted), ROWS):
        part = wanted[start : start + ROWS]
        found.update(dict(session.execute(select(Unor.id, Unor.path).where(col(Unor.id).in_(part))).all()))
    return {id_: path for id_, path in found.items() if id_ is not None}


def roll_up(own: Counter[Key], ways: dict[int, str]) -> Counter[Key]:
    """What the counts of the units themselves mean for the units above them and for the country."""
    above = {id_: ancestors(id_, ways.get(id_, "")) for id_ in {key[0] for key in own}}
    found: Counter[Key] = Counter()
    for (unor_id, jenis, measure), count in own.items():
        for id_ in above[unor_id]:
            found[id_, jenis, measure] += count
    return found


def ancestors(unor_id: int, path: str) -> frozenset[int]:
    """A unit, all above it, and the country."""
    return frozenset({COUNTRY, unor_id, *(int(part) for part in path.split("/") if part)})


def add_to_sums(session: Session, changed: dict[Key, int]) -> None:
    """Add to the sums."""
    statement = insert(session, Headcount)
    statement = statement.on_conflict_do_update(
        index_elements=["unor_id", "jenis", "measure"], set_={"count": Headcount.count + statement.excluded.count}
    )
    execute_chunked(session, statement, ({**as_row(key), "count": step} for key, step in changed.items()))


def record_day(session: Session, changed: dict[Key, int]) -> None:
    """Write down for today what the changed sums are now."""
    day, units = today(), sorted({key[0] for key in changed if key[2] in DAILY})
    for start in range(0, len(units), ROWS):
        now = session.execute(
            select(Headcount.unor_id, Headcount.jenis, Headcount.measure, Headcount.count).where(
                col(Headcount.unor_id).in_(units[start : start + ROWS]), col(Headcount.measure).in_(DAILY)
            )
        )
        write_days(session, ((key, day, count) for *key, count in now))


def write_days(session: Session, rows: Iterable[tuple[Iterable[Any], date, int]]) -> None:
    """Write what counts were at the end of days."""
    statement = insert(session, HeadcountDay)
    statement = statement.on_conflict_do_update(
        index_elements=["unor_id", "day", "jenis", "measure"], set_={"count": statement.excluded.count}
    )
    execute_chunked(session, statement, ({**as_row(key), "day": day, "count": count} for key, day, count in rows))


def as_row(key: Iterable[Any]) -> dict[str, Any]:
    """A key as columns."""
    return dict(zip(("unor_id", "jenis", "measure"), key, strict=True))


def execute_chunked(session: Session, statement: Any, rows: Iterable[dict[str, Any]]) -> None:
    """Run a statement for many rows."""
    for some in chunked(rows):
        session.execute(statement, some)


def chunked(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Rows in parts of `ROWS`."""
    part: list[dict[str, Any]] = []
    for row in rows:
        part.append(row)
        if len(part) == ROWS:
            yield part
            part = []
    if part:
        yield part
