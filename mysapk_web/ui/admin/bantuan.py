"""`/admin/bantuan`: the helpdesk and the announcements of an agency."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any, Final, TypedDict

import reflex as rx
from babel.dates import format_date
from reflex.vars import ObjectVar

from mysapk_web.domain.period import ZONES
from mysapk_web.domain.roles import Permission
from mysapk_web.services import announcements, database
from mysapk_web.services.actor import InputRefused
from mysapk_web.services.announcements import AnnouncementView
from mysapk_web.services.help import ContactView
from mysapk_web.ui.access import actor, handler, holding
from mysapk_web.ui.components.acts import act_dialog
from mysapk_web.ui.components.behaviour import Form
from mysapk_web.ui.components.display import dialog_button, empty, section, skeleton
from mysapk_web.ui.components.forms import field, hidden, outcome, submit_button, text_area
from mysapk_web.ui.components.lists import address_with, parameter
from mysapk_web.ui.components.step_up import step_up_dialog
from mysapk_web.ui.shell import ShellState, page
from mysapk_web.ui.state import AppState, text_of
from mysapk_web.ui.words import number_of

PATH: Final = "/admin/bantuan"
MAY: Final = holding(Permission.ANNOUNCE)
CONTACT: Final = ("nama", "telepon", "email", "situs", "keluhan_url", "jam_layanan")
NO_CONTACT: Final[dict[str, str]] = dict.fromkeys(CONTACT, "")


class Place(TypedDict):
    """A place that the person speaks for."""

    key: str
    nama: str
    href: str


class Said(TypedDict):
    """An announcement that runs."""

    key: str
    judul: str
    isi: str
    until: str


def said(view: AnnouncementView) -> Said:
    """An announcement in words.

    Args:
        view: From the service.
    """
    last = view.until.astimezone(ZONES.get(view.zona, ZONES["WIB"])).date()
    return {
        "key": str(view.id),
        "judul": view.judul,
        "isi": view.isi,
        "until": format_date(last, "d MMMM y", locale="id"),
    }


class AdminBantuanState(AppState):
    """What one place tells its people."""

    ready: bool = False
    tempat: str = ""
    nama: str = ""
    places: list[Place] = []
    has_choice: bool = False
    contact: dict[str, str] = NO_CONTACT
    running: list[Said] = []

    @handler(MAY)
    async def load(self) -> None:
        """The place that the address names; the first otherwise."""
        self.faults, self.notice, self.ready = {}, "", False
        shell = await self.get_state(ShellState)
        await shell._fill()
        self.places = [
            {"key": key, "nama": nama, "href": address_with(PATH, {"tempat": key})}
            for key, nama in await database.look(announcements.choices, actor())
        ]
        self.has_choice = len(self.places) > 1
        await self._look(parameter(self.router.url, "tempat"))
        self.ready = True

    async def _look(self, key: str) -> None:
        desk = await database.look(announcements.desk, actor(), key)
        self.tempat, self.nama, self.contact = desk.key, desk.nama, asdict(desk.contact)
        self.running = [said(view) for view in desk.announcements]

    @handler(MAY)
    async def save_contact(self, form: dict[str, Any]) -> None:
        """Change where people turn for help."""
        given = ContactView(*(text_of(form, name, 400) for name in CONTACT))
        await database.run(announcements.save_contact, actor(), self.tempat, given)
        await self._look(self.tempat)
        self._tell(notice="Kontak bantuan disimpan. Pegawai melihatnya di halaman Bantuan dan di setiap email.")

    @handler(MAY)
    async def announce(self, form: dict[str, Any]) -> None:
        """Tell the people of the place something."""
        text = text_of(form, "sampai", 10)
        try:
            last = date.fromisoformat(text) if text else None
        except ValueError:
            raise InputRefused({"sampai": "Pilih tanggal yang benar, misalnya 24-08-2026."}) from None
        judul, isi = text_of(form, "judul"), text_of(form, "pesan")
        await database.run(announcements.announce, actor(), self.tempat, judul=judul, isi=isi, last=last)
        await self._look(self.tempat)
        self._tell(notice="Pengumuman ditampilkan.")

    @handler(MAY)
    async def end(self, form: dict[str, Any]) -> None:
        """Stop showing an announcement."""
        await database.run(announcements.end, actor(), announcement_id=number_of(text_of(form, "id")))
        await self._look(self.tempat)
        self._tell(notice="Pengumuman diakhiri.")


def _places() -> rx.Component:
    state = AdminBantuanState
    return rx.cond(
        state.has_choice,
        rx.el.details(
            rx.el.summary("Pilih instansi lain"),
            rx.el.ul(
                rx.foreach(state.places, lambda place: rx.el.li(rx.el.a(place["nama"], href=place["href"]))),
                class_name="links",
            ),
            class_name="mt-4",
        ),
    )


def _running(item: ObjectVar[Said]) -> rx.Component:
    ident = f"akhiri-{item['key']}"
    return rx.el.li(
        rx.el.div(
            rx.el.strong(item["judul"]),
            rx.el.p(item["isi"], class_name="whitespace-pre-line"),
            rx.el.p("Tampil sampai ", item["until"], class_name="help"),
        ),
        dialog_button("Akhiri", ident),
        act_dialog(
            "Akhiri pengumuman ini?",
            (rx.el.p(item["judul"]),),
            hidden("id", item["key"]),
            ident=ident,
            go=submit_button("Akhiri pengumuman", "Mengakhiri ...", kind="danger"),
            on_submit=AdminBantuanState.end,
            path=PATH,
        ),
    )


def _announcements() -> rx.Component:
    state = AdminBantuanState
    return section(
        "Pengumuman",
        rx.cond(
            state.running,
            rx.el.ul(rx.foreach(state.running, _running), class_name="acts"),
            empty("Tidak ada pengumuman yang sedang ditampilkan."),
        ),
        Form.create(
            field("judul", "Judul", help_text="Beberapa kata, paling banyak 120 karakter."),
            text_area(
                "pesan",
                "Isi pengumuman",
                "Apa yang perlu diketahui atau dilakukan; paling banyak 1.000 karakter.",
                rows="5",
            ),
            field("sampai", "Tampil sampai", kind="date", help_text="Hari terakhir pengumuman ditampilkan."),
            submit_button("Tampilkan pengumuman", "Menyimpan ..."),
            on_submit=state.announce,
            action=PATH,
            class_name="form",
        ),
    )


def _filled(name: str, label: str, help_text: str = "", **props: Any) -> rx.Component:
    # The key makes the field anew when another place is shown, so that it shows that place's words.
    value = AdminBantuanState.contact[name]
    return field(
        name, label, help_text=help_text, default_value=value, key=f"{name}-{AdminBantuanState.tempat}", **props
    )


def _contact() -> rx.Component:
    return section(
        "Kontak bantuan",
        rx.el.p("Siapa pun dapat menemukannya di halaman Bantuan, juga tanpa masuk.", class_name="help mb-4"),
        Form.create(
            _filled("nama", "Nama helpdesk"),
            _filled("telepon", "Telepon", input_mode="tel"),
            _filled("email", "Email", kind="email"),
            _filled("situs", "Situs", "Alamat lengkap yang diawali https://."),
            _filled("keluhan_url", "Alamat pengaduan", "Alamat lengkap yang diawali https://."),
            _filled("jam_layanan", "Jam layanan", "Misalnya: Senin sampai Jumat, 08.00-15.30 WIB."),
            submit_button("Simpan kontak", "Menyimpan ..."),
            on_submit=AdminBantuanState.save_contact,
            action=PATH,
            class_name="form",
        ),
    )


def bantuan() -> rx.Component:
    """The page."""
    state = AdminBantuanState
    return page(
        outcome(),
        rx.el.h1("Pengumuman dan kontak bantuan"),
        rx.cond(
            state.ready,
            rx.fragment(
                rx.el.p(state.nama, class_name="lead"), _places(), _announcements(), _contact(), step_up_dialog()
            ),
            rx.cond(AppState.faults, rx.fragment(), skeleton(8)),
        ),
        here=PATH,
    )
