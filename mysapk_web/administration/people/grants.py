"""Grant and revoke roles, by admins within their scope and from the command line.

A role is granted only by someone who may grant it in that scope; no one changes their own roles; an agency keeps its last admin.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlmodel import Session, col, or_, select

from mysapk_web.accounts.security.reauthentication import require_reauthentication
from mysapk_web.administration import managed_account
from mysapk_web.administration.audit_events import RoleGranted, RoleRevoked
from mysapk_web.administration.people.admins import admins_of, alert_missing_admins
from mysapk_web.organisation import revisions
from mysapk_web.organisation.actor import Actor, Grant, NotFoundError
from mysapk_web.organisation.rules.roles import GRANTABLE, Permission, Role, may_manage
from mysapk_web.organisation.scope import people_in_scope
from mysapk_web.organisation.tables.account import Account, RoleGrant
from mysapk_web.organisation.tables.agency import Instansi, Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.organisation.units import find_unit, format_scope
from mysapk_web.platform import clock
from mysapk_web.platform.errors import UserError
from mysapk_web.platform.mail.queue import MailKind

UNIT_ROLES: Final = frozenset({Role.VERIFIKATOR, Role.ADMIN_SATKER})
"""Always limited to a unit and those below it."""
AGENCY_ROLES: Final = frozenset({Role.ADMIN_INSTANSI})
"""Always for the whole agency."""

OUTSIDE_AUTHORITY: Final = "Peran ini tidak dapat Anda berikan atau cabut di unit tersebut."
LAST_ADMIN: Final = (
    "Ini admin terakhir yang dapat bertindak di instansinya, jadi perannya tidak dapat dicabut. Beri peran Admin Instansi kepada "
    "orang lain, lalu tunggu sampai verifikasi dua langkahnya aktif. Bila tidak dapat menunggu, nonaktifkan akunnya."
)


def grant_role(session: Session, actor: Actor, *, account_id: int, role: str, unit: str, seen: int = 0) -> bool:
    """The person's sessions end and they are notified. Returns whether the role is new."""
    account, pegawai, given = _checked(session, actor, account_id, role, unit, seen=seen)
    require_reauthentication(actor)
    return store_grant(session, account, pegawai, given, actor)


@dataclass(frozen=True, slots=True)
class GrantPreview:
    name: str
    role: Role
    scope: str
    held: bool
    revision: int


def preview_grant(session: Session, actor: Actor, *, account_id: int, role: str, unit: str) -> GrantPreview:
    """What `grant_role` would do; needs no re-authentication."""
    account, pegawai, given = _checked(session, actor, account_id, role, unit)
    return GrantPreview(
        name=pegawai.full_name,
        role=given.role,
        scope=format_scope(session, given.instansi_id, given.unor_id),
        held=_holds(session, account, given),
        revision=revisions.current_revision(session, revisions.of_account(account_id)),
    )


def revoke_role(session: Session, actor: Actor, *, grant_id: int, seen: int = 0) -> Role:
    """The person's sessions end, open pages lose the role within seconds, and they are notified."""
    actor.require(Permission.ROLE_GRANT)
    owner = session.exec(select(RoleGrant.account_id).where(RoleGrant.id == grant_id)).one_or_none()
    account, pegawai = _person(session, actor, owner or 0)
    revisions.require_current(session, actor, revisions.of_account(account.pk), seen)
    grant, path = session.exec(
        select(RoleGrant, Unor.path)
        .outerjoin(Unor, col(Unor.id) == RoleGrant.unor_id)
        .where(RoleGrant.id == grant_id)
        .with_for_update(of=RoleGrant)
        .execution_options(populate_existing=True)
    ).one()
    if grant.revoked_at is not None:
        raise UserError("Peran itu sudah dicabut.")
    if not any(_may_grant(held, grant.role, grant.instansi_id, path) for held in actor.effective_grants):
        raise UserError(OUTSIDE_AUTHORITY)
    if not managed_account.may_manage(actor, session, grant.account_id):
        raise UserError(managed_account.ROLE_NOT_BELOW)
    if grant.role is Role.ADMIN_INSTANSI and _must_stay(session, grant):
        raise UserError(LAST_ADMIN)
    require_reauthentication(actor)
    _revoke(session, account, pegawai, [grant], actor)
    return grant.role


