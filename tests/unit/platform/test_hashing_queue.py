"""Places for checks of passwords: networks take turns, and nobody who asks for little is turned away by somebody who asks for much."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mysapk_web.platform.errors import ServerBusyError
from mysapk_web.platform.hashing_queue import HashingQueue, precheck, precheck_of
from mysapk_web.rate_limits import HASHING_OFFICE_SHARE


class Work:
    """Work that waits for the test, and the order in which it was carried out."""

    def __init__(self, queue: HashingQueue) -> None:
        self.queue = queue
        self.gate = threading.Event()
        self.order: list[str] = []
        self.tasks: list[tuple[str, asyncio.Task[Any]]] = []

    async def ask(self, network: str, times: int = 1, share: int = 1) -> None:
        """Ask so often for a network; returns once all have a place or none."""
        for _ in range(times):
            self.tasks.append((network, asyncio.create_task(self._one(network, share))))
            await asyncio.sleep(0)

    async def _one(self, network: str, share: int) -> None:
        def work() -> None:
            self.gate.wait(30)
            self.order.append(network)

        await self.queue.run(work, network=network, share=share)

    async def end(self) -> tuple[Counter[str], Counter[str]]:
        """Let all work go on: done and refused by network."""
        self.gate.set()
        ended = await asyncio.gather(*(task for _, task in self.tasks), return_exceptions=True)
        names = [name for name, _ in self.tasks]
        refused = Counter(name for name, end in zip(names, ended, strict=True) if isinstance(end, ServerBusyError))
        done = Counter(name for name, end in zip(names, ended, strict=True) if end is None)
        assert refused.total() + done.total() == len(names)
        return done, refused


def run(walk: Callable[[Work], Any], threads: int = 1, waiting: int = 59) -> Any:
    async def inside() -> Any:
        return await walk(Work(HashingQueue(threads, waiting)))

    return asyncio.run(inside())


def test_who_floods_the_queue_keeps_no_other_away() -> None:
    """As it was found: 150 at once of one visitor, then 15 logins of others."""

    async def walk(work: Work) -> None:
        await work.ask("flood", 150)
        for number in range(15):
            await work.ask(f"other {number}")
        done, refused = await work.end()
        assert refused == {"flood": 150 - 45}
        assert done == {"flood": 45, **{f"other {number}": 1 for number in range(15)}}
        # One turn of the flood at the most before each of the others: nobody waits behind it.
        assert max(work.order.index(f"other {number}") for number in range(15)) <= 2 + 15

    run(walk)


def test_one_network_alone_has_all_places() -> None:
    async def walk(work: Work) -> None:
        await work.ask("alone", 70)
        assert await work.end() == ({"alone": 60}, {"alone": 10})

    run(walk)


def test_networks_take_turns_and_an_office_has_more_of_them() -> None:
    async def walk(work: Work) -> None:
        await work.ask("first")
        await work.ask("flood", 20)
        await work.ask("office", 20, share=HASHING_OFFICE_SHARE)
        await work.end()
        turns = work.order[1:19]
        assert turns.count("office") == 2 * HASHING_OFFICE_SHARE
        assert turns.count("flood") == 2

    run(walk)


def test_an_office_holds_more_places_of_a_full_queue() -> None:
    async def walk(work: Work) -> None:
        await work.ask("flood", 60)
        await work.ask("office", 60, share=HASHING_OFFICE_SHARE)
        done, _ = await work.end()
        assert done["flood"] + done["office"] == 60
        assert done["office"] == pytest.approx(HASHING_OFFICE_SHARE * done["flood"], abs=HASHING_OFFICE_SHARE)

    run(walk)


def test_work_that_nobody_waits_for_any_more_gives_its_place_back() -> None:
    async def walk(work: Work) -> None:
        await work.ask("gone", 60)
        for _, task in work.tasks[1:]:
            task.cancel()
        work.tasks = work.tasks[:1]
        await work.ask("other", 1)
        assert await work.end() == ({"gone": 1, "other": 1}, {})
        assert work.order == ["gone", "other"]
        await work.ask("again", 60)
        assert (await work.end())[0]["again"] == 60

    run(walk)


def test_what_the_work_raises_is_raised_and_the_next_goes_on() -> None:
    async def walk() -> int:
        queue = HashingQueue(1, 1)

        def fail() -> int:
            raise KeyError("x")

        with pytest.raises(KeyError):
            await queue.run(fail, network="a")
        return await queue.run(lambda: 7, network="a")

    assert asyncio.run(walk()) == 7


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.integers(1, 9)), min_size=1, max_size=12),
    st.integers(1, 3),
    st.integers(0, 8),
)
def test_whatever_is_asked_each_ends_once_and_who_holds_least_is_served(
    asked: list[tuple[str, int]], threads: int, waiting: int
) -> None:
    async def walk(work: Work) -> None:
        for network, times in asked:
            await work.ask(network, times)
        done, refused = await work.end()
        wanted = Counter[str]()
        for network, times in asked:
            wanted[network] += times
        places = threads + waiting
        assert done.total() == min(places, wanted.total())
        for network in wanted:
            assert done[network] + refused[network] == wanted[network]
            # What is refused to a network is held by others that hold no more than one place above it, or run already.
            if refused[network]:
                assert all(done[other] <= done[network] + max(1, threads) for other in wanted)

    run(walk, threads, waiting)


def test_a_use_case_that_says_nothing_of_its_form_is_not_run() -> None:
    def silent(_db: Any) -> None: ...

    with pytest.raises(TypeError, match="silent"):
        precheck_of(silent)

    def check(_db: Any, text: str) -> None: ...

    @precheck(check)
    def told(_db: Any, text: str) -> str:
        return text

    assert precheck_of(told) is check
    assert told(None, "x") == "x"
