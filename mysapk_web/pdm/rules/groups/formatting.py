"""Stored values as people read them: dates, codes, masks."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from mysapk_web.organisation.rules.email import mask_email
from mysapk_web.pdm.rules.groups.fields import Codes, Field, FieldKind, PersonFacts, Value, value_or_fact

MONTHS: Final = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)
_MASK: Final = "*****"


def format_date(day: date) -> str:
    """Such as `17 Agustus 2026`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def mask(value: str) -> str:
    """Five stars and the last characters: the owner recognises the value, its length stays hidden.

    Four of ten characters or more, two of six or more; an email address keeps its first letters and its domain.
    """
    if "@" in value:
        return mask_email(value)
    shown = 4 if len(value) >= 10 else 2 if len(value) >= 6 else 0
    return f"{_MASK}{value[len(value) - shown :]}"


def format_value(field: Field, value: Value, codes: Codes, *, reveal: bool = False) -> str:
    """Never fails: what can't be parsed, such as an old imported value, is shown as stored."""
    if value is None or value == "":
        return ""
    words = _words(field, value, codes)
    return mask(words) if field.sensitive and not reveal else words


def _words(field: Field, value: Value, codes: Codes) -> str:
    if isinstance(value, bool):
        return "Ya" if value else "Tidak"
    text = str(value)
    if field.kind is FieldKind.CODE:
        return codes.label(field.table, text) or text
    if field.kind is FieldKind.DECIMAL:
        return text.replace(".", ",")
    if field.kind is FieldKind.DATE:
        try:
            return format_date(date.fromisoformat(text))
        except ValueError:
            return text
    return text


def choice_parent(field: Field, payload: Mapping[str, Value], person: PersonFacts) -> str:
    """The parent code that limits the choices of a CODE; empty for all."""
    if not field.parent:
        return ""
    value = value_or_fact(field.parent, payload, person)
    return value if isinstance(value, str) else ""
