"""Doing what waits: reading, applying, stopping and undoing runs, by a process of its own beside the server.

`worker.py` is that process: it works everything off and ends. A file can so neither hold up the portal nor take its memory, and a
process that dies costs a chunk at most.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import socket
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import select

from mysapk_web.administration.email_imports import upload_store
from mysapk_web.administration.email_imports.apply import work_chunk
from mysapk_web.administration.email_imports.leases import LeaseLost, anything_to_do, claim, let_go
from mysapk_web.administration.email_imports.parse import read_file
from mysapk_web.administration.email_imports.validate import Memory
from mysapk_web.administration.rules.email_import import RunState
from mysapk_web.administration.tables.email_import import EmailImport
from mysapk_web.platform import executors
from mysapk_web.platform.database import Database

log = structlog.get_logger(__name__)

_BREATH: Final = 0.01
"""Seconds between two chunks, in which other writers get their turn on SQLite."""
SHIFT: Final = timedelta(minutes=15)
"""A process takes no further run after so long, so that one that works is told from one that hangs."""


def work_off(db: Database, worker: str, folder: Path) -> int:
    """Work until nothing is left to do, or for a shift."""
    runs, ends = 0, time.monotonic() + SHIFT.total_seconds()
    while time.monotonic() < ends:
        with db.begin() as session:
            run_id = claim(session, worker)
        if run_id is None:
            break
        runs += 1
        with contextlib.suppress(LeaseLost):
            work_on(db, run_id, worker, folder)
    return runs


def work_on(db: Database, run_id: int, worker: str, folder: Path) -> None:
    """Take one claimed run as far as it goes.

    Raises:
        LeaseLost: Somebody else works on it now.
    """
    state, name = _state(db, run_id)
    if state is RunState.READING:
        path = upload_store.path_of(folder, name) if name else None
        read_file(db, run_id, worker, path)
        if path is not None:
            path.unlink(missing_ok=True)
        state, _ = _state(db, run_id)
    memory = Memory()
    while state.busy and work_chunk(db, run_id, worker, memory):
        time.sleep(_BREATH)


def _state(db: Database, run_id: int) -> tuple[RunState, str]:
    with db.read() as session:
        state, name = session.exec(
            select(EmailImport.state, EmailImport.file_path).where(EmailImport.id == run_id)
        ).one()
    return RunState(state), name


def new_name() -> str:
    """A name that no other worker has."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"


async def work_once() -> bool:
    """Have what waits done by a process of its own; false when nothing did."""
    waits = await executors.run_read_only(anything_to_do)
    if waits:
        await _have_it_done()
    return waits


async def _have_it_done() -> None:
    name = new_name()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "mysapk_web.administration.email_imports.worker", name, stdin=asyncio.subprocess.DEVNULL
    )
    try:
        code = await process.wait()
    except asyncio.CancelledError:  # the server stops, and with it the work: another server goes on at once
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
        with contextlib.suppress(SQLAlchemyError):  # the lease ends by itself
            await executors.run_in_transaction(let_go, name, stopped=True)
        raise
    if code:
        log.warning("import.worker_died", code=code)
        await executors.run_in_transaction(let_go, name)
