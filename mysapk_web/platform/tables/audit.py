"""The audit log: who did what to whom and when. Triggers of the migration refuse UPDATE and DELETE."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, false
from sqlmodel import Field, SQLModel

from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.tables.base import Stored, text_enum


class AuditEvent(Stored, table=True):
    """One act, written in the same transaction as the act."""

    __tablename__ = "jejak_audit"
    # The log of one agency, the newest first.
    __table_args__ = (Index("ix_jejak_audit_instansi_newest", "instansi_id", "id"),)

    at: datetime = Field(index=True)
    tag: AuditTag = Field(sa_type=text_enum(AuditTag, 60), index=True)
    actor_id: int | None = Field(default=None, index=True)
    """Account that acted; None for a visitor or the system. No foreign key: the log outlives accounts."""
    subject_id: int | None = Field(default=None, index=True)
    """Account that it happened to."""
    instansi_id: int | None = Field(default=None)
    address: str = Field(default="", max_length=64)
    """Network of the client."""
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """`AuditPayload.stored()`; in older rows with `FORMER_KEYS`."""


class AuditSeal(SQLModel, table=True):
    """The position of an event in the hash chain (decision 0012). Append-only, too."""

    __tablename__ = "jejak_segel"

    position: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    event_id: int = Field(unique=True)
    sealed_at: datetime
    hash: str = Field(max_length=64)
    """HMAC-SHA-256 over the hash before it, the event and `sealed_at`; hexadecimal."""
    accepted: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """Found unsealed below the head, and sealed because an operator said so."""
