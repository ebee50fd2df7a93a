"""View of `/admin/email`: tabs, correction of one address, requests."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.vars import ObjectVar

from mysapk_web.accounts.pages.components.reauthentication import reauthentication_dialog
from mysapk_web.administration.email_correction import PersonMatch
from mysapk_web.administration.email_requests import RequestView
from mysapk_web.administration.pages.components.imports_places import EMAIL_WORDS
from mysapk_web.administration.pages.components.imports_view import imports
from mysapk_web.administration.pages.email.kebijakan_view import kebijakan
from mysapk_web.administration.pages.email.state import PATH, EmailState
from mysapk_web.administration.pages.email.token_view import tokens
from mysapk_web.ui.components.behaviour import Form
from mysapk_web.ui.components.display import (
    badge,
    card,
    description_list,
    empty,
    notice_box,
    section,
    table,
    table_cell,
    table_row,
)
from mysapk_web.ui.components.forms import field, form_messages, hidden, select, submit_button
from mysapk_web.ui.components.loading import when_ready
from mysapk_web.ui.components.pagination import link_pager
from mysapk_web.ui.shell import page

PAUSE = 400
"""Milliseconds after the last key before the address is validated."""


def _tab(part: str, label: str, *more: rx.Component) -> rx.Component:
    current = rx.cond(EmailState.part == part, "page", rx.Var("undefined"))
    return rx.el.li(
        rx.el.a(
            label,
            *more,
            href=f"{PATH}?bagian={part}",
            class_name="inline-block py-2",
            custom_attrs={"aria-current": current},
        )
    )


def _tabs() -> rx.Component:
    waiting = rx.cond(EmailState.waiting > 0, badge(EmailState.waiting, "warn"))
    return rx.el.nav(
        rx.el.ul(
            _tab("perbaiki", "Perbaiki satu alamat"),
            _tab("permintaan", "Permintaan ", waiting),
            _tab("impor", "Impor"),
            rx.cond(EmailState.may_policy, _tab("kebijakan", "Kebijakan")),
            rx.cond(EmailState.may_tokens, _tab("token", "Token API")),
            class_name="flex flex-wrap gap-x-6",
        ),
        class_name="parts mt-6",
        custom_attrs={"aria-label": "Bagian halaman"},
    )


# One address --------------------------------------------------------------------------------------------------------


def _on_file(person: Any) -> Any:
    return rx.cond(person.email, person.email, "(belum ada)")


def _found(item: ObjectVar[PersonMatch]) -> rx.Component:
    return table_row(
        table_cell("Nama", rx.el.div(item.name, rx.el.p(item.nip, class_name="help"))),
        table_cell("Unit kerja", rx.el.span(f"{item.unit}, {item.instansi}")),
        table_cell("Email tercatat", rx.el.span(_on_file(item), class_name="break-anywhere")),
        table_cell(
            "",
            rx.el.button(
                "Pilih ",
                rx.el.span(item.name, class_name="sr-only"),
                type="button",
                on_click=EmailState.choose(item.account_id),
                class_name="button button-secondary",
            ),
        ),
    )


def _person() -> rx.Component:
    person = EmailState.person
    return card(
        rx.el.h3(person.name),
        rx.el.div(
            description_list(
                ("NIP", person.nip),
                ("Unit kerja", f"{person.unit}, {person.instansi}"),
                ("Email tercatat", _on_file(person)),
            ),
            class_name="mt-4",
        ),
        rx.cond(person.note, rx.el.div(notice_box(person.note, kind="warn"), class_name="mt-4")),
        Form.create(
            hidden("akun", person.account_id),
            hidden("versi", person.revision),
            field(
                "email",
                "Alamat email baru",
                input_mode="email",
                on_change=lambda typed: EmailState.judge(typed, person.account_id).debounce(PAUSE),
                max_length=320,
            ),
            rx.el.p(
                EmailState.advice,
                role="status",
                class_name=rx.cond(EmailState.advice_is_fault, "fault", "help"),
            ),
            field(
                "alasan",
                "Alasan",
                help_text="Misalnya nomor surat atau cara Anda memastikan permintaan ini. Dicatat dalam jejak audit.",
                max_length=200,
            ),
            rx.el.p(
                "Alamat lama dan baru diberi tahu. Token dan sesi pegawai ini tidak berlaku lagi.", class_name="help"
            ),
            submit_button("Ganti alamat", "Menyimpan ..."),
            on_submit=EmailState.repair,
            action=PATH,
            # The browser keeps what was typed in a form: another person needs another form.
            key=person.account_id,
            class_name="form",
        ),
        class_name="card mt-6",
    )


def _repair() -> rx.Component:
    return section(
        "Perbaiki satu alamat",
        Form.create(
            field("cari", "NIP atau nama pegawai", max_length=100),
            submit_button("Cari", "Mencari ..."),
            on_submit=EmailState.search,
            action=PATH,
            class_name="form",
        ),
        rx.cond(
            EmailState.searched & (EmailState.matches == 0),
            rx.el.div(
                empty("Tidak ada pegawai yang cocok di wilayah Anda. Periksa NIP atau ejaan nama."), class_name="mt-6"
            ),
        ),
        rx.cond(
            (EmailState.matches > 1) & (EmailState.person.account_id == 0),
            rx.el.div(
                rx.cond(
                    EmailState.more,
                    rx.el.p(
                        "Hanya ",
                        EmailState.matches,
                        " pegawai pertama yang ditampilkan; masih ada yang lain. Persempit pencarian dengan nama lengkap "
                        "atau NIP.",
                        role="status",
                        class_name="help mb-4",
                    ),
                ),
                table(
                    "Pegawai yang cocok",
                    ["Nama dan NIP", "Unit kerja", "Email tercatat", "Tindakan"],
                    rx.foreach(EmailState.people, _found),
                ),
                class_name="mt-6",
            ),
        ),
        rx.cond(EmailState.person.account_id > 0, _person()),
    )


# Requests -----------------------------------------------------------------------------------------------------------


def _fits(value: Any, yes: str, no: str) -> rx.Component:
    return rx.cond(value, badge(yes, "good"), badge(no, "warn"))


def _request(item: ObjectVar[RequestView]) -> rx.Component:
    return table_row(
        table_cell("Pegawai", rx.el.div(item.name, rx.el.p(item.nip, class_name="help"))),
        table_cell("Unit kerja", rx.el.span(item.unit)),
        table_cell(
            "Kecocokan",
            rx.el.div(
                _fits(item.name_matches, "Nama cocok", "Nama berbeda"),
                " ",
                _fits(item.old_email_matches, "Email lama cocok", "Email lama berbeda"),
            ),
        ),
        table_cell("Diajukan", rx.el.span(item.submitted)),
        table_cell(
            "",
            rx.el.button(
                "Periksa ",
                rx.el.span(item.name, class_name="sr-only"),
                type="button",
                on_click=EmailState.open_request(item.id),
                class_name="button button-secondary",
            ),
        ),
    )


def _decision() -> rx.Component:
    request: Any = EmailState.request
    return card(
        rx.el.h3("Permintaan atas nama ", request.name),
        table(
            "Yang diisi pemohon di samping data yang tercatat",
            ["Data", "Tercatat", "Diisi pemohon"],
            rx.fragment(
                table_row(
                    table_cell("Data", "Nama"),
                    table_cell("Tercatat", request.name),
                    table_cell("Diisi pemohon", rx.el.span(request.typed_name)),
                ),
                table_row(
                    table_cell("Data", "Email lama"),
                    table_cell("Tercatat", rx.el.span(_on_file(request), class_name="break-anywhere")),
                    table_cell(
                        "Diisi pemohon",
                        rx.el.span(
                            rx.cond(request.typed_old_email, request.typed_old_email, "(tidak diisi)"),
                            class_name="break-anywhere",
                        ),
                    ),
                ),
                table_row(
                    table_cell("Data", "Email baru"),
                    table_cell("Tercatat", "-"),
                    table_cell("Diisi pemohon", rx.el.span(request.new_email, class_name="break-anywhere")),
                ),
            ),
        ),
        rx.el.p("Jaringan pemohon: ", rx.cond(request.network, request.network, "-"), class_name="help mt-2"),
        rx.cond(request.fault, rx.el.div(notice_box(request.fault, kind="warn"), class_name="mt-4")),
        rx.cond(request.warning, rx.el.div(notice_box(request.warning, kind="warn"), class_name="mt-4")),
        rx.el.div(
            notice_box(
                "Siapa pun dapat mengisi permintaan ini. Pastikan lebih dulu lewat jalur lain, misalnya bertatap muka atau "
                "telepon kantor, bahwa pegawai itu sendiri yang meminta."
            ),
            class_name="mt-4",
        ),
        Form.create(
            hidden("permintaan", request.id),
            hidden("versi", request.revision),
            select(
                "putusan",
                "Putusan",
                rx.el.option("Pilih putusan", value=""),
                rx.el.option("Terima: ganti alamat email", value="terima"),
                rx.el.option("Tolak: alamat tidak diganti", value="tolak"),
            ),
            field(
                "alasan",
                "Alasan",
                help_text="Bila ditolak, alasan ini dikirim ke alamat yang tercatat.",
                max_length=200,
            ),
            submit_button("Simpan putusan", "Menyimpan ..."),
            on_submit=EmailState.decide,
            action=PATH,
            key=request.id,
            class_name="form",
        ),
        class_name="card mt-6",
    )


def _requests() -> rx.Component:
    return section(
        "Permintaan perbaikan",
        rx.cond(
            EmailState.requests,
            table(
                "Permintaan yang menunggu",
                ["Pegawai", "Unit kerja", "Kecocokan", "Diajukan", "Tindakan"],
                rx.foreach(EmailState.requests, _request),
            ),
            empty("Tidak ada permintaan yang menunggu."),
        ),
        link_pager(EmailState.number, EmailState.pages, EmailState.before, EmailState.after),
        rx.cond(EmailState.request, _decision()),
    )


def email() -> rx.Component:
    return page(
        form_messages(),
        rx.el.h1("Alamat email"),
        rx.el.p(
            "Perbaiki alamat pegawai, putuskan permintaan, atau impor dari aplikasi kepegawaian lain.",
            class_name="lead",
        ),
        when_ready(
            EmailState.ready,
            rx.fragment(
                _tabs(),
                rx.match(
                    EmailState.part,
                    ("permintaan", _requests()),
                    ("impor", imports(EMAIL_WORDS)),
                    ("kebijakan", kebijakan()),
                    ("token", tokens()),
                    _repair(),
                ),
            ),
            6,
        ),
        reauthentication_dialog(),
        current=PATH,
    )
