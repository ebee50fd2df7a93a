"""The one clock of the services: aware UTC, and movable in tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta


def _system() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _source()


@contextmanager
def shifted(step: timedelta) -> Iterator[None]:
    """Shift the clock of this process by `step` for the length of a block (for tests of edges)."""
    global _source
    before = _source

    def shifted() -> datetime:
        return before() + step

    _source = shifted
    try:
        yield
    finally:
        _source = before
