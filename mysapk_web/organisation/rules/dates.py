"""A day as people type it: day first, as on every form of the portal."""

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
    """What was typed is no day that can be meant. `str()` is a sentence for the user."""


def parse_date(text: str) -> date | None:
    """Read a date written as 1990-08-17, 17-08-1990, 17/08/1990, 17.08.1990 or 17081990; None where it is none."""
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
    """Write a day as it is typed, e.g. "17-08-1990"."""
    return f"{day.day:02d}-{day.month:02d}-{day.year:04d}"


def as_typed(text: str) -> str:
    """Write a day of any form as it is typed; what is no day stays as it is."""
    day = parse_date(text)
    return format_typed_date(day) if day else text


def parse_day_field(text: str, label: str) -> date | None:
    """Read a day of a form or a filter.

    Raises:
        DateError: it is no day, or of a year that nobody means.
    """
    if not text.strip():
        return None
    day = parse_date(text)
    if day is None:
        raise DateError(f"{label} harus tanggal yang benar, misalnya 24-08-2026.")
    if day.year not in YEARS:
        raise DateError(f"{label}: periksa tahunnya.")
    return day


def start_of_day(day: date | None, timezone: str, *, after: bool = False) -> datetime | None:
    """When a day begins in a zone; None for no day."""
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=1 if after else 0), time(), zone_of(timezone).info)
