"""Whose proposals are looked for: a NIP or a name is first turned into people, of whom an index then finds the proposals."""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement
from sqlmodel import Session, select

from mysapk_web.domain.nip import NipError, normalise_nip
from mysapk_web.domain.roles import Permission
from mysapk_web.models import Pegawai
from mysapk_web.services.actor import Actor, Refused
from mysapk_web.services.people import naming
from mysapk_web.services.scope import agencies_reached
from mysapk_web.services.verification.filters import Filters

MOST: Final = 300
"""People whose proposals are looked for at once."""
TOO_MANY: Final = "Terlalu banyak pegawai yang cocok. Isi NIP atau nama lebih lengkap."


def people_meant(session: Session, actor: Actor, filters: Filters) -> list[int] | None:
    """The people whom NIP and name mean; None where neither is asked for.

    Args:
        session: Any transaction.
        actor: Who looks. A name or the beginning of a NIP is looked for among the people of the agencies that the scope lies in, a whole
            NIP everywhere: its owner may have moved, and what is found is limited to the proposals in reach.
        filters: Of the inbox.

    Raises:
        Refused: So many fit, or so little was typed, that it would find half the country.
    """
    if not (filters.nip or filters.nama):
        return None
    agencies = agencies_reached(actor, Permission.INBOX_READ)
    where: list[ColumnElement[bool]] = []
    if filters.nip:
        where.append(_meant(session, filters.nip, None if _is_whole(filters.nip) else agencies, "nip"))
    if filters.nama:
        where.append(_meant(session, filters.nama, agencies, "nama"))
    found = session.exec(select(Pegawai.id).where(*where).limit(MOST + 1)).all()
    if len(found) > MOST:
        raise Refused(TOO_MANY, "nama" if filters.nama else "nip")
    return [number or 0 for number in found]


def _is_whole(nip: str) -> bool:
    try:
        normalise_nip(nip)
    except NipError:
        return False
    return True


def _meant(session: Session, text: str, agencies: list[int] | None, field: str) -> ColumnElement[bool]:
    try:
        return naming.people_meant(session, text, agencies)
    except Refused as refused:
        raise Refused(refused.sentence, field) from None
