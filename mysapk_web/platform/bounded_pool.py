"""Threads for slow work, with a bounded queue: what finds no room is refused at once instead of waiting without end."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from mysapk_web.platform.errors import ServerBusyError

T = TypeVar("T")


class BoundedPool:
    """So many threads, and so many pieces of work that may wait for one; the threads start at the first use."""

    def __init__(self, threads: int, name: str, *, queued: int = 0) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._slots = threading.BoundedSemaphore(threads + queued)

    def submit(self, work: Callable[[], T]) -> Future[T]:
        """Start work, or let it wait.

        Its slot is free again when the work has ended, which may be after whoever asked for it has gone.

        Raises:
            ServerBusyError: Every slot is taken; nothing was begun.
        """
        if not self._slots.acquire(blocking=False):
            raise ServerBusyError
        try:
            future = self._pool.submit(work)
        except BaseException:
            self._slots.release()
            raise
        future.add_done_callback(lambda _: self._slots.release())
        return future
