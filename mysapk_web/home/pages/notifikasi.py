"""`/notifikasi`: what the portal has told a person, newest first, and what of it also comes by mail."""

from __future__ import annotations

from typing import Any, Final, TypedDict

import reflex as rx
from reflex.vars import ObjectVar

from mysapk_web.organisation import notices
from mysapk_web.organisation.rules.notice import MailChoice
from mysapk_web.platform import executors
from mysapk_web.platform.errors import UserError
from mysapk_web.platform.rules.row_id import parse_row_id
from mysapk_web.platform.rules.timezones import format_moment
from mysapk_web.ui.access import LOGGED_IN, actor, handler
from mysapk_web.ui.components.behaviour import Form
from mysapk_web.ui.components.display import badge, empty, section, skeleton
from mysapk_web.ui.components.forms import form_messages, hidden, submit_button
from mysapk_web.ui.components.pagination import button_pager
from mysapk_web.ui.shell import ShellState, page
from mysapk_web.ui.state import AppState, form_text

PATH = "/notifikasi"
CHOSEN: Final = {
    MailChoice.EVERY_STEP: "Setiap langkah usulan sekarang juga dikirim ke email Anda.",
    MailChoice.ACTS_ONLY: "Hanya yang perlu tindakan Anda yang dikirim ke email.",
    MailChoice.NONE: "Kabar usulan tidak lagi dikirim ke email. Pemberitahuan keamanan tetap dikirim.",
}
"""What is said after choosing."""


class NoticeRow(TypedDict):
    number: int
    at: str
    title: str
    text: str
    path: str
    asks: bool
    read: bool


class NotifikasiState(AppState):
    ready: bool = False
    rows: list[NoticeRow] = []
    number: int = 1
    pages: int = 1
    unread: int = 0
    mails: str = MailChoice.EVERY_STEP.value

    @handler(LOGGED_IN)
    async def load(self) -> None:
        self.faults, self.notice = {}, ""
        self.mails = (await executors.run_read_only(notices.mail_choice, actor())).value
        await self._look()
        self.ready = True

    async def _look(self) -> None:
        found = await executors.run_read_only(notices.list_notices, actor(), self.number)
        self.rows = [
            {
                "number": view.id,
                "at": format_moment(view.at, view.timezone),
                "title": view.title,
                "text": view.text,
                "path": view.path,
                "asks": view.asks_action and not view.read,
                "read": view.read,
            }
            for view in found.items
        ]
        self.number, self.pages = found.number, found.pages
        shell = await self.get_state(ShellState)
        await shell._fill()
        self.unread = shell.unread

    @handler(LOGGED_IN)
    async def turn(self, number: int) -> None:
        self.number = max(1, parse_row_id(number))
        await self._look()
        self._finish()

    @handler(LOGGED_IN)
    async def read_one(self, form: dict[str, Any]) -> None:
        await executors.run_in_transaction(
            notices.mark_read, actor(), notice_id=parse_row_id(form_text(form, "notifikasi"))
        )
        await self._look()
        self._finish(notice="Ditandai sudah dibaca.")

    @handler(LOGGED_IN)
    async def read_all(self, form: dict[str, Any]) -> None:
        count = await executors.run_in_transaction(notices.mark_read, actor())
        await self._look()
        self._finish(notice=f"{count} notifikasi ditandai sudah dibaca.")

    @handler(LOGGED_IN)
    async def open(self, number: int) -> Any:
        """It is read with that."""
        wanted = parse_row_id(number)
        path = next((row["path"] for row in self.rows if row["number"] == wanted), "")
        await executors.run_in_transaction(notices.mark_read, actor(), notice_id=wanted)
        return rx.redirect(path) if path.startswith("/") and not path.startswith("//") else None

    @handler(LOGGED_IN)
    async def choose_mail(self, form: dict[str, Any]) -> None:
        wanted = next((each for each in MailChoice if each.value == form_text(form, "email", 10)), None)
        if wanted is None:
            raise UserError("Pilih apa yang dikirim ke email Anda.", f"email-{MailChoice.EVERY_STEP.value}")
        await executors.run_in_transaction(notices.set_mail_choice, actor(), wanted)
        self.mails = wanted.value
        self._finish(notice=CHOSEN[wanted])


