from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ColumnElement, Index, and_, bindparam, text
from sqlmodel import Field, col

from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.platform.tables.base import Stored, text_enum

_WAITING = text("jenis = 'CPNS' AND approved_at IS NULL")


class Pegawai(Stored, table=True):
    __tablename__ = "pegawai"
    # National and agency lists come by name without sorting; names of a unit without reading its rows.
    # PostgreSQL has another index for name words: `organisation.tables.name_index`.
    __table_args__ = (
        Index("ix_pegawai_nama", "name", "id"),
        Index("ix_pegawai_instansi_nama", "instansi_id", "name", "id", "jenis"),
        Index("ix_pegawai_instansi_nip", "instansi_id", "nip"),
        Index("ix_pegawai_unor_nama", "unor_id", "name", "id"),
        Index("ix_pegawai_menunggu", "instansi_id", "name", "id", sqlite_where=_WAITING, postgresql_where=_WAITING),
    )

    nip: str = Field(max_length=18, unique=True)
    name: str = Field(max_length=200, sa_column_kwargs={"name": "nama", "key": "name"})
    title_prefix: str = Field(
        default="", max_length=40, sa_column_kwargs={"name": "gelar_depan", "key": "title_prefix"}
    )
    title_suffix: str = Field(
        default="", max_length=80, sa_column_kwargs={"name": "gelar_belakang", "key": "title_suffix"}
    )
    jenis: JenisPegawai = Field(sa_type=text_enum(JenisPegawai))
    birth_date: date | None = Field(default=None, sa_column_kwargs={"name": "tanggal_lahir", "key": "birth_date"})
    gender: str = Field(default="", max_length=1, sa_column_kwargs={"name": "jenis_kelamin", "key": "gender"})
    """"L" or "P"; empty if unknown."""
    instansi_id: int = Field(foreign_key="instansi.id")
    unor_id: int = Field(foreign_key="unor.id")
    email: str | None = Field(default=None, max_length=320)
    """The address as imported, blanks included: what the agency sees when it looks for an error."""
    email_key: str | None = Field(default=None, max_length=254, unique=True)
    """The normalised address, used for sending and comparing; one address serves one person."""
    approved_at: datetime | None = None
    """When the agency's admin approved a CPNS, who can't activate before."""
    joined_at: datetime | None = Field(default=None, index=True)
    """When an import added this person; empty for those older than this column. Whoever joins after a period is not
    sanctioned for it."""

    @property
    def full_name(self) -> str:
        """With academic titles before and after, as on official letters."""
        front = f"{self.title_prefix} " if self.title_prefix else ""
        behind = f", {self.title_suffix}" if self.title_suffix else ""
        return f"{front}{self.name}{behind}"

    @property
    def awaits_approval(self) -> bool:
        return self.jenis is JenisPegawai.CPNS and self.approved_at is None


def awaiting_approval() -> ColumnElement[bool]:
    """`awaits_approval` as a condition; written out because a partial index covers just these."""
    cpns = bindparam(None, JenisPegawai.CPNS, text_enum(JenisPegawai), literal_execute=True)
    return and_(col(Pegawai.jenis) == cpns, col(Pegawai.approved_at).is_(None))
