"""The report of a run: the rest and nothing else, for who may see the run, counted like every other list and never too long."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlmodel import col, select

from mysapk_web.administration import exports
from mysapk_web.administration.email_imports.api_tokens import Caller, caller_of, make_token
from mysapk_web.administration.email_imports.kind import EMAIL_IMPORT
from mysapk_web.administration.exports import ExportRateLimitError, ExportRequest
from mysapk_web.administration.imports import create
from mysapk_web.administration.imports.create import ReceivedFile, begin_by_token
from mysapk_web.administration.imports.reports import take_report, take_report_by_token
from mysapk_web.platform import spreadsheet_writer
from mysapk_web.platform.errors import PermissionDenied, UserError
from mysapk_web.platform.imports import upload_store
from mysapk_web.platform.imports.tables import ImportRow
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.spreadsheet_writer import FileFormat
from mysapk_web.platform.tables.audit import AuditEvent
from mysapk_web.progress.rules import Report
from mysapk_web.rate_limits import EXPORTS_PER_ACCOUNT
from tests.support.address_lists import Lists
from tests.support.agencies import ROLLS

NEW = ("ani", "ani.baru@k1.example.go.id")
REST = (NEW, ("eko", "=1+1"), ("citra", "c@k2.example.go.id"))


def rows_of(path: Path, kind: FileFormat) -> list[tuple[Any, ...]]:
    if kind is FileFormat.CSV:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            return [tuple(row) for row in csv.reader(handle)]
    sheet = load_workbook(path).active
    assert sheet is not None
    return list(sheet.iter_rows(values_only=True))


def taken(lists: Lists, who: str, run_id: int, path: Path, kind: FileFormat = FileFormat.CSV) -> list[tuple[Any, ...]]:
    take_report(lists.office.db, lists.office.actor(who), run_id, kind, path)
    return rows_of(path, kind)


def by_token(lists: Lists, caller: Caller) -> int:
    """A list of a system that holds nothing good."""
    run_id = lists.office.do(begin_by_token, caller, lists.upload(("1985", "x")), auto_apply=True)
    lists.work()
    return run_id


@pytest.fixture
def caller(quick_lists: Lists) -> Caller:
    office = quick_lists.office
    made = office.do(make_token, office.actor("lina"), label="SIMPEG")
    found = office.do(caller_of, made.secret)
    assert found is not None
    return found


@pytest.mark.parametrize("kind", list(FileFormat))
def test_the_report_holds_the_rest(quick_lists: Lists, tmp_path: Path, kind: FileFormat) -> None:
    run_id = quick_lists.imported("taufik", *REST)
    heading, *rows = taken(quick_lists, "taufik", run_id, tmp_path / f"x.{kind}", kind)
    assert heading == ("baris", "nip", "email", "hasil", "keterangan")
    assert [(row[0], row[1], row[3]) for row in rows] == [
        ("3", ROLLS["eko"]["nip"], "Email salah bentuk"),
        ("4", ROLLS["citra"]["nip"], "Di luar wewenang"),
    ]


def test_a_report_stands_in_the_trail(quick_lists: Lists, tmp_path: Path, caller: Caller) -> None:
    run_id = quick_lists.imported("taufik", *REST)
    taken(quick_lists, "lina", run_id, tmp_path / "x")
    of_system = by_token(quick_lists, caller)
    take_report_by_token(quick_lists.office.db, caller, of_system, FileFormat.XLSX, tmp_path / "x")
    with quick_lists.office.db.read() as session:
        told = session.exec(
            select(AuditEvent.actor_id, AuditEvent.instansi_id, AuditEvent.detail)
            .where(AuditEvent.tag == AuditTag.EXPORTED)
            .order_by(col(AuditEvent.id))
        ).all()
    agency, what = quick_lists.office.ids["K1"], "impor-email"
    assert [tuple(event) for event in told] == [
        (
            quick_lists.office.ids["lina"],
            agency,
            {"import_report": what, "import_id": run_id, "file_format": "csv", "row_count": 2},
        ),
        (
            None,
            agency,
            {
                "import_report": what,
                "import_id": of_system,
                "file_format": "xlsx",
                "row_count": 1,
                "token_id": caller.token_id,
            },
        ),
    ]


def test_reports_and_other_lists_are_counted_together(quick_lists: Lists, tmp_path: Path) -> None:
    office, path = quick_lists.office, tmp_path / "x"
    run_id = quick_lists.begin("taufik", *REST)
    exports.export(office.db, office.actor("taufik"), ExportRequest(Report.NOT_ACTIVATED, FileFormat.CSV), path)
    for _ in range(EXPORTS_PER_ACCOUNT.count - 1):
        taken(quick_lists, "taufik", run_id, path)
    for kind in FileFormat:
        with pytest.raises(ExportRateLimitError):
            take_report(office.db, office.actor("taufik"), run_id, kind, path)
    with pytest.raises(ExportRateLimitError):
        exports.export(office.db, office.actor("taufik"), ExportRequest(Report.NOT_ACTIVATED, FileFormat.CSV), path)
    assert taken(quick_lists, "lina", run_id, path)


def test_reports_of_a_system_are_counted(quick_lists: Lists, tmp_path: Path, caller: Caller) -> None:
    run_id, db = by_token(quick_lists, caller), quick_lists.office.db
    for _ in range(EXPORTS_PER_ACCOUNT.count):
        take_report_by_token(db, caller, run_id, FileFormat.CSV, tmp_path / "x")
    with pytest.raises(ExportRateLimitError):
        take_report_by_token(db, caller, run_id, FileFormat.CSV, tmp_path / "x")


def test_who_may_not_see_the_run_takes_no_report(quick_lists: Lists, tmp_path: Path, caller: Caller) -> None:
    db, path = quick_lists.office.db, tmp_path / "x"
    run_id = quick_lists.begin("taufik", *REST)
    for who in ("yusuf", "sari", "ani", "budi"):
        with pytest.raises(PermissionDenied):
            take_report(db, quick_lists.office.actor(who), run_id, FileFormat.CSV, path)
    other = Caller(caller.token_id + 1, caller.instansi_id)
    for number, which in ((run_id, caller), (by_token(quick_lists, caller), other)):
        with pytest.raises(PermissionDenied):
            take_report_by_token(db, which, number, FileFormat.CSV, path)
    assert not path.exists()


def test_too_long_a_report_is_refused_before_a_row_is_written(
    quick_lists: Lists, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caller: Caller
) -> None:
    monkeypatch.setitem(spreadsheet_writer.MAX_ROWS, FileFormat.XLSX, 1)
    office, path = quick_lists.office, tmp_path / "x"
    run_id = quick_lists.begin("taufik", *REST)
    with pytest.raises(UserError, match=r"lebih dari 1 baris.*CSV"):
        take_report(office.db, office.actor("taufik"), run_id, FileFormat.XLSX, path)
    assert not path.exists()
    assert len(taken(quick_lists, "taufik", run_id, path)) == 3
    monkeypatch.setitem(spreadsheet_writer.MAX_ROWS, FileFormat.XLSX, 0)
    with pytest.raises(UserError):
        take_report_by_token(office.db, caller, by_token(quick_lists, caller), FileFormat.XLSX, path)


@pytest.mark.parametrize("kind", list(FileFormat))
def test_a_report_that_is_uploaded_again_says_the_same(quick_lists: Lists, tmp_path: Path, kind: FileFormat) -> None:
    rows = (("eko", "=1+1"), ("budi", "-budi@"), ("dewi", "salah;=1"))
    run_id = quick_lists.begin("taufik", *((who, f'"{email}"') for who, email in rows))
    path = upload_store.new_path(quick_lists.folder)
    take_report(quick_lists.office.db, quick_lists.office.actor("taufik"), run_id, kind, path)
    again = ReceivedFile(path.name, f"laporan.{kind}", upload_store.digest(path))
    second = quick_lists.office.do(create.begin, quick_lists.office.actor("taufik"), EMAIL_IMPORT, again)
    quick_lists.work()
    assert quick_lists.verdicts(second) == quick_lists.verdicts(run_id)
    with quick_lists.office.db.read() as session:
        kept = session.exec(
            select(ImportRow.email).where(ImportRow.run_id == second).order_by(col(ImportRow.position))
        ).all()
    assert list(kept) == [email for _, email in rows]
