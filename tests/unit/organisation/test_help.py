"""Where people can turn: their own agency first, the call centre always."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mysapk_web.organisation import help as helpdesk
from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.tables.agency import HelpContact, Instansi
from mysapk_web.platform.client import ClientContext
from mysapk_web.platform.database import Database
from mysapk_web.platform.errors import CommittingUserError, FormError
from mysapk_web.rate_limits import HELP_SEARCHES_PER_NETWORK
from mysapk_web.settings import Settings


def actor_of(instansi_id: int) -> Actor:
    moment = datetime(2030, 1, 1, tzinfo=UTC)
    return Actor(
        account_id=1,
        pegawai_id=1,
        instansi_id=instansi_id,
        session_ref="",
        session_expires_at=moment,
        version=1,
        seen_at=moment,
    )


def two_agencies(db: Database) -> tuple[int, int]:
    with db.begin() as session:
        first, second = Instansi(code="1", name="Satu"), Instansi(code="2", name="Dua")
        session.add_all([first, second])
        session.flush()
        assert first.id is not None
        assert second.id is not None
        session.add(HelpContact(instansi_id=None, name="Nasional", phone="021-8093008"))
        session.add(HelpContact(instansi_id=first.id, name="Helpdesk Satu"))
        return first.id, second.id


def test_own_agency_first_then_national(db: Database) -> None:
    first, second = two_agencies(db)
    with db.read() as session:
        names = [view.name for view in helpdesk.contacts_for(session, actor_of(first))]
        others = [view.name for view in helpdesk.contacts_for(session, actor_of(second))]
    assert names == ["Helpdesk Satu", "Nasional"]
    assert others == ["Nasional"]


def test_visitor_sees_the_national_contact_only(db: Database) -> None:
    two_agencies(db)
    with db.read() as session:
        views = helpdesk.contacts_for(session, None)
    assert [(view.name, view.phone) for view in views] == [("Nasional", "021-8093008")]


def test_call_centre_even_in_an_empty_database(sqlite_db: Database) -> None:
    with sqlite_db.read() as session:
        (view,) = helpdesk.contacts_for(session, None)
    assert (view.phone, view.complaint_url) == ("021-8093008", "https://www.bkn.go.id/homepage/lapor-bkn")


# The helpdesk of another agency, for who can't log in -------------------------------------------------

HERE = ClientContext(client_address="203.0.113.9")


def found(db: Database, asked: str, visitor: ClientContext = HERE) -> list[tuple[str, str]]:
    with db.begin() as session:
        seen = helpdesk.search_helpdesks(session, client=visitor, asked=asked)
    return [(agency.instansi, agency.contact.name if agency.contact else "") for agency in seen]


@pytest.fixture
def named(db: Database, portal_settings: Settings) -> Database:
    with db.begin() as session:
        for number in range(12):
            session.add(Instansi(code=f"K{number}", name=f"Pemerintah Kabupaten Uji {number:02}"))
        city = Instansi(code="KT", name="Pemerintah Kota Misal 100%")
        session.add(city)
        session.flush()
        session.add(HelpContact(instansi_id=None, name="Nasional", phone="021-8093008"))
        session.add(HelpContact(instansi_id=city.id, name="Helpdesk Kota", email="bantuan@kota.example.go.id"))
    return db


def test_a_visitor_finds_the_helpdesk_of_an_agency_by_its_name(named: Database) -> None:
    assert found(named, "  kota   MISAL ") == [("Pemerintah Kota Misal 100%", "Helpdesk Kota")]
    assert found(named, "kabupaten uji 03") == [("Pemerintah Kabupaten Uji 03", "")]
    assert found(named, "tidak ada") == []
    assert found(named, "0%_") == []
    assert found(named, "100%") == [("Pemerintah Kota Misal 100%", "Helpdesk Kota")]


def test_a_word_that_fits_many_agencies_shows_some_by_name(named: Database) -> None:
    assert [name for name, _ in found(named, "pemerintah")] == [
        f"Pemerintah Kabupaten Uji {number:02}" for number in range(helpdesk.MOST_AGENCIES)
    ]


@pytest.mark.parametrize("asked", ["", "ko", "  k ", "x" * 201])
def test_too_little_or_too_much_is_refused(named: Database, asked: str) -> None:
    with pytest.raises(FormError):
        found(named, asked)


def test_looking_is_limited_by_address(named: Database) -> None:
    for _ in range(HELP_SEARCHES_PER_NETWORK.count):
        found(named, "kota misal")
    with pytest.raises(CommittingUserError):
        found(named, "kota misal")
    assert found(named, "kota misal", ClientContext(client_address="198.51.100.7"))
