"""Limiting a query to what the grants of an actor reach (DESIGN 6): in the query itself, never after it."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, false, or_, true
from sqlmodel import col

from mysapk_web.domain.roles import MATRIX, Permission, Role
from mysapk_web.models import Pegawai, Unor
from mysapk_web.services.actor import Actor, Grant


def people_within(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """Condition over `pegawai` joined with `unor`: the people whom a permission of the actor reaches.

    Args:
        actor: Who acts; grants without a second factor in the session reach nobody.
        permission: What is done. Only grants that give it count, each with its own scope.
    """
    reached = [_reach(grant) for grant in actor.acting_grants if permission in MATRIX[grant.role]]
    return or_(false(), *reached)


def _reach(grant: Grant) -> ColumnElement[bool]:
    if grant.instansi_id is None:
        return true() if grant.role is Role.ADMIN_BKN else false()
    agency = col(Pegawai.instansi_id) == grant.instansi_id
    if grant.unor_path is None:
        return agency
    return and_(agency, col(Unor.jalur).startswith(grant.unor_path, autoescape=True))
