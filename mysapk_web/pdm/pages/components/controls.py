"""From the declaration of a record to the controls of its form, without Reflex."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal, TypedDict

from mysapk_web.organisation.rules.dates import as_typed
from mysapk_web.pdm.form import FieldView
from mysapk_web.pdm.reference.builtin import CodeEntry
from mysapk_web.pdm.rules.groups.fields import Field, FieldKind, Value
from mysapk_web.ui.components.dates import DATE_HELP

SHORT_LIST: Final = 15
"""Entries that a select shows; longer tables are searched on the server."""

FOUND: Final = 20
"""Entries of a searched list."""

Control = Literal["text", "long", "number", "date", "choice", "list", "yesno", "fixed"]

_NUMERIC: Final = frozenset(
    {FieldKind.INTEGER, FieldKind.YEAR, FieldKind.NIK, FieldKind.KK, FieldKind.NPWP, FieldKind.BPJS, FieldKind.POSTCODE}
)
_PHONES: Final = frozenset({FieldKind.PHONE, FieldKind.TELEPHONE})
_SHORT: Final = frozenset({FieldKind.INTEGER, FieldKind.YEAR, FieldKind.DECIMAL, FieldKind.DATE, FieldKind.POSTCODE})
YES, NO = "ya", "tidak"


class Choice(TypedDict):
    value: str
    label: str


class CodeSearch(TypedDict):
    """The last search."""

    field: str
    text: str
    options: list[Choice]
    more: bool


class VisibilityRule(TypedDict):
    """When a field is asked for, as `assets/pdm.jsx` reads it; without `field`: always."""

    field: str
    values: list[str]
    least: str
    most: str


class FieldRow(TypedDict):
    name: str
    label: str
    control: Control
    help: str
    described: str
    mode: str
    width: str
    value: str
    text: str
    around: str
    parent: str
    options: list[Choice]
    on_file: str
    differs: bool
    unkept: bool


class SectionRow(TypedDict):
    heading: str
    names: list[str]
    fields: list[FieldRow]


NOTHING_FOUND: Final[CodeSearch] = {"field": "", "text": "", "options": [], "more": False}


def code_search(name: str, text: str, entries: Sequence[CodeEntry]) -> CodeSearch:
    """`entries` has one more than are shown, if there are more."""
    options: list[Choice] = [{"value": entry.code, "label": entry.label} for entry in entries[:FOUND]]
    return {"field": name, "text": text, "options": options, "more": len(entries) > FOUND}


def control_of(field: Field, *, options: int, writable: bool) -> Control:
    if field.read_only or not writable:
        return "fixed"
    if field.kind is FieldKind.CODE:
        # Choices that depend on another field change while the form is open: they are searched.
        return "choice" if 0 < options <= SHORT_LIST and not _follows(field) else "list"
    kinds: dict[FieldKind, Control] = {
        FieldKind.LONG_TEXT: "long",
        FieldKind.DATE: "date",
        FieldKind.BOOLEAN: "yesno",
    }
    return kinds.get(field.kind, "number" if field.kind in _NUMERIC else "text")


def _follows(field: Field) -> str:
    """The field whose value narrows the choices; empty for none."""
    return "" if field.parent.startswith("@") else field.parent


def typed_value(field: Field, value: Value) -> str:
    """As a person types it: dates day first, decimals with a comma. A draft may contain what can't be parsed."""
    if field.kind is FieldKind.BOOLEAN:
        return YES if value is True else NO
    if value is None:
        return ""
    text = str(value)
    if field.kind is FieldKind.DATE:
        return as_typed(text)
    return text.replace(".", ",") if field.kind is FieldKind.DECIMAL else text


def read_typed(field: Field, text: str) -> str | bool:
    if field.kind is FieldKind.BOOLEAN:
        return text == YES
    return text


def visibility_rule(field: Field, *, shown: bool) -> VisibilityRule:
    """Conditions on the person are decided by the server; the rest follow the values as they change."""
    condition = field.shown_when
    if condition is None or (condition.field.startswith("@") and shown):
        return {"field": "", "values": [], "least": "", "most": ""}
    return {
        "field": condition.field,
        "values": [_as_typed(value) for value in condition.values],
        "least": "" if condition.at_least is None else str(condition.at_least),
        "most": "" if condition.at_most is None else str(condition.at_most),
    }


def _as_typed(value: str | int | bool) -> str:
    if isinstance(value, bool):
        return YES if value else NO
    return str(value)


def field_row(view: FieldView, *, on_file: str = "", writable: bool = True) -> FieldRow:
    field = view.field
    control = control_of(field, options=len(view.options), writable=writable)
    helps = [field.help, DATE_HELP if control == "date" else ""]
    wanted = " ".join(part for part in helps if part)
    options: list[Choice] = [{"value": value, "label": label} for value, label in view.options]
    return {
        "name": field.name,
        "label": field.label if field.required or control in ("fixed", "yesno") else f"{field.label} (opsional)",
        "control": control,
        "help": wanted,
        "described": f"{field.name}-bantuan" if wanted else "",
        "mode": _mode(field.kind),
        "width": "input input-short" if field.kind in _SHORT else "input",
        "value": typed_value(field, view.value),
        "text": view.text,
        "around": _follows(field),
        "parent": view.parent,
        "options": options if control == "choice" else [],
        "on_file": on_file,
        "differs": view.text != on_file,
        # A masked number leaves nothing in the browser when the session ends (assets/typed.jsx).
        "unkept": field.sensitive and field.kind in _NUMERIC | _PHONES,
    }


def _mode(kind: FieldKind) -> str:
    if kind is FieldKind.DECIMAL:
        return "decimal"
    if kind in _PHONES:
        return "tel"
    if kind is FieldKind.EMAIL:
        return "email"
    return "numeric" if kind in _NUMERIC or kind is FieldKind.DATE else "text"


def sections(fields: Sequence[tuple[str, FieldRow]], unnamed: str) -> list[SectionRow]:
    """Each heading once, in the order of its first field.

    Args:
        unnamed: Heading of fields that have none, if they don't come first.
    """
    found: dict[str, list[FieldRow]] = {}
    for heading, row in fields:
        found.setdefault(heading or (unnamed if found and "" not in found else ""), []).append(row)
    return [
        {"heading": heading, "names": [row["name"] for row in rows], "fields": rows} for heading, rows in found.items()
    ]


def changed_values(sent: object, fields: Mapping[str, Field], limit: int) -> dict[str, str | bool]:
    """What a page sent, reduced to text for fields that the record has.

    Args:
        limit: Characters; longer text is cut, and validation says that it is too long.
    """
    if not isinstance(sent, dict):
        return {}
    return {
        name: read_typed(fields[name], text[:limit])
        for name, text in sent.items()
        if name in fields and not fields[name].read_only and isinstance(text, str)
    }
