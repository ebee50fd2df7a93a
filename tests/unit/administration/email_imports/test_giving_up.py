"""A file that kills whoever works on it is given up: after some deaths that led nowhere, and after so many in all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from mysapk_web.administration.email_imports.kind import EMAIL_IMPORT, EmailImport
from mysapk_web.administration.imports import actions, create
from mysapk_web.administration.imports.queries import find_run
from mysapk_web.administration.rules.email_row import EmailRowVerdict as V
from mysapk_web.platform.imports import apply, leases, parse
from mysapk_web.platform.imports.rules import RunState
from tests.support.address_lists import Lists

ROWS = [(f"19850315200101{number:04d}", f"orang.{number}@k1.example.go.id") for number in range(1, 31)]
GOOD = (
    ("ani", "ani.baru@k1.example.go.id"),
    ("eko", "eko.baru@k1.example.go.id"),
    ("sari", "sari.baru@k1.example.go.id"),
)


class Killed(BaseException):
    """What a worker has no time to deal with."""


@contextmanager
def dying_after(monkeypatch: pytest.MonkeyPatch, module: Any, step_name: str, chunks: int) -> Iterator[None]:
    """The process is killed before the next chunk, once it has done so many."""
    real: Callable[..., Any] = getattr(EmailImport, step_name)
    done = iter(range(chunks))

    def step(*given: Any, **more: Any) -> Any:
        if next(done, None) is None:
            raise Killed
        return real(*given, **more)

    with monkeypatch.context() as patch:
        patch.setattr(module, "CHUNK", 1)
        patch.setattr(EmailImport, step_name, step)
        yield


def die_reading(lists: Lists, monkeypatch: pytest.MonkeyPatch, chunks: int) -> bool:
    """A worker reads so many chunks and is killed; whether there was anything to do."""
    with dying_after(monkeypatch, parse, "validate", chunks):
        try:
            found = lists.work("victim") > 0
        except Killed:
            found = True
    lists.office.do(leases.release, "victim")
    return found


def begun(lists: Lists) -> int:
    office = lists.office
    return office.do(create.begin, office.actor("taufik"), EMAIL_IMPORT, lists.upload(*ROWS))


def deaths(lists: Lists, run_id: int, die: Callable[[int], bool]) -> int:
    """How often it kills its workers until it is given up."""
    for number in range(100):
        if lists.state(run_id) is RunState.FAILED or not die(number):
            return number
    raise AssertionError("it is tried for ever")


@pytest.mark.parametrize("chunks", [0, 1, 7])
def test_one_that_always_dies_at_the_same_chunk_is_given_up(
    quick_lists: Lists, monkeypatch: pytest.MonkeyPatch, chunks: int
) -> None:
    run_id = begun(quick_lists)
    died = deaths(quick_lists, run_id, lambda _: die_reading(quick_lists, monkeypatch, chunks))
    run = quick_lists.run(run_id)
    assert (run.state, run.error) == (RunState.FAILED, leases.STUCK)
    # The first one that came so far had come further than ever; those after it had not.
    assert died == leases.ATTEMPTS + (1 if chunks else 0)
    assert quick_lists.work() == 0


def test_one_that_dies_a_chunk_later_each_time_is_given_up_as_well(
    quick_lists: Lists, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = begun(quick_lists)
    died = deaths(quick_lists, run_id, lambda number: die_reading(quick_lists, monkeypatch, number + 1))
    assert died == leases.TRIES < len(ROWS)
    assert (quick_lists.state(run_id), quick_lists.run(run_id).error) == (RunState.FAILED, leases.STUCK)


def test_one_that_was_killed_some_times_on_its_way_is_read_to_its_end(
    quick_lists: Lists, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = begun(quick_lists)
    for chunks in (2, 2, 2, 9, 9, 9, 20):
        die_reading(quick_lists, monkeypatch, chunks)
        assert quick_lists.state(run_id) is RunState.READING
    quick_lists.work()
    run = quick_lists.run(run_id)
    assert (run.state, run.total, run.error) == (RunState.READY, len(ROWS), "")
    assert (run.attempts, run.tries, run.furthest) == (0, 0, 0)


def test_its_maker_reads_why(quick_lists: Lists, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = begun(quick_lists)
    deaths(quick_lists, run_id, lambda _: die_reading(quick_lists, monkeypatch, 1))
    office = quick_lists.office
    shown = office.see(find_run, office.actor("taufik"), run_id)
    assert "tidak dapat diproses" in shown.error


def test_applying_that_dies_with_every_chunk_ends_with_what_was_applied(
    quick_lists: Lists, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each death comes a chunk further, and what was applied stays applied; the rest is marked."""
    monkeypatch.setattr(leases, "TRIES", 2)
    run_id = quick_lists.begin("taufik", *GOOD)
    office = quick_lists.office
    office.do(actions.apply, office.actor("taufik"), run_id)
    for _ in range(2):
        with dying_after(monkeypatch, apply, "scope", 1), pytest.raises(Killed):
            quick_lists.work("victim")
        office.do(leases.release, "victim")
    quick_lists.work()
    run = quick_lists.run(run_id)
    assert (run.state, run.applied, run.error) == (RunState.FAILED, 2, leases.STUCK)
    assert quick_lists.verdicts(run_id) == [V.READY, V.READY, V.NOT_APPLIED]


def test_a_server_that_is_stopped_in_order_is_no_try(quick_lists: Lists, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = begun(quick_lists)
    for _ in range(leases.TRIES + 5):
        with dying_after(monkeypatch, parse, "validate", 2), pytest.raises(Killed):
            quick_lists.work("stopped")
        quick_lists.office.do(leases.release, "stopped", stopped=True)
    assert (quick_lists.run(run_id).attempts, quick_lists.run(run_id).tries) == (0, 0)
    quick_lists.work()
    assert quick_lists.state(run_id) is RunState.READY
