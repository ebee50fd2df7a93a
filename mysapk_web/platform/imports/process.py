"""The process beside the server that does what waits and ends: a file can neither hold up the portal nor take its memory.

A process that dies costs a chunk at most.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import sys
from collections.abc import Collection
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from mysapk_web.platform import executors, gc_tuning
from mysapk_web.platform.database import Database
from mysapk_web.platform.imports.kind import Kinds
from mysapk_web.platform.imports.leases import is_work_waiting, release
from mysapk_web.platform.imports.worker import new_name, process_waiting
from mysapk_web.platform.log import configure, exception_location
from mysapk_web.settings import get_settings

log = structlog.get_logger(__name__)

MEMORY_LIMIT: Final = 2 * 1024**3
"""Address space of the process: a workbook that unpacks to more ends it."""


async def run_once(program: str, kinds: Collection[str]) -> bool:
    """Have what waits done by a process of its own; false when nothing did."""
    waits = await executors.run_read_only(is_work_waiting, kinds)
    if waits:
        await _run(program)
    return waits


async def _run(program: str) -> None:
    name = new_name()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", program, name, stdin=asyncio.subprocess.DEVNULL
    )
    try:
        code = await process.wait()
    except asyncio.CancelledError:  # the server stops, and with it the work: another server goes on at once
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
        with contextlib.suppress(SQLAlchemyError):  # the lease ends by itself
            await executors.run_in_transaction(release, name, stopped=True)
        raise
    if code:
        log.warning("import.worker_died", code=code)
        await executors.run_in_transaction(release, name)


def main(kinds: Kinds, name: str) -> int:
    """Do everything that waits, at low priority and within bounds, with the settings of the environment; gives the exit code."""
    os.nice(5)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    try:
        _process_waiting(kinds, name)
    except Exception as error:  # noqa: BLE001  a traceback quotes rows, and stderr is the log of the server
        log.error("import.worker_failed", kind=type(error).__name__, at=exception_location(error))  # noqa: TRY400
        return 1
    return 0


def _process_waiting(kinds: Kinds, name: str) -> None:
    settings = get_settings()
    configure(settings)
    gc_tuning.freeze_gc()
    db = Database(settings.database_url, pool_size=2)
    try:
        process_waiting(db, kinds, name, settings.document_dir)
    finally:
        db.dispose()
