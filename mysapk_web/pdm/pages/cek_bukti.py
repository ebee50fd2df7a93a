"""`/cek-bukti/<segel>`: for everybody who holds a proof: whether it is true, and nothing more than is printed on it."""

from __future__ import annotations

import reflex as rx

from mysapk_web.pdm.pages.components.usulan import chip
from mysapk_web.pdm.proof import public_check
from mysapk_web.platform import executors
from mysapk_web.ui.access import ANYONE, handler, visitor
from mysapk_web.ui.components.display import facts, inset, skeleton
from mysapk_web.ui.components.forms import outcome
from mysapk_web.ui.formatting import moment, part_of_path
from mysapk_web.ui.shell import page
from mysapk_web.ui.state import AppState


class CekBuktiState(AppState):
    """What is said of one proof."""

    ready: bool = False
    genuine: bool = False
    newest: bool = True
    nomor: str = ""
    at: str = ""
    nama: str = ""
    instansi: str = ""
    _told_of: str = ""
    """Mark of the proof that is shown: a connection that comes back loads the page once more, which is no further check."""

    @handler(ANYONE)
    async def load(self) -> None:
        """Look the proof up."""
        token = part_of_path(self.router.url.path, 1)[:200]
        if self.ready and self._told_of == token:
            return
        self.faults, self.notice, self.ready, self.genuine = {}, "", False, False
        found = await executors.run(public_check, visitor=visitor(), token=token)
        self.genuine = found is not None
        if found is not None:
            self.nomor, self.nama, self.instansi = found.number, found.nama, found.instansi
            self.newest = found.newest
            self.at = moment(found.at, found.zona)
        self.ready, self._told_of = True, token


def _genuine() -> rx.Component:
    return rx.fragment(
        rx.el.p(chip("Bukti ini asli", "good"), class_name="mt-6"),
        rx.el.div(
            facts(
                ("Nomor bukti", CekBuktiState.nomor),
                ("Diterbitkan", CekBuktiState.at),
                ("Nama", CekBuktiState.nama),
                ("Instansi", CekBuktiState.instansi),
            ),
            class_name="card mt-4",
        ),
        rx.cond(
            CekBuktiState.newest,
            rx.fragment(),
            rx.el.div(
                inset(rx.el.p("Sudah ada bukti yang lebih baru untuk orang ini."), kind="warn"), class_name="mt-4"
            ),
        ),
        rx.el.p("Cocokkan keempat hal ini dengan bukti yang Anda pegang.", class_name="help mt-4"),
    )


def _unknown() -> rx.Component:
    return rx.el.div(
        inset(
            rx.el.p(rx.el.strong("Bukti tidak ditemukan.")),
            rx.el.p("Pindai ulang kode QR-nya. Bila tetap sama, bukti itu tidak diterbitkan oleh portal ini."),
            kind="warn",
        ),
        class_name="mt-6",
    )


def cek_bukti() -> rx.Component:
    """The page."""
    return page(
        outcome(),
        rx.el.h1("Periksa bukti pemutakhiran"),
        rx.cond(
            CekBuktiState.ready,
            rx.cond(CekBuktiState.genuine, _genuine(), _unknown()),
            rx.cond(AppState.faults, rx.fragment(), skeleton(4)),
        ),
    )