def _row(item: ObjectVar[NoticeRow]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.cond(item["read"], rx.fragment(), badge("Belum dibaca", "warn")),
            rx.cond(item["asks"], badge("Perlu tindakan", "bad")),
            class_name="badges",
        ),
        rx.el.h2(item["title"]),
        rx.el.p(item["text"]),
        rx.el.p(item["at"], class_name="help"),
        rx.el.div(
            rx.cond(
                item["path"],
                rx.el.a(
                    "Buka",
                    rx.el.span(" ", item["title"], class_name="sr-only"),
                    href=item["path"],
                    on_click=NotifikasiState.open(item["number"]).prevent_default,
                    class_name="button button-secondary",
                ),
            ),
            rx.cond(
                item["read"],
                rx.fragment(),
                Form.create(
                    hidden("notifikasi", item["number"]),
                    submit_button(
                        rx.fragment("Tandai sudah dibaca", rx.el.span(" ", item["title"], class_name="sr-only")),
                        "Menyimpan ...",
                        kind="secondary",
                    ),
                    on_submit=NotifikasiState.read_one,
                    action=PATH,
                    class_name="inline-form",
                ),
            ),
            class_name="buttons",
        ),
        class_name=rx.cond(item["read"], "record", "record record-new"),
    )


def _list() -> rx.Component:
    return rx.fragment(
        rx.el.p(
            rx.cond(NotifikasiState.unread > 0, f"{NotifikasiState.unread} belum dibaca.", "Semua sudah dibaca."),
            class_name="lead",
        ),
        rx.cond(
            NotifikasiState.unread > 1,
            Form.create(
                submit_button("Tandai semua sudah dibaca", "Menyimpan ...", kind="secondary"),
                on_submit=NotifikasiState.read_all,
                action=PATH,
                class_name="mt-4",
            ),
        ),
        rx.cond(
            NotifikasiState.rows,
            rx.el.ul(rx.foreach(NotifikasiState.rows, _row), class_name="records mt-6"),
            rx.el.div(
                empty("Belum ada notifikasi. Setiap langkah usulan Anda akan diberitahukan di sini."),
                class_name="mt-6",
            ),
        ),
        button_pager(NotifikasiState.number, NotifikasiState.pages, NotifikasiState.turn),
        _mail(),
    )


def _choice(choice: MailChoice) -> rx.Component:
    ident, chosen = f"email-{choice.value}", NotifikasiState.mails == choice.value
    return rx.el.div(
        rx.el.input(type="radio", name="email", value=choice.value, default_checked=chosen, custom_attrs={"id": ident}),
        rx.el.label(choice.label, html_for=ident),
        class_name="radio",
    )


def _mail() -> rx.Component:
    return section(
        "Email",
        Form.create(
            rx.el.fieldset(
                rx.el.legend("Yang juga dikirim ke email saya"),
                *map(_choice, MailChoice),
            ),
            rx.el.p(
                "Setiap langkah: bila usulan Anda diverifikasi, disetujui, diterapkan, disesuaikan, dikembalikan, atau ditolak, "
                "dan tanda terima setiap kali Anda mengirim. Pemberitahuan keamanan akun selalu dikirim ke email.",
                class_name="help",
            ),
            submit_button("Simpan pilihan", "Menyimpan ...", kind="secondary"),
            on_submit=NotifikasiState.choose_mail,
            action=PATH,
            class_name="form",
        ),
    )


def notifikasi() -> rx.Component:
    return page(
        form_messages(),
        rx.el.h1("Notifikasi"),
        rx.cond(NotifikasiState.ready, _list(), skeleton(6)),
        current=PATH,
    )
