"""`/admin/impor`: every kind of import, with templates, preview, progress and what was imported before."""

from __future__ import annotations

import reflex as rx

from mysapk_web.accounts.pages.components.reauthentication import reauthentication_dialog
from mysapk_web.administration.pages.components.imports_places import ALL_PLACE, ALL_WORDS
from mysapk_web.administration.pages.components.imports_state import MAY, ImporState
from mysapk_web.administration.pages.components.imports_view import imports
from mysapk_web.ui.access import handler
from mysapk_web.ui.components.display import skeleton
from mysapk_web.ui.components.forms import form_messages
from mysapk_web.ui.shell import ShellState, page
from mysapk_web.ui.state import AppState


class ImporDataState(AppState):
    """Whether the page is filled."""

    ready: bool = False

    @handler(MAY)
    async def load(self) -> None:
        """What the address asks for."""
        self.faults, self.notice = {}, ""
        await (await self.get_state(ShellState))._fill()
        state = await self.get_state(ImporState)
        await state._load(everything=True)
        self.ready = True


def impor() -> rx.Component:
    """The page."""
    return page(
        form_messages(),
        rx.el.h1("Impor data"),
        rx.el.p(
            "Masukkan data pegawai, riwayat, alamat email, atau tabel referensi dari berkas. "
            "Isinya diperiksa dan dapat Anda lihat sebelum diterapkan.",
            class_name="lead",
        ),
        rx.cond(
            ImporDataState.ready,
            imports(ALL_WORDS),
            rx.cond(AppState.faults, rx.fragment(), skeleton(6)),
        ),
        reauthentication_dialog(),
        current=ALL_PLACE.path,
    )
