"""Many small pieces of work in few hops: each caller gets what belongs to it, and nobody waits for ever."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from mysapk_web.platform.batch_executor import MAX_BATCH, BatchExecutor


class Scope:
    """Counts how often it was opened; fails while `broken`."""

    def __init__(self) -> None:
        self.opened = 0
        self.broken = 0

    @contextmanager
    def open(self) -> Iterator[int]:
        self.opened += 1
        if self.broken:
            self.broken -= 1
            raise ConnectionError("no database")
        yield self.opened


@pytest.mark.parametrize("threads", [1, 3])
def test_every_caller_gets_its_own_answer_in_few_hops(threads: int) -> None:
    scope = Scope()
    lane = BatchExecutor(scope.open, threads, "test")

    async def ask() -> list[int]:
        return await asyncio.gather(
            *(lane.run(lambda _, number=number: number * 2) for number in range(10 * MAX_BATCH))
        )

    assert asyncio.run(ask()) == [number * 2 for number in range(10 * MAX_BATCH)]
    assert scope.opened <= 5 * MAX_BATCH


def test_what_a_piece_raises_reaches_its_caller_alone_and_the_next_gets_a_scope_of_its_own() -> None:
    scope = Scope()
    lane = BatchExecutor(scope.open, 1, "test")

    def work(opened: int, number: int) -> int:
        if number == 3:
            raise ValueError("mine")
        return opened

    async def ask() -> list[int | BaseException]:
        asked = (lane.run(lambda opened, number=number: work(opened, number)) for number in range(6))
        return await asyncio.gather(*asked, return_exceptions=True)

    answers = asyncio.run(ask())
    assert isinstance(answers[3], ValueError)
    before, after = answers[2], answers[4]
    assert isinstance(before, int)
    assert isinstance(after, int)
    assert after > before


def test_a_scope_that_cannot_be_opened_is_told_and_tried_again() -> None:
    scope = Scope()
    scope.broken = 2
    lane = BatchExecutor(scope.open, 1, "test")

    async def ask() -> list[int | BaseException]:
        return await asyncio.gather(*(lane.run(lambda opened: opened) for _ in range(5)), return_exceptions=True)

    answers = asyncio.run(asyncio.wait_for(ask(), 5))
    assert [type(answer) for answer in answers] == [ConnectionError, ConnectionError, int, int, int]


def test_who_no_longer_waits_costs_nothing_and_holds_up_nobody() -> None:
    lane = BatchExecutor(Scope().open, 1, "test")
    done: list[str] = []
    go = threading.Event()

    async def ask() -> None:
        first = asyncio.create_task(lane.run(lambda _: go.wait(5)))
        gone = asyncio.create_task(lane.run(lambda _: done.append("gone")))
        last = asyncio.create_task(lane.run(lambda _: done.append("last")))
        await asyncio.sleep(0.05)
        gone.cancel()
        go.set()
        await asyncio.gather(first, last)
        await lane.run(lambda _: done.append("later"))

    asyncio.run(asyncio.wait_for(ask(), 5))
    assert done == ["last", "later"]
