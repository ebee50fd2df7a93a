"""`/`: on to the login, or to the home page."""

from __future__ import annotations

from typing import Any

import reflex as rx

from mysapk_web.ui.access import ANYONE, actor_or_none, handler
from mysapk_web.ui.shell import page
from mysapk_web.ui.state import AppState


class AwalState(AppState):
    @handler(ANYONE)
    async def load(self) -> Any:
        return rx.redirect("/masuk" if actor_or_none() is None else "/beranda", replace=True)


def awal() -> rx.Component:
    """Visible for a moment only."""
    return page(
        rx.el.h1("MySAPK Web"),
        rx.el.p("Layanan data kepegawaian ASN.", class_name="lead"),
        rx.el.p(rx.el.a("Masuk", href="/masuk", class_name="button button-primary mt-6")),
    )
