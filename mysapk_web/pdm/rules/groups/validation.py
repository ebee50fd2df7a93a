"""Validation of a whole record against its declaration."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from mysapk_web.pdm.rules.groups.base import RecordKind, RuleInput
from mysapk_web.pdm.rules.groups.fields import Codes, Field, FieldKind, PersonFacts, Value
from mysapk_web.pdm.rules.groups.formatting import choice_parent
from mysapk_web.pdm.rules.groups.values import ValidationContext, parse_value

WHOLE_RECORD: Final = ""
"""Key of an error that belongs to no field."""
UNKNOWN_FIELD: Final = "Isian memuat data yang tidak dikenal. Muat ulang halaman ini, lalu isi kembali."


@dataclass(frozen=True, slots=True)
class Validated:
    payload: dict[str, Value]
    """Every editable field, canonical and ready for JSON; None if empty or not asked for. An invalid value is kept as
    cleaned text so that a draft loses nothing: store it as a draft only."""
    faults: dict[str, str] = field(default_factory=dict)
    """A sentence by field; `""` for the whole record."""
    warnings: dict[str, str] = field(default_factory=dict)
    """By field; the record may be sent."""

    @property
    def ok(self) -> bool:
        return not self.faults


def validate(
    kind: RecordKind,
    payload: Mapping[str, object],
    *,
    codes: Codes,
    today: date,
    person: PersonFacts,
    draft: bool = False,
) -> Validated:
    """Check a record and bring it into its stored form. Idempotent.

    Args:
        payload: From a form or an import, of any JSON types.
        today: Reference date for ages and "not in the future".
        draft: An empty required field is no error yet.
    """
    values: dict[str, Value] = {}
    faults: dict[str, str] = {}
    good: dict[str, Value] = {}
    if not payload.keys() <= {each.name for each in kind.fields}:
        faults[WHOLE_RECORD] = UNKNOWN_FIELD
    for each in kind.fields:
        if each.read_only:
            if payload.get(each.name) not in (None, ""):
                faults[each.name] = f"{each.label} tidak dapat diubah di sini."
            continue
        if not each.shown(good, person):
            values[each.name] = None
            continue
        around = ValidationContext(codes, today, choice_parent(each, good, person))
        reading = parse_value(each, payload.get(each.name), around)
        values[each.name] = reading.value
        fault = reading.fault or ("" if draft else _missing(each, reading.value))
        if fault:
            faults[each.name] = fault
        else:
            good[each.name] = reading.value
    warnings = _apply_rules(kind, RuleInput(good, person, today), faults)
    return Validated(values, faults, warnings)


def _missing(each: Field, value: Value) -> str:
    if not each.required or (value is not None and value is not False):
        return ""
    if each.kind is FieldKind.CODE:
        return f"Pilih {each.label}."
    return f"{each.label} wajib diisi."


def _apply_rules(kind: RecordKind, view: RuleInput, faults: dict[str, str]) -> dict[str, str]:
    warnings: dict[str, str] = {}
    for rule in kind.rules:
        if rule.field in faults or rule.field not in view.values or not rule.broken(view):
            continue
        (warnings if rule.warning else faults).setdefault(rule.field, rule.sentence)
    return warnings
