"""The database of this process, and the hop from the event loop into worker threads: hashing in a queue of its own."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Concatenate, ParamSpec, TypeVar

from sqlmodel import Session

from mysapk_web.platform.batch_executor import BatchExecutor
from mysapk_web.platform.client import ClientContext
from mysapk_web.platform.database import Database
from mysapk_web.platform.errors import CommittingUserError
from mysapk_web.platform.hashing_queue import HashingQueue, precheck_of
from mysapk_web.platform.rules.client_address import client_network
from mysapk_web.rate_limits import HASHING_OFFICE_SHARE
from mysapk_web.settings import get_settings

P = ParamSpec("P")
T = TypeVar("T")

USE_CASE_THREADS = 16
BATCH_THREADS = 4
"""Per batch executor with a database server; an embedded database answers faster than threads switch."""


@lru_cache(maxsize=1)
def database() -> Database:
    """Opened at first use, so after a server has forked its workers."""
    return Database(get_settings().database_url)


class _Executors:
    def __init__(self) -> None:
        self.quick = ThreadPoolExecutor(USE_CASE_THREADS, thread_name_prefix="use-case")
        self.hashing = HashingQueue(max(1, os.cpu_count() or 1))
        # A save waiting for the write lock must not delay reading a session, so each has its own executor.
        threads = 1 if database().is_sqlite else BATCH_THREADS
        self.reading = BatchExecutor(database().single, threads, "reading")
        self.saving = BatchExecutor(database().single, threads, "saving")


@lru_cache(maxsize=1)
def _executors() -> _Executors:
    return _Executors()


def in_transaction(
    db: Database, use_case: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Run a use case in one transaction: a `CommittingUserError` commits it, any other exception rolls it back."""
    with db.begin() as session:
        try:
            return use_case(session, *args, **kwargs)
        except CommittingUserError as refusal:
            kept = refusal
    raise kept


async def run_in_transaction(use_case: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
    def work() -> T:
        return in_transaction(database(), use_case, *args, **kwargs)

    return await asyncio.get_running_loop().run_in_executor(_executors().quick, work)


async def run_read_only(use_case: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
    def work() -> T:
        with database().read() as session:
            return use_case(session, *args, **kwargs)

    return await asyncio.get_running_loop().run_in_executor(_executors().quick, work)


async def run_batched(use_case: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a use case that writes with one statement guarded by a version, in a shared autocommit session: rows, no models."""
    return await _executors().saving.run(lambda session: use_case(session, *args, **kwargs))


async def read_batched(use_case: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a use case that reads with one statement, in a shared autocommit session: rows, no models."""
    return await _executors().reading.run(lambda session: use_case(session, *args, **kwargs))


async def run_hashing(
    by: ClientContext, use_case: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Run a use case that hashes a password, after its `precheck`, when its network has a turn. Raises ServerBusyError."""
    pools, check = _executors(), precheck_of(use_case)

    def validate() -> None:
        check(database(), *args, **kwargs)

    def work() -> T:
        return use_case(database(), *args, **kwargs)

    await asyncio.get_running_loop().run_in_executor(pools.quick, validate)
    share = HASHING_OFFICE_SHARE if get_settings().is_office(by.client_address) else 1
    return await pools.hashing.run(work, network=client_network(by.client_address), share=share)
