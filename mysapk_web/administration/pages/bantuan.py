"""`/admin/bantuan`: helpdesk contact and announcements of an agency."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from typing import Any, Final, TypedDict

import reflex as rx
from babel.dates import format_date
from reflex.vars import ObjectVar

from mysapk_web.accounts.pages.components.reauthentication import reauthentication_dialog
from mysapk_web.administration import announcements
from mysapk_web.administration.announcements import AnnouncementView
from mysapk_web.organisation.help import CONTACT_FIELDS, ContactView
from mysapk_web.organisation.rules.dates import DateError, format_typed_date, parse_day_field
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.platform import executors
from mysapk_web.platform.errors import FormError, ReauthenticationRequired, StaleRevisionError, UserError
from mysapk_web.platform.rules.row_id import parse_row_id
from mysapk_web.ui.access import actor, handler, requires
from mysapk_web.ui.components.behaviour import Form
from mysapk_web.ui.components.dates import date_field
from mysapk_web.ui.components.dialogs import confirm_dialog
from mysapk_web.ui.components.display import dialog_button, empty, section
from mysapk_web.ui.components.forms import field, form_messages, hidden, submit_button, text_area
from mysapk_web.ui.components.lists import url_parameter, url_with
from mysapk_web.ui.components.loading import when_ready
from mysapk_web.ui.shell import ShellState, page
from mysapk_web.ui.state import AppState, form_text

PATH: Final = "/admin/bantuan"
MAY: Final = requires(Permission.ANNOUNCE)
CHANGED: Final = "Pengumuman diubah. Pegawai membaca bunyi yang baru di Beranda dan Bantuan."
FINISH_FIRST: Final = "Simpan atau batalkan dahulu perubahan pengumuman yang sedang terbuka di bawah."
UNCHANGED: Final = "Tidak ada yang diubah: isinya sama dengan yang sedang ditampilkan."
NO_CONTACT: Final[dict[str, str]] = dict.fromkeys(CONTACT_FIELDS.values(), "")


class ScopeLink(TypedDict):
    key: str
    name: str
    href: str


class RunningAnnouncement(TypedDict):
    key: str
    title: str
    body: str
    until: str
    typed_until: str
    """Last day, as typed in a date field."""
    revision: int


NOT_EDITED: Final[RunningAnnouncement] = {
    "key": "",
    "title": "",
    "body": "",
    "until": "",
    "typed_until": "",
    "revision": 0,
}


LAST_DAY: Final = "Tampil sampai"


def edit_field(name: str) -> str:
    """Field name in the edit form, which shares the page with the form for a new announcement."""
    return f"{name}_ubah"


def parse_last_day(text: str) -> date | None:
    try:
        return parse_day_field(text, LAST_DAY)
    except DateError as fault:
        raise FormError({"sampai": str(fault)}) from None


def running_announcement(view: AnnouncementView) -> RunningAnnouncement:
    return {
        "key": str(view.id),
        "title": view.title,
        "body": view.body,
        "until": format_date(view.last_day, "d MMMM y", locale="id"),
        "typed_until": format_typed_date(view.last_day),
        "revision": view.revision,
    }


class AdminBantuanState(AppState):
    ready: bool = False
    tempat: str = ""
    scope_name: str = ""
    scopes: list[ScopeLink] = []
    has_choice: bool = False
    contact: dict[str, str] = NO_CONTACT
    contact_revision: int = 0
    running: list[RunningAnnouncement] = []
    edited: RunningAnnouncement = NOT_EDITED
    """Being edited; none without a key."""
    published: int = 0
    """Published from this page; each one renews the form for the next, which is then empty."""

    @handler(MAY)
    async def load(self) -> None:
        self.faults, self.notice, self.ready = {}, "", False
        shell = await self.get_state(ShellState)
        await shell._fill()
        self.scopes = [
            {"key": key, "name": name, "href": url_with(PATH, {"tempat": key})}
            for key, name in await executors.run_read_only(announcements.announcement_scopes, actor())
        ]
        self.has_choice = len(self.scopes) > 1
        await self._look(url_parameter(self.router.url, "tempat"))
        # A reconnect loads the page again: what is being edited stays.
        if self.edited["key"] not in {each["key"] for each in self.running}:
            self.edited = NOT_EDITED
        self.ready = True

    async def _look(self, key: str) -> None:
        editor = await executors.run_read_only(announcements.load_editor, actor(), key)
        self.tempat, self.scope_name, self.contact = editor.key, editor.name, asdict(editor.contact)
        self.contact_revision = editor.contact_revision
        self.running = [running_announcement(view) for view in editor.announcements]

    async def _refresh(self) -> None:
        await self._look(self.tempat)
        # Saving again is fine: the list now shows what the other admin wrote.
        now = next((each for each in self.running if each["key"] == self.edited["key"]), self.edited)
        self.edited = {**self.edited, "revision": now["revision"]}

    @handler(MAY)
    async def save_contact(self, form: dict[str, Any]) -> None:
        given = ContactView(*(form_text(form, name, 400) for name in CONTACT_FIELDS))
        seen = parse_row_id(form_text(form, "versi"))
        await executors.run_in_transaction(
            announcements.save_contact, actor(), form_text(form, "tempat", 20), given, seen=seen
        )
        await self._look(self.tempat)
        self._finish(notice="Kontak bantuan disimpan. Pegawai melihatnya di halaman Bantuan dan di setiap email.")

    @handler(MAY)
    async def publish(self, form: dict[str, Any]) -> None:
        await executors.run_in_transaction(
            announcements.publish,
            actor(),
            form_text(form, "tempat", 20),
            title=form_text(form, "judul"),
            body=form_text(form, "pesan"),
            last_day=parse_last_day(form_text(form, "sampai", 40)),
        )
        await self._look(self.tempat)
        self.published += 1
        self._finish(notice="Pengumuman ditampilkan.")

    @handler(MAY)
    async def start_edit(self, form: dict[str, Any]) -> None:
        key = form_text(form, "id", 20)
        if self.edited["key"] not in ("", key):
            raise UserError(FINISH_FIRST)
        if self.edited["key"] == key:  # its form is open, with what was typed
            return
        await self._look(self.tempat)
        self.edited = next((each for each in self.running if each["key"] == key), NOT_EDITED)
        if not self.edited["key"]:
            raise UserError(announcements.ALREADY_ENDED)
        self._finish()

    @handler(MAY)
    async def cancel_edit(self, form: dict[str, Any]) -> None:
        self.edited = NOT_EDITED
        self._finish(notice="Pengumuman tidak diubah.")

    @handler(MAY)
    async def edit(self, form: dict[str, Any]) -> None:
        try:
            changed = await executors.run_in_transaction(
                announcements.edit,
                actor(),
                announcement_id=parse_row_id(form_text(form, "id")),
                seen=parse_row_id(form_text(form, "versi")),
                title=form_text(form, edit_field("judul")),
                body=form_text(form, edit_field("pesan")),
                last_day=parse_last_day(form_text(form, edit_field("sampai"), 40)),
            )
        except FormError as refused:
            raise FormError({edit_field(name): words for name, words in refused.faults.items()}) from None
        except (ReauthenticationRequired, StaleRevisionError):
            raise
        except UserError:  # it has ended meanwhile; the list shows that
            await self._look(self.tempat)
            raise
        self.edited = NOT_EDITED
        await self._look(self.tempat)
        self._finish(notice=CHANGED if changed else UNCHANGED)

    @handler(MAY)
    async def retract(self, form: dict[str, Any]) -> None:
        key = form_text(form, "id")
        seen = parse_row_id(form_text(form, "versi"))
        await executors.run_in_transaction(announcements.retract, actor(), announcement_id=parse_row_id(key), seen=seen)
        if key == self.edited["key"]:
            self.edited = NOT_EDITED
        await self._look(self.tempat)
        self._finish(notice="Pengumuman diakhiri.")


def _scopes() -> rx.Component:
    state = AdminBantuanState
    return rx.cond(
        state.has_choice,
        rx.el.details(
            rx.el.summary("Pilih instansi lain"),
            rx.el.ul(
                rx.foreach(state.scopes, lambda scope: rx.el.li(rx.el.a(scope["name"], href=scope["href"]))),
                class_name="links",
            ),
            class_name="mt-4",
        ),
    )


def _running(item: ObjectVar[RunningAnnouncement]) -> rx.Component:
    ident = f"akhiri-{item['key']}"
    return rx.el.li(
        rx.el.div(
            rx.el.strong(item["title"]),
            rx.el.p(item["body"], class_name="whitespace-pre-line"),
            rx.el.p("Tampil sampai ", item["until"], class_name="help"),
        ),
        Form.create(
            hidden("id", item["key"]),
            submit_button(
                rx.fragment("Ubah", rx.el.span(" pengumuman ", item["title"], class_name="sr-only")),
                "Membuka ...",
                kind="secondary",
            ),
            on_submit=AdminBantuanState.start_edit,
            action=PATH,
        ),
        dialog_button("Akhiri", ident),
        confirm_dialog(
            "Akhiri pengumuman ini?",
            (rx.el.p(item["title"]),),
            hidden("id", item["key"]),
            hidden("versi", item["revision"]),
            ident=ident,
            go=submit_button("Akhiri pengumuman", "Mengakhiri ...", kind="danger"),
            on_submit=AdminBantuanState.retract,
            path=PATH,
        ),
    )


def _words(name: Callable[[str], str], now: Any) -> list[rx.Component]:
    begin = {key: {"default_value": now[key]} if now is not None else {} for key in ("title", "body")}
    return [
        field(name("judul"), "Judul", help_text="Beberapa kata, paling banyak 120 karakter.", **begin["title"]),
        text_area(
            name("pesan"),
            "Isi pengumuman",
            "Apa yang perlu diketahui atau dilakukan; paling banyak 1.000 karakter.",
            rows="5",
            **begin["body"],
        ),
        date_field(
            name("sampai"),
            LAST_DAY,
            "" if now is None else now["typed_until"],
            help_text="Hari terakhir pengumuman ditampilkan.",
        ),
    ]


def _editor() -> rx.Component:
    now = AdminBantuanState.edited
    return rx.el.section(
        rx.el.h3("Ubah pengumuman"),
        Form.create(
            hidden("id", now["key"]),
            hidden("versi", now["revision"]),
            *_words(edit_field, now),
            submit_button("Simpan perubahan", "Menyimpan ..."),
            on_submit=AdminBantuanState.edit,
            action=PATH,
            class_name="form",
            takes_focus=True,
        ),
        Form.create(
            submit_button("Batal mengubah", "Membatalkan ...", kind="secondary"),
            on_submit=AdminBantuanState.cancel_edit,
            action=PATH,
            class_name="mt-3",
        ),
        # The browser keeps what was typed in a form: another announcement needs another form.
        key=now["key"],
        class_name="card mt-6",
        custom_attrs={"aria-label": "Ubah pengumuman"},
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
        rx.cond(state.edited["key"], _editor()),
        rx.el.section(
            rx.el.h3("Pengumuman baru"),
            Form.create(
                hidden("tempat", state.tempat),
                *_words(str, None),
                submit_button("Tampilkan pengumuman", "Menyimpan ..."),
                on_submit=state.publish,
                action=PATH,
                # Renewed after publishing: its fields are empty, and a second click publishes nothing.
                key=state.published,
                class_name="form",
            ),
            class_name="mt-8",
            custom_attrs={"aria-label": "Pengumuman baru"},
        ),
    )


def _filled(name: str, label: str, help_text: str = "", **props: Any) -> rx.Component:
    # The key renews the field when another agency is shown.
    value = AdminBantuanState.contact[CONTACT_FIELDS[name]]
    return field(
        name, label, help_text=help_text, default_value=value, key=f"{name}-{AdminBantuanState.tempat}", **props
    )


def _contact() -> rx.Component:
    return section(
        "Kontak bantuan",
        rx.el.p("Siapa pun dapat menemukannya di halaman Bantuan, juga tanpa masuk.", class_name="help mb-4"),
        Form.create(
            hidden("tempat", AdminBantuanState.tempat),
            hidden("versi", AdminBantuanState.contact_revision),
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
    state = AdminBantuanState
    return page(
        form_messages(),
        rx.el.h1("Pengumuman dan kontak bantuan"),
        when_ready(
            state.ready,
            rx.fragment(
                rx.el.p(state.scope_name, class_name="lead"),
                _scopes(),
                _announcements(),
                _contact(),
                reauthentication_dialog(),
            ),
        ),
        current=PATH,
    )
