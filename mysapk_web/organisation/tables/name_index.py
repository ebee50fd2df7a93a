"""Name words by index: PostgreSQL has one over pairs of agency and word; SQLite scans an agency's names."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, cast, func, literal
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlmodel import Session, col

from mysapk_web.organisation.tables.pegawai import Pegawai


def words_begin(session: Session, agencies: Iterable[int], words: Iterable[str]) -> ColumnElement[bool] | None:
    """Condition over `pegawai`: an agency's person with a name word beginning with each word; None without such an index."""
    if session.get_bind().dialect.name != "postgresql":
        return None
    begun = list(words)
    each = (" & ".join(f"{_lexeme(f'{agency}:{word}')}:*" for word in begun) for agency in agencies)
    query = " | ".join(f"({both})" for both in each)
    found: ColumnElement[bool] = func.kata_nama(col(Pegawai.instansi_id), col(Pegawai.name)).bool_op("@@")(
        cast(literal(query), TSQUERY)
    )
    return found


def _lexeme(text: str) -> str:
    """Quoted for a tsquery: nothing in it is an operator."""
    doubled = text.replace("\\", "\\\\").replace("'", "''")
    return f"'{doubled}'"
