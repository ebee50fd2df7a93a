"""Many rows at once: what the database refuses is told as everywhere else, by kind and without a value."""

from __future__ import annotations

import traceback
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.exc import DataError, IntegrityError
from sqlmodel import Session

from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.tables.agency import Instansi, Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import bulk, clock
from mysapk_web.platform.database import Database
from mysapk_web.platform.tables.counter import Counter

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


def test_what_is_changed_is_read_back_as_it_was_given(db: Database) -> None:
    moment = datetime(2026, 9, 1, 7, 30, 15, 250_000, tzinfo=UTC)
    with db.begin() as session:
        session.add(Instansi(code="A", name="Satu"))
        session.flush()
        unit = Unor(instansi_id=1, code="0", name="Satu", path="1/")
        session.add(unit)
        session.flush()
        person = Pegawai(
            nip="198503122010012001", name="Ani", jenis=JenisPegawai.PNS, instansi_id=1, unor_id=unit.id or 0
        )
        session.add(person)
        session.flush()
        ids = {"instansi": 1, "pegawai": person.id}
    odd = 'O\'Neil \\ "x"\t{},\n;NULL é'
    with db.begin() as session:
        bulk.update_many(session, Instansi, [{"id": ids["instansi"], "name": odd, "email_domains": ["a.go.id", odd]}])
        bulk.update_many(
            session,
            Pegawai,
            [{"id": ids["pegawai"], "jenis": JenisPegawai.CPNS, "approved_at": moment, "email": None, "name": "null"}],
        )
    with db.read() as session:
        agency, changed = session.get_one(Instansi, ids["instansi"]), session.get_one(Pegawai, ids["pegawai"])
        assert (agency.name, agency.email_domains) == (odd, ["a.go.id", odd])
        assert (changed.jenis, changed.approved_at, changed.email, changed.name) == (
            JenisPegawai.CPNS,
            moment,
            None,
            "null",
        )


def test_what_has_no_form_is_a_fault_and_no_text(db: Database) -> None:
    if db.is_sqlite:
        pytest.skip("SQLite has its own")
    with pytest.raises(TypeError, match="bytes"), db.begin() as session:
        bulk.update_many(session, Instansi, [{"id": 1, "name": b"x"}])
