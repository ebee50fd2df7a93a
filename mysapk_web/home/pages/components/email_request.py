"""The form on `/bantuan` for people who can't log in because mail goes to a wrong address. Its answer reveals nothing about anybody."""

from __future__ import annotations

from typing import Any, Final

import reflex as rx

from mysapk_web.administration import email_requests
from mysapk_web.platform import executors
from mysapk_web.platform.constant_time import fixed_duration
from mysapk_web.ui.access import ANYONE, client, handler
from mysapk_web.ui.components.behaviour import Form
from mysapk_web.ui.components.display import section
from mysapk_web.ui.components.forms import field, submit_button
from mysapk_web.ui.state import AppState, form_text

SENT: Final = (
    "Permintaan dicatat. Bila datanya cocok, admin kepegawaian instansi Anda akan memeriksanya, dan hasilnya dikirim ke "
    "alamat email yang tercatat. Siapkan NIP dan kartu identitas bila admin menghubungi Anda. Tidak ada kabar dalam "
    "beberapa hari? Hubungi admin kepegawaian instansi Anda."
)


class EmailRequestState(AppState):
    """Nothing is kept."""

    @handler(ANYONE)
    async def ask(self, form: dict[str, Any]) -> None:
        """The same words in the same time, whoever is meant."""
        async with fixed_duration():
            await executors.run_in_transaction(
                email_requests.submit_request,
                client=client(),
                nip=form_text(form, "nip"),
                name=form_text(form, "nama"),
                old_email=form_text(form, "email_lama"),
                new_email=form_text(form, "email_baru"),
            )
        self._finish(notice=SENT)


def email_request() -> rx.Component:
    return section(
        "Minta perbaikan alamat email",
        rx.el.p(
            "Untuk Anda yang tidak dapat masuk karena email tercatat salah atau tidak dapat dibuka lagi. Admin memeriksa "
            "permintaan ini; alamat tidak berubah dengan sendirinya.",
            class_name="help",
        ),
        Form.create(
            field("nip", "NIP", help_text="18 angka, boleh dengan spasi.", input_mode="numeric"),
            field("nama", "Nama lengkap", help_text="Sesuai data kepegawaian.", autocomplete="name"),
            field(
                "email_lama",
                "Email lama",
                help_text="Yang tercatat sekarang. Kosongkan bila tidak tahu.",
                input_mode="email",
            ),
            field("email_baru", "Email baru", help_text="Yang dapat Anda buka sekarang.", input_mode="email"),
            submit_button("Kirim permintaan", "Mengirim ..."),
            on_submit=EmailRequestState.ask,
            action="/bantuan",
            class_name="form",
        ),
        custom_attrs={"id": "perbaikan-email"},
    )
