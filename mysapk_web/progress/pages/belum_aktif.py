"""`/admin/belum-aktif`: who has not activated, reminders to them, and the list as a file."""

from __future__ import annotations

from typing import ClassVar

import reflex as rx

from mysapk_web.platform import executors
from mysapk_web.platform.pagination import Page
from mysapk_web.progress import not_activated, reminders
from mysapk_web.progress.org_nodes import OrgNode
from mysapk_web.progress.pages.components.missing import CAUSES, filter_of, missing_row
from mysapk_web.progress.pages.components.person_cells import ListedRow
from mysapk_web.progress.pages.people_list import KIND, in_rows
from mysapk_web.progress.pages.reminder_list import ReminderList, reminder_page
from mysapk_web.progress.rules import Report
from mysapk_web.ui.access import actor
from mysapk_web.ui.state import AppState


class BelumAktifState(ReminderList, AppState):
    """One page of the list and its filters."""

    PATH: ClassVar = "/admin/belum-aktif"
    ASIDE: ClassVar = "/admin"
    FILTERS: ClassVar = {"tempat": "", "jenis": "", "keterangan": ""}
    NOBODY: ClassVar = (
        "Tidak ada pengingat yang dikirim: semua yang dipilih sudah diingatkan hari ini atau belum dapat aktivasi."
    )

    async def _find(self, place: OrgNode, page: int) -> Page[ListedRow]:
        found = await executors.run_read_only(not_activated.list_not_activated, actor(), filter_of(self.filters), page)
        return in_rows(found, missing_row, place)

    async def _remind(self, chosen: list[int] | None) -> reminders.ReminderResult:
        return await executors.run_in_transaction(
            reminders.remind_activation, actor(), filter_of(self.filters), account_ids=chosen
        )


def belum_aktif() -> rx.Component:
    """The page."""
    return reminder_page(
        BelumAktifState,
        "Belum mengaktifkan akun",
        aside="Kemajuan aktivasi",
        choices=(KIND, ("keterangan", "Keterangan", CAUSES)),
        caption="Pegawai yang belum mengaktifkan akun",
        reach="Setiap pegawai yang dapat mengaktifkan akun menerima satu email, kecuali yang sudah diingatkan dalam 24 jam "
        "terakhir. Yang tanpa alamat email, dinonaktifkan, atau menunggu persetujuan dilewati.",
        nothing="Tidak ada yang belum aktivasi menurut saringan ini.",
        report=Report.NOT_ACTIVATED,
    )
