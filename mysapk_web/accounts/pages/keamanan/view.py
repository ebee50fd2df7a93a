"""View of `/keamanan`."""

from __future__ import annotations

import reflex as rx
from reflex.vars import ObjectVar
from reflex_components_core.el.elements.inline import A

from mysapk_web.accounts.pages.components.passwords import new_password_field
from mysapk_web.accounts.pages.components.reauthentication import one_time_secret_form, reauthentication_dialog
from mysapk_web.accounts.pages.keamanan.state import KeamananState, LoginRow, SessionRow
from mysapk_web.ui.components.behaviour import Form, TicketForm
from mysapk_web.ui.components.dialogs import confirm_dialog
from mysapk_web.ui.components.display import (
    badge,
    dialog_button,
    empty,
    notice_box,
    section,
    skeleton,
    table,
    table_cell,
    table_row,
)
from mysapk_web.ui.components.forms import field, form_messages, hidden, password_field, submit_button
from mysapk_web.ui.shell import page

PATH = "/keamanan"


def _password() -> rx.Component:
    return section(
        "Password",
        rx.el.p(
            "Setelah password diganti, semua perangkat lain dikeluarkan dan Anda menerima pemberitahuan lewat email.",
            class_name="help",
        ),
        Form.create(
            password_field("sekarang", "Password saat ini"),
            new_password_field("password", "Password baru", state=KeamananState),
            submit_button("Ganti Password", "Menyimpan ..."),
            on_submit=KeamananState.change_password,
            action=PATH,
            class_name="form",
        ),
        TicketForm.create(),
        custom_attrs={"id": "ganti-password"},
    )


def _start() -> rx.Component:
    return rx.fragment(
        rx.el.p(
            "Selain password, Anda diminta kode 6 angka dari aplikasi autentikator di ponsel. "
            "Siapkan aplikasinya, misalnya Aegis, Google Authenticator, atau Microsoft Authenticator.",
            class_name="help",
        ),
        rx.cond(
            KeamananState.enrolling_elsewhere,
            rx.el.div(
                notice_box(
                    "Pengaktifan sedang berjalan di perangkat lain. Bila Anda mulai di sini, yang di sana berakhir. "
                    "Bila itu bukan Anda, ganti password Anda sekarang.",
                    kind="warn",
                ),
                class_name="mt-4",
            ),
        ),
        Form.create(
            password_field("password_totp", "Password Anda"),
            submit_button("Tampilkan kode QR", "Memeriksa ..."),
            on_submit=KeamananState.start_second_factor,
            action=PATH,
            class_name="form",
        ),
    )


def _enrol() -> rx.Component:
    return rx.fragment(
        rx.el.ol(
            rx.el.li("Buka aplikasi autentikator, lalu pindai kode QR di bawah ini."),
            rx.el.li(
                "Tidak dapat memindai? ", A.create("Tampilkan kunci dalam bentuk teks", href="/keamanan/kunci"), "."
            ),
            rx.el.li("Isi 6 angka yang ditampilkan aplikasi. Pastikan jam ponsel disetel otomatis."),
            class_name="list-decimal pl-5",
        ),
        rx.el.img(
            src="/keamanan/qr.svg",
            alt="Kode QR untuk aplikasi autentikator",
            class_name="qr mt-6",
            custom_attrs={"width": 240, "height": 240},
        ),
        Form.create(
            field(
                "kode",
                "Kode dari aplikasi",
                autocomplete="one-time-code",
                input_mode="numeric",
                narrow=True,
            ),
            submit_button("Aktifkan", "Memeriksa ..."),
            on_submit=KeamananState.confirm_second_factor,
            action=PATH,
            class_name="form",
        ),
        Form.create(
            submit_button("Batalkan pengaktifan", "Membatalkan ...", kind="secondary"),
            on_submit=KeamananState.cancel_second_factor,
            action=PATH,
            class_name="mt-3",
        ),
    )


def _in_force() -> rx.Component:
    return rx.fragment(
        rx.el.p(
            badge("Aktif", "good"),
            f" Kode pemulihan tersisa: {KeamananState.codes_left}.",
        ),
        rx.cond(
            KeamananState.codes_left == 0,
            rx.el.div(
                notice_box("Tanpa kode pemulihan Anda tidak dapat masuk bila ponsel hilang atau rusak.", kind="warn"),
                class_name="mt-4",
            ),
        ),
        one_time_secret_form(
            rx.cond(
                KeamananState.codes_left > 0,
                rx.el.p("Kode yang lama tidak berlaku lagi.", class_name="help"),
            ),
            make="Buat sepuluh kode pemulihan baru",
            action="/keamanan/kode-pemulihan",
            prepare="Siapkan kode pemulihan baru",
            state=KeamananState,
            path=PATH,
            kind="secondary",
        ),
        dialog_button("Matikan verifikasi dua langkah", "matikan", kind="danger"),
        confirm_dialog(
            "Matikan verifikasi dua langkah?",
            (
                rx.el.p(
                    "Akun Anda hanya dilindungi password. Peran admin dan verifikator berhenti sampai diaktifkan lagi."
                ),
            ),
            password_field("password_totp", "Password Anda"),
            field("kode", "Kode autentikator atau kode pemulihan", autocomplete="one-time-code", narrow=True),
            ident="matikan",
            go=submit_button("Matikan", "Memeriksa ...", kind="danger"),
            on_submit=KeamananState.stop_second_factor,
            path=PATH,
        ),
    )


