"""`/admin/sanksi-pdm`: whose services are not processed, because they had taken no part when the PDM ended."""

from __future__ import annotations

from typing import ClassVar

import reflex as rx

from mysapk_web.progress import pdm_incomplete
from mysapk_web.progress.pages.components.people_rows import PDM
from mysapk_web.progress.pages.people_list import JENIS
from mysapk_web.progress.pages.sanction_list import SanctionList, sanction_page
from mysapk_web.progress.rules import Report
from mysapk_web.ui.state import AppState


class SanksiPdmState(SanctionList, AppState):
    """The list."""

    PATH: ClassVar = "/admin/sanksi-pdm"
    ASIDE: ClassVar = "/admin/sanksi"
    KIND: ClassVar = PDM
    FILTERS: ClassVar = {"tempat": "", "jenis": ""}
    REMINDERS: ClassVar = "/admin/belum-pdm"


def sanksi_pdm() -> rx.Component:
    return sanction_page(
        SanksiPdmState,
        "Daftar sanksi pemutakhiran",
        view="pdm",
        period="pemutakhiran",
        reason=pdm_incomplete.NOT_TAKEN_PART,
        lasting="Daftar berlaku sampai pemutakhiran berikutnya dimulai: sejak itu hitungannya dari awal. Unduh sebelum itu.",
        undone="yang belum menyelesaikan pemutakhiran data",
        choices=(JENIS,),
        report=Report.PDM_SANCTIONS,
    )
