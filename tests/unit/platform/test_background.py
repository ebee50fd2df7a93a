"""Background loops outlive whatever a step raises, wait longer after each failure, and keep when they last succeeded."""

from __future__ import annotations

import ast
import asyncio
import itertools
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError
from sqlmodel import select
from structlog.testing import capture_logs

from mysapk_web.platform import background, clock
from mysapk_web.platform.background import TASKS, Task, retry_delay, run_in_thread, run_periodically, task_states
from mysapk_web.platform.database import Database
from mysapk_web.platform.errors import ServerBusyError
from mysapk_web.platform.tables.job import BackgroundRun

CODE = Path(background.__file__).parents[1]
SEALS = background.SEALS
FAULTS: list[Exception] = [
    OperationalError("SELECT rahasia", None, Exception("rahasia")),
    OSError(28, "rahasia"),
    ValueError("rahasia"),
    KeyError("rahasia"),
    RuntimeError("can't start new thread"),
    AssertionError(),
    MemoryError(),
    ServerBusyError(),
    StopAsyncIteration(),
    TimeoutError(),
    ExceptionGroup("rahasia", [ValueError()]),
]


class Steps:
    """Steps that raise or answer what they are given, and then end the loop from outside."""

    def __init__(self, *answers: Exception | bool) -> None:
        self.answers: Iterator[Exception | bool] = iter(answers)
        self.done = 0

    def take(self) -> bool:
        answer = next(self.answers)
        self.done += 1
        if isinstance(answer, Exception):
            raise answer
        return answer


def run(steps: Steps, db: Database, monkeypatch: pytest.MonkeyPatch, task: Task = SEALS) -> list[float]:
    """Run a loop until its steps are used up; gives what it slept."""
    slept: list[float] = []
    over = asyncio.Event()

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await asyncio.to_thread(lambda: None)

    async def step() -> bool:
        try:
            return steps.take()
        except StopIteration:
            over.set()
            return False

    async def main() -> None:
        loop = asyncio.create_task(run_periodically(task, step, db))
        ended = asyncio.create_task(over.wait())
        await asyncio.wait({loop, ended}, return_when=asyncio.FIRST_COMPLETED)
        assert not loop.done(), "the loop has died"
        loop.cancel()
        with pytest.raises(asyncio.CancelledError):
            await loop

    monkeypatch.setattr(background.asyncio, "sleep", sleep)
    asyncio.run(main())
    return slept[: steps.done]


