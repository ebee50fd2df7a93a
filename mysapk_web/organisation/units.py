"""Finding a unit by code, name, or an entry of the suggestions."""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, or_, select

from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.organisation.scope import units_in_scope
from mysapk_web.organisation.tables.agency import Instansi, Unor
from mysapk_web.platform.errors import UserError

SUGGESTED: Final = 12
SEPARATOR: Final = " · "
"""Separates code and name in a suggestion."""
UNKNOWN: Final = "Unit tidak dikenal di wilayah Anda. Ketik kode atau namanya, lalu pilih dari saran."
SEVERAL: Final = "Ada beberapa unit dengan nama itu. Pilih salah satu dari saran, yang memuat kodenya."


def suggest_units(session: Session, actor: Actor, permission: Permission, text: str, *, instansi_id: int) -> list[str]:
    """Up to a dozen units matching what is typed so far, as suggestions: code, name and parent unit."""
    above = aliased(Unor)
    typed = code_in(text).casefold()
    rows = session.exec(
        select(Unor.code, Unor.name, above.name)
        .outerjoin(above, col(above.id) == Unor.parent_id)
        .where(
            Unor.instansi_id == instansi_id,
            units_in_scope(actor, permission),
            or_(
                func.lower(Unor.code).startswith(typed, autoescape=True),
                func.lower(Unor.name).contains(typed, autoescape=True),
            ),
        )
        .order_by(func.length(Unor.path), Unor.code)
        .limit(SUGGESTED)
    ).all()
    return [_in_words(*row) for row in rows]


def format_unit(session: Session, actor: Actor, permission: Permission, unor_id: int) -> str:
    """A unit as in the suggestions; empty out of scope."""
    above = aliased(Unor)
    row = session.exec(
        select(Unor.code, Unor.name, above.name)
        .outerjoin(above, col(above.id) == Unor.parent_id)
        .where(Unor.id == unor_id, units_in_scope(actor, permission))
    ).one_or_none()
    return _in_words(*row) if row else ""


def _in_words(code: str, name: str, parent: str | None) -> str:
    return f"{code}{SEPARATOR}{name}{f' ({parent})' if parent else ''}"


def find_unit(session: Session, actor: Actor, permission: Permission, text: str, *, instansi_id: int) -> Unor:
    """Raises UserError for no unit or several."""
    typed = code_in(text)
    inside = (Unor.instansi_id == instansi_id, units_in_scope(actor, permission))
    found = session.exec(select(Unor).where(Unor.code == typed, *inside)).one_or_none()
    if found is not None:
        return found
    named = session.exec(select(Unor).where(func.lower(Unor.name) == typed.casefold(), *inside).limit(2)).all()
    if len(named) != 1:
        raise UserError(SEVERAL if named else UNKNOWN, "unit")
    return named[0]


def code_in(text: str) -> str:
    """The code in front of a suggestion; other text unchanged."""
    return text.split(SEPARATOR, 1)[0].strip()


def format_scope(session: Session, instansi_id: int | None, unor_id: int | None) -> str:
    if instansi_id is None:
        return "Semua instansi"
    if unor_id is None:
        return f"Seluruh {session.get_one(Instansi, instansi_id).name}"
    return f"{session.get_one(Unor, unor_id).name} dan unit di bawahnya"
