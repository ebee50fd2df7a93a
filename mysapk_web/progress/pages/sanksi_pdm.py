"""`/admin/sanksi-pdm`: whose services are not processed, because they had taken no part when the PDM ended."""

from __future__ import annotations

from typing import ClassVar

import reflex as rx

from mysapk_web.organisation.rules.period import PeriodKind
from mysapk_web.platform import executors
from mysapk_web.platform.pagination import Page
from mysapk_web.progress import pdm_incomplete
from mysapk_web.progress.org_nodes import OrgNode
from mysapk_web.progress.pages.components.person_cells import ListedRow
from mysapk_web.progress.pages.components.progress_nav import views
from mysapk_web.progress.pages.components.unfinished import filter_of, unfinished_row
from mysapk_web.progress.pages.people_list import KIND, in_rows
from mysapk_web.progress.pages.sanction_list import SanctionList, sanction_page
from mysapk_web.progress.rules import Report
from mysapk_web.ui.access import actor
from mysapk_web.ui.state import AppState


class SanksiPdmState(SanctionList, AppState):
    """One page of the list and its filters."""

    PATH: ClassVar = "/admin/sanksi-pdm"
    ASIDE: ClassVar = "/admin/sanksi"
    FILTERS: ClassVar = {"tempat": "", "jenis": ""}
    PERIOD: ClassVar = PeriodKind.PDM
    REMINDERS: ClassVar = "/admin/belum-pdm"

    async def _find(self, place: OrgNode, page: int) -> Page[ListedRow]:
        found = await executors.run_read_only(pdm_incomplete.list_sanctioned, actor(), filter_of(self.filters), page)
        return in_rows(found, unfinished_row, place)


def sanksi_pdm() -> rx.Component:
    """The page."""
    state = SanksiPdmState
    return sanction_page(
        state,
        "Daftar sanksi pemutakhiran",
        views=views("pdm", state.aside, state.PATH, "Daftar sanksi dari"),
        period="pemutakhiran",
        reason=pdm_incomplete.NOT_TAKEN_PART,
        kept="Daftar berlaku sampai pemutakhiran berikutnya dimulai: sejak itu hitungannya dari awal. Unduh sebelum itu.",
        undone="yang belum menyelesaikan pemutakhiran data",
        choices=(KIND,),
        report=Report.PDM_SANCTIONS,
    )
