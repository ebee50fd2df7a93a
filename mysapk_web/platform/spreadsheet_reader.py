"""Reading a table of people as agencies send it: XLSX, or CSV in any of the usual spellings, row by row."""

from __future__ import annotations

import codecs
import csv
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from typing import Any, Final, TypeAlias

from python_calamine import CalamineError, CalamineWorkbook

from mysapk_web.platform.rules.csv_injection import unescape_formula

MAX_XLSX_BYTES: Final = 400 * 1024 * 1024
"""Unpacked size of a workbook; a larger one is a zip bomb or belongs into a CSV file."""
DELIMITERS: Final = (",", ";", "\t")

ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "nip": ("nip", "nip_baru", "nomor_induk_pegawai", "nip_nippk"),
    "nama": ("nama", "nama_lengkap", "nama_pegawai"),
    "jenis": ("jenis", "jenis_pegawai", "jenis_kepegawaian"),
    "instansi": ("instansi", "instansi_kode", "kode_instansi"),
    "instansi_nama": ("instansi_nama", "nama_instansi"),
    "unor": ("unor", "unor_kode", "kode_unor"),
    "unor_nama": ("unor_nama", "nama_unor", "unit_kerja"),
    "unor_atasan": ("unor_atasan", "unor_atasan_kode", "kode_unor_atasan"),
    "email": ("email", "e_mail", "surel", "alamat_email"),
    "gelar_depan": ("gelar_depan",),
    "gelar_belakang": ("gelar_belakang",),
    "tanggal_lahir": ("tanggal_lahir", "tgl_lahir"),
    "jenis_kelamin": ("jenis_kelamin", "kelamin", "gender"),
    "disetujui": ("disetujui", "approved"),
}
"""Columns of the rolls and the headings they are found under, after folding by `_heading`."""

Aliases: TypeAlias = Mapping[str, tuple[str, ...]]
_ZIP: Final = b"PK\x03\x04"
_OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_BLOCK: Final = 1 << 20


class UnreadableFileError(Exception):
    """The file as a whole can't be used. `str()` is an Indonesian sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row that isn't blank.

    Attributes:
        line: Line (CSV) or row (XLSX) in the file, counted from 1.
        cells: Text by column name; a cell that is missing or blank gives "". Blanks around are kept.
        numbers: Columns whose cell was a number, which in a spreadsheet loses digits after the fifteenth.
    """

    line: int
    cells: Mapping[str, str]
    numbers: frozenset[str] = frozenset()

    def text(self, column: str) -> str:
        """A cell without blanks around it."""
        return self.cells.get(column, "").strip()


def read(path: Path, required: Sequence[str], aliases: Aliases = ALIASES) -> Iterator[Row]:
    """Read a table.

    A CSV file is read as a stream. The library for XLSX unpacks a sheet as a whole, so its size is limited.

    Args:
        path: CSV (UTF-8, UTF-16 or Windows-1252; comma, semicolon or tab) or XLSX (its first sheet).

    Yields:
        Rows in the order of the file; blank ones are left out.

    Raises:
        UnreadableFileError: No table, an unknown format, or a required column is missing.
    """
    known = {alias: name for name, found in aliases.items() for alias in found}
    lines = _lines(path, known)
    try:
        _, heading = next(lines, (0, []))
        columns = _columns([_as_text(cell) for cell in heading], known)
        missing = [name for name in required if name not in columns]
        if missing:
            raise UnreadableFileError(
                f"Kolom {', '.join(missing)} tidak ditemukan. Isi baris pertama berkas dengan nama kolom."
            )
        for line, values in lines:
            row = _row(line, values, columns)
            if row is not None:
                yield row
    except csv.Error:
        raise UnreadableFileError("Berkas CSV rusak atau bukan CSV. Simpan ulang berkas, lalu coba lagi.") from None


