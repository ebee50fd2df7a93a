"""Navigation of the pages of progress: the path to a node, other nodes in scope, and the choice of dashboard."""

from __future__ import annotations

from typing import Any, TypedDict

import reflex as rx
from reflex.vars import ObjectVar

VIEWS = (("aktivasi", "Aktivasi akun"), ("pdm", "Pemutakhiran data"))


class Crumb(TypedDict):
    """A node as a link."""

    label: str
    href: str


def views(here: str, activation: Any, pdm: Any, label: str) -> rx.Component:
    """The choice between activation and PDM for the same node; `label` names it for screen readers."""
    hrefs = {"aktivasi": activation, "pdm": pdm}
    return rx.el.nav(
        rx.el.ul(
            *(
                rx.el.li(
                    rx.el.a(name, href=hrefs[key], custom_attrs={"aria-current": "page"} if key == here else {}),
                )
                for key, name in VIEWS
            )
        ),
        class_name="views",
        custom_attrs={"aria-label": label},
    )


def step(item: ObjectVar[Crumb]) -> rx.Component:
    return rx.el.li(rx.el.a(item["label"], href=item["href"]))


def crumbs(steps: Any, nama: Any) -> rx.Component:
    return rx.cond(
        steps,
        rx.el.nav(
            rx.el.ol(rx.foreach(steps, step), rx.el.li(nama, custom_attrs={"aria-current": "page"})),
            class_name="crumbs",
            custom_attrs={"aria-label": "Jalur unit"},
        ),
    )


def others(places: Any) -> rx.Component:
    """Where else the scope of the actor begins."""
    return rx.cond(
        places,
        rx.el.div(
            rx.el.p("Lingkup Anda yang lain:", class_name="help"),
            rx.el.ul(rx.foreach(places, step), class_name="links"),
            class_name="mt-4",
        ),
    )
