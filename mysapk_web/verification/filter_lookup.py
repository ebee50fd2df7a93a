"""Resolve the texts of the filters to people, agencies and a unit first; an index then finds their proposals."""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from mysapk_web.organisation import name_search
from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rules.nip import NipError, normalise_nip
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.organisation.scope import agency_ids_in_scope
from mysapk_web.organisation.tables.agency import Instansi, Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform.errors import UserError
from mysapk_web.verification.filters import Filters, ResolvedFilters

MAX_PEOPLE: Final = 300
"""People whose proposals are looked for at once."""
MAX_AGENCIES: Final = 10
"""Agencies whose proposals are looked for at once; each is read in order from an index of its own."""
TOO_MANY_AGENCIES: Final = "Terlalu banyak instansi yang cocok. Isi kode atau nama instansi lebih lengkap."
TOO_MANY: Final = "Terlalu banyak pegawai yang cocok. Isi NIP atau nama lebih lengkap."


def resolve_filters(session: Session, actor: Actor, filters: Filters) -> ResolvedFilters:
    """What the texts of the filters mean.

    Raises:
        UserError: NIP, name or agency match too many.
    """
    unit = session.exec(select(Unor.instansi_id, Unor.path).where(Unor.id == filters.unit)).one_or_none()
    return ResolvedFilters(
        resolve_people(session, actor, filters), resolve_agencies(session, actor, filters.instansi), unit
    )


def resolve_agencies(session: Session, actor: Actor, text: str) -> list[int] | None:
    """The agencies of the scope that a code, a name or a part of one means; None where none is asked for.

    Raises:
        UserError: Too many match: the list is read agency by agency.
    """
    if not text:
        return None
    scope = agency_ids_in_scope(actor, Permission.INBOX_READ)
    inside = [] if scope is None else [col(Instansi.id).in_(scope)]
    name = func.lower(Instansi.name)
    found: list[int] = []
    for fits in (col(Instansi.code) == text, name == text.casefold(), name.contains(text.casefold(), autoescape=True)):
        rows = session.exec(select(Instansi.id).where(fits, *inside).order_by(Instansi.name).limit(MAX_AGENCIES + 1))
        found = found or [number or 0 for number in rows]
    if len(found) > MAX_AGENCIES:
        raise UserError(TOO_MANY_AGENCIES, "instansi")
    return found


def resolve_people(session: Session, actor: Actor, filters: Filters) -> list[int] | None:
    """The people whom NIP and name mean; None where neither is asked for.

    A name or the beginning of a NIP is searched in the agencies of the scope, a whole NIP everywhere: its owner may have moved, and the
    result is limited to proposals in scope anyway.

    Raises:
        UserError: Too many match, or the text is too short.
    """
    if not (filters.nip or filters.name):
        return None
    agencies = agency_ids_in_scope(actor, Permission.INBOX_READ)
    where: list[ColumnElement[bool]] = []
    if filters.nip:
        where.append(_meant(session, filters.nip, None if _is_whole(filters.nip) else agencies, "nip"))
    if filters.name:
        where.append(_meant(session, filters.name, agencies, "nama"))
    found = session.exec(select(Pegawai.id).where(*where).limit(MAX_PEOPLE + 1)).all()
    if len(found) > MAX_PEOPLE:
        raise UserError(TOO_MANY, "nama" if filters.name else "nip")
    return [number or 0 for number in found]


def _is_whole(nip: str) -> bool:
    try:
        normalise_nip(nip)
    except NipError:
        return False
    return True


def _meant(session: Session, text: str, agencies: list[int] | None, field: str) -> ColumnElement[bool]:
    try:
        return name_search.search_people(session, text, agencies)
    except UserError as refused:
        raise UserError(refused.sentence, field) from None
