"""Counters behind every limit: one row per key, each step a single SQL statement, shared by all processes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, delete, null, update
from sqlmodel import Field, Session, SQLModel, col, select

from mysapk_web.platform.upsert import insert
from mysapk_web.rate_limits import Lockout


class Counter(SQLModel, table=True):
    """A counted window, or a run of failures with its lockout."""

    __tablename__ = "penghitung"

    key: str = Field(primary_key=True, max_length=120)
    """`<limit>:<keyed hash>`, without NIP or address in clear."""
    count: int
    resets_at: datetime = Field(index=True)
    """End of the window; the row may be deleted after it."""
    blocked_until: datetime | None = None


def hit(session: Session, key: str, now: datetime, window: timedelta) -> int:
    """Count one hit in a fixed window; gives the hits in it, this one included."""
    statement = insert(session, Counter).values(key=key, count=1, resets_at=now + window)
    over = col(Counter.resets_at) <= now
    statement = statement.on_conflict_do_update(
        index_elements=["key"],
        set_={
            "count": case((over, 1), else_=col(Counter.count) + 1),
            "resets_at": case((over, statement.excluded.resets_at), else_=col(Counter.resets_at)),
        },
    ).returning(col(Counter.count))
    return int(session.execute(statement).scalar_one())


def count_attempt(
    session: Session,
    key: str,
    now: datetime,
    lockout: Lockout,
) -> timedelta:
    """Count an attempt as failed before it is checked; gives the remaining wait. Nothing is counted during a wait."""
    longest = lockout.failures_to_longest
    steps = [n for n in range(1, longest + 1) if lockout.wait_after(n)]
    over = col(Counter.resets_at) <= now
    count = case((over, 1), else_=col(Counter.count) + 1)
    waits = [(count == n, now + lockout.wait_after(n)) for n in steps]
    statement = insert(session, Counter).values(key=key, count=1, resets_at=now + lockout.memory)
    statement = statement.on_conflict_do_update(
        index_elements=["key"],
        set_={
            "count": count,
            "resets_at": statement.excluded.resets_at,
            "blocked_until": case(*waits, (count > longest, now + lockout.wait_after(longest)), else_=null()),
        },
        where=col(Counter.blocked_until).is_(None) | (col(Counter.blocked_until) <= now),
    ).returning(col(Counter.count))
    if session.execute(statement).scalar_one_or_none() is not None:
        return timedelta(0)
    until = session.exec(select(Counter.blocked_until).where(Counter.key == key)).one_or_none()
    return max((until or now) - now, timedelta(0))


def current_count(session: Session, key: str, now: datetime) -> int:
    found = session.exec(select(Counter.count).where(Counter.key == key, col(Counter.resets_at) > now)).one_or_none()
    return found or 0


def undo_attempt(session: Session, key: str) -> None:
    """Take one attempt back, with the wait it earned."""
    session.execute(
        update(Counter)
        .where(col(Counter.key) == key, col(Counter.count) > 0)
        .values(count=col(Counter.count) - 1, blocked_until=None)
    )


def cap_count(session: Session, key: str, to: int) -> None:
    """Shorten a longer run of failures; a current wait continues."""
    session.execute(update(Counter).where(col(Counter.key) == key, col(Counter.count) > to).values(count=to))


def delete_counter(session: Session, key: str) -> None:
    session.execute(delete(Counter).where(col(Counter.key) == key))


def sweep(session: Session, now: datetime) -> int:
    """Delete expired rows; gives their number."""
    result: Any = session.execute(delete(Counter).where(col(Counter.resets_at) <= now))
    return int(result.rowcount)
