"""Import of an agency's official list of a code table, in place of the starting set.

The whole list comes into force at once. A code that the newest list no longer has stays readable in old records and can't be chosen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import delete, insert, update
from sqlmodel import Session, col, select

from mysapk_web.organisation.import_scope import LOST, ImportScope, record_run, scope_of
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.pdm.audit_events import ReferenceImported
from mysapk_web.pdm.code_tables import forget_cached_codes
from mysapk_web.pdm.import_events import other_event, run_facts
from mysapk_web.pdm.reference import builtin
from mysapk_web.pdm.rules.groups.values import clean_text
from mysapk_web.pdm.tables import CodeTableEntry
from mysapk_web.platform import bulk
from mysapk_web.platform.errors import UserError
from mysapk_web.platform.imports.kind import (
    Applied,
    CheckedRow,
    Column,
    ImportKind,
    RunEvent,
    ScopeLostError,
    StoredRow,
)
from mysapk_web.platform.imports.rules import CommonVerdict, RowVerdict
from mysapk_web.platform.imports.tables import ImportRun
from mysapk_web.platform.spreadsheet_reader import Aliases, Row, UnreadableFileError
from mysapk_web.platform.tabular import RowError

FAMILY: Final = "referensi"
ALIASES: Final[Aliases] = {
    "kode": ("kode", "code", "id"),
    "label": ("label", "nama", "uraian"),
    "induk": ("induk", "parent", "kode_induk"),
    "aktif": ("aktif", "active"),
}
MAX_CODE: Final = 42
"""Characters; SIASN's longest ids."""
MAX_LABEL: Final = 300

_YES: Final = frozenset({"", "1", "ya", "y", "true", "aktif"})
_NO: Final = frozenset({"0", "tidak", "t", "false", "nonaktif"})
_GONE: Final = "Tidak ada lagi dalam daftar ini; tetap terbaca pada data lama dan tidak dapat dipilih."
_NO_PARENT: Final = "Tanpa induk, jadi tidak muncul pada isian yang memilih menurut induk."
_NOTHING: Final = "Tidak ada baris yang dapat dipakai, jadi tidak ada yang diubah. Periksa isi berkas."
_SENTENCES: Final[Mapping[RowVerdict, str]] = MappingProxyType(
    {
        CommonVerdict.NEW: "Kode ditambahkan.",
        CommonVerdict.CHANGED: "Kode diperbarui.",
        CommonVerdict.UNCHANGED: "Sama dengan yang ada.",
    }
)


@dataclass(slots=True)
class CodeTableCache:
    """What a file has named so far."""

    lines: dict[str, int] = field(default_factory=dict)
    """Code -> the line of the row that is taken over."""
    named: set[str] = field(default_factory=set)
    """Codes of all rows: one that is named in a refused row isn't gone."""


