"""Accounts and roles. No secret in clear: the password is a keyed bcrypt hash, the TOTP secret is encrypted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field

from mysapk_web.organisation.rules.roles import Role
from mysapk_web.platform.tables.base import Stored, text_enum

_DISABLED = text("disabled_at IS NOT NULL")


class Account(Stored, table=True):
    """Everybody employed has one, without a password until activation."""

    __tablename__ = "akun"
    __table_args__ = (Index("ix_akun_nonaktif", "pegawai_id", sqlite_where=_DISABLED, postgresql_where=_DISABLED),)

    pegawai_id: int = Field(foreign_key="pegawai.id", unique=True)
    password_hash: str | None = Field(default=None, max_length=80)
    activated_at: datetime | None = Field(default=None, index=True)
    disabled_at: datetime | None = None
    disabled_reason: str = Field(default="", max_length=300)
    version: int = 1
    """Goes up with every change of password, e-mail, role or eligibility, which invalidates older tokens, tickets and sessions."""
    last_login_at: datetime | None = None
    totp_secret: str | None = Field(default=None, max_length=300)
    """Encrypted; set on enrolment, in force once `totp_confirmed_at` is set."""
    totp_session: str | None = Field(default=None, max_length=64)
    """The enrolling session: nobody else sees or confirms the secret."""
    totp_confirmed_at: datetime | None = None
    totp_last_step: int = 0
    """Time step of the last accepted code: a code works once (RFC 6238 5.2)."""


class RoleGrant(Stored, table=True):
    """The scope is the subtree under a unit, a whole agency, or (admin_bkn) everything."""

    __tablename__ = "peran"

    account_id: int = Field(foreign_key="akun.id", index=True)
    role: Role = Field(sa_type=text_enum(Role))
    instansi_id: int | None = Field(default=None, foreign_key="instansi.id", index=True)
    unor_id: int | None = Field(default=None, foreign_key="unor.id", index=True)
    granted_by: int | None = Field(default=None, foreign_key="akun.id")
    granted_at: datetime
    revoked_at: datetime | None = None
