"""What `/admin/peran` looks like."""

from __future__ import annotations

import reflex as rx
from reflex.vars import ObjectVar

from mysapk_web.accounts.pages.components.reauthentication import reauthentication_dialog
from mysapk_web.administration.pages.peran.state import (
    CUT,
    NOBODY,
    PATH,
    ROLES,
    CandidateRow,
    GrantRow,
    PeranState,
    RoleOption,
)
from mysapk_web.administration.people.grants import LAST_ADMIN
from mysapk_web.ui.components.behaviour import Form, NativeForm
from mysapk_web.ui.components.dialogs import confirm_dialog
from mysapk_web.ui.components.display import (
    badge,
    cancel_button,
    card,
    description_list,
    dialog,
    dialog_button,
    empty,
    notice_box,
    section,
    skeleton,
    table,
    table_cell,
    table_row,
)
from mysapk_web.ui.components.forms import field, form_messages, hidden, select, submit_button
from mysapk_web.ui.components.lists import filter_field, filter_form, filter_select
from mysapk_web.ui.components.pagination import link_pager
from mysapk_web.ui.shell import page
from mysapk_web.ui.state import AppState

PAUSE = 300
"""Milliseconds without a key until units are looked for."""


def _find() -> rx.Component:
    return rx.fragment(
        Form.create(
            field("orang", "Orang yang akan diberi peran", help_text="NIP atau nama."),
            submit_button("Cari orang", "Mencari ...", kind="secondary"),
            on_submit=PeranState.find,
            action=PATH,
            class_name="filter",
        ),
        rx.cond(
            PeranState.found,
            rx.el.div(
                table(
                    "Orang yang ditemukan",
                    ["Nama dan NIP", "Unit kerja", "Peran sekarang", "Tindakan"],
                    rx.foreach(PeranState.found, _candidate),
                ),
                rx.cond(PeranState.cut, rx.el.div(notice_box(CUT), class_name="mt-4")),
                class_name="mt-6",
            ),
            rx.cond(PeranState.asked, rx.el.div(empty(NOBODY), class_name="mt-6")),
        ),
    )


def _candidate(item: ObjectVar[CandidateRow]) -> rx.Component:
    return table_row(
        table_cell("Nama", rx.el.div(item["nama"], rx.el.p(item["nip"], class_name="help"))),
        table_cell("Unit kerja", rx.el.span(item["place"])),
        table_cell("Peran sekarang", rx.el.span(item["roles"])),
        table_cell(
            "",
            rx.cond(
                item["closed"],
                rx.el.span(item["closed"], class_name="help"),
                Form.create(
                    hidden("akun", item["akun"]),
                    submit_button(
                        rx.fragment("Pilih", rx.el.span(" ", item["nama"], class_name="sr-only")),
                        "Memuat ...",
                        kind="secondary",
                    ),
                    on_submit=PeranState.choose,
                    action=PATH,
                ),
            ),
        ),
    )


def _option(item: ObjectVar[RoleOption]) -> rx.Component:
    return rx.el.option(item["label"], value=item["value"])


def _chosen() -> rx.Component:
    person = PeranState.chosen
    return card(
        description_list(
            ("Nama", person["nama"]),
            ("NIP", person["nip"]),
            ("Unit kerja", person["place"]),
            ("Peran sekarang", person["roles"]),
        ),
        Form.create(
            select("peran", "Peran", rx.foreach(person["options"], _option)),
            field(
                "unit",
                "Berlaku untuk unit",
                help_text="Ketik nama atau kode unit, lalu pilih dari saran. Unit di bawahnya ikut. Kosongkan untuk seluruh "
                "instansi, bila perannya boleh.",
                on_change=PeranState.suggest.debounce(PAUSE),
                list="saran-unit",
            ),
            rx.el.datalist(
                rx.foreach(PeranState.units, lambda unit: rx.el.option(value=unit)), custom_attrs={"id": "saran-unit"}
            ),
            submit_button("Lanjutkan", "Memeriksa ..."),
            on_submit=PeranState.propose,
            action=PATH,
            takes_focus=True,
            class_name="form",
        ),
        Form.create(
            submit_button("Pilih orang lain", "Memuat ...", kind="secondary"),
            on_submit=PeranState.forget,
            action=PATH,
            class_name="mt-3",
        ),
    )


