"""What the two dashboards look like."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import reflex as rx

from mysapk_web.progress.pages.components.progress_nav import crumbs, others, views
from mysapk_web.progress.pages.progress_state import ProgressState
from mysapk_web.ui.components.behaviour import Form, Polling
from mysapk_web.ui.components.charts import bar, curve
from mysapk_web.ui.components.display import description_list, empty, section, skeleton, table, table_cell, table_row
from mysapk_web.ui.components.forms import form_messages, submit_button
from mysapk_web.ui.components.lists import filter_select
from mysapk_web.ui.components.pagination import link_pager
from mysapk_web.ui.shell import page
from mysapk_web.ui.state import AppState

EVERY: Final = 10
"""Seconds between two looks at the counts."""
SHARE: Final = "Persentase"


def dashboard_page(
    state: type[ProgressState],
    *,
    units_caption: str,
    more_heads: Sequence[str] = (),
    below_note: rx.Component | None = None,
    sections: Sequence[rx.Component] = (),
) -> rx.Component:
    """The page of a dashboard.

    Args:
        state: Of the page.
        units_caption: Caption of the table of units.
        more_heads: Heads of the columns that only this table has, `Share.more`.
        below_note: Below the table of units.
        sections: Before the history.
    """
    said = state.DASHBOARD
    content = rx.fragment(
        views(said.view, *_hrefs(state), "Yang dilihat"),
        crumbs(state.crumbs, state.place_name),
        rx.el.p(state.place_name, class_name="lead"),
        others(state.others),
        _headline(state),
        rx.el.ul(
            rx.el.li(rx.el.a(f"Daftar yang {said.unreached}", href=state.list_href)),
            rx.el.li(rx.el.a("Daftar sanksi setelah periode berakhir", href=state.sanctions_href)),
            class_name="links mt-6",
        ),
        *sections,
        _history(state),
        _kinds(state),
        _units(state, units_caption, more_heads, below_note or rx.fragment()),
        Polling.create(every=EVERY, on_tick=state.refresh),
    )
    return page(
        form_messages(),
        rx.el.h1(said.title),
        rx.cond(state.ready, content, rx.cond(AppState.faults, rx.fragment(), skeleton(8))),
        current="/admin",
    )


def share_cell(item: Any) -> rx.Component:
    """A share with its bar."""
    return table_cell(SHARE, rx.el.div(rx.el.span(item["share"]), bar(item["width"]), class_name="share"))


def _hrefs(state: type[ProgressState]) -> tuple[Any, Any]:
    """Of the activation and the PDM."""
    if state.DASHBOARD.view == "pdm":
        return state.aside_href, state.here_href
    return state.here_href, state.aside_href


def _headline(state: type[ProgressState]) -> rx.Component:
    said = state.DASHBOARD
    figures = state.whole["figures"]
    return rx.el.div(
        rx.el.p(
            rx.el.strong(state.whole["share"], class_name="figure"),
            rx.el.span(figures[1], " dari ", figures[0], f" pegawai {said.reached}"),
        ),
        bar(state.whole["width"], large=True),
        rx.el.div(
            description_list(
                (said.missing, rx.el.a(state.missing, " pegawai", href=state.list_href)),
                *((label, rx.el.span(state.facts[place])) for place, (label, _) in enumerate(said.facts)),
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


def _figure_cells(heads: Sequence[str], figures: Any) -> list[rx.Component]:
    return [table_cell(head, rx.el.span(figures[place])) for place, head in enumerate(heads)]


def _share_row(head: str, heads: Sequence[str], item: Any, more_heads: Sequence[str] = ()) -> rx.Component:
    return table_row(
        table_cell(head, rx.el.a(item["label"], href=item["href"])),
        *_figure_cells(heads, item["figures"]),
        share_cell(item),
        *_figure_cells(more_heads, item["more"]),
    )


def _kinds(state: type[ProgressState]) -> rx.Component:
    heads = [head for head, _ in state.DASHBOARD.figures]
    return section(
        "Menurut jenis pegawai",
        table(
            f"{state.DASHBOARD.subject} menurut jenis pegawai",
            ["Jenis", *heads, SHARE],
            rx.foreach(state.kinds, lambda item: _share_row("Jenis", heads, item)),
        ),
    )


def _units(state: type[ProgressState], caption: str, more_heads: Sequence[str], note: rx.Component) -> rx.Component:
    said = state.DASHBOARD
    heads = [head for head, _ in said.figures]
    return section(
        "Menurut unit",
        rx.cond(
            state.below,
            rx.fragment(
                Form.create(
                    filter_select("urut", "Urutkan menurut", state.order, said.orders),
                    rx.el.div(submit_button("Urutkan", "Mengurutkan ...", kind="secondary"), class_name="buttons"),
                    on_submit=state.sort,
                    action=said.path,
                    class_name="filter mb-6",
                ),
                table(
                    caption,
                    ["Unit", *heads, SHARE, *more_heads],
                    rx.foreach(state.below, lambda item: _share_row("Unit", heads, item, more_heads)),
                ),
                note,
                link_pager(state.number, state.pages, state.before, state.after),
            ),
            empty(f"Tidak ada unit di bawah tempat ini. Lihat orang-orangnya pada daftar yang {said.unreached}."),
        ),
    )


def _history(state: type[ProgressState]) -> rx.Component:
    said = state.DASHBOARD
    heads = [head for head, _ in said.daily]

    def day(item: Any) -> rx.Component:
        return table_row(
            table_cell("Hari", rx.el.span(item["day"])),
            *_figure_cells(heads, item["figures"]),
            table_cell(SHARE, rx.el.span(item["share"])),
        )

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
                        f"{said.subject} dari hari ke hari",
                        ["Hari", *heads, SHARE],
                        rx.foreach(state.days, day),
                    ),
                    class_name="mt-4",
                ),
            ),
            empty("Belum ada catatan harian. Catatan pertama tersimpan saat ada pegawai di unit ini."),
        ),
    )
