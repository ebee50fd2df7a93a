"""What the lists of sanctions share: agencies whose period is over, and their people whose services are not processed."""

from __future__ import annotations

from typing import Any, ClassVar, Final, TypedDict

import reflex as rx

from mysapk_web.organisation.periods import SANCTION_SOURCE
from mysapk_web.platform import executors
from mysapk_web.platform.pagination import Page
from mysapk_web.platform.rules.timezones import format_moment_compact
from mysapk_web.progress.closed_periods import closed_agencies
from mysapk_web.progress.pages.components.person_cells import HEADS, REMARK, person_cells, remark_cell
from mysapk_web.progress.pages.components.progress_nav import views
from mysapk_web.progress.pages.people_list import NODE, Choice, PeopleList, list_page, narrowed_list
from mysapk_web.progress.rules import Report
from mysapk_web.ui.access import actor
from mysapk_web.ui.components.display import empty, notice_box, table, table_row
from mysapk_web.ui.components.lists import url_with

SHOWN_AGENCIES: Final = 10


class ClosedRow(TypedDict):
    """An agency whose period is over."""

    name: str
    ended: str


class SanctionList(PeopleList, mixin=True):
    """A list that results from the end of a period."""

    REMINDERS: ClassVar[str]
    """Route of the list of those who can still do it."""

    closed: list[ClosedRow] = []
    closed_more: int = 0
    reminders: str = ""

    async def _look(self, page: int) -> None:
        key = self.filters.get(NODE, "")
        self.reminders = url_with(self.REMINDERS, {NODE: key})
        closed = await executors.run_read_only(closed_agencies, actor(), kind=self.KIND.report.period, key=key)
        self.closed = [
            {"name": agency.name, "ended": format_moment_compact(agency.ended_at, agency.timezone)}
            for agency in closed[:SHOWN_AGENCIES]
        ]
        self.closed_more = max(0, len(closed) - SHOWN_AGENCIES)
        await super()._look(page)

    async def _find(self, wanted: Any, page: int) -> Page[Any]:
        return await executors.run_read_only(self.KIND.report.sanction_page, actor(), wanted, page)


def sanction_page(
    state: type[SanctionList],
    heading: str,
    *,
    view: str,
    period: str,
    reason: str,
    lasting: str,
    undone: str,
    choices: tuple[Choice, ...],
    report: Report,
) -> rx.Component:
    """The page of such a list.

    Args:
        state: Of the page.
        heading: Text of the `h1`.
        view: Which of `progress_nav.VIEWS` it belongs to.
        period: What the period is of.
        reason: Why somebody is on the list.
        lasting: What becomes of the list later, a sentence.
        undone: Who can still be reminded while the period runs.
        choices: What the list can be narrowed by.
        report: What the file is.
    """
    people = table(
        "Pegawai yang layanannya tidak diproses",
        [*HEADS, REMARK],
        rx.foreach(state.rows, lambda item: table_row(*person_cells(item), remark_cell(item))),
    )
    whole = rx.fragment(
        _closed(state, period, reason, lasting),
        narrowed_list(
            state,
            choices,
            people,
            nothing="Tidak ada pegawai dalam daftar ini menurut saringan.",
            report=report,
            about_file="Semua baris sesuai saringan, dengan alasan dan dasar hukum.",
        ),
    )
    none_yet = empty(
        rx.fragment(
            f"Daftar ini terbentuk setelah periode {period} berakhir. {lasting} Selama periode masih berjalan, ingatkan ",
            rx.el.a(undone, href=state.reminders),
            ".",
        )
    )
    here_and_aside = (state.PATH, state.aside) if view == "aktivasi" else (state.aside, state.PATH)
    content = rx.fragment(
        views(view, *here_and_aside, "Daftar sanksi dari"),
        rx.el.p(state.place_name, class_name="lead"),
        rx.el.div(rx.cond(state.closed, whole, none_yet), class_name="mt-6"),
    )
    return list_page(state, heading, content)


def _closed(state: type[SanctionList], period: str, reason: str, lasting: str) -> rx.Component:
    def agency(item: Any) -> rx.Component:
        return rx.el.li(item["name"], f": periode {period} berakhir ", item["ended"])

    return rx.fragment(
        notice_box(
            rx.el.p(
                "Layanan kepegawaian (kenaikan pangkat, mutasi, dan lainnya) bagi pegawai dalam daftar ini tidak diproses."
            ),
            rx.el.p("Alasan: ", reason, class_name="mt-1"),
            rx.el.p("Dasar hukum: ", SANCTION_SOURCE, ".", class_name="mt-1"),
            rx.el.p(lasting, class_name="mt-1"),
            kind="warn",
        ),
        rx.el.ul(
            rx.foreach(state.closed, agency),
            rx.cond(state.closed_more > 0, rx.el.li(f"dan {state.closed_more} instansi lain")),
            class_name="help mt-4",
        ),
    )
