"""The runner of all background loops: it survives every exception, backs off, and records the last success."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlmodel import Session, col, select

from mysapk_web.platform import clock, upsert
from mysapk_web.platform.database import Database
from mysapk_web.platform.log import exception_location
from mysapk_web.platform.tables.job import BackgroundRun

log = structlog.get_logger(__name__)

RECORD_EVERY: Final = timedelta(minutes=1)
"""Interval of recording successes: an idle server leaves the write lock alone."""
STOP_SECONDS: Final = 5.0
"""Longest wait for the loops when the server stops."""
_FIRST_WAIT: Final = 1.0
_JITTER: Final = 0.25
"""Random shortening of a wait, so that processes that failed together don't retry together."""
_random = secrets.SystemRandom()


@dataclass(frozen=True, slots=True)
class Task:
    name: str
    interval: float
    pause: float = 0.0
    longest_wait: float = 60.0
    stale_after: timedelta = timedelta(minutes=10)


_HOUR: Final = 3600.0

MAIL: Final = Task("mail", interval=0.5, longest_wait=15.0)
SESSIONS: Final = Task("sessions", interval=2.0)
COUNTS: Final = Task("counts", interval=2.0, stale_after=timedelta(minutes=30))
SEALS: Final = Task("seals", interval=2.0)
IMPORTS: Final = Task("imports", interval=1.0, stale_after=timedelta(hours=1))
RETENTION: Final = Task("retention", interval=_HOUR, pause=1.0, longest_wait=_HOUR, stale_after=timedelta(hours=4))
DOCUMENTS: Final = Task("documents", interval=_HOUR, pause=1.0, longest_wait=_HOUR, stale_after=timedelta(hours=4))
COMPARISON: Final = Task("comparison", interval=_HOUR, pause=5.0, longest_wait=_HOUR, stale_after=timedelta(hours=4))
TASKS: Final = (MAIL, SESSIONS, COUNTS, SEALS, IMPORTS, RETENTION, DOCUMENTS, COMPARISON)


def retry_delay(task: Task, failures: int) -> float:
    """About one second after the first failure, doubled with each, at most `longest_wait`."""
    longest = min(_FIRST_WAIT * 2.0 ** min(failures - 1, 30), task.longest_wait)
    return longest * (1 - _JITTER * _random.random())


# Running -----------------------------------------------------------------------------------------


class _Record:
    """Successes and failures of one loop in this process, written to the database now and then."""

    def __init__(self, task: Task, db: Database) -> None:
        self._task = task
        self._db = db
        self._failures = 0
        self._due_at = 0.0

    @property
    def is_due(self) -> bool:
        return self._failures > 0 or time.monotonic() >= self._due_at

    def succeed(self) -> None:
        with self._db.begin() as session:
            _write_success(session, self._task)
        if self._failures:
            log.info("background.recovered", task=self._task.name, failures=self._failures)
        self._failures, self._due_at = 0, time.monotonic() + RECORD_EVERY.total_seconds()

    def fail(self, error: Exception) -> float:
        """Log a failure by kind and location, never its message; gives the seconds to wait."""
        self._failures += 1
        wait = retry_delay(self._task, self._failures)
        log.error(
            "background.failed",
            task=self._task.name,
            kind=type(error).__name__,
            at=exception_location(error),
            failures=self._failures,
            wait=round(wait, 1),
        )
        return wait

    def write_failure(self, error: Exception) -> None:
        """Nothing more can be done when the database is what failed."""
        with contextlib.suppress(Exception), self._db.begin() as session:
            _write_failure(session, self._task, f"{type(error).__name__} {exception_location(error)}"[:200])


async def run_periodically(task: Task, step: Callable[[], Awaitable[bool]], db: Database) -> None:
    """Repeat a step, which returns whether more work waits, until cancelled."""
    record = _Record(task, db)
    while True:
        try:
            wait = task.pause if await step() else task.interval
            if record.is_due:
                await asyncio.to_thread(record.succeed)
        except Exception as error:  # noqa: BLE001  a loop outlives whatever a step raises
            wait = record.fail(error)
            with contextlib.suppress(Exception):
                await asyncio.to_thread(record.write_failure, error)
        await asyncio.sleep(wait)


def run_in_thread(
    task: Task, step: Callable[[], bool], db: Database, *, stopping: threading.Event, woken: threading.Event
) -> None:
    """The same in this thread, until `stopping` is set. `woken` runs the next step at once but does not shorten a back-off."""
    record = _Record(task, db)
    while not stopping.is_set():
        woken.clear()
        try:
            wait = task.pause if step() else task.interval
            if record.is_due:
                record.succeed()
            if wait and not stopping.is_set():
                woken.wait(wait)
        except Exception as error:  # noqa: BLE001  a loop outlives whatever a step raises
            wait = record.fail(error)
            record.write_failure(error)
            stopping.wait(wait)


@asynccontextmanager
async def running_tasks(*loops: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(loop) for loop in loops]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks, timeout=STOP_SECONDS)


# Keeping -----------------------------------------------------------------------------------------


def _write_success(session: Session, task: Task) -> None:
    now = clock.now()
    put = upsert.insert(session, BackgroundRun).values(
        name=task.name, since=now, succeeded_at=now, failed_at=None, error=""
    )
    session.execute(put.on_conflict_do_update(index_elements=["name"], set_={"succeeded_at": now}))


def _write_failure(session: Session, task: Task, error: str) -> None:
    now = clock.now()
    put = upsert.insert(session, BackgroundRun).values(
        name=task.name, since=now, succeeded_at=None, failed_at=now, error=error
    )
    session.execute(put.on_conflict_do_update(index_elements=["name"], set_={"failed_at": now, "error": error}))


@dataclass(frozen=True, slots=True)
class TaskState:
    """A loop as the database knows it, whichever process ran it."""

    task: Task
    succeeded_at: datetime | None
    last: datetime | None
    error: str
    is_stale: bool


def task_states(session: Session) -> list[TaskState]:
    rows = {row.name: row for row in session.exec(select(BackgroundRun).order_by(col(BackgroundRun.name)))}
    return [_state(task, rows.get(task.name)) for task in TASKS]


def _state(task: Task, row: BackgroundRun | None) -> TaskState:
    if row is None:
        return TaskState(task, None, None, "", is_stale=False)
    failed = row.failed_at is not None and (row.succeeded_at is None or row.failed_at > row.succeeded_at)
    last = row.succeeded_at or row.since
    is_stale = clock.now() - last > task.stale_after
    return TaskState(task, row.succeeded_at, last, row.error if failed else "", is_stale)
