"""`/admin/pdm`: how far the PDM is, by group, by unit, by kind of employment, over the last weeks; and the backlog of verification."""

from __future__ import annotations

from itertools import pairwise
from typing import ClassVar, Final, TypedDict

import reflex as rx
from reflex.vars import ObjectVar

from mysapk_web.platform.rules.formatting import format_number, percent
from mysapk_web.progress.backlog import AGES, Backlog
from mysapk_web.progress.pages.progress_state import Dashboard, ProgressState, Share
from mysapk_web.progress.pages.progress_view import SHARE, dashboard_page, share_cell
from mysapk_web.progress.report import PDM, ChildRow, Snapshot, Tally
from mysapk_web.progress.rules import Measure, WaitingOffice
from mysapk_web.ui.components.charts import width_of
from mysapk_web.ui.components.display import description_list, empty, section, table, table_cell, table_row
from mysapk_web.ui.components.lists import url_with
from mysapk_web.ui.state import AppState

OFFICES: Final = {
    WaitingOffice.VERIFIER: "Verifikator",
    WaitingOffice.APPROVER: "Approver",
    WaitingOffice.BKN: "BKN",
}
AGE_LABELS: Final = (
    f"Sampai {AGES[0]} hari",
    *(f"{first + 1} sampai {last} hari" for first, last in pairwise(AGES)),
    f"Lebih dari {AGES[-1]} hari",
)


def _people(measure: Measure, tally: Tally) -> str:
    return f"{format_number(tally[measure])} pegawai ({percent(tally[measure], tally.people)})"


PDM_DASHBOARD: Final = Dashboard(
    kind=PDM,
    view="pdm",
    path="/admin/pdm",
    aside="/admin",
    people="/admin/belum-pdm",
    sanctions="/admin/sanksi-pdm",
    figures=(
        ("Pegawai", lambda tally: tally.people),
        ("Selesai", lambda tally: tally[Measure.PDM_DONE]),
        ("Mengirim usulan", lambda tally: tally[Measure.PDM_SENT]),
    ),
    daily=(
        ("Pegawai", lambda tally: tally.people),
        ("Sudah ikut", lambda tally: tally[Measure.PDM_TAKEN_PART]),
        ("Mengirim usulan", lambda tally: tally[Measure.PDM_SENT]),
        ("Selesai", lambda tally: tally[Measure.PDM_DONE]),
    ),
    facts=(
        ("Sudah ikut", lambda tally: _people(Measure.PDM_TAKEN_PART, tally)),
        ("Sudah mengirim usulan", lambda tally: _people(Measure.PDM_SENT, tally)),
        ("Semua usulannya terkirim", lambda tally: _people(Measure.PDM_ALL_SENT, tally)),
    ),
    title="Kemajuan pemutakhiran data",
    subject="Pemutakhiran",
    reached="sudah menyelesaikan semua kelompok data",
    missing="Belum selesai",
    most_missing="Terbanyak belum selesai",
    unreached="belum selesai",
    history="Selesai semua kelompok: dari ",
)


class Bar(TypedDict):
    """One bar of a chart, with its texts."""

    label: str
    href: str
    count: str
    whole: str
    share: str
    width: str


def format_days(days: int | None) -> str:
    """How long something waits; None where nothing does."""
    if days is None:
        return "-"
    return "hari ini" if days == 0 else f"{format_number(days)} hari"


def bar_of(label: str, count: int, whole: int, href: str = "") -> Bar:
    """One bar: `count` of `whole`."""
    return {
        "label": label,
        "href": href,
        "count": format_number(count),
        "whole": format_number(whole),
        "share": percent(count, whole) if whole else "-",
        "width": width_of(count, whole),
    }


class KemajuanPdmState(ProgressState, AppState):
    """Counts of one node."""

    DASHBOARD: ClassVar = PDM_DASHBOARD

    groups: list[Bar] = []
    waiting: str = "0"
    offices: list[Bar] = []
    ages: list[Bar] = []
    oldest: str = "-"
    median: str = "-"

    def _show(self, found: Snapshot) -> None:
        super()._show(found)
        people = PDM_DASHBOARD.people
        self.groups = [
            bar_of(
                group.label,
                group.handled,
                group.people,
                url_with(people, {"tempat": self.tempat, "kelompok": group.key}),
            )
            for group in found.groups
        ]
        self._show_backlog(found.backlog)

    def _child(self, row: ChildRow) -> Share:
        more = [format_number(row.backlog.total), format_days(row.backlog.oldest)]
        return self._share(row.tally, row.name, self._at(row.key), more)

    def _show_backlog(self, backlog: Backlog) -> None:
        self.waiting = format_number(backlog.total)
        self.offices = [bar_of(OFFICES[office], count, backlog.total) for office, count in backlog.offices]
        self.ages = [bar_of(label, count, backlog.total) for label, count in zip(AGE_LABELS, backlog.ages, strict=True)]
        self.oldest, self.median = format_days(backlog.oldest), format_days(backlog.median)


def _group(item: ObjectVar[Bar]) -> rx.Component:
    return table_row(
        table_cell("Kelompok", rx.el.a(item["label"], href=item["href"])),
        table_cell("Sudah", rx.el.span(item["count"])),
        table_cell("Dari", rx.el.span(item["whole"])),
        share_cell(item),
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
            ["Kelompok", "Sudah", "Dari", SHARE],
            rx.foreach(KemajuanPdmState.groups, _group),
        ),
    )


def _count(item: ObjectVar[Bar]) -> rx.Component:
    return table_row(
        table_cell("Menunggu", rx.el.span(item["label"])),
        table_cell("Usulan", rx.el.span(item["count"])),
        share_cell(item),
    )


def _backlog() -> rx.Component:
    state = KemajuanPdmState
    return section(
        "Antrean verifikasi",
        rx.cond(
            state.waiting == "0",
            empty("Tidak ada usulan yang menunggu keputusan di tempat ini."),
            rx.fragment(
                description_list(
                    ("Menunggu keputusan", rx.el.span(state.waiting, " usulan")),
                    ("Paling lama menunggu", rx.el.span(state.oldest)),
                    ("Separuhnya menunggu paling sedikit", rx.el.span(state.median)),
                ),
                rx.el.div(
                    table("Antrean menurut pemutus", ["Menunggu", "Usulan", SHARE], rx.foreach(state.offices, _count)),
                    class_name="mt-6",
                ),
                rx.el.div(
                    table(
                        "Antrean menurut lama menunggu sejak dikirim",
                        ["Lama menunggu", "Usulan", SHARE],
                        rx.foreach(state.ages, _count),
                    ),
                    class_name="mt-6",
                ),
            ),
        ),
    )


def kemajuan_pdm() -> rx.Component:
    return dashboard_page(
        KemajuanPdmState,
        units_caption="Pemutakhiran dan antrean menurut unit",
        more_heads=("Antrean", "Paling lama"),
        sections=(_groups(), _backlog()),
    )
