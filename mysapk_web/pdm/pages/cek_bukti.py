"""`/cek-bukti/<segel>`: whether a proof is genuine; shows nothing that is not printed on it."""

from __future__ import annotations

import reflex as rx

from mysapk_web.pdm.pages.components.proposals import chip
from mysapk_web.pdm.proof import verify_proof
from mysapk_web.platform import executors
from mysapk_web.platform.rules.timezones import format_moment
from mysapk_web.ui.access import ANYONE, client, handler
from mysapk_web.ui.components.display import description_list, notice_box, skeleton
from mysapk_web.ui.components.forms import form_messages
from mysapk_web.ui.formatting import path_segment
from mysapk_web.ui.shell import page
from mysapk_web.ui.state import AppState


class CekBuktiState(AppState):
    ready: bool = False
    genuine: bool = False
    newest: bool = True
    number: str = ""
    at: str = ""
    person_name: str = ""
    instansi: str = ""
    _checked_token: str = ""
    """Of the proof that is shown: a reconnecting page loads again, which is no further check."""

    @handler(ANYONE)
    async def load(self) -> None:
        token = path_segment(self.router.url.path, 1)[:200]
        if self.ready and self._checked_token == token:
            return
        self.faults, self.notice, self.ready, self.genuine = {}, "", False, False
        found = await executors.run_in_transaction(verify_proof, client=client(), token=token)
        self.genuine = found is not None
        if found is not None:
            self.number, self.person_name, self.instansi = found.number, found.name, found.instansi
            self.newest = found.newest
            self.at = format_moment(found.at, found.timezone)
        self.ready, self._checked_token = True, token


def _genuine() -> rx.Component:
    return rx.fragment(
        rx.el.p(chip("Bukti ini asli", "good"), class_name="mt-6"),
        rx.el.div(
            description_list(
                ("Nomor bukti", CekBuktiState.number),
                ("Diterbitkan", CekBuktiState.at),
                ("Nama", CekBuktiState.person_name),
                ("Instansi", CekBuktiState.instansi),
            ),
            class_name="card mt-4",
        ),
        rx.cond(
            CekBuktiState.newest,
            rx.fragment(),
            rx.el.div(
                notice_box(rx.el.p("Sudah ada bukti yang lebih baru untuk orang ini."), kind="warn"), class_name="mt-4"
            ),
        ),
        rx.el.p("Cocokkan keempat hal ini dengan bukti yang Anda pegang.", class_name="help mt-4"),
    )


def _unknown() -> rx.Component:
    return rx.el.div(
        notice_box(
            rx.el.p(rx.el.strong("Bukti tidak ditemukan.")),
            rx.el.p("Pindai ulang kode QR-nya. Bila tetap sama, bukti itu tidak diterbitkan oleh portal ini."),
            kind="warn",
        ),
        class_name="mt-6",
    )


def cek_bukti() -> rx.Component:
    return page(
        form_messages(),
        rx.el.h1("Periksa bukti pemutakhiran"),
        rx.cond(
            CekBuktiState.ready,
            rx.cond(CekBuktiState.genuine, _genuine(), _unknown()),
            rx.cond(AppState.faults, rx.fragment(), skeleton(4)),
        ),
    )
