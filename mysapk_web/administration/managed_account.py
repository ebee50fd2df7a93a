"""Whose account an admin may act on, and what follows from every such act."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, col, select

from mysapk_web.accounts.credentials import invalidate_credentials
from mysapk_web.organisation import audit, revisions
from mysapk_web.organisation.actor import Actor, NotFoundError
from mysapk_web.organisation.rules import roles as rules
from mysapk_web.organisation.rules.roles import Permission, Role
from mysapk_web.organisation.scope import people_in_scope
from mysapk_web.organisation.tables.account import Account, RoleGrant
from mysapk_web.organisation.tables.agency import Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import bulk
from mysapk_web.platform.errors import UserError
from mysapk_web.platform.mail.queue import MailKind, enqueue
from mysapk_web.platform.rules.audit_payload import AuditPayload

OUT_OF_SCOPE = "Pegawai tidak ditemukan di wilayah Anda. Mungkin sudah pindah unit atau instansi."
ROLE_NOT_BELOW = "Akun ini memegang peran yang tidak dapat Anda atur. Mintalah admin di atas Anda."


def get_managed_account(
    session: Session, account_id: int, actor: Actor | None, permission: Permission, *, seen: int | None
) -> tuple[Account, Pegawai]:
    """Locks the account, if the actor may act on it: in scope, not their own, and not of a peer or superior.

    Args:
        seen: Revision of the account that the page of the act showed; None: the caller compares another.

    Raises:
        PermissionDenied: The actor may not do this.
        NotFoundError: There is no such person within reach.
        StaleRevisionError: Another admin has changed the account meanwhile.
        UserError: The account holds a role that is not below the actor's.
    """
    found = (
        select(Account, Pegawai)
        .join(Pegawai, col(Pegawai.id) == Account.pegawai_id)
        .join(Unor, col(Unor.id) == Pegawai.unor_id)
        .where(Account.id == account_id)
        .with_for_update(of=Account)
    )
    if actor is not None:
        actor.require(permission)
        found = found.where(people_in_scope(actor, permission), Account.id != actor.account_id)
    row = session.exec(found).one_or_none()
    if row is None:
        raise NotFoundError(f"{permission.value}: account outside the scope", OUT_OF_SCOPE)
    account, pegawai = row
    if actor is not None and not may_manage(actor, session, account_id):
        raise UserError(ROLE_NOT_BELOW)
    if seen is not None:
        revisions.require_current(session, actor, revisions.of_account(account_id), seen)
    return account, pegawai


def may_manage(actor: Actor, session: Session, account_id: int) -> bool:
    """Whether every role that an account holds is below one of the actor's (`organisation.rules.roles.may_manage`)."""
    return rules.may_manage(actor.roles, [grant.role for grant in active_grants(session, account_id)])


def active_grants(session: Session, account_id: int) -> list[RoleGrant]:
    """The grants of an account that are in force."""
    return list(
        session.exec(
            select(RoleGrant)
            .where(RoleGrant.account_id == account_id, col(RoleGrant.revoked_at).is_(None))
            .order_by(col(RoleGrant.id))
        )
    )


def roles_by_account(session: Session, account_ids: Sequence[int]) -> dict[int, frozenset[Role]]:
    """Roles in force of those accounts that hold any."""
    found: dict[int, frozenset[Role]] = {}
    rows = session.exec(
        select(RoleGrant.account_id, RoleGrant.role).where(
            bulk.one_of(session, col(RoleGrant.account_id), account_ids), col(RoleGrant.revoked_at).is_(None)
        )
    )
    for account_id, role in rows:
        found[account_id] = found.get(account_id, frozenset()) | {Role(role)}
    return found


def audit_on(
    session: Session, event: AuditPayload, account: Account, pegawai: Pegawai, actor: Actor | int | None
) -> None:
    """Record an action on somebody's account.

    Args:
        actor: Who acts, or only the id of the account; None for the system.
    """
    audit.record(
        session,
        event,
        actor_id=actor.account_id if isinstance(actor, Actor) else actor,
        subject_id=account.id,
        instansi_id=pegawai.instansi_id,
        client_address=actor.client.client_address if isinstance(actor, Actor) else "",
    )


def invalidate_account(session: Session, account: Account, reason: str) -> None:
    """Raise the version of an account: its sessions, pending logins and tokens die."""
    session.flush()
    invalidate_credentials(session, [account.pk], reason)
    session.refresh(account)


def notify(session: Session, letter: MailKind, account: Account, pegawai: Pegawai, **params: Any) -> None:
    """Write to the person, where there is an address."""
    if pegawai.email_key:
        enqueue(session, letter, account_id=account.id, **params)
