"""Second step, its early end, and the way back: chunk by chunk, each one transaction that says how far it is. Killed, it goes on there."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import bindparam, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from mysapk_web.platform.imports.kind import ImportKind, RunEvent, ScopeLostError, StoredRow
from mysapk_web.platform.imports.leases import advance_and_release, fail, renew
from mysapk_web.platform.imports.rules import NOT_APPLIED, RowVerdict, RunState
from mysapk_web.platform.imports.tables import ImportRow, ImportRun

CHUNK: Final = 2000
_TRIES: Final = 5
"""A chunk meets so many who take something unique of it at that very moment."""


def process_chunk(db: Database, kind: ImportKind, run_id: int, worker: str, memory: Any) -> bool:
    """Apply, stop or undo the next good rows of a claimed run, in one transaction; tells whether there may be more.

    When somebody takes something unique between the look and the write, the whole transaction looks again: it is taken now. A savepoint
    would do, too, but on SQLite each statement within one costs more with every row before it.

    Raises:
        LeaseLostError: Somebody else works on it now.
    """
    for _ in range(_TRIES - 1):
        with contextlib.suppress(IntegrityError):
            return _process_chunk(db, kind, run_id, worker, memory)
    return _process_chunk(db, kind, run_id, worker, memory)


def _process_chunk(db: Database, kind: ImportKind, run_id: int, worker: str, memory: Any) -> bool:
    with db.begin() as session:
        run = renew(session, run_id, worker)
        step, end = _STEPS[run.state]
        try:
            position = step(session, kind, run, memory)
            while kind.at_once and position is not None:
                run.position = position
                position = step(session, kind, run, memory)
        except ScopeLostError as lost:
            fail(session, kind, run, str(lost))
            return False
        if position is None:
            end(session, kind, run)
            return False
        run.position, run.attempts = position, 0
        return True


_COLUMNS: Final[tuple[Any, ...]] = (
    ImportRow.position,
    ImportRow.line,
    ImportRow.nip,
    ImportRow.verdict,
    ImportRow.note,
    ImportRow.email,
    ImportRow.email_key,
    ImportRow.old_email,
    ImportRow.old_key,
    ImportRow.pegawai_id,
    ImportRow.content,
    ImportRow.before,
)


def _good_rows(
    session: Session, kind: ImportKind, run: ImportRun, where: Any, *, last_first: bool = False
) -> Sequence[StoredRow]:
    position = col(ImportRow.position)
    found: Sequence[StoredRow] = session.execute(
        select(*_COLUMNS)
        .where(ImportRow.run_id == run.id, col(ImportRow.verdict).in_(good_values(kind)), where)
        .order_by(position.desc() if last_first else position)
        .limit(CHUNK)
    ).all()
    return found


def good_values(kind: ImportKind) -> list[str]:
    """Values of the verdicts under which rows are taken over."""
    return [verdict.value for verdict in kind.verdicts if verdict.good]


def _apply_next(session: Session, kind: ImportKind, run: ImportRun, memory: Any) -> int | None:
    """Write the next good rows, each checked once more against how things are now."""
    scope = kind.scope(session, run)
    rows = _good_rows(session, kind, run, col(ImportRow.position) > run.position)
    if not rows:
        return None
    applied = kind.apply(session, run, rows, scope, memory)
    run.applied += applied.count
    run.applied_to = rows[-1].position
    _revise(session, run, applied.changes)
    return run.applied_to


def _finish_applying(session: Session, kind: ImportKind, run: ImportRun) -> None:
    advance_and_release(run, RunState.DONE)
    run.finished_at, run.position = clock.now(), run.total
    kind.record(session, run, RunEvent.APPLIED)


def _stop_next(session: Session, kind: ImportKind, run: ImportRun, _memory: Any) -> int | None:
    """Mark the next good rows that are not to be applied any more: because somebody said so, or because the run can't go on."""
    rest = session.exec(
        select(ImportRow.position)
        .where(
            ImportRow.run_id == run.id,
            col(ImportRow.verdict).in_(good_values(kind)),
            col(ImportRow.position) > run.position,
        )
        .order_by(col(ImportRow.position))
        .limit(CHUNK)
    ).all()
    _revise(session, run, dict.fromkeys(rest, (kind.verdicts(NOT_APPLIED), "")))
    return rest[-1] if rest else None


def _finish_stopping(session: Session, kind: ImportKind, run: ImportRun) -> None:
    advance_and_release(run, RunState.FAILED if run.error else RunState.STOPPED)
    run.finished_at = clock.now()
    kind.record(session, run, RunEvent.APPLIED if run.error else RunEvent.STOPPED)


def _undo_next(session: Session, kind: ImportKind, run: ImportRun, _memory: Any) -> int | None:
    scope = kind.scope(session, run)
    rows = _good_rows(session, kind, run, col(ImportRow.position) < run.position, last_first=True)
    if not rows:
        return None
    run.undone += kind.undo(session, run, rows, scope)
    return int(rows[-1].position)


def _finish_undoing(session: Session, kind: ImportKind, run: ImportRun) -> None:
    advance_and_release(run, RunState.UNDONE)
    run.undone_at, run.position = clock.now(), 0
    kind.record(session, run, RunEvent.UNDONE)


def _revise(session: Session, run: ImportRun, changes: Mapping[int, tuple[RowVerdict, str]]) -> None:
    """Give rows another verdict, and count them under it."""
    if not changes:
        return
    before = session.execute(
        select(ImportRow.verdict).where(ImportRow.run_id == run.id, col(ImportRow.position).in_(changes))
    ).scalars()
    counts = Counter(run.counts)
    counts.subtract(Counter(before))
    table = ImportRow.__table__  # type: ignore[attr-defined]
    session.connection().execute(
        update(table)
        .where(table.c.run_id == run.id, table.c.position == bindparam("at"))
        .values(verdict=bindparam("now"), note=bindparam("words")),
        [{"at": position, "now": verdict.value, "words": note} for position, (verdict, note) in changes.items()],
    )
    counts.update(verdict.value for verdict, _ in changes.values())
    run.counts = dict(+counts)


_STEPS: Final = {
    RunState.APPLYING: (_apply_next, _finish_applying),
    RunState.STOPPING: (_stop_next, _finish_stopping),
    RunState.UNDOING: (_undo_next, _finish_undoing),
}
"""For each state what is done with the next rows, which gives the place of the last of them, and what once none is left."""
