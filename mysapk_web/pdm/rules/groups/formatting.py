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
    """Write a date as on letters, for example `17 Agustus 2026`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def mask(value: str) -> str:
    """Hide a number or an address so that its owner still recognises it.

    Args:
        value: text; an e-mail address keeps its first letters and its domain.

    Returns:
        Five stars and the last four characters; of a text shorter than ten, the last two; of one shorter than
        six, none. The number of stars never tells the length.
    """
    if "@" in value:
        return mask_email(value)
    shown = 4 if len(value) >= 10 else 2 if len(value) >= 6 else 0
    return f"{_MASK}{value[len(value) - shown :]}"


def format_value(field: Field, value: Value, codes: Codes, *, reveal: bool = False) -> str:
    """Write a stored value as people read it.

    Never fails: what cannot be read, for instance an old value of an import, is shown as it is stored.
    """
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
    """Tell which parent the choices of a CODE have, so that a list offers only those.

    Returns:
        A code of the parent table; empty where all choices stand.
    """
    if not field.parent:
        return ""
    value = value_or_fact(field.parent, payload, person)
    return value if isinstance(value, str) else ""
