"""An empty file with the columns of a kind of import."""

from __future__ import annotations

import csv
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from mysapk_web.platform.imports.kind import ImportKind
from mysapk_web.platform.spreadsheet_writer import FileFormat

_WIDTH = 22


def write_template(kind: ImportKind, form: FileFormat, path: Path) -> None:
    """Write the template; the columns of a workbook are text, so that a NIP keeps its digits and a code its zeros."""
    names = [column.name for column in kind.columns]
    if form is FileFormat.CSV:
        with path.open("w", encoding="utf-8-sig", newline="") as handle:
            csv.writer(handle).writerow(names)
        return
    book = Workbook()
    sheet = book.active
    sheet.title = "Data"
    sheet.append(names)
    sheet.freeze_panes = "A2"
    for number, cell in enumerate(sheet[1], start=1):
        cell.font = Font(bold=True)
        column = sheet.column_dimensions[get_column_letter(number)]
        column.width, column.number_format = _WIDTH, "@"
    book.save(path)
