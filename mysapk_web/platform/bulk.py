"""Bulk writes past the ORM: COPY and one UPDATE from a list on PostgreSQL, one prepared statement on SQLite."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from psycopg import sql
from psycopg.types.json import Json, Jsonb
from sqlalchemy import ARRAY, Column, ColumnElement, Table, any_, func, literal, select
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, SQLModel


def insert_many(session: Session, model: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows of one shape, by attribute. Raises DBAPIError as any other statement does, without values in its text."""
    if not rows:
        return
    session.flush()
    table = _table(model)
    columns = [table.c[name] for name in rows[0]]
    names = sql.SQL(", ").join(sql.Identifier(column.name) for column in columns)
    if _is_sqlite(session):
        places = ", ".join("?" * len(columns))
        into = f"{_quoted(table.name)} ({', '.join(_quoted(column.name) for column in columns)})"
        statement = f"INSERT INTO {into} VALUES ({places})"  # noqa: S608  names from the tables only
        with _translated_errors(session):
            _driver(session).executemany(statement, _values(session, columns, rows))
        return
    copying = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), names)
    with _translated_errors(session), _driver(session).cursor() as cursor, cursor.copy(copying) as copy:
        for values in _values(session, columns, rows):
            copy.write_row(values)


def update_many(session: Session, model: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Update rows of one shape by their `id`. Objects the session has loaded are stale afterwards.

    PostgreSQL checks unique columns row by row within the statement: a value must be given up in an earlier call.
    """
    if not rows:
        return
    session.flush()
    table = _table(model)
    names = [name for name in rows[0] if name != "id"]
    columns = [*(table.c[name] for name in names), table.c["id"]]
    names = [column.name for column in columns[:-1]]
    if _is_sqlite(session):
        put = ", ".join(f"{_quoted(name)} = ?" for name in names)
        statement = f"UPDATE {_quoted(table.name)} SET {put} WHERE id = ?"  # noqa: S608  names from the tables only
        with _translated_errors(session):
            _driver(session).executemany(statement, _values(session, columns, rows))
        return
    dialect = session.get_bind().dialect
    text = sql.SQL("UPDATE {} AS t SET {} FROM json_to_recordset(%s) AS v({}) WHERE t.id = v.id").format(
        sql.Identifier(table.name),
        sql.SQL(", ").join(sql.SQL("{0} = v.{0}").format(sql.Identifier(name)) for name in names),
        sql.SQL(", ").join(
            sql.SQL("{} {}").format(sql.Identifier(column.name), sql.SQL(column.type.compile(dialect)))
            for column in columns
        ),
    )
    given = [dict(zip((*names, "id"), values, strict=True)) for values in _values(session, columns, rows)]
    with _translated_errors(session), _driver(session).cursor() as cursor:
        cursor.execute(text, [json.dumps(given, default=_in_json)])


def _in_json(value: Any) -> Any:
    """Types JSON lacks, in the form PostgreSQL reads back; anything else is an error, never a similar-looking text."""
    if isinstance(value, Json | Jsonb):
        return value.obj
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def one_of(session: Session, column: Any, values: Collection[Any]) -> ColumnElement[bool]:
    """`column IN values`, sent as one parameter: rendering thousands of placeholders costs more than the query."""
    given = list(values)
    if _is_sqlite(session):
        inside = func.json_each(json.dumps(given)).table_valued("value")
        found: ColumnElement[bool] = column.in_(select(inside.c.value))
        return found
    return column == any_(literal(given, ARRAY(column.type)))  # type: ignore[no-any-return]


def _table(model: type[SQLModel]) -> Table:
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _quoted(name: str) -> str:
    return f'"{name}"'


def _driver(session: Session) -> Any:
    """The driver's connection, in the transaction of the session."""
    return session.connection().connection.driver_connection


@contextmanager
def _translated_errors(session: Session) -> Iterator[None]:
    """Raise driver errors as SQLAlchemy would; the driver quotes values, so its message is dropped."""
    dialect = session.get_bind().dialect
    base: type[Exception] = dialect.loaded_dbapi.Error
    try:
        yield
    except base as error:
        translated = DBAPIError.instance(
            None, None, _without_values(error), base, hide_parameters=True, dialect=dialect
        )
    else:
        return
    raise translated from None


def _without_values(error: Exception) -> Exception:
    """The same kind of error, naming only the constraint. SQLite names columns only, PostgreSQL quotes rows in its details."""
    found = getattr(error, "diag", None)
    if found is None:
        return error
    names = (found.table_name, found.column_name, found.constraint_name)
    return type(error)(" ".join([type(error).__name__, *filter(None, names)]))


def _values(session: Session, columns: Sequence[Column[Any]], rows: Sequence[Mapping[str, Any]]) -> Iterator[Any]:
    """Rows as the driver takes them: enums as text, objects as JSON, moments as the database stores them."""
    dialect = session.get_bind().dialect
    return zip(
        *(
            _converted(column.type.dialect_impl(dialect).bind_processor(dialect), [row[column.key] for row in rows])
            for column in columns
        ),
        strict=True,
    )


def _converted(step: Callable[[Any], Any] | None, values: list[Any]) -> Iterable[Any]:
    """The values of one column; consecutive equal values are converted once."""
    if step is None:
        return values
    found = []
    last, made = object(), None
    for value in values:
        if value is not last:
            last, made = value, step(value)
        found.append(made)
    return found
