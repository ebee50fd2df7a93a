"""`/admin/belum-aktif`: who has not activated, reminders to them, and the list as a file."""

from __future__ import annotations

from typing import ClassVar

import reflex as rx

from mysapk_web.progress.pages.components.people_rows import ACTIVATION, NOT_ACTIVATED_REASONS
from mysapk_web.progress.pages.people_list import JENIS
from mysapk_web.progress.pages.reminder_list import ReminderList, reminder_page
from mysapk_web.progress.rules import Report
from mysapk_web.ui.state import AppState


class BelumAktifState(ReminderList, AppState):
    """The list."""

    PATH: ClassVar = "/admin/belum-aktif"
    ASIDE: ClassVar = "/admin"
    KIND: ClassVar = ACTIVATION
    FILTERS: ClassVar = {"tempat": "", "jenis": "", "keterangan": ""}
    NOBODY: ClassVar = (
        "Tidak ada pengingat yang dikirim: semua yang dipilih sudah diingatkan hari ini atau belum dapat aktivasi."
    )


def belum_aktif() -> rx.Component:
    return reminder_page(
        BelumAktifState,
        "Belum mengaktifkan akun",
        aside="Kemajuan aktivasi",
        choices=(JENIS, ("keterangan", "Keterangan", NOT_ACTIVATED_REASONS)),
        caption="Pegawai yang belum mengaktifkan akun",
        reach="Setiap pegawai yang dapat mengaktifkan akun menerima satu email, kecuali yang sudah diingatkan dalam 24 jam "
        "terakhir. Yang tanpa alamat email, dinonaktifkan, atau menunggu persetujuan dilewati.",
        nothing="Tidak ada yang belum aktivasi menurut saringan ini.",
        report=Report.NOT_ACTIVATED,
    )
