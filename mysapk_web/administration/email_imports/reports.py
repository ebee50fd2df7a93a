"""The report of a run as a file: the rows that were not taken over. Counted and in the trail, as every list that is carried away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from sqlmodel import Session, col, select

from mysapk_web.administration import exports
from mysapk_web.administration.audit_events import IMPORT_REPORT, Exported
from mysapk_web.administration.email_imports.api_tokens import Caller
from mysapk_web.administration.email_imports.queries import RunView, find_run, run_of_token
from mysapk_web.administration.rules.email_import import GOOD
from mysapk_web.administration.tables.email_import import EmailImportRow
from mysapk_web.organisation import audit
from mysapk_web.organisation.actor import Actor, NotFoundError
from mysapk_web.platform import spreadsheet_writer
from mysapk_web.platform.database import Database
from mysapk_web.platform.errors import UserError
from mysapk_web.platform.executors import in_transaction
from mysapk_web.platform.spreadsheet_writer import FileFormat

HEADINGS: Final = ("baris", "nip", "email", "hasil", "keterangan")
_WIDTHS: Final = (8, 22, 34, 28, 60)
_BATCH: Final = 2000


def take_report(db: Database, actor: Actor, run_id: int, kind: FileFormat, path: Path) -> None:
    """Write the report of a run into a file.

    Raises:
        PermissionDenied: Not a run of the own scope.
        ExportRateLimitError: Too many exports within the hour.
        UserError: Too many rows for a file of this kind, or they are not there.
    """
    in_transaction(db, _admit, actor, run_id, kind)
    spreadsheet_writer.write(path, kind, HEADINGS, rows(db, run_id), _WIDTHS)


def take_report_by_token(db: Database, caller: Caller, run_id: int, kind: FileFormat, path: Path) -> None:
    """The same for a system and a run that its token began.

    Raises:
        PermissionDenied: Not a run of this token.
        ExportRateLimitError: Too many exports within the hour.
        UserError: Too many rows for a file of this kind, or they are not there.
    """
    in_transaction(db, _admit_token, caller, run_id, kind)
    spreadsheet_writer.write(path, kind, HEADINGS, rows(db, run_id), _WIDTHS)


def _admit(session: Session, actor: Actor, run_id: int, kind: FileFormat) -> None:
    run = find_run(session, actor, run_id)
    exports.rate_limit_export(session, f"akun:{actor.account_id}", actor)
    audit.record_by(session, actor, _export(run, kind))


def _admit_token(session: Session, caller: Caller, run_id: int, kind: FileFormat) -> None:
    run = run_of_token(session, caller, run_id)
    if run is None:
        raise NotFoundError("run of another token")
    exports.rate_limit_export(
        session, f"token:{caller.token_id}", None, instansi_id=caller.instansi_id, token_id=caller.token_id
    )
    audit.record(session, _export(run, kind, token_id=caller.token_id), instansi_id=caller.instansi_id)


def _export(run: RunView, kind: FileFormat, *, token_id: int | None = None) -> Exported:
    if not run.has_rows:
        raise UserError("Berkas ini masih diperiksa atau sudah dibuang, jadi tidak ada laporannya.")
    left = run.total - run.good
    spreadsheet_writer.require_row_limit(kind, left)
    return Exported(import_report=IMPORT_REPORT, import_id=run.id, file_format=kind, row_count=left, token_id=token_id)


def rows(db: Database, run_id: int) -> Iterator[Sequence[str]]:
    """The rows of a report, batch by batch, so that a long one holds nobody up.

    Yields:
        Line, NIP, address as in the file, verdict and advice.
    """
    after = 0
    while True:
        with db.read() as session:
            batch = session.exec(
                select(EmailImportRow)
                .where(
                    EmailImportRow.run_id == run_id,
                    col(EmailImportRow.position) > after,
                    col(EmailImportRow.verdict).not_in(GOOD),
                )
                .order_by(col(EmailImportRow.position))
                .limit(_BATCH)
            ).all()
            found = [(str(r.line), r.nip, r.email, r.verdict.label, r.note or r.verdict.advice) for r in batch]
            after = batch[-1].position if batch else after
        if not found:
            return
        yield from found
