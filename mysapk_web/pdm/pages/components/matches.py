from __future__ import annotations

from typing import Any

import reflex as rx


def matches(rows: Any) -> rx.Component:
    """Records and proposals that are the same or similar, each with a link and what differs."""
    return rx.foreach(rows, _match)


def _match(item: Any) -> rx.Component:
    return rx.el.div(
        rx.el.p(
            rx.el.strong(rx.cond(item["same"], "Sama", "Mirip"), f" dengan {item['where']}: "),
            rx.el.a(item["title"], href=item["href"]),
            rx.cond(item["subtitle"], rx.el.span(", ", item["subtitle"])),
        ),
        rx.cond(
            item["differences"],
            rx.fragment(
                rx.el.p("Yang berbeda:"),
                rx.el.ul(rx.foreach(item["differences"], _difference), class_name="bullets"),
            ),
            rx.el.p("Tidak ada isian yang berbeda."),
        ),
        # The reason for a refusal is shown at the field and in the summary.
        rx.cond(item["refused"], rx.fragment(), rx.el.p(item["sentence"])),
        class_name=rx.cond(item["refused"], "notice notice-bad stack mt-4", "notice notice-warn stack mt-4"),
    )


def _difference(change: Any) -> rx.Component:
    return rx.el.li(
        rx.el.strong(change["label"]),
        ": ",
        rx.cond(change["before"], change["before"], "kosong"),
        " di sana, ",
        rx.cond(change["after"], change["after"], "kosong"),
        " pada usulan ini",
    )