def kept(db: Database) -> BackgroundRun:
    with db.read() as session:
        row = session.exec(select(BackgroundRun)).one()
        session.expunge(row)
        return row


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
def test_no_exception_ends_a_loop(fault: Exception, sqlite_db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = Steps(fault, fault, False, fault, False)
    with capture_logs() as lines:
        run(steps, sqlite_db, monkeypatch)
    assert steps.done == 5
    failed = [line for line in lines if line["event"] == "background.failed"]
    assert [(line["task"], line["kind"], line["failures"]) for line in failed] == [
        ("seals", type(fault).__name__, count) for count in (1, 2, 1)
    ]
    assert all("test_background.py" in line["at"] for line in failed)
    assert "rahasia" not in repr(lines)
    assert kept(sqlite_db).succeeded_at is not None
    assert "rahasia" not in kept(sqlite_db).error


def test_cancellation_is_no_failure(sqlite_db: Database) -> None:
    async def step() -> bool:
        await asyncio.Event().wait()
        return False

    async def main() -> None:
        async with background.running_tasks(run_periodically(SEALS, step, sqlite_db)):
            await asyncio.sleep(0)
        assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []

    with capture_logs() as lines:
        asyncio.run(main())
    assert lines == []


def test_a_loop_outlives_a_database_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = Database("postgresql+psycopg://u@127.0.0.1:1/none")
    steps = Steps(True, False, ValueError(), False)
    with capture_logs() as lines:
        run(steps, gone, monkeypatch)
    assert steps.done == 4
    kinds = [line["kind"] for line in lines]
    assert kinds.count("ValueError") == 1
    assert set(kinds) == {"ValueError", "OperationalError"}


def test_more_work_follows_at_once_and_failures_wait_longer(
    sqlite_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = Task("seals", interval=2.0, pause=0.25, longest_wait=30.0)
    slept = run(
        Steps(True, False, *[ValueError() for _ in range(8)], False, ValueError()), sqlite_db, monkeypatch, task
    )
    assert slept[:2] == [0.25, 2.0]
    waits = slept[2:10]
    assert all(0.75 * min(2.0**number, 30) <= wait <= min(2.0**number, 30) for number, wait in enumerate(waits))
    assert slept[10] == 2.0
    assert slept[11] <= 1.0


@given(st.sampled_from(TASKS), st.integers(1, 10_000))
def test_a_wait_is_bounded_and_never_nothing(task: Task, failures: int) -> None:
    wait = retry_delay(task, failures)
    assert 0.5 < wait <= task.longest_wait
    assert wait <= 2.0 ** min(failures - 1, 40)


def test_success_is_written_at_first_after_a_failure_and_once_a_minute(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = itertools.count(0, 20)
    monkeypatch.setattr(background, "time", SimpleNamespace(monotonic=lambda: float(next(seconds))))
    written: list[str] = []
    real = background._write_success
    monkeypatch.setattr(
        background, "_write_success", lambda session, task: (written.append(task.name), real(session, task))
    )
    run(Steps(*[False] * 9), db, monkeypatch)
    few = len(written)
    assert 1 <= few < 9
    run(Steps(False, ValueError(), False), db, monkeypatch)
    assert len(written) == few + 2


def test_what_is_kept_tells_when_and_why(db: Database) -> None:
    def seals() -> background.TaskState:
        with db.read() as session:
            return next(state for state in task_states(session) if state.task is SEALS)

    assert (seals().succeeded_at, seals().is_stale) == (None, False)
    with db.begin() as session:
        background._write_failure(session, SEALS, "ValueError x.py:1")
    assert (seals().succeeded_at, seals().is_stale, seals().error) == (None, False, "ValueError x.py:1")
    with clock.shifted(SEALS.stale_after + timedelta(seconds=1)):
        assert seals().is_stale
        with db.begin() as session:
            background._write_success(session, SEALS)
        assert (seals().is_stale, seals().error) == (False, "")
    with clock.shifted(SEALS.stale_after * 2 + timedelta(seconds=5)):
        assert seals().is_stale


def test_many_processes_write_one_row(db: Database) -> None:
    faults: list[BaseException] = []

    def write() -> None:
        try:
            for _ in range(10):
                with db.begin() as session:
                    background._write_success(session, SEALS)
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=write) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (faults, kept(db).name) == ([], "seals")


def test_a_thread_outlives_every_exception_too(sqlite_db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    stopping, woken = threading.Event(), threading.Event()
    monkeypatch.setattr(background, "retry_delay", lambda *_: 0.0)
    steps = Steps(*FAULTS, True, True)

    def step() -> bool:
        try:
            return steps.take()
        except StopIteration:
            stopping.set()
            return False

    with capture_logs() as lines:
        run_in_thread(background.MAIL, step, sqlite_db, stopping=stopping, woken=woken)
    assert steps.done == len(FAULTS) + 2
    assert [line["kind"] for line in lines if line["event"] == "background.failed"] == [
        type(fault).__name__ for fault in FAULTS
    ]
    assert kept(sqlite_db).succeeded_at is not None


# The code ----------------------------------------------------------------------------------------

WAITS_FOR_ITS_OWN_END = {
    ("platform/background.py", "run_periodically"),
    ("platform/background.py", "run_in_thread"),
    ("platform/imports/command.py", "_more"),  # a command, until the server has finished its run
    ("platform/imports/worker.py", "process_run"),  # one run, chunk by chunk
}
BEGINS_SOMETHING = {
    ("platform/background.py", "running_tasks"),
    ("mysapk_web.py", "mails"),  # the dispatcher, which ends with the mail in hand
    ("app/mail_dispatcher.py", "serve"),  # its thread, in `run_in_thread`
    ("platform/mail/smtp.py", "_watched"),  # the deadline of one sending
    ("platform/log_throttle.py", "allow"),  # the end of one minute of one kind of line
    ("platform/http/shutdown.py", "_begin"),  # the end of the server
    ("platform/http/sockets.py", "next_message"),  # one message of one socket
}


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path in sorted(CODE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield str(path.relative_to(CODE)), node


def calls(node: ast.AST) -> set[str]:
    found = (each.func for each in ast.walk(node) if isinstance(each, ast.Call))
    return {func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "") for func in found}


def is_endless(loop: ast.AST) -> bool:
    """A loop that waits between its rounds, or that nothing inside ends."""
    ends = any(isinstance(node, ast.Break | ast.Return | ast.Yield | ast.YieldFrom) for node in ast.walk(loop))
    if isinstance(loop, ast.While):
        return bool(calls(loop) & {"sleep", "wait", "wait_for"}) or (isinstance(loop.test, ast.Constant) and not ends)
    return isinstance(loop, ast.For) and bool(calls(loop.iter) & {"count", "cycle", "repeat"}) and not ends


def test_every_loop_that_repeats_for_as_long_as_the_server_runs_goes_through_the_runner() -> None:
    found = {
        (path, function.name) for path, function in functions() if any(is_endless(node) for node in ast.walk(function))
    }
    assert found - WAITS_FOR_ITS_OWN_END == set()
    assert {each for each in found if each[0] == "platform/background.py"} == {
        each for each in WAITS_FOR_ITS_OWN_END if each[0] == "platform/background.py"
    }


def test_what_runs_beside_the_requests_is_begun_in_few_places() -> None:
    begun = {
        (path, function.name)
        for path, function in functions()
        if calls(function) & {"create_task", "ensure_future", "Thread", "Timer", "call_later", "TaskGroup"}
    }
    assert begun == BEGINS_SOMETHING


def test_every_task_is_run_by_the_server() -> None:
    wiring = (CODE / "mysapk_web.py").read_text(encoding="utf-8")
    names = {name for name, value in vars(background).items() if isinstance(value, Task)}
    assert {name for name in names if f"background.{name}:" in wiring} == names - {"MAIL"}
    assert len({task.name for task in TASKS}) == len(TASKS) == len(names)
