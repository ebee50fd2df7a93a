"""`/admin/sanksi`: whose services are not processed, because they had not activated when the period ended."""

from __future__ import annotations

from typing import ClassVar

import reflex as rx

from mysapk_web.organisation.rules.period import PeriodKind
from mysapk_web.platform import executors
from mysapk_web.platform.pagination import Page
from mysapk_web.progress import not_activated
from mysapk_web.progress.org_nodes import OrgNode
from mysapk_web.progress.pages.components.missing import SANCTION_CAUSES, filter_of, missing_row
from mysapk_web.progress.pages.components.person_cells import ListedRow
from mysapk_web.progress.pages.components.progress_nav import views
from mysapk_web.progress.pages.people_list import KIND, in_rows
from mysapk_web.progress.pages.sanction_list import SanctionList, sanction_page
from mysapk_web.progress.rules import Report
from mysapk_web.ui.access import actor
from mysapk_web.ui.state import AppState


class SanksiState(SanctionList, AppState):
    """One page of the list and its filters."""

    PATH: ClassVar = "/admin/sanksi"
    ASIDE: ClassVar = "/admin/sanksi-pdm"
    FILTERS: ClassVar = {"tempat": "", "jenis": "", "keterangan": ""}
    PERIOD: ClassVar = PeriodKind.AKTIVASI
    REMINDERS: ClassVar = "/admin/belum-aktif"

    async def _find(self, place: OrgNode, page: int) -> Page[ListedRow]:
        found = await executors.run_read_only(not_activated.list_sanctioned, actor(), filter_of(self.filters), page)
        return in_rows(found, missing_row, place)


def sanksi() -> rx.Component:
    """The page."""
    state = SanksiState
    return sanction_page(
        state,
        "Daftar sanksi",
        views=views("aktivasi", state.PATH, state.aside, "Daftar sanksi dari"),
        period="aktivasi",
        reason=not_activated.NOT_TAKEN_PART,
        kept="Yang baru mengaktifkan setelah periode berakhir tetap ada dalam daftar, dengan tanggalnya.",
        undone="yang belum mengaktifkan akun",
        choices=(KIND, ("keterangan", "Keterangan", SANCTION_CAUSES)),
        report=Report.SANCTIONS,
    )
