"""Reading stored JSON back: whatever stands in the database, nothing but what the declaration knows leaves it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mysapk_web.pdm.rules.groups.base import RecordKind
from mysapk_web.pdm.rules.groups.fields import Field, FieldKind, Value

_NUMBERS: Final = frozenset({FieldKind.INTEGER, FieldKind.YEAR})


def decode_payload(kind: RecordKind, payload: Mapping[str, Any] | None) -> dict[str, Value]:
    """The values of a stored record that its declaration knows, each of a type that it may have.

    A draft may hold text where a number is expected: what could not be read is kept as it was typed.

    Returns:
        A value for every field, read-only ones included; None where there is none or none that can be.
    """
    stored = payload if isinstance(payload, Mapping) else {}
    return {field.name: _value(field, stored.get(field.name)) for field in kind.fields}


def editable_values(kind: RecordKind, payload: Mapping[str, Any] | None) -> dict[str, Value]:
    """The same, reduced to what a person may propose."""
    stored = payload if isinstance(payload, Mapping) else {}
    return {field.name: _value(field, stored.get(field.name)) for field in kind.fields if not field.read_only}


def _value(field: Field, value: object) -> Value:
    if field.kind is FieldKind.BOOLEAN:
        return value if isinstance(value, bool) else None
    if isinstance(value, str):
        return value
    if field.kind in _NUMBERS and isinstance(value, int) and not isinstance(value, bool):
        return value
    return None
