"""Engine and transaction scope: SQLite (WAL) embedded, or PostgreSQL (psycopg 3); nothing above this file knows which."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, text
from sqlalchemy.engine import make_url
from sqlmodel import Session, create_engine

BUSY_TIMEOUT_MS = 10_000
"""How long SQLite waits for another writer before it says that it is locked."""


class Database:
    """The engine of one process, and the scope of one transaction.

    Args:
        url: SQLAlchemy URL (`MYSAPK_DATABASE_URL`).
        pool_size: Connections kept open to PostgreSQL.
    """

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
        return create_engine(
            url,
            hide_parameters=True,
            pool_size=pool_size,
            max_overflow=8,
            pool_pre_ping=True,
            pool_recycle=1800,
        )
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


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
    read_only = connection.get_execution_options().get("mysapk_read_only", False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
