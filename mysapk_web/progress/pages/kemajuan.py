"""`/admin`: how far the activation is, by unit, by kind of employment, and over the last weeks."""

from __future__ import annotations

from typing import ClassVar, Final

import reflex as rx

from mysapk_web.platform.rules.formatting import format_number
from mysapk_web.progress.pages.progress_state import Dashboard, ProgressState
from mysapk_web.progress.pages.progress_view import dashboard_page
from mysapk_web.progress.report import ACTIVATION, Snapshot, Tally
from mysapk_web.progress.rules import Measure
from mysapk_web.ui.state import AppState


def _people(measure: Measure, tally: Tally) -> str:
    return f"{format_number(tally[measure])} pegawai"


ACTIVATION_DASHBOARD: Final = Dashboard(
    kind=ACTIVATION,
    view="aktivasi",
    path="/admin",
    aside="/admin/pdm",
    people="/admin/belum-aktif",
    sanctions="/admin/sanksi",
    figures=(
        ("Pegawai", lambda tally: tally.people),
        ("Sudah aktivasi", lambda tally: tally[Measure.ACTIVE]),
        ("Belum", lambda tally: tally.people - tally[Measure.ACTIVE]),
    ),
    daily=(("Pegawai", lambda tally: tally.people), ("Sudah aktivasi", lambda tally: tally[Measure.ACTIVE])),
    facts=(
        ("Tanpa alamat email", lambda tally: _people(Measure.NO_EMAIL, tally)),
        ("Akun dinonaktifkan", lambda tally: _people(Measure.DISABLED, tally)),
    ),
    title="Kemajuan aktivasi",
    subject="Aktivasi",
    reached="sudah mengaktifkan akun",
    missing="Belum mengaktifkan",
    most_missing="Terbanyak belum aktivasi",
    unreached="belum aktivasi",
    history="Dari ",
)


class KemajuanState(ProgressState, AppState):
    DASHBOARD: ClassVar = ACTIVATION_DASHBOARD

    direct: str = ""
    """About the people who are in no unit below the node."""

    def _show(self, found: Snapshot) -> None:
        super()._show(found)
        shown = self._share(found.direct)
        people, reached, _ = shown["figures"]
        self.direct = (
            f"Langsung di unit ini, tidak di unit bawahan: {reached} dari {people} pegawai sudah aktivasi "
            f"({shown['share']})."
            if found.direct.people > 0
            else ""
        )


def kemajuan() -> rx.Component:
    return dashboard_page(
        KemajuanState,
        units_caption="Aktivasi menurut unit",
        below_note=rx.cond(KemajuanState.direct, rx.el.p(KemajuanState.direct, class_name="help mt-4")),
    )
