"""The report of a run as a file: CSV, or XLSX; no cell of it is ever run as a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from mysapk_web.services.rolls.report import safe_cell

HEADINGS: Final = ("baris", "nip", "email", "hasil", "keterangan")
_ILLEGAL: Final = dict.fromkeys(code for code in range(32) if code not in {9, 10, 13})
"""Control characters that XML knows no way to write."""


def write_csv(path: Path, rows: Iterable[tuple[int, str, str, str, str]]) -> None:
    """Write a report as CSV (UTF-8 with a mark, so that spreadsheets read it right).

    Args:
        path: Where to; written anew.
        rows: From `runs.report`.
    """
    with path.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(HEADINGS)
        for line, *texts in rows:
            writer.writerow([line, *map(safe_cell, texts)])


def write_xlsx(path: Path, rows: Iterable[tuple[int, str, str, str, str]]) -> None:
    """Write a report as XLSX, row by row; every text is a text cell, so a NIP keeps its digits.

    Args:
        path: Where to; written anew.
        rows: From `runs.report`.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Laporan")
    sheet.append(list(HEADINGS))
    for line, *texts in rows:
        cells = []
        for text in texts:
            cell = WriteOnlyCell(sheet, safe_cell(text).translate(_ILLEGAL))
            cell.data_type = "s"
            cells.append(cell)
        sheet.append([line, *cells])
    book.save(path)
