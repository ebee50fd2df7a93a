"""Help contacts: the helpdesk of the agency first, then the national call centre."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from sqlmodel import Session, col, func, or_, select

from mysapk_web.organisation import rate_limiting
from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rules.email import EmailError, normalise_email
from mysapk_web.organisation.tables.agency import HelpContact, Instansi
from mysapk_web.platform.client import ClientContext
from mysapk_web.platform.errors import CommittingUserError, FormError
from mysapk_web.rate_limits import HELP_SEARCHES_PER_NETWORK

_PHONE: Final = re.compile(r"\+?[0-9][0-9 ()./-]{3,38}")
CONTACT_FIELDS: Final = {
    "nama": "name",
    "telepon": "phone",
    "email": "email",
    "situs": "website",
    "keluhan_url": "complaint_url",
    "jam_layanan": "service_hours",
}
"""Form field -> attribute of `ContactView`."""
_LIMITS: Final = {"nama": 120, "telepon": 40, "email": 254, "situs": 300, "keluhan_url": 300, "jam_layanan": 120}


@dataclass(frozen=True, slots=True)
class ContactView:
    """A helpdesk; missing fields are empty."""

    name: str
    phone: str
    email: str
    website: str
    complaint_url: str
    service_hours: str


NATIONAL_CONTACT = ContactView(
    name="Call Center BKN",
    phone="021-8093008",
    email="",
    website="https://www.bkn.go.id",
    complaint_url="https://www.bkn.go.id/homepage/lapor-bkn",
    service_hours="Senin sampai Jumat, 08.00-16.00 WIB",
)
"""Shown while the portal has no national row of its own (published contact of BKN)."""


def contacts_for(session: Session, actor: Actor | None) -> list[ContactView]:
    """The helpdesk of the actor's agency, if any, then the national one; visitors find others with `search_helpdesks`."""
    of_country = col(HelpContact.instansi_id).is_(None)
    of_agency = col(HelpContact.instansi_id) == actor.instansi_id if actor else None
    wanted = of_country if of_agency is None else or_(of_country, of_agency)
    rows = session.exec(select(HelpContact).where(wanted).order_by(of_country, col(HelpContact.id))).all()
    own = [contact_view(row) for row in rows if row.instansi_id is not None]
    national = [contact_view(row) for row in rows if row.instansi_id is None]
    return own + (national or [NATIONAL_CONTACT])


@dataclass(frozen=True, slots=True)
class AgencyHelp:
    instansi: str
    contact: ContactView | None


MOST_AGENCIES: Final = 8
"""Results of one search; whoever gets more types more of the name."""
_ASKED: Final = range(3, 201)
"""Letters of a search: fewer would match half of the country."""


def search_helpdesks(session: Session, *, client: ClientContext, asked: str) -> list[AgencyHelp]:
    """Helpdesks of agencies by words of their name, for everybody. Raises FormError, or CommittingUserError beyond the limit."""
    words = asked.split()
    if len("".join(words)) not in _ASKED:
        raise FormError({"instansi": "Isi paling sedikit 3 huruf nama instansi."})
    if not rate_limiting.allow_network(session, HELP_SEARCHES_PER_NETWORK, client):
        raise CommittingUserError("Terlalu banyak pencarian. Tunggu sepuluh menit, atau hubungi kontak nasional.")
    named = [func.lower(Instansi.name).contains(word.lower(), autoescape=True) for word in words]
    rows = session.exec(
        select(Instansi.name, HelpContact)
        .outerjoin(HelpContact, col(HelpContact.instansi_id) == Instansi.id)
        .where(*named)
        .order_by(col(Instansi.name), col(Instansi.id))
        .limit(MOST_AGENCIES)
    )
    return [AgencyHelp(name, contact_view(row) if row else None) for name, row in rows]


def contact_view(row: HelpContact) -> ContactView:
    return ContactView(row.name, row.phone, row.email, row.website, row.complaint_url, row.service_hours)


def validate_contact(given: ContactView) -> ContactView:
    """The contact as stored. Raises FormError: by form field."""
    values = {name: " ".join(getattr(given, attribute).split()) for name, attribute in CONTACT_FIELDS.items()}
    faults = {name: f"Paling banyak {limit} karakter." for name, limit in _LIMITS.items() if len(values[name]) > limit}
    faults |= _contact_faults(values)
    if faults:
        raise FormError(faults)
    values["email"] = normalise_email(values["email"]) if values["email"] else ""
    return ContactView(**{attribute: values[name] for name, attribute in CONTACT_FIELDS.items()})


def _contact_faults(values: dict[str, str]) -> dict[str, str]:
    faults = {}
    if not values["nama"]:
        faults["nama"] = "Isi nama helpdesk."
    if values["telepon"] and not _PHONE.fullmatch(values["telepon"]):
        faults["telepon"] = "Isi nomor telepon dengan angka, misalnya 021-8093008."
    if values["email"]:
        try:
            normalise_email(values["email"])
        except EmailError as error:
            faults["email"] = str(error)
    for name in ("situs", "keluhan_url"):
        if values[name] and not _is_web_address(values[name]):
            faults[name] = "Isi alamat lengkap yang diawali https://."
    if not any(values[name] for name in ("telepon", "email", "situs", "keluhan_url")):
        faults.setdefault("telepon", "Isi paling sedikit satu cara menghubungi: telepon, email, atau situs.")
    return faults


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme == "https" and "." in (parts.hostname or "") and "@" not in parts.netloc and " " not in text
