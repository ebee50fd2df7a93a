"""`mysapk import`: the same import in one go, on the machine itself and for everybody."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from sqlmodel import Session, col, select

from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from mysapk_web.platform.imports import upload_store
from mysapk_web.platform.imports.apply import process_chunk
from mysapk_web.platform.imports.kind import ImportKind
from mysapk_web.platform.imports.leases import LEASE, LeaseLostError
from mysapk_web.platform.imports.parse import read_file
from mysapk_web.platform.imports.rules import RunSource, RunState
from mysapk_web.platform.imports.tables import ImportRow, ImportRun
from mysapk_web.platform.imports.worker import new_name
from mysapk_web.platform.row_report import RowReport
from mysapk_web.platform.spreadsheet_reader import UnreadableFileError

_BATCH: Final = 2000
_WAIT: Final = 0.3
"""Seconds between two looks at a run that somebody else works on."""


def import_file(database: Database, kind: ImportKind, path: Path) -> Iterator[RowReport]:
    """Read and apply a file; gives one report a row, in the order of the file.

    Each chunk is a transaction of its own, written before its reports come out; the import goes on only as reports are taken. Cut off
    while it writes, it is gone on with by the server.

    Raises:
        UnreadableFileError: The file as a whole can't be used.
    """
    worker = new_name()
    run_id = _start(database, kind, path, worker)
    read_file(database, kind, run_id, worker, path)
    run = _look(database, run_id)
    if run.state is RunState.FAILED:
        raise UnreadableFileError(run.error)
    memory, reported = kind.memory(), 0
    while _more(database, kind, run_id, worker, memory):
        done = _look(database, run_id).position
        yield from _reports(database, kind, run_id, reported, done)
        reported = done
    with database.read() as session:
        kind.finish(session)
    yield from _reports(database, kind, run_id, reported, run.total)


def _more(database: Database, kind: ImportKind, run_id: int, worker: str, memory: Any) -> bool:
    """Apply one more chunk; when this process was held up for so long that the server took over, wait for the server."""
    try:
        return process_chunk(database, kind, run_id, worker, memory)
    except LeaseLostError:
        while _look(database, run_id).state.busy:
            time.sleep(_WAIT)
        return False


def _look(database: Database, run_id: int) -> ImportRun:
    with database.read() as session:
        run = session.get_one(ImportRun, run_id)
        session.expunge(run)
        return run


def _start(database: Database, kind: ImportKind, path: Path, worker: str) -> int:
    try:
        file_hash = upload_store.digest(path)
    except OSError as error:
        raise UnreadableFileError(f"Berkas tidak dapat dibuka ({error.strerror}). Periksa nama dan izinnya.") from None
    now = clock.now()
    run = ImportRun(
        kind=kind.key,
        source=RunSource.COMMAND,
        auto_apply=True,
        file_name=path.name[:200],
        file_hash=file_hash,
        created_at=now,
        claimed_by=worker,
        claimed_until=now + LEASE,
    )
    with database.begin() as session:
        session.add(run)
        session.flush()
        return run.id or 0


def _reports(database: Database, kind: ImportKind, run_id: int, after: int, upto: int) -> Iterator[RowReport]:
    while after < upto:
        end = min(upto, after + _BATCH)
        with database.read() as session:
            rows = _rows(session, kind, run_id, after, end)
        yield from rows
        after = end


def _rows(session: Session, kind: ImportKind, run_id: int, after: int, upto: int) -> list[RowReport]:
    rows = session.exec(
        select(ImportRow.line, ImportRow.nip, ImportRow.verdict, ImportRow.note)
        .where(ImportRow.run_id == run_id, col(ImportRow.position) > after, col(ImportRow.position) <= upto)
        .order_by(col(ImportRow.position))
    )
    return [_report(kind, line, nip, verdict, note) for line, nip, verdict, note in rows]


def _report(kind: ImportKind, line: int, nip: str, value: str, note: str) -> RowReport:
    verdict = kind.verdicts(value)
    return RowReport(line, nip, verdict.report, note or verdict.advice)
