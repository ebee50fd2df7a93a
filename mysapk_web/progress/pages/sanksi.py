"""`/admin/sanksi`: whose services are not processed, because they had not activated when the period ended."""

from __future__ import annotations

from typing import ClassVar

import reflex as rx

from mysapk_web.progress import not_activated
from mysapk_web.progress.pages.components.people_rows import ACTIVATION, SANCTION_REASONS
from mysapk_web.progress.pages.people_list import JENIS
from mysapk_web.progress.pages.sanction_list import SanctionList, sanction_page
from mysapk_web.progress.rules import Report
from mysapk_web.ui.state import AppState


class SanksiState(SanctionList, AppState):
    """The list."""

    PATH: ClassVar = "/admin/sanksi"
    ASIDE: ClassVar = "/admin/sanksi-pdm"
    KIND: ClassVar = ACTIVATION
    FILTERS: ClassVar = {"tempat": "", "jenis": "", "keterangan": ""}
    REMINDERS: ClassVar = "/admin/belum-aktif"


def sanksi() -> rx.Component:
    return sanction_page(
        SanksiState,
        "Daftar sanksi",
        view="aktivasi",
        period="aktivasi",
        reason=not_activated.NOT_TAKEN_PART,
        lasting="Yang baru mengaktifkan setelah periode berakhir tetap ada dalam daftar, dengan tanggalnya.",
        undone="yang belum mengaktifkan akun",
        choices=(JENIS, ("keterangan", "Keterangan", SANCTION_REASONS)),
        report=Report.SANCTIONS,
    )
