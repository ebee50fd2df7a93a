"""Records on file and the proposals to change them.

The payload of a record or proposal is JSON, validated by the declaration of its kind in `pdm/rules/groups/` whenever it
is read or written.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, text
from sqlmodel import Field, SQLModel

import mysapk_web.organisation.tables  # noqa: F401  foreign keys lead there
from mysapk_web.pdm.rules.groups.base import RecordAction
from mysapk_web.pdm.rules.proposal import Declaration, ProposalAction, ProposalState
from mysapk_web.platform.tables.base import Stored, text_enum

_OPEN = text("ended_at IS NULL")


class PersonnelRecord(Stored, table=True):
    """A record on file (riwayat).

    Changes only when a proposal is applied or its owner edits the profile; imports only add.
    """

    __tablename__ = "riwayat"
    __table_args__ = (Index("ix_riwayat_pegawai_kind", "pegawai_id", "kind"),)

    pegawai_id: int = Field(foreign_key="pegawai.id")
    kind: str = Field(max_length=40)
    """Key of a `RecordKind`."""
    payload: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    version: int = 1
    """Incremented by every change: a proposal made against an older one is not applied."""
    created_at: datetime
    changed_at: datetime
    removed_at: datetime | None = None


class FormerValue(Stored, table=True):
    """What a record contained before it changed; never deleted."""

    __tablename__ = "riwayat_lama"

    record_id: int = Field(foreign_key="riwayat.id", index=True)
    version: int
    payload: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    replaced_at: datetime
    replaced_by: int | None = None
    """Account that changed it, or whose decision applied the proposal. No foreign key: the value outlives the account.
    Account that changed it, or whose decision applied the proposal. No foreign key: the value outlives the account."""
    proposal_id: int | None = Field(default=None, foreign_key="usulan.id", index=True)
    """Empty for an edit of the profile."""


class Proposal(Stored, table=True):
    """A proposed change (usulan), from draft to decision."""

    __tablename__ = "usulan"
    __table_args__ = (
        Index("ix_usulan_pegawai_state", "pegawai_id", "state"),
        Index("ix_usulan_inbox", "state", "unor_id", "sent_at"),
        # What waits for one office, oldest first: in an agency (its units are picked from the index) and in the
        # country; and their counts.
        Index("ix_usulan_instansi", "instansi_id", "state", "sent_at", "id", "unor_id", "pegawai_id"),
        Index("ix_usulan_negara", "state", "sent_at", "id"),
        Index("ix_usulan_hitung", "instansi_id", "state", "group", "kind", "unor_id", "pegawai_id"),
        Index("ix_usulan_hitung_negara", "kind", "state", "group", "pegawai_id"),
        Index("uq_usulan_slot", "pegawai_id", "slot", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    pegawai_id: int = Field(foreign_key="pegawai.id")
    group: str = Field(max_length=40)
    kind: str = Field(max_length=40)
    action: RecordAction = Field(sa_type=text_enum(RecordAction))
    record_id: int | None = Field(default=None, foreign_key="riwayat.id", index=True)
    """The record it changes or deletes; empty for a new one."""
    record_version: int = 0
    """Of the record as the person saw it."""
    slot: str | None = Field(default=None, max_length=60)
    """What only one open proposal of a person may occupy: a kind of which only the latest record counts, a record on
    file, or the empty form of a new record. A unique index makes two tabs at once leave one proposal."""
    payload: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    state: ProposalState = Field(default=ProposalState.DRAF, sa_type=text_enum(ProposalState))
    version: int = 1
    """Incremented by every write: two tabs or two reviewers can't overwrite each other unnoticed."""
    unor_id: int = Field(foreign_key="unor.id")
    """Unor verifikasi: whose inbox it goes to."""
    instansi_id: int | None = None
    """Agency of that unit, set when it is sent: a draft is in nobody's inbox. The unit is the foreign key."""
    created_at: datetime
    changed_at: datetime
    sent_at: datetime | None = Field(default=None, index=True)
    ended_at: datetime | None = None


class ProposalEvent(Stored, table=True):
    __tablename__ = "usulan_jejak"

    proposal_id: int = Field(foreign_key="usulan.id", index=True)
    at: datetime
    actor_id: int | None = None
    act: ProposalAction = Field(sa_type=text_enum(ProposalAction))
    before: ProposalState = Field(sa_type=text_enum(ProposalState))
    after: ProposalState = Field(sa_type=text_enum(ProposalState))
    reason: str = Field(default="", max_length=40)
    """Code of the reason."""
    note: str = Field(default="", max_length=1000)
    changes: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    """For a correction: `field`, `before` and `after` of each value, as stored."""


class ProposalClaim(SQLModel, table=True):
    """Who has a proposal open, so that two people don't work on one. Grants no right; expires by itself."""

    __tablename__ = "usulan_klaim"

    proposal_id: int = Field(primary_key=True, foreign_key="usulan.id", sa_column_kwargs={"autoincrement": False})
    account_id: int = Field(foreign_key="akun.id", index=True)
    expires_at: datetime


class Document(Stored, table=True):
    """The content is stored under its hash in `MYSAPK_DOCUMENT_DIR`, shared by equal documents."""

    __tablename__ = "dokumen"
    __table_args__ = (
        Index(
            "ix_dokumen_sweep_at",
            "sweep_at",
            sqlite_where=text("sweep_at IS NOT NULL"),
            postgresql_where=text("sweep_at IS NOT NULL"),
        ),
    )

    proposal_id: int = Field(foreign_key="usulan.id", index=True)
    rule: str = Field(max_length=20)
    """Code of the `DocumentRule` it satisfies."""
    sha256: str = Field(max_length=64, index=True)
    size: int
    pages: int
    name: str = Field(max_length=120)
    """File name as uploaded, cleaned; never used as a path."""
    signed: bool = False
    """Electronically signed and kept byte for byte; the signature is not verified here."""
    uploaded_at: datetime
    removed_at: datetime | None = None
    sweep_at: datetime | None = None
    """When its file may have lost its last use; empty once the sweep has handled it."""


class GroupDeclaration(Stored, table=True):
    """The statement "data sudah sesuai" or "tidak ada riwayat", for one group in the current PDM."""

    __tablename__ = "pernyataan_grup"
    __table_args__ = (Index("uq_pernyataan_grup_pegawai_group", "pegawai_id", "group", unique=True),)

    pegawai_id: int = Field(foreign_key="pegawai.id")
    group: str = Field(max_length=40)
    declaration: Declaration = Field(
        sa_type=text_enum(Declaration), sa_column_kwargs={"name": "statement", "key": "declaration"}
    )
    at: datetime


class Proof(Stored, table=True):
    """The proof of a finished PDM (bukti). The PDF is made from `content` alone, so it can be made again."""

    __tablename__ = "bukti_pdm"

    pegawai_id: int = Field(foreign_key="pegawai.id", index=True)
    number: str = Field(max_length=40, unique=True)
    at: datetime
    content: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class CodeTableEntry(Stored, table=True):
    """An entry of a code table that an agency loaded; it overrides the built-in one."""

    __tablename__ = "referensi"
    __table_args__ = (Index("uq_referensi_table_code", "table", "code", unique=True),)

    table: str = Field(max_length=40)
    code: str = Field(max_length=42)
    label: str = Field(max_length=300)
    parent: str = Field(default="", max_length=42)
    active: bool = True
    """A code that the newest list lacks stays readable but can't be chosen."""
    search: str = Field(default="", max_length=300, index=True)
    """The label, folded for searching."""
