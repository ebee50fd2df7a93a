"""`/admin/surat`: what became of the mails to the people of the scope; no bodies, no addresses in clear."""

from __future__ import annotations

from typing import Any, Final, TypedDict

import reflex as rx
from reflex.vars import ObjectVar

from mysapk_web.administration import mail_log
from mysapk_web.administration.mail_log import Filter, MailRow
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.platform import executors
from mysapk_web.platform.mail.queue import Letter
from mysapk_web.platform.rules.row_id import number_of
from mysapk_web.platform.tables.outbox import OutboxState
from mysapk_web.ui.access import actor, handler, holding
from mysapk_web.ui.components.behaviour import Form
from mysapk_web.ui.components.display import badge, cell, empty, row, skeleton, table
from mysapk_web.ui.components.forms import hidden, outcome, submit_button
from mysapk_web.ui.components.lists import (
    address_with,
    filter_field,
    filter_form,
    filter_select,
    found_in_words,
    link_pager,
    parameter,
)
from mysapk_web.ui.formatting import MAIL_TONES, moment
from mysapk_web.ui.shell import ShellState, page
from mysapk_web.ui.state import AppState, text_of

PATH: Final = "/admin/surat"
MAY: Final = holding(Permission.OUTBOX_READ)
MAY_RETRY: Final = holding(Permission.RESET_START)
SEARCHED: Final = "ada"
"""Value of `cari` in the address while a NIP is searched for, which itself stays out of the address."""
STATES: Final = (("", "Semua"), *((state.value, state.label) for state in OutboxState))
LETTERS: Final = (
    ("", "Semua"),
    *sorted(((letter.value, letter.label) for letter in Letter if letter is not Letter.TEST), key=lambda pair: pair[1]),
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
    """One mail in words.

    Args:
        mail: From the service.
    """
    times = f"{mail.attempts} kali dicoba"
    if mail.sent_at is not None:
        times = f"Terkirim {moment(mail.sent_at, mail.zona)}"
    elif mail.due_at is not None:
        times = f"{times}; berikutnya {moment(mail.due_at, mail.zona)}"
    return {
        "key": str(mail.id),
        "letter": mail.letter,
        "state": mail.state.label,
        "tone": MAIL_TONES[mail.state],
        "nama": mail.nama,
        "nip": mail.nip,
        "recipient": mail.recipient or "Tidak ada alamat",
        "written": moment(mail.created_at, mail.zona),
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
        self.nip = self.nip if parameter(url, "cari") else ""
        self.status, self.jenis = parameter(url, "status"), parameter(url, "surat")
        self.rows, self.found, self.number, self.pages = [], "", 1, 1
        self.narrowed = bool(self.nip or self.status or self.jenis)
        self.ready = True
        await self._look(number_of(parameter(url, "halaman")))
        self._tell()

    async def _look(self, page: int) -> None:
        known = self.status in set(OutboxState)
        wanted = Filter(OutboxState(self.status) if known else None, self.jenis, self.nip)
        found = await executors.look(mail_log.mails, actor(), wanted, page)
        self.rows, self.found = [mail_line(mail) for mail in found.items], found_in_words(found, "surat", file=False)
        self.number, self.pages = found.number, found.pages
        self.before, self.after = self._address(found.number - 1), self._address(found.number + 1)

    async def _refresh(self) -> None:
        await self._look(self.number)

    def _address(self, page: int = 1) -> str:
        values = {"cari": SEARCHED if self.nip else "", "status": self.status, "surat": self.jenis}
        return address_with(PATH, values, page)

    @handler(MAY)
    async def narrow(self, form: dict[str, Any]) -> Any:
        """Put the filters into the address; the page then loads what it asks for."""
        self.nip = text_of(form, "nip", 40).strip()
        self.status, self.jenis = text_of(form, "status", 40), text_of(form, "surat", 60)
        return rx.redirect(self._address())

    @handler(MAY_RETRY)
    async def retry(self, form: dict[str, Any]) -> None:
        """Send a mail once more that was given up."""
        seen = number_of(text_of(form, "versi"))
        await executors.run(mail_log.retry, actor(), mail_id=number_of(text_of(form, "id")), seen=seen)
        await self._look(self.number)
        self._tell(notice="Surat masuk antrean lagi dan segera dicoba.")


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
    return row(
        cell("Surat", rx.el.div(item["letter"], rx.el.p(item["written"], class_name="help"))),
        cell("Penerima", rx.el.div(item["nama"], rx.el.p(item["recipient"], class_name="help"))),
        cell("Status", rx.el.div(badge(item["state"], item["tone"]), rx.el.p(item["times"], class_name="help mt-1"))),
        cell("Sebab", rx.el.span(item["reason"])),
        cell("", _retry(item)),
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
        outcome(),
        rx.el.h1("Surat keluar"),
        rx.el.p(
            "Email kepada pegawai di lingkup Anda: sudah terkirim, menunggu, atau gagal. Isi surat tidak ditampilkan.",
            class_name="lead",
        ),
        rx.cond(SuratState.ready, _list(), rx.cond(AppState.faults, rx.fragment(), skeleton(8))),
        here=PATH,
    )