def _confirm() -> rx.Component:
    """Stays on the page while it is closed: after a step-up its form is sent again."""
    return confirm_dialog(
        "Beri peran ini?",
        (
            rx.el.p(rx.el.strong(PeranState.summary)),
            rx.el.p(
                "Orang ini dapat melihat dan mengubah data orang lain sesuai perannya, setelah verifikasi dua langkahnya "
                "aktif. Sesinya berakhir sekarang, dan ia diberi tahu lewat email."
            ),
        ),
        hidden("akun", PeranState.chosen["akun"]),
        hidden("peran_dipilih", PeranState.wanted_role),
        hidden("unit_dipilih", PeranState.wanted_unit),
        hidden("versi", PeranState.revision),
        ident="beri-peran",
        go=submit_button("Beri peran", "Menyimpan ..."),
        on_submit=PeranState.grant,
        path=PATH,
        open=PeranState.confirming,
        on_close=PeranState.dismiss,
    )


def _filter() -> rx.Component:
    state = PeranState
    return filter_form(
        filter_field("cari", "NIP atau nama", state.cari),
        filter_select("saring", "Peran", state.saring, ROLES),
        rx.cond(state.agencies, filter_field("instansi", "Instansi (nama atau kode)", state.instansi)),
        narrow=state.narrow,
        narrowed=state.here != PATH,
        path=PATH,
        kind="secondary",
    )


def _revoke(item: ObjectVar[GrantRow]) -> rx.Component:
    ident, heading = f"cabut-{item['grant']}", "Cabut peran ini?"
    whose = rx.el.p(rx.el.strong(f"{item['nama']}: {item['role']}, {item['scope']}"))
    return rx.fragment(
        dialog_button(rx.fragment("Cabut", rx.el.span(f" {item['role']} {item['nama']}", class_name="sr-only")), ident),
        rx.cond(
            item["stays"],
            dialog(
                heading,
                whose,
                notice_box(LAST_ADMIN, kind="warn"),
                NativeForm.create(cancel_button("Tutup"), method="dialog"),
                ident=ident,
            ),
            confirm_dialog(
                heading,
                (
                    whose,
                    rx.el.p("Wewenangnya hilang saat ini juga, sesinya berakhir, dan ia diberi tahu lewat email."),
                ),
                hidden("pemberian", item["grant"]),
                hidden("versi", item["revision"]),
                ident=ident,
                go=submit_button("Cabut peran", "Mencabut ...", kind="danger"),
                on_submit=PeranState.revoke,
                path=PATH,
            ),
        ),
    )


def _row(item: ObjectVar[GrantRow]) -> rx.Component:
    return table_row(
        table_cell(
            "Nama", rx.el.div(rx.el.a(item["nama"], href=item["href"]), rx.el.p(item["nip"], class_name="help"))
        ),
        table_cell(
            "Peran",
            rx.el.div(
                rx.el.strong(item["role"]),
                rx.cond(~item["in_use"], rx.el.p(badge("Belum dapat dipakai", "warn"))),
            ),
        ),
        table_cell(
            "Berlaku untuk",
            rx.el.div(item["scope"], rx.cond(PeranState.agencies, rx.el.p(item["instansi"], class_name="help"))),
        ),
        table_cell("Diberikan", rx.el.span(item["given"])),
        table_cell("", rx.cond(item["revocable"], _revoke(item))),
    )


def _list() -> rx.Component:
    state = PeranState
    return section(
        "Peran yang berlaku",
        rx.el.p(
            "Peran yang belum dapat dipakai menunggu pemegangnya mengaktifkan verifikasi dua langkah.",
            class_name="help",
        ),
        _filter(),
        rx.el.p(f"{state.total} peran", class_name="help mt-6 mb-2", role="status"),
        rx.cond(
            state.rows,
            table(
                "Peran yang berlaku",
                ["Nama dan NIP", "Peran", "Berlaku untuk", "Diberikan", "Tindakan"],
                rx.foreach(state.rows, _row),
            ),
            empty("Tidak ada peran yang cocok. Ubah atau hapus saringannya."),
        ),
        link_pager(state.number, state.pages, state.before, state.after),
    )


def peran() -> rx.Component:
    """The page."""
    return page(
        form_messages(),
        rx.el.h1("Peran"),
        rx.el.p("Siapa yang boleh apa di wilayah Anda. Setiap perubahan dicatat dan diberitahukan.", class_name="lead"),
        rx.cond(
            PeranState.ready,
            rx.fragment(
                section("Beri peran", rx.cond(PeranState.chosen["akun"], _chosen(), _find())),
                _list(),
            ),
            rx.cond(AppState.faults, rx.fragment(), skeleton(8)),
        ),
        _confirm(),
        reauthentication_dialog(),
        current=PATH,
    )
