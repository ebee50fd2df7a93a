"""Keeping the counts (decision 0011): steps that triggers wrote are gathered into sums; the sums can be made anew and checked.

A step names the unit of the people themselves. It is added to that unit, to every unit above it and to the country, so that a page
reads one row a unit however many people there are below.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeVar

from sqlalchemy import case, delete, func, true
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Instansi, Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import bulk, jobs
from mysapk_web.platform.database import Database
from mysapk_web.progress import backlog, pdm_aggregates
from mysapk_web.progress.rollups import (
    ROWS,
    Key,
    add_to_sums,
    as_row,
    day_of,
    paths_of,
    record_day,
    roll_up,
    today,
    write_days,
)
from mysapk_web.progress.rules import COUNTRY, DAILY, GROUP_MEASURES, PDM, Measure
from mysapk_web.progress.tables import Headcount, HeadcountDay, HeadcountDelta

__all__ = [
    "HeadcountDifference",
    "fold_deltas",
    "has_deltas",
    "rebuild",
    "rebuild_in",
    "today",
    "verify",
    "write_history",
]

T = TypeVar("T")

BATCH: Final = 4_000
"""Steps gathered in one transaction."""


@dataclass(frozen=True, slots=True)
class HeadcountDifference:
    """A count that isn't what a recount gives.

    Attributes:
        kept: What is kept, with the steps still to be gathered.
    """

    unor_id: int
    jenis: JenisPegawai
    measure: Measure
    stored: int
    recounted: int


_OF_PDM: Final = frozenset((*PDM, *GROUP_MEASURES.values()))

_STEP: tuple[Any, ...] = (
    HeadcountDelta.id,
    HeadcountDelta.unor_id,
    HeadcountDelta.jenis,
    HeadcountDelta.measure,
    HeadcountDelta.step,
)


# Gathering ---------------------------------------------------------------------------------------


def has_deltas(session: Session) -> bool:
    """Whether `gather` would do something; reads only, so that an idle server leaves the write lock alone."""
    steps = session.exec(select(HeadcountDelta.id).limit(1)).first() is not None
    return steps or pdm_aggregates.has_changes(session) or backlog.has_deltas(session)


def fold_deltas(session: Session) -> int:
    """Add one batch of steps to the sums, and to the day.

    Returns:
        Steps gathered; zero when there are none.
    """
    jobs.acquire_job_lock(session, jobs.COUNTS)
    return _gather_steps(session) + pdm_aggregates.fold_changes(session) + backlog.fold_deltas(session)


def _gather_steps(session: Session) -> int:
    rows = session.execute(sql_select(*_STEP).order_by(col(HeadcountDelta.id)).limit(BATCH)).all()
    if not rows:
        return 0
    own: Counter[Key] = Counter()
    for _, unor_id, jenis, measure, step in rows:
        own[unor_id, jenis, measure] += step
    changed = {key: step for key, step in roll_up(own, paths_of(session, {key[0] for key in own})).items() if step}
    add_to_sums(session, changed)
    record_day(session, changed)
    _delete_steps(session, [row[0] for row in rows])
    return len(rows)


def _delete_steps(session: Session, ids: list[int | None]) -> None:
    """Exactly those: a transaction may still bring one with a lower number."""
    session.execute(
        delete(HeadcountDelta).where(col(HeadcountDelta.id).in_(ids)), execution_options={"synchronize_session": False}
    )


# Recounting --------------------------------------------------------------------------------------


def recount(session: Session) -> Counter[Key]:
    """What the counts of all units are by the people themselves, units above and the country included."""
    found: Counter[Key] = Counter()
    for instansi_id in _agencies(session):
        found.update(_recount_of(session, instansi_id))
    return +found


def _agencies(session: Session) -> list[int]:
    return [id_ for id_ in session.exec(select(Instansi.id).order_by(col(Instansi.id))) if id_ is not None]


def _recount_of(session: Session, instansi_id: int, *, renew: bool = False) -> Counter[Key]:
    """The counts of one agency: what is held in memory stays as small as the largest of them."""
    own: Counter[Key] = Counter()
    here = col(Pegawai.unor_id).in_(select(Unor.id).where(Unor.instansi_id == instansi_id))
    people = session.execute(
        select(Pegawai.unor_id, Pegawai.jenis, func.count(), _number_of(col(Pegawai.email_key).is_(None)))
        .where(here)
        .group_by(col(Pegawai.unor_id), col(Pegawai.jenis))
    )
    for unor_id, jenis, count, no_email in people:
        own[unor_id, jenis, Measure.PEOPLE] = count
        own[unor_id, jenis, Measure.NO_EMAIL] = no_email
    accounts = session.execute(
        select(
            Pegawai.unor_id, Pegawai.jenis, func.count(col(Account.activated_at)), func.count(col(Account.disabled_at))
        )
        .join(Account, col(Account.pegawai_id) == Pegawai.id)
        .where(here)
        .group_by(col(Pegawai.unor_id), col(Pegawai.jenis))
    )
    for unor_id, jenis, active, disabled in accounts:
        own[unor_id, jenis, Measure.ACTIVE] = active
        own[unor_id, jenis, Measure.DISABLED] = disabled
    own.update(pdm_aggregates.recount(session, instansi_id, renew=renew))
    return +roll_up(own, paths_of(session, {key[0] for key in own}))


def _number_of(condition: Any) -> Any:
    return func.count(case((condition, 1)))


def stored_counts(session: Session) -> Counter[Key]:
    """What is kept, with the steps still to be gathered."""
    found = _sums(session, true())
    own = _pending(session)
    for key, step in roll_up(own, paths_of(session, {key[0] for key in own})).items():
        found[key] += step
    return found


def _sums(session: Session, here: Any) -> Counter[Key]:
    sums = session.execute(select(Headcount.unor_id, Headcount.jenis, Headcount.measure, Headcount.count).where(here))
    return Counter({(unor_id, jenis, measure): count for unor_id, jenis, measure, count in sums})


def _pending(session: Session) -> Counter[Key]:
    """What is still to be gathered, for the units themselves."""
    waiting = session.execute(
        select(
            HeadcountDelta.unor_id, HeadcountDelta.jenis, HeadcountDelta.measure, func.sum(HeadcountDelta.step)
        ).group_by(col(HeadcountDelta.unor_id), col(HeadcountDelta.jenis), col(HeadcountDelta.measure))
    )
    own = Counter({(unor_id, jenis, measure): int(step) for unor_id, jenis, measure, step in waiting})
    own.update(pdm_aggregates.pending_counts(session))
    return own


def verify(database: Database) -> list[HeadcountDifference]:
    """Compare what is kept with a recount, at one moment."""
    with database.snapshot() as session:
        return _differences(session)


def _differences(session: Session) -> list[HeadcountDifference]:
    """One agency after the other: what is held in memory stays as small as the largest of them."""
    pending, touched = _pending(session), pdm_aggregates.pending_counts(session)
    homes = _homes(session, {key[0] for key in pending})
    country = [_sums(session, col(Headcount.unor_id) == COUNTRY), Counter[Key](), Counter[Key]()]
    differing: list[HeadcountDifference] = []
    for instansi_id in _agencies(session):
        units = select(Unor.id).where(Unor.instansi_id == instansi_id)

        def mine(own: Counter[Key], instansi_id: int = instansi_id) -> Counter[Key]:
            some = Counter({key: step for key, step in own.items() if homes.get(key[0]) == instansi_id})
            return roll_up(some, paths_of(session, {key[0] for key in some}))

        noted = pdm_aggregates.counts_of_rows(session, units)
        have = _sums(session, col(Headcount.unor_id).in_(units))
        have.update(mine(pending))
        rows = roll_up(noted, paths_of(session, {key[0] for key in noted}))
        rows.update(mine(touched))
        parts = (have, _recount_of(session, instansi_id), rows)
        for whole, part in zip(country, parts, strict=True):
            whole.update({key: part[key] for key in part if key[0] == COUNTRY})
        differing += _compare(*({k: v for k, v in part.items() if k[0] != COUNTRY} for part in parts))
    nowhere = (col(Headcount.unor_id) != COUNTRY) & col(Headcount.unor_id).not_in(select(Unor.id))
    differing += _compare(*country) + _compare(_sums(session, nowhere), {}, {})
    return sorted(differing, key=lambda row: (row.unor_id, row.jenis, row.measure))


def _homes(session: Session, ids: set[int]) -> dict[int, int]:
    rows = session.execute(select(Unor.id, Unor.instansi_id).where(bulk.one_of(session, col(Unor.id), sorted(ids))))
    return {id_: instansi_id for id_, instansi_id in rows if id_ is not None}


def _compare(have: Mapping[Key, int], found: Mapping[Key, int], rows: Mapping[Key, int]) -> list[HeadcountDifference]:
    """Sums of the PDM are kept right only as long as they are those of the rows that are subtracted from them."""
    differing = []
    for key in {*have, *found, *rows}:
        kept_, counted = have.get(key, 0), found.get(key, 0)
        noted = rows.get(key, 0) if key[2] in _OF_PDM else counted
        if not kept_ == counted == noted:
            differing.append(HeadcountDifference(*key, stored=kept_ if kept_ != counted else noted, recounted=counted))
    return differing


def rebuild(database: Database) -> int:
    """Make the counts anew from the people; nobody gathers meanwhile, everybody else goes on."""
    if database.is_sqlite:
        with database.begin() as session:
            return rebuild_in(session)
    with database.begin() as holder:
        jobs.acquire_job_lock(holder, jobs.COUNTS)
        made = _at_one_moment(database, _write_recount)
        jobs.save_job_state(holder, jobs.COUNTS, asked=False)
    return made


def rebuild_in(session: Session) -> int:
    """Make the counts anew in a transaction beside which nobody writes.

    Args:
        session: On SQLite any; on PostgreSQL one that fills an empty database.
    """
    jobs.acquire_job_lock(session, jobs.COUNTS)
    made = _write_recount(session)
    jobs.save_job_state(session, jobs.COUNTS, asked=False)
    return made


def _write_recount(session: Session) -> int:
    """Steps that come in meanwhile are not seen here, neither by the recount nor by the removal, and stay."""
    pdm_aggregates.reset(session)
    backlog.rebuild(session)
    day = today()
    for old in (delete(Headcount), delete(HeadcountDelta), delete(HeadcountDay).where(col(HeadcountDay.day) == day)):
        session.execute(old, execution_options={"synchronize_session": False})
    country: Counter[Key] = Counter()
    made = 0
    for instansi_id in _agencies(session):
        found = _recount_of(session, instansi_id, renew=True)
        here = {key: count for key, count in found.items() if key[0] != COUNTRY}
        country.update({key: count for key, count in found.items() if key[0] == COUNTRY})
        made += _put_sums(session, here, day)
    return made + _put_sums(session, country, day)


def _put_sums(session: Session, found: Mapping[Key, int], day: date) -> int:
    """Write sums where there are none, and the day's."""
    rows = [{**as_row(key), "count": count} for key, count in found.items()]
    bulk.insert_many(session, Headcount, rows)
    bulk.insert_many(session, HeadcountDay, [{**row, "day": day} for row in rows if row["measure"] in DAILY])
    return len(rows)


