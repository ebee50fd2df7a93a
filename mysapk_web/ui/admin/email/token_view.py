"""What the part Token API of `/admin/email` looks like."""

from __future__ import annotations

import reflex as rx
from reflex.vars import ObjectVar
from reflex_components_core.el.elements.inline import A

from mysapk_web.ui.admin.email.state import PATH, EmailState, TokenRow
from mysapk_web.ui.components.behaviour import Form, NativeForm
from mysapk_web.ui.components.display import (
    badge,
    cancel_button,
    cell,
    dialog,
    dialog_button,
    empty,
    row,
    section,
    table,
)
from mysapk_web.ui.components.forms import submit_button


def _token(item: ObjectVar[TokenRow]) -> rx.Component:
    ident = f"cabut-{item['id']}"
    return row(
        cell("Sistem", rx.el.div(item["label"], rx.el.p(item["hint"], class_name="help"))),
        cell("Keadaan", badge(item["state"], item["tone"])),
        cell("Dibuat", rx.el.div(item["by"], rx.el.p(item["at"], class_name="help"))),
        cell("Terakhir dipakai", rx.el.span(item["used"])),
        cell("Berakhir", rx.el.span(item["ends"])),
        cell(
            "",
            rx.cond(
                item["in_force"],
                rx.fragment(
                    dialog_button("Cabut", ident, kind="danger"),
                    dialog(
                        "Cabut token ini?",
                        rx.el.p(item["label"], " langsung tidak dapat mengimpor lagi. Ini tidak dapat dibatalkan."),
                        Form.create(
                            rx.el.input(type="hidden", name="token", value=item["id"], read_only=True),
                            rx.el.div(
                                submit_button("Cabut token", "Mencabut ...", kind="danger"),
                                cancel_button(),
                                class_name="buttons",
                            ),
                            on_submit=EmailState.revoke,
                            action=PATH,
                        ),
                        ident=ident,
                    ),
                ),
            ),
        ),
    )


def _new_token() -> rx.Component:
    return rx.cond(
        EmailState.proven,
        NativeForm.create(
            rx.el.div(
                rx.el.label("Nama sistem", html_for="label"),
                rx.el.p("Misalnya Aplikasi SIMPEG. Token ditampilkan satu kali saja.", class_name="help"),
                rx.el.input(
                    name="label",
                    type="text",
                    auto_complete="off",
                    required=True,
                    max_length=80,
                    class_name="input",
                    custom_attrs={"id": "label"},
                ),
                class_name="field",
            ),
            rx.el.button("Buat token", type="submit", class_name="button button-primary"),
            method="post",
            action="/admin/email/token",
            class_name="form",
        ),
        Form.create(
            submit_button("Siapkan token baru", "Memeriksa ..."),
            on_submit=EmailState.prove,
            action=PATH,
            class_name="mt-6",
        ),
    )


def tokens() -> rx.Component:
    """The part of the page."""
    return section(
        "Token API",
        rx.el.p(
            "Dengan token, aplikasi kepegawaian instansi Anda dapat mengirim alamat email sendiri, harian atau mingguan, ke "
            "/api/v1/email-imports. Keterangan untuk pengembang: ",
            A.create("openapi.json", href="/api/v1/openapi.json"),
            ".",
            class_name="help mb-4",
        ),
        rx.cond(
            EmailState.systems,
            table(
                "Token instansi",
                ["Sistem", "Keadaan", "Dibuat oleh", "Terakhir dipakai", "Berakhir", "Tindakan"],
                rx.foreach(EmailState.systems, _token),
            ),
            empty("Belum ada token."),
        ),
        _new_token(),
    )
