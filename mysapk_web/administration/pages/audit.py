"""`/admin/audit`: who did what to whom and when."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Final, TypedDict

import reflex as rx
from reflex.vars import ObjectVar

from mysapk_web.administration.audit import search
from mysapk_web.administration.audit.search import AuditEntry, AuditFilter
from mysapk_web.organisation.periods import timezone_of
from mysapk_web.organisation.rules.dates import DateError, as_typed, parse_day_field, start_of_day
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.platform import executors
from mysapk_web.platform.errors import UserError
from mysapk_web.platform.pagination import Page
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.rules.timezones import format_moment
from mysapk_web.progress.rules import Report
from mysapk_web.ui.access import actor, handler, requires
from mysapk_web.ui.components.dates import filter_date
from mysapk_web.ui.components.display import section, table_cell, table_row
from mysapk_web.ui.components.forms import form_messages
from mysapk_web.ui.components.lists import (
    download_form,
    filter_field,
    filter_form,
    filter_select,
    format_found,
)
from mysapk_web.ui.components.loading import when_ready
from mysapk_web.ui.list_state import ListFilter, ListState, list_view
from mysapk_web.ui.shell import page
from mysapk_web.ui.state import AppState

PATH: Final = "/admin/audit"
MAY: Final = requires(Permission.AUDIT_READ)
TAGS: Final = (("", "Semua"), *sorted(((tag.value, tag.label) for tag in AuditTag), key=lambda pair: pair[1]))


FROM, UNTIL = "Dari tanggal", "Sampai tanggal"


class AuditRow(TypedDict):
    at: str
    tag: str
    actor: str
    subject: str
    address: str
    detail: str


def audit_row(event: AuditEntry) -> AuditRow:
    return {
        "at": format_moment(event.at, event.timezone),
        "tag": event.tag,
        "actor": event.actor,
        "subject": event.subject or "-",
        "address": event.client_address,
        "detail": event.detail,
    }


def parse_filter_day(text: str, field: str, label: str) -> date | None:
    try:
        return parse_day_field(text, label)
    except DateError as fault:
        raise UserError(str(fault), field) from None


class AuditState(ListState, AppState):
    PATH: ClassVar = PATH
    FILTERS: ClassVar = (
        ListFilter("nip", private=True, limit=40),
        ListFilter("pelaku", private=True, limit=40),
        ListFilter("tindakan", limit=60),
        ListFilter("dari", normalise=as_typed),
        ListFilter("sampai", normalise=as_typed),
    )

    rows: list[AuditRow] = []

    @handler(MAY)
    async def load(self) -> None:
        await self._load_list()

    @handler(MAY)
    async def apply_filters(self, form: dict[str, Any]) -> Any:
        return self._apply(form)

    async def _find(self, page: int) -> Page[AuditRow]:
        timezone = await executors.run_read_only(timezone_of, actor())
        since = parse_filter_day(self._filter("dari"), "dari", FROM)
        until = parse_filter_day(self._filter("sampai"), "sampai", UNTIL)
        wanted = AuditFilter(
            self._filter("nip"),
            self._filter("pelaku"),
            self._filter("tindakan"),
            start_of_day(since, timezone),
            start_of_day(until, timezone, after=True),
        )
        return (await executors.run_read_only(search.search_events, actor(), wanted, page)).map(audit_row)

    def _count(self, found: Page[Any]) -> str:
        return format_found(found, "peristiwa", file=True)


def _filter() -> rx.Component:
    filters = AuditState.filters
    return filter_form(
        filter_field("nip", "NIP pegawai", filters["nip"], input_mode="numeric"),
        filter_field("pelaku", "NIP pelaku", filters["pelaku"], input_mode="numeric"),
        filter_select("tindakan", "Tindakan", filters["tindakan"], TAGS),
        filter_date("dari", FROM, filters["dari"]),
        filter_date("sampai", UNTIL, filters["sampai"]),
        narrow=AuditState.apply_filters,
        narrowed=AuditState.narrowed,
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
    return list_view(
        AuditState,
        _filter(),
        "Jejak audit",
        ["Waktu", "Tindakan", "Pelaku", "Pegawai", "Rincian"],
        _row,
        section(
            "Unduh jejak",
            rx.el.p("Semua baris sesuai saringan di atas. Setiap unduhan dicatat.", class_name="help mb-4"),
            download_form(
                Report.AUDIT.value, {each.name: AuditState.filters[each.name] for each in AuditState.FILTERS}
            ),
        ),
        nothing="Tidak ada peristiwa yang cocok dengan saringan ini.",
    )


def audit() -> rx.Component:
    return page(
        form_messages(),
        rx.el.h1("Jejak audit"),
        rx.el.p("Siapa melakukan apa, kapan, dan terhadap siapa. Jejak ini tidak dapat diubah.", class_name="lead"),
        when_ready(AuditState.ready, _list()),
        current=PATH,
    )
