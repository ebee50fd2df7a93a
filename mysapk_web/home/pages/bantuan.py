"""`/bantuan`: whom to turn to, what to do when no mail comes, and answers to common complaints."""

from __future__ import annotations

from dataclasses import asdict

import reflex as rx

from mysapk_web.administration import announcements as announcement_service
from mysapk_web.home.pages.components.announcements import AnnouncementRow, announcement_rows, announcements
from mysapk_web.home.pages.components.email_request import email_request
from mysapk_web.organisation import help as helpdesk
from mysapk_web.organisation.help import NATIONAL_CONTACT
from mysapk_web.platform import executors
from mysapk_web.ui.access import ANYONE, actor_or_none, handler
from mysapk_web.ui.components.agency_help import agency_help
from mysapk_web.ui.components.contacts import contact_card
from mysapk_web.ui.components.display import section
from mysapk_web.ui.components.forms import form_messages
from mysapk_web.ui.shell import ShellState, page
from mysapk_web.ui.state import AppState

QUESTIONS: tuple[tuple[str, str, str], ...] = (
    (
        "token",
        "Token tidak datang ke email",
        (
            "Tunggu beberapa menit dan periksa folder spam. Pastikan NIP dan email yang diisi sama dengan data kepegawaian, "
            "lalu kirim ulang dari halaman Konfirmasi Reset Password. Hanya token dari email terakhir yang berlaku. "
            "Bila tetap tidak datang, hubungi admin kepegawaian instansi Anda: admin dapat melihat status pengirimannya."
        ),
    ),
    (
        "email",
        "Email terdaftar sudah tidak aktif atau berbeda",
        (
            "Email di data kepegawaian diperbaiki oleh admin kepegawaian di satuan kerja atau instansi Anda, paling lama 1x24 jam. "
            "Tidak dapat masuk? Isi Minta perbaikan alamat email di halaman ini. "
            "Sebagian instansi juga menyediakan aplikasi kepegawaian sendiri; perubahan di sana diimpor berkala. "
            "Satu alamat hanya untuk satu orang."
        ),
    ),
    (
        "surel-umum",
        "Apakah boleh memakai Gmail atau Yahoo?",
        (
            "Bergantung pada aturan instansi Anda. Sebagian instansi hanya menerima email dinas. "
            "Tanyakan kepada admin kepegawaian, lalu minta alamat dinas dicatat di data Anda."
        ),
    ),
    (
        "cpns",
        "Saya CPNS dan belum dapat mengaktifkan akun",
        (
            "Akun CPNS dibuka setelah disetujui admin instansi. Anda menerima pemberitahuan lewat email terdaftar. "
            "Hubungi admin instansi bila persetujuan belum diberikan."
        ),
    ),
    (
        "salin",
        "Token ditolak",
        (
            "Salin token dari email lalu tempel; jangan diketik ulang. Token berlaku 30 menit, hanya satu kali, "
            "dan mati begitu token baru diminta. Setelah lima kali salah, minta token baru."
        ),
    ),
    (
        "password",
        "Password baru tidak diterima",
        (
            "Gunakan paling sedikit 6 karakter dengan satu huruf besar dan satu angka, tanpa NIP, tanggal lahir, nama, "
            "atau kata yang umum dipakai. Pemegang peran admin atau verifikator memakai paling sedikit 12 karakter."
        ),
    ),
    (
        "terkunci",
        "Terlalu banyak percobaan masuk",
        "Tunggu selama waktu yang disebutkan, atau langsung gunakan Lupa Password untuk membuat password baru.",
    ),
    (
        "kode",
        "Kode autentikator selalu salah",
        (
            "Setel jam ponsel ke otomatis, lalu gunakan kode yang baru muncul. Ponsel hilang? "
            "Pakai salah satu kode pemulihan; bila tidak ada, hubungi admin instansi Anda."
        ),
    ),
    (
        "periode",
        "Kapan pemutakhiran data dibuka?",
        "Jadwalnya tampil di Beranda setelah masuk dari peramban di komputer.",
    ),
    (
        "hijau",
        "Data yang saya ubah belum tampil",
        "Perubahan data adalah usulan. Data resmi berubah setelah usulan diverifikasi dan disetujui instansi.",
    ),
)
"""(id, question, answer), after the complaints that are known from the original portal."""


class BantuanState(AppState):
    """One's own agency first."""

    contacts: list[dict[str, str]] = [asdict(NATIONAL_CONTACT)]
    announcements: list[AnnouncementRow] = []

    @handler(ANYONE)
    async def load(self) -> None:
        self.faults, self.notice = {}, ""
        person = actor_or_none()
        if person is not None:
            shell = await self.get_state(ShellState)
            await shell._fill()
        self.announcements = announcement_rows(
            await executors.run_read_only(announcement_service.visible_announcements, person)
        )
        self.contacts = [asdict(contact) for contact in await executors.run_read_only(helpdesk.contacts_for, person)]


def _question(ident: str, question: str, answer: str) -> rx.Component:
    return rx.el.details(
        rx.el.summary(question, custom_attrs={"id": ident}),
        rx.el.p(answer),
    )


def bantuan() -> rx.Component:
    return page(
        rx.cond(
            ShellState.full_name,
            rx.fragment(),
            rx.el.a("Kembali ke Masuk", href="/masuk", class_name="inline-block py-2 mb-2"),
        ),
        form_messages(),
        rx.el.h1("Bantuan"),
        rx.el.p(
            "Mulailah dari admin kepegawaian di instansi Anda: mereka dapat memperbaiki email dan membuka akun Anda.",
            class_name="lead",
        ),
        announcements(BantuanState.announcements),
        section(
            "Hubungi kami",
            rx.el.div(rx.foreach(BantuanState.contacts, lambda item: contact_card(item)), class_name="grid gap-4"),
            rx.cond(ShellState.full_name, rx.fragment(), agency_help()),
            rx.el.p(
                "Petugas tidak pernah meminta password, token, atau kode autentikator Anda.",
                class_name="notice notice-info mt-6",
            ),
        ),
        rx.cond(ShellState.full_name, rx.fragment(), email_request()),
        section(
            "Pertanyaan yang sering diajukan",
            rx.el.div(*(_question(*entry) for entry in QUESTIONS), class_name="faq"),
        ),
        current="/bantuan",
        public=True,
    )
