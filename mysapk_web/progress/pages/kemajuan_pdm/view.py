"""What `/admin/pdm` looks like."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.vars import ObjectVar

from mysapk_web.progress.pages.components.progress_nav import crumbs, others, views
from mysapk_web.progress.pages.kemajuan_pdm.state import ORDERS, PATH, Bar, KemajuanPdmState, PdmDayRow, PdmShare
from mysapk_web.ui.components.behaviour import Form, Polling
from mysapk_web.ui.components.charts import bar, curve
from mysapk_web.ui.components.display import description_list, empty, section, skeleton, table, table_cell, table_row
from mysapk_web.ui.components.forms import form_messages, submit_button
from mysapk_web.ui.components.lists import filter_select
from mysapk_web.ui.components.pagination import link_pager
from mysapk_web.ui.shell import page
from mysapk_web.ui.state import AppState

EVERY = 10
"""Seconds between two looks at the figures."""
_STATE = KemajuanPdmState


def _headline() -> rx.Component:
    return rx.el.div(
        rx.el.p(
            rx.el.strong(_STATE.whole["share"], class_name="figure"),
            rx.el.span(
                _STATE.whole["done"],
                " dari ",
                _STATE.whole["people"],
                " pegawai sudah menyelesaikan semua kelompok data",
            ),
        ),
        bar(_STATE.whole["width"], large=True),
        rx.el.div(
            description_list(
                ("Belum selesai", rx.el.a(_STATE.missing, " pegawai", href=_STATE.list_href)),
                ("Sudah ikut", rx.el.span(_STATE.taken_part)),
                ("Sudah mengirim usulan", rx.el.span(_STATE.sent)),
                ("Semua usulannya terkirim", rx.el.span(_STATE.all_sent)),
            ),
            class_name="mt-6",
        ),
        rx.el.p(
            f"Angka diperbarui sendiri setiap {EVERY} detik; terakhir pukul ",
            rx.el.span(_STATE.looked_at),
            ".",
            class_name="help mt-6",
        ),
        class_name="card mt-6",
    )


def _bar_cell(item: ObjectVar[Any]) -> rx.Component:
    return table_cell("Persentase", rx.el.div(rx.el.span(item["share"]), bar(item["width"]), class_name="share"))


def _group(item: ObjectVar[Bar]) -> rx.Component:
    return table_row(
        table_cell("Kelompok", rx.el.a(item["label"], href=item["href"])),
        table_cell("Sudah", rx.el.span(item["count"])),
        table_cell("Dari", rx.el.span(item["whole"])),
        _bar_cell(item),
    )


def _groups() -> rx.Component:
    return section(
        "Menurut kelompok data",
        rx.el.p(
            "Dihitung dari pegawai yang wajib atau dapat mengisi kelompok itu. Pilih kelompok untuk melihat siapa yang belum.",
            class_name="help mb-4",
        ),
        table(
            "Pemutakhiran menurut kelompok data",
            ["Kelompok", "Sudah", "Dari", "Persentase"],
            rx.foreach(_STATE.groups, _group),
        ),
    )


def _count(item: ObjectVar[Bar]) -> rx.Component:
    return table_row(
        table_cell("Menunggu", rx.el.span(item["label"])),
        table_cell("Usulan", rx.el.span(item["count"])),
        _bar_cell(item),
    )


def _backlog() -> rx.Component:
    return section(
        "Antrean verifikasi",
        rx.cond(
            _STATE.waiting == "0",
            empty("Tidak ada usulan yang menunggu keputusan di tempat ini."),
            rx.fragment(
                description_list(
                    ("Menunggu keputusan", rx.el.span(_STATE.waiting, " usulan")),
                    ("Paling lama menunggu", rx.el.span(_STATE.oldest)),
                    ("Separuhnya menunggu paling sedikit", rx.el.span(_STATE.median)),
                ),
                rx.el.div(
                    table(
                        "Antrean menurut pemutus",
                        ["Menunggu", "Usulan", "Persentase"],
                        rx.foreach(_STATE.desks, _count),
                    ),
                    class_name="mt-6",
                ),
                rx.el.div(
                    table(
                        "Antrean menurut lama menunggu sejak dikirim",
                        ["Lama menunggu", "Usulan", "Persentase"],
                        rx.foreach(_STATE.ages, _count),
                    ),
                    class_name="mt-6",
                ),
            ),
        ),
    )


def _figures(item: ObjectVar[PdmShare]) -> tuple[rx.Component, ...]:
    return (
        table_cell("Pegawai", rx.el.span(item["people"])),
        table_cell("Selesai", rx.el.span(item["done"])),
        table_cell("Mengirim usulan", rx.el.span(item["sent"])),
        _bar_cell(item),
    )


def _kind(item: ObjectVar[PdmShare]) -> rx.Component:
    return table_row(table_cell("Jenis", rx.el.a(item["label"], href=item["href"])), *_figures(item))


def _kinds() -> rx.Component:
    return section(
        "Menurut jenis pegawai",
        table(
            "Pemutakhiran menurut jenis pegawai",
            ["Jenis", "Pegawai", "Selesai", "Mengirim usulan", "Persentase"],
            rx.foreach(_STATE.kinds, _kind),
        ),
    )


def _below(item: ObjectVar[PdmShare]) -> rx.Component:
    return table_row(
        table_cell("Unit", rx.el.a(item["label"], href=item["href"])),
        *_figures(item),
        table_cell("Antrean", rx.el.span(item["waiting"])),
        table_cell("Paling lama", rx.el.span(item["oldest"])),
    )


def _units() -> rx.Component:
    return section(
        "Menurut unit",
        rx.cond(
            _STATE.below,
            rx.fragment(
                Form.create(
                    filter_select("urut", "Urutkan menurut", _STATE.urut, ORDERS),
                    rx.el.div(submit_button("Urutkan", "Mengurutkan ...", kind="secondary"), class_name="buttons"),
                    on_submit=_STATE.sort,
                    action=PATH,
                    class_name="filter mb-6",
                ),
                table(
                    "Pemutakhiran dan antrean menurut unit",
                    ["Unit", "Pegawai", "Selesai", "Mengirim usulan", "Persentase", "Antrean", "Paling lama"],
                    rx.foreach(_STATE.below, _below),
                ),
                link_pager(_STATE.number, _STATE.pages, _STATE.before, _STATE.after),
            ),
            empty("Tidak ada unit di bawah tempat ini. Lihat orang-orangnya pada daftar yang belum selesai."),
        ),
    )


def _day(item: ObjectVar[PdmDayRow]) -> rx.Component:
    return table_row(
        table_cell("Hari", rx.el.span(item["day"])),
        table_cell("Pegawai", rx.el.span(item["people"])),
        table_cell("Sudah ikut", rx.el.span(item["taken_part"])),
        table_cell("Mengirim usulan", rx.el.span(item["sent"])),
        table_cell("Selesai", rx.el.span(item["done"])),
        table_cell("Persentase", rx.el.span(item["share"])),
    )


def _way() -> rx.Component:
    return section(
        "Dari hari ke hari",
        rx.cond(
            _STATE.summary,
            rx.fragment(
                rx.el.p(_STATE.summary, class_name="mb-4"),
                curve(_STATE.points, _STATE.summary, _STATE.days[-1]["day"], _STATE.days[0]["day"]),
                rx.el.details(
                    rx.el.summary("Tampilkan sebagai tabel"),
                    table(
                        "Pemutakhiran dari hari ke hari",
                        ["Hari", "Pegawai", "Sudah ikut", "Mengirim usulan", "Selesai", "Persentase"],
                        rx.foreach(_STATE.days, _day),
                    ),
                    class_name="mt-4",
                ),
            ),
            empty("Belum ada catatan harian. Catatan pertama tersimpan saat ada pegawai di unit ini."),
        ),
    )


def _whole() -> rx.Component:
    return rx.fragment(
        views("pdm", _STATE.activation_href, _STATE.here_href, "Yang dilihat"),
        crumbs(_STATE.crumbs, _STATE.nama),
        rx.el.p(_STATE.nama, class_name="lead"),
        others(_STATE.others),
        _headline(),
        rx.el.ul(
            rx.el.li(rx.el.a("Daftar yang belum selesai", href=_STATE.list_href)),
            rx.el.li(rx.el.a("Daftar sanksi setelah periode berakhir", href=_STATE.sanctions_href)),
            class_name="links mt-6",
        ),
        _groups(),
        _backlog(),
        _way(),
        _kinds(),
        _units(),
        Polling.create(every=EVERY, on_tick=_STATE.refresh),
    )


def kemajuan_pdm() -> rx.Component:
    """The page."""
    return page(
        form_messages(),
        rx.el.h1("Kemajuan pemutakhiran data"),
        rx.cond(_STATE.ready, _whole(), rx.cond(AppState.faults, rx.fragment(), skeleton(8))),
        current="/admin",
    )
