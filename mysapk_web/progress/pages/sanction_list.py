"""What the lists of sanctions share: agencies whose period is over, and their people whose services are not processed."""

from __future__ import annotations

from typing import Any, ClassVar, Final, TypedDict

import reflex as rx

from mysapk_web.organisation.periods import SANCTION_SOURCE
from mysapk_web.organisation.rules.period import PeriodKind
from mysapk_web.platform import executors
from mysapk_web.platform.rules.timezones import format_moment_compact
from mysapk_web.progress.closed_periods import closed_agencies
from mysapk_web.progress.pages.components.person_cells import HEADS, REMARK, person_cells, remark_cell
from mysapk_web.progress.pages.people_list import PLACE, Choice, PeopleList, list_page, narrowed_list
from mysapk_web.progress.rules import Report
from mysapk_web.ui.access import actor
from mysapk_web.ui.components.display import empty, notice_box, table, table_row
from mysapk_web.ui.components.lists import url_with

SHOWN_AGENCIES: Final = 10


class ClosedRow(TypedDict):
    """An agency whose period is over."""

    nama: str
    ended: str


class SanctionList(PeopleList, mixin=True):
    """A list that comes of the end of a period."""

    PERIOD: ClassVar[PeriodKind]
    REMINDERS: ClassVar[str]
    """Route of the list of those who can still do it."""

    closed: list[ClosedRow] = []
    closed_more: int = 0
    reminders: str = ""

    async def _look(self, page: int) -> None:
        place = self.filters.get(PLACE, "")
        self.reminders = url_with(self.REMINDERS, {PLACE: place})
        closed = await executors.run_read_only(closed_agencies, actor(), kind=self.PERIOD, key=place)
        self.closed = [
            {"nama": agency.name, "ended": format_moment_compact(agency.ended_at, agency.timezone)}
            for agency in closed[:SHOWN_AGENCIES]
        ]
        self.closed_more = max(0, len(closed) - SHOWN_AGENCIES)
        await super()._look(page)


def sanction_page(
    state: type[SanctionList],
    heading: str,
    *,
    views: rx.Component,
    period: str,
    reason: str,
    kept: str,
    undone: str,
    choices: tuple[Choice, ...],
    report: Report,
) -> rx.Component:
    """The page of such a list."""
    listed = table(
        "Pegawai yang layanannya tidak diproses",
        [*HEADS, REMARK],
        rx.foreach(state.rows, lambda item: table_row(*person_cells(item), remark_cell(item))),
    )
    whole = rx.fragment(
        _closed(state, period, reason, kept),
        narrowed_list(
            state,
            choices,
            listed,
            nothing="Tidak ada pegawai dalam daftar ini menurut saringan.",
            report=report,
            about_file="Semua baris sesuai saringan, dengan alasan dan dasar hukum.",
        ),
    )
    none_yet = empty(
        rx.fragment(
            f"Daftar ini terbentuk setelah periode {period} berakhir. {kept} Selama periode masih berjalan, ingatkan ",
            rx.el.a(undone, href=state.reminders),
            ".",
        )
    )
    content = rx.fragment(
        views,
        rx.el.p(state.nama, class_name="lead"),
        rx.el.div(rx.cond(state.closed, whole, none_yet), class_name="mt-6"),
    )
    return list_page(state, heading, content)


def _closed(state: type[SanctionList], period: str, reason: str, kept: str) -> rx.Component:
    def agency(item: Any) -> rx.Component:
        return rx.el.li(item["nama"], f": periode {period} berakhir ", item["ended"])

    return rx.fragment(
        notice_box(
            rx.el.p(
                "Layanan kepegawaian (kenaikan pangkat, mutasi, dan lainnya) bagi pegawai dalam daftar ini tidak diproses."
            ),
            rx.el.p("Alasan: ", reason, class_name="mt-1"),
            rx.el.p("Dasar hukum: ", SANCTION_SOURCE, ".", class_name="mt-1"),
            rx.el.p(kept, class_name="mt-1"),
            kind="warn",
        ),
        rx.el.ul(
            rx.foreach(state.closed, agency),
            rx.cond(state.closed_more > 0, rx.el.li(f"dan {state.closed_more} instansi lain")),
            class_name="help mt-4",
        ),
    )
