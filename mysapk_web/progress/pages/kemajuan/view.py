"""What `/admin` looks like."""

from __future__ import annotations

import reflex as rx
from reflex.vars import ObjectVar

from mysapk_web.progress.pages.components.progress_nav import crumbs, others, views
from mysapk_web.progress.pages.kemajuan.state import ORDERS, PATH, ActivationDayRow, ActivationShare, KemajuanState
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
HEADS = ["Pegawai", "Sudah aktivasi", "Belum", "Persentase"]


def _headline() -> rx.Component:
    state = KemajuanState
    return rx.el.div(
        rx.el.p(
            rx.el.strong(state.whole["share"], class_name="figure"),
            rx.el.span(state.whole["active"], " dari ", state.whole["people"], " pegawai sudah mengaktifkan akun"),
        ),
        bar(state.whole["width"], large=True),
        rx.el.div(
            description_list(
                ("Belum mengaktifkan", rx.el.a(state.whole["missing"], " pegawai", href=state.list_href)),
                ("Tanpa alamat email", rx.el.span(state.no_email, " pegawai")),
                ("Akun dinonaktifkan", rx.el.span(state.disabled, " pegawai")),
            ),
            class_name="mt-6",
        ),
        rx.el.p(
            f"Angka diperbarui sendiri setiap {EVERY} detik; terakhir pukul ",
            rx.el.span(state.looked_at),
            ".",
            class_name="help mt-6",
        ),
        class_name="card mt-6",
    )


def _figures(item: ObjectVar[ActivationShare]) -> tuple[rx.Component, ...]:
    return (
        table_cell("Pegawai", rx.el.span(item["people"])),
        table_cell("Sudah aktivasi", rx.el.span(item["active"])),
        table_cell("Belum", rx.el.span(item["missing"])),
        table_cell("Persentase", rx.el.div(rx.el.span(item["share"]), bar(item["width"]), class_name="share")),
    )


def _kind(item: ObjectVar[ActivationShare]) -> rx.Component:
    return table_row(table_cell("Jenis", rx.el.a(item["label"], href=item["href"])), *_figures(item))


def _kinds() -> rx.Component:
    return section(
        "Menurut jenis pegawai",
        table("Aktivasi menurut jenis pegawai", ["Jenis", *HEADS], rx.foreach(KemajuanState.kinds, _kind)),
    )


def _below(item: ObjectVar[ActivationShare]) -> rx.Component:
    return table_row(table_cell("Unit", rx.el.a(item["label"], href=item["href"])), *_figures(item))


def _units() -> rx.Component:
    state = KemajuanState
    return section(
        "Menurut unit",
        rx.cond(
            state.below,
            rx.fragment(
                Form.create(
                    filter_select("urut", "Urutkan menurut", state.urut, ORDERS),
                    rx.el.div(submit_button("Urutkan", "Mengurutkan ...", kind="secondary"), class_name="buttons"),
                    on_submit=state.sort,
                    action=PATH,
                    class_name="filter mb-6",
                ),
                table("Aktivasi menurut unit", ["Unit", *HEADS], rx.foreach(state.below, _below)),
                rx.cond(
                    state.has_direct,
                    rx.el.p(
                        "Langsung di unit ini, tidak di unit bawahan: ",
                        state.direct["active"],
                        " dari ",
                        state.direct["people"],
                        " pegawai sudah aktivasi (",
                        state.direct["share"],
                        ").",
                        class_name="help mt-4",
                    ),
                ),
                link_pager(state.number, state.pages, state.before, state.after),
            ),
            empty("Tidak ada unit di bawah tempat ini. Lihat orang-orangnya pada daftar yang belum aktivasi."),
        ),
    )


def _day(item: ObjectVar[ActivationDayRow]) -> rx.Component:
    return table_row(
        table_cell("Hari", rx.el.span(item["day"])),
        table_cell("Pegawai", rx.el.span(item["people"])),
        table_cell("Sudah aktivasi", rx.el.span(item["active"])),
        table_cell("Persentase", rx.el.span(item["share"])),
    )


def _way() -> rx.Component:
    state = KemajuanState
    return section(
        "Dari hari ke hari",
        rx.cond(
            state.summary,
            rx.fragment(
                rx.el.p(state.summary, class_name="mb-4"),
                curve(state.points, state.summary, state.days[-1]["day"], state.days[0]["day"]),
                rx.el.details(
                    rx.el.summary("Tampilkan sebagai tabel"),
                    table(
                        "Aktivasi dari hari ke hari",
                        ["Hari", "Pegawai", "Sudah aktivasi", "Persentase"],
                        rx.foreach(state.days, _day),
                    ),
                    class_name="mt-4",
                ),
            ),
            empty("Belum ada catatan harian. Catatan pertama tersimpan saat ada pegawai di unit ini."),
        ),
    )


def _whole() -> rx.Component:
    return rx.fragment(
        views("aktivasi", KemajuanState.here_href, KemajuanState.pdm_href, "Yang dilihat"),
        crumbs(KemajuanState.crumbs, KemajuanState.nama),
        rx.el.p(KemajuanState.nama, class_name="lead"),
        others(KemajuanState.others),
        _headline(),
        rx.el.ul(
            rx.el.li(rx.el.a("Daftar yang belum aktivasi", href=KemajuanState.list_href)),
            rx.el.li(rx.el.a("Daftar sanksi setelah periode berakhir", href=KemajuanState.sanctions_href)),
            class_name="links mt-6",
        ),
        _way(),
        _kinds(),
        _units(),
        Polling.create(every=EVERY, on_tick=KemajuanState.refresh),
    )


def kemajuan() -> rx.Component:
    """The page."""
    return page(
        form_messages(),
        rx.el.h1("Kemajuan aktivasi"),
        rx.cond(KemajuanState.ready, _whole(), rx.cond(AppState.faults, rx.fragment(), skeleton(8))),
        current=PATH,
    )
