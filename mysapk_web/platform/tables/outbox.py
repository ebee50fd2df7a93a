"""Mails to send, written in the transaction of their cause. Without token and body: mails are rendered when sent."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import JSON, Index
from sqlmodel import Field

from mysapk_web.platform.tables.base import Stored, text_enum


class OutboxState(StrEnum):
    PENDING = "menunggu"
    SENDING = "dikirim"
    SENT = "terkirim"
    FAILED = "gagal"
    """Given up; `last_error` says why."""
    OBSOLETE = "usang"
    """Became pointless before it was sent, such as an expired token."""

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS: Final = {
    OutboxState.PENDING: "Menunggu",
    OutboxState.SENDING: "Sedang dikirim",
    OutboxState.SENT: "Terkirim",
    OutboxState.FAILED: "Gagal",
    OutboxState.OBSOLETE: "Tidak dikirim",
}


class OutboxMail(Stored, table=True):
    __tablename__ = "surat_keluar"
    __table_args__ = (
        Index("ix_surat_keluar_due", "state", "due_at"),
        # The mails of one agency, the newest first.
        Index("ix_surat_keluar_instansi_newest", "instansi_id", "id"),
    )

    template: str = Field(max_length=60)
    """Value of a `MailKind`."""
    account_id: int | None = Field(default=None, foreign_key="akun.id", index=True)
    recipient: str | None = Field(default=None, max_length=254)
    """Only where it is not the stored address at send time (a notice to the old address)."""
    params: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """Ids and plain facts for the template; never a secret."""
    state: OutboxState = Field(default=OutboxState.PENDING, sa_type=text_enum(OutboxState))
    created_at: datetime
    due_at: datetime
    """Not before this moment; moved by the back-off."""
    claimed_until: datetime | None = None
    claimed_by: str = Field(default="", max_length=80)
    attempts: int = 0
    sent_at: datetime | None = None
    last_error: str = Field(default="", max_length=300)
    """Server reply or kind of error, without addresses."""
    message_id: str = Field(max_length=120)
    """Message-ID header, fixed on creation so that duplicates can be recognised."""
    instansi_id: int | None = None
    """Agency of the person when the mail was written; set by a trigger."""
