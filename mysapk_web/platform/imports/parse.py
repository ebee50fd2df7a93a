"""First step of an import: the file becomes rows with verdicts. One that was cut off begins anew; nothing is changed by it.

The file is gone through twice, so that no verdict hangs on the order of its rows and progress can be shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from sqlalchemy import delete
from sqlmodel import col, select

from mysapk_web.platform import bulk, clock
from mysapk_web.platform.database import Database
from mysapk_web.platform.imports.kind import NOTE_LENGTH, CheckedRow, ImportKind, ScopeLostError
from mysapk_web.platform.imports.leases import advance, advance_and_release, fail, note_progress, renew
from mysapk_web.platform.imports.rules import RunState
from mysapk_web.platform.imports.tables import ImportRow, ImportRun
from mysapk_web.platform.spreadsheet_reader import Row, UnreadableFileError, read
from mysapk_web.platform.tabular import chunks

CHUNK: Final = 2000
"""Rows a transaction."""
_RENEW_EVERY: Final = 50_000
"""Rows that are only read between two renewals of the lease: less than a second's."""
_ROWS_AT_MOST: Final = 1_000_000
GONE: Final = "Berkasnya tidak ada lagi. Unggah lagi."
EMPTY: Final = "Berkas ini tidak memuat baris data. Isi kolom {}, lalu unggah lagi."
TOO_MANY: Final = (
    "Berkas ini memuat lebih dari satu juta baris. Bagi menjadi beberapa berkas, lalu unggah satu per satu."
)


def read_file(db: Database, kind: ImportKind, run_id: int, worker: str, path: Path | None) -> None:
    """Read the file of a claimed run and validate its rows.

    Raises:
        LeaseLostError: Somebody else reads it now.
    """
    _clear(db, run_id, worker)
    try:
        _read(db, kind, run_id, worker, path)
        _finish(db, kind, run_id, worker)
    except (UnreadableFileError, ScopeLostError) as error:
        with db.begin() as session:
            fail(session, kind, renew(session, run_id, worker), str(error))


def _read(db: Database, kind: ImportKind, run_id: int, worker: str, path: Path | None) -> None:
    if path is None or not path.exists():
        raise UnreadableFileError(GONE)
    memory = _survey(db, kind, run_id, worker, path)
    for rows in chunks(read(path, kind.required, kind.aliases), CHUNK):
        with db.read() as session:
            run = session.get_one(ImportRun, run_id)
            checked = kind.validate(session, rows, kind.scope(session, run), memory)
        _store(db, run_id, worker, checked)
    with db.read() as session:
        rest = kind.complete(session, memory)
    for missing in chunks(rest, CHUNK):
        _store(db, run_id, worker, missing)


def _store(db: Database, run_id: int, worker: str, checked: Sequence[CheckedRow]) -> None:
    with db.begin() as session:
        run = renew(session, run_id, worker)
        bulk.insert_many(session, ImportRow, [_row(run, n, row) for n, row in enumerate(checked, start=1)])
        run.total += len(checked)
        note_progress(run, run.total)
        run.counts = dict(Counter(run.counts) + Counter(row.verdict.value for row in checked))


def _clear(db: Database, run_id: int, worker: str) -> None:
    """Forget what an earlier try has written, some thousand rows at a time."""
    while True:
        with db.begin() as session:
            run = renew(session, run_id, worker)
            some = select(ImportRow.position).where(ImportRow.run_id == run_id).limit(10 * CHUNK)
            of_run = col(ImportRow.run_id) == run_id
            gone: Any = session.execute(delete(ImportRow).where(of_run, col(ImportRow.position).in_(some)))
            if not gone.rowcount:
                run.total = run.position = run.expected = 0
                run.counts, run.step_at = {}, clock.now()
                return


def _survey(db: Database, kind: ImportKind, run_id: int, worker: str, path: Path) -> Any:
    count = Counter[str]()
    memory = kind.survey(_leased(db, run_id, worker, read(path, kind.required, kind.aliases), count))
    with db.begin() as session:
        renew(session, run_id, worker).expected = count["rows"]
    return memory


def _leased(db: Database, run_id: int, worker: str, rows: Iterable[Row], count: Counter[str]) -> Iterator[Row]:
    """The rows, as long as the run is this worker's and there are not too many."""
    for number, row in enumerate(rows, start=1):
        if number > _ROWS_AT_MOST:
            raise UnreadableFileError(TOO_MANY)
        if number % _RENEW_EVERY == 0:
            with db.begin() as session:
                renew(session, run_id, worker)
        count["rows"] = number
        yield row


def _row(run: ImportRun, number: int, row: CheckedRow) -> dict[str, Any]:
    return {
        "run_id": run.id,
        "position": run.total + number,
        "line": row.line,
        "nip": _storable(row.key),
        "email": _storable(row.email),
        "email_key": row.email_key,
        "verdict": row.verdict.value,
        "note": row.note[:NOTE_LENGTH],
        "pegawai_id": row.pegawai_id,
        "old_email": row.old_email,
        "old_key": row.old_key,
        "content": row.content,
        "before": row.before,
    }


def _storable(text: str) -> str:
    """PostgreSQL keeps no NUL in a text."""
    return text.replace("\x00", "") if "\x00" in text else text


def _finish(db: Database, kind: ImportKind, run_id: int, worker: str) -> None:
    with db.begin() as session:
        run = renew(session, run_id, worker)
        if not run.total:
            raise UnreadableFileError(EMPTY.format(" dan ".join(kind.required)))
        now = clock.now()
        run.ready_at, run.step_at, run.position = now, now, 0
        if run.auto_apply:
            advance(run, RunState.APPLYING)
            run.applied_at = now
        else:
            advance_and_release(run, RunState.READY)
