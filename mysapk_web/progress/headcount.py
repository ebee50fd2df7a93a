"""Counts of people by unit (decision 0011): deltas that triggers wrote are folded into sums; a recount can replace or verify them.

A page reads one row per unit, however many people there are below it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final, TypeVar

from sqlalchemy import case, delete, func
from sqlmodel import Session, col, select

from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Instansi, Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import bulk, jobs
from mysapk_web.platform.database import Database
from mysapk_web.progress import backlog, pdm_aggregates
from mysapk_web.progress.rollups import (
    BACKLOG,
    HEADCOUNTS,
    NO_SYNC,
    ROWS,
    CountDifference,
    Key,
    day_of,
    record_day,
    roll_up,
    today,
    write_days,
)
from mysapk_web.progress.rules import COUNTRY, DAILY, GROUP_MEASURES, PDM, Measure
from mysapk_web.progress.tables import Headcount, HeadcountDay, HeadcountDelta

T = TypeVar("T")

_OF_PDM: Final = frozenset((*PDM, *GROUP_MEASURES.values()))


# Folding -----------------------------------------------------------------------------------------


def has_deltas(session: Session) -> bool:
    """Whether `fold_deltas` would do something; reads only, so that an idle server leaves the write lock alone."""
    return HEADCOUNTS.has_deltas(session) or pdm_aggregates.has_changes(session) or BACKLOG.has_deltas(session)


def fold_deltas(session: Session) -> int:
    """Add one batch of deltas to the sums, and to the day; 0 when there are none."""
    jobs.acquire_job_lock(session, jobs.COUNTS)
    folded, changed = HEADCOUNTS.fold(session)
    record_day(session, changed)
    return folded + pdm_aggregates.fold_changes(session) + backlog.fold_deltas(session)


# Recounting --------------------------------------------------------------------------------------


def recount(session: Session) -> Counter[Key]:
    """Count the people themselves, in a transaction that sees a single moment."""
    found: Counter[Key] = Counter()
    for instansi_id in _agencies(session):
        found.update(_recount_of(session, instansi_id))
    return +found


def _agencies(session: Session) -> list[int]:
    return [id_ for id_ in session.exec(select(Instansi.id).order_by(col(Instansi.id))) if id_ is not None]


def _recount_of(session: Session, instansi_id: int, *, renew: bool = False) -> Counter[Key]:
    """The counts of one agency: memory stays as small as the largest of them."""
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
    return +roll_up(session, own)


def _number_of(condition: Any) -> Any:
    return func.count(case((condition, 1)))


def _pending(session: Session) -> Counter[Key]:
    own = HEADCOUNTS.pending(session)
    own.update(pdm_aggregates.pending_counts(session))
    return own


def verify(database: Database) -> list[CountDifference[JenisPegawai, Measure]]:
    """Compare the sums with a recount, at one moment."""
    with database.snapshot() as session:
        return _differences(session)


def _differences(session: Session) -> list[CountDifference[JenisPegawai, Measure]]:
    """One agency after the other: memory stays as small as the largest of them."""
    pending, changed = _pending(session), pdm_aggregates.pending_counts(session)
    agency_of = _agency_of(session, {key[0] for key in pending})
    country = [HEADCOUNTS.stored(session, col(Headcount.unor_id) == COUNTRY), Counter[Key](), Counter[Key]()]
    differing: list[CountDifference[JenisPegawai, Measure]] = []
    for instansi_id in _agencies(session):
        units = select(Unor.id).where(Unor.instansi_id == instansi_id)

        def of_agency(own: Counter[Key], instansi_id: int = instansi_id) -> Counter[Key]:
            some = Counter({key: delta for key, delta in own.items() if agency_of.get(key[0]) == instansi_id})
            return roll_up(session, some)

        have = HEADCOUNTS.stored(session, col(Headcount.unor_id).in_(units))
        have.update(of_agency(pending))
        rows = roll_up(session, pdm_aggregates.counts_of_rows(session, units))
        rows.update(of_agency(changed))
        parts = (have, _recount_of(session, instansi_id), rows)
        for whole, part in zip(country, parts, strict=True):
            whole.update({key: part[key] for key in part if key[0] == COUNTRY})
        differing += _compare(*({k: v for k, v in part.items() if k[0] != COUNTRY} for part in parts))
    nowhere = (col(Headcount.unor_id) != COUNTRY) & col(Headcount.unor_id).not_in(select(Unor.id))
    differing += _compare(*country) + _compare(HEADCOUNTS.stored(session, nowhere), {}, {})
    return sorted(differing, key=lambda row: row.key)


def _agency_of(session: Session, ids: set[int]) -> dict[int, int]:
    rows = session.execute(select(Unor.id, Unor.instansi_id).where(bulk.one_of(session, col(Unor.id), sorted(ids))))
    return {id_: instansi_id for id_, instansi_id in rows if id_ is not None}


def _compare(
    have: Mapping[Key, int], found: Mapping[Key, int], rows: Mapping[Key, int]
) -> list[CountDifference[JenisPegawai, Measure]]:
    """Sums of the PDM stay right only as long as they are those of the rows that are subtracted from them."""
    differing = []
    for key in {*have, *found, *rows}:
        stored, counted = have.get(key, 0), found.get(key, 0)
        of_rows = rows.get(key, 0) if key[2] in _OF_PDM else counted
        if not stored == counted == of_rows:
            differing.append(CountDifference(key, stored if stored != counted else of_rows, counted))
    return differing


def rebuild(database: Database) -> int:
    """Replace the counts by a recount and give how many there are; nobody folds meanwhile, everybody else goes on."""
    if database.is_sqlite:
        with database.begin() as session:
            return rebuild_in(session)
    with database.begin() as holder:
        jobs.acquire_job_lock(holder, jobs.COUNTS)
        made = _at_one_moment(database, _write_recount)
        jobs.save_job_state(holder, jobs.COUNTS, asked=False)
    return made


def rebuild_in(session: Session) -> int:
    """Replace the counts in a transaction without concurrent writers: any on SQLite, else one that fills an empty database."""
    jobs.acquire_job_lock(session, jobs.COUNTS)
    made = _write_recount(session)
    jobs.save_job_state(session, jobs.COUNTS, asked=False)
    return made


def _write_recount(session: Session) -> int:
    """Deltas that come in meanwhile are seen neither by the recount nor by the removal, and stay."""
    pdm_aggregates.reset(session)
    backlog.rebuild(session)
    day = today()
    for old in (delete(Headcount), delete(HeadcountDelta), delete(HeadcountDay).where(col(HeadcountDay.day) == day)):
        session.execute(old, execution_options=NO_SYNC)
    country: Counter[Key] = Counter()
    made = 0
    for instansi_id in _agencies(session):
        found = _recount_of(session, instansi_id, renew=True)
        here = {key: count for key, count in found.items() if key[0] != COUNTRY}
        country.update({key: count for key, count in found.items() if key[0] == COUNTRY})
        made += _insert_sums(session, here, day)
    return made + _insert_sums(session, country, day)


def _insert_sums(session: Session, found: Mapping[Key, int], day: date) -> int:
    HEADCOUNTS.insert_all(session, found)
    daily = [{**HEADCOUNTS.row(key, count), "day": day} for key, count in found.items() if key[2] in DAILY]
    bulk.insert_many(session, HeadcountDay, daily)
    return len(found)


def write_history(session: Session) -> None:
    """Rewrite the days before today from the moments of activation, with today's people and units; the counts are up to date."""
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
    people = HEADCOUNTS.stored(session, col(Headcount.measure) == Measure.PEOPLE)
    write_days(session, ((key, min(own), count) for key, count in people.items()))
    so_far: Counter[Key] = Counter()
    for day in sorted(own):
        step = roll_up(session, own[day])
        so_far += step
        write_days(session, ((key, day, so_far[key]) for key in step))


def _at_one_moment(database: Database, act: Callable[[Session], T]) -> T:
    with database.begin() as session:
        if not database.is_sqlite:
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        return act(session)
