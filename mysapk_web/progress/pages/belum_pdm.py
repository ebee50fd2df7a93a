"""`/admin/belum-pdm`: who has not finished or sent in the present PDM, reminders to them, and the list as a file."""

from __future__ import annotations

from typing import ClassVar

import reflex as rx

from mysapk_web.platform import executors
from mysapk_web.platform.pagination import Page
from mysapk_web.progress import pdm_incomplete, reminders
from mysapk_web.progress.org_nodes import OrgNode
from mysapk_web.progress.pages.components.person_cells import ListedRow
from mysapk_web.progress.pages.components.unfinished import GROUPS, LACKS, filter_of, unfinished_row
from mysapk_web.progress.pages.people_list import KIND, in_rows
from mysapk_web.progress.pages.reminder_list import ReminderList, reminder_page
from mysapk_web.progress.rules import Report
from mysapk_web.ui.access import actor
from mysapk_web.ui.state import AppState


class BelumPdmState(ReminderList, AppState):
    """One page of the list and its filters."""

    PATH: ClassVar = "/admin/belum-pdm"
    ASIDE: ClassVar = "/admin/pdm"
    FILTERS: ClassVar = {
        "tempat": "",
        "jenis": "",
        "dicari": pdm_incomplete.IncompleteKind.UNFINISHED.value,
        "kelompok": "",
    }
    NOBODY: ClassVar = (
        "Tidak ada pengingat yang dikirim: semua yang dipilih sudah diingatkan hari ini, akunnya belum aktif, "
        "atau periodenya tidak sedang dibuka."
    )

    async def _find(self, place: OrgNode, page: int) -> Page[ListedRow]:
        wanted = filter_of(self.filters)
        # Something is always looked for, so the choice shows what it is even where the address says nothing.
        self.filters = {**self.filters, "dicari": wanted.kind.value, "kelompok": wanted.group}
        return in_rows(
            await executors.run_read_only(pdm_incomplete.list_incomplete, actor(), wanted, page), unfinished_row, place
        )

    async def _remind(self, chosen: list[int] | None) -> reminders.ReminderResult:
        return await executors.run_in_transaction(
            reminders.remind_pdm, actor(), filter_of(self.filters), account_ids=chosen
        )


def belum_pdm() -> rx.Component:
    """The page."""
    return reminder_page(
        BelumPdmState,
        "Belum selesai pemutakhiran",
        aside="Kemajuan pemutakhiran data",
        choices=(("dicari", "Yang dicari", LACKS), ("kelompok", "Kelompok yang belum", GROUPS), KIND),
        caption="Pegawai yang belum selesai",
        reach="Setiap pegawai yang akunnya aktif menerima satu email, kecuali yang sudah diingatkan dalam 24 jam terakhir. "
        "Yang belum mengaktifkan akun diingatkan dari daftar aktivasi.",
        nothing="Tidak ada pegawai menurut saringan ini.",
        report=Report.PDM_INCOMPLETE,
        columns=(("Kelompok selesai", "groups"),),
    )
