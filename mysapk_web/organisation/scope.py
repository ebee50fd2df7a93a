"""Conditions that limit a query to the scope of an actor's grants: in the query itself, never after it.

Only grants that give the permission count, each with its own scope; without a second factor none does.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, true
from sqlmodel import col

from mysapk_web.organisation.actor import Actor, Grant
from mysapk_web.organisation.rules.roles import MATRIX, Permission, Role
from mysapk_web.organisation.tables.agency import Unor
from mysapk_web.organisation.tables.pegawai import Pegawai


def people_in_scope(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """Over `pegawai` joined with `unor`."""
    return people_covered_by(actor.effective_grants, permission)


def people_covered_by(grants: Iterable[Grant], permission: Permission) -> ColumnElement[bool]:
    """The same for grants read in the background, on behalf of an actor."""
    reached = [_reach(grant) for grant in grants if permission in MATRIX[grant.role]]
    return or_(false(), *reached)


def agency_ids_in_scope(actor: Actor, permission: Permission) -> list[int] | None:
    """Agencies the scope touches, for indexes that begin with them; None for all. Does not limit the scope by itself."""
    grants = [grant for grant in actor.effective_grants if permission in MATRIX[grant.role]]
    if any(grant.instansi_id is None and grant.role is Role.ADMIN_BKN for grant in grants):
        return None
    return sorted({grant.instansi_id for grant in grants if grant.instansi_id is not None})


def units_in_scope(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """Over `unor` alone."""
    reached = [_reach_of_units(grant) for grant in actor.effective_grants if permission in MATRIX[grant.role]]
    return or_(false(), *reached)


def agency_in_scope(actor: Actor, permission: Permission, column: Any, *, whole: bool = False) -> ColumnElement[bool]:
    """Over a column with an agency id; `whole`: only where the permission covers the whole agency.

    Events and mails carry the agency they concerned and are limited by this besides the person: whoever moves takes nothing
    along (decision 0013).
    """
    grants = [grant for grant in actor.effective_grants if permission in MATRIX[grant.role]]
    if any(grant.instansi_id is None and grant.role is Role.ADMIN_BKN for grant in grants):
        return true()
    reached = [grant for grant in grants if grant.instansi_id is not None and not (whole and grant.unor_path)]
    return column.in_([grant.instansi_id for grant in reached])  # type: ignore[no-any-return]


def spans_agencies(actor: Actor, permission: Permission) -> bool:
    """Whether lists must name the agency of each row."""
    agencies = agency_ids_in_scope(actor, permission)
    return agencies is None or len(agencies) > 1


def _reach_of_units(grant: Grant) -> ColumnElement[bool]:
    if grant.instansi_id is None:
        return true() if grant.role is Role.ADMIN_BKN else false()
    agency = col(Unor.instansi_id) == grant.instansi_id
    return agency if grant.unor_path is None else and_(agency, _below(grant.unor_path))


def _below(path: str) -> ColumnElement[bool]:
    return col(Unor.path).startswith(path, autoescape=True)


def _reach(grant: Grant) -> ColumnElement[bool]:
    if grant.instansi_id is None:
        return true() if grant.role is Role.ADMIN_BKN else false()
    agency = col(Pegawai.instansi_id) == grant.instansi_id
    if grant.unor_path is None:
        return agency
    return and_(agency, _below(grant.unor_path))
