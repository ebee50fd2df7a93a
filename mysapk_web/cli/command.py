"""The Typer app, and what every command needs: a database, and lines instead of a traceback."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Final, NoReturn

import typer
from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError

from mysapk_web.platform import migrations
from mysapk_web.platform.database import Database
from mysapk_web.platform.errors import UserError
from mysapk_web.platform.spreadsheet_reader import UnreadableFileError
from mysapk_web.settings import Settings, SettingsError, get_settings

UNUSABLE: Final = 2
"""Exit code: could not be tried (settings, file or address)."""
FAILED: Final = 1
"""Exit code: tried and failed."""

app = typer.Typer(
    help="MySAPK Web: serve it, look after its database, and get people in.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@contextlib.contextmanager
def report_failures() -> Iterator[None]:
    """Print errors the operator can fix as lines on stderr, without a traceback."""
    try:
        yield
    except SettingsError as error:
        exit_with(UNUSABLE, *error.faults)
    except (UserError, UnreadableFileError, CommandError) as error:
        exit_with(UNUSABLE, str(error))
    except DBAPIError as error:
        # The first line only: drivers append the statement. Parameters are hidden by the engine.
        exit_with(FAILED, f"MYSAPK_DATABASE_URL: {str(error.orig).splitlines()[0]}")


def exit_with(code: int, *lines: str) -> NoReturn:
    for line in lines:
        typer.echo(line, err=True)
    raise typer.Exit(code)


@contextlib.contextmanager
def open_database(*, migrated: bool = True) -> Iterator[tuple[Database, Settings]]:
    """Raises SettingsError when the tables are not those of this release."""
    settings = get_settings()
    database = Database(settings.database_url)
    try:
        if migrated and migrations.current_revision(database) != migrations.head_revision():
            raise SettingsError(["The database is not at the tables of this release; run `mysapk migrate`."])
        yield database, settings
    finally:
        database.dispose()
