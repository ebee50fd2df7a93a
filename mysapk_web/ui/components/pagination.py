from __future__ import annotations

from typing import Any

import reflex as rx


def pager(number: Any, pages: Any, previous: rx.Component, following: rx.Component, **status: Any) -> rx.Component:
    """Nothing while there is one page only."""
    return rx.cond(
        pages > 1,
        rx.el.nav(
            rx.cond(number > 1, previous),
            rx.el.span(f"Halaman {number} dari {pages}", **status),
            rx.cond(number < pages, following),
            class_name="pager",
            custom_attrs={"aria-label": "Halaman daftar"},
        ),
    )


def link_pager(number: Any, pages: Any, before: Any, after: Any) -> rx.Component:
    """For lists whose page is in the URL: `before` and `after` are the URLs of the neighbours."""
    return pager(number, pages, _link("Sebelumnya", before), _link("Berikutnya", after))


def button_pager(number: Any, pages: Any, turn: Any) -> rx.Component:
    """For lists shown in place by `turn`, a handler that takes the number of a page."""
    return pager(
        number, pages, _button("Sebelumnya", turn(number - 1)), _button("Berikutnya", turn(number + 1)), role="status"
    )


def _link(label: str, href: Any) -> rx.Component:
    return rx.el.a(label, href=href, class_name="button button-secondary")


def _button(label: str, on_click: Any) -> rx.Component:
    return rx.el.button(label, type="button", on_click=on_click, class_name="button button-secondary")
