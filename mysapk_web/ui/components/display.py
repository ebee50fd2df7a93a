"""Components that only show: boxes, badges, tables, tiles, lists, empty and loading states, dialogs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import reflex as rx

from mysapk_web.ui.components.behaviour import Dialog, DialogButton


def notice_box(*children: Any, kind: str = "info") -> rx.Component:
    return rx.el.div(*children, class_name=f"notice notice-{kind}")


def badge(text: Any, kind: Any = "plain") -> rx.Component:
    """A short state in words; the colour only repeats it."""
    return rx.el.span(text, class_name=f"badge badge-{kind}")


def section(heading: str, *children: Any, **props: Any) -> rx.Component:
    return rx.el.section(rx.el.h2(heading), *children, **{"class_name": "section", **props})


def card(*children: Any, **props: Any) -> rx.Component:
    return rx.el.div(*children, **{"class_name": "card", **props})


def description_list(*pairs: tuple[str, Any]) -> rx.Component:
    return rx.el.dl(*(rx.el.div(rx.el.dt(term), rx.el.dd(value)) for term, value in pairs), class_name="facts")


def table(caption: str, heads: Sequence[str], rows: Any) -> rx.Component:
    """Becomes a list of blocks on narrow screens: build every cell with `table_cell`."""
    return rx.el.table(
        rx.el.caption(caption, class_name="sr-only"),
        rx.el.thead(rx.el.tr(*(rx.el.th(head, scope="col") for head in heads), role="row"), role="rowgroup"),
        rx.el.tbody(rows, role="rowgroup"),
        role="table",
        class_name="table",
    )


def table_row(*cells: rx.Component) -> rx.Component:
    """Roles are repeated because narrow screens show it as a block."""
    return rx.el.tr(*cells, role="row")


def table_cell(head: str, *content: Any) -> rx.Component:
    """Carries its column head along on narrow screens."""
    return rx.el.td(*content, role="cell", custom_attrs={"data-label": head})


def tiles(*children: Any) -> rx.Component:
    return rx.el.ul(*children, class_name="tiles")


def tile(heading: str, text: Any, href: str) -> rx.Component:
    """The whole block is the link."""
    return rx.el.li(rx.el.a(heading, href=href), rx.el.p(text), class_name="tile")


def empty(text: Any) -> rx.Component:
    """Say that there is nothing, and why that is no fault."""
    return rx.el.p(text, class_name="empty")


def skeleton(lines: int = 3) -> rx.Component:
    return rx.el.div(
        rx.el.p("Memuat data ...", class_name="sr-only"),
        *(rx.el.div(class_name="skeleton", custom_attrs={"aria-hidden": "true"}) for _ in range(lines)),
        role="status",
    )


def dialog(heading: Any, *children: Any, ident: str, **props: Any) -> rx.Component:
    """Opened by `dialog_button`, or at once with `open=True`."""
    return Dialog.create(
        rx.el.h2(heading, custom_attrs={"id": f"{ident}-judul"}),
        *children,
        class_name="dialog",
        custom_attrs={"id": ident, "aria-labelledby": f"{ident}-judul"},
        **props,
    )


def label_of(value: Any, labels: Mapping[Any, str]) -> Any:
    """Empty for anything but a value of the enum."""
    return rx.match(value, *((str(key), label) for key, label in labels.items()), "")


def dialog_button(label: Any, opens: Any, *, kind: str = "secondary") -> rx.Component:
    return DialogButton.create(label, opens=opens, class_name=f"button button-{kind}")


def cancel_button(label: str = "Batal") -> rx.Component:
    """Closes the dialog around it, natively."""
    return rx.el.button(
        label, type="submit", form_method="dialog", form_no_validate=True, class_name="button button-secondary"
    )
