"""`mysapk import-email`: the same import in one go, on the machine itself and for everybody (seeds 001 and 004)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Final

from sqlmodel import Session, col, select

from mysapk_web.administration.email_imports import upload_store
from mysapk_web.administration.email_imports.apply import work_chunk
from mysapk_web.administration.email_imports.leases import LEASE, LeaseLost
from mysapk_web.administration.email_imports.parse import read_file
from mysapk_web.administration.email_imports.validate import Memory
from mysapk_web.administration.email_imports.work import new_name
from mysapk_web.administration.rules.email_import import RowVerdict, RunSource, RunState
from mysapk_web.administration.tables.email_import import EmailImport, EmailImportRow
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from mysapk_web.platform.row_report import RowReport, Verdict
from mysapk_web.platform.spreadsheet_reader import UnreadableFile

_VERDICTS: Final = MappingProxyType(
    {
        RowVerdict.READY: Verdict.DIPERBARUI,
        RowVerdict.TRIMMED: Verdict.DITERIMA_DENGAN_CATATAN,
        RowVerdict.FREE_MAIL: Verdict.DITERIMA_DENGAN_CATATAN,
        RowVerdict.UNCHANGED: Verdict.TIDAK_BERUBAH,
    }
)
_BATCH: Final = 2000
_WAIT: Final = 0.3
"""Seconds between two looks at a run that somebody else works on."""


def import_email(database: Database, path: Path) -> Iterator[RowReport]:
    """Take the addresses of a file over, with all that follows from a change (`accounts.change_email`).

    An empty address changes nothing. Each chunk is a transaction of its own, written before its reports come out; the
    import goes on only as reports are taken. Cut off while it writes, it is gone on with by the server.

    Yields:
        One report a row, in the order of the file.

    Raises:
        UnreadableFile: The file as a whole can't be used.
    """
    worker = new_name()
    run_id = _start(database, path, worker)
    read_file(database, run_id, worker, path)
    run = _look(database, run_id)
    if run.state is RunState.FAILED:
        raise UnreadableFile(run.error)
    memory, told = Memory(), 0
    while _more(database, run_id, worker, memory):
        done = _look(database, run_id).position
        yield from _reports(database, run_id, told, done)
        told = done
    yield from _reports(database, run_id, told, run.total)


def _more(database: Database, run_id: int, worker: str, memory: Memory) -> bool:
    """Apply one more chunk; when this process was held up for so long that the server took over, wait for the server."""
    try:
        return work_chunk(database, run_id, worker, memory)
    except LeaseLost:
        while _look(database, run_id).state.busy:
            time.sleep(_WAIT)
        return False


def _look(database: Database, run_id: int) -> EmailImport:
    with database.read() as session:
        run = session.get_one(EmailImport, run_id)
        session.expunge(run)
        return run


def _start(database: Database, path: Path, worker: str) -> int:
    try:
        file_hash = upload_store.digest(path)
    except OSError as error:
        raise UnreadableFile(f"Berkas tidak dapat dibuka ({error.strerror}). Periksa nama dan izinnya.") from None
    now = clock.now()
    run = EmailImport(
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


def _reports(database: Database, run_id: int, after: int, upto: int) -> Iterator[RowReport]:
    while after < upto:
        end = min(upto, after + _BATCH)
        with database.read() as session:
            rows = _rows(session, run_id, after, end)
        yield from rows
        after = end


def _rows(session: Session, run_id: int, after: int, upto: int) -> list[RowReport]:
    rows = session.exec(
        select(EmailImportRow.line, EmailImportRow.nip, EmailImportRow.verdict, EmailImportRow.note)
        .where(
            EmailImportRow.run_id == run_id,
            col(EmailImportRow.position) > after,
            col(EmailImportRow.position) <= upto,
        )
        .order_by(col(EmailImportRow.position))
    )
    return [_report(line, nip, RowVerdict(verdict), note) for line, nip, verdict, note in rows]


def _report(line: int, nip: str, verdict: RowVerdict, note: str) -> RowReport:
    return RowReport(line, nip, _VERDICTS.get(verdict, Verdict.DITOLAK), note or verdict.advice)
