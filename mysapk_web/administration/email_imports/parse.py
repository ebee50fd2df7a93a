"""First step of an import: the file becomes rows with verdicts. One that was cut off begins anew; nothing is changed by it.

It is gone through twice: what it says of each number as a whole, and how many rows it has, is known before the first row is judged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from sqlalchemy import delete
from sqlmodel import col, select

from mysapk_web.administration.email_imports.leases import came_to, fail, hold, leave, move
from mysapk_web.administration.email_imports.scope import ReachLost, reach_of
from mysapk_web.administration.email_imports.validate import Judged, Memory, Survey, judge, survey
from mysapk_web.administration.rules.email_import import RunState
from mysapk_web.administration.tables.email_import import EmailImport, EmailImportRow
from mysapk_web.platform import bulk, clock
from mysapk_web.platform.database import Database
from mysapk_web.platform.spreadsheet_reader import Row, UnreadableFile, read
from mysapk_web.platform.tabular import chunks

REQUIRED: Final = ("nip", "email")
CHUNK: Final = 2000
"""Rows a transaction."""
_RENEW_EVERY: Final = 50_000
"""Rows that are only read between two renewals of the lease: less than a second's."""
_ROWS_AT_MOST: Final = 1_000_000
GONE: Final = "Berkasnya tidak ada lagi. Unggah lagi."
EMPTY: Final = "Berkas ini tidak memuat baris data. Isi kolom nip dan email, lalu unggah lagi."
TOO_MANY: Final = (
    "Berkas ini memuat lebih dari satu juta baris. Bagi menjadi beberapa berkas, lalu unggah satu per satu."
)


def read_file(db: Database, run_id: int, worker: str, path: Path | None) -> None:
    """Read the file of a run and judge its rows.

    Raises:
        LeaseLost: Somebody else reads it now.
    """
    _begin(db, run_id, worker)
    try:
        _read(db, run_id, worker, path)
        _finish(db, run_id, worker)
    except (UnreadableFile, ReachLost) as error:
        with db.begin() as session:
            fail(session, hold(session, run_id, worker), str(error))


def _read(db: Database, run_id: int, worker: str, path: Path | None) -> None:
    if path is None or not path.exists():
        raise UnreadableFile(GONE)
    memory = Memory(_survey(db, run_id, worker, path))
    for rows in chunks(read(path, REQUIRED), CHUNK):
        with db.read() as session:
            run = session.get_one(EmailImport, run_id)
            judged = judge(session, rows, reach_of(session, run), memory)
        with db.begin() as session:
            run = hold(session, run_id, worker)
            bulk.insert_many(session, EmailImportRow, [_row(run, n, row) for n, row in enumerate(judged, start=1)])
            run.total += len(judged)
            came_to(run, run.total)
            run.counts = dict(Counter(run.counts) + Counter(row.verdict.value for row in judged))


def _begin(db: Database, run_id: int, worker: str) -> None:
    """Forget what an earlier try has written, some thousand rows at a time."""
    while True:
        with db.begin() as session:
            run = hold(session, run_id, worker)
            some = select(EmailImportRow.position).where(EmailImportRow.run_id == run_id).limit(10 * CHUNK)
            of_run = col(EmailImportRow.run_id) == run_id
            gone: Any = session.execute(delete(EmailImportRow).where(of_run, col(EmailImportRow.position).in_(some)))
            if not gone.rowcount:
                run.total = run.position = run.expected = 0
                run.counts, run.step_at = {}, clock.now()
                return


def _survey(db: Database, run_id: int, worker: str, path: Path) -> Survey:
    found = survey(_held(db, run_id, worker, read(path, REQUIRED)))
    with db.begin() as session:
        hold(session, run_id, worker).expected = found.rows
    return found


def _held(db: Database, run_id: int, worker: str, rows: Iterable[Row]) -> Iterator[Row]:
    """The rows, as long as the run is this worker's and there are not too many."""
    for number, row in enumerate(rows, start=1):
        if number > _ROWS_AT_MOST:
            raise UnreadableFile(TOO_MANY)
        if number % _RENEW_EVERY == 0:
            with db.begin() as session:
                hold(session, run_id, worker)
        yield row


def _row(run: EmailImport, number: int, row: Judged) -> dict[str, Any]:
    person = row.person
    return {
        "run_id": run.id,
        "position": run.total + number,
        "line": row.line,
        "nip": _clean(row.nip),
        "email": _clean(row.email),
        "email_key": row.key,
        "verdict": row.verdict,
        "note": row.note[:200],
        "pegawai_id": person.pegawai_id if person else None,
        "old_email": person.email if person else None,
        "old_key": person.key if person else None,
    }


def _clean(text: str) -> str:
    """PostgreSQL keeps no NUL in a text."""
    return text.replace("\x00", "") if "\x00" in text else text


def _finish(db: Database, run_id: int, worker: str) -> None:
    with db.begin() as session:
        run = hold(session, run_id, worker)
        if not run.total:
            raise UnreadableFile(EMPTY)
        now = clock.now()
        run.ready_at, run.step_at, run.position = now, now, 0
        if run.auto_apply:
            move(run, RunState.APPLYING)
        else:
            leave(run, RunState.READY)
