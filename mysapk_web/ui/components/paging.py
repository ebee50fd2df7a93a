"""Going from one page of a list to the next."""

from __future__ import annotations

from typing import Any

import reflex as rx


def pager(number: Any, pages: Any, turn: Any) -> rx.Component:
    """Where one is, with a way back and a way on; nothing while there is one page only."""
    return rx.cond(
        pages > 1,
        rx.el.nav(
            rx.cond(
                number > 1,
                rx.el.button(
                    "Sebelumnya", type="button", on_click=turn(number - 1), class_name="button button-secondary"
                ),
            ),
            rx.el.span(f"Halaman {number} dari {pages}", role="status"),
            rx.cond(
                number < pages,
                rx.el.button(
                    "Berikutnya", type="button", on_click=turn(number + 1), class_name="button button-secondary"
                ),
            ),
            class_name="pager",
            custom_attrs={"aria-label": "Halaman daftar"},
        ),
    )
