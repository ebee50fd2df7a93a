"""Work off every waiting run, at low priority and within bounds, and end: `python -m` with this module and a name."""

from __future__ import annotations

import os
import resource
import sys
from typing import Final

import structlog

from mysapk_web.administration.email_imports.work import work_off
from mysapk_web.platform import gc_tuning
from mysapk_web.platform.database import Database
from mysapk_web.platform.log import configure, exception_location
from mysapk_web.settings import get_settings

log = structlog.get_logger("mysapk_web.administration.email_imports.worker")
"""Run as a program this module is called `__main__`, and lines of a stranger lose their words."""

MEMORY_LIMIT: Final = 2 * 1024**3
"""Address space of the process: a workbook that unpacks to more ends it."""


def main(name: str) -> int:
    """Work off everything with the settings of the environment.

    Returns:
        The exit code: 0, or 1 when something ended the work.
    """
    os.nice(5)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    try:
        _work(name)
    except Exception as error:  # noqa: BLE001  a traceback quotes rows, and stderr is the log of the server
        log.error("import.worker_failed", kind=type(error).__name__, at=exception_location(error))  # noqa: TRY400
        return 1
    return 0


def _work(name: str) -> None:
    settings = get_settings()
    configure(settings)
    gc_tuning.freeze_gc()
    db = Database(settings.database_url, pool_size=2)
    try:
        work_off(db, name, settings.document_dir)
    finally:
        db.dispose()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
