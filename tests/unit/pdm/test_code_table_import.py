"""Official lists in the place of code tables: row by row, the same again changes nothing, old codes stay readable."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlmodel import select

from mysapk_web.pdm.code_table_kind import code_table_import
from mysapk_web.pdm.code_tables import StoredCodes, search_codes
from mysapk_web.pdm.tables import CodeTableEntry
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from mysapk_web.platform.errors import UserError
from mysapk_web.platform.imports.command import import_file
from mysapk_web.platform.row_report import RowReport, Verdict
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.spreadsheet_reader import UnreadableFileError
from mysapk_web.platform.tables.audit import AuditEvent

TABLE = "jabatan_pelaksana"


def take(db: Database, folder: Path, text: str, table: str = TABLE) -> list[RowReport]:
    path = folder / "daftar.csv"
    path.write_text(text, encoding="utf-8")
    return list(import_file(db, code_table_import(table), path))


def verdicts(reports: list[RowReport]) -> dict[str, str]:
    return {report.nip: report.verdict.value for report in reports}


def entries(db: Database) -> dict[str, tuple[str, str, bool]]:
    with db.read() as s:
        return {row.code: (row.label, row.parent, row.active) for row in s.exec(select(CodeTableEntry))}


def known(db: Database, code: str, table: str = TABLE) -> tuple[str | None, bool, str]:
    with db.read() as s:
        found = StoredCodes(s)
        return found.label(table, code), found.exists(table, code), found.parent(table, code)


def test_a_list_takes_the_place_of_the_starting_set(db: Database, tmp_path: Path) -> None:
    with db.read() as s:
        first = search_codes(s, TABLE, "")[0]
    reports = take(db, tmp_path, "kode;nama\nP01;Pengelola Kepegawaian\nP02; Pengadministrasi   Umum \n")
    assert [(each.line, each.nip, each.verdict) for each in reports] == [
        (2, "P01", Verdict.BARU),
        (3, "P02", Verdict.BARU),
    ]
    assert known(db, "P02") == ("Pengadministrasi Umum", True, "")
    # What was built in is only read from now on.
    assert known(db, first.code) == (first.label, False, first.parent)
    with db.read() as s:
        assert [each.code for each in search_codes(s, TABLE, "pengÁ")] == ["P02"]


def test_the_same_again_changes_nothing(db: Database, tmp_path: Path) -> None:
    text = "code,label,parent\nP01,Pengelola,\nP02,Pengadministrasi,X\n"
    take(db, tmp_path, text)
    before = entries(db)
    assert set(verdicts(take(db, tmp_path, text)).values()) == {"TIDAK_BERUBAH"}
    assert entries(db) == before


def test_what_the_newest_list_no_longer_has_stays_readable(db: Database, tmp_path: Path) -> None:
    take(db, tmp_path, "kode,label\nP01,Pengelola\nP02,Pengadministrasi\n")
    reports = take(db, tmp_path, "kode,label\nP01,Pengelola Data\n")
    assert verdicts(reports) == {"P01": "DIPERBARUI", "P02": "DIPERBARUI"}
    (gone,) = [each for each in reports if each.line == 0]
    assert "tetap terbaca" in gone.sentence
    assert reports[-1] is gone
    assert known(db, "P01") == ("Pengelola Data", True, "")
    assert known(db, "P02") == ("Pengadministrasi", False, "")
    # It comes back with a list that has it again, and going twice is no news.
    assert verdicts(take(db, tmp_path, "kode,label\nP01,Pengelola Data\n")) == {"P01": "TIDAK_BERUBAH"}
    take(db, tmp_path, "kode,label\nP01,Pengelola Data\nP02,Pengadministrasi\n")
    assert known(db, "P02")[1]


def test_other_tables_are_left_alone(db: Database, tmp_path: Path) -> None:
    take(db, tmp_path, "kode,label\nK1,Kursus Satu\n", "kpkn")
    take(db, tmp_path, "kode,label\nP01,Pengelola\n")
    take(db, tmp_path, "kode,label\nP02,Lain\n")
    assert known(db, "K1", "kpkn")[1]


def test_rows_that_can_t_be_taken_say_why_and_harm_no_other(db: Database, tmp_path: Path) -> None:
    take(db, tmp_path, "kode,label\nP09,Lama\n")
    reports = take(
        db,
        tmp_path,
        "kode,label,aktif\nP01,Pengelola,ya\n,Tanpa kode,\nP02,,\nP01,Ganda,\n"
        + "x" * 50
        + f",Kode panjang,\nP03,{'y' * 301},\nP04,Lama,tidak\nP05,Aneh,mungkin\nP06,a\x07b,\nP09,,\n",
    )
    assert verdicts(reports) | {"P01": "BARU"} == {
        "P01": "BARU",
        "": "DITOLAK",
        "P02": "DITOLAK",
        "x" * 42: "DITOLAK",
        "P03": "DITOLAK",
        "P04": "BARU",
        "P05": "DITOLAK",
        "P06": "DITOLAK",
        "P09": "DITOLAK",
    }
    assert [each.sentence for each in reports if each.nip == "P01"][1].startswith("Kode ini sudah ada di baris 2")
    assert known(db, "P04") == ("Lama", False, "")
    # Named in a row that was refused: not gone.
    assert known(db, "P09") == ("Lama", True, "")
    assert [each.line for each in reports] == sorted(each.line for each in reports)


def test_a_missing_parent_is_mentioned_where_lists_go_by_it(db: Database, tmp_path: Path) -> None:
    reports = take(db, tmp_path, "kode,label,induk\nA1,Pendidikan Guru,40\nA2,Tanpa induk,\n", "pendidikan")
    assert verdicts(reports) == {"A1": "BARU", "A2": "DITERIMA_DENGAN_CATATAN"}
    assert known(db, "A1", "pendidikan")[2] == "40"
    with db.read() as s:
        assert [each.code for each in search_codes(s, "pendidikan", "", parent="40")] == ["A1"]


def test_numbers_of_a_spreadsheet_that_lost_their_zeros(db: Database, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (("Kode", "Nama"), (1, "Aktif"), ("02", "CLTN")):
        book.active.append(row)
    book.save(tmp_path / "daftar.xlsx")
    reports = list(import_file(db, code_table_import("kedudukan_hukum"), tmp_path / "daftar.xlsx"))
    assert verdicts(reports) == {"1": "DITOLAK", "02": "BARU"}
    assert "nol di depan" in reports[0].sentence


@pytest.mark.parametrize("table", ["", "tidak_ada", "../golongan", "GOLONGAN"])
def test_only_tables_that_exist(db: Database, tmp_path: Path, table: str) -> None:
    with pytest.raises(UserError, match="jabatan_pelaksana"):
        take(db, tmp_path, "kode,label\nP01,Pengelola\n", table)


@pytest.mark.parametrize(
    "text", ["", "kode\nP01\n", "label\nx\n", "kode,label\n", "kode,label\n,\n ,x\n", "kode,kode,label\n1,2,3\n"]
)
def test_a_file_that_makes_no_sense_changes_nothing(db: Database, tmp_path: Path, text: str) -> None:
    take(db, tmp_path, "kode,label\nP01,Pengelola\n")
    with pytest.raises(UnreadableFileError):
        take(db, tmp_path, text)
    assert entries(db) == {"P01": ("Pengelola", "", True)}


def test_every_process_knows_it_after_a_minute_and_this_one_at_once(db: Database, tmp_path: Path) -> None:
    assert not known(db, "P01")[1]
    take(db, tmp_path, "kode,label\nP01,Pengelola\n")
    assert known(db, "P01")[1]
    with db.begin() as s:  # as another process would
        s.exec(select(CodeTableEntry)).one().active = False
    with clock.shifted(timedelta(seconds=61)):
        assert not known(db, "P01")[1]


def test_the_trail_says_what_became_of_it(db: Database, tmp_path: Path) -> None:
    take(db, tmp_path, "kode,label\nP01,Pengelola\n,x\n")
    with db.read() as s:
        detail = s.exec(select(AuditEvent.detail).where(AuditEvent.tag == AuditTag.REFERENCE_IMPORTED)).one()
    assert (detail["table"], detail["rows"]) == (TABLE, {"BARU": 1, "DITOLAK": 1})


def test_the_longest_list_of_siasn_goes_through(sqlite_db: Database, tmp_path: Path) -> None:
    """70,899 pelaksana posts: a few seconds, and the same again not longer."""
    text = "kode,label\n" + "".join(f"JP{number:06d},Pengelola Urusan Nomor {number}\n" for number in range(70_899))
    started = time.perf_counter()
    assert len(take(sqlite_db, tmp_path, text)) == 70_899
    assert time.perf_counter() - started < 30
    with sqlite_db.read() as s:
        assert search_codes(s, TABLE, "nomor 70898")[0].code == "JP070898"


@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lists=st.lists(st.dictionaries(st.sampled_from("ABCDE"), st.sampled_from(["x", "y"]), min_size=1), max_size=4))
def test_whatever_lists_come_the_last_one_counts_and_nothing_is_lost(
    sqlite_db: Database, tmp_path: Path, lists: list[dict[str, str]]
) -> None:
    seen = entries(sqlite_db).keys() | {code for each in lists for code in each}
    for each in lists:
        take(sqlite_db, tmp_path, "kode,label\n" + "".join(f"{code},{label}\n" for code, label in each.items()))
    if lists:
        assert {code for code, (_, _, active) in entries(sqlite_db).items() if active} == lists[-1].keys()
        assert entries(sqlite_db).keys() == seen
