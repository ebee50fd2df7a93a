"""What admins do to accounts: approve a CPNS, switch an account off and on; and the first grants, from the command line."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session, col, select

from mysapk_web.domain.audit import AuditTag
from mysapk_web.domain.nip import NipError, normalise_nip
from mysapk_web.domain.pegawai import JenisPegawai
from mysapk_web.domain.roles import Permission, Role, may_grant
from mysapk_web.models import Account, Instansi, Pegawai, RoleGrant, Unor
from mysapk_web.services import audit, clock
from mysapk_web.services.actor import Actor, NotAllowed, Refused
from mysapk_web.services.outbox import Letter, enqueue
from mysapk_web.services.revocation import revoke
from mysapk_web.services.scope import people_within

MAX_REASON = 300
"""Characters of `Account.disabled_reason`."""

_OF_UNITS = frozenset({Role.VERIFIKATOR, Role.ADMIN_SATKER})
"""Roles that are always limited to a unit and what is below it (DESIGN 6)."""


def create_admin(
    session: Session, *, nip: str, role: Role, instansi_kode: str | None = None, unor_kode: str | None = None
) -> bool:
    """Give a role to a person on the rolls; the way in for the first admins (`mysapk create-admin`).

    The person activates the account as everybody does, and adds a second factor before the role counts.

    Args:
        session: Any transaction.
        nip: Of a person on the rolls.
        role: Any role but PEGAWAI, which everybody has.
        instansi_kode: Agency; the person's own by default. None for ADMIN_BKN.
        unor_kode: Unit of that agency that the role is limited to, with what is below it.

    Returns:
        Whether the role is new; a grant in force with the same scope stays as it is.

    Raises:
        Refused: Unknown person, agency or unit, or a scope that doesn't fit the role.
    """
    account, pegawai = _on_the_rolls(session, nip)
    instansi_id, unor_id = _scope(session, role, pegawai, instansi_kode, unor_kode)
    wanted = (role, instansi_id, unor_id)
    if wanted in {(grant.role, grant.instansi_id, grant.unor_id) for grant in _grants(session, account)}:
        return False
    session.add(
        RoleGrant(
            account_id=account.id or 0,
            role=role,
            instansi_id=instansi_id,
            unor_id=unor_id,
            granted_at=clock.now(),
        )
    )
    session.flush()
    revoke(session, [account.id or 0], "peran diubah")
    audit.record(
        session,
        AuditTag.ROLE_GRANTED,
        subject_id=account.id,
        instansi_id=instansi_id,
        role=role.value,
        unor_id=unor_id,
    )
    labels = sorted({grant.role.label for grant in _grants(session, account)})
    _tell(session, Letter.ROLE_CHANGED, account, pegawai, roles=", ".join(labels))
    return True


def approve_cpns(session: Session, *, account_id: int, actor: Actor | None) -> bool:
    """Let a CPNS activate the account (seed 003).

    Args:
        session: Any transaction.
        account_id: Of a CPNS.
        actor: Who approves; None for the system.

    Returns:
        Whether anything changed; an approved one stays approved.

    Raises:
        NotAllowed: The actor may not, or not this person.
        Refused: Not a CPNS.
    """
    account, pegawai = _target(session, account_id, actor, Permission.CPNS_APPROVE)
    if pegawai.jenis is not JenisPegawai.CPNS:
        raise Refused("Persetujuan hanya diperlukan untuk CPNS.")
    if pegawai.approved_at is not None:
        return False
    pegawai.approved_at = clock.now()
    session.add(pegawai)
    _done(session, AuditTag.CPNS_APPROVED, account, pegawai, actor, "cpns disetujui")
    _tell(session, Letter.CPNS_APPROVED, account, pegawai)
    return True


def disable_account(session: Session, *, account_id: int, actor: Actor | None, reason: str) -> bool:
    """Switch an account off: nobody gets in, its sessions end at once, no token is sent.

    Args:
        session: Any transaction.
        account_id: Whose.
        actor: Who does it; None for the system.
        reason: In words, kept with the account; at most 300 characters.

    Returns:
        Whether anything changed.

    Raises:
        NotAllowed: The actor may not, or not this person.
        Refused: No reason, or the account holds a role that the actor can't give.
    """
    account, pegawai = _target(session, account_id, actor, Permission.ACCOUNT_DISABLE)
    why = " ".join(reason.split())
    if not why or len(why) > MAX_REASON:
        raise Refused(f"Isi alasan, paling banyak {MAX_REASON} karakter.", "alasan")
    if account.disabled_at is not None:
        return False
    account.disabled_at = clock.now()
    account.disabled_reason = why
    session.add(account)
    _done(session, AuditTag.ACCOUNT_DISABLED, account, pegawai, actor, "akun dinonaktifkan", reason=why)
    _tell(session, Letter.DISABLED, account, pegawai)
    return True


def enable_account(session: Session, *, account_id: int, actor: Actor | None) -> bool:
    """Switch an account on again; the password of before is valid again.

    Args:
        session: Any transaction.
        account_id: Whose.
        actor: Who does it; None for the system.

    Returns:
        Whether anything changed.

    Raises:
        NotAllowed: The actor may not, or not this person.
        Refused: The account holds a role that the actor can't give.
    """
    account, pegawai = _target(session, account_id, actor, Permission.ACCOUNT_DISABLE)
    if account.disabled_at is None:
        return False
    account.disabled_at = None
    account.disabled_reason = ""
    session.add(account)
    _done(session, AuditTag.ACCOUNT_ENABLED, account, pegawai, actor, "akun diaktifkan")
    _tell(session, Letter.ENABLED, account, pegawai)
    return True


def _target(session: Session, account_id: int, actor: Actor | None, permission: Permission) -> tuple[Account, Pegawai]:
    """The account, when the actor may act on it: inside the scope, not the own, and not of a peer or higher."""
    found = (
        select(Account, Pegawai)
        .join(Pegawai, col(Pegawai.id) == Account.pegawai_id)
        .join(Unor, col(Unor.id) == Pegawai.unor_id)
        .where(Account.id == account_id)
    )
    if actor is not None:
        actor.require(permission)
        found = found.where(people_within(actor, permission), Account.id != actor.account_id)
    row = session.exec(found).one_or_none()
    if row is None:
        raise NotAllowed(f"{permission.value}: account outside the scope")
    account, pegawai = row
    if actor is not None and not all(may_grant(actor.roles, grant.role) for grant in _grants(session, account)):
        raise Refused("Akun ini memegang peran yang tidak dapat Anda atur. Mintalah admin di atas Anda.")
    return account, pegawai


def _done(
    session: Session,
    tag: AuditTag,
    account: Account,
    pegawai: Pegawai,
    actor: Actor | None,
    end_reason: str,
    **detail: str,
) -> None:
    session.flush()
    revoke(session, [account.id or 0], end_reason)
    session.refresh(account)
    audit.record(
        session,
        tag,
        actor_id=actor.account_id if actor else None,
        subject_id=account.id,
        instansi_id=pegawai.instansi_id,
        address=actor.visitor.address if actor else "",
        **detail,
    )


def _tell(session: Session, letter: Letter, account: Account, pegawai: Pegawai, **params: Any) -> None:
    if pegawai.email_key:
        enqueue(session, letter, account_id=account.id, **params)


def _grants(session: Session, account: Account) -> list[RoleGrant]:
    return list(
        session.exec(select(RoleGrant).where(RoleGrant.account_id == account.id, col(RoleGrant.revoked_at).is_(None)))
    )


def _on_the_rolls(session: Session, nip: str) -> tuple[Account, Pegawai]:
    try:
        value = normalise_nip(nip)
    except NipError as error:
        raise Refused(str(error), "nip") from None
    row = session.exec(
        select(Account, Pegawai)
        .join(Pegawai, col(Pegawai.id) == Account.pegawai_id)
        .where(Pegawai.nip == value)
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise Refused("NIP tidak ada dalam data pegawai. Impor datanya lebih dulu.", "nip")
    return row


def _scope(
    session: Session, role: Role, pegawai: Pegawai, instansi_kode: str | None, unor_kode: str | None
) -> tuple[int | None, int | None]:
    """Ids of agency and unit of a grant."""
    if role is Role.PEGAWAI:
        raise Refused("Setiap orang sudah berperan pegawai. Pilih peran lain.", "role")
    if role is Role.ADMIN_BKN:
        if instansi_kode or unor_kode:
            raise Refused("Admin BKN berlaku untuk semua instansi. Kosongkan instansi dan unor.", "instansi")
        return None, None
    instansi_id = pegawai.instansi_id
    if instansi_kode:
        found = session.exec(select(Instansi.id).where(Instansi.kode == instansi_kode)).one_or_none()
        if found != instansi_id:
            raise Refused("Pegawai ini tidak tercatat di instansi itu. Periksa kode instansi.", "instansi")
    if role is Role.ADMIN_INSTANSI and unor_kode:
        raise Refused("Admin Instansi berlaku untuk seluruh instansi. Kosongkan unor.", "unor")
    if role in _OF_UNITS and not unor_kode:
        raise Refused(f"{role.label} berlaku untuk satu unor dan unit di bawahnya. Isi kode unor.", "unor")
    if not unor_kode:
        return instansi_id, None
    unor_id = session.exec(select(Unor.id).where(Unor.instansi_id == instansi_id, Unor.kode == unor_kode)).one_or_none()
    if unor_id is None:
        raise Refused("Unor tidak dikenal di instansi itu. Periksa kodenya.", "unor")
    return instansi_id, unor_id