def _lines(path: Path, known: Mapping[str, str]) -> Iterator[tuple[int, Sequence[Any]]]:
    try:
        with path.open("rb") as handle:
            start = handle.read(8)
        if start.startswith(_ZIP):
            return _first_filled(_xlsx_lines(path))
        if start.startswith(_OLD_EXCEL):
            raise UnreadableFileError("Berkas ini berformat .xls lama. Simpan ulang sebagai .xlsx atau .csv.")
        return _first_filled(_csv_lines(path, _encoding(path, start), known))
    except OSError as error:
        raise UnreadableFileError(f"Berkas tidak dapat dibuka ({error.strerror}). Periksa nama dan izinnya.") from None


def _first_filled(lines: Iterator[tuple[int, Sequence[Any]]]) -> Iterator[tuple[int, Sequence[Any]]]:
    """Drop what is blank above the heading."""
    for line in lines:
        if any(_as_text(cell).strip() for cell in line[1]):
            return chain([line], lines)
    return iter(())


def _xlsx_lines(path: Path) -> Iterator[tuple[int, Sequence[Any]]]:
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > MAX_XLSX_BYTES:
            raise UnreadableFileError("Berkas XLSX terlalu besar. Simpan sebagai CSV, lalu coba lagi.")
        with path.open("rb") as handle:
            sheet = CalamineWorkbook.from_filelike(handle).get_sheet_by_index(0)
    except (zipfile.BadZipFile, CalamineError):
        raise UnreadableFileError(
            "Berkas XLSX rusak atau terkunci. Simpan ulang tanpa sandi, lalu coba lagi."
        ) from None
    return iter(enumerate(sheet.iter_rows(), start=1))


def _encoding(path: Path, start: bytes) -> str:
    """UTF-8 when the whole file is, else what Windows writes."""
    if start.startswith(_UTF16):
        return "utf-16"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as handle:
            while block := handle.read(_BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _csv_lines(path: Path, encoding: str, known: Mapping[str, str]) -> Iterator[tuple[int, Sequence[str]]]:
    # Windows-1252 leaves five bytes undefined; a sign for "unknown" is better than losing the file.
    with path.open(encoding=encoding, errors="replace", newline="") as handle:
        delimiter, ahead = _sniff(handle, known)
        reader = csv.reader(chain(ahead, handle), delimiter=delimiter)
        for values in reader:
            yield reader.line_num, values


def _sniff(handle: Iterator[str], columns: Mapping[str, str]) -> tuple[str, list[str]]:
    """Choose the delimiter under which the heading holds most known columns.

    Returns:
        The delimiter, and the lines that were read to find it; the "sep=;" of Excel is taken away.
    """
    ahead: list[str] = []
    for line in handle:
        if not ahead and (told := re.fullmatch(r"sep=(.)\s*", line, re.IGNORECASE)):
            return told[1], ["\n"]
        ahead.append(line)
        if line.strip(" \t\r\n,;"):
            break
    heading = ahead[-1] if ahead else ""

    def known(delimiter: str) -> tuple[int, int]:
        names = next(csv.reader([heading], delimiter=delimiter), [])
        return sum(_heading(name) in columns for name in names), len(names)

    return max(DELIMITERS, key=known), ahead


def _heading(text: str) -> str:
    return re.sub(r"[\W_]+", "_", text.casefold()).strip("_")


def _columns(headings: Iterable[str], known: Mapping[str, str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, heading in enumerate(headings):
        name = known.get(_heading(heading))
        if name is None:
            continue
        if name in found:
            raise UnreadableFileError(f"Kolom {name} ada dua kali. Hapus salah satunya.")
        found[name] = place
    return found


def _row(line: int, values: Sequence[Any], columns: Mapping[str, int]) -> Row | None:
    found = {name: values[place] for name, place in columns.items() if place < len(values)}
    # Lists that were carried away come back corrected, with the marks that kept a spreadsheet from running them.
    cells = {name: unescape_formula(_as_text(value)) for name, value in found.items()}
    if not any(map(str.strip, cells.values())):
        return None
    return Row(line, cells, frozenset([name for name, value in found.items() if _is_number(value)]))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)
