"""Starting granian on the compiled front end: one port, no Node, no `reflex run`."""

from __future__ import annotations

import os
import sys

from granian.constants import Interfaces, Loops
from granian.server import Server as Granian

from mysapk_web.platform.database import Database
from mysapk_web.platform.http.frontend import POLICY, STATIC, build
from mysapk_web.platform.migrations import current_revision, head_revision
from mysapk_web.settings import Settings, SettingsError

__all__ = ["build", "prepare", "serve"]

APP = "mysapk_web.mysapk_web:portal"


def prepare(settings: Settings, *, front_end: bool = True) -> None:
    """Set the environment Reflex reads. Raises SettingsError for a front end or tables that are not those of this release."""
    faults = []
    if front_end and not (POLICY.exists() and STATIC.exists()):
        faults.append("The front end is not built; run `mysapk build`.")
    database = Database(settings.database_url)
    try:
        if current_revision(database) != head_revision():
            faults.append("The database is not at the tables of this release; run `mysapk migrate`.")
    finally:
        database.dispose()
    if faults:
        raise SettingsError(faults)
    os.environ.update(
        {
            "REFLEX_ENV_MODE": "prod",
            "__REFLEX_SKIP_COMPILE": "true",
            "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": str(front_end).lower(),
        }
    )


def serve(settings: Settings, *, front_end: bool = True) -> None:
    """Serve until stopped. Raises as `prepare`."""
    prepare(settings, front_end=front_end)
    sys.stderr.write(f"MySAPK Web: {settings.public_url}\n")
    Granian(
        APP,
        factory=True,
        interface=Interfaces.ASGI,
        address=settings.host,
        port=settings.port,
        workers=settings.workers,
        loop=Loops.auto,
        websockets=True,
        log_access=False,
        backlog=2048,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
    ).serve()
