"""`/konfirmasi-reset`: the token from the mail and a new password."""

from __future__ import annotations

from typing import Any

import reflex as rx

from mysapk_web.accounts.pages.components.passwords import PUBLISHED_RULES, PasswordRule, new_password_field, rule_rows
from mysapk_web.accounts.recovery import confirm, request
from mysapk_web.accounts.recovery.request import resend_token
from mysapk_web.platform import executors
from mysapk_web.platform.constant_time import fixed_duration
from mysapk_web.ui.access import ANYONE, client, handler
from mysapk_web.ui.components.behaviour import Form
from mysapk_web.ui.components.display import dialog, notice_box
from mysapk_web.ui.components.forms import field, form_messages, submit_button
from mysapk_web.ui.shell import page
from mysapk_web.ui.state import TEXT_LIMIT, AppState, form_text


class KonfirmasiState(AppState):
    unknown: bool = False
    """This browser has asked for no token."""
    mask: str = ""
    minutes: int = 30
    resend_in: int = 0
    resend_stamp: int = 0
    rules: list[PasswordRule] = PUBLISHED_RULES
    score: int = 0
    strength: str = ""
    done: bool = False

    async def _look(self) -> None:
        found = await executors.run_read_only(request.recovery_view, client=client())
        self.unknown = found is None
        if found is not None:
            self.mask, self.minutes, self.resend_in = found.mask, found.minutes, found.resend_in
            self.resend_stamp += 1

    @handler(ANYONE)
    async def load(self) -> None:
        self.faults, self.notice, self.done = {}, "", False
        self.rules, self.score, self.strength = PUBLISHED_RULES, 0, ""
        await self._look()

    @handler(ANYONE)
    async def judge(self, password: str) -> None:
        """Nothing is kept."""
        if not isinstance(password, str) or len(password) > TEXT_LIMIT:
            return
        evaluation = await executors.run_read_only(confirm.evaluate_reset_password, client=client(), password=password)
        self.rules, self.score = rule_rows(evaluation), evaluation.score
        self.strength = evaluation.label if password else ""

    @handler(ANYONE)
    async def resend(self, form: dict[str, Any]) -> None:
        async with fixed_duration():
            await executors.run_in_transaction(resend_token, client=client())
        await self._look()
        self._finish(notice="Permintaan token baru diterima. Gunakan token dari email yang terakhir.")

    @handler(ANYONE)
    async def submit(self, form: dict[str, Any]) -> None:
        await executors.run_hashing(
            client(),
            confirm.confirm_reset,
            client=client(),
            token=form_text(form, "token"),
            password=form_text(form, "password"),
        )
        self.done = True
        self._finish()


def _form() -> rx.Component:
    return Form.create(
        new_password_field("password", "Password", state=KonfirmasiState),
        field(
            "token",
            "Token",
            help_text="7 karakter dari email. Salin lalu tempel; huruf besar dan kecil sama saja.",
            autocomplete="one-time-code",
            narrow=True,
        ),
        submit_button("Reset Password", "Menyimpan ..."),
        on_submit=KonfirmasiState.submit,
        action="/konfirmasi-reset",
        class_name="form",
    )


def _no_mail() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Token belum datang?"),
        rx.el.ol(
            rx.el.li(rx.el.span("Tunggu beberapa menit, lalu periksa juga folder spam atau promosi.")),
            rx.el.li(rx.el.span("Pastikan NIP dan email yang Anda isi sama dengan data kepegawaian.")),
            rx.el.li(
                rx.el.span(
                    "Bila email terdaftar sudah tidak aktif, ",
                    rx.el.a("minta perbaikan email", href="/bantuan#perbaikan-email"),
                    " kepada admin kepegawaian instansi Anda.",
                )
            ),
            rx.el.li(
                rx.el.span(
                    "Tetap tidak datang? ", rx.el.a("Hubungi helpdesk instansi Anda", href="/bantuan#helpdesk"), "."
                )
            ),
            class_name="steps",
        ),
        Form.create(
            submit_button(
                "Kirim ulang",
                "Mengirim ...",
                kind="secondary",
                wait=KonfirmasiState.resend_in,
                stamp=KonfirmasiState.resend_stamp,
            ),
            on_submit=KonfirmasiState.resend,
            action="/konfirmasi-reset",
            class_name="resend",
        ),
        class_name="panel",
        custom_attrs={"aria-label": "Email belum datang"},
    )


def _done() -> rx.Component:
    return dialog(
        "Password baru berhasil diperbarui",
        rx.el.p("Masuk dengan NIP dan password baru Anda. Semua sesi lama sudah diakhiri."),
        rx.el.button("OK", type="button", class_name="button button-primary", on_click=rx.redirect("/masuk#nip")),
        ident="berhasil",
        open=True,
        on_close=rx.redirect("/masuk#nip"),
    )


def konfirmasi_reset() -> rx.Component:
    return page(
        rx.el.div(
            rx.el.div(
                form_messages(),
                rx.el.h1("Konfirmasi Reset Password"),
                rx.cond(
                    KonfirmasiState.unknown,
                    notice_box(
                        rx.el.p("Belum ada permintaan token di peramban ini."),
                        rx.el.p(
                            "Mulai dari ",
                            rx.el.a("Lupa Password", href="/lupa-password"),
                            ", atau buka tautan di dalam email token Anda.",
                        ),
                        kind="warn",
                    ),
                    rx.el.div(
                        rx.el.p(
                            "Bila NIP dan email cocok, token sudah dikirim ke email: ",
                            rx.el.strong(rx.cond(KonfirmasiState.mask, KonfirmasiState.mask, "...")),
                            class_name="lead",
                        ),
                        rx.el.p(
                            f"Token berlaku {KonfirmasiState.minutes} menit dan hanya dapat dipakai satu kali.",
                            class_name="help mt-2",
                        ),
                    ),
                ),
                _form(),
                rx.cond(KonfirmasiState.done, _done()),
            ),
            _no_mail(),
            class_name="split",
        ),
    )
