"""Lists as files: the same rows as on the page, harmless in a spreadsheet, counted and written into the trail."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import update
from sqlmodel import col, select

from mysapk_web import settings as settings_module
from mysapk_web.accounts.audit_events import Login
from mysapk_web.administration.audit import search
from mysapk_web.administration.exports import ExportRequest, export
from mysapk_web.demo.accounts import KABUPATEN, KOTA
from mysapk_web.organisation import audit
from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.rules.period import PeriodKind
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Instansi, Period
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import clock, spreadsheet_writer
from mysapk_web.platform.database import Database
from mysapk_web.platform.errors import CommittingUserError, PermissionDenied, UserError
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.rules.timezones import Zone
from mysapk_web.platform.spreadsheet_writer import FileFormat
from mysapk_web.platform.tables.audit import AuditEvent
from mysapk_web.progress import pdm_incomplete
from mysapk_web.progress.not_activated import NotActivatedFilter
from mysapk_web.progress.rules import Report
from mysapk_web.rate_limits import EXPORTS_PER_ACCOUNT
from tests.conftest import SECRET
from tests.support.demo_actors import NIPS, acting, end_activation, place


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The services load the settings themselves; the clock goes on, for periods lie around now."""
    monkeypatch.setenv("MYSAPK_DEMO", "1")
    monkeypatch.setenv("MYSAPK_SECRET_KEY", SECRET)
    settings_module.get_settings.cache_clear()
    yield
    settings_module.get_settings.cache_clear()


def rows_of(path: Path) -> list[Sequence[str]]:
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as handle:
            return list(csv.reader(handle))
    book = load_workbook(path)
    return [[str(cell.value or "") for cell in row] for row in book.active.iter_rows()]  # type: ignore[union-attr]


def exported(db: Database, who: str, wanted: ExportRequest, folder: Path) -> list[Sequence[str]]:
    path = folder / wanted.filename
    count = export(db, acting(db, who), wanted, path)
    rows = rows_of(path)
    assert count == len(rows) - 1
    return rows


@pytest.mark.parametrize("kind", list(FileFormat))
def test_the_whole_list_of_the_scope(demo_db: Database, tmp_path: Path, kind: FileFormat) -> None:
    rows = exported(demo_db, "admin_instansi_lain", ExportRequest(Report.NOT_ACTIVATED, kind), tmp_path)
    assert rows[0][:3] == ["NIP", "Nama", "Jenis"]
    assert len(rows) == 1 + 180 - 117
    assert {row[4] for row in rows[1:]} == {KOTA}
    assert all(len(row[0]) == 18 for row in rows[1:])


def test_sanctions_carry_reason_source_and_end(demo_db: Database, tmp_path: Path) -> None:
    end_activation(demo_db)
    rows = exported(demo_db, "admin_instansi", ExportRequest(Report.SANCTIONS, FileFormat.CSV), tmp_path)
    assert len(rows) == 1 + 3923 - 2829
    assert {row[7] for row in rows[1:]} == {"Keputusan Kepala BKN Nomor 87 Tahun 2021, lampiran huruf L ayat 1"}
    assert all("aktivasi" in row[6] and "WIB" in row[8] for row in rows[1:])


def test_the_file_says_who_was_late_and_when(demo_db: Database, tmp_path: Path) -> None:
    end_activation(demo_db)
    with demo_db.begin() as s:
        late = s.exec(select(Account.pegawai_id).where(col(Account.activated_at).is_(None)).limit(1)).one()
        s.execute(update(Account).where(col(Account.pegawai_id) == late).values(activated_at=clock.now()))
        nip = s.get_one(Pegawai, late).nip
    rows = exported(demo_db, "admin_bkn", ExportRequest(Report.SANCTIONS, FileFormat.CSV), tmp_path)
    assert len(rows) == 1 + 3923 - 2829 + 180 - 117
    said = {row[0]: row[5] for row in rows}
    assert said[nip].startswith("Mengaktifkan setelah periode berakhir, ")
    assert said[nip].endswith(tuple(Zone))


