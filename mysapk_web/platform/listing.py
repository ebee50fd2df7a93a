"""Pages of long lists: a list may have millions of rows, so it is counted up to a limit and read no deeper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import select as sql_select
from sqlmodel import Session, func

T = TypeVar("T")

PAGE_SIZE: Final = 25
DEEPEST: Final = 1_000
"""Rows that can be paged to; who needs more filters, or exports."""


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """One page of a list.

    Attributes:
        pages: How many can be paged to, at least 1.
        total: Rows found; at most `DEEPEST`, unless it was known without counting.
        more: There are more rows than can be paged to.
    """

    items: list[T]
    number: int = 1
    pages: int = 1
    total: int = 0
    more: bool = False


def list_page(session: Session, found: Any, number: int, *order: Any, known: int | None = None) -> Listing[Any]:
    """Read one page of what a query finds.

    Args:
        found: A select of columns or rows, limited to what the actor may see, without an order.
        number: Which page, from 1; one that doesn't exist gives the nearest that does.
        *order: What it is ordered by; the last one tells apart any two rows.
    """
    counted = known
    if counted is None:
        # Only whether there is a row is counted, so its columns are left out.
        some = found.with_only_columns(found.selected_columns[0]).limit(DEEPEST + 1).subquery()
        counted = session.execute(sql_select(func.count()).select_from(some)).scalar_one()
    pages = max(1, -(-min(counted, DEEPEST) // PAGE_SIZE))
    number = min(max(1, number), pages)
    rows = session.execute(found.order_by(*order).limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)).all()
    total = min(counted, DEEPEST) if known is None else known
    return Listing(list(rows), number, pages, total, counted > DEEPEST)
