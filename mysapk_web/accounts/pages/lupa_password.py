"""`/lupa-password`: NIP and e-mail, to activate an account or to set a new password."""

from __future__ import annotations

from typing import Any

import reflex as rx

from mysapk_web.accounts.recovery.request import request_token
from mysapk_web.platform import executors
from mysapk_web.platform.constant_time import fixed_duration
from mysapk_web.ui.access import ANYONE, client, handler
from mysapk_web.ui.components.behaviour import Form
from mysapk_web.ui.components.forms import field, form_messages, submit_button
from mysapk_web.ui.shell import page
from mysapk_web.ui.state import AppState, form_text


class LupaPasswordState(AppState):
    """The answer is the same for everybody."""

    @handler(ANYONE)
    async def load(self) -> None:
        self.faults, self.notice = {}, ""

    @handler(ANYONE)
    async def submit(self, form: dict[str, Any]) -> Any:
        async with fixed_duration():
            await executors.run_in_transaction(
                request_token, client=client(), nip=form_text(form, "nip"), email=form_text(form, "email")
            )
        self._finish()
        return rx.redirect("/konfirmasi-reset")


def _what_follows() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Yang perlu Anda siapkan"),
        rx.el.ol(
            rx.el.li(rx.el.span("NIP Anda, 18 angka.")),
            rx.el.li(
                rx.el.span(
                    "Alamat email yang tercatat di data kepegawaian. Sebagian instansi hanya menerima email dinas."
                )
            ),
            rx.el.li(rx.el.span("Akses ke kotak surat itu, untuk membaca token.")),
            class_name="steps",
        ),
        rx.el.p(
            "Email sudah berganti atau tidak dapat dibuka? ",
            rx.el.a("Minta perbaikan email", href="/bantuan#perbaikan-email"),
            " kepada admin kepegawaian instansi Anda.",
            class_name="pt-4",
        ),
        class_name="panel",
        custom_attrs={"aria-label": "Persiapan"},
    )


def lupa_password() -> rx.Component:
    return page(
        rx.el.div(
            rx.el.div(
                rx.el.a("Kembali ke Masuk", href="/masuk", class_name="inline-block py-2 mb-2"),
                form_messages(),
                rx.el.h1("Lupa Password"),
                rx.el.p(
                    "Untuk aktivasi akun baru maupun mengganti password yang terlupa. "
                    "Kami mengirim token ke email yang terdaftar.",
                    class_name="lead",
                ),
                Form.create(
                    field(
                        "nip",
                        "NIP",
                        help_text="18 angka, boleh dengan spasi.",
                        autocomplete="username",
                        input_mode="numeric",
                    ),
                    field(
                        "email",
                        "Email",
                        help_text="Alamat yang tercatat di data kepegawaian Anda.",
                        autocomplete="email",
                        kind="text",
                        input_mode="email",
                    ),
                    submit_button("Lanjutkan", "Mengirim ..."),
                    on_submit=LupaPasswordState.submit,
                    action="/lupa-password",
                    class_name="form",
                ),
            ),
            _what_follows(),
            class_name="split",
        ),
    )
