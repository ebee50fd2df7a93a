"""Date fields: typed day first, with a calendar. `organisation.rules.dates` parses them."""

from __future__ import annotations

from typing import Any, Final

import reflex as rx

from mysapk_web.ui.components.forms import field_attrs, form_group
from mysapk_web.ui.components.local import LocalComponent


class DateInput(LocalComponent):
    """What is typed belongs to the browser, until the value changes."""

    library = "$/public/fields.jsx"
    tag = "DateInput"

    name: rx.Var[str]
    value: rx.Var[str]
    label: rx.Var[str]
    """Accessible name of the calendar."""


def date_field(name: str, label: str, value: Any = "", *, help_text: str = "") -> rx.Component:
    return _field(name, label, value, f"{help_text} {DATE_HELP}".strip())


def filter_date(name: str, label: str, value: Any) -> rx.Component:
    return _field(name, label, value, "Misalnya 17-08-2020.")


def _field(name: str, label: str, value: Any, help_text: str) -> rx.Component:
    control = DateInput.create(
        name=name,
        value=value,
        label=label,
        class_name="input input-short",
        custom_attrs=field_attrs(name, has_help=True, spoken={"spellCheck": "false"}),
    )
    return form_group(name, label, help_text, control)


DATE_HELP: Final = "Tanggal-bulan-tahun, misalnya 17-08-2020."
