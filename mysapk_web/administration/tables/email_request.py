"""Requests for a new email address from people who can't log in."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field

from mysapk_web.platform.tables.base import Stored, text_enum


class RequestState(StrEnum):
    OPEN = "menunggu"
    ACCEPTED = "diterima"
    REFUSED = "ditolak"


class EmailRequest(Stored, table=True):
    """What a visitor typed, stored alike whether or not the person exists."""

    __tablename__ = "permintaan_email"

    pegawai_id: int | None = Field(default=None, foreign_key="pegawai.id", index=True)
    """None if no one has the NIP; then no one sees the request."""
    nip: str = Field(max_length=18)
    name: str = Field(max_length=200, sa_column_kwargs={"name": "nama", "key": "name"})
    old_email: str = Field(max_length=254)
    new_email: str = Field(max_length=254)
    """Normalised, like the old one."""
    network: str = Field(default="", max_length=64)
    state: RequestState = Field(default=RequestState.OPEN, sa_type=text_enum(RequestState), index=True)
    created_at: datetime = Field(index=True)
    decided_by: int | None = Field(default=None, foreign_key="akun.id")
    decided_at: datetime | None = None
    reason: str = Field(default="", max_length=300)
