"""Small jobs from the event loop, run in few threads, many per hop.

Handing one job to a thread and back costs the loop more than a statement of an embedded database. Here a thread opens a
connection once and runs whatever has queued up meanwhile, so the cost per job falls as the load rises.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Any, Final, Generic, TypeVar

S = TypeVar("S")
T = TypeVar("T")

MAX_BATCH: Final = 32
"""Jobs a thread runs before it returns their results."""

_Result = tuple["asyncio.Future[Any]", Any, BaseException | None]


class BatchExecutor(Generic[S]):
    """A queue and the threads that drain it; used from one event loop."""

    def __init__(self, scope: Callable[[], AbstractContextManager[S]], threads: int, name: str) -> None:
        self._scope = scope
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._waiting: deque[tuple[Callable[[S], Any], asyncio.Future[Any]]] = deque()
        self._busy = 0

    async def run(self, work: Callable[[S], T]) -> T:
        """Run `work` on what the scope yields; exceptions of either are raised here."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        self._waiting.append((work, done))
        if self._busy < self._threads:
            self._busy += 1
            self._pool.submit(self._empty, loop)
        return await done

    def _empty(self, loop: asyncio.AbstractEventLoop) -> None:
        results: list[_Result] = []
        try:
            with self._scope() as scope:
                self._carry_out(scope, results)
        except BaseException as error:  # noqa: BLE001  told to the one who waits first; the others try again
            with contextlib.suppress(IndexError):
                results.extend([] if results else [(self._waiting.popleft()[1], None, error)])
        loop.call_soon_threadsafe(self._give_back, results, loop)

    def _carry_out(self, scope: S, results: list[_Result]) -> None:
        """Until the queue is empty, the batch is full, or a job fails: what it leaves behind must not affect the others."""
        while len(results) < MAX_BATCH:
            try:
                work, done = self._waiting.popleft()
            except IndexError:
                return
            if done.cancelled():
                continue
            try:
                results.append((done, work(scope), None))
            except BaseException as error:  # noqa: BLE001  it belongs to who waits for it
                results.append((done, None, error))
                return

    def _give_back(self, results: list[_Result], loop: asyncio.AbstractEventLoop) -> None:
        """Runs in the event loop, which alone counts the threads, so that no job is left behind."""
        for done, result, error in results:
            if done.done():
                continue
            if error is None:
                done.set_result(result)
            else:
                done.set_exception(error)
        if self._waiting:
            self._pool.submit(self._empty, loop)
        else:
            self._busy -= 1
