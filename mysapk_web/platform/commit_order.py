"""Up to which number the rows of a table are final.

Numbers are drawn in order, but transactions end in another: a row with a lower number may appear after one with a higher. What is
final is told by what the database knows of open transactions, never by a distance of numbers or by time.
"""

from __future__ import annotations

import time
from typing import Any, Final

from sqlalchemy import text
from sqlmodel import Session, SQLModel, func, select

LOOKS: Final = 40
"""Looks for the end of the transactions that were open at first."""
BETWEEN_LOOKS: Final = 0.025
"""Seconds; a chunk of an import takes less than half a second."""

_WRITERS: Final = text(
    "SELECT virtualtransaction FROM pg_locks WHERE locktype = 'relation' AND mode = 'RowExclusiveLock' AND granted "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
    "AND relation = to_regclass(:name) AND pid IS DISTINCT FROM pg_backend_pid()"
)


def final_id(session: Session, table: type[SQLModel]) -> int | None:
    """A number up to which every row is committed, or never will be; none while an older writer is still open.

    PostgreSQL: whoever inserts takes a lock on the table before a number is drawn, and keeps it until what was written can be seen.
    So once all those have ended that held it after the newest row was read, nothing can appear below that row.
    SQLite has one writer at a time, so whatever can be read is final.

    Args:
        session: A transaction in which each statement sees what was committed before it (`Database.read` or `begin`).
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
