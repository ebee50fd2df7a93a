"""Many rows at once: what the database refuses is told as everywhere else, by kind and without a value."""

from __future__ import annotations

import traceback
from typing import Any

import pytest
from sqlalchemy.exc import DataError, IntegrityError
from sqlmodel import Session

from mysapk_web.models import Counter, Database, bulk
from mysapk_web.services import clock

SECRET = "rahasia.pribadi@example.go.id"


def row(key: str) -> dict[str, Any]:
    return {"key": key, "count": 1, "resets_at": clock.now()}


def insert(session: Session) -> None:
    bulk.insert_many(session, Counter, [row("lain"), row(SECRET)])


def test_a_value_that_is_there_already_is_an_integrity_error_that_tells_no_value(db: Database) -> None:
    with db.begin() as session:
        bulk.insert_many(session, Counter, [row(SECRET)])
    with pytest.raises(IntegrityError) as caught, db.begin() as session:
        insert(session)
    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + str(caught.value.orig)
    assert "rahasia" not in told
    assert "penghitung" in told


def test_the_rest_of_the_transaction_goes_on_behind_a_savepoint(db: Database) -> None:
    with db.begin() as session:
        bulk.insert_many(session, Counter, [row(SECRET)])
    with db.begin() as session:
        with pytest.raises(IntegrityError), session.begin_nested():
            insert(session)
        bulk.insert_many(session, Counter, [row("sesudahnya")])
    with db.read() as session:
        assert session.get(Counter, "sesudahnya") is not None
        assert session.get(Counter, "lain") is None


def test_a_value_that_can_not_be_stored_is_a_data_error_that_tells_no_value(db: Database) -> None:
    if db.is_sqlite:
        pytest.skip("SQLite stores it")
    for value in (f"{SECRET}\x00", SECRET * 100):
        with pytest.raises(DataError) as caught, db.begin() as session:
            bulk.insert_many(session, Counter, [row(value)])
        assert "rahasia" not in "".join(traceback.format_exception(caught.value))
