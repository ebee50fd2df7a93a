"""View of `/admin/periode`."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.vars import ObjectVar

from mysapk_web.accounts.pages.components.reauthentication import reauthentication_dialog
from mysapk_web.administration.pages.periode.state import (
    DAYS,
    EXTENSION,
    FIELDS,
    PATH,
    PeriodeState,
)
from mysapk_web.administration.period_admin import KIND_LABELS, PeriodRow
from mysapk_web.administration.period_input import PeriodAction
from mysapk_web.organisation.rules.period import Phase
from mysapk_web.ui.components.behaviour import Form
from mysapk_web.ui.components.dates import date_field
from mysapk_web.ui.components.dialogs import confirm_dialog
from mysapk_web.ui.components.display import (
    badge,
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
from mysapk_web.ui.components.loading import when_ready
from mysapk_web.ui.shell import page

PHASES = {Phase.NOT_OPEN: "Belum dibuka", Phase.OPEN: "Sedang berjalan", Phase.CLOSED: "Sudah berakhir"}
TONES = {Phase.NOT_OPEN: "plain", Phase.OPEN: "good", Phase.CLOSED: "warn"}
LAST_HELP = "Hari ini masih termasuk, sampai pukul 23.59."
SOURCE_HELP = "Misalnya nomor dan tanggal surat. Tampil di banner."


def _options(pairs: Any) -> rx.Component:
    return rx.fragment(*(rx.el.option(words, value=value) for value, words in pairs))


def _option(item: Any) -> rx.Component:
    return rx.el.option(item[1], value=item[0])


def _removal(item: ObjectVar[PeriodRow]) -> rx.Component:
    ident = f"hapus-{item.id}"
    return rx.cond(
        item.removable,
        rx.fragment(
            dialog_button("Hapus", ident, kind="danger"),
            confirm_dialog(
                "Hapus periode ini?",
                (
                    rx.el.p(label_of(item.kind, KIND_LABELS), ", ", item.scope_name, ": ", item.dates, "."),
                    rx.el.p("Pegawai tidak akan melihat jadwal ini lagi."),
                ),
                hidden("id", item.id),
                hidden("versi", item.revision),
                ident=ident,
                go=submit_button("Hapus periode", "Menghapus ...", kind="danger"),
                on_submit=PeriodeState.remove,
                path=PATH,
            ),
        ),
    )


def _row(item: ObjectVar[PeriodRow]) -> rx.Component:
    return table_row(
        table_cell(
            "Periode",
            rx.el.div(rx.el.strong(label_of(item.kind, KIND_LABELS)), rx.el.p(item.scope_name, class_name="help")),
        ),
        table_cell("Waktu", rx.el.div(item.dates, rx.cond(item.extends, rx.el.p("Perpanjangan", class_name="help")))),
        table_cell("Dasar", rx.el.span(item.source)),
        table_cell("Keadaan", badge(label_of(item.phase, PHASES), label_of(item.phase, TONES))),
        table_cell("", _removal(item)),
    )


def _list() -> rx.Component:
    return section(
        "Jadwal yang berlaku",
        rx.cond(
            PeriodeState.rows,
            table(
                "Periode",
                ["Periode", "Waktu", "Dasar penetapan", "Keadaan", "Tindakan"],
                rx.foreach(PeriodeState.rows, _row),
            ),
            empty("Belum ada periode. Tetapkan yang pertama di bawah ini."),
        ),
    )


def _editor() -> rx.Component:
    return section(
        "Tetapkan periode baru",
        rx.el.p(
            "Jadwal instansi menggantikan jadwal nasional bagi pegawai instansi itu, dan berada di dalam batas jadwal "
            "nasional. Lihat dulu akibatnya; belum ada yang berubah sampai Anda menetapkannya.",
            class_name="help",
        ),
        Form.create(
            hidden("tindakan", PeriodAction.CREATE.value),
            select("jenis", "Jenis periode", _options((kind.value, label) for kind, label in KIND_LABELS.items())),
            select("tempat", "Berlaku untuk", rx.foreach(PeriodeState.places, _option)),
            date_field("mulai", DAYS["mulai"]),
            date_field("selesai", DAYS["selesai"], help_text=LAST_HELP),
            field("dasar", "Dasar penetapan", help_text=SOURCE_HELP),
            submit_button("Lihat akibatnya", "Menghitung ...", kind="secondary"),
            on_submit=PeriodeState.preview,
            action=PATH,
            class_name="form",
        ),
    )


def _extension() -> rx.Component:
    return rx.cond(
        PeriodeState.extendable,
        section(
            "Perpanjang periode",
            Form.create(
                select(
                    EXTENSION["tindakan"], "Periode yang diperpanjang", rx.foreach(PeriodeState.extendable, _option)
                ),
                date_field(EXTENSION["selesai"], "Hari terakhir yang baru", help_text=LAST_HELP),
                field(EXTENSION["dasar"], "Dasar perpanjangan", help_text=SOURCE_HELP),
                submit_button("Lihat akibat perpanjangan", "Menghitung ...", kind="secondary"),
                on_submit=PeriodeState.preview_extension,
                action=PATH,
                class_name="form",
            ),
        ),
    )


def _banner() -> rx.Component:
    shown: Any = PeriodeState.shown
    banner = shown.banner
    return rx.el.section(
        rx.el.h3("Periode Pemutakhiran Data Mandiri", custom_attrs={"id": "pratinjau-banner"}),
        rx.el.p(banner.title, class_name="period-title"),
        rx.el.p(banner.sentence),
        rx.el.p(rx.el.strong(banner.dates)),
        rx.el.p(banner.consequence),
        rx.el.ul(rx.foreach(banner.more, lambda line: rx.el.li(line))),
        class_name="period",
        custom_attrs={"aria-labelledby": "pratinjau-banner"},
    )


def _preview() -> rx.Component:
    shown: Any = PeriodeState.shown
    return rx.cond(
        PeriodeState.heading,
        section(
            "Akibatnya",
            rx.el.p(rx.el.strong(PeriodeState.heading)),
            rx.el.p(shown.dates),
            rx.el.div(notice_box(PeriodeState.affected), class_name="mt-4"),
            rx.cond(
                PeriodeState.replaced, rx.el.div(notice_box(PeriodeState.replaced, kind="warn"), class_name="mt-4")
            ),
            rx.el.p("Banner yang dilihat pegawai ", shown.banner_agency, " sekarang:", class_name="help mt-6"),
            rx.cond(shown.banner, _banner()),
            Form.create(
                *(hidden(name, PeriodeState.typed[name]) for name in FIELDS),
                hidden("versi", shown.revision),
                rx.el.div(
                    submit_button("Tetapkan", "Menyimpan ..."),
                    rx.el.a("Batal", href=PATH, class_name="button button-secondary"),
                    class_name="buttons mt-6",
                ),
                on_submit=PeriodeState.save,
                action=PATH,
            ),
            custom_attrs={"id": "akibat"},
        ),
    )


def periode() -> rx.Component:
    return page(
        form_messages(),
        rx.el.h1("Periode"),
        rx.el.p("Kapan aktivasi, pemutakhiran data, dan verifikasi dibuka.", class_name="lead"),
        when_ready(
            PeriodeState.ready,
            rx.fragment(_list(), _extension(), _editor(), _preview(), reauthentication_dialog()),
        ),
        current=PATH,
    )
