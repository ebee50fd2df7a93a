"""What the part Token API of `/admin/email` looks like."""

from __future__ import annotations

import reflex as rx
from reflex.vars import ObjectVar
from reflex_components_core.el.elements.inline import A

from mysapk_web.accounts.pages.components.reauthentication import one_time_secret_form
from mysapk_web.administration.pages.email.state import PATH, EmailState, TokenRow
from mysapk_web.ui.components.dialogs import confirm_dialog
from mysapk_web.ui.components.display import (
    badge,
    dialog_button,
    empty,
    section,
    table,
    table_cell,
    table_row,
)
from mysapk_web.ui.components.forms import field, hidden, submit_button


def _token(item: ObjectVar[TokenRow]) -> rx.Component:
    ident = f"cabut-{item['id']}"
    return table_row(
        table_cell("Sistem", rx.el.div(item["label"], rx.el.p(item["hint"], class_name="help"))),
        table_cell(
            "Keadaan",
            rx.el.div(
                badge(item["state"], item["tone"]),
                rx.cond(item["advice"], rx.el.p(item["advice"], class_name="help mt-1")),
            ),
        ),
        table_cell("Dibuat", rx.el.div(item["by"], rx.el.p(item["at"], class_name="help"))),
        table_cell("Terakhir dipakai", rx.el.span(item["used"])),
        table_cell("Berakhir", rx.el.span(item["ends"])),
        table_cell(
            "",
            rx.cond(
                item["revocable"],
                rx.fragment(
                    dialog_button("Cabut", ident, kind="danger"),
                    confirm_dialog(
                        "Cabut token ini?",
                        (rx.el.p(item["label"], " langsung tidak dapat mengimpor lagi. Ini tidak dapat dibatalkan."),),
                        hidden("token", item["id"]),
                        ident=ident,
                        go=submit_button("Cabut token", "Mencabut ...", kind="danger"),
                        on_submit=EmailState.revoke,
                        path=PATH,
                    ),
                ),
            ),
        ),
    )


def _new_token() -> rx.Component:
    return one_time_secret_form(
        field(
            "label",
            "Nama sistem",
            help_text="Misalnya Aplikasi SIMPEG. Token ditampilkan satu kali saja.",
            required=True,
            max_length=80,
        ),
        make="Buat token",
        action="/admin/email/token",
        prepare="Siapkan token baru",
        state=EmailState,
        path=PATH,
    )


def tokens() -> rx.Component:
    """The tokens of the agency, and the form for a new one."""
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
