"""`INSERT .. ON CONFLICT`: both databases have the clause, SQLAlchemy has it per dialect."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel


def insert(session: Session, table: type[SQLModel]) -> Any:
    module = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    return module.insert(table)


def insert_or_update(session: Session, row: SQLModel, key: str) -> None:
    """Replace the row with the same key in one statement: concurrent calls can't clash."""
    values = row.model_dump()
    others = {name: value for name, value in values.items() if name != key}
    statement = insert(session, type(row)).values(**values)
    session.execute(statement.on_conflict_do_update(index_elements=[key], set_=others))
