from __future__ import annotations

from typing import Any

import reflex as rx

from mysapk_web.pdm.pages.components.declaration import declaration
from mysapk_web.pdm.pages.components.draft import DraftFields
from mysapk_web.pdm.pages.components.proposals import chip
from mysapk_web.pdm.pages.profil.state import ProfilState
from mysapk_web.pdm.rules.proposal import Declaration
from mysapk_web.ui.components.behaviour import DialogButton, Form
from mysapk_web.ui.components.dialogs import confirm_dialog
from mysapk_web.ui.components.display import notice_box, section, skeleton
from mysapk_web.ui.components.forms import field, form_messages, hidden, password_field, submit_button
from mysapk_web.ui.shell import page

PATH = "/profil"


def _fact(item: Any) -> rx.Component:
    name = item["name"]
    shown = ProfilState.revealed[name]
    return rx.el.div(
        rx.el.dt(item["label"]),
        rx.el.dd(
            rx.cond(
                item["text"],
                rx.el.span(rx.cond(shown, shown, item["text"])),
                rx.el.span("Belum diisi", class_name="unfilled"),
            ),
            rx.cond(
                item["masked"],
                rx.el.button(
                    rx.cond(shown, "Sembunyikan", "Tampilkan"),
                    rx.el.span(" ", item["label"], class_name="sr-only"),
                    type="button",
                    on_click=rx.cond(shown, ProfilState.hide_value(name), ProfilState.show_value(name)),
                    class_name="button-quiet",
                ),
            ),
            rx.cond(item["clearable"], _clear(item)),
            rx.cond(item["doubt"], rx.el.p(item["doubt"], class_name="doubt")),
        ),
    )


def _clear(item: Any) -> rx.Component:
    ident = f"kosongkan-{item['name']}"
    return rx.fragment(
        DialogButton.create(
            rx.fragment("Kosongkan", rx.el.span(" ", item["label"], class_name="sr-only")),
            opens=ident,
            class_name="button-quiet",
        ),
        confirm_dialog(
            rx.fragment("Kosongkan ", item["label"], "?"),
            (
                rx.el.p(
                    "Nilai yang tersimpan (",
                    rx.el.strong(item["text"]),
                    ") dihapus dari profil Anda dan tidak dipakai lagi. Nilai baru dapat diisi kapan saja lewat Ubah.",
                ),
            ),
            hidden("isian", item["name"]),
            ident=ident,
            go=submit_button("Kosongkan", "Menyimpan ...", kind="danger"),
            on_submit=ProfilState.clear,
            path=PATH,
        ),
    )


def _facts(item: Any) -> rx.Component:
    return rx.fragment(
        rx.el.dl(rx.foreach(item["facts"], lambda each: _fact(each)), class_name="facts"),
        rx.cond(
            item["editable"],
            Form.create(
                hidden("bagian", item["number"]),
                submit_button(
                    rx.fragment("Ubah", rx.el.span(" ", item["label"], class_name="sr-only")),
                    "Membuka ...",
                    kind="secondary",
                ),
                on_submit=ProfilState.edit,
                action=PATH,
                class_name="mt-5",
            ),
        ),
    )


def _form() -> rx.Component:
    controls = DraftFields(
        doubts=ProfilState.nothing,
        hints=ProfilState.nothing,
        found=ProfilState.found,
        on_search=ProfilState.search,
        compare=False,
    )
    return rx.fragment(
        Form.create(
            rx.foreach(ProfilState.rows, lambda item: controls.field(item)),
            submit_button("Simpan", "Menyimpan ..."),
            on_submit=ProfilState.save,
            action=PATH,
            takes_focus=True,
            class_name="form",
        ),
        Form.create(
            submit_button("Batal", "Menutup ...", kind="secondary"),
            on_submit=ProfilState.close,
            action=PATH,
            class_name="mt-3",
        ),
    )


def _section(item: Any) -> rx.Component:
    return rx.el.section(
        rx.el.h2(item["label"]),
        rx.cond(ProfilState.editing == item["number"], _form(), _facts(item)),
        class_name="section",
    )


def _waiting() -> rx.Component:
    return rx.fragment(
        rx.el.div(
            notice_box(
                rx.el.p("Menunggu token yang dikirim ke ", rx.el.strong(ProfilState.pending_mask), "."),
                rx.el.p(
                    f"Token berlaku {ProfilState.pending_minutes} menit. Sampai token diisi, email yang lama tetap berlaku."
                ),
            ),
            class_name="mt-4",
        ),
        Form.create(
            field(
                "token",
                "Token",
                help_text="7 karakter dari email. Salin lalu tempel.",
                autocomplete="one-time-code",
                narrow=True,
            ),
            submit_button("Ganti email", "Memeriksa ..."),
            on_submit=ProfilState.confirm_address,
            action=PATH,
            class_name="form",
        ),
        Form.create(
            submit_button("Batalkan penggantian", "Membatalkan ...", kind="secondary"),
            on_submit=ProfilState.cancel_address,
            action=PATH,
            class_name="mt-3",
        ),
    )


