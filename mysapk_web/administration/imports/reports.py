"""The report of a run as a file: the rows that were not taken over. Counted and in the audit log, as every list that is carried away."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlmodel import Session

from mysapk_web.administration import exports
from mysapk_web.administration.audit_events import IMPORT_REPORT, OTHER_IMPORT_REPORT, Exported
from mysapk_web.administration.email_imports.api_tokens import Caller
from mysapk_web.administration.email_imports.kind import EMAIL_IMPORT
from mysapk_web.administration.imports.queries import find_run, run_of_token
from mysapk_web.organisation import audit
from mysapk_web.organisation.actor import Actor, NotFoundError
from mysapk_web.platform import spreadsheet_writer
from mysapk_web.platform.database import Database
from mysapk_web.platform.errors import UserError
from mysapk_web.platform.executors import in_transaction
from mysapk_web.platform.imports.kind import ImportKind
from mysapk_web.platform.imports.queries import RunView, refused_rows
from mysapk_web.platform.spreadsheet_writer import FileFormat

_WIDTHS: Final = (8, 22, 34, 28, 60)


def take_report(db: Database, actor: Actor, run_id: int, kind: FileFormat, path: Path) -> None:
    """Write the report of a run into a file.

    Raises:
        PermissionDenied: Not a run of the scope.
        ExportRateLimitError: Too many exports within the hour.
        UserError: Too many rows for a file of this kind, or they are not there.
    """
    run = in_transaction(db, _admit, actor, run_id, kind)
    _write(db, run.kind, run_id, kind, path)


def take_report_by_token(db: Database, caller: Caller, run_id: int, kind: FileFormat, path: Path) -> None:
    """The same for a system and a run that its token began.

    Raises:
        PermissionDenied: Not a run of this token.
        ExportRateLimitError: Too many exports within the hour.
        UserError: Too many rows for a file of this kind, or they are not there.
    """
    run = in_transaction(db, _admit_token, caller, run_id, kind)
    _write(db, run.kind, run_id, kind, path)


def _write(db: Database, imported: ImportKind, run_id: int, kind: FileFormat, path: Path) -> None:
    headings = ("baris", imported.key_label, imported.content_label, "hasil", "keterangan")
    spreadsheet_writer.write(path, kind, headings, refused_rows(db, imported, run_id), _WIDTHS)


def _admit(session: Session, actor: Actor, run_id: int, kind: FileFormat) -> RunView:
    run = find_run(session, actor, run_id)
    exports.rate_limit_export(session, f"akun:{actor.account_id}", actor)
    audit.record_by(session, actor, _export(run, kind))
    return run


def _admit_token(session: Session, caller: Caller, run_id: int, kind: FileFormat) -> RunView:
    run = run_of_token(session, caller, run_id)
    if run is None:
        raise NotFoundError("run of another token")
    exports.rate_limit_export(
        session, f"token:{caller.token_id}", None, instansi_id=caller.instansi_id, token_id=caller.token_id
    )
    audit.record(session, _export(run, kind, token_id=caller.token_id), instansi_id=caller.instansi_id)
    return run


def _export(run: RunView, kind: FileFormat, *, token_id: int | None = None) -> Exported:
    if not run.has_rows:
        raise UserError("Berkas ini masih diperiksa atau sudah dibuang, jadi tidak ada laporannya.")
    left = run.total - run.good
    spreadsheet_writer.require_row_limit(kind, left)
    report = IMPORT_REPORT if run.kind is EMAIL_IMPORT else OTHER_IMPORT_REPORT
    return Exported(import_report=report, import_id=run.id, file_format=kind, row_count=left, token_id=token_id)
