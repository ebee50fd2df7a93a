"""Limiting a query to what the grants of an actor reach (DESIGN 6): in the query itself, never after it."""

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
    """Condition over `pegawai` joined with `unor`: the people whom a permission of the actor reaches.

    Args:
        actor: Who acts; grants without a second factor in the session reach nobody.
        permission: What is done. Only grants that give it count, each with its own scope.
    """
    return people_covered_by(actor.effective_grants, permission)


def people_covered_by(grants: Iterable[Grant], permission: Permission) -> ColumnElement[bool]:
    """The same for grants that count, read by whoever goes on with the work of an actor in the background."""
    reached = [_reach(grant) for grant in grants if permission in MATRIX[grant.role]]
    return or_(false(), *reached)


def agency_ids_in_scope(actor: Actor, permission: Permission) -> list[int] | None:
    """Ids of the agencies that a permission of the actor reaches into, for indexes that begin with them. No limit of its own to the scope.

    Args:
        actor: Who acts; grants without a second factor in the session reach nothing.
    """
    grants = [grant for grant in actor.effective_grants if permission in MATRIX[grant.role]]
    if any(grant.instansi_id is None and grant.role is Role.ADMIN_BKN for grant in grants):
        return None
    return sorted({grant.instansi_id for grant in grants if grant.instansi_id is not None})


def units_in_scope(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """Condition over `unor` alone: the units that a permission of the actor reaches.

    Args:
        actor: Who acts; grants without a second factor in the session reach nothing.
        permission: What is done. Only grants that give it count, each with its own scope.
    """
    reached = [_reach_of_units(grant) for grant in actor.effective_grants if permission in MATRIX[grant.role]]
    return or_(false(), *reached)


def agency_in_scope(actor: Actor, permission: Permission, column: Any, *, whole: bool = False) -> ColumnElement[bool]:
    """Condition over a column that holds an agency: one in which a permission of the actor counts.

    What was written with the agency that it concerned, an event or a mail, is limited by this beside the people of the scope: a person
    who moves takes nothing along (decision 0013).

    Args:
        actor: Who looks; grants without a second factor in the session reach nothing.
        whole: Only where the permission counts for the whole agency, not for some units of it.
    """
    grants = [grant for grant in actor.effective_grants if permission in MATRIX[grant.role]]
    if any(grant.instansi_id is None and grant.role is Role.ADMIN_BKN for grant in grants):
        return true()
    reached = [grant for grant in grants if grant.instansi_id is not None and not (whole and grant.unor_path)]
    return column.in_([grant.instansi_id for grant in reached])  # type: ignore[no-any-return]


def spans_agencies(actor: Actor, permission: Permission) -> bool:
    """Whether a permission of the actor reaches more than one agency, so that lists say of each line which it is."""
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