def _address_form() -> rx.Component:
    return Form.create(
        field("email", "Email baru", autocomplete="email", kind="email", input_mode="email"),
        rx.cond(
            ProfilState.asks_password,
            password_field(
                "password", "Password Anda", help_text="Agar tidak ada orang lain yang mengganti email Anda."
            ),
        ),
        submit_button("Kirim token", "Mengirim ...", wait=ProfilState.resend_in, stamp=ProfilState.resend_stamp),
        on_submit=ProfilState.ask_address,
        action=PATH,
        class_name="form",
    )


def _address() -> rx.Component:
    return section(
        "Email akun",
        rx.el.p(
            "Email akun sekarang: ",
            rx.el.strong(rx.cond(ProfilState.address, ProfilState.address, "belum ada")),
        ),
        rx.el.p(
            "Token dan pemberitahuan dikirim ke alamat ini. Alamat baru berlaku setelah Anda mengisi token yang dikirim ke sana.",
            class_name="help",
        ),
        rx.cond(
            ProfilState.pending_mask,
            _waiting(),
            rx.el.details(rx.el.summary("Ganti email akun"), _address_form(), class_name="blockers mt-3"),
        ),
        custom_attrs={"id": "email-akun"},
    )


def _finding(item: Any) -> rx.Component:
    return rx.el.li(
        rx.el.p(
            rx.cond(item["pending"], chip("Usulan berjalan", "wait"), chip(item["dimension"], "warn")),
            " ",
            rx.el.strong(item["sentence"]),
        ),
        rx.el.p(item["remedy"], " ", rx.el.a(item["link"], href=item["href"])),
    )


def _check() -> rx.Component:
    return section(
        "Periksa data saya",
        rx.el.p(
            "Pemeriksaan otomatis atas data di berkas: kelengkapan, ketepatan waktu, akurasi, dan konsistensi.",
            class_name="help mb-4",
        ),
        rx.cond(
            ProfilState.checked,
            rx.cond(
                ProfilState.findings,
                rx.fragment(
                    rx.el.ul(rx.foreach(ProfilState.findings, lambda item: _finding(item)), class_name="rows"),
                    rx.cond(
                        ProfilState.more_findings > 0,
                        rx.el.p(
                            f"Masih ada {ProfilState.more_findings} hal lain. Selesaikan yang di atas, lalu periksa lagi.",
                            class_name="help mt-3",
                        ),
                    ),
                ),
                notice_box(rx.el.p("Tidak ada yang perlu diperbaiki."), kind="good"),
            ),
        ),
        Form.create(
            submit_button(
                rx.cond(ProfilState.checked, "Periksa lagi", "Periksa data saya"), "Memeriksa ...", kind="secondary"
            ),
            on_submit=ProfilState.check,
            action=PATH,
            class_name="mt-4",
        ),
        custom_attrs={"id": "periksa"},
    )


def _statement() -> rx.Component:
    """The profile is one of the twelve groups: it counts as handled once its owner confirms it."""
    return rx.el.div(
        rx.el.p(chip(ProfilState.status, ProfilState.tone), class_name="mb-4"),
        rx.cond(
            ProfilState.stated,
            rx.cond(
                ProfilState.closed == "",
                Form.create(
                    submit_button("Batalkan pernyataan", "Membatalkan ...", kind="secondary"),
                    on_submit=ProfilState.undo,
                    action=PATH,
                ),
            ),
            rx.cond(
                ProfilState.why_not,
                rx.el.p(ProfilState.why_not, class_name="help"),
                declaration(
                    Declaration.SESUAI,
                    "Anda sudah memeriksa data profil di bawah ini, dan semuanya benar dan lengkap.",
                    on_submit=ProfilState.declare,
                    path=PATH,
                ),
            ),
        ),
        class_name="mt-6",
    )


def profil() -> rx.Component:
    return page(
        form_messages(),
        rx.el.h1("Profil"),
        rx.el.p(
            "Data pribadi Anda di berkas. Yang dapat Anda ubah sendiri langsung tersimpan tanpa verifikasi.",
            class_name="lead",
        ),
        rx.cond(
            ProfilState.ready,
            rx.fragment(
                _statement(), _check(), rx.foreach(ProfilState.sections, lambda item: _section(item)), _address()
            ),
            skeleton(10),
        ),
        current=PATH,
    )
