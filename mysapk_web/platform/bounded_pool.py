"""Threads for slow work with a bounded queue: what finds no room is refused at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from mysapk_web.platform.errors import ServerBusyError

T = TypeVar("T")


class BoundedPool:
    def __init__(self, threads: int, name: str, *, queued: int = 0) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._slots = threading.BoundedSemaphore(threads + queued)

    def submit(self, work: Callable[[], T]) -> Future[T]:
        """Start or queue work. Its slot is freed when the work has ended, even if its caller has gone.

        Raises:
            ServerBusyError: Every slot is taken; nothing was started.
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
