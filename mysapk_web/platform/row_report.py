"""What became of each row of an import, as a list and as a CSV file."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from mysapk_web.platform.rules.csv_injection import escape_formula

HEADINGS: Final = ("baris", "nip", "hasil", "keterangan")
"""Of the rolls; other lists name their second column otherwise."""


class Verdict(StrEnum):
    """What became of a row."""

    BARU = "BARU"
    DIPERBARUI = "DIPERBARUI"
    TIDAK_BERUBAH = "TIDAK_BERUBAH"
    DITERIMA_DENGAN_CATATAN = "DITERIMA_DENGAN_CATATAN"
    DITOLAK = "DITOLAK"


@dataclass(frozen=True, slots=True)
class RowReport:
    """One row of the report.

    Attributes:
        nip: As far as it could be read; of a code table, the code.
    """

    line: int
    nip: str
    verdict: Verdict
    sentence: str


class Summary:
    """Counts verdicts while reports pass by."""

    def __init__(self) -> None:
        self.counts: Counter[Verdict] = Counter()

    @property
    def total(self) -> int:
        """Rows so far."""
        return self.counts.total()

    def counting(self, rows: Iterable[RowReport]) -> Iterator[RowReport]:
        """Pass reports on and count them."""
        for row in rows:
            self.counts[row.verdict] += 1
            yield row


def write_report(path: Path, rows: Iterable[RowReport], *, about: str = "nip") -> None:
    """Write reports as CSV (UTF-8 with a mark, so that spreadsheets read it right), as they come."""
    with path.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow([about if name == "nip" else name for name in HEADINGS])
        for row in rows:
            writer.writerow([row.line, escape_formula(row.nip), row.verdict.value, escape_formula(row.sentence)])
