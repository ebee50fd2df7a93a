"""Checking a whole record against its declaration."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from mysapk_web.pdm.rules.groups.base import RecordKind, RuleInput
from mysapk_web.pdm.rules.groups.fields import Codes, Field, FieldKind, PersonFacts, Value
from mysapk_web.pdm.rules.groups.formatting import choice_parent
from mysapk_web.pdm.rules.groups.values import ValidationContext, parse_value

WHOLE_RECORD: Final = ""
"""Key of a fault that belongs to no field."""


@dataclass(frozen=True, slots=True)
class Validated:
    """A record after the check.

    Attributes:
        payload: every field that may be proposed, canonical and ready for JSON; None where empty or not asked for.
            A value with a fault is kept as cleaned text, so that a draft loses nothing: store it as a draft only.
        faults: a sentence by the name of its field; `""` for the whole record.
        warnings: what deserves a second look; the record may be sent.
    """

    payload: dict[str, Value]
    faults: dict[str, str] = field(default_factory=dict)
    warnings: dict[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether the record may be stored as more than a draft."""
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
    """Check a record and bring it into its stored form.

    Args:
        payload: what a form or an import sent, of any JSON types.
        today: the day that ages and "not in the future" are measured at.

    Returns:
        The canonical record with its faults and warnings. Checking its payload again gives the same payload.
    """
    values: dict[str, Value] = {}
    faults: dict[str, str] = {}
    good: dict[str, Value] = {}
    if not payload.keys() <= {each.name for each in kind.fields}:
        faults[WHOLE_RECORD] = "Isian memuat data yang tidak dikenal. Muat ulang halaman ini, lalu isi kembali."
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
