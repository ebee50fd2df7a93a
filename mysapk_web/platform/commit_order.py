"""Up to which id the rows of a table are final: transactions may commit a lower id after a higher one."""

from __future__ import annotations

import time
from typing import Any, Final

from sqlalchemy import text
from sqlmodel import Session, SQLModel, func, select

LOOKS: Final = 40
"""Checks for the end of the transactions open at the start."""
BETWEEN_LOOKS: Final = 0.025
"""Seconds; a chunk of an import takes less than half a second."""

_WRITERS: Final = text(
    "SELECT virtualtransaction FROM pg_locks WHERE locktype = 'relation' AND mode = 'RowExclusiveLock' AND granted "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
    "AND relation = to_regclass(:name) AND pid IS DISTINCT FROM pg_backend_pid()"
)


def final_id(session: Session, table: type[SQLModel]) -> int | None:
    """An id up to which every row is committed or never will be; None while an older writer is still open.

    PostgreSQL: an insert locks the table before it draws an id and keeps the lock until the row is visible. So once all
    holders of that lock at the time the newest row was read have ended, nothing can appear below that row. SQLite has one
    writer at a time. Each statement of the session must see what was committed before it.
    """
    column: Any = table.__table__.c["id"]  # type: ignore[attr-defined]
    newest = int(session.execute(select(func.max(column))).scalar() or 0)
    if session.get_bind().dialect.name == "sqlite":
        return newest
    name = {"name": str(table.__tablename__)}
    writers = set(session.execute(_WRITERS, name).scalars())
    for _ in range(LOOKS):
        if not writers:
            return newest
        time.sleep(BETWEEN_LOOKS)
        writers &= set(session.execute(_WRITERS, name).scalars())
    return None
