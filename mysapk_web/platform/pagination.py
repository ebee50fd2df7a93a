"""Lists in pages, cut in the query itself (DESIGN 2.4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlmodel import Session, SQLModel, func, select
from sqlmodel.sql.expression import SelectOfScalar

T = TypeVar("T")
U = TypeVar("U")
Row = TypeVar("Row", bound=SQLModel)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list.

    Attributes:
        items: At most as many as a page holds.
    """

    items: list[T]
    number: int
    pages: int
    total: int

    def map(self, show: Callable[[T], U]) -> Page[U]:
        """The same page with each item turned into something else."""
        return Page([show(item) for item in self.items], self.number, self.pages, self.total)


def paginate(session: Session, found: SelectOfScalar[Row], number: int, size: int, *order: Any) -> Page[Row]:
    """Read one page of what a query finds.

    Args:
        found: The query, limited to what the actor may see, without an order.
        number: Which page, from 1; one that doesn't exist gives the nearest that does.
        *order: What it is ordered by; the last one tells apart any two rows.
    """
    total = session.exec(select(func.count()).select_from(found.subquery())).one()
    pages = max(1, -(-total // size))
    number = min(max(1, number), pages)
    items = list(session.exec(found.order_by(*order).limit(size).offset((number - 1) * size)))
    return Page(items, number, pages, total)
