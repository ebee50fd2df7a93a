"""Indonesia's three time zones, and moments as people there write them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

_MOMENT: Final = "d MMMM y 'pukul' HH.mm"
_COMPACT: Final = "d MMMM y HH.mm"
_WITH_WEEKDAY: Final = "EEEE, d MMMM y 'pukul' HH.mm"
_CLOCK_TIME: Final = "HH.mm.ss"


class Zone(StrEnum):
    """The official abbreviation is also what is stored and shown."""

    WIB = "WIB"
    WITA = "WITA"
    WIT = "WIT"

    @property
    def info(self) -> ZoneInfo:
        return _INFO[self]


_INFO: Final = {
    Zone.WIB: ZoneInfo("Asia/Jakarta"),
    Zone.WITA: ZoneInfo("Asia/Makassar"),
    Zone.WIT: ZoneInfo("Asia/Jayapura"),
}


def zone_of(name: str | None) -> Zone:
    """WIB, the capital's, for anything unknown."""
    return Zone.__members__.get(name or "", Zone.WIB)


def local_date(at: datetime, timezone: str) -> date:
    return at.astimezone(zone_of(timezone).info).date()


def format_moment(at: datetime, timezone: str) -> str:
    """Such as "21 November 2026 pukul 20.11 WIB"."""
    return _format(at, timezone, _MOMENT)


def format_moment_compact(at: datetime, timezone: str) -> str:
    """Such as "21 November 2026 20.11 WIB", for tables and files."""
    return _format(at, timezone, _COMPACT)


def format_moment_with_weekday(at: datetime, timezone: str) -> str:
    """Such as "Sabtu, 21 November 2026 pukul 20.11 WIB"."""
    return _format(at, timezone, _WITH_WEEKDAY)


def format_clock_time(at: datetime, timezone: str) -> str:
    """Such as "20.11.02 WIB"."""
    return _format(at, timezone, _CLOCK_TIME)


def _format(at: datetime, timezone: str, pattern: str) -> str:
    zone = zone_of(timezone)
    return f"{format_datetime(at.astimezone(zone.info), pattern, locale='id')} {zone}"
