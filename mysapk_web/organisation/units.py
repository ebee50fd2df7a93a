"""Finding a unit by what a person types: its code, its name, or an entry of the list of suggestions."""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, or_, select

from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.organisation.scope import units_within
from mysapk_web.organisation.tables.agency import Instansi, Unor
from mysapk_web.platform.errors import Refused

SUGGESTED: Final = 12
BETWEEN: Final = " · "
"""Between the code and the name of a unit in a suggestion."""
UNKNOWN: Final = "Unit tidak dikenal di wilayah Anda. Ketik kode atau namanya, lalu pilih dari saran."
SEVERAL: Final = "Ada beberapa unit dengan nama itu. Pilih salah satu dari saran, yang memuat kodenya."


def suggest(session: Session, actor: Actor, permission: Permission, text: str, *, instansi_id: int) -> list[str]:
    """Units of an agency that fit what is being typed, at most a dozen, each with code, name and the unit above.

    Args:
        session: A read transaction is enough.
        actor: Whose scope limits them.
        permission: What the unit is looked for.
        text: As typed so far; empty for the first ones of the agency.
        instansi_id: Agency.
    """
    above = aliased(Unor)
    typed = code_in(text).casefold()
    rows = session.exec(
        select(Unor.kode, Unor.nama, above.nama)
        .outerjoin(above, col(above.id) == Unor.atasan_id)
        .where(
            Unor.instansi_id == instansi_id,
            units_within(actor, permission),
            or_(
                func.lower(Unor.kode).startswith(typed, autoescape=True),
                func.lower(Unor.nama).contains(typed, autoescape=True),
            ),
        )
        .order_by(func.length(Unor.jalur), Unor.kode)
        .limit(SUGGESTED)
    ).all()
    return [_in_words(*row) for row in rows]


def unit_in_words(session: Session, actor: Actor, permission: Permission, unor_id: int) -> str:
    """A unit in the words of a suggestion; empty for one that the permission doesn't reach.

    Args:
        session: A read transaction is enough.
        actor: Whose scope limits it.
        permission: What the unit is looked for.
        unor_id: Any number.
    """
    above = aliased(Unor)
    row = session.exec(
        select(Unor.kode, Unor.nama, above.nama)
        .outerjoin(above, col(above.id) == Unor.atasan_id)
        .where(Unor.id == unor_id, units_within(actor, permission))
    ).one_or_none()
    return _in_words(*row) if row else ""


def _in_words(kode: str, nama: str, parent: str | None) -> str:
    return f"{kode}{BETWEEN}{nama}{f' ({parent})' if parent else ''}"


def unit_named(session: Session, actor: Actor, permission: Permission, text: str, *, instansi_id: int) -> Unor:
    """The one unit of an agency that was meant.

    Args:
        session: Any transaction.
        actor: Whose scope limits it.
        permission: What the unit is looked for.
        text: Code, whole name, or a suggestion.
        instansi_id: Agency.

    Raises:
        Refused: None, or several.
    """
    typed = code_in(text)
    inside = (Unor.instansi_id == instansi_id, units_within(actor, permission))
    found = session.exec(select(Unor).where(Unor.kode == typed, *inside)).one_or_none()
    if found is not None:
        return found
    named = session.exec(select(Unor).where(func.lower(Unor.nama) == typed.casefold(), *inside).limit(2)).all()
    if len(named) != 1:
        raise Refused(SEVERAL if named else UNKNOWN, "unit")
    return named[0]


def code_in(text: str) -> str:
    """What stands before the mark of a suggestion; anything else as it is.

    Args:
        text: As typed or chosen.
    """
    return text.split(BETWEEN, 1)[0].strip()


def scope_in_words(session: Session, instansi_id: int | None, unor_id: int | None) -> str:
    """Where a role counts.

    Args:
        session: A read transaction is enough.
        instansi_id: Agency; None for all.
        unor_id: Unit; None for the whole agency.
    """
    if instansi_id is None:
        return "Semua instansi"
    if unor_id is None:
        return f"Seluruh {session.get_one(Instansi, instansi_id).nama}"
    return f"{session.get_one(Unor, unor_id).nama} dan unit di bawahnya"
