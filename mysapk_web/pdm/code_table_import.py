"""`mysapk import-reference`: an agency's official list of a code table, in place of the starting set.

The whole list comes into force at once. A code that the newest list no longer has stays readable in old records and can't be chosen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sqlalchemy import insert, update
from sqlmodel import Session, select

from mysapk_web.organisation import audit
from mysapk_web.pdm.audit_events import ReferenceImported
from mysapk_web.pdm.code_tables import forget_cached_codes
from mysapk_web.pdm.reference import builtin
from mysapk_web.pdm.rules.groups.values import clean_text
from mysapk_web.pdm.tables import CodeTableEntry
from mysapk_web.platform.database import Database
from mysapk_web.platform.errors import UserError
from mysapk_web.platform.row_report import RowReport, Verdict
from mysapk_web.platform.spreadsheet_reader import Aliases, Row, UnreadableFile, read
from mysapk_web.platform.tabular import RowFault

ALIASES: Final[Aliases] = {
    "kode": ("kode", "code", "id"),
    "label": ("label", "nama", "uraian"),
    "induk": ("induk", "parent", "kode_induk"),
    "aktif": ("aktif", "active"),
}
REQUIRED: Final = ("kode", "label")
MAX_CODE: Final = 42
"""Characters; SIASN's longest ids."""
MAX_LABEL: Final = 300

_YES: Final = frozenset({"", "1", "ya", "y", "true", "aktif"})
_NO: Final = frozenset({"0", "tidak", "t", "false", "nonaktif"})
_GONE: Final = "Tidak ada lagi dalam daftar ini; tetap terbaca pada data lama dan tidak dapat dipilih."
_NO_PARENT: Final = "Tanpa induk, jadi tidak muncul pada isian yang memilih menurut induk."


@dataclass(frozen=True, slots=True)
class _Wanted:
    """An entry as the list has it."""

    line: int
    code: str
    label: str
    parent: str
    active: bool
    note: str = ""

    @property
    def values(self) -> dict[str, Any]:
        return {
            "label": self.label,
            "parent": self.parent,
            "active": self.active,
            "search": builtin.fold(self.label)[:MAX_LABEL],
        }


@dataclass(slots=True)
class _List:
    """A file that was read: what can be taken over, and the rows that can't."""

    wanted: dict[str, _Wanted] = field(default_factory=dict)
    refused: list[RowReport] = field(default_factory=list)
    named: set[str] = field(default_factory=set)
    """Codes of all rows: one that is named in a refused row isn't gone."""

    def add(self, entry: _Wanted) -> None:
        before = self.wanted.setdefault(entry.code, entry)
        if before is not entry:
            raise RowFault(f"Kode ini sudah ada di baris {before.line} berkas yang sama. Hapus salah satu barisnya.")


def import_reference(database: Database, path: Path, *, table: str, actor_id: int | None = None) -> Iterator[RowReport]:
    """Take an official list over. The same list again changes nothing.

    Args:
        path: CSV or XLSX with the columns kode and label (or nama), and as far as there are induk and aktif.

    Yields:
        One report a row, and one (line 0) for each entry that is no longer in the list. The list is in force before the first.

    Raises:
        UserError: There is no such table.
        UnreadableFile: The file as a whole can't be used; nothing is changed.
    """
    if table not in builtin.table_names():
        raise UserError(f"Tabel tidak dikenal. Pilih salah satu: {', '.join(builtin.table_names())}.")
    found = _read(path, table)
    if not found.wanted:
        raise UnreadableFile("Tidak ada baris yang dapat dipakai, jadi tidak ada yang diubah. Periksa isi berkas.")
    with database.begin() as session:
        reports = sorted([*found.refused, *_take_over(session, table, found)], key=lambda report: report.line or 10**9)
        counts = dict(Counter(report.verdict.value for report in reports))
        audit.record(session, ReferenceImported(table=table, rows=counts), actor_id=actor_id)
    with database.read() as session:
        forget_cached_codes(session)
    yield from reports


def _read(path: Path, table: str) -> _List:
    found, entries = _List(), builtin.entries(table)
    padded = any(entry.code.startswith("0") for entry in entries)
    with_parent = any(entry.parent for entry in entries)
    for row in read(path, REQUIRED, ALIASES):
        code = row.text("kode")[:MAX_CODE]
        found.named.add(code)
        try:
            found.add(_entry(row, padded=padded, with_parent=with_parent))
        except RowFault as fault:
            found.refused.append(RowReport(row.line, code, Verdict.DITOLAK, str(fault)))
    return found


def _entry(row: Row, *, padded: bool, with_parent: bool) -> _Wanted:
    code, label, parent = (_cleaned(row, name) for name in ("kode", "label", "induk"))
    if padded and "kode" in row.numbers:
        raise RowFault(
            "Kode tersimpan sebagai angka, sehingga nol di depan hilang. Jadikan kolom kode teks, lalu ulangi."
        )
    if not code or not label:
        raise RowFault("Kode atau label kosong. Lengkapi keduanya.")
    if len(code) > MAX_CODE or len(parent) > MAX_CODE:
        raise RowFault(f"Kode dan induk paling banyak {MAX_CODE} karakter.")
    if len(label) > MAX_LABEL:
        raise RowFault(f"Label paling banyak {MAX_LABEL} karakter.")
    active = row.text("aktif").casefold()
    if active not in _YES | _NO:
        raise RowFault("Kolom aktif hanya berisi ya atau tidak.")
    return _Wanted(row.line, code, label, parent, active in _YES, "" if parent or not with_parent else _NO_PARENT)


def _cleaned(row: Row, column: str) -> str:
    text, refused = clean_text(row.text(column), multiline=False)
    if refused:
        raise RowFault(f"Kolom {column} memuat karakter yang tidak dikenal. Ketik ulang sel ini.")
    return text


def _take_over(session: Session, table: str, found: _List) -> Sequence[RowReport]:
    """Write what differs with two statements, however many rows there are."""
    on_file = {row.code: row for row in session.exec(select(CodeTableEntry).where(CodeTableEntry.table == table))}
    new, changed, reports = [], [], []
    for entry in found.wanted.values():
        row = on_file.get(entry.code)
        verdict = Verdict.BARU if row is None else Verdict.DIPERBARUI
        if row is None:
            new.append({"table": table, "code": entry.code, **entry.values})
        elif any(getattr(row, name) != value for name, value in entry.values.items()):
            changed.append({"id": row.id, **entry.values})
        else:
            verdict = Verdict.TIDAK_BERUBAH
        reports.append(_report(entry, verdict))
    for row in on_file.values():
        if row.active and row.code not in found.named and row.code not in found.wanted:
            changed.append(
                {"id": row.id, "label": row.label, "parent": row.parent, "active": False, "search": row.search}
            )
            reports.append(RowReport(0, row.code, Verdict.DIPERBARUI, _GONE))
    session.expunge_all()
    if new:
        session.execute(insert(CodeTableEntry), new)
    if changed:
        session.execute(update(CodeTableEntry), changed)
    return reports


def _report(entry: _Wanted, verdict: Verdict) -> RowReport:
    words = {
        Verdict.BARU: "Kode ditambahkan.",
        Verdict.DIPERBARUI: "Kode diperbarui.",
        Verdict.TIDAK_BERUBAH: "Sama dengan yang ada.",
    }[verdict]
    if entry.note and verdict is not Verdict.TIDAK_BERUBAH:
        return RowReport(entry.line, entry.code, Verdict.DITERIMA_DENGAN_CATATAN, f"{words} {entry.note}")
    return RowReport(entry.line, entry.code, verdict, words)
