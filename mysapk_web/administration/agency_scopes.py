"""What admins do for an agency as a whole, or for the country: which of them an actor covers."""

from __future__ import annotations

from typing import Final

from sqlmodel import Session, col, select

from mysapk_web.organisation.actor import Actor, NotFoundError
from mysapk_web.organisation.revisions import NATIONAL
from mysapk_web.organisation.rules.roles import MATRIX, Permission
from mysapk_web.organisation.tables.agency import Instansi

COUNTRY: Final = (NATIONAL, "Nasional (semua instansi)")


def scope_key(instansi_id: int | None) -> str:
    return NATIONAL if instansi_id is None else f"i{instansi_id}"


def covers(actor: Actor, permission: Permission, instansi_id: int | None) -> bool:
    """Whether a role gives the permission for the whole agency; None for the country, which includes all of them."""
    return any(
        permission in MATRIX[grant.role] and grant.unor_path is None and grant.instansi_id in (None, instansi_id)
        for grant in actor.effective_grants
    )


def list_scopes(
    session: Session, actor: Actor, permission: Permission, national: Permission | None = None
) -> list[tuple[str, str]]:
    """Key and name of the country and each agency that the actor covers. `national` is needed for the country, if it differs."""
    actor.require(permission)
    rows = session.exec(select(Instansi.id, Instansi.name).order_by(col(Instansi.name)))
    agencies = [(scope_key(id_), name) for id_, name in rows if covers(actor, permission, id_)]
    return [COUNTRY, *agencies] if covers(actor, national or permission, None) else agencies


def find_scope(
    session: Session,
    actor: Actor,
    key: str,
    permission: Permission,
    national: Permission | None = None,
    *,
    missing: str,
) -> Instansi | None:
    """The agency; None for the country. `missing` is the sentence for a key outside the scope."""
    if national is not None and key == NATIONAL:
        actor.require(national)
    if key not in dict(list_scopes(session, actor, permission, national)):
        raise NotFoundError(f"{permission.value}: agency outside the scope", missing)
    return None if key == NATIONAL else session.get_one(Instansi, int(key[1:]))
