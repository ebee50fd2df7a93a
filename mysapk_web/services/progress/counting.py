"""Keeping the counts (decision 0011): steps that triggers wrote are gathered into sums; the sums can be made anew and checked.

A step names the unit of the people themselves. It is added to that unit, to every unit above it and to the country, so that a page
reads one row a unit however many people there are below.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, TypeVar

from sqlalchemy import case, delete, func
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from mysapk_web.domain.pegawai import JenisPegawai
from mysapk_web.domain.period import ZONES
from mysapk_web.domain.progress import COUNTRY, DAILY, Measure
from mysapk_web.models import Account, Database, Headcount, HeadcountDay, HeadcountStep, Pegawai, Unor
from mysapk_web.models.upsert import insert
from mysapk_web.services import clock, jobs

Key = tuple[int, JenisPegawai, Measure]
T = TypeVar("T")

BATCH: Final = 4_000
"""Steps gathered in one transaction."""
_ROWS: Final = 5_000
"""Rows of one statement."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A count that isn't what a recount gives.

    Attributes:
        kept: What is kept, with the steps still to be gathered.
        found: What the recount gives.
    """

    unor_id: int
    jenis: JenisPegawai
    measure: Measure
    kept: int
    found: int


def today() -> date:
    """The day that a count of now belongs to, in WIB."""
    return _day(clock.now())


def _day(at: datetime) -> date:
    return at.astimezone(ZONES["WIB"]).date()


_STEP: tuple[Any, ...] = (
    HeadcountStep.id,
    HeadcountStep.unor_id,
    HeadcountStep.jenis,
    HeadcountStep.measure,
    HeadcountStep.step,
)


# Gathering ---------------------------------------------------------------------------------------


def anything_to_gather(session: Session) -> bool:
    """Whether `gather` would do something; reads only, so that an idle server leaves the write lock alone.

    Args:
        session: A read-only transaction.
    """
    return session.exec(select(HeadcountStep.id).limit(1)).first() is not None


def gather(session: Session) -> int:
    """Add one batch of steps to the sums, and to the day.

    Args:
        session: A transaction of its own.

    Returns:
        Steps gathered; zero when there are none.
    """
    jobs.hold(session, jobs.COUNTS)
    rows = session.execute(sql_select(*_STEP).order_by(col(HeadcountStep.id)).limit(BATCH)).all()
    if not rows:
        return 0
    own: Counter[Key] = Counter()
    for _, unor_id, jenis, measure, step in rows:
        own[unor_id, jenis, measure] += step
    changed = {key: step for key, step in _rolled(own, _paths(session, {key[0] for key in own})).items() if step}
    _add(session, changed)
    _note_day(session, changed)
    _delete_steps(session, [row[0] for row in rows])
    return len(rows)


def _paths(session: Session, ids: Iterable[int]) -> dict[int, str]:
    wanted, found = sorted(ids), {}
    for start in range(0, len(wanted), _ROWS):
        part = wanted[start : start + _ROWS]
        found.update(dict(session.execute(select(Unor.id, Unor.jalur).where(col(Unor.id).in_(part))).all()))
    return {id_: path for id_, path in found.items() if id_ is not None}


def _rolled(own: Counter[Key], paths: dict[int, str]) -> Counter[Key]:
    """What the counts of the units themselves mean for the units above them and for the country."""
    above = {id_: _chain(id_, paths.get(id_, "")) for id_ in {key[0] for key in own}}
    rolled: Counter[Key] = Counter()
    for (unor_id, jenis, measure), count in own.items():
        for id_ in above[unor_id]:
            rolled[id_, jenis, measure] += count
    return rolled


def _chain(unor_id: int, path: str) -> frozenset[int]:
    return frozenset({COUNTRY, unor_id, *(int(part) for part in path.split("/") if part)})


def _add(session: Session, changed: dict[Key, int]) -> None:
    statement = insert(session, Headcount)
    statement = statement.on_conflict_do_update(
        index_elements=["unor_id", "jenis", "measure"], set_={"count": Headcount.count + statement.excluded.count}
    )
    _execute(session, statement, ({**_named(key), "count": step} for key, step in changed.items()))


def _note_day(session: Session, changed: dict[Key, int]) -> None:
    """Write down what the changed sums are now."""
    day, units = today(), sorted({key[0] for key in changed if key[2] in DAILY})
    for start in range(0, len(units), _ROWS):
        now = session.execute(
            select(Headcount.unor_id, Headcount.jenis, Headcount.measure, Headcount.count).where(
                col(Headcount.unor_id).in_(units[start : start + _ROWS]), col(Headcount.measure).in_(DAILY)
            )
        )
        _put_days(session, ((key, day, count) for *key, count in now))


def _put_days(session: Session, rows: Iterable[tuple[Iterable[Any], date, int]]) -> None:
    statement = insert(session, HeadcountDay)
    statement = statement.on_conflict_do_update(
        index_elements=["unor_id", "day", "jenis", "measure"], set_={"count": statement.excluded.count}
    )
    _execute(session, statement, ({**_named(key), "day": day, "count": count} for key, day, count in rows))


def _named(key: Iterable[Any]) -> dict[str, Any]:
    return dict(zip(("unor_id", "jenis", "measure"), key, strict=True))


def _execute(session: Session, statement: Any, rows: Iterable[dict[str, Any]]) -> None:
    for part in _parts(rows):
        session.execute(statement, part)


def _parts(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    part: list[dict[str, Any]] = []
    for row in rows:
        part.append(row)
        if len(part) == _ROWS:
            yield part
            part = []
    if part:
        yield part


def _delete_steps(session: Session, ids: list[int | None]) -> None:
    """Exactly those: a transaction may still bring one with a lower number."""
    session.execute(
        delete(HeadcountStep).where(col(HeadcountStep.id).in_(ids)), execution_options={"synchronize_session": False}
    )


# Recounting --------------------------------------------------------------------------------------


def recount(session: Session) -> Counter[Key]:
    """What the counts of all units are by the people themselves, units above and the country included.

    Args:
        session: Any transaction; one that sees a single moment.
    """
    own: Counter[Key] = Counter()
    people = session.execute(
        select(Pegawai.unor_id, Pegawai.jenis, func.count(), _number_of(col(Pegawai.email_key).is_(None))).group_by(
            col(Pegawai.unor_id), col(Pegawai.jenis)
        )
    )
    for unor_id, jenis, count, no_email in people:
        own[unor_id, jenis, Measure.PEOPLE] = count
        own[unor_id, jenis, Measure.NO_EMAIL] = no_email
    accounts = session.execute(
        select(
            Pegawai.unor_id, Pegawai.jenis, func.count(col(Account.activated_at)), func.count(col(Account.disabled_at))
        )
        .join(Account, col(Account.pegawai_id) == Pegawai.id)
        .group_by(col(Pegawai.unor_id), col(Pegawai.jenis))
    )
    for unor_id, jenis, active, disabled in accounts:
        own[unor_id, jenis, Measure.ACTIVE] = active
        own[unor_id, jenis, Measure.DISABLED] = disabled
    return +_rolled(own, _paths(session, {key[0] for key in own}))


def _number_of(condition: Any) -> Any:
    return func.count(case((condition, 1)))


def kept(session: Session) -> Counter[Key]:
    """What is kept, with the steps still to be gathered.

    Args:
        session: Any transaction; one that sees a single moment.
    """
    sums = session.execute(select(Headcount.unor_id, Headcount.jenis, Headcount.measure, Headcount.count))
    found: Counter[Key] = Counter({(unor_id, jenis, measure): count for unor_id, jenis, measure, count in sums})
    waiting = session.execute(
        select(
            HeadcountStep.unor_id, HeadcountStep.jenis, HeadcountStep.measure, func.sum(HeadcountStep.step)
        ).group_by(col(HeadcountStep.unor_id), col(HeadcountStep.jenis), col(HeadcountStep.measure))
    )
    own = Counter({(unor_id, jenis, measure): int(step) for unor_id, jenis, measure, step in waiting})
    for key, step in _rolled(own, _paths(session, {key[0] for key in own})).items():
        found[key] += step
    return found


def verify(database: Database) -> list[Difference]:
    """Compare what is kept with a recount, at one moment.

    Args:
        database: Migrated.

    Returns:
        What differs, by unit.
    """
    with database.snapshot() as session:
        return _differences(session)


def _differences(session: Session) -> list[Difference]:
    found, have = recount(session), kept(session)
    return sorted(
        (Difference(*key, kept=have[key], found=found[key]) for key in {*found, *have} if have[key] != found[key]),
        key=lambda row: (row.unor_id, row.jenis, row.measure),
    )


def rebuild(database: Database) -> int:
    """Make the counts anew from the people; nobody gathers meanwhile, everybody else goes on.

    Args:
        database: Migrated.

    Returns:
        Counts kept afterwards.
    """
    if database.is_sqlite:
        with database.begin() as session:
            return rebuild_in(session)
    with database.begin() as holder:
        jobs.hold(holder, jobs.COUNTS)
        made = _at_one_moment(database, _write_recount)
        jobs.write(holder, jobs.COUNTS, asked=False)
    return made


def rebuild_in(session: Session) -> int:
    """Make the counts anew in a transaction beside which nobody writes.

    Args:
        session: On SQLite any; on PostgreSQL one that fills an empty database.

    Returns:
        Counts kept afterwards.
    """
    jobs.hold(session, jobs.COUNTS)
    made = _write_recount(session)
    jobs.write(session, jobs.COUNTS, asked=False)
    return made


def _write_recount(session: Session) -> int:
    """Steps that come in meanwhile are not seen here, neither by the recount nor by the removal, and stay."""
    found = recount(session)
    session.execute(delete(Headcount), execution_options={"synchronize_session": False})
    session.execute(delete(HeadcountStep), execution_options={"synchronize_session": False})
    _execute(session, insert(session, Headcount), ({**_named(key), "count": count} for key, count in found.items()))
    _note_day(session, found)
    return len(found)


def write_history(session: Session) -> None:
    """Write the days before today anew, as far as the moments of activation tell: with today's people and their units.

    Args:
        session: Any transaction; the counts are up to date.
    """
    own: dict[date, Counter[Key]] = {}
    activated = session.execute(
        select(Account.activated_at, Pegawai.unor_id, Pegawai.jenis)
        .join(Pegawai, col(Pegawai.id) == Account.pegawai_id)
        .where(col(Account.activated_at).is_not(None))
        .execution_options(yield_per=_ROWS)
    )
    for at, unor_id, jenis in activated:
        if at is not None:
            own.setdefault(_day(at), Counter())[unor_id, jenis, Measure.ACTIVE] += 1
    if not own:
        return
    first = select(Headcount.unor_id, Headcount.jenis, Headcount.measure, Headcount.count)
    people = session.execute(first.where(Headcount.measure == Measure.PEOPLE)).all()
    _put_days(session, ((key, min(own), count) for *key, count in people))
    paths = _paths(session, {key[0] for counts in own.values() for key in counts})
    so_far: Counter[Key] = Counter()
    for day in sorted(own):
        step = _rolled(own[day], paths)
        so_far += step
        _put_days(session, ((key, day, so_far[key]) for key in step))


def _at_one_moment(database: Database, act: Callable[[Session], T]) -> T:
    """Run something in a transaction that sees a single moment."""
    with database.begin() as session:
        if not database.is_sqlite:
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        return act(session)
