"""Tables as agencies send them: every usual spelling of CSV, and XLSX."""

from __future__ import annotations

import contextlib
import csv
import io
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mysapk_web.platform.rules.csv_injection import escape_formula
from mysapk_web.platform.spreadsheet_reader import Row, UnreadableFileError, read

NIP = "198503152010012001"


def rows_of(path: Path, required: tuple[str, ...] = ("nip", "nama")) -> list[Row]:
    return list(read(path, required))


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_in_every_spelling(tmp_path: Path, encoding: str, delimiter: str) -> None:
    text = f"NIP{delimiter}Nama\r\n{NIP}{delimiter}René d’Haëne\r\n"
    (row,) = rows_of(write(tmp_path / "a.csv", text, encoding))
    assert (row.line, row.text("nip"), row.text("nama")) == (2, NIP, "René d’Haëne")


@pytest.mark.parametrize("heading", ["nip,nama", "NIP , NAMA", "Nip Baru,Nama Lengkap", '"nip","nama_pegawai"'])
def test_headings_are_tolerant(tmp_path: Path, heading: str) -> None:
    (row,) = rows_of(write(tmp_path / "a.csv", f"{heading}\n{NIP},Budi\n"))
    assert (row.text("nip"), row.text("nama")) == (NIP, "Budi")


def test_commas_in_a_semicolon_heading_do_not_mislead(tmp_path: Path) -> None:
    (row,) = rows_of(write(tmp_path / "a.csv", f'nip;nama;"catatan, lain, lagi, dan"\n{NIP};Budi;x\n'))
    assert row.text("nama") == "Budi"


def test_separator_line_of_excel(tmp_path: Path) -> None:
    (row,) = rows_of(write(tmp_path / "a.csv", f"sep=;\r\nnip;nama\r\n{NIP};Budi\r\n"))
    assert row.text("nama") == "Budi"


def test_blank_rows_and_short_rows(tmp_path: Path) -> None:
    text = f"\n\nnip,nama,email\n,,\n{NIP}\n   ,  ,\n{NIP},Budi,b@example.go.id ,zu viel\n"
    rows = rows_of(write(tmp_path / "a.csv", text))
    assert [(row.line, row.text("nama"), row.cells.get("email", "")) for row in rows] == [
        (5, "", ""),
        (7, "Budi", "b@example.go.id "),
    ]


def test_missing_and_double_columns(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="Kolom nama tidak ditemukan"):
        rows_of(write(tmp_path / "a.csv", f"nip,email\n{NIP},x\n"))
    with pytest.raises(UnreadableFileError, match="Kolom nip ada dua kali"):
        rows_of(write(tmp_path / "a.csv", f"nip,nama,NIP baru\n{NIP},x,{NIP}\n"))


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\x00" * 50]
)
def test_files_that_are_no_table(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    with pytest.raises(UnreadableFileError):
        rows_of(path)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="tidak dapat dibuka"):
        rows_of(tmp_path / "none.csv")


def test_endless_cell_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="rusak"):
        rows_of(write(tmp_path / "a.csv", 'nip,nama\n1,"' + "x" * 200_000 + "\n"))


def workbook(path: Path, rows: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_xlsx_with_numbers_dates_and_blanks(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        [
            [],
            ["NIP", "Nama", "Tanggal Lahir", "Disetujui", "Unor"],
            [NIP, " Budi ", date(1985, 3, 15), True, 12],
            [None, None, None, None, None],
            [int(NIP), "Ani", None, None, None],
        ],
    )
    first, second = rows_of(path)
    assert (first.line, first.text("nip"), first.text("nama")) == (3, NIP, "Budi")
    assert (first.text("tanggal_lahir"), first.text("disetujui"), first.text("unor")) == ("1985-03-15", "ya", "12")
    assert "nip" not in first.numbers
    assert (second.line, "nip" in second.numbers) == (5, True)


cells = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=20)


@given(
    table=st.lists(st.tuples(cells, cells), min_size=1, max_size=8),
    delimiter=st.sampled_from([",", ";", "\t"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    ending=st.sampled_from(["\n", "\r\n"]),
)
def test_whatever_csv_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory,
    table: list[tuple[str, str]],
    delimiter: str,
    encoding: str,
    ending: str,
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=ending)
    writer.writerow(["nip", "nama"])
    writer.writerows(table)
    path = write(tmp_path_factory.mktemp("csv") / "a.csv", text.getvalue(), encoding)

    wanted = [(number, nip, nama) for number, (nip, nama) in enumerate(table, start=2) if nip.strip() or nama.strip()]
    assert [(row.line, row.cells["nip"], row.cells["nama"]) for row in rows_of(path)] == wanted


@given(st.binary(max_size=300))
def test_any_bytes_give_rows_or_are_unreadable(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("bytes") / "a.csv"
    path.write_bytes(b"nip,nama\n" + content)
    rows = []
    with contextlib.suppress(UnreadableFileError):
        rows = rows_of(path)
    assert all(row.cells["nip"].strip() or row.cells.get("nama", "").strip() for row in rows)
    assert [row.line for row in rows] == sorted({row.line for row in rows})


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_was_carried_away_and_corrected_reads_as_it_was(tmp_path: Path, delimiter: str, kind: str) -> None:
    """A report opened, saved by the spreadsheet with the sign of its country, and uploaded again."""
    cells = ["=1+1@x", "-ani@example.go.id", "salah;=1", "O'Neil", "'kutip", "a; -b", "＝1"]
    path = tmp_path / f"a.{kind}"
    if kind == "csv":
        with path.open("w", encoding="utf-8-sig", newline="") as handle:
            writer = csv.writer(handle, delimiter=delimiter)
            writer.writerows([["nip", "nama"], *([NIP, escape_formula(cell)] for cell in cells)])
    else:
        book = openpyxl.Workbook()
        for row in [["nip", "nama"], *([NIP, escape_formula(cell)] for cell in cells)]:
            book.active.append(row)  # type: ignore[union-attr]
        book.save(path)
    assert [row.text("nama") for row in rows_of(path)] == cells
