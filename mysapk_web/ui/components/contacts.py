from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_components_core.el.elements.inline import A

from mysapk_web.ui.components.display import card


def contact_card(item: Any, *above: rx.Component) -> rx.Component:
    """Missing ways to reach a helpdesk are left out; `above` replaces its name as the heading."""
    return card(
        *(above or (rx.el.h3(item["nama"], class_name="mb-4"),)),
        rx.el.dl(
            _line(item["telepon"], "Telepon", A.create(item["telepon"], href=f"tel:{item['telepon']}")),
            _line(item["email"], "Email", A.create(item["email"], href=f"mailto:{item['email']}")),
            _line(item["situs"], "Situs", A.create(item["situs"], href=item["situs"], rel="noreferrer")),
            _line(
                item["keluhan_url"],
                "Keluhan",
                A.create("Sampaikan keluhan", href=item["keluhan_url"], rel="noreferrer"),
            ),
            _line(item["jam_layanan"], "Jam layanan", rx.el.span(item["jam_layanan"])),
            class_name="facts",
        ),
    )


def _line(value: rx.Var[str], term: str, shown: rx.Component) -> rx.Component:
    return rx.cond(value, rx.el.div(rx.el.dt(term), rx.el.dd(shown)))
