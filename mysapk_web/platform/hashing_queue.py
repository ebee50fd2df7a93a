"""The queue of password checks: networks take turns for few threads and slots (decision 0020).

A hash takes a third of a second of a core; in a full queue the largest holder gives up a slot to a smaller one.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

from mysapk_web.platform.database import Database
from mysapk_web.platform.errors import ServerBusyError
from mysapk_web.rate_limits import HASHES_QUEUED

P = ParamSpec("P")
T = TypeVar("T")

_NICENESS: Final = 5
"""Hashing yields the cores to the event loop."""


_checks: dict[Callable[..., Any], Callable[..., Any]] = {}


def precheck(
    check: Callable[Concatenate[Database, P], object],
) -> Callable[[Callable[Concatenate[Database, P], T]], Callable[Concatenate[Database, P], T]]:
    """Declare the check a hashing use case passes before it waits for a slot: it takes the same arguments and only reads."""

    def mark(use_case: Callable[Concatenate[Database, P], T]) -> Callable[Concatenate[Database, P], T]:
        _checks[use_case] = check
        return use_case

    return mark


def precheck_of(use_case: Callable[Concatenate[Database, P], T]) -> Callable[Concatenate[Database, P], object]:
    """The declared check. Raises TypeError: there is none."""
    if use_case not in _checks:
        raise TypeError(f"{use_case.__qualname__} does not declare a precheck")
    return _checks[use_case]


@dataclass(eq=False, slots=True)
class _Network:
    share: int
    waiting: deque[_Job]
    held: int = 0
    next_turn: float = 0.0


@dataclass(eq=False, slots=True)
class _Job:
    network: str
    work: Callable[[], Any]
    done: asyncio.Future[Any]


class HashingQueue:
    """Used from one event loop."""

    def __init__(self, threads: int, waiting: int = HASHES_QUEUED) -> None:
        self._threads = threads
        self._places = threads + waiting
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="hashing", initializer=_lower_priority)
        self._networks: dict[str, _Network] = {}
        self._held = 0
        self._running = 0
        self._turn = 0.0

    async def run(self, work: Callable[[], T], *, network: str, share: int = 1) -> T:
        """Run work when its network has its turn; `share` is its turns per turn of an ordinary network. Raises ServerBusyError."""
        if self._held >= self._places:
            self._make_room(network, share)
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        known = self._networks.setdefault(network, _Network(share, deque(), next_turn=self._turn))
        known.waiting.append(_Job(network, work, done))
        known.held += 1
        self._held += 1
        self._start()
        return await done

    def _make_room(self, network: str, share: int) -> None:
        """Take the newest slot of the network that holds most for its share, if that leaves it no worse off than who asks."""
        asking = self._networks[network].held + 1 if network in self._networks else 1
        waiting = [one for one in self._networks.values() if one.waiting]
        largest = max(waiting, key=lambda one: one.held / one.share, default=None)
        if largest is None or largest.held * share <= asking * largest.share:
            raise ServerBusyError
        job = largest.waiting.pop()
        self._leave(job)
        if not job.done.done():
            job.done.set_exception(ServerBusyError())

    def _start(self) -> None:
        while self._running < self._threads:
            job = self._next()
            if job is None:
                return
            if job.done.cancelled():
                self._leave(job)
                continue
            self._running += 1
            loop = asyncio.get_running_loop()
            loop.run_in_executor(self._pool, job.work).add_done_callback(partial(self._end, job))

    def _next(self) -> _Job | None:
        """The oldest job of the network whose turn it is (stride scheduling)."""
        network = min(
            (one for one in self._networks.values() if one.waiting), key=lambda one: one.next_turn, default=None
        )
        if network is None:
            return None
        self._turn = max(self._turn, network.next_turn)
        network.next_turn = self._turn + 1 / network.share
        return network.waiting.popleft()

    def _end(self, job: _Job, ended: asyncio.Future[Any]) -> None:
        self._running -= 1
        self._leave(job)
        error = None if ended.cancelled() else ended.exception()
        if job.done.done():
            pass
        elif error is not None:
            job.done.set_exception(error)
        elif ended.cancelled():
            job.done.cancel()
        else:
            job.done.set_result(ended.result())
        self._start()

    def _leave(self, job: _Job) -> None:
        network = self._networks[job.network]
        network.held -= 1
        self._held -= 1
        if not network.held:
            del self._networks[job.network]


def _lower_priority() -> None:
    try:
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
    except (OSError, AttributeError):  # not Linux: no priority per thread
        return
