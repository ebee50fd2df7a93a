"""Nodes that counts belong to: the country, an agency, or a unit with all below it; and which of them an actor may see.

Whatever takes the key of a node fails with `PermissionDenied` for one outside the scope.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, true
from sqlmodel import Session, col, select

from mysapk_web.organisation.actor import Actor, Grant, NotFoundError
from mysapk_web.organisation.rules.roles import MATRIX, Permission, Role
from mysapk_web.organisation.scope import units_in_scope
from mysapk_web.organisation.tables.agency import Instansi, Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform.errors import PermissionDenied
from mysapk_web.platform.rules.row_id import parse_row_id
from mysapk_web.platform.rules.timezones import Zone
from mysapk_web.progress.rules import COUNTRY

COUNTRY_KEY: Final = "nasional"
_KEY: Final = re.compile(r"(i|u)([1-9][0-9]{0,9})")


@dataclass(frozen=True, slots=True)
class OrgNode:
    """A node; `key` is its URL parameter: "nasional", "i12" for an agency, "u34" for a unit. `path` is that of the unit."""

    key: str
    name: str
    instansi_id: int | None = None
    unor_id: int | None = None
    path: str = ""
    timezone: str = Zone.WIB


COUNTRY_NODE: Final = OrgNode(COUNTRY_KEY, "Seluruh instansi")


def find_node(session: Session, actor: Actor, permission: Permission, key: str) -> OrgNode:
    """The node of a URL; an empty key gives the widest one of the scope.

    Raises:
        PermissionDenied: No permission, or no such node within the scope.
    """
    actor.require(permission)
    if not key:
        return scope_roots(session, actor, permission)[0]
    if key == COUNTRY_KEY and _covers_country(actor, permission):
        return COUNTRY_NODE
    match = _KEY.fullmatch(key)
    if match is None:
        raise NotFoundError(f"{permission.value}: no such node")
    number = parse_row_id(match[2])
    found = _agency(session, number) if match[1] == "i" else _unit(session, number)
    if found is None or not _within(session, actor, permission, found):
        raise NotFoundError(f"{permission.value}: node outside the scope")
    return found


def scope_roots(session: Session, actor: Actor, permission: Permission) -> list[OrgNode]:
    """The widest nodes of the actor's scope; nothing that is inside another one.

    Raises:
        PermissionDenied: There is none.
    """
    if _covers_country(actor, permission):
        return [COUNTRY_NODE]
    grants = _grants(actor, permission)
    whole = {grant.instansi_id for grant in grants if grant.unor_path is None}
    roots = [node for id_ in sorted(filter(None, whole)) if (node := _agency(session, id_))]
    paths = sorted({grant.unor_path for grant in grants if grant.unor_path and grant.instansi_id not in whole})
    outer = [path for path in paths if not any(path != other and path.startswith(other) for other in paths)]
    roots += [node for path in outer if (node := _unit(session, int(path.rstrip("/").rsplit("/", 1)[-1])))]
    if not roots:
        raise PermissionDenied(f"{permission.value}: no scope")
    return roots


def breadcrumbs(session: Session, actor: Actor, permission: Permission, node: OrgNode) -> list[OrgNode]:
    """The path from where the scope begins to a node, both included."""
    if node.instansi_id is None:
        return [node]
    path = [COUNTRY_NODE] if _covers_country(actor, permission) else []
    agency = _agency(session, node.instansi_id)
    if agency is not None and _within(session, actor, permission, agency):
        path.append(agency)
    if node.unor_id is None:
        return path
    ids = [int(part) for part in node.path.split("/") if part]
    rows = session.exec(
        select(Unor).where(col(Unor.id).in_(ids), units_in_scope(actor, permission)).order_by(col(Unor.path))
    ).all()
    # The root unit represents its agency, which is in the path already.
    inner = [row for row in rows if row.parent_id is not None or agency not in path or row.id == node.unor_id]
    return path + [_node_of(row, node.timezone) for row in inner]


def units_at(node: OrgNode) -> ColumnElement[bool]:
    """Condition over `unor`: the units of a node with all below."""
    if node.instansi_id is None:
        return true()
    agency = col(Unor.instansi_id) == node.instansi_id
    return agency if not node.path else and_(agency, col(Unor.path).startswith(node.path, autoescape=True))


def sums_of(node: OrgNode, unor_id: Any) -> ColumnElement[bool]:
    """Condition over a table of sums by unit: the rows that make up a node, an agency being its root units."""
    if node.instansi_id is None:
        found: ColumnElement[bool] = unor_id == COUNTRY
    elif node.unor_id is not None:
        found = unor_id == node.unor_id
    else:
        roots = select(Unor.id).where(Unor.instansi_id == node.instansi_id, col(Unor.parent_id).is_(None))
        found = unor_id.in_(roots)
    return found


def people_at(node: OrgNode) -> ColumnElement[bool]:
    """Condition over `pegawai` joined with `unor`: the people of a node."""
    if node.instansi_id is None:
        return true()
    return and_(col(Pegawai.instansi_id) == node.instansi_id, units_at(node))


def _grants(actor: Actor, permission: Permission) -> list[Grant]:
    return [grant for grant in actor.effective_grants if permission in MATRIX[grant.role]]


def _covers_country(actor: Actor, permission: Permission) -> bool:
    return any(grant.instansi_id is None and grant.role is Role.ADMIN_BKN for grant in _grants(actor, permission))


def _within(session: Session, actor: Actor, permission: Permission, node: OrgNode) -> bool:
    if node.unor_id is None:
        whole = {grant.instansi_id for grant in _grants(actor, permission) if grant.unor_path is None}
        return _covers_country(actor, permission) or node.instansi_id in whole
    found = select(Unor.id).where(Unor.id == node.unor_id, units_in_scope(actor, permission))
    return session.exec(found).first() is not None


def _agency(session: Session, instansi_id: int) -> OrgNode | None:
    row = session.get(Instansi, instansi_id)
    return OrgNode(f"i{row.id}", row.name, row.id, timezone=row.timezone) if row else None


def _unit(session: Session, unor_id: int) -> OrgNode | None:
    found: Any = select(Unor, Instansi.timezone).join(Instansi, col(Instansi.id) == Unor.instansi_id)
    row = session.exec(found.where(Unor.id == unor_id)).first()
    return _node_of(row[0], row[1]) if row else None


def _node_of(unor: Unor, timezone: str) -> OrgNode:
    return OrgNode(f"u{unor.id}", unor.name, unor.instansi_id, unor.id, unor.path, timezone)
