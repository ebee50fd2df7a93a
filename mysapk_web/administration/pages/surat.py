"""`/admin/surat`: what became of the mails to the people of the scope; no bodies, no addresses in clear."""

from __future__ import annotations

from typing import Any, Final, TypedDict

import reflex as rx
from reflex.vars import ObjectVar

from mysapk_web.administration import mail_log
from mysapk_web.administration.mail_log import MailFilter, MailRow
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.platform import executors
from mysapk_web.platform.mail.queue import MailKind
from mysapk_web.platform.rules.row_id import parse_row_id
from mysapk_web.platform.rules.timezones import format_moment
from mysapk_web.platform.tables.outbox import OutboxState
from mysapk_web.ui.access import actor, handler, requires
from mysapk_web.ui.components.behaviour import Form
from mysapk_web.ui.components.display import badge, empty, skeleton, table, table_cell, table_row
from mysapk_web.ui.components.forms import form_messages, hidden, submit_button
from mysapk_web.ui.components.lists import (
    filter_field,
    filter_form,
    filter_select,
    format_found,
    url_parameter,
    url_with,
)
from mysapk_web.ui.components.pagination import link_pager
from mysapk_web.ui.formatting import MAIL_TONES
from mysapk_web.ui.shell import ShellState, page
from mysapk_web.ui.state import AppState, form_text

PATH: Final = "/admin/surat"
MAY: Final = requires(Permission.OUTBOX_READ)
MAY_RETRY: Final = requires(Permission.RESET_START)
SEARCHED: Final = "ada"
"""Value of `cari` in the address while a NIP is searched for, which itself stays out of the address."""
STATES: Final = (("", "Semua"), *((state.value, state.label) for state in OutboxState))
LETTERS: Final = (
    ("", "Semua"),
    *sorted(
        ((letter.value, letter.label) for letter in MailKind if letter is not MailKind.TEST), key=lambda pair: pair[1]
    ),
)
"""A letter of a test goes to nobody of the rolls."""


class MailLine(TypedDict):
    """One mail as the state holds it."""

    key: str
    letter: str
    state: str
    tone: str
    nama: str
    nip: str
    recipient: str
    written: str
    times: str
    reason: str
    can_retry: bool
    revision: int


def mail_line(mail: MailRow) -> MailLine:
    """One mail in words."""
    times = f"{mail.attempts} kali dicoba"
    if mail.sent_at is not None:
        times = f"Terkirim {format_moment(mail.sent_at, mail.timezone)}"
    elif mail.due_at is not None:
        times = f"{times}; berikutnya {format_moment(mail.due_at, mail.timezone)}"
    return {
        "key": str(mail.id),
        "letter": mail.kind,
        "state": mail.state.label,
        "tone": MAIL_TONES[mail.state],
        "nama": mail.name,
        "nip": mail.nip,
        "recipient": mail.recipient or "Tidak ada alamat",
        "written": format_moment(mail.created_at, mail.timezone),
        "times": times,
        "reason": mail.reason,
        "can_retry": mail.can_retry,
        "revision": mail.revision,
    }


