"""Pages of lists, cut in SQL. A list may have millions of rows: it is counted up to a limit and read no deeper."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import select as sql_select
from sqlmodel import Session, func

T = TypeVar("T")
U = TypeVar("U")

PAGE_SIZE: Final = 25
MAX_ROWS: Final = 1_000
"""Rows that can be paged to; who needs more filters, or exports."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    items: list[T]
    number: int = 1
    pages: int = 1
    """How many can be paged to, at least 1."""
    total: int = 0
    """Rows found; at most the limit, unless it was known without counting."""
    has_more: bool = False
    """There are more rows than can be paged to."""

    def map(self, show: Callable[[T], U]) -> Page[U]:
        return self.with_items([show(item) for item in self.items])

    def with_items(self, items: list[U]) -> Page[U]:
        return Page(items, self.number, self.pages, self.total, self.has_more)


@dataclass(frozen=True, slots=True)
class PageBounds:
    number: int
    pages: int
    offset: int


def page_bounds(number: int, rows: int, size: int = PAGE_SIZE) -> PageBounds:
    """A page number that doesn't exist gives the nearest that does."""
    pages = max(1, -(-rows // size))
    number = min(max(1, number), pages)
    return PageBounds(number, pages, (number - 1) * size)


def count_up_to(session: Session, query: Any, limit: int | None) -> int:
    """Rows of a query; with a limit, at most one more than that."""
    # Only whether there is a row is counted, so its columns are left out.
    some = query.with_only_columns(query.selected_columns[0])
    if limit is not None:
        some = some.limit(limit + 1)
    return int(session.execute(sql_select(func.count()).select_from(some.subquery())).scalar_one())


def paginate(
    session: Session,
    query: Any,
    number: int,
    *order: Any,
    size: int = PAGE_SIZE,
    unlimited: bool = False,
    known: int | None = None,
) -> Page[Any]:
    """Read one page of a query without order; the last of `order` must be unique.

    Args:
        unlimited: The list is short by nature: count and page to its end.
        known: The number of rows, where that is known without counting.
    """
    limit = None if unlimited else MAX_ROWS
    counted = count_up_to(session, query, limit) if known is None else known
    reachable = counted if limit is None else min(counted, limit)
    bounds = page_bounds(number, reachable, size)
    rows = list(session.exec(query.order_by(*order).limit(size).offset(bounds.offset)))
    total = reachable if known is None else known
    return Page(rows, bounds.number, bounds.pages, total, counted > reachable)
