"""Doing something that may be refused, and doing it many times at one moment."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TypeVar

from sqlalchemy import event

from mysapk_web.platform.database import Database
from mysapk_web.platform.errors import UserError

T = TypeVar("T")


def refusal_of(act: Callable[..., object], *given: object) -> UserError | None:
    """What an act is refused with; None when it succeeds."""
    try:
        act(*given)
    except UserError as refusal:
        return refusal
    return None


def together(times: int, act: Callable[[int], T]) -> list[T | Exception]:
    """Do the same `times` times at one moment, each in a thread of its own; what was raised stands in the list."""
    gate = threading.Barrier(times)

    def one(number: int) -> T | Exception:
        with suppress(threading.BrokenBarrierError):
            gate.wait(10)
        try:
            return act(number)
        except Exception as error:
            return error

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


@contextmanager
def statements(db: Database) -> Iterator[list[str]]:
    """What is sent to a database meanwhile, without its values."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    event.remove(db.engine, "before_cursor_execute", note)
