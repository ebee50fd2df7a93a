"""Where people can turn: their own agency first, the call centre always."""

from __future__ import annotations

from datetime import UTC, datetime

from mysapk_web.models import Database, HelpContact, Instansi
from mysapk_web.services import help as helpdesk
from mysapk_web.services.actor import Actor


def actor_of(instansi_id: int) -> Actor:
    moment = datetime(2030, 1, 1, tzinfo=UTC)
    return Actor(
        account_id=1,
        pegawai_id=1,
        instansi_id=instansi_id,
        session="",
        session_expires_at=moment,
        version=1,
        seen_at=moment,
    )


def two_agencies(db: Database) -> tuple[int, int]:
    with db.begin() as session:
        first, second = Instansi(kode="1", nama="Satu"), Instansi(kode="2", nama="Dua")
        session.add_all([first, second])
        session.flush()
        assert first.id is not None
        assert second.id is not None
        session.add(HelpContact(instansi_id=None, nama="Nasional", telepon="021-8093008"))
        session.add(HelpContact(instansi_id=first.id, nama="Helpdesk Satu"))
        return first.id, second.id


def test_own_agency_first_then_national(db: Database) -> None:
    first, second = two_agencies(db)
    with db.read() as session:
        names = [view.nama for view in helpdesk.contacts(session, actor_of(first))]
        others = [view.nama for view in helpdesk.contacts(session, actor_of(second))]
    assert names == ["Helpdesk Satu", "Nasional"]
    assert others == ["Nasional"]


def test_visitor_sees_the_national_contact_only(db: Database) -> None:
    two_agencies(db)
    with db.read() as session:
        views = helpdesk.contacts(session, None)
    assert [(view.nama, view.telepon) for view in views] == [("Nasional", "021-8093008")]


def test_call_centre_even_in_an_empty_database(sqlite_db: Database) -> None:
    with sqlite_db.read() as session:
        (view,) = helpdesk.contacts(session, None)
    assert (view.telepon, view.keluhan_url) == ("021-8093008", "https://www.bkn.go.id/homepage/lapor-bkn")