class SuratState(AppState):
    """One page of the list and its filters."""

    ready: bool = False
    rows: list[MailLine] = []
    found: str = ""
    number: int = 1
    pages: int = 1
    before: str = PATH
    after: str = PATH
    nip: str = ""
    status: str = ""
    jenis: str = ""
    narrowed: bool = False

    @handler(MAY)
    async def load(self) -> None:
        """What the address asks for."""
        self.faults, self.notice = {}, ""
        shell = await self.get_state(ShellState)
        await shell._fill()
        url = self.router.url
        self.nip = self.nip if url_parameter(url, "cari") else ""
        self.status, self.jenis = url_parameter(url, "status"), url_parameter(url, "surat")
        self.rows, self.found, self.number, self.pages = [], "", 1, 1
        self.narrowed = bool(self.nip or self.status or self.jenis)
        self.ready = True
        await self._look(parse_row_id(url_parameter(url, "halaman")))
        self._finish()

    async def _look(self, page: int) -> None:
        known = self.status in set(OutboxState)
        wanted = MailFilter(OutboxState(self.status) if known else None, self.jenis, self.nip)
        found = await executors.run_read_only(mail_log.list_mail, actor(), wanted, page)
        self.rows, self.found = [mail_line(mail) for mail in found.items], format_found(found, "surat", file=False)
        self.number, self.pages = found.number, found.pages
        self.before, self.after = self._address(found.number - 1), self._address(found.number + 1)

    async def _refresh(self) -> None:
        await self._look(self.number)

    def _address(self, page: int = 1) -> str:
        values = {"cari": SEARCHED if self.nip else "", "status": self.status, "surat": self.jenis}
        return url_with(PATH, values, page)

    @handler(MAY)
    async def narrow(self, form: dict[str, Any]) -> Any:
        """Put the filters into the address; the page then loads what it asks for."""
        self.nip = form_text(form, "nip", 40).strip()
        self.status, self.jenis = form_text(form, "status", 40), form_text(form, "surat", 60)
        return rx.redirect(self._address())

    @handler(MAY_RETRY)
    async def retry(self, form: dict[str, Any]) -> None:
        """Send a mail once more that was given up."""
        seen = parse_row_id(form_text(form, "versi"))
        await executors.run_in_transaction(
            mail_log.retry_mail, actor(), mail_id=parse_row_id(form_text(form, "id")), seen=seen
        )
        await self._look(self.number)
        self._finish(notice="Surat masuk antrean lagi dan segera dicoba.")


def _filter() -> rx.Component:
    state = SuratState
    return filter_form(
        filter_field("nip", "NIP penerima", state.nip, input_mode="numeric"),
        filter_select("status", "Status", state.status, STATES),
        filter_select("surat", "Jenis surat", state.jenis, LETTERS),
        narrow=state.narrow,
        narrowed=state.narrowed,
        path=PATH,
    )


def _retry(item: ObjectVar[MailLine]) -> rx.Component:
    return rx.cond(
        item["can_retry"],
        Form.create(
            hidden("id", item["key"]),
            hidden("versi", item["revision"]),
            submit_button(
                rx.fragment("Coba lagi", rx.el.span(" surat untuk ", item["nama"], class_name="sr-only")),
                "Mengantrekan ...",
                kind="secondary",
            ),
            on_submit=SuratState.retry,
            action=PATH,
        ),
    )


def _row(item: ObjectVar[MailLine]) -> rx.Component:
    return table_row(
        table_cell("Surat", rx.el.div(item["letter"], rx.el.p(item["written"], class_name="help"))),
        table_cell("Penerima", rx.el.div(item["nama"], rx.el.p(item["recipient"], class_name="help"))),
        table_cell(
            "Status", rx.el.div(badge(item["state"], item["tone"]), rx.el.p(item["times"], class_name="help mt-1"))
        ),
        table_cell("Sebab", rx.el.span(item["reason"])),
        table_cell("", _retry(item)),
    )


def _list() -> rx.Component:
    state = SuratState
    return rx.fragment(
        _filter(),
        rx.el.p(state.found, class_name="help mt-6 mb-2", role="status"),
        rx.cond(
            state.rows,
            table(
                "Surat keluar",
                ["Surat", "Penerima", "Status", "Sebab", "Tindakan"],
                rx.foreach(state.rows, _row),
            ),
            rx.cond(AppState.faults, rx.fragment(), empty("Tidak ada surat yang cocok dengan saringan ini.")),
        ),
        link_pager(state.number, state.pages, state.before, state.after),
    )


def surat() -> rx.Component:
    """The page."""
    return page(
        form_messages(),
        rx.el.h1("Surat keluar"),
        rx.el.p(
            "Email kepada pegawai di lingkup Anda: sudah terkirim, menunggu, atau gagal. Isi surat tidak ditampilkan.",
            class_name="lead",
        ),
        rx.cond(SuratState.ready, _list(), rx.cond(AppState.faults, rx.fragment(), skeleton(8))),
        current=PATH,
    )
