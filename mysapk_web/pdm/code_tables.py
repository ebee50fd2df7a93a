"""The code tables of this portal: an agency's official list, where one was loaded, stands over the starting set."""

from __future__ import annotations

import threading
import weakref
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlmodel import Session, col, or_, select

from mysapk_web.pdm.reference import tables
from mysapk_web.pdm.reference.tables import Entry
from mysapk_web.pdm.tables import ReferenceEntry
from mysapk_web.platform import clock

KEPT_FOR: Final = timedelta(seconds=60)
"""So long a process may remember entries: a newly loaded list counts everywhere after a minute at the latest."""
SEARCH_LIMIT: Final = 50


@dataclass(slots=True)
class _Remembered:
    """What one process knows of the loaded lists of one database."""

    until: datetime
    loaded: frozenset[str]
    entries: dict[tuple[str, str], Entry] = field(default_factory=dict)


_remembered: weakref.WeakKeyDictionary[Any, _Remembered] = weakref.WeakKeyDictionary()
_lock = threading.Lock()


class StoredCodes:
    """`pdm.rules.groups.fields.Codes` over both sources, for one transaction.

    Args:
        session: Any transaction.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known = _memory(session)

    def label(self, table: str, code: str) -> str | None:
        """Words of a code, also of one that can't be chosen any more; None where it is unknown."""
        entry = self._find(table, code)
        return entry.label if entry else None

    def exists(self, table: str, code: str) -> bool:
        """Whether the code may be chosen today."""
        entry = self._find(table, code)
        return entry is not None and entry.active

    def parent(self, table: str, code: str) -> str:
        """Code that this one belongs to; empty where there is none."""
        entry = self._find(table, code)
        return entry.parent if entry else ""

    def is_loaded(self, table: str) -> bool:
        """Whether an agency loaded its own list of this table."""
        return table in self._known.loaded

    def _find(self, table: str, code: str) -> Entry | None:
        if table not in self._known.loaded:
            return _built_in(table, code)
        entry = self._known.entries.get((table, code)) or self._read(table, code)
        if entry is not None:  # what was not found is not remembered: anybody can ask for any number of unknown codes
            self._known.entries[table, code] = entry
        return entry

    def _read(self, table: str, code: str) -> Entry | None:
        row = self._session.exec(
            select(ReferenceEntry).where(ReferenceEntry.table == table, ReferenceEntry.code == code)
        ).one_or_none()
        if row is not None:
            return Entry(row.code, row.label, row.parent, row.active)
        old = _built_in(table, code)
        # The official list has taken the place of the starting set, whose other codes are only read from now on.
        return Entry(old.code, old.label, old.parent, active=False) if old else None


class ReadableCodes:
    """The same tables for a record that was right when it was sent: a code that is only read by now still counts.

    Args:
        codes: The tables.
    """

    def __init__(self, codes: StoredCodes) -> None:
        self._codes = codes

    def label(self, table: str, code: str) -> str | None:
        """Words of a code; None where it is unknown."""
        return self._codes.label(table, code)

    def exists(self, table: str, code: str) -> bool:
        """Whether the code is known at all."""
        return self._codes.label(table, code) is not None

    def parent(self, table: str, code: str) -> str:
        """Code that this one belongs to; empty where there is none."""
        return self._codes.parent(table, code)


def codes(session: Session) -> StoredCodes:
    """The code tables.

    Args:
        session: Any transaction; the answer doesn't outlive it.
    """
    return StoredCodes(session)


def forget(session: Session) -> None:
    """Read the loaded lists again; called after one was loaded.

    Args:
        session: Of the database that it was loaded into.
    """
    with _lock:
        _remembered.pop(_engine(session), None)


def search_codes(session: Session, table: str, text: str, limit: int = 20, parent: str = "") -> list[Entry]:
    """Find codes that may be chosen today, for a field that completes what is typed.

    Args:
        session: Any transaction.
        table: Name of a code table; an unknown one has no entries.
        text: What was typed; case and accents don't matter.
        limit: At most so many, and never more than 50.
        parent: Only entries of this parent; empty for all.

    Returns:
        Labels that begin with the text come first.
    """
    limit = max(0, min(limit, SEARCH_LIMIT))
    if not codes(session).is_loaded(table):
        return tables.search(table, text, limit, parent) if table in tables.table_names() else []
    wanted = tables.fold(text)
    held = col(ReferenceEntry.search)
    begins = held.startswith(wanted, autoescape=True)
    found = (
        select(ReferenceEntry)
        .where(ReferenceEntry.table == table, col(ReferenceEntry.active).is_(True))
        .where(or_(held.contains(wanted, autoescape=True), ReferenceEntry.code == text.strip()))
        .order_by(begins.desc(), held, col(ReferenceEntry.id))
        .limit(limit)
    )
    if parent:
        found = found.where(ReferenceEntry.parent == parent)
    return [Entry(row.code, row.label, row.parent, row.active) for row in session.exec(found)]


def _built_in(table: str, code: str) -> Entry | None:
    label = tables.CODES.label(table, code)
    if label is None:
        return None
    return Entry(code, label, tables.CODES.parent(table, code), tables.CODES.exists(table, code))


def _memory(session: Session) -> _Remembered:
    engine, now = _engine(session), clock.now()
    with _lock:
        known = _remembered.get(engine)
    if known is None or not now < known.until <= now + KEPT_FOR:
        loaded = frozenset(session.exec(select(ReferenceEntry.table).distinct()))
        known = _Remembered(now + KEPT_FOR, loaded)
        with _lock:
            _remembered[engine] = known
    return known


def _engine(session: Session) -> Any:
    return session.connection().engine
