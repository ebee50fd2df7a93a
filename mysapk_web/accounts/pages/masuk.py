"""`/masuk`: NIP and password, then the authenticator code where the account has one."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.event import EventSpec

from mysapk_web.accounts import login
from mysapk_web.platform import executors
from mysapk_web.platform.errors import UserError
from mysapk_web.ui.access import ANYONE, actor_or_none, client, handler
from mysapk_web.ui.components.behaviour import Form, TicketForm, take_session
from mysapk_web.ui.components.forms import field, form_messages, password_field, submit_button
from mysapk_web.ui.components.session_end import LeftTyped
from mysapk_web.ui.shell import page
from mysapk_web.ui.state import AppState, form_text

ENDED = "Sesi Anda sudah berakhir. Masuk kembali untuk melanjutkan; draf yang tersimpan tidak hilang."


class MasukState(AppState):
    needs_code: bool = False

    @handler(ANYONE)
    async def load(self) -> Any:
        """After a reload with the code step, if that was reached."""
        self.faults, self.notice = {}, ""
        if actor_or_none() is not None:
            return rx.redirect("/beranda", replace=True)
        if self.router.url.query_parameters.get("sesi") == "berakhir":
            self.notice = ENDED
        self.needs_code = await executors.run_read_only(login.is_awaiting_code, client=client())
        return None

    @handler(ANYONE)
    async def submit(self, form: dict[str, Any]) -> Any:
        ticket = await executors.run_hashing(
            client(), login.login, client=client(), nip=form_text(form, "nip"), password=form_text(form, "password")
        )
        if ticket is not None:
            return self._enter(ticket)
        self.needs_code = True
        self._finish()
        return None

    @handler(ANYONE)
    async def submit_code(self, form: dict[str, Any]) -> Any:
        try:
            ticket = await executors.run_in_transaction(
                login.submit_code, client=client(), code=form_text(form, "kode")
            )
        except UserError:
            self.needs_code = await executors.run_read_only(login.is_awaiting_code, client=client())
            raise
        return self._enter(ticket)

    def _enter(self, ticket: str) -> EventSpec:
        """Nothing is announced: the button stays busy until the new page is there."""
        self.faults = {}
        return take_session(ticket)

    @handler(ANYONE)
    async def back(self) -> None:
        self.needs_code = False
        self._finish()


def _password_step() -> rx.Component:
    return Form.create(
        field("nip", "NIP", help_text="18 angka, boleh dengan spasi.", autocomplete="username", input_mode="numeric"),
        password_field("password", "Password"),
        submit_button("Masuk", "Memeriksa ..."),
        rx.el.p(rx.el.a("Lupa Password", href="/lupa-password", class_name="inline-block py-2")),
        on_submit=MasukState.submit,
        action="/masuk",
        class_name="form",
    )


def _code_step() -> rx.Component:
    return Form.create(
        field(
            "kode",
            "Kode autentikator",
            help_text="6 angka dari aplikasi autentikator di ponsel Anda, atau salah satu kode pemulihan.",
            autocomplete="one-time-code",
            narrow=True,
        ),
        rx.el.div(
            submit_button("Lanjutkan", "Memeriksa ..."),
            rx.el.button("Kembali", type="button", on_click=MasukState.back, class_name="button button-secondary"),
            class_name="buttons",
        ),
        on_submit=MasukState.submit_code,
        takes_focus=True,
        action="/masuk",
        class_name="form",
    )


def _first_time() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Pertama kali masuk?"),
        rx.el.p("Aktifkan akun Anda dahulu. Cukup sekali, sekitar lima menit."),
        rx.el.ol(
            rx.el.li(rx.el.span("Pilih ", rx.el.a("Aktivasi akun", href="/lupa-password"), ".")),
            rx.el.li(rx.el.span("Isi NIP dan email yang terdaftar di data kepegawaian.")),
            rx.el.li(rx.el.span("Salin token 7 karakter dari email yang Anda terima.")),
            rx.el.li(rx.el.span("Buat password baru, lalu masuk di halaman ini.")),
            class_name="steps",
        ),
        rx.el.p(
            "Email tidak aktif lagi, atau Anda CPNS? ",
            rx.el.a("Lihat Bantuan", href="/bantuan"),
            ".",
            class_name="pt-4",
        ),
        class_name="panel",
        custom_attrs={"aria-label": "Aktivasi akun"},
    )


def masuk() -> rx.Component:
    return page(
        rx.el.div(
            rx.el.div(
                form_messages(),
                LeftTyped.create(),
                rx.el.h1("Masuk"),
                rx.el.p(
                    "Periksa dan perbarui data kepegawaian Anda sebagai PNS, CPNS, PPPK, atau PPT Non-ASN.",
                    class_name="lead",
                ),
                rx.cond(MasukState.needs_code, _code_step(), _password_step()),
                TicketForm.create(),
            ),
            _first_time(),
            class_name="split",
        ),
    )
