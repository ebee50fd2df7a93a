"""Imports of every kind: a run, and its rows with their verdicts. The tables keep the names they had when only addresses were imported."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel

from mysapk_web.platform.imports.rules import RunSource, RunState
from mysapk_web.platform.tables.base import Stored, text_enum


class ImportRun(Stored, table=True):
    """One file on its way: read, shown, applied, perhaps undone. `position` is how far the present step is."""

    __tablename__ = "impor_email"
    __table_args__ = (Index("ix_impor_email_state_claimed_until", "state", "claimed_until"),)

    kind: str = Field(default="email", max_length=80, sa_column_kwargs={"server_default": "email"})
    """Key of an `ImportKind`."""
    source: RunSource = Field(sa_type=text_enum(RunSource))
    state: RunState = Field(default=RunState.READING, sa_type=text_enum(RunState))
    instansi_id: int | None = Field(default=None, foreign_key="instansi.id", index=True)
    """Agency of whoever started it: its admins see the run. Empty for the command line."""
    started_by: int | None = Field(default=None, foreign_key="akun.id", index=True)
    acting: int | None = Field(default=None, foreign_key="akun.id")
    """Whose scope counts in the present step; empty together with `token_id` for the command line."""
    token_id: int | None = Field(default=None, foreign_key="token_impor.id")
    auto_apply: bool = False
    """The good rows are applied right after the file was read, without a look at them."""
    file_name: str = Field(max_length=200)
    file_hash: str = Field(max_length=64)
    """SHA-256 of the file."""
    file_path: str = Field(default="", max_length=100)
    """Name in the folder of uploads while the file is needed; empty afterwards."""
    expected: int = 0
    """How many rows the file has, known before they are validated; 0: not known yet."""
    total: int = 0
    """Rows of the file; while it is read, rows so far."""
    counts: dict[str, int] = Field(default_factory=dict, sa_type=JSON)
    """Rows by verdict."""
    position: int = 0
    applied: int = 0
    """Good rows that were written."""
    applied_to: int = 0
    """Good rows up to this position were written."""
    applied_at: datetime | None = None
    """When applying began."""
    undone: int = 0
    error: str = Field(default="", max_length=300)
    """Why it failed, as a sentence for a person."""
    created_at: datetime = Field(index=True)
    step_at: datetime | None = None
    """When the present step began."""
    ready_at: datetime | None = None
    finished_at: datetime | None = None
    undone_at: datetime | None = None
    claimed_by: str = Field(default="", max_length=80)
    claimed_until: datetime | None = None
    attempts: int = 0
    """Claims since the step came further than ever before: a file that kills its process doesn't do so for ever."""
    tries: int = 0
    """Claims of the present step, whatever came of them."""
    furthest: int = 0
    """Rows that any try of the present step has got through. Reading begins anew each time: only beyond this it is progress."""


class ImportRow(SQLModel, table=True):
    """One row of a file. A good row of a run that went past it was applied: what could not be is given another verdict."""

    __tablename__ = "impor_email_baris"
    __table_args__ = (Index("ix_impor_email_baris_run_id_verdict", "run_id", "verdict", "position"),)

    run_id: int = Field(primary_key=True)
    """No foreign key: it would be looked up for each of a hundred thousand rows."""
    position: int = Field(primary_key=True)
    """Counted from 1 in the order of the file."""
    line: int
    """0: not in the file, but found missing in it."""
    nip: str = Field(max_length=64)
    """As far as it could be read; of a code table, the code."""
    email: str = Field(default="", max_length=320)
    """As it stands in the file, cut to what fits. Like the other columns of addresses, filled by that kind only."""
    email_key: str | None = Field(default=None, max_length=254)
    verdict: str = Field(max_length=40)
    """Value of a verdict of the kind."""
    note: str = Field(default="", max_length=1000)
    """More than the verdict says, such as the line of the other row."""
    pegawai_id: int | None = None
    """No foreign key: a row tells what was in a file."""
    old_email: str | None = Field(default=None, max_length=320)
    old_key: str | None = Field(default=None, max_length=254)
    """What the person had when the file was read; undoing gives it back."""
    content: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    """What the row says, as its kind needs it to apply the row."""
    before: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    """What it would change, as it was when the file was read: what is otherwise by then is not overwritten, and undoing gives it back."""
