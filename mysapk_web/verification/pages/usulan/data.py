"""The data on `/verifikasi/<id>`: the record on file beside the proposed values, and the correction of one value."""

from __future__ import annotations

from typing import Any

import reflex as rx

from mysapk_web.ui.components.behaviour import Form
from mysapk_web.ui.components.dates import date_field
from mysapk_web.ui.components.display import badge, empty, section, table, table_cell, table_row
from mysapk_web.ui.components.forms import field, hidden, select, submit_button, text_area
from mysapk_web.verification.pages.queue import PATH
from mysapk_web.verification.pages.usulan.state import VALUE, WHY, ReviewState


def _line(item: Any) -> rx.Component:
    nothing = rx.el.span("kosong", class_name="help")
    return table_row(
        table_cell("Isian", rx.el.strong(item["label"])),
        table_cell("Di berkas", rx.cond(item["before"], rx.el.span(item["before"]), nothing)),
        table_cell(
            "Diusulkan",
            rx.cond(
                item["after"], rx.cond(item["differs"], rx.el.ins(item["after"]), rx.el.span(item["after"])), nothing
            ),
        ),
        table_cell(
            "Perbandingan",
            rx.el.div(
                rx.cond(item["differs"], badge("≠ Berbeda", "warn"), badge("= Sama")),
                rx.cond(item["note"], rx.el.p(item["note"], class_name="fault")),
            ),
        ),
        table_cell("", rx.cond(item["correctable"], _begin(item))),
    )


def _begin(item: Any) -> rx.Component:
    return Form.create(
        hidden("isian", item["name"]),
        submit_button(
            rx.fragment("Perbaiki", rx.el.span(" ", item["label"], class_name="sr-only")),
            "Memuat ...",
            kind="secondary",
        ),
        on_submit=ReviewState.begin,
        action=PATH,
    )


def data() -> rx.Component:
    """The record on file beside the proposed values."""
    return section(
        "Data",
        rx.el.p(ReviewState.summary, class_name="help mb-4"),
        rx.cond(
            ReviewState.lines,
            rx.el.div(
                table(
                    "Data di berkas dan yang diusulkan",
                    ["Isian", "Di berkas", "Diusulkan", "Perbandingan", "Tindakan"],
                    rx.foreach(ReviewState.lines, _line),
                ),
                class_name="changes compare",
            ),
            empty("Tidak ada isian."),
        ),
    )


def _value() -> rx.Component:
    now: Any = ReviewState.correcting
    return rx.cond(
        now.searched | (now.options.length() > 0),
        select(
            VALUE,
            "Nilai yang benar",
            rx.foreach(now.options, lambda item: rx.el.option(item[1], value=item[0])),
            default_value=now.value,
        ),
        rx.cond(
            now.is_date,
            date_field(VALUE, "Nilai yang benar", now.value),
            field(VALUE, "Nilai yang benar", default_value=now.value),
        ),
    )


def correction() -> rx.Component:
    """The form to correct one value."""
    now: Any = ReviewState.correcting
    return rx.cond(
        now.name,
        section(
            "Perbaiki nilai",
            rx.el.p(rx.el.strong(now.label), ", sekarang: ", now.text, "."),
            rx.cond(now.help, rx.el.p(now.help, class_name="help")),
            rx.cond(
                now.searched,
                Form.create(
                    field("cari_pilihan", "Cari pilihan", help_text="Tulis beberapa huruf dari nama yang dicari."),
                    submit_button("Cari", "Mencari ...", kind="secondary"),
                    on_submit=ReviewState.search,
                    action=PATH,
                    class_name="form",
                ),
            ),
            Form.create(
                hidden("versi", ReviewState.version),
                _value(),
                text_area(
                    WHY,
                    "Mengapa diperbaiki",
                    "Pegawai membaca catatan ini. Nilai lama tetap tersimpan pada riwayat.",
                    rows="3",
                    max_length=1000,
                ),
                submit_button("Simpan perbaikan", "Menyimpan ..."),
                on_submit=ReviewState.correct,
                action=PATH,
                class_name="form",
            ),
            Form.create(
                submit_button("Batal memperbaiki", "Membatalkan ...", kind="secondary"),
                on_submit=ReviewState.stop,
                action=PATH,
                class_name="mt-3",
            ),
            custom_attrs={"id": "perbaiki"},
            # Made anew for another value: what was typed and chosen for one is not taken over.
            key=now.name,
        ),
    )