@pytest.mark.parametrize("kind", list(FileFormat))
def test_the_list_of_the_pdm_by_group(demo_db: Database, tmp_path: Path, kind: FileFormat) -> None:
    narrowed = pdm_incomplete.PdmIncompleteFilter(group="golongan", jenis=JenisPegawai.PNS)
    rows = exported(demo_db, "admin_instansi_lain", ExportRequest(Report.PDM_INCOMPLETE, kind, pdm=narrowed), tmp_path)
    assert rows[0][6:] == ["Kelompok selesai", "Kelompok seluruhnya", "Terakhir diingatkan"]
    assert {row[2] for row in rows[1:]} == {"PNS"}
    assert {row[4] for row in rows[1:]} == {KOTA}
    assert {row[7] for row in rows[1:]} == {"12"}
    with demo_db.read() as s:
        told = s.exec(select(AuditEvent.detail).where(AuditEvent.tag == AuditTag.EXPORTED)).one()
    assert told["filters"] == {"employee_kind": "PNS", "incomplete_kind": "belum-selesai", "group": "golongan"}


def test_sanctions_of_the_pdm_carry_reason_source_and_end(demo_db: Database, tmp_path: Path) -> None:
    wanted = ExportRequest(Report.PDM_SANCTIONS, FileFormat.CSV)
    assert len(exported(demo_db, "admin_instansi", wanted, tmp_path)) == 1
    with demo_db.begin() as s:
        of_pdm = (col(Period.kind) == PeriodKind.PDM) & col(Period.instansi_id).is_(None)
        s.execute(update(Period).where(of_pdm).values(ends_at=clock.now() - timedelta(hours=1)))
    rows = exported(demo_db, "admin_instansi", wanted, tmp_path)
    assert len(rows) > 2000
    assert {row[7] for row in rows[1:]} == {"Keputusan Kepala BKN Nomor 87 Tahun 2021, lampiran huruf L ayat 1"}
    assert all("pemutakhiran data mandiri" in row[6] and "WIB" in row[8] for row in rows[1:])
    assert {row[4] for row in exported(demo_db, "admin_bkn", wanted, tmp_path)[1:]} > {KABUPATEN}


@pytest.mark.parametrize("kind", list(FileFormat))
@pytest.mark.parametrize(
    "evil",
    ['=HYPERLINK("http://x")', "+1+1", "-2", "@SUM(A1)", "\t=1", "a\x0bb", "a;=1", "a\n+1", 'a;"@x', "＝1", "a;＋1"],
)
def test_no_cell_is_a_formula(demo_db: Database, tmp_path: Path, kind: FileFormat, evil: str) -> None:
    with demo_db.begin() as s:
        s.execute(update(Pegawai).where(col(Pegawai.nip) == NIPS["belum_aktif"]).values(name=evil))
    wanted = ExportRequest(Report.NOT_ACTIVATED, kind)
    path = tmp_path / wanted.filename
    export(demo_db, acting(demo_db, "admin_instansi"), wanted, path)
    if kind is FileFormat.CSV:
        for delimiter, quoting in itertools.product(",;", (csv.QUOTE_MINIMAL, csv.QUOTE_NONE)):
            with path.open(encoding="utf-8-sig", newline="") as handle:
                cells = [cell for row in csv.reader(handle, delimiter=delimiter, quoting=quoting) for cell in row]
            assert len(cells) > 1000
            assert not [cell for cell in cells if cell.lstrip(' "\t').startswith(tuple("=+-@＝＋－＠"))]
    else:
        sheet = load_workbook(path).active
        assert sheet is not None
        assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}
        assert {cell.value for row in sheet.iter_rows() for cell in row if cell.data_type == "n"} <= {None}


def test_a_place_narrows_and_one_outside_is_refused(demo_db: Database, tmp_path: Path) -> None:
    narrowed = NotActivatedFilter(key=place(demo_db, "Dinas Pendidikan"))
    whole = exported(demo_db, "admin_instansi", ExportRequest(Report.NOT_ACTIVATED, FileFormat.CSV), tmp_path)
    part = exported(demo_db, "admin_instansi", ExportRequest(Report.NOT_ACTIVATED, FileFormat.CSV, narrowed), tmp_path)
    own = exported(demo_db, "admin_satker", ExportRequest(Report.NOT_ACTIVATED, FileFormat.CSV), tmp_path)
    assert part == own
    assert len(part) < len(whole)
    for key in (place(demo_db, KABUPATEN), place(demo_db, KOTA), "nasional"):
        with pytest.raises(PermissionDenied):
            export(
                demo_db,
                acting(demo_db, "admin_satker"),
                ExportRequest(Report.NOT_ACTIVATED, FileFormat.CSV, NotActivatedFilter(key=key)),
                tmp_path / "x",
            )