def _second_factor() -> rx.Component:
    return section(
        "Verifikasi dua langkah",
        rx.cond(
            KeamananState.second_factor_needed,
            rx.el.div(
                notice_box(
                    f"Peran Anda ({KeamananState.roles}) baru dapat dipakai setelah verifikasi dua langkah aktif.",
                    kind="warn",
                ),
                class_name="mb-4",
            ),
        ),
        rx.cond(KeamananState.has_second_factor, _in_force(), rx.cond(KeamananState.enrolling, _enrol(), _start())),
        custom_attrs={"id": "dua-langkah"},
    )


def _session(item: ObjectVar[SessionRow]) -> rx.Component:
    ident = f"akhiri-{item['key']}"
    return table_row(
        table_cell("Perangkat", rx.el.div(rx.el.strong(item["agent"]), class_name="grow")),
        table_cell("Jaringan", rx.el.span(item["network"])),
        table_cell("Masuk sejak", rx.el.span(item["since"])),
        table_cell("Terakhir dipakai", rx.el.span(item["seen"])),
        table_cell(
            "",
            rx.cond(
                item["current"],
                badge("Perangkat ini", "good"),
                rx.fragment(
                    dialog_button("Akhiri", ident),
                    confirm_dialog(
                        "Akhiri sesi ini?",
                        (rx.el.p(item["agent"], ", masuk sejak ", item["since"], "."),),
                        hidden("sesi", item["key"]),
                        ident=ident,
                        go=submit_button("Akhiri sesi", "Mengakhiri ...", kind="danger"),
                        on_submit=KeamananState.end_session,
                        path=PATH,
                    ),
                ),
            ),
        ),
    )


def _sessions() -> rx.Component:
    return section(
        "Perangkat yang sedang masuk",
        table(
            "Perangkat yang sedang masuk",
            ["Perangkat", "Jaringan", "Masuk sejak", "Terakhir dipakai", "Tindakan"],
            rx.foreach(KeamananState.sessions, _session),
        ),
        rx.cond(
            KeamananState.others > 0,
            rx.el.div(
                dialog_button("Akhiri semua sesi lain", "akhiri-lain", kind="danger"),
                confirm_dialog(
                    "Akhiri semua sesi lain?",
                    (rx.el.p(f"{KeamananState.others} perangkat lain harus masuk lagi dengan password."),),
                    ident="akhiri-lain",
                    go=submit_button("Akhiri semua", "Mengakhiri ...", kind="danger"),
                    on_submit=KeamananState.end_others,
                    path=PATH,
                ),
                class_name="mt-6",
            ),
        ),
    )


def _login(item: ObjectVar[LoginRow]) -> rx.Component:
    return table_row(
        table_cell("Waktu", rx.el.span(item["at"])),
        table_cell("Hasil", rx.cond(item["ok"], badge("Berhasil", "good"), badge("Gagal", "bad"))),
        table_cell("Perangkat", rx.el.span(item["agent"])),
        table_cell("Jaringan", rx.el.span(item["network"])),
    )


def _logins() -> rx.Component:
    return section(
        "Riwayat masuk terakhir",
        rx.el.p("Ada yang bukan Anda? Ganti password sekarang, lalu akhiri semua sesi lain.", class_name="help mb-4"),
        rx.cond(
            KeamananState.logins,
            table(
                "Sepuluh percobaan masuk terakhir",
                ["Waktu", "Hasil", "Perangkat", "Jaringan"],
                rx.foreach(KeamananState.logins, _login),
            ),
            empty("Belum ada riwayat."),
        ),
    )


def keamanan() -> rx.Component:
    return page(
        form_messages(),
        rx.el.h1("Keamanan akun"),
        rx.el.p("Password, verifikasi dua langkah, dan perangkat yang memakai akun Anda.", class_name="lead"),
        rx.cond(
            KeamananState.ready,
            rx.fragment(_password(), _second_factor(), _sessions(), _logins(), reauthentication_dialog()),
            skeleton(6),
        ),
        current=PATH,
    )
