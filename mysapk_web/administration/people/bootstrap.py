"""Command-line acts that no page offers: the first roles, and the lost second factor of the highest admins."""

from __future__ import annotations

from sqlmodel import Session, col, select

from mysapk_web.administration.people.accounts import remove_second_factor
from mysapk_web.administration.people.grants import AGENCY_ROLES, UNIT_ROLES, store_grant
from mysapk_web.organisation.rules.nip import NipError, normalise_nip
from mysapk_web.organisation.rules.roles import Role
from mysapk_web.organisation.tables.account import Account, RoleGrant
from mysapk_web.organisation.tables.agency import Instansi, Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import clock
from mysapk_web.platform.errors import UserError


def create_admin(
    session: Session, *, nip: str, role: Role, instansi_code: str | None = None, unor_code: str | None = None
) -> bool:
    """`mysapk create-admin`. The person activates the account as everyone does and sets up a second factor before the role counts.

    Returns whether the role is new.
    """
    account, pegawai = _on_the_rolls(session, nip)
    instansi_id, unor_id = _scope(session, role, pegawai, instansi_code, unor_code)
    return store_grant(session, account, pegawai, RoleGrant(
        account_id=account.pk, role=role, instansi_id=instansi_id, unor_id=unor_id, granted_at=clock.now()
    ), None)  # fmt: skip


def remove_second_factor_of(session: Session, *, nip: str, reason: str) -> bool:
    """`mysapk remove-second-factor`, also for an Admin BKN, whom no one else can help."""
    account, _ = _on_the_rolls(session, nip)
    return remove_second_factor(session, account_id=account.pk, actor=None, reason=reason)


def _on_the_rolls(session: Session, nip: str) -> tuple[Account, Pegawai]:
    try:
        value = normalise_nip(nip)
    except NipError as error:
        raise UserError(str(error), "nip") from None
    row = session.exec(
        select(Account, Pegawai)
        .join(Pegawai, col(Pegawai.id) == Account.pegawai_id)
        .where(Pegawai.nip == value)
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise UserError("NIP tidak ada dalam data pegawai. Impor datanya lebih dulu.", "nip")
    return row


def _scope(
    session: Session, role: Role, pegawai: Pegawai, instansi_code: str | None, unor_code: str | None
) -> tuple[int | None, int | None]:
    if role is Role.PEGAWAI:
        raise UserError("Setiap orang sudah berperan pegawai. Pilih peran lain.", "role")
    if role is Role.ADMIN_BKN:
        if instansi_code or unor_code:
            raise UserError("Admin BKN berlaku untuk semua instansi. Kosongkan instansi dan unor.", "instansi")
        return None, None
    instansi_id = pegawai.instansi_id
    if instansi_code:
        found = session.exec(select(Instansi.id).where(Instansi.code == instansi_code)).one_or_none()
        if found != instansi_id:
            raise UserError("Pegawai ini tidak tercatat di instansi itu. Periksa kode instansi.", "instansi")
    if role in AGENCY_ROLES and unor_code:
        raise UserError(f"{role.label} berlaku untuk seluruh instansi. Kosongkan unor.", "unor")
    if role in UNIT_ROLES and not unor_code:
        raise UserError(f"{role.label} berlaku untuk satu unor dan unit di bawahnya. Isi kode unor.", "unor")
    if not unor_code:
        return instansi_id, None
    unor_id = session.exec(select(Unor.id).where(Unor.instansi_id == instansi_id, Unor.code == unor_code)).one_or_none()
    if unor_id is None:
        raise UserError("Unor tidak dikenal di instansi itu. Periksa kodenya.", "unor")
    return instansi_id, unor_id
