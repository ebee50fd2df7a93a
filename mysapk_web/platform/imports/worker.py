"""Doing what waits: reading, applying, stopping and undoing runs. `process.py` has it done by a process of its own."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import time
from datetime import timedelta
from pathlib import Path
from typing import Final

from sqlmodel import select

from mysapk_web.platform.database import Database
from mysapk_web.platform.imports import upload_store
from mysapk_web.platform.imports.apply import process_chunk
from mysapk_web.platform.imports.kind import Kinds
from mysapk_web.platform.imports.leases import LeaseLostError, claim
from mysapk_web.platform.imports.parse import read_file
from mysapk_web.platform.imports.rules import RunState
from mysapk_web.platform.imports.tables import ImportRun

PAUSE: Final = 0.01
"""Seconds between two chunks, in which other writers get their turn on SQLite."""
SHIFT: Final = timedelta(minutes=15)
"""A process takes no further run after so long, so that one that works is told from one that hangs."""


def process_waiting(db: Database, kinds: Kinds, worker: str, folder: Path) -> int:
    """Work until nothing is left to do, or for a shift; tells how many runs were worked on."""
    runs, ends = 0, time.monotonic() + SHIFT.total_seconds()
    while time.monotonic() < ends:
        with db.begin() as session:
            run_id = claim(session, worker, kinds)
        if run_id is None:
            break
        runs += 1
        with contextlib.suppress(LeaseLostError):
            process_run(db, kinds, run_id, worker, folder)
    return runs


def process_run(db: Database, kinds: Kinds, run_id: int, worker: str, folder: Path) -> None:
    """Take one claimed run as far as it goes.

    Raises:
        LeaseLostError: Somebody else works on it now.
    """
    state, name, key = _progress(db, run_id)
    kind = kinds[key]
    if state is RunState.READING:
        path = upload_store.path_of(folder, name) if name else None
        read_file(db, kind, run_id, worker, path)
        if path is not None:
            path.unlink(missing_ok=True)
        state, *_ = _progress(db, run_id)
    memory, busy = kind.memory(), state.busy
    while state.busy and process_chunk(db, kind, run_id, worker, memory):
        time.sleep(PAUSE)
    if busy:
        with db.read() as session:
            kind.finish(session)


def _progress(db: Database, run_id: int) -> tuple[RunState, str, str]:
    with db.read() as session:
        state, name, kind = session.exec(
            select(ImportRun.state, ImportRun.file_path, ImportRun.kind).where(ImportRun.id == run_id)
        ).one()
    return RunState(state), name, kind


def new_name() -> str:
    """A name that no other worker has."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"
