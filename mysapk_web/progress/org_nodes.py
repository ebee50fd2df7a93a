"""Where a figure belongs to: the country, an agency, or a unit with all below it; and which of them an actor may look at."""

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

COUNTRY_KEY: Final = "nasional"
_KEY: Final = re.compile(r"(i|u)([1-9][0-9]{0,9})")


@dataclass(frozen=True, slots=True)
class OrgNode:
    """A place of figures.

    Attributes:
        key: As it stands in an address: "nasional", "i12" for an agency, "u34" for a unit.
        unor_id: Unit; None for an agency as a whole and for the country.
    """

    key: str
    name: str
    instansi_id: int | None = None
    unor_id: int | None = None
    path: str = ""
    timezone: str = Zone.WIB


COUNTRY_NODE: Final = OrgNode(COUNTRY_KEY, "Seluruh instansi")


def find_node(session: Session, actor: Actor, permission: Permission, key: str) -> OrgNode:
    """The place that an address names.

    Raises:
        PermissionDenied: Nothing of that name within the scope.
    """
    actor.require(permission)
    if not key:
        return scope_roots(session, actor, permission)[0]
    if key == COUNTRY_KEY and _reaches_country(actor, permission):
        return COUNTRY_NODE
    match = _KEY.fullmatch(key)
    if match is None:
        raise NotFoundError(f"{permission.value}: no such place")
    number = parse_row_id(match[2])
    found = _agency(session, number) if match[1] == "i" else _unit(session, number)
    if found is None or not _within(session, actor, permission, found):
        raise NotFoundError(f"{permission.value}: place outside the scope")
    return found


def scope_roots(session: Session, actor: Actor, permission: Permission) -> list[OrgNode]:
    """Where the scope of an actor begins, the widest first; nothing that lies inside another one.

    Raises:
        PermissionDenied: Nowhere.
    """
    if _reaches_country(actor, permission):
        return [COUNTRY_NODE]
    grants = _grants(actor, permission)
    whole = {grant.instansi_id for grant in grants if grant.unor_path is None}
    places = [place for id_ in sorted(filter(None, whole)) if (place := _agency(session, id_))]
    paths = sorted({grant.unor_path for grant in grants if grant.unor_path and grant.instansi_id not in whole})
    outer = [path for path in paths if not any(path != other and path.startswith(other) for other in paths)]
    places += [place for path in outer if (place := _unit(session, int(path.rstrip("/").rsplit("/", 1)[-1])))]
    if not places:
        raise PermissionDenied(f"{permission.value}: no scope")
    return places


def breadcrumbs(session: Session, actor: Actor, permission: Permission, place: OrgNode) -> list[OrgNode]:
    """The way from where the scope begins to a place, both included."""
    if place.instansi_id is None:
        return [place]
    way = [COUNTRY_NODE] if _reaches_country(actor, permission) else []
    agency = _agency(session, place.instansi_id)
    if agency is not None and _within(session, actor, permission, agency):
        way.append(agency)
    if place.unor_id is None:
        return way
    ids = [int(part) for part in place.path.split("/") if part]
    rows = session.exec(
        select(Unor).where(col(Unor.id).in_(ids), units_in_scope(actor, permission)).order_by(col(Unor.path))
    ).all()
    # The root unit stands for its agency, which has its own line.
    inner = [row for row in rows if row.parent_id is not None or agency not in way or row.id == place.unor_id]
    return way + [_place_of(row, place.timezone) for row in inner]


def units_at(place: OrgNode) -> ColumnElement[bool]:
    """Condition over `unor`: the units of a place with all below."""
    if place.instansi_id is None:
        return true()
    agency = col(Unor.instansi_id) == place.instansi_id
    return agency if not place.path else and_(agency, col(Unor.path).startswith(place.path, autoescape=True))


def people_at(place: OrgNode) -> ColumnElement[bool]:
    """Condition over `pegawai` joined with `unor`: the people of a place."""
    if place.instansi_id is None:
        return true()
    return and_(col(Pegawai.instansi_id) == place.instansi_id, units_at(place))


def _grants(actor: Actor, permission: Permission) -> list[Grant]:
    return [grant for grant in actor.effective_grants if permission in MATRIX[grant.role]]


def _reaches_country(actor: Actor, permission: Permission) -> bool:
    return any(grant.instansi_id is None and grant.role is Role.ADMIN_BKN for grant in _grants(actor, permission))


def _within(session: Session, actor: Actor, permission: Permission, place: OrgNode) -> bool:
    if place.unor_id is None:
        whole = {grant.instansi_id for grant in _grants(actor, permission) if grant.unor_path is None}
        return _reaches_country(actor, permission) or place.instansi_id in whole
    found = select(Unor.id).where(Unor.id == place.unor_id, units_in_scope(actor, permission))
    return session.exec(found).first() is not None


def _agency(session: Session, instansi_id: int) -> OrgNode | None:
    row = session.get(Instansi, instansi_id)
    return OrgNode(f"i{row.id}", row.name, row.id, timezone=row.timezone) if row else None


def _unit(session: Session, unor_id: int) -> OrgNode | None:
    found: Any = select(Unor, Instansi.timezone).join(Instansi, col(Instansi.id) == Unor.instansi_id)
    row = session.exec(found.where(Unor.id == unor_id)).first()
    return _place_of(row[0], row[1]) if row else None


def _place_of(unor: Unor, zona: str) -> OrgNode:
    return OrgNode(f"u{unor.id}", unor.name, unor.instansi_id, unor.id, unor.path, zona)
