"""Tokens of agencies that import addresses by themselves."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from mysapk_web.platform.tables.base import Stored


class ImportToken(Stored, table=True):
    """Lets the personnel system of one agency import addresses over HTTP; only the SHA-256 of the token is kept."""

    __tablename__ = "token_impor"

    instansi_id: int = Field(foreign_key="instansi.id", index=True)
    label: str = Field(max_length=80)
    token_hash: str = Field(max_length=64, unique=True)
    hint: str = Field(max_length=8)
    """The last characters, to tell one token from another."""
    created_by: int = Field(foreign_key="akun.id")
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None
    revoked_by: int | None = Field(default=None, foreign_key="akun.id")
