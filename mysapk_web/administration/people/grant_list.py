"""The list of `/admin/peran`: roles in force within the scope, and people who could get one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement
from sqlalchemy import select as sql_select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, or_, select

from mysapk_web.administration import managed_account
from mysapk_web.administration.audit.search import OUTSIDE_SCOPE
from mysapk_web.administration.people.admins import admins_of
from mysapk_web.administration.people.grants import grantable_roles, may_revoke
from mysapk_web.organisation import revisions
from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.name_search import matches_name, search_people
from mysapk_web.organisation.rules.roles import Permission, Role, may_manage
from mysapk_web.organisation.scope import agency_ids_in_scope, agency_in_scope, people_in_scope
from mysapk_web.organisation.tables.account import Account, RoleGrant
from mysapk_web.organisation.tables.agency import Instansi, Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.organisation.units import suggest_units
from mysapk_web.platform.pagination import Page, paginate
from mysapk_web.platform.rules.timezones import format_moment

MAX_CANDIDATES: Final = 8
"""Shown by a search at most."""


@dataclass(frozen=True, slots=True)
class RoleAssignment:
    """A role in force.

    `granted_by` is empty for the command line and hides the name of officers of other agencies. `in_use` is False without a second factor,
    when the role gives nothing. `is_last_admin` can't be revoked until there is another.
    """

    grant_id: int
    account_id: int
    nip: str
    name: str
    instansi: str
    role: Role
    scope: str
    granted: str
    granted_by: str
    in_use: bool
    revocable: bool
    is_last_admin: bool
    revision: int


@dataclass(frozen=True, slots=True)
class RoleCandidate:
    """`blocker` says why this person can get no role."""

    account_id: int
    nip: str
    name: str
    unit: str
    instansi: str
    instansi_id: int
    roles: list[str]
    grantable: list[Role]
    blocker: str


@dataclass(frozen=True, slots=True)
class RoleCandidates:
    people: list[RoleCandidate]
    more: bool


def list_grants(
    session: Session, actor: Actor, *, role: Role | None, text: str, agency: str, page: int
) -> Page[RoleAssignment]:
    actor.require(Permission.ROLE_GRANT)
    giver, of_giver, place = aliased(Account), aliased(Pegawai), aliased(Unor)
    conditions: list[ColumnElement[bool]] = [
        col(RoleGrant.revoked_at).is_(None),
        people_in_scope(actor, Permission.ROLE_GRANT),
    ]
    if role is not None:
        conditions.append(col(RoleGrant.role) == role)
    if text.strip():
        # Grants are few: any word of the name may match, also over all agencies.
        conditions.append(matches_name(text, everywhere=False))
    if agency.strip():
        named = func.lower(Instansi.name).contains(agency.strip().casefold(), autoescape=True)
        conditions.append(or_(named, col(Instansi.code) == agency.strip()))
    seen = agency_in_scope(actor, Permission.ROLE_GRANT, col(of_giver.instansi_id), whole=True)
    found: Any = (
        sql_select(RoleGrant, Account, Pegawai, Instansi, place, col(of_giver.name), seen)
        .join(Account, col(Account.id) == RoleGrant.account_id)
        .join(Pegawai, col(Pegawai.id) == Account.pegawai_id)
        .join(Unor, col(Unor.id) == Pegawai.unor_id)
        .join(Instansi, col(Instansi.id) == Pegawai.instansi_id)
        .outerjoin(place, col(place.id) == RoleGrant.unor_id)
        .outerjoin(giver, col(giver.id) == RoleGrant.granted_by)
        .outerjoin(of_giver, col(of_giver.id) == giver.pegawai_id)
        .where(*conditions)
    )
    grants = paginate(session, found, page, Pegawai.name, RoleGrant.role, RoleGrant.id, unlimited=True)
    rows = grants.items
    account_ids = [row[1].pk for row in rows]
    held = managed_account.roles_by_account(session, account_ids)
    newest = revisions.revisions_by_account(session, revisions.of_account(account_ids))
    of_agencies = {row[0].instansi_id or 0 for row in rows if row[0].role is Role.ADMIN_INSTANSI}
    staying = {
        (Role.ADMIN_INSTANSI, account_id)
        for admins in admins_of(session, of_agencies).values()
        for account_id in admins.last_admins()
    }
    return grants.map(lambda row: _line(actor, held, staying, newest.get(row[1].pk, 0), *row))


def _line(
    actor: Actor,
    held: Mapping[int, frozenset[Role]],
    staying: Set[tuple[Role, int]],
    revision: int,
    grant: RoleGrant,
    account: Account,
    pegawai: Pegawai,
    instansi: Instansi,
    unit: Unor | None,
    giver: str | None,
    seen: bool | None,
) -> RoleAssignment:
    whole = "Semua instansi" if grant.instansi_id is None else "Seluruh instansi"
    return RoleAssignment(
        grant_id=grant.pk,
        account_id=grant.account_id,
        nip=pegawai.nip,
        name=pegawai.full_name,
        instansi=instansi.name,
        role=grant.role,
        scope=f"{unit.name} dan unit di bawahnya" if unit else whole,
        granted=format_moment(grant.granted_at, instansi.timezone),
        granted_by=(giver if seen else OUTSIDE_SCOPE) if giver else "",
        in_use=account.totp_confirmed_at is not None and account.disabled_at is None,
        revocable=may_revoke(actor, grant, unit.path if unit else None, held[grant.account_id]),
        is_last_admin=(grant.role, grant.account_id) in staying,
        revision=revision,
    )


def find_candidates(session: Session, actor: Actor, *, text: str) -> RoleCandidates:
    actor.require(Permission.ROLE_GRANT)
    if not text.strip():
        return RoleCandidates([], more=False)
    meant = search_people(session, text, agency_ids_in_scope(actor, Permission.ROLE_GRANT))
    rows = _rows(session, actor, meant, limit=MAX_CANDIDATES + 1)
    shown = [_candidate(session, actor, *row) for row in rows[:MAX_CANDIDATES]]
    return RoleCandidates(shown, more=len(rows) > MAX_CANDIDATES)


def get_candidate(session: Session, actor: Actor, account_id: int) -> RoleCandidate | None:
    actor.require(Permission.ROLE_GRANT)
    rows = _rows(session, actor, col(Account.id) == account_id, limit=1)
    return _candidate(session, actor, *rows[0]) if rows else None


def suggest_role_units(session: Session, actor: Actor, account_id: int, text: str) -> list[str]:
    """Units in the person's agency that match what is being typed."""
    one = get_candidate(session, actor, account_id)
    if one is None:
        return []
    return suggest_units(session, actor, Permission.ROLE_GRANT, text, instansi_id=one.instansi_id)


