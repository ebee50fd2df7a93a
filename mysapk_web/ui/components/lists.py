"""Lists whose filters are in the URL: reading and writing it, the filter form, totals, downloads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import urlencode

import reflex as rx

from mysapk_web.platform.pagination import MAX_ROWS, Page
from mysapk_web.platform.rules.formatting import format_number as in_words
from mysapk_web.platform.rules.text import strip_unstorable
from mysapk_web.ui.components.behaviour import Form, NativeForm, UrlBoundInput, UrlBoundSelect
from mysapk_web.ui.components.forms import field_attrs, form_group, hidden, submit_button

MAX_VALUE_LENGTH: Final = 100
"""Longest value in a URL; pages write no longer ones."""


def url_parameter(url: Any, name: str) -> str:
    """One value of a page's URL. It comes from the browser: anything may be there."""
    value = url.query_parameters.get(name, "")
    return strip_unstorable(value).strip() if isinstance(value, str) and len(value) <= MAX_VALUE_LENGTH else ""


def url_with(path: str, values: Mapping[str, str], page: int = 1) -> str:
    """The URL of a list with its non-empty filters. Never put a NIP or a name into it."""
    paged = {**values, "halaman": str(page)} if page > 1 else values
    query = urlencode({name: value for name, value in paged.items() if value})
    return f"{path}?{query}" if query else path


def filter_field(
    name: str,
    label: str,
    value: Any,
    *,
    help_text: str = "",
    kind: str = "text",
    input_mode: str = "text",
    **props: Any,
) -> rx.Component:
    control = UrlBoundInput.create(
        name=name,
        value=value,
        class_name="input",
        custom_attrs=field_attrs(
            name, has_help=bool(help_text), spoken={"type": kind, "inputMode": input_mode, "spellCheck": "false"}
        ),
        **{"auto_complete": "off", **props},
    )
    return form_group(name, label, help_text, control)


def filter_select(name: str, label: str, value: Any, options: Iterable[tuple[str, str]]) -> rx.Component:
    control = UrlBoundSelect.create(
        *(rx.el.option(words, value=option) for option, words in options),
        name=name,
        value=value,
        class_name="input",
        custom_attrs=field_attrs(name, has_help=False),
    )
    return form_group(name, label, "", control)


def filter_form(*fields: rx.Component, narrow: Any, narrowed: Any, path: str, kind: str = "primary") -> rx.Component:
    return Form.create(
        *fields,
        rx.el.div(
            submit_button("Tampilkan", "Mencari ...", kind=kind),
            rx.cond(narrowed, rx.el.a("Hapus saringan", href=path, class_name="button-quiet")),
            class_name="buttons",
        ),
        on_submit=narrow,
        action=path,
        class_name="filter",
    )


def format_found(found: Page[Any], noun: str = "pegawai", *, file: bool) -> str:
    advice = "persempit dengan saringan" + (", atau unduh semuanya." if file else ".")
    if found.has_more and found.total > MAX_ROWS:
        return f"{in_words(found.total)} {noun}; {in_words(MAX_ROWS)} yang pertama dapat dibuka di sini; {advice}"
    if found.has_more:
        return f"Lebih dari {in_words(found.total)} {noun}; {advice}"
    return f"{in_words(found.total)} {noun}"


def download_form(report: str, fields: Mapping[str, Any]) -> rx.Component:
    return download_formats_form("/admin/unduh", {"daftar": report, **fields})


def download_formats_form(action: str, fields: Mapping[str, Any], *, xlsx: Any = True) -> rx.Component:
    """A native form with a button per file format; its fields go into the body rather than the URL."""
    return NativeForm.create(
        *(hidden(name, value) for name, value in fields.items()),
        rx.el.div(
            _kind("csv", "Unduh CSV"),
            rx.cond(xlsx, _kind("xlsx", "Unduh XLSX")),
            class_name="buttons",
        ),
        method="post",
        action=action,
    )


def _kind(kind: str, label: str) -> rx.Component:
    return rx.el.button(label, type="submit", name="bentuk", value=kind, class_name="button button-secondary")
