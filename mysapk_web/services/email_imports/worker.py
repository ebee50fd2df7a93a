"""`python -m mysapk_web.services.email_imports.worker NAME`: work off every run that waits, at low priority and within bounds, and end."""

from __future__ import annotations

import os
import resource
import sys
from typing import Final

from mysapk_web.models import Database
from mysapk_web.services.email_imports.work import work_off
from mysapk_web.settings import load

MEMORY_LIMIT: Final = 2 * 1024**3
"""Address space of the process: a workbook that unpacks to more ends it."""


def main(name: str) -> int:
    """Work off everything with the settings of the environment.

    Args:
        name: Of this worker, its own.
    """
    os.nice(5)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    settings = load()
    db = Database(settings.database_url, pool_size=2)
    try:
        work_off(db, name, settings.document_dir)
    finally:
        db.dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
