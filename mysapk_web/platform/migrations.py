"""Migrating a database with the revisions in `alembic/`, beside the package."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlmodel import Session

from mysapk_web.platform.database import Database

SCRIPTS = Path(__file__).resolve().parents[2] / "alembic"
"""Next to the package, in a checkout as in an image."""


def is_compared(name: str | None, kind: str, _parents: object) -> bool:
    """Alembic's `include_name`."""
    return not (kind == "index" and name == WORDS_INDEX)


def alembic_config(connection: Connection | None = None) -> Config:
    """Without a file, and independent of the working directory."""
    made = Config()
    made.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    made.attributes["connection"] = connection
    return made


@contextmanager
def migration_transaction(database: Database) -> Iterator[Connection]:
    """On SQLite foreign keys are off meanwhile, because it rebuilds tables by dropping them; all are checked at the end."""
    with database.engine.connect() as connection:
        driver = connection.connection.driver_connection if database.is_sqlite else None
        if driver is not None:
            driver.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
                if driver is not None and connection.execute(text("PRAGMA foreign_key_check")).first():
                    raise RuntimeError("the migration left references that point nowhere")
        finally:
            if driver is not None:
                driver.execute("PRAGMA foreign_keys=ON")


def upgrade(database: Database, to: str = "head") -> None:
    with migration_transaction(database) as connection:
        command.upgrade(alembic_config(connection), to)


def downgrade(database: Database, to: str) -> None:
    with migration_transaction(database) as connection:
        command.downgrade(alembic_config(connection), to)


def current_revision(database: Database) -> str | None:
    """None before the first migration."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


@lru_cache(maxsize=1)
def head_revision() -> str | None:
    return ScriptDirectory.from_config(alembic_config()).get_current_head()


def is_at_head(session: Session) -> bool:
    """For readiness probes every few seconds: Alembic would log two lines each time."""
    return session.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == [head_revision()]


WORDS_INDEX = "ix_pegawai_kata"
"""Created by migration 0034 over the function `kata_nama`; unknown to the models."""
