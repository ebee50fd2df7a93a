"""Engine and transactions: embedded SQLite (WAL) or PostgreSQL (psycopg 3). Code above this module does not know which."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.engine import make_url
from sqlmodel import Session, create_engine

BUSY_TIMEOUT_MS = 10_000
"""How long SQLite waits for another writer."""


class _SingleSession(Session):
    """Hands out its connection without the bookkeeping of a transaction."""

    def connection(self, *_args: Any, **_options: Any) -> Connection:
        bound: Any = self.bind
        if not isinstance(bound, Connection):
            raise TypeError("a session for single statements is bound to a connection")
        return bound


class Database:
    def __init__(self, url: str, *, pool_size: int = 16) -> None:
        self.url = url
        self.engine = _engine(url, pool_size)

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """One transaction, rolled back on any exception.

        On SQLite it takes the write lock at once (BEGIN IMMEDIATE), so that a read followed by a write can't fail half-way.
        """
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A transaction whose changes are never written."""
        with self._reading() as session:
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """A read-only transaction in which all statements see the same moment (SQLite always does)."""
        with self._reading(**({} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"})) as session:
            yield session

    @contextmanager
    def _reading(self, **options: Any) -> Iterator[Session]:
        with (
            self.engine.connect().execution_options(mysapk_read_only=True, **options) as connection,
            Session(connection, expire_on_commit=False, autoflush=False) as session,
        ):
            try:
                yield session
            finally:
                session.rollback()

    @contextmanager
    def single(self) -> Iterator[Session]:
        """Autocommit: each statement is its own transaction.

        For the few hot paths that read with one statement, or guard the one they write with a version. On SQLite the write lock
        is held only during that statement, never while Python runs: a contended transaction holds it a hundred times longer.
        """
        options: dict[str, Any] = {"mysapk_single": True} if self.is_sqlite else {"isolation_level": "AUTOCOMMIT"}
        with (
            self.engine.connect().execution_options(**options) as connection,
            _SingleSession(connection, expire_on_commit=False, autoflush=False) as session,
        ):
            yield session

    def check(self) -> None:
        """Raises what the driver raises when the database doesn't answer."""
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    def dispose(self) -> None:
        """Needed after a fork."""
        self.engine.dispose()


def _engine(url: str, pool_size: int) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        engine = create_engine(
            url,
            hide_parameters=True,
            pool_size=pool_size,
            max_overflow=8,
            pool_pre_ping=True,
            pool_recycle=1800,
        )
        event.listen(engine, "connect", _prepare_postgres)
        return engine
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        hide_parameters=True,
        # One per thread: connections beyond the pool are opened, prepared and closed at each use.
        pool_size=pool_size,
        max_overflow=16,
        connect_args={"timeout": BUSY_TIMEOUT_MS / 1000},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_postgres(connection: Any, _record: Any) -> None:
    # Queries of pages take milliseconds: compiling them or starting workers takes longer and delays the next one.
    with connection.cursor() as cursor:
        cursor.execute("SET jit = off")
        cursor.execute("SET max_parallel_workers_per_gather = 0")
    connection.commit()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transaction handling begins too late (at the first write); `_begin_sqlite` does it.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "foreign_keys=ON",
        "temp_store=MEMORY",
        "mmap_size=134217728",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Any) -> None:
    options = connection.get_execution_options()
    if not options.get("mysapk_single", False):
        connection.exec_driver_sql("BEGIN" if options.get("mysapk_read_only", False) else "BEGIN IMMEDIATE")
