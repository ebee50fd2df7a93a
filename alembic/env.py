"""Alembic on our engine: types compared, batch mode on SQLite, one migrating process at a time on PostgreSQL."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, text
from sqlmodel import SQLModel

import mysapk_web.app.tables  # noqa: F401  registers every table
from mysapk_web.platform.database import Database
from mysapk_web.platform.migrations import is_compared, migration_transaction
from mysapk_web.settings import get_settings

MIGRATION_LOCK = 7_219_501
"""Number of the advisory lock; any fixed number does."""


def run(connection: Connection) -> None:
    """Run the migrations on one connection."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": MIGRATION_LOCK})
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        compare_type=True,
        include_name=is_compared,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    database = Database(get_settings().database_url)
    with migration_transaction(database) as opened:
        run(opened)
    database.dispose()
