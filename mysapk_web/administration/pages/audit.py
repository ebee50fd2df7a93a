"""`/admin/audit`: who did what to whom and when, within the scope."""

from __future__ import annotations

from datetime import date
from typing import Any, Final, TypedDict

import reflex as rx
from reflex.vars import ObjectVar

from mysapk_web.administration.audit import search
from mysapk_web.administration.audit.search import AuditEntry, AuditFilter
from mysapk_web.organisation.periods import timezone_of
from mysapk_web.organisation.rules.dates import DateError, as_typed, parse_day_field, start_of_day
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.platform import executors
from mysapk_web.platform.errors import UserError
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.rules.row_id import parse_row_id
from mysapk_web.platform.rules.timezones import format_moment
from mysapk_web.progress.rules import Report
from mysapk_web.ui.access import actor, handler, requires
from mysapk_web.ui.components.dates import filter_date
from mysapk_web.ui.components.display import empty, section, skeleton, table, table_cell, table_row
from mysapk_web.ui.components.forms import form_messages
from mysapk_web.ui.components.lists import (
    MAX_VALUE_LENGTH,
    download_form,
    filter_field,
    filter_form,
    filter_select,
    format_found,
    url_parameter,
    url_with,
)
from mysapk_web.ui.components.pagination import link_pager
from mysapk_web.ui.shell import ShellState, page
from mysapk_web.ui.state import AppState, form_text

PATH: Final = "/admin/audit"
MAY: Final = requires(Permission.AUDIT_READ)
SEARCHED: Final = "ada"
"""Value of `cari` in the address while a NIP is searched for, which itself stays out of the address."""
TAGS: Final = (("", "Semua"), *sorted(((tag.value, tag.label) for tag in AuditTag), key=lambda pair: pair[1]))


FROM, UNTIL = "Dari tanggal", "Sampai tanggal"


class AuditRow(TypedDict):
    """One event as the state holds it."""

    at: str
    tag: str
    actor: str
    subject: str
    address: str
    detail: str


def audit_row(event: AuditEntry) -> AuditRow:
    """One event in words."""
    return {
        "at": format_moment(event.at, event.timezone),
        "tag": event.tag,
        "actor": event.actor,
        "subject": event.subject or "-",
        "address": event.client_address,
        "detail": event.detail,
    }


def parse_filter_day(text: str, field: str, label: str) -> date | None:
    """A day from a filter.

    Raises:
        UserError: It is no day, or of a year that nobody means.
    """
    try:
        return parse_day_field(text, label)
    except DateError as fault:
        raise UserError(str(fault), field) from None


