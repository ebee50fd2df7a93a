"""What every import of a table shares: chunks of rows, and a fault that refuses one row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, TypeVar


class RowError(Exception):
    """The row can't be taken. `str()` is an Indonesian sentence."""


CHUNK: Final = 1000
"""Rows a transaction: other writers wait for it no longer than a fraction of a second."""


T = TypeVar("T")


def chunks(rows: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Cut a stream into lists.

    Args:
        rows: Any stream; no more than one chunk of it is held.
    """
    stream = iter(rows)
    while chunk := list(islice(stream, size)):
        yield chunk
