from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_components_core.el.elements.inline import A

from mysapk_web.ui.components.display import card


def contact_card(item: Any, *above: rx.Component) -> rx.Component:
    """Missing ways to reach a helpdesk are left out; `above` replaces its name as the heading."""
    return card(
        *(above or (rx.el.h3(item["name"], class_name="mb-4"),)),
        rx.el.dl(
            _line(item["phone"], "Telepon", A.create(item["phone"], href=f"tel:{item['phone']}")),
            _line(item["email"], "Email", A.create(item["email"], href=f"mailto:{item['email']}")),
            _line(item["website"], "Situs", A.create(item["website"], href=item["website"], rel="noreferrer")),
            _line(
                item["complaint_url"],
                "Keluhan",
                A.create("Sampaikan keluhan", href=item["complaint_url"], rel="noreferrer"),
            ),
            _line(item["service_hours"], "Jam layanan", rx.el.span(item["service_hours"])),
            class_name="facts",
        ),
    )


def _line(value: rx.Var[str], term: str, shown: rx.Component) -> rx.Component:
    return rx.cond(value, rx.el.div(rx.el.dt(term), rx.el.dd(shown)))
