"""Counts of people and proposals by unit with their deltas; announcements and reminders."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Field, SQLModel

import mysapk_web.organisation.tables  # noqa: F401  foreign keys lead there
from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.platform.tables.base import Stored, text_enum
from mysapk_web.progress.rules import Measure, WaitingOffice


class Headcount(SQLModel, table=True):
    """How many people a unit has with all units below it (decision 0011), without the deltas that are not folded yet."""

    __tablename__ = "hitungan"

    unor_id: int = Field(primary_key=True)
    """A unit, or `progress.rules.COUNTRY`."""
    jenis: JenisPegawai = Field(primary_key=True, sa_type=text_enum(JenisPegawai))
    measure: Measure = Field(primary_key=True, sa_type=text_enum(Measure))
    count: int


class HeadcountDelta(Stored, table=True):
    """A change of a count, written by triggers in the transaction of the change."""

    __tablename__ = "hitungan_langkah"

    unor_id: int
    """The unit of the people themselves."""
    jenis: JenisPegawai = Field(sa_type=text_enum(JenisPegawai))
    measure: Measure = Field(sa_type=text_enum(Measure))
    delta: int = Field(sa_column_kwargs={"name": "step", "key": "delta"})


class HeadcountDay(SQLModel, table=True):
    """A count at the end of a day (WIB); a day without change has no row."""

    __tablename__ = "hitungan_harian"

    unor_id: int = Field(primary_key=True)
    day: date = Field(primary_key=True)
    jenis: JenisPegawai = Field(primary_key=True, sa_type=text_enum(JenisPegawai))
    measure: Measure = Field(primary_key=True, sa_type=text_enum(Measure))
    count: int


class PersonPdmProgress(SQLModel, table=True):
    """What a person is counted for in the present PDM, and where (decision 0015). Everybody who ever took part has a row."""

    __tablename__ = "pdm_pegawai"

    pegawai_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    """No foreign key: somebody who has left is counted until the row is evaluated again."""
    unor_id: int
    jenis: JenisPegawai = Field(sa_type=text_enum(JenisPegawai))
    groups: int = 0
    """Green groups, see `progress.rules.GROUP_BITS`."""
    sent: bool = False
    left: bool = False
    done: bool = False
    """Every group that concerns the person is green."""


class PdmChange(Stored, table=True):
    """Somebody whose PDM, unit or kind of employment has changed; written by triggers in the transaction of the change."""

    __tablename__ = "pdm_tersentuh"

    pegawai_id: int


class PdmWindow(SQLModel, table=True):
    """The period in which actions count for the PDM of an agency that runs or ran last."""

    __tablename__ = "pdm_sejak"

    instansi_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    since: datetime
    until: datetime
    """Exclusive; as published now, so it may be in the future."""


class BacklogCount(SQLModel, table=True):
    """How many proposals of a unit, with all units below it, wait for an office, by the day they were sent (WIB)."""

    __tablename__ = "antrean"

    unor_id: int = Field(primary_key=True)
    """Unor verifikasi or one above it, or `progress.rules.COUNTRY`."""
    office: WaitingOffice = Field(
        primary_key=True, sa_type=text_enum(WaitingOffice), sa_column_kwargs={"name": "desk", "key": "office"}
    )
    day: date = Field(primary_key=True)
    count: int


class BacklogDelta(Stored, table=True):
    """A change of such a count, written by triggers."""

    __tablename__ = "antrean_langkah"

    unor_id: int
    office: WaitingOffice = Field(sa_type=text_enum(WaitingOffice), sa_column_kwargs={"name": "desk", "key": "office"})
    day: date
    delta: int = Field(sa_column_kwargs={"name": "step", "key": "delta"})


class Announcement(Stored, table=True):
    """A text of an agency, or of BKN for the whole country, on the home page and the help page."""

    __tablename__ = "pengumuman"

    instansi_id: int | None = Field(default=None, foreign_key="instansi.id", index=True)
    title: str = Field(max_length=120, sa_column_kwargs={"name": "judul", "key": "title"})
    body: str = Field(max_length=1000, sa_column_kwargs={"name": "isi", "key": "body"})
    starts_at: datetime
    ends_at: datetime = Field(index=True)
    """Exclusive."""
    created_by: int
    """Account. No foreign key: the text outlives its author."""
    created_at: datetime


class Reminder(SQLModel, table=True):
    """When a person was last reminded."""

    __tablename__ = "pengingat"

    account_id: int = Field(primary_key=True, foreign_key="akun.id", sa_column_kwargs={"autoincrement": False})
    at: datetime
