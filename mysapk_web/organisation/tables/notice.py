from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from mysapk_web.organisation.rules.notice import MailChoice
from mysapk_web.platform.tables.base import Stored, text_enum


class Notice(Stored, table=True):
    __tablename__ = "pemberitahuan"
    __table_args__ = (Index("ix_pemberitahuan_account_read", "account_id", "read_at"),)

    account_id: int = Field(foreign_key="akun.id")
    at: datetime
    title: str = Field(max_length=200)
    text: str = Field(default="", max_length=1000)
    path: str = Field(default="", max_length=200)
    """Where it leads inside the portal."""
    asks_action: bool = False
    read_at: datetime | None = None


class NoticePreference(SQLModel, table=True):
    """Which notices also go by e-mail; without a row all do."""

    __tablename__ = "preferensi_pemberitahuan"

    account_id: int = Field(foreign_key="akun.id", primary_key=True)
    mails: MailChoice = Field(default=MailChoice.EVERY_STEP, sa_type=text_enum(MailChoice))
    changed_at: datetime
