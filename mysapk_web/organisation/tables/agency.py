from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, Index
from sqlmodel import Field

from mysapk_web.organisation.rules.email import DomainPolicy
from mysapk_web.organisation.rules.period import PeriodKind, last_moment
from mysapk_web.platform.rules.timezones import Zone
from mysapk_web.platform.tables.base import Stored, text_enum


class Instansi(Stored, table=True):
    __tablename__ = "instansi"

    code: str = Field(max_length=16, unique=True, sa_column_kwargs={"name": "kode", "key": "code"})
    name: str = Field(max_length=200, sa_column_kwargs={"name": "nama", "key": "name"})
    timezone: str = Field(default=Zone.WIB.value, max_length=4, sa_column_kwargs={"name": "zona", "key": "timezone"})
    """Time zone by its Indonesian name: WIB, WITA or WIT."""
    domain_policy: DomainPolicy = Field(default=DomainPolicy.ALLOW, sa_type=text_enum(DomainPolicy))
    email_domains: list[str] = Field(default_factory=list, sa_type=JSON)
    """Mail domains of the agency, lower case; sub-domains count."""


class Unor(Stored, table=True):
    """A unit (unit organisasi); the root unit of an agency has no parent."""

    __tablename__ = "unor"
    __table_args__ = (
        Index("uq_unor_instansi_kode", "instansi_id", "code", unique=True),
        Index("ix_unor_instansi_nama", "instansi_id", "name", "id"),
        # Pattern operators: a subtree is a prefix, whatever the database's language.
        Index("ix_unor_jalur", "path", postgresql_ops={"path": "varchar_pattern_ops"}),
    )

    instansi_id: int = Field(foreign_key="instansi.id")
    parent_id: int | None = Field(
        default=None, foreign_key="unor.id", index=True, sa_column_kwargs={"name": "atasan_id", "key": "parent_id"}
    )
    code: str = Field(max_length=40, sa_column_kwargs={"name": "kode", "key": "code"})
    name: str = Field(max_length=200, sa_column_kwargs={"name": "nama", "key": "name"})
    path: str = Field(max_length=400, sa_column_kwargs={"name": "jalur", "key": "path"})
    """Path of ids from the root, each with a slash behind it ("3/17/42/"): a subtree is one prefix."""
    is_satker: bool = False
    """A satuan kerja, with an administration of its own."""


class Period(Stored, table=True):
    """An agency's rows win over the national ones."""

    __tablename__ = "periode"
    __table_args__ = (CheckConstraint("ends_at > starts_at", name="order"),)

    kind: PeriodKind = Field(sa_type=text_enum(PeriodKind), index=True)
    instansi_id: int | None = Field(default=None, foreign_key="instansi.id", index=True)
    starts_at: datetime
    ends_at: datetime
    """Exclusive."""
    extends: bool = False
    legal_source: str = Field(default="", max_length=300)
    """The decision that set it, shown beside the dates."""

    @property
    def last_moment(self) -> datetime:
        return last_moment(self.ends_at)


class HelpContact(Stored, table=True):
    """One row for the country (no agency), one for each agency with its own helpdesk."""

    __tablename__ = "kontak_bantuan"

    instansi_id: int | None = Field(default=None, foreign_key="instansi.id", unique=True)
    name: str = Field(max_length=120, sa_column_kwargs={"name": "nama", "key": "name"})
    phone: str = Field(default="", max_length=40, sa_column_kwargs={"name": "telepon", "key": "phone"})
    email: str = Field(default="", max_length=254)
    website: str = Field(default="", max_length=300, sa_column_kwargs={"name": "situs", "key": "website"})
    complaint_url: str = Field(
        default="", max_length=300, sa_column_kwargs={"name": "keluhan_url", "key": "complaint_url"}
    )
    service_hours: str = Field(
        default="", max_length=120, sa_column_kwargs={"name": "jam_layanan", "key": "service_hours"}
    )
