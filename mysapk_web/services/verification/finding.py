"""Whose proposals are looked for: a NIP or a name is first turned into people, of whom an index then finds the proposals."""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from mysapk_web.domain.roles import MATRIX, Permission
from mysapk_web.models import Pegawai
from mysapk_web.services.actor import Actor, Refused
from mysapk_web.services.people.search import person_named
from mysapk_web.services.verification.filters import Filters

MOST: Final = 300
"""People whose proposals are looked for at once."""
TOO_MANY: Final = "Terlalu banyak pegawai yang cocok. Isi NIP atau nama lebih lengkap."


def people_meant(session: Session, actor: Actor, filters: Filters) -> list[int] | None:
    """The people whom NIP and name mean; None where neither is asked for.

    Args:
        session: Any transaction.
        actor: Who looks. A name is looked for among the people of the agencies that the scope lies in.
        filters: Of the inbox.

    Raises:
        Refused: So many fit, or so little was typed, that it would find half the country.
    """
    if not (filters.nip or filters.nama):
        return None
    agencies = {grant.instansi_id for grant in actor.acting_grants if Permission.INBOX_READ in MATRIX[grant.role]}
    everywhere = None in agencies
    where: list[ColumnElement[bool]] = []
    if filters.nip:
        where.append(_meant(filters.nip, "nip", everywhere=everywhere))
    if filters.nama:
        where.append(_meant(filters.nama, "nama", everywhere=everywhere))
        if not everywhere:
            where.append(col(Pegawai.instansi_id).in_([number for number in agencies if number is not None]))
    found = session.exec(select(Pegawai.id).where(*where).limit(MOST + 1)).all()
    if len(found) > MOST:
        raise Refused(TOO_MANY, "nama" if filters.nama else "nip")
    return [number or 0 for number in found]


def _meant(text: str, field: str, *, everywhere: bool) -> ColumnElement[bool]:
    try:
        return person_named(text, everywhere=everywhere)
    except Refused as refused:
        raise Refused(refused.sentence, field) from None
