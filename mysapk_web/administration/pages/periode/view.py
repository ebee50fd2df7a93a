"""What `/admin/periode` looks like."""

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
    PeriodOption,
    ScheduleRow,
)
from mysapk_web.administration.period_admin import KIND_LABELS
from mysapk_web.administration.period_input import PeriodAction
from mysapk_web.ui.components.behaviour import Form
from mysapk_web.ui.components.dates import date_field
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
from mysapk_web.ui.components.forms import field, form_messages, hidden, select, submit_button
from mysapk_web.ui.shell import page
from mysapk_web.ui.state import AppState

LAST_HELP = "Hari ini masih termasuk, sampai pukul 23.59."
SOURCE_HELP = "Misalnya nomor dan tanggal surat. Tampil di banner."


def _options(pairs: Any) -> rx.Component:
    return rx.fragment(*(rx.el.option(words, value=value) for value, words in pairs))


def _place(item: ObjectVar[PeriodOption]) -> rx.Component:
    return rx.el.option(item["nama"], value=item["key"])


def _removal(item: ObjectVar[ScheduleRow]) -> rx.Component:
    ident = f"hapus-{item['key']}"
    return rx.cond(
        item["removable"],
        rx.fragment(
            dialog_button("Hapus", ident, kind="danger"),
            confirm_dialog(
                "Hapus periode ini?",
                (
                    rx.el.p(item["kind"], ", ", item["place"], ": ", item["dates"], "."),
                    rx.el.p("Pegawai tidak akan melihat jadwal ini lagi."),
                ),
                hidden("id", item["key"]),
                hidden("versi", item["revision"]),
                ident=ident,
                go=submit_button("Hapus periode", "Menghapus ...", kind="danger"),
                on_submit=PeriodeState.remove,
                path=PATH,
            ),
        ),
    )


def _row(item: ObjectVar[ScheduleRow]) -> rx.Component:
    return table_row(
        table_cell("Periode", rx.el.div(rx.el.strong(item["kind"]), rx.el.p(item["place"], class_name="help"))),
        table_cell(
            "Waktu", rx.el.div(item["dates"], rx.cond(item["extends"], rx.el.p("Perpanjangan", class_name="help")))
        ),
        table_cell("Dasar", rx.el.span(item["source"])),
        table_cell("Keadaan", badge(item["phase"], item["tone"])),
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
            select("tempat", "Berlaku untuk", rx.foreach(PeriodeState.places, _place)),
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
    """Only where there is something to extend."""
    return rx.cond(
        PeriodeState.extendable,
        section(
            "Perpanjang periode",
            Form.create(
                select(EXTENSION["tindakan"], "Periode yang diperpanjang", rx.foreach(PeriodeState.extendable, _place)),
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
    shown = PeriodeState.shown
    return rx.el.section(
        rx.el.h3("Periode Pemutakhiran Data Mandiri", custom_attrs={"id": "pratinjau-banner"}),
        rx.el.p(shown["title"], class_name="period-title"),
        rx.el.p(shown["sentence"]),
        rx.el.p(rx.el.strong(shown["banner_dates"])),
        rx.el.p(shown["consequence"]),
        rx.el.ul(rx.foreach(shown["more"], lambda line: rx.el.li(line))),
        class_name="period",
        custom_attrs={"aria-labelledby": "pratinjau-banner"},
    )


def _preview() -> rx.Component:
    shown = PeriodeState.shown
    return rx.cond(
        shown["heading"],
        section(
            "Akibatnya",
            rx.el.p(rx.el.strong(shown["heading"])),
            rx.el.p(shown["dates"]),
            rx.el.div(notice_box(shown["concerned"]), class_name="mt-4"),
            rx.cond(shown["replaced"], rx.el.div(notice_box(shown["replaced"], kind="warn"), class_name="mt-4")),
            rx.el.p("Banner yang dilihat pegawai ", shown["banner_of"], " sekarang:", class_name="help mt-6"),
            rx.cond(shown["title"], _banner()),
            Form.create(
                *(hidden(name, PeriodeState.typed[name]) for name in FIELDS),
                hidden("versi", PeriodeState.revision),
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
    """The page."""
    return page(
        form_messages(),
        rx.el.h1("Periode"),
        rx.el.p("Kapan aktivasi, pemutakhiran data, dan verifikasi dibuka.", class_name="lead"),
        rx.cond(
            PeriodeState.ready,
            rx.fragment(_list(), _extension(), _editor(), _preview(), reauthentication_dialog()),
            rx.cond(AppState.faults, rx.fragment(), skeleton(8)),
        ),
        current=PATH,
    )
