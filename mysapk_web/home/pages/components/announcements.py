"""Announcements as people read them, on `/beranda` and `/bantuan`."""

from __future__ import annotations

from typing import Any, TypedDict

import reflex as rx
from reflex.vars import ObjectVar

from mysapk_web.administration.announcements import AnnouncementView


class AnnouncementRow(TypedDict):
    judul: str
    lines: list[str]
    place: str


def announcement_rows(views: list[AnnouncementView]) -> list[AnnouncementRow]:
    return [
        {"judul": view.title, "lines": [line for line in view.body.splitlines() if line], "place": view.publisher}
        for view in views
    ]


def _one(item: ObjectVar[AnnouncementRow]) -> rx.Component:
    return rx.el.li(
        rx.el.h3(item["judul"]),
        rx.foreach(item["lines"], lambda line: rx.el.p(line)),
        rx.el.p(item["place"], class_name="help"),
        class_name="notice notice-info grid gap-1",
    )


def announcements(items: Any) -> rx.Component:
    """Nothing while there are none."""
    return rx.cond(
        items,
        rx.el.section(
            rx.el.h2("Pengumuman"),
            rx.el.ul(rx.foreach(items, _one), class_name="grid gap-4"),
            class_name="section",
        ),
    )
