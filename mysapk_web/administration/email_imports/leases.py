"""Who works on a run: claimed with a lease, so that one that died is gone on with and no two work on one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, case, or_, update
from sqlmodel import Session, col, select

from mysapk_web.administration.audit_events import EmailImported, EmailImportPayload
from mysapk_web.administration.rules.email_import import BUSY, RunState
from mysapk_web.administration.tables.email_import import EmailImport
from mysapk_web.organisation import audit
from mysapk_web.platform import clock

LEASE: Final = timedelta(seconds=30)
"""Renewed with every chunk, which takes a fraction of a second."""
ATTEMPTS: Final = 3
"""Claims of a step that come no further than an earlier one."""
TRIES: Final = 20
"""Claims of a step in all: whatever comes a chunk further with each death would otherwise die five hundred times."""
STUCK: Final = (
    "Berkas ini tidak dapat diproses. Simpan ulang sebagai CSV, atau bagi menjadi beberapa berkas, lalu unggah lagi."
)


class LeaseLost(Exception):  # noqa: N818  somebody else works on it now
    """The run is no longer this worker's; nothing of the chunk may be written."""


def anything_to_do(session: Session) -> bool:
    """Whether a claim would find something."""
    return session.exec(select(EmailImport.id).where(*_free(clock.now())).limit(1)).first() is not None


def claim(session: Session, worker: str) -> int | None:
    """Take the oldest run that waits for work; one that has killed its workers time and again is given up, in words for its maker."""
    now = clock.now()
    oldest = select(EmailImport.id).where(*_free(now)).order_by(col(EmailImport.id)).limit(1).scalar_subquery()
    taken = session.execute(
        update(EmailImport)
        .where(col(EmailImport.id) == oldest, *_free(now))
        .values(
            claimed_by=worker,
            claimed_until=now + LEASE,
            attempts=col(EmailImport.attempts) + 1,
            tries=col(EmailImport.tries) + 1,
        )
        .returning(col(EmailImport.id))
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if taken is None:
        return None
    run = hold(session, taken, worker)
    if run.attempts > ATTEMPTS or run.tries > TRIES:
        fail(session, run, STUCK)
        return claim(session, worker)
    return int(taken)


def _free(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        col(EmailImport.state).in_(BUSY),
        or_(col(EmailImport.claimed_until).is_(None), col(EmailImport.claimed_until) <= now),
    )


def hold(session: Session, run_id: int, worker: str) -> EmailImport:
    """The run for the rest of this transaction, with its lease renewed.

    Raises:
        LeaseLost: It is somebody else's.
    """
    run = session.exec(
        select(EmailImport)
        .where(EmailImport.id == run_id, EmailImport.claimed_by == worker, col(EmailImport.state).in_(BUSY))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if run is None:
        raise LeaseLost
    run.claimed_until = clock.now() + LEASE
    return run


def came_to(run: EmailImport, row: int) -> None:
    """Note how far a step is; only what no earlier try of it has come to is progress.

    Args:
        row: How many rows this try has got through, or where it stands.
    """
    if row > run.furthest:
        run.furthest, run.attempts = row, 0


def let_go(session: Session, worker: str, *, stopped: bool = False) -> None:
    """Free at once what a worker that ended still held.

    Args:
        stopped: It was told to end and did not die of the run, so this was no try.
    """
    tried = {"attempts": _one_less(EmailImport.attempts), "tries": _one_less(EmailImport.tries)} if stopped else {}
    session.execute(
        update(EmailImport)
        .where(col(EmailImport.claimed_by) == worker, col(EmailImport.state).in_(BUSY))
        .values(claimed_until=None, claimed_by="", **tried)
        .execution_options(synchronize_session=False)
    )


def _one_less(count: Any) -> ColumnElement[int]:
    return case((count > 0, count - 1), else_=0)


def move(run: EmailImport, state: RunState) -> None:
    """Take a run to its next state; whoever works on it goes on.

    Raises:
        ValueError: A run in its state never becomes that.
    """
    if not run.state.may_become(state):
        raise ValueError(f"a run is never {state.value} after {run.state.value}")
    run.state, run.attempts, run.tries, run.furthest = state, 0, 0, 0


def leave(run: EmailImport, state: RunState) -> None:
    """Take a run to its next state, in which it is nobody's: whoever works on it writes nothing any more."""
    move(run, state)
    run.claimed_by, run.claimed_until = "", None


def fail(session: Session, run: EmailImport, sentence: str) -> None:
    """Give a run up. What was applied stays applied, and can be undone; what was still to be applied is marked first."""
    run.error = sentence[:300]
    session.add(run)
    if run.state is RunState.APPLYING:
        leave(run, RunState.STOPPING)
        return
    leave(run, RunState.FAILED)
    run.finished_at = clock.now()
    if run.applied:
        record(session, run, EmailImported)


def record(session: Session, run: EmailImport, payload: type[EmailImportPayload]) -> None:
    """Write into the trail what became of a run."""
    audit.record(
        session,
        payload(
            import_id=run.id,
            token_id=run.token_id,
            sha256=run.file_hash,
            verdicts=run.counts,
            applied=run.applied,
            undone=run.undone,
        ),
        actor_id=run.acting,
        instansi_id=run.instansi_id,
    )
