"""The code tables in force: a list that an agency loaded replaces the built-in one of that name."""

from __future__ import annotations

import threading
import weakref
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlmodel import Session, col, or_, select

from mysapk_web.pdm.reference import builtin
from mysapk_web.pdm.reference.builtin import CodeEntry
from mysapk_web.pdm.tables import CodeTableEntry
from mysapk_web.platform import clock

CACHE_LIFE: Final = timedelta(seconds=60)
"""A newly loaded list is in force everywhere after a minute at most."""
SEARCH_LIMIT: Final = 50


@dataclass(slots=True)
class _Remembered:
    """What this process has cached of the lists loaded into one database."""

    until: datetime
    loaded: frozenset[str]
    entries: dict[tuple[str, str], CodeEntry] = field(default_factory=dict)


_remembered: weakref.WeakKeyDictionary[Any, _Remembered] = weakref.WeakKeyDictionary()
_lock = threading.Lock()


class StoredCodes:
    """The `Codes` of both sources, for one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known = _memory(session)

    def label(self, table: str, code: str) -> str | None:
        """Also of a code that can no longer be chosen; None if unknown."""
        entry = self._find(table, code)
        return entry.label if entry else None

    def exists(self, table: str, code: str) -> bool:
        """Whether the code may be chosen today."""
        entry = self._find(table, code)
        return entry is not None and entry.active

    def parent(self, table: str, code: str) -> str:
        entry = self._find(table, code)
        return entry.parent if entry else ""

    def is_loaded(self, table: str) -> bool:
        return table in self._known.loaded

    def _find(self, table: str, code: str) -> CodeEntry | None:
        if table not in self._known.loaded:
            return _built_in(table, code)
        entry = self._known.entries.get((table, code)) or self._read(table, code)
        if entry is not None:  # a code that was not found is not cached: clients can ask for any number of them
            self._known.entries[table, code] = entry
        return entry

    def _read(self, table: str, code: str) -> CodeEntry | None:
        row = self._session.exec(
            select(CodeTableEntry).where(CodeTableEntry.table == table, CodeTableEntry.code == code)
        ).one_or_none()
        if row is not None:
            return CodeEntry(row.code, row.label, row.parent, row.active)
        old = _built_in(table, code)
        # The official list replaces the built-in one; the other codes of that are read-only from now on.
        return CodeEntry(old.code, old.label, old.parent, active=False) if old else None


class ReadableCodes:
    """For a record that was valid when it was sent: a code that can no longer be chosen still counts."""

    def __init__(self, codes: StoredCodes) -> None:
        self._codes = codes

    def label(self, table: str, code: str) -> str | None:
        return self._codes.label(table, code)

    def exists(self, table: str, code: str) -> bool:
        return self._codes.label(table, code) is not None

    def parent(self, table: str, code: str) -> str:
        return self._codes.parent(table, code)


def forget_cached_codes(session: Session) -> None:
    with _lock:
        _remembered.pop(_engine(session), None)


def search_codes(session: Session, table: str, text: str, limit: int = 20, parent: str = "") -> list[CodeEntry]:
    """Codes that may be chosen today, for autocompletion. Labels that begin with the text come first."""
    limit = max(0, min(limit, SEARCH_LIMIT))
    if not StoredCodes(session).is_loaded(table):
        return builtin.search(table, text, limit, parent) if table in builtin.table_names() else []
    wanted = builtin.fold(text)
    held = col(CodeTableEntry.search)
    begins = held.startswith(wanted, autoescape=True)
    found = (
        select(CodeTableEntry)
        .where(CodeTableEntry.table == table, col(CodeTableEntry.active).is_(True))
        .where(or_(held.contains(wanted, autoescape=True), CodeTableEntry.code == text.strip()))
        .order_by(begins.desc(), held, col(CodeTableEntry.id))
        .limit(limit)
    )
    if parent:
        found = found.where(CodeTableEntry.parent == parent)
    return [CodeEntry(row.code, row.label, row.parent, row.active) for row in session.exec(found)]


def _built_in(table: str, code: str) -> CodeEntry | None:
    label = builtin.CODES.label(table, code)
    if label is None:
        return None
    return CodeEntry(code, label, builtin.CODES.parent(table, code), builtin.CODES.exists(table, code))


def _memory(session: Session) -> _Remembered:
    engine, now = _engine(session), clock.now()
    with _lock:
        known = _remembered.get(engine)
    if known is None or not now < known.until <= now + CACHE_LIFE:
        loaded = frozenset(session.exec(select(CodeTableEntry.table).distinct()))
        known = _Remembered(now + CACHE_LIFE, loaded)
        with _lock:
            _remembered[engine] = known
    return known


def _engine(session: Session) -> Any:
    return session.connection().engine