def _rows(
    session: Session, actor: Actor, wanted: ColumnElement[bool], *, limit: int
) -> Sequence[tuple[Account, Pegawai, str, str]]:
    return session.exec(
        select(Account, Pegawai, Unor.name, Instansi.name)
        .join(Pegawai, col(Pegawai.id) == Account.pegawai_id)
        .join(Unor, col(Unor.id) == Pegawai.unor_id)
        .join(Instansi, col(Instansi.id) == Pegawai.instansi_id)
        .where(people_in_scope(actor, Permission.ROLE_GRANT), wanted)
        .order_by(col(Pegawai.name), col(Pegawai.id))
        .limit(limit)
    ).all()


def _candidate(
    session: Session, actor: Actor, account: Account, pegawai: Pegawai, unit: str, instansi: str
) -> RoleCandidate:
    held = managed_account.active_grants(session, account.pk)
    grantable = grantable_roles(actor, pegawai.instansi_id)
    closed = ""
    if account.id == actor.account_id:
        closed = "Ini akun Anda sendiri."
    elif account.disabled_at is not None:
        closed = "Akun ini sedang dinonaktifkan."
    elif not may_manage(actor.roles, [grant.role for grant in held]):
        closed = managed_account.ROLE_NOT_BELOW
    return RoleCandidate(
        account_id=account.pk,
        nip=pegawai.nip,
        name=pegawai.full_name,
        unit=unit,
        instansi=instansi,
        instansi_id=pegawai.instansi_id,
        roles=sorted({grant.role.label for grant in held}),
        grantable=grantable,
        blocker=closed,
    )
