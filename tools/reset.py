"""What `make reset` does: delete the demo database and mailbox that `make run` created, and nothing else."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sqlalchemy import make_url

from mysapk_web.demo.accounts import BKN, KABUPATEN, KOTA
from mysapk_web.settings import Settings, SettingsError, read_settings

MARKER: Final = Path("var/demo-created.json")
"""Paths that were not there before `make run` created the demo: what `make reset` may delete."""


class ResetError(Exception):
    """Nothing was deleted; the message says why and what to do."""


def database_file(settings: Settings) -> Path | None:
    """The file of the database; None when it is no SQLite file."""
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    return Path(url.database)


def remember(settings: Settings) -> None:
    """Before a demo is created: note which of its paths are new. Does nothing once the database is there."""
    database = database_file(settings)
    if database is None or database.exists():
        return
    targets = [database, settings.document_dir]
    if settings.mail_backend == "file":
        targets.append(settings.mail_dir)
    MARKER.parent.mkdir(parents=True, exist_ok=True)
    MARKER.write_text(json.dumps([str(path.resolve()) for path in targets if not path.exists()], indent=1) + "\n")


def created(settings: Settings) -> list[Path]:
    """Paths that `make run` created and that still are those of the settings.

    Raises:
        ResetError: The database is not one that `make run` created.
    """
    database = database_file(settings)
    if database is None:
        raise ResetError(f"The database is no file of this folder ({make_url(settings.database_url)!r}).")
    noted = [Path(path) for path in json.loads(MARKER.read_text())] if MARKER.exists() else []
    if database.resolve() not in noted:
        raise ResetError(f"{database} was not created by `make run`. Remove it yourself if you are sure.")
    current = {database.resolve(), settings.document_dir.resolve(), settings.mail_dir.resolve()}
    return [path for path in noted if path in current]


def foreign_agencies(database: Path) -> list[str]:
    """Names of agencies in the database that are not the demo's."""
    if not database.exists():
        return []
    connection = sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)
    try:
        found = [str(name) for (name,) in connection.execute("SELECT nama FROM instansi")]
    except sqlite3.OperationalError:  # not migrated yet
        return []
    finally:
        connection.close()
    return sorted(set(found) - {KABUPATEN, KOTA, BKN})


def is_served(settings: Settings) -> bool:
    """Whether something answers on the port of the portal."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((settings.host, settings.port)) == 0


def reset(settings: Settings, confirm: Callable[[str], bool]) -> list[Path]:
    """Delete the demo; gives what was deleted.

    Args:
        settings: Of the demo.
        confirm: Asks before data that is not the demo's is deleted with it.

    Raises:
        ResetError: Nothing was deleted.
    """
    if not settings.demo:
        raise ResetError("MYSAPK_DEMO is off: this is no demo.")
    if is_served(settings):
        raise ResetError(f"The portal still runs on port {settings.port}. Stop it first (Ctrl+C).")
    paths = created(settings)
    database = database_file(settings)
    if database is not None and (others := foreign_agencies(database)):
        question = f"The database also holds {', '.join(others)}, not only the demo. Delete it all the same?"
        if not confirm(question):
            raise ResetError("Nothing was deleted.")
    deleted = []
    for path in paths:
        for each in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
            if each.is_dir() and not each.is_symlink():
                shutil.rmtree(each)
                deleted.append(each)
            elif each.is_file() or each.is_symlink():
                each.unlink()
                deleted.append(each)
    MARKER.unlink()
    return deleted


def ask(question: str) -> bool:
    """Ask on the terminal; without one the answer is no."""
    return sys.stdin.isatty() and input(f"{question} Type yes: ").strip() == "yes"


def main() -> int:
    """Reset the demo of this folder; gives the exit code."""
    try:
        deleted = reset(read_settings(), ask)
    except (ResetError, SettingsError) as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join([*(f"Deleted {path}" for path in deleted), "`make run` creates a new demo."]))
    return 0


if __name__ == "__main__":
    os.environ.setdefault("MYSAPK_DEMO", "1")
    raise SystemExit(main())
