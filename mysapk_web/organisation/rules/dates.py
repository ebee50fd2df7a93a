"""Dates as people type them: day first, as on every form of the portal."""

import re
from datetime import date, datetime, time, timedelta
from typing import Final

from mysapk_web.organisation.rules.period import YEARS
from mysapk_web.platform.rules.text import HYPHENS, fold_full_width
from mysapk_web.platform.rules.timezones import zone_of

_ISO: Final = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_INDONESIAN: Final = re.compile(r"([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4})")
_DIGITS: Final = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{4})")
"""The keypad of some phones has digits only."""


class DateError(ValueError):
    """`str()` is a sentence for the user."""


def parse_date(text: str) -> date | None:
    """Accepts 1990-08-17, 17-08-1990, 17/08/1990, 17.08.1990 and 17081990; None for anything else."""
    folded = "".join("-" if each in HYPHENS else each for each in fold_full_width(text).strip())
    found = _ISO.fullmatch(folded)
    parts = found.groups() if found else None
    if parts is None:
        found = _INDONESIAN.fullmatch(folded) or _DIGITS.fullmatch(folded)
        parts = found.groups()[::-1] if found else None
    if parts is None:
        return None
    try:
        return date(int(parts[0]), int(parts[1]), int(parts[2]))
    except ValueError:
        return None


def format_typed_date(day: date) -> str:
    """Such as "17-08-1990"."""
    return f"{day.day:02d}-{day.month:02d}-{day.year:04d}"


def as_typed(text: str) -> str:
    """Any accepted date in the typed form; other text unchanged."""
    day = parse_date(text)
    return format_typed_date(day) if day else text


def parse_day_field(text: str, label: str) -> date | None:
    """None for an empty field. Raises DateError: no date, or an implausible year."""
    if not text.strip():
        return None
    day = parse_date(text)
    if day is None:
        raise DateError(f"{label} harus tanggal yang benar, misalnya 24-08-2026.")
    if day.year not in YEARS:
        raise DateError(f"{label}: periksa tahunnya.")
    return day


def start_of_day(day: date | None, timezone: str, *, after: bool = False) -> datetime | None:
    """Midnight of a day in a time zone, or of the next day (`after`)."""
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=1 if after else 0), time(), zone_of(timezone).info)