def revoke_roles_after_transfer(session: Session, account_ids: Sequence[int], *, actor_id: int | None) -> int:
    """Revokes roles that don't count in the new agency.

    A transfer is a fact and never refused; BKN is alerted if it takes the last admin.
    """
    session.flush()
    rows = session.exec(
        select(RoleGrant, Account, Pegawai)
        .join(Account, col(Account.id) == RoleGrant.account_id)
        .join(Pegawai, col(Pegawai.id) == Account.pegawai_id)
        .where(
            col(RoleGrant.account_id).in_(account_ids),
            col(RoleGrant.revoked_at).is_(None),
            or_(col(RoleGrant.instansi_id).is_(None), col(RoleGrant.instansi_id) != col(Pegawai.instansi_id)),
        )
        .order_by(col(RoleGrant.id))
    ).all()
    of_person: dict[int, tuple[Account, Pegawai, list[RoleGrant]]] = {}
    for grant, account, pegawai in rows:
        of_person.setdefault(account.pk, (account, pegawai, []))[2].append(grant)
    for account, pegawai, grants in of_person.values():
        _revoke(session, account, pegawai, grants, actor_id, reason="pindah instansi")
    alert_missing_admins(session, {grant.instansi_id or 0 for grant, *_ in rows if grant.role is Role.ADMIN_INSTANSI})
    return len(rows)


def grantable_roles(actor: Actor, instansi_id: int) -> list[Role]:
    """Roles the actor may grant in an agency, in the order of the table."""
    reach = [grant for grant in actor.effective_grants if grant.instansi_id in (None, instansi_id)]
    return [role for role in Role if any(role in GRANTABLE[grant.role] for grant in reach)]


def may_revoke(actor: Actor, grant: RoleGrant, path: str | None, held: Iterable[Role]) -> bool:
    """Leaves out the rule about an agency's last admin. `path` is that of the unit, None for a whole agency."""
    if grant.account_id == actor.account_id or not may_manage(actor.roles, held):
        return False
    return any(_may_grant(held, grant.role, grant.instansi_id, path) for held in actor.effective_grants)


def _may_grant(own: Grant, role: Role, instansi_id: int | None, path: str | None) -> bool:
    """Whether one grant covers granting or revoking this role: the scope has to lie within its own."""
    if role not in GRANTABLE[own.role] or instansi_id is None:
        return False
    if own.instansi_id is None:
        return own.role is Role.ADMIN_BKN
    if own.instansi_id != instansi_id:
        return False
    return own.unor_path is None or (path is not None and path.startswith(own.unor_path))


def _person(session: Session, actor: Actor, account_id: int) -> tuple[Account, Pegawai]:
    """Locks the account, so that two changes of roles are serialised."""
    actor.require(Permission.ROLE_GRANT)
    row = session.exec(
        select(Account, Pegawai)
        .join(Pegawai, col(Pegawai.id) == Account.pegawai_id)
        .join(Unor, col(Unor.id) == Pegawai.unor_id)
        .where(
            Account.id == account_id,
            Account.id != actor.account_id,
            people_in_scope(actor, Permission.ROLE_GRANT),
        )
        .with_for_update(of=Account)
    ).one_or_none()
    if row is None:
        raise NotFoundError(f"{Permission.ROLE_GRANT.value}: account outside the scope", managed_account.OUT_OF_SCOPE)
    return row


