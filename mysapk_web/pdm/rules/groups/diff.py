"""What a proposal changes, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from mysapk_web.pdm.rules.groups.base import RecordKind
from mysapk_web.pdm.rules.groups.fields import Codes, Field, FieldKind, Value
from mysapk_web.pdm.rules.groups.formatting import format_value


@dataclass(frozen=True, slots=True)
class FieldChange:
    """Words on file and words proposed; empty if there is nothing."""

    field: str
    label: str
    before: str
    after: str


def differences(
    kind: RecordKind,
    old: Mapping[str, Value] | None,
    new: Mapping[str, Value] | None,
    codes: Codes,
    *,
    reveal: bool = False,
) -> list[FieldChange]:
    """In the order of the fields, read-only ones left out. Masked values that look alike are listed if they differ.

    Args:
        old: None if a record is added.
        new: None if it is deleted.
    """
    before, after = old or {}, new or {}
    found = []
    for field in kind.editable:
        was, becomes = before.get(field.name), after.get(field.name)
        if _comparable(field, was) != _comparable(field, becomes):
            words = [format_value(field, value, codes, reveal=reveal) for value in (was, becomes)]
            found.append(FieldChange(field.name, field.label, *words))
    return found


def _comparable(field: Field, value: Value) -> str | Decimal | None:
    """A form in which imported and typed values agree."""
    if value is None or value == "" or value is False:
        return None
    if field.kind is FieldKind.DECIMAL:
        try:
            return Decimal(str(value))
        except InvalidOperation:
            return str(value)
    return str(value)
