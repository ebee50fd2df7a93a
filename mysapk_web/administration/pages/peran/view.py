"""View of `/admin/peran`."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.vars import ObjectVar

from mysapk_web.accounts.pages.components.reauthentication import reauthentication_dialog
from mysapk_web.administration.pages.peran.state import (
    CUT,
    NOBODY,
    PATH,
    ROLES,
    PeranState,
)
from mysapk_web.administration.people.grant_list import RoleAssignment, RoleCandidate
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
    label_of,
    notice_box,
    section,
    table,
    table_cell,
    table_row,
)
from mysapk_web.ui.components.forms import field, form_messages, hidden, select, submit_button
from mysapk_web.ui.components.lists import filter_field, filter_form, filter_select
from mysapk_web.ui.components.loading import when_ready
from mysapk_web.ui.list_state import list_view
from mysapk_web.ui.shell import page

PEOPLE = "/admin/pegawai"
PAUSE = 300
"""Milliseconds after the last key before units are suggested."""


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
            PeranState.candidates,
            rx.el.div(
                table(
                    "Orang yang ditemukan",
                    ["Nama dan NIP", "Unit kerja", "Peran sekarang", "Tindakan"],
                    rx.foreach(PeranState.candidates, _candidate),
                ),
                rx.cond(PeranState.cut, rx.el.div(notice_box(CUT), class_name="mt-4")),
                class_name="mt-6",
            ),
            rx.cond(PeranState.asked, rx.el.div(empty(NOBODY), class_name="mt-6")),
        ),
    )


def _candidate(item: ObjectVar[RoleCandidate]) -> rx.Component:
    return table_row(
        table_cell("Nama", rx.el.div(item.name, rx.el.p(item.nip, class_name="help"))),
        table_cell("Unit kerja", rx.el.span(f"{item.unit}, {item.instansi}")),
        table_cell("Peran sekarang", rx.el.span(_held(item))),
        table_cell(
            "",
            rx.cond(
                item.blocker,
                rx.el.span(item.blocker, class_name="help"),
                Form.create(
                    hidden("akun", item.account_id),
                    submit_button(
                        rx.fragment("Pilih", rx.el.span(" ", item.name, class_name="sr-only")),
                        "Memuat ...",
                        kind="secondary",
                    ),
                    on_submit=PeranState.choose,
                    action=PATH,
                ),
            ),
        ),
    )


def _held(person: Any) -> Any:
    return rx.cond(person.roles, person.roles.join(", "), "Tidak ada")


def _option(role: Any) -> rx.Component:
    return rx.el.option(label_of(role, dict(ROLES)), value=role)


def _chosen() -> rx.Component:
    person = PeranState.chosen
    return card(
        description_list(
            ("Nama", person.name),
            ("NIP", person.nip),
            ("Unit kerja", f"{person.unit}, {person.instansi}"),
            ("Peran sekarang", _held(person)),
        ),
        Form.create(
            select("peran", "Peran", rx.foreach(person.grantable, _option)),
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
    """Stays on the page while closed: its form is resent after re-authentication."""
    return confirm_dialog(
        "Beri peran ini?",
        (
            rx.el.p(rx.el.strong(PeranState.summary)),
            rx.el.p(
                "Orang ini dapat melihat dan mengubah data orang lain sesuai perannya, setelah verifikasi dua langkahnya "
                "aktif. Sesinya berakhir sekarang, dan ia diberi tahu lewat email."
            ),
        ),
        hidden("akun", PeranState.chosen.account_id),
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
        filter_field("cari", "NIP atau nama", state.filters["cari"]),
        filter_select("saring", "Peran", state.filters["saring"], ROLES),
        rx.cond(state.agencies, filter_field("instansi", "Instansi (nama atau kode)", state.filters["instansi"])),
        narrow=state.apply_filters,
        narrowed=state.narrowed,
        path=PATH,
        kind="secondary",
    )


def _revoke(item: ObjectVar[RoleAssignment]) -> rx.Component:
    ident, heading = f"cabut-{item.grant_id}", "Cabut peran ini?"
    whose = rx.el.p(rx.el.strong(f"{item.name}: {label_of(item.role, dict(ROLES))}, {item.scope}"))
    return rx.fragment(
        dialog_button(
            rx.fragment("Cabut", rx.el.span(f" {label_of(item.role, dict(ROLES))} {item.name}", class_name="sr-only")),
            ident,
        ),
        rx.cond(
            item.is_last_admin,
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
                hidden("pemberian", item.grant_id),
                hidden("versi", item.revision),
                ident=ident,
                go=submit_button("Cabut peran", "Mencabut ...", kind="danger"),
                on_submit=PeranState.revoke,
                path=PATH,
            ),
        ),
    )


def _row(item: ObjectVar[RoleAssignment]) -> rx.Component:
    return table_row(
        table_cell(
            "Nama",
            rx.el.div(rx.el.a(item.name, href=f"{PEOPLE}/{item.account_id}"), rx.el.p(item.nip, class_name="help")),
        ),
        table_cell(
            "Peran",
            rx.el.div(
                rx.el.strong(label_of(item.role, dict(ROLES))),
                rx.cond(~item.in_use, rx.el.p(badge("Belum dapat dipakai", "warn"))),
            ),
        ),
        table_cell(
            "Berlaku untuk",
            rx.el.div(item.scope, rx.cond(PeranState.agencies, rx.el.p(item.instansi, class_name="help"))),
        ),
        table_cell("Diberikan", rx.el.span(item.granted, rx.cond(item.granted_by, f" oleh {item.granted_by}", ""))),
        table_cell("", rx.cond(item.revocable, _revoke(item))),
    )


def _list() -> rx.Component:
    return section(
        "Peran yang berlaku",
        rx.el.p(
            "Peran yang belum dapat dipakai menunggu pemegangnya mengaktifkan verifikasi dua langkah.",
            class_name="help",
        ),
        list_view(
            PeranState,
            _filter(),
            "Peran yang berlaku",
            ["Nama dan NIP", "Peran", "Berlaku untuk", "Diberikan", "Tindakan"],
            _row,
            nothing="Tidak ada peran yang cocok. Ubah atau hapus saringannya.",
        ),
    )


def peran() -> rx.Component:
    return page(
        form_messages(),
        rx.el.h1("Peran"),
        rx.el.p("Siapa yang boleh apa di wilayah Anda. Setiap perubahan dicatat dan diberitahukan.", class_name="lead"),
        when_ready(
            PeranState.ready,
            rx.fragment(
                section("Beri peran", rx.cond(PeranState.chosen.account_id, _chosen(), _find())),
                _list(),
            ),
        ),
        _confirm(),
        reauthentication_dialog(),
        current=PATH,
    )