class AuditState(AppState):
    """One page of the trail and its filters."""

    ready: bool = False
    rows: list[AuditRow] = []
    found: str = ""
    number: int = 1
    pages: int = 1
    before: str = PATH
    after: str = PATH
    nip: str = ""
    pelaku: str = ""
    tindakan: str = ""
    dari: str = ""
    sampai: str = ""
    narrowed: bool = False

    @handler(MAY)
    async def load(self) -> None:
        """What the address asks for."""
        self.faults, self.notice = {}, ""
        shell = await self.get_state(ShellState)
        await shell._fill()
        url = self.router.url
        if not url_parameter(url, "cari"):
            self.nip = self.pelaku = ""
        self.tindakan = url_parameter(url, "tindakan")
        self.dari, self.sampai = as_typed(url_parameter(url, "dari")), as_typed(url_parameter(url, "sampai"))
        self.rows, self.found, self.number, self.pages = [], "", 1, 1
        self.narrowed = any((self.nip, self.pelaku, self.tindakan, self.dari, self.sampai))
        self.ready = True
        await self._look(parse_row_id(url_parameter(url, "halaman")))
        self._finish()

    async def _look(self, page: int) -> None:
        zona = await executors.run_read_only(timezone_of, actor())
        first, last = parse_filter_day(self.dari, "dari", FROM), parse_filter_day(self.sampai, "sampai", UNTIL)
        since, until = start_of_day(first, zona), start_of_day(last, zona, after=True)
        wanted = AuditFilter(self.nip, self.pelaku, self.tindakan, since, until)
        found = await executors.run_read_only(search.search_events, actor(), wanted, page)
        self.rows, self.found = (
            [audit_row(event) for event in found.items],
            format_found(found, "peristiwa", file=True),
        )
        self.number, self.pages = found.number, found.pages
        self.before, self.after = self._address(found.number - 1), self._address(found.number + 1)

    def _address(self, page: int = 1) -> str:
        values = {
            "cari": SEARCHED if self.nip or self.pelaku else "",
            "tindakan": self.tindakan,
            "dari": self.dari,
            "sampai": self.sampai,
        }
        return url_with(PATH, values, page)

    @handler(MAY)
    async def narrow(self, form: dict[str, Any]) -> Any:
        """Put the filters into the address; the page then loads what it asks for."""
        self.nip, self.pelaku = form_text(form, "nip", 40).strip(), form_text(form, "pelaku", 40).strip()
        self.tindakan = form_text(form, "tindakan", 60)
        self.dari, self.sampai = form_text(form, "dari", MAX_VALUE_LENGTH), form_text(form, "sampai", MAX_VALUE_LENGTH)
        return rx.redirect(self._address())


def _filter() -> rx.Component:
    state = AuditState
    return filter_form(
        filter_field("nip", "NIP pegawai", state.nip, input_mode="numeric"),
        filter_field("pelaku", "NIP pelaku", state.pelaku, input_mode="numeric"),
        filter_select("tindakan", "Tindakan", state.tindakan, TAGS),
        filter_date("dari", FROM, state.dari),
        filter_date("sampai", UNTIL, state.sampai),
        narrow=state.narrow,
        narrowed=state.narrowed,
        path=PATH,
    )


def _row(item: ObjectVar[AuditRow]) -> rx.Component:
    return table_row(
        table_cell("Waktu", rx.el.span(item["at"])),
        table_cell("Tindakan", rx.el.strong(item["tag"])),
        table_cell("Pelaku", rx.el.div(item["actor"], rx.el.p(item["address"], class_name="help"))),
        table_cell("Pegawai", rx.el.span(item["subject"])),
        table_cell("Rincian", rx.el.span(item["detail"], class_name="detail")),
    )


def _list() -> rx.Component:
    state = AuditState
    return rx.fragment(
        _filter(),
        rx.el.p(state.found, class_name="help mt-6 mb-2", role="status"),
        rx.cond(
            state.rows,
            rx.fragment(
                table(
                    "Jejak audit",
                    ["Waktu", "Tindakan", "Pelaku", "Pegawai", "Rincian"],
                    rx.foreach(state.rows, _row),
                ),
                link_pager(state.number, state.pages, state.before, state.after),
                section(
                    "Unduh jejak",
                    rx.el.p("Semua baris sesuai saringan di atas. Setiap unduhan dicatat.", class_name="help mb-4"),
                    download_form(
                        Report.AUDIT.value,
                        {
                            "nip": state.nip,
                            "pelaku": state.pelaku,
                            "tindakan": state.tindakan,
                            "dari": state.dari,
                            "sampai": state.sampai,
                        },
                    ),
                ),
            ),
            rx.cond(AppState.faults, rx.fragment(), empty("Tidak ada peristiwa yang cocok dengan saringan ini.")),
        ),
    )


def audit() -> rx.Component:
    """The page."""
    return page(
        form_messages(),
        rx.el.h1("Jejak audit"),
        rx.el.p("Siapa melakukan apa, kapan, dan terhadap siapa. Jejak ini tidak dapat diubah.", class_name="lead"),
        rx.cond(AuditState.ready, _list(), rx.cond(AppState.faults, rx.fragment(), skeleton(8))),
        current=PATH,
    )
