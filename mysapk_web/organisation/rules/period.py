"""Periods: which one counts, and its phase (Keputusan Kepala BKN 87/2021)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from mysapk_web.platform.rules.timezones import format_moment_compact

CLOSING_DAYS: Final = 7
"""From this many days before the end the banner says that the period is closing."""

YEARS: Final = range(2000, 2201)
"""Plausible years in a form or filter; near the limits of the calendar time zones can't be converted."""


class PeriodKind(StrEnum):
    AKTIVASI = "AKTIVASI"
    PDM = "PDM"
    VERIFIKASI = "VERIFIKASI"


class Phase(StrEnum):
    NONE = "NONE"
    NOT_OPEN = "NOT_OPEN"
    OPEN = "OPEN"
    CLOSING = "CLOSING"
    CLOSED = "CLOSED"


def last_moment(ends_at: datetime) -> datetime:
    """23.59 of a day rather than 00.00 of the next, for an exclusive end."""
    return ends_at - timedelta(microseconds=1)


def format_dates(starts_at: datetime, ends_at: datetime, timezone: str) -> str:
    """Such as "1 Agustus 2026 00.00 WIB sampai 31 Agustus 2026 23.59 WIB"; the end is exclusive."""
    return (
        f"{format_moment_compact(starts_at, timezone)} sampai {format_moment_compact(last_moment(ends_at), timezone)}"
    )


@dataclass(frozen=True, slots=True)
class PeriodWindow:
    """A published period, from `starts_at` until before `ends_at`; `extends`: prolongs another of the same scope."""

    kind: PeriodKind
    starts_at: datetime
    ends_at: datetime
    instansi_id: int | None = None
    extends: bool = False

    def __post_init__(self) -> None:
        _require_aware(self.starts_at, self.ends_at)
        if self.ends_at <= self.starts_at:
            raise ValueError("a period ends after it starts")

    @property
    def last_moment(self) -> datetime:
        return last_moment(self.ends_at)


@dataclass(frozen=True, slots=True)
class PeriodStatus:
    """The period that counts, its phase, and the calendar days in the agency's zone until it opens or to its last day."""

    kind: PeriodKind
    phase: Phase
    period: PeriodWindow | None
    days_left: int

    @property
    def is_open(self) -> bool:
        return self.phase in (Phase.OPEN, Phase.CLOSING)


def effective_period(periods: Iterable[PeriodWindow], kind: PeriodKind, now: datetime) -> PeriodWindow | None:
    """The period that counts for one instansi: running now (the one ending last), else the next, else the last.

    Rows of the instansi win over national rows as a whole: as soon as it has one of this kind, national ones are ignored. An
    extension that starts before or at the end of what it prolongs is joined to it; one that starts later is a period of its
    own, after a pause.
    """
    _require_aware(now)
    rows = [period for period in periods if period.kind is kind]
    spans = _join_extensions([row for row in rows if row.instansi_id is not None] or rows)
    running = [span for span in spans if span.starts_at <= now < span.ends_at]
    if running:
        return max(running, key=lambda span: span.ends_at)
    coming = [span for span in spans if span.starts_at > now]
    if coming:
        return min(coming, key=lambda span: span.starts_at)
    return max(spans, key=lambda span: span.ends_at, default=None)


def last_ended(periods: Iterable[PeriodWindow], kind: PeriodKind, now: datetime) -> PeriodWindow | None:
    """The period of one instansi that ended last, whatever runs or follows; with its effective end.

    Rows of the instansi win from when the first of them begins: one that is only published undoes nothing that has ended. A
    row that ends while another continues, or begins, ended nothing.
    """
    _require_aware(now)
    rows = [period for period in periods if period.kind is kind and period.starts_at <= now]
    spans = _join_extensions([row for row in rows if row.instansi_id is not None] or rows)
    ended = [
        span
        for span in spans
        if span.ends_at <= now and not any(other.starts_at <= span.ends_at < other.ends_at for other in spans)
    ]
    return max(ended, key=lambda span: span.ends_at, default=None)


def period_status(periods: Iterable[PeriodWindow], kind: PeriodKind, now: datetime, zone: ZoneInfo) -> PeriodStatus:
    period = effective_period(periods, kind, now)
    if period is None:
        return PeriodStatus(kind, Phase.NONE, None, 0)
    today = now.astimezone(zone).date()
    if now < period.starts_at:
        days = (period.starts_at.astimezone(zone).date() - today).days
        return PeriodStatus(kind, Phase.NOT_OPEN, period, days)
    if now >= period.ends_at:
        return PeriodStatus(kind, Phase.CLOSED, period, 0)
    last_day = period.last_moment.astimezone(zone).date()
    days = (last_day - today).days
    return PeriodStatus(kind, Phase.CLOSING if days <= CLOSING_DAYS else Phase.OPEN, period, days)


def _join_extensions(rows: list[PeriodWindow]) -> list[PeriodWindow]:
    spans: list[PeriodWindow] = []
    for row in sorted(rows, key=lambda period: (period.starts_at, period.extends)):
        last = max(spans, key=lambda span: span.ends_at, default=None)
        if row.extends and last is not None and row.starts_at <= last.ends_at:
            spans.remove(last)
            spans.append(replace(last, ends_at=max(last.ends_at, row.ends_at), extends=True))
        else:
            spans.append(row)
    return spans


def _require_aware(*moments: datetime) -> None:
    if any(moment.tzinfo is None for moment in moments):
        raise ValueError("periods are compared in aware datetimes only")