@pytest.mark.parametrize("report", list(Report))
def test_who_has_no_permission_exports_nothing(demo_db: Database, tmp_path: Path, report: Report) -> None:
    callers = ["pegawai", "verifikator", "approver", *(["admin_satker"] if report is Report.AUDIT else [])]
    for who in callers:
        with pytest.raises(PermissionDenied):
            export(demo_db, acting(demo_db, who), ExportRequest(report, FileFormat.CSV), tmp_path / "x")
    assert not (tmp_path / "x").exists()


def test_an_export_is_written_into_the_trail_without_whom_it_was_about(demo_db: Database, tmp_path: Path) -> None:
    exported(demo_db, "admin_instansi", ExportRequest(Report.NOT_ACTIVATED, FileFormat.XLSX), tmp_path)
    events = search.AuditFilter(person=NIPS["pegawai"], tag=AuditTag.LOGIN)
    exported(demo_db, "admin_instansi", ExportRequest(Report.AUDIT, FileFormat.CSV, events=events), tmp_path)
    with demo_db.read() as s:
        told = s.exec(
            select(AuditEvent.detail).where(AuditEvent.tag == AuditTag.EXPORTED).order_by(col(AuditEvent.id))
        ).all()
    assert [(event["listing"], event["file_format"]) for event in told] == [("belum-aktif", "xlsx"), ("audit", "csv")]
    assert told[0]["row_count"] == 3923 - 2829
    assert NIPS["pegawai"] not in repr(told)


def test_exports_are_limited(demo_db: Database, tmp_path: Path) -> None:
    wanted = ExportRequest(Report.NOT_ACTIVATED, FileFormat.CSV)
    for _ in range(EXPORTS_PER_ACCOUNT.count):
        export(demo_db, acting(demo_db, "admin_instansi_lain"), wanted, tmp_path / "x.csv")
    for _ in range(2):
        with pytest.raises(CommittingUserError):
            export(demo_db, acting(demo_db, "admin_instansi_lain"), wanted, tmp_path / "x.csv")
    with demo_db.read() as s:
        assert len(s.exec(select(AuditEvent).where(AuditEvent.tag == AuditTag.LIMIT_EXCEEDED)).all()) == 1
    export(demo_db, acting(demo_db, "admin_satker"), wanted, tmp_path / "x.csv")
    with clock.shifted(timedelta(hours=1, seconds=1)):
        export(demo_db, acting(demo_db, "admin_instansi_lain"), wanted, tmp_path / "x.csv")


@pytest.mark.parametrize("kind", list(FileFormat))
def test_too_long_a_list_is_refused_with_what_to_do(
    demo_db: Database, tmp_path: Path, kind: FileFormat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(spreadsheet_writer.MAX_ROWS, kind, 10)
    with pytest.raises(UserError, match="lebih dari 10 baris"):
        export(demo_db, acting(demo_db, "admin_instansi"), ExportRequest(Report.NOT_ACTIVATED, kind), tmp_path / "x")


def test_the_trail_of_one_agency_only(demo_db: Database, tmp_path: Path) -> None:
    with demo_db.begin() as s:
        for nama, who in ((KABUPATEN, "pegawai"), (KOTA, "pegawai_lain")):
            instansi = s.exec(select(Instansi.id).where(Instansi.name == nama)).one()
            subject = acting(demo_db, who).account_id
            event = Login(agent="=1+1", second_factor=True)
            audit.record(s, event, actor_id=subject, subject_id=subject, instansi_id=instansi)
    rows = exported(demo_db, "admin_instansi_lain", ExportRequest(Report.AUDIT, FileFormat.CSV), tmp_path)
    assert len(rows) == 2
    assert NIPS["pegawai_lain"] in rows[1][2]
    assert rows[1][0].endswith("WITA")
