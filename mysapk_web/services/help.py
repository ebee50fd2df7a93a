"""Where people turn for help: the helpdesk of their agency first, then the call centre of the country (seed 002)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session, col, or_, select

from mysapk_web.models import HelpContact
from mysapk_web.services.actor import Actor


@dataclass(frozen=True, slots=True)
class ContactView:
    """One helpdesk; a field that it doesn't have is empty."""

    nama: str
    telepon: str
    email: str
    situs: str
    keluhan_url: str
    jam_layanan: str


NATIONAL = ContactView(
    nama="Call Center BKN",
    telepon="021-8093008",
    email="",
    situs="https://www.bkn.go.id",
    keluhan_url="https://www.bkn.go.id/homepage/lapor-bkn",
    jam_layanan="Senin sampai Jumat, 08.00-16.00 WIB",
)
"""Shown while the portal keeps no national row of its own (seed 002)."""


def contacts(session: Session, actor: Actor | None) -> list[ContactView]:
    """Where this person can turn.

    Args:
        session: Any transaction.
        actor: Who asks; a visitor sees the national contact only.

    Returns:
        The own agency's helpdesk, where it keeps one, then the national one.
    """
    of_country = col(HelpContact.instansi_id).is_(None)
    of_agency = col(HelpContact.instansi_id) == actor.instansi_id if actor else None
    wanted = of_country if of_agency is None else or_(of_country, of_agency)
    rows = session.exec(select(HelpContact).where(wanted).order_by(of_country, col(HelpContact.id))).all()
    own = [_view(row) for row in rows if row.instansi_id is not None]
    national = [_view(row) for row in rows if row.instansi_id is None]
    return own + (national or [NATIONAL])


def _view(row: HelpContact) -> ContactView:
    return ContactView(row.nama, row.telepon, row.email, row.situs, row.keluhan_url, row.jam_layanan)
