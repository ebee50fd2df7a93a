"""What a person has already that is the same as a usulan, or may be: where it is, and in which fields it differs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypedDict

import reflex as rx
from reflex.vars import ObjectVar

from mysapk_web.pdm.views.match import Match


class MatchRow(TypedDict):
    """A record on file, or another usulan, as a page holds it."""

    refused: bool
    lead: str
    title: str
    subtitle: str
    href: str
    sentence: str
    differences: list[list[str]]
    """Label, what it says, what the usulan says."""


def match_rows(found: Iterable[Match]) -> list[MatchRow]:
    """What was found as a state may hold it."""
    return [
        {
            "refused": each.refused,
            "lead": f"{'Sama' if each.same else 'Mirip'} dengan {each.where}: ",
            "title": each.title,
            "subtitle": each.subtitle,
            "href": each.href,
            "sentence": each.sentence,
            "differences": [[change.label, change.before, change.after] for change in each.differences],
        }
        for each in found
    ]


def matches(rows: Any) -> rx.Component:
    """What was found, each with a link to it; nothing where there is nothing."""
    return rx.foreach(rows, _match)


def _match(item: ObjectVar[MatchRow]) -> rx.Component:
    return rx.el.div(
        rx.el.p(
            rx.el.strong(item["lead"]),
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
        # Why it is refused is said at the field and in the summary.
        rx.cond(item["refused"], rx.fragment(), rx.el.p(item["sentence"])),
        class_name=rx.cond(item["refused"], "notice notice-bad stack mt-4", "notice notice-warn stack mt-4"),
    )


def _difference(change: Any) -> rx.Component:
    return rx.el.li(
        rx.el.strong(change[0]),
        ": ",
        rx.cond(change[1], change[1], "kosong"),
        " di sana, ",
        rx.cond(change[2], change[2], "kosong"),
        " pada usulan ini",
    )
