"""Decoding stored JSON: only what the declaration of the kind knows gets out of the database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mysapk_web.pdm.rules.groups.base import RecordKind
from mysapk_web.pdm.rules.groups.fields import Field, FieldKind, Value

_NUMBERS: Final = frozenset({FieldKind.INTEGER, FieldKind.YEAR})


def decode_payload(kind: RecordKind, payload: Mapping[str, Any] | None) -> dict[str, Value]:
    """A value for every field, of a type that it may have; None if there is none.

    Text is accepted where a number belongs: a draft keeps what can't be parsed as it was typed.
    """
    stored = payload if isinstance(payload, Mapping) else {}
    return {field.name: _value(field, stored.get(field.name)) for field in kind.fields}


def editable_values(kind: RecordKind, payload: Mapping[str, Any] | None) -> dict[str, Value]:
    """`decode_payload` without the read-only fields."""
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
