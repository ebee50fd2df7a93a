"""`/admin/belum-pdm`: who has not finished or sent in the present PDM, reminders to them, and the list as a file."""

from __future__ import annotations

from typing import ClassVar

import reflex as rx

from mysapk_web.progress.pages.components.people_rows import GROUPS, INCOMPLETE_KINDS, PDM
from mysapk_web.progress.pages.people_list import JENIS
from mysapk_web.progress.pages.reminder_list import ReminderList, reminder_page
from mysapk_web.progress.pdm_incomplete import IncompleteKind
from mysapk_web.progress.rules import Report
from mysapk_web.ui.state import AppState


class BelumPdmState(ReminderList, AppState):
    """The list."""

    PATH: ClassVar = "/admin/belum-pdm"
    ASIDE: ClassVar = "/admin/pdm"
    KIND: ClassVar = PDM
    FILTERS: ClassVar = {"tempat": "", "jenis": "", "dicari": IncompleteKind.UNFINISHED.value, "kelompok": ""}
    NOBODY: ClassVar = (
        "Tidak ada pengingat yang dikirim: semua yang dipilih sudah diingatkan hari ini, akunnya belum aktif, "
        "atau periodenya tidak sedang dibuka."
    )


def belum_pdm() -> rx.Component:
    return reminder_page(
        BelumPdmState,
        "Belum selesai pemutakhiran",
        aside="Kemajuan pemutakhiran data",
        choices=(("dicari", "Yang dicari", INCOMPLETE_KINDS), ("kelompok", "Kelompok yang belum", GROUPS), JENIS),
        caption="Pegawai yang belum selesai",
        reach="Setiap pegawai yang akunnya aktif menerima satu email, kecuali yang sudah diingatkan dalam 24 jam terakhir. "
        "Yang belum mengaktifkan akun diingatkan dari daftar aktivasi.",
        nothing="Tidak ada pegawai menurut saringan ini.",
        report=Report.PDM_INCOMPLETE,
        columns=(("Kelompok selesai", "groups"),),
    )