class CodeTableImport(ImportKind):
    """The list of one code table."""

    permission = Permission.PEOPLE_IMPORT.value
    national = True
    required = ("kode", "label")
    aliases = ALIASES
    key_label = "kode"
    at_once = True
    columns = (
        Column("kode", "Format kolomnya sebagai teks, agar nol di depan tidak hilang.", "01"),
        Column("label", "Nama yang dibaca pegawai.", "Contoh"),
        Column("induk", "Kode di tabel induk, bila ada.", ""),
        Column("aktif", "ya atau tidak. Kosong: ya.", "ya"),
    )

    def __init__(self, table: str) -> None:
        self.table = table
        self.key = f"{FAMILY}:{table}"
        self.label = f"Tabel referensi: {table.replace('_', ' ')}"

    def survey(self, rows: Iterable[Row]) -> CodeTableCache:
        for _ in rows:
            pass
        return CodeTableCache()

    def scope(self, session: Session, run: ImportRun) -> ImportScope:
        scope = scope_of(session, run, Permission.PEOPLE_IMPORT)
        if not scope.is_national:
            raise ScopeLostError(LOST)
        return scope

    def validate(self, session: Session, rows: Sequence[Row], scope: Any, memory: Any) -> list[CheckedRow]:
        entries = builtin.entries(self.table)
        padded = any(entry.code.startswith("0") for entry in entries)
        with_parent = any(entry.parent for entry in entries)
        checked = [_check(row, memory, padded=padded) for row in rows]
        good = [row for row in checked if row.verdict.good]
        stored = self._stored(session, [row.key for row in good])
        for row in good:
            row.before = stored.get(row.key)
            if row.before is not None:
                row.verdict = CommonVerdict.UNCHANGED if row.before == row.content else CommonVerdict.CHANGED
            row.note = _SENTENCES[row.verdict]
            if row.verdict.good and with_parent and row.content and not row.content["parent"]:
                row.verdict, row.note = CommonVerdict.WITH_NOTE, f"{row.note} {_NO_PARENT}"
        return checked

    def complete(self, session: Session, memory: Any) -> list[CheckedRow]:
        if not memory.lines:
            raise UnreadableFileError(_NOTHING)
        gone = [
            (code, values)
            for code, values in self._stored(session).items()
            if values["active"] and code not in memory.named
        ]
        return [
            CheckedRow(0, code, CommonVerdict.CHANGED, _GONE, content=values | {"active": False}, before=values)
            for code, values in gone
        ]

    def apply(self, session: Session, run: ImportRun, rows: Sequence[StoredRow], scope: Any, memory: Any) -> Applied:
        stored, ids = self._stored(session, [row.nip for row in rows]), self._ids(session, [row.nip for row in rows])
        applied, new, changed = Applied(), list[dict[str, Any]](), list[dict[str, Any]]()
        for row in rows:
            on_file = stored.get(row.nip)
            if on_file == row.content:
                applied.changes[row.position] = (CommonVerdict.UNCHANGED, _SENTENCES[CommonVerdict.UNCHANGED])
            elif on_file != row.before:
                applied.changes[row.position] = (CommonVerdict.OVERTAKEN, "")
            elif on_file is None:
                new.append({"table": self.table, "code": row.nip, **_columns(row.content)})
            else:
                changed.append({"id": ids[row.nip], **_columns(row.content)})
        self._write(session, new, changed)
        applied.count = len(new) + len(changed)
        return applied

    def undo(self, session: Session, run: ImportRun, rows: Sequence[StoredRow], scope: Any) -> int:
        stored, ids = self._stored(session, [row.nip for row in rows]), self._ids(session, [row.nip for row in rows])
        ours = [row for row in rows if stored.get(row.nip) == row.content]
        removed = [ids[row.nip] for row in ours if row.before is None]
        restored = [{"id": ids[row.nip], **_columns(row.before)} for row in ours if row.before is not None]
        session.execute(delete(CodeTableEntry).where(bulk.one_of(session, col(CodeTableEntry.id), removed)))
        self._write(session, [], restored)
        return len(ours)

    def _write(self, session: Session, new: list[dict[str, Any]], changed: list[dict[str, Any]]) -> None:
        if new:
            session.execute(insert(CodeTableEntry), new)
        if changed:
            session.execute(update(CodeTableEntry), changed)

    def _stored(self, session: Session, wanted: Sequence[str] | None = None) -> dict[str, dict[str, Any]]:
        found = select(CodeTableEntry.code, CodeTableEntry.label, CodeTableEntry.parent, CodeTableEntry.active).where(
            CodeTableEntry.table == self.table
        )
        if wanted is not None:
            found = found.where(bulk.one_of(session, col(CodeTableEntry.code), wanted))
        return {
            code: {"label": label, "parent": parent, "active": active}
            for code, label, parent, active in session.exec(found)
        }

    def _ids(self, session: Session, wanted: Sequence[str]) -> dict[str, int | None]:
        found = select(CodeTableEntry.code, CodeTableEntry.id).where(
            CodeTableEntry.table == self.table, bulk.one_of(session, col(CodeTableEntry.code), wanted)
        )
        return dict(session.exec(found).all())

    def finish(self, session: Session) -> None:
        forget_cached_codes(session)

    def record(self, session: Session, run: ImportRun, event: RunEvent) -> None:
        if event is RunEvent.APPLIED:
            record_run(session, run, ReferenceImported(table=self.table, **run_facts(self, run)))
        else:
            record_run(session, run, other_event(self, run, event))

    def describe(self, content: Mapping[str, Any]) -> str:
        return str(content.get("label", ""))


CODE_TABLE_IMPORTS: Final = tuple(CodeTableImport(name) for name in builtin.table_names())


def code_table_import(table: str) -> CodeTableImport:
    """The import of one code table.

    Raises:
        UserError: There is no such table.
    """
    found = next((kind for kind in CODE_TABLE_IMPORTS if kind.table == table), None)
    if found is None:
        raise UserError(f"Tabel tidak dikenal. Pilih salah satu: {', '.join(builtin.table_names())}.")
    return found


def _check(row: Row, memory: CodeTableCache, *, padded: bool) -> CheckedRow:
    code = row.text("kode")[:MAX_CODE]
    memory.named.add(code)
    try:
        code, content = _entry(row, padded=padded)
        memory.named.add(code)
        _require_first(memory, code, row.line)
    except RowError as fault:
        return CheckedRow(row.line, code, CommonVerdict.REFUSED, str(fault), content={"label": row.text("label")})
    return CheckedRow(row.line, code, CommonVerdict.NEW, content=content)


def _require_first(memory: CodeTableCache, code: str, line: int) -> None:
    before = memory.lines.setdefault(code, line)
    if before != line:
        raise RowError(f"Kode ini sudah ada di baris {before} berkas yang sama. Hapus salah satu barisnya.")


def _columns(content: Mapping[str, Any]) -> dict[str, Any]:
    return {**content, "search": builtin.fold(content["label"])[:MAX_LABEL]}


def _entry(row: Row, *, padded: bool) -> tuple[str, dict[str, Any]]:
    code, label, parent = (_cleaned(row, name) for name in ("kode", "label", "induk"))
    if padded and "kode" in row.numbers:
        raise RowError(
            "Kode tersimpan sebagai angka, sehingga nol di depan hilang. Jadikan kolom kode teks, lalu ulangi."
        )
    if not code or not label:
        raise RowError("Kode atau label kosong. Lengkapi keduanya.")
    if len(code) > MAX_CODE or len(parent) > MAX_CODE:
        raise RowError(f"Kode dan induk paling banyak {MAX_CODE} karakter.")
    if len(label) > MAX_LABEL:
        raise RowError(f"Label paling banyak {MAX_LABEL} karakter.")
    active = row.text("aktif").casefold()
    if active not in _YES | _NO:
        raise RowError("Kolom aktif hanya berisi ya atau tidak.")
    return code, {"label": label, "parent": parent, "active": active in _YES}


def _cleaned(row: Row, column: str) -> str:
    text, refused = clean_text(row.text(column), multiline=False)
    if refused:
        raise RowError(f"Kolom {column} memuat karakter yang tidak dikenal. Ketik ulang sel ini.")
    return text
