from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel


class Job(SQLModel, table=True):
    """A job of one process at a time: updating the row takes the lock until the transaction ends."""

    __tablename__ = "pekerjaan_latar"

    name: str = Field(primary_key=True, max_length=40)
    at: datetime | None = None
    """Last run."""
    asked: bool = False
    """Something extra was requested, such as a full recount."""
    note: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class BackgroundRun(SQLModel, table=True):
    """When a background loop last succeeded, in whichever process (`platform/background.py`)."""

    __tablename__ = "proses_latar"

    name: str = Field(primary_key=True, max_length=40)
    since: datetime
    """When it was first tried."""
    succeeded_at: datetime | None = None
    failed_at: datetime | None = None
    error: str = Field(default="", max_length=200)
    """Kind and location of the last failure."""
