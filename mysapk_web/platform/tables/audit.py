"""Who did what to whom and when. Append-only: triggers refuse UPDATE and DELETE (set up by the migration)."""

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
    # The trail of one agency, the newest first.
    __table_args__ = (Index("ix_jejak_audit_instansi_newest", "instansi_id", "id"),)

    at: datetime = Field(index=True)
    tag: AuditTag = Field(sa_type=text_enum(AuditTag, 60), index=True)
    actor_id: int | None = Field(default=None, index=True)
    """Account that acted; empty for a visitor or the system. No foreign key: the trail outlives what it tells of."""
    subject_id: int | None = Field(default=None, index=True)
    """Account that it happened to."""
    instansi_id: int | None = Field(default=None)
    address: str = Field(default="", max_length=64)
    """Network of the client."""
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """Plain facts, never a secret."""


class AuditSeal(SQLModel, table=True):
    """The place of an event in the chain of the trail (decision 0012). Append-only, as the trail is."""

    __tablename__ = "jejak_segel"

    position: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    event_id: int = Field(unique=True)
    sealed_at: datetime
    hash: str = Field(max_length=64)
    """Keyed hash over the hash before it, the event and `sealed_at`; hexadecimal."""
    accepted: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """The event was found below sealed ones, and sealed because an operator said so."""