def write_history(session: Session) -> None:
    """Write the days before today anew, as far as the moments of activation tell: with today's people and their units."""
    own: dict[date, Counter[Key]] = {}
    activated = session.execute(
        select(Account.activated_at, Pegawai.unor_id, Pegawai.jenis)
        .join(Pegawai, col(Pegawai.id) == Account.pegawai_id)
        .where(col(Account.activated_at).is_not(None))
        .execution_options(yield_per=ROWS)
    )
    for at, unor_id, jenis in activated:
        if at is not None:
            own.setdefault(day_of(at), Counter())[unor_id, jenis, Measure.ACTIVE] += 1
    if not own:
        return
    first = select(Headcount.unor_id, Headcount.jenis, Headcount.measure, Headcount.count)
    people = session.execute(first.where(Headcount.measure == Measure.PEOPLE)).all()
    write_days(session, ((key, min(own), count) for *key, count in people))
    paths = paths_of(session, {key[0] for counts in own.values() for key in counts})
    so_far: Counter[Key] = Counter()
    for day in sorted(own):
        step = roll_up(own[day], paths)
        so_far += step
        write_days(session, ((key, day, so_far[key]) for key in step))


def _at_one_moment(database: Database, act: Callable[[Session], T]) -> T:
    """Run something in a transaction that sees a single moment."""
    with database.begin() as session:
        if not database.is_sqlite:
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        return act(session)
