"""Engine and transaction scope: SQLite (WAL) embedded, or PostgreSQL (psycopg 3); nothing above this file knows which."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.engine import make_url
from sqlmodel import Session, create_engine

BUSY_TIMEOUT_MS = 10_000
"""How long SQLite waits for another writer before it says that it is locked."""


class _SingleSession(Session):
    """A session that hands its connection out at once: there is no transaction whose books it would have to keep."""

    def connection(self, *_args: Any, **_options: Any) -> Connection:
        """The connection of this session."""
        bound: Any = self.bind
        if not isinstance(bound, Connection):
            raise TypeError("a session for single statements is bound to a connection")
        return bound


class Database:
    """The engine of one process, and the scope of one transaction."""

    def __init__(self, url: str, *, pool_size: int = 16) -> None:
        self.url = url
        self.engine = _engine(url, pool_size)

    @property
    def is_sqlite(self) -> bool:
        """Whether the embedded database is used."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """One transaction: committed at the end, rolled back when anything is raised.

        On SQLite it takes the write lock at once (BEGIN IMMEDIATE), so that a read followed by a write can't fail half-way.
        """
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A read-only transaction; what is changed in it is never written."""
        with self._reading() as session:
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """The same, and it sees a single moment however many statements it has (SQLite always does)."""
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
        """No transaction around: each statement is one by itself, committed when it has run.

        For the few hot paths that read one statement, or guard the one they write with a version. On SQLite the write lock is
        held only inside that statement, never while Python runs: a transaction that many threads queue for holds it for a
        hundred times as long.
        """
        options: dict[str, Any] = {"mysapk_single": True} if self.is_sqlite else {"isolation_level": "AUTOCOMMIT"}
        with (
            self.engine.connect().execution_options(**options) as connection,
            _SingleSession(connection, expire_on_commit=False, autoflush=False) as session,
        ):
            yield session

    def check(self) -> None:
        """Raise what the driver raises when the database doesn't answer."""
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    def dispose(self) -> None:
        """Close every connection; the next use opens new ones (needed after a fork)."""
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
        # A connection for every thread: one beyond the pool is opened, prepared and closed again at each use.
        pool_size=pool_size,
        max_overflow=16,
        connect_args={"timeout": BUSY_TIMEOUT_MS / 1000},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_postgres(connection: Any, _record: Any) -> None:
    # What pages ask takes milliseconds: to compile it, or to start workers for it, takes longer, and holds up who comes next.
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
