"""Who works on a run: claimed with a lease, so that one that died is gone on with and no two work on one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, case, or_, update
from sqlmodel import Session, col, select

from mysapk_web.platform import clock
from mysapk_web.platform.imports.kind import ImportKind, Kinds, RunEvent
from mysapk_web.platform.imports.rules import BUSY, RunState
from mysapk_web.platform.imports.tables import ImportRun

LEASE: Final = timedelta(seconds=30)
"""Renewed with every chunk, which takes a fraction of a second."""
ATTEMPTS: Final = 3
"""Claims of a step that come no further than an earlier one."""
TRIES: Final = 20
"""Claims of a step in all: whatever comes a chunk further with each death would otherwise die five hundred times."""
STUCK: Final = (
    "Berkas ini tidak dapat diproses. Simpan ulang sebagai CSV, atau bagi menjadi beberapa berkas, lalu unggah lagi."
)


class LeaseLostError(Exception):
    """The run is no longer this worker's; nothing of the chunk may be written."""


def is_work_waiting(session: Session, kinds: Collection[str]) -> bool:
    """Whether a claim would find something."""
    return session.exec(select(ImportRun.id).where(*_free(clock.now(), kinds)).limit(1)).first() is not None


def claim(session: Session, worker: str, kinds: Kinds) -> int | None:
    """Take the oldest run that waits for work; one that has killed its workers time and again is given up, in words for its maker.

    Args:
        kinds: A run of any other kind is left to who knows it.
    """
    now = clock.now()
    oldest = select(ImportRun.id).where(*_free(now, kinds)).order_by(col(ImportRun.id)).limit(1).scalar_subquery()
    claimed = session.execute(
        update(ImportRun)
        .where(col(ImportRun.id) == oldest, *_free(now, kinds))
        .values(
            claimed_by=worker,
            claimed_until=now + LEASE,
            attempts=col(ImportRun.attempts) + 1,
            tries=col(ImportRun.tries) + 1,
        )
        .returning(col(ImportRun.id))
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if claimed is None:
        return None
    run = renew(session, claimed, worker)
    if run.attempts > ATTEMPTS or run.tries > TRIES:
        fail(session, kinds[run.kind], run, STUCK)
        return claim(session, worker, kinds)
    return int(claimed)


def _free(now: datetime, kinds: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    return (
        col(ImportRun.state).in_(BUSY),
        or_(col(ImportRun.claimed_until).is_(None), col(ImportRun.claimed_until) <= now),
        col(ImportRun.kind).in_(kinds),
    )


def renew(session: Session, run_id: int, worker: str) -> ImportRun:
    """The run, locked for the rest of this transaction, with its lease renewed.

    Raises:
        LeaseLostError: It is somebody else's.
    """
    run = session.exec(
        select(ImportRun)
        .where(ImportRun.id == run_id, ImportRun.claimed_by == worker, col(ImportRun.state).in_(BUSY))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if run is None:
        raise LeaseLostError
    run.claimed_until = clock.now() + LEASE
    return run


def note_progress(run: ImportRun, row: int) -> None:
    """Note how many rows this try has got through; only what no earlier try has come to is progress."""
    if row > run.furthest:
        run.furthest, run.attempts = row, 0


def release(session: Session, worker: str, *, stopped: bool = False) -> None:
    """Free at once what a worker that ended still had.

    Args:
        stopped: It was told to end and did not die of the run, so this was no try.
    """
    tried = {"attempts": _one_less(ImportRun.attempts), "tries": _one_less(ImportRun.tries)} if stopped else {}
    session.execute(
        update(ImportRun)
        .where(col(ImportRun.claimed_by) == worker, col(ImportRun.state).in_(BUSY))
        .values(claimed_until=None, claimed_by="", **tried)
        .execution_options(synchronize_session=False)
    )


def _one_less(count: Any) -> ColumnElement[int]:
    return case((count > 0, count - 1), else_=0)


def advance(run: ImportRun, state: RunState) -> None:
    """Take a locked run to its next state; its worker goes on.

    Raises:
        ValueError: A run in its state never becomes that.
    """
    if not run.state.may_become(state):
        raise ValueError(f"a run is never {state.value} after {run.state.value}")
    run.state, run.attempts, run.tries, run.furthest = state, 0, 0, 0


def advance_and_release(run: ImportRun, state: RunState) -> None:
    """Take a locked run to its next state, in which it is nobody's: its worker writes nothing any more."""
    advance(run, state)
    run.claimed_by, run.claimed_until = "", None


def fail(session: Session, kind: ImportKind, run: ImportRun, sentence: str) -> None:
    """Give a locked run up. What was applied stays applied; what was still to be applied is marked first."""
    run.error = sentence[:300]
    session.add(run)
    if run.state is RunState.APPLYING:
        advance_and_release(run, RunState.STOPPING)
        return
    advance_and_release(run, RunState.FAILED)
    run.finished_at = clock.now()
    if run.applied:
        kind.record(session, run, RunEvent.APPLIED)
