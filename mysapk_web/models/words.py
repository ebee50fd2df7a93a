"""Finding words of names among millions: PostgreSQL has an index for it, SQLite reads the names of one agency."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import Boolean, ColumnElement, String, literal
from sqlalchemy.ext.compiler import compiles

_PLAIN: Final = re.compile(r"[a-z0-9]+")


class NarrowedByWords(ColumnElement[bool]):
    """Condition that is true of every row whose column has words that begin like these, and of few others.

    It only narrows what another condition makes exact. Uses `ix_pegawai_kata` on PostgreSQL; on SQLite it is always true.
    """

    type = Boolean()
    inherit_cache = False

    def __init__(self, column: Any, words: Iterable[str]) -> None:
        """Take what is looked for.

        Args:
            column: Text.
            words: Folded beginnings of words; one that is not made of letters and digits of ASCII narrows nothing.
        """
        plain = [word for word in words if _PLAIN.fullmatch(word)]
        self.column, self.wanted = column, literal(" & ".join(f"{word}:*" for word in plain), String())
        self.empty = not plain


@compiles(NarrowedByWords)
def _always(element: NarrowedByWords, compiler: Any, **more: Any) -> str:
    return "1 = 1"


@compiles(NarrowedByWords, "postgresql")
def _by_index(element: NarrowedByWords, compiler: Any, **more: Any) -> str:
    if element.empty:
        return "true"
    column, wanted = (compiler.process(part, **more) for part in (element.column, element.wanted))
    return f"to_tsvector('simple', {column}) @@ to_tsquery('simple', {wanted})"
