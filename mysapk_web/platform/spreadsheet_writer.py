"""Lists as CSV or XLSX: bounded in length, and harmless to the spreadsheet that opens them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from string import ascii_uppercase
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from mysapk_web.platform.errors import UserError
from mysapk_web.platform.rules.csv_injection import escape_formula

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Not allowed in a workbook (XML 1.0, 2.2)."""


class FileFormat(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"

    @property
    def media_type(self) -> str:
        return _MEDIA_TYPES[self]


MAX_ROWS: Final = {FileFormat.XLSX: 100_000, FileFormat.CSV: 6_000_000}
"""Workbooks are written cell by cell, about 10,000 rows a second; a text file fits the country."""
_MEDIA_TYPES: Final = {
    FileFormat.CSV: "text/csv; charset=utf-8",
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def require_row_limit(kind: FileFormat, rows: int) -> None:
    """Raises UserError for too many rows."""
    if rows > MAX_ROWS[kind]:
        shown = f"{MAX_ROWS[kind]:,}".replace(",", ".")
        raise UserError(f"Daftar ini lebih dari {shown} baris. Persempit saringannya, atau unduh sebagai CSV.")


def write(
    path: Path, kind: FileFormat, headings: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int]
) -> int:
    """Write rows as they come; gives their number. All cells are text: a NIP keeps its digits in a workbook, too.

    Raises:
        UserError: Too many rows for this format.
    """
    counted = _counted(rows, kind)
    return (
        _write_csv(path, headings, counted) if kind is FileFormat.CSV else _write_xlsx(path, headings, counted, widths)
    )


def _counted(rows: Iterable[Sequence[str]], kind: FileFormat) -> Iterator[Sequence[str]]:
    for number, row in enumerate(rows, start=1):
        require_row_limit(kind, number)
        yield row


def _write_csv(path: Path, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    count = 0
    # With a BOM, so that spreadsheets read UTF-8.
    with path.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(headings)
        for row in rows:
            writer.writerow([escape_formula(value) for value in row])
            count += 1
    return count


def _write_xlsx(path: Path, headings: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int]) -> int:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Daftar")
    count = 0
    try:
        sheet.freeze_panes = "A2"
        for letter, width in zip(ascii_uppercase, widths, strict=False):
            sheet.column_dimensions[letter].width = width
        sheet.append([_text(sheet, heading, bold=True) for heading in headings])
        for row in rows:
            sheet.append([_text(sheet, value) for value in row])
            count += 1
        book.save(path)
    except BaseException:
        # The sheet is a temporary file until the book is saved.
        with suppress(Exception):
            sheet.close()
        raise
    return count


def _text(sheet: Any, value: str, *, bold: bool = False) -> Any:
    """A cell that stays text: no formula, and no number that would lose the last digits of a NIP."""
    cell = WriteOnlyCell(sheet, value=_CONTROL.sub("", value)[:32_000])
    cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell
