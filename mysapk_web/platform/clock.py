"""The only clock: aware UTC, and movable in tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta


def _system() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system


def now() -> datetime:
    return _source()


@contextmanager
def shifted(step: timedelta) -> Iterator[None]:
    """Shift this process's clock for the duration of a block (for tests)."""
    global _source
    before = _source

    def shifted() -> datetime:
        return before() + step

    _source = shifted
    try:
        yield
    finally:
        _source = before
