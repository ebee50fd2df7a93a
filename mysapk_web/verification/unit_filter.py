"""The filter "unor verifikasi": a unit of the scope, searched in one agency while it is typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlmodel import Session

from mysapk_web.organisation import units
from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.organisation.scope import agency_ids_in_scope
from mysapk_web.platform.errors import UserError
from mysapk_web.verification.filter_lookup import resolve_agencies
from mysapk_web.verification.filters import Filters

ONE_AGENCY: Final = "Isi satu instansi lebih dahulu, lalu pilih unor verifikasinya."


@dataclass(frozen=True, slots=True)
class UnitChoice:
    """The filter "unor verifikasi"; `chosen` is empty for none, and for one out of scope."""

    offered: bool
    chosen: str
    suggested: list[str]


def unit_choice(session: Session, actor: Actor, filters: Filters) -> UnitChoice:
    """What the filter shows: the chosen unit, and first suggestions."""
    actor.require(Permission.INBOX_READ)
    agency = _agency(session, actor, filters.instansi)
    return UnitChoice(
        offered=agency is not None or bool(filters.unit),
        chosen=units.format_unit(session, actor, Permission.INBOX_READ, filters.unit) if filters.unit else "",
        suggested=_suggest(session, actor, agency, ""),
    )


def suggest_units(session: Session, actor: Actor, instansi: str, text: str) -> list[str]:
    """Units of the scope that match what is being typed; none until the agency is known."""
    actor.require(Permission.INBOX_READ)
    return _suggest(session, actor, _agency(session, actor, instansi), text)


def find_unit(session: Session, actor: Actor, instansi: str, text: str) -> int:
    """The unit of the scope that a code, a whole name or a suggestion means.

    Raises:
        UserError: No unit, several, or no single agency to search in.
    """
    actor.require(Permission.INBOX_READ)
    agency = _agency(session, actor, instansi)
    if agency is None:
        raise UserError(ONE_AGENCY, "instansi")
    return units.find_unit(session, actor, Permission.INBOX_READ, text, instansi_id=agency).pk


def _suggest(session: Session, actor: Actor, agency: int | None, text: str) -> list[str]:
    if agency is None:
        return []
    return units.suggest_units(session, actor, Permission.INBOX_READ, text, instansi_id=agency)


def _agency(session: Session, actor: Actor, instansi: str) -> int | None:
    """The one agency in which units are searched: the only one of the scope, or the only one that matches."""
    scope = agency_ids_in_scope(actor, Permission.INBOX_READ)
    if scope is not None and len(scope) == 1:
        return next(iter(scope))
    try:
        meant = resolve_agencies(session, actor, instansi) or []
    except UserError:  # too many: the list says so
        return None
    return meant[0] if len(meant) == 1 else None
