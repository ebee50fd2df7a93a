"""Input of an admin who sets or extends a period, validated into a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from sqlmodel import Session, col, select

from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rules.period import PeriodKind, format_dates, last_moment
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.organisation.tables.agency import Instansi, Period
from mysapk_web.platform import clock
from mysapk_web.platform.errors import FormError, UserError
from mysapk_web.platform.rules.timezones import Zone, format_moment_compact, zone_of

MAX_YEARS: Final = 3
"""Longer periods are typing errors."""
FIRST_YEAR: Final = 2021
"""Year of Keputusan Kepala BKN 87/2021."""
LAST_YEAR: Final = 2100
MAX_SOURCE: Final = 300


class PeriodAction(StrEnum):
    CREATE = "buat"
    EXTEND = "perpanjang"


@dataclass(frozen=True, slots=True)
class PeriodInput:
    """`scope` is "nasional" or "i<id>" of an agency; `first_day` is unused for an extension; `last_day` is included."""

    action: PeriodAction
    kind: PeriodKind
    scope: str
    first_day: date | None
    last_day: date | None
    source: str


def all_periods(session: Session) -> list[Period]:
    return list(session.exec(select(Period).order_by(col(Period.starts_at).desc())))


def _midnight(day: date, zone: object) -> datetime:
    return datetime.combine(day, time(), zone)  # type: ignore[arg-type]


def build_period(session: Session, actor: Actor, given: PeriodInput, agency: Instansi | None) -> Period:
    """The row, not yet stored. Raises UserError if it contradicts another period."""
    zone = zone_of(agency.timezone if agency else Zone.WIB).info
    same = [
        row
        for row in all_periods(session)
        if row.kind is given.kind and row.instansi_id == (agency.id if agency else None)
    ]
    extended = max(same, key=lambda row: row.ends_at, default=None)
    _check_fields(given, extended)
    last = _midnight(given.last_day or date.min, zone) + timedelta(days=1)
    if given.action is PeriodAction.EXTEND and extended is not None:
        starts_at = extended.ends_at
        if last <= starts_at or last <= clock.now():
            raise FormError({"selesai": "Hari terakhir yang baru harus sesudah hari terakhir sekarang dan hari ini."})
    else:
        starts_at = _midnight(given.first_day or date.min, zone)
        _check_length(starts_at, last)
        _check_new(starts_at, last, same, agency)
    _check_length(starts_at, last)
    if agency is not None and not actor.may(Permission.PERIOD_NATIONAL):
        _check_limits(session, given.kind, starts_at, last, extending=given.action is PeriodAction.EXTEND)
    return Period(
        kind=given.kind,
        instansi_id=agency.id if agency else None,
        starts_at=starts_at,
        ends_at=last,
        extends=given.action is PeriodAction.EXTEND,
        legal_source=" ".join(given.source.split()),
    )


def _check_fields(given: PeriodInput, extended: Period | None) -> None:
    faults = {}
    if given.action is PeriodAction.EXTEND and extended is None:
        raise UserError("Belum ada periode sejenis untuk tempat itu. Buat periode baru.", "tindakan")
    if given.action is PeriodAction.CREATE and given.first_day is None:
        faults["mulai"] = "Isi hari pertama, misalnya 15-08-2026."
    if given.last_day is None:
        faults["selesai"] = "Isi hari terakhir, misalnya 14-09-2026."
    for field, day in (("mulai", given.first_day), ("selesai", given.last_day)):
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            faults[field] = "Periksa tahunnya."
    source = " ".join(given.source.split())
    if not source or len(source) > MAX_SOURCE:
        faults["dasar"] = f"Isi dasar penetapan, misalnya nomor surat; paling banyak {MAX_SOURCE} karakter."
    if faults:
        raise FormError(faults)


def _check_new(starts_at: datetime, last: datetime, same: Sequence[Period], agency: Instansi | None) -> None:
    if last <= starts_at:
        raise FormError({"selesai": "Hari terakhir harus sama dengan atau sesudah hari pertama."})
    if last <= clock.now():
        raise FormError({"selesai": "Periode ini sudah lewat. Pilih hari terakhir hari ini atau sesudahnya."})
    clash = next((row for row in same if row.starts_at < last and starts_at < row.ends_at), None)
    if clash is not None:
        shown = format_dates(clash.starts_at, clash.ends_at, agency.timezone if agency else Zone.WIB)
        raise FormError({"mulai": f"Bertumpukan dengan periode yang ada ({shown}). Perpanjang periode itu."})


def _check_length(starts_at: datetime, last: datetime) -> None:
    if last - starts_at > timedelta(days=366 * MAX_YEARS):
        raise FormError({"selesai": f"Periode paling lama {MAX_YEARS} tahun. Periksa tahunnya."})


def _check_limits(session: Session, kind: PeriodKind, starts_at: datetime, last: datetime, *, extending: bool) -> None:
    """An agency stays within the periods that BKN has published for the country, if any."""
    national = [row for row in all_periods(session) if row.kind is kind and row.instansi_id is None]
    if not national:
        return
    first, end = min(row.starts_at for row in national), max(row.ends_at for row in national)
    slack = timedelta(hours=2)  # widest difference between Indonesian time zones
    if starts_at < first - slack and not extending:
        raise FormError(
            {"mulai": f"Tidak boleh sebelum periode nasional dibuka ({format_moment_compact(first, Zone.WIB)})."}
        )
    if last > end + slack:
        end_shown = format_moment_compact(last_moment(end), Zone.WIB)
        raise FormError(
            {"selesai": f"Tidak boleh melewati periode nasional ({end_shown}). Mintalah perpanjangan kepada BKN."}
        )