def _checked(
    session: Session, actor: Actor, account_id: int, role: str, unit: str, *, seen: int | None = None
) -> tuple[Account, Pegawai, RoleGrant]:
    account, pegawai = _person(session, actor, account_id)
    if seen is not None:
        revisions.require_current(session, actor, revisions.of_account(account_id), seen)
    wanted = _role_of(role)
    place = _unit_for(session, actor, wanted, pegawai, unit)
    path = place.path if place else None
    if not any(_may_grant(grant, wanted, pegawai.instansi_id, path) for grant in actor.effective_grants):
        raise UserError(OUTSIDE_AUTHORITY, "peran")
    if not managed_account.may_manage(actor, session, account_id):
        raise UserError(managed_account.ROLE_NOT_BELOW)
    if account.disabled_at is not None:
        raise UserError("Akun ini sedang dinonaktifkan. Aktifkan akunnya dahulu.")
    given = RoleGrant(
        account_id=account_id,
        role=wanted,
        instansi_id=pegawai.instansi_id,
        unor_id=place.id if place else None,
        granted_by=actor.account_id,
        granted_at=clock.now(),
    )
    return account, pegawai, given


def _role_of(text: str) -> Role:
    try:
        role = Role(text)
    except ValueError:
        raise UserError("Pilih peran.", "peran") from None
    if role is Role.PEGAWAI:
        raise UserError("Setiap orang sudah berperan pegawai. Pilih peran lain.", "peran")
    return role


def _unit_for(session: Session, actor: Actor, role: Role, pegawai: Pegawai, unit: str) -> Unor | None:
    typed = unit.strip()
    if role in AGENCY_ROLES and typed:
        raise UserError(f"{role.label} berlaku untuk seluruh instansi. Kosongkan unit.", "unit")
    if role in UNIT_ROLES and not typed:
        raise UserError(f"{role.label} berlaku untuk satu unit dan unit di bawahnya. Isi unit.", "unit")
    if not typed:
        return None
    return find_unit(session, actor, Permission.ROLE_GRANT, typed, instansi_id=pegawai.instansi_id)


def _must_stay(session: Session, grant: RoleGrant) -> bool:
    """Locks the agency, so that two removals are serialised."""
    agency = session.exec(select(Instansi.id).where(Instansi.id == grant.instansi_id).with_for_update()).one() or 0
    return grant.account_id in admins_of(session, [agency])[agency].last_admins()


def _holds(session: Session, account: Account, given: RoleGrant) -> bool:
    wanted = (given.role, given.instansi_id, given.unor_id)
    held = {
        (grant.role, grant.instansi_id, grant.unor_id) for grant in managed_account.active_grants(session, account.pk)
    }
    return wanted in held


def store_grant(session: Session, account: Account, pegawai: Pegawai, given: RoleGrant, actor: Actor | None) -> bool:
    """Writes a validated grant with its consequences; False if one with the same scope is in force."""
    if _holds(session, account, given):
        return False
    session.add(given)
    managed_account.invalidate_account(session, account, "peran diubah")
    managed_account.audit_on(session, RoleGranted(role=given.role, unor_id=given.unor_id), account, pegawai, actor)
    _notify_roles(session, account, pegawai)
    return True


def _revoke(
    session: Session,
    account: Account,
    pegawai: Pegawai,
    grants: Sequence[RoleGrant],
    actor: Actor | int | None,
    *,
    reason: str | None = None,
) -> None:
    for grant in grants:
        grant.revoked_at = clock.now()
        session.add(grant)
    managed_account.invalidate_account(session, account, "peran diubah")
    for grant in grants:
        event = RoleRevoked(role=grant.role, unor_id=grant.unor_id, reason=reason)
        managed_account.audit_on(session, event, account, pegawai, actor)
    _notify_roles(session, account, pegawai)


def _notify_roles(session: Session, account: Account, pegawai: Pegawai) -> None:
    labels = sorted({grant.role.label for grant in managed_account.active_grants(session, account.pk)})
    managed_account.notify(session, MailKind.ROLE_CHANGED, account, pegawai, roles=", ".join(labels))
