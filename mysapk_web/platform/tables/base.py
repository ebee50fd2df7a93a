"""Shared by all tables: constraint names, text enums, and ids."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import Enum as SqlEnum
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Stored(SQLModel):
    id: int | None = Field(default=None, primary_key=True)

    @property
    def pk(self) -> int:
        """The id of a row that is in the database. Raises ValueError: it has not been flushed yet."""
        if self.id is None:
            raise ValueError(f"{type(self).__name__} has no id before it is flushed")
        return self.id


def text_enum(enum: type[StrEnum], length: int = 40) -> Any:
    """Stored as the enum's value in plain text, so that a new member needs no migration."""
    return SqlEnum(enum, native_enum=False, create_constraint=False, length=length, values_callable=_values)


def _values(enum: type[StrEnum]) -> list[str]:
    return [member.value for member in enum]
