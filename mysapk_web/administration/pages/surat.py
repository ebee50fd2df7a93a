"""`/admin/surat`: status of outgoing mail, without bodies, addresses masked."""

from __future__ import annotations

from typing import Any, ClassVar, Final

import reflex as rx
from reflex.vars import ObjectVar

from mysapk_web.administration import mail_log
from mysapk_web.administration.mail_log import MailFilter, MailRow
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.platform import executors
from mysapk_web.platform.mail.queue import MailKind
from mysapk_web.platform.pagination import Page
from mysapk_web.platform.rules.row_id import parse_row_id
from mysapk_web.platform.tables.outbox import OutboxState
from mysapk_web.ui.access import actor, handler, requires
from mysapk_web.ui.components.behaviour import Form
from mysapk_web.ui.components.display import badge, label_of, table_cell, table_row
from mysapk_web.ui.components.forms import form_messages, hidden, submit_button
from mysapk_web.ui.components.lists import (
    filter_field,
    filter_form,
    filter_select,
    format_found,
)
from mysapk_web.ui.components.loading import when_ready
from mysapk_web.ui.formatting import MAIL_TONES
from mysapk_web.ui.list_state import ListFilter, ListState, list_view
from mysapk_web.ui.shell import page
from mysapk_web.ui.state import AppState, form_text

PATH: Final = "/admin/surat"
MAY: Final = requires(Permission.OUTBOX_READ)
MAY_RETRY: Final = requires(Permission.RESET_START)
STATE_LABELS: Final = {state.value: state.label for state in OutboxState}
STATES: Final = (("", "Semua"), *STATE_LABELS.items())
LETTERS: Final = (
    ("", "Semua"),
    *sorted(
        ((letter.value, letter.label) for letter in MailKind if letter is not MailKind.TEST), key=lambda pair: pair[1]
    ),
)
"""Test mail goes to no employee."""


class SuratState(ListState, AppState):
    PATH: ClassVar = PATH
    FILTERS: ClassVar = (
        ListFilter("nip", private=True, limit=40),
        ListFilter("status", limit=40),
        ListFilter("surat", limit=60),
    )

    rows: list[MailRow] = []

    @handler(MAY)
    async def load(self) -> None:
        await self._load_list()

    @handler(MAY)
    async def apply_filters(self, form: dict[str, Any]) -> Any:
        return self._apply(form)

    async def _find(self, page: int) -> Page[MailRow]:
        status = self._filter("status")
        wanted = MailFilter(
            OutboxState(status) if status in set(OutboxState) else None, self._filter("surat"), self._filter("nip")
        )
        return await executors.run_read_only(mail_log.list_mail, actor(), wanted, page)

    def _count(self, found: Page[Any]) -> str:
        return format_found(found, "surat", file=False)

    @handler(MAY_RETRY)
    async def retry(self, form: dict[str, Any]) -> None:
        seen = parse_row_id(form_text(form, "versi"))
        await executors.run_in_transaction(
            mail_log.retry_mail, actor(), mail_id=parse_row_id(form_text(form, "id")), seen=seen
        )
        await self._look(self.number)
        self._finish(notice="Surat masuk antrean lagi dan segera dicoba.")


def _filter() -> rx.Component:
    filters = SuratState.filters
    return filter_form(
        filter_field("nip", "NIP penerima", filters["nip"], input_mode="numeric"),
        filter_select("status", "Status", filters["status"], STATES),
        filter_select("surat", "Jenis surat", filters["surat"], LETTERS),
        narrow=SuratState.apply_filters,
        narrowed=SuratState.narrowed,
        path=PATH,
    )


def _retry(item: ObjectVar[MailRow]) -> rx.Component:
    return rx.cond(
        item.can_retry,
        Form.create(
            hidden("id", item.id),
            hidden("versi", item.revision),
            submit_button(
                rx.fragment("Coba lagi", rx.el.span(" surat untuk ", item.name, class_name="sr-only")),
                "Mengantrekan ...",
                kind="secondary",
            ),
            on_submit=SuratState.retry,
            action=PATH,
        ),
    )


def _row(item: ObjectVar[MailRow]) -> rx.Component:
    return table_row(
        table_cell("Surat", rx.el.div(item.kind, rx.el.p(item.written, class_name="help"))),
        table_cell(
            "Penerima",
            rx.el.div(
                item.name, rx.el.p(rx.cond(item.recipient, item.recipient, "Tidak ada alamat"), class_name="help")
            ),
        ),
        table_cell(
            "Status",
            rx.el.div(
                badge(label_of(item.state, STATE_LABELS), label_of(item.state, MAIL_TONES)),
                rx.el.p(item.progress, class_name="help mt-1"),
            ),
        ),
        table_cell("Sebab", rx.el.span(item.reason)),
        table_cell("", _retry(item)),
    )


def _list() -> rx.Component:
    return list_view(
        SuratState,
        _filter(),
        "Surat keluar",
        ["Surat", "Penerima", "Status", "Sebab", "Tindakan"],
        _row,
        nothing="Tidak ada surat yang cocok dengan saringan ini.",
    )


def surat() -> rx.Component:
    return page(
        form_messages(),
        rx.el.h1("Surat keluar"),
        rx.el.p(
            "Email kepada pegawai di lingkup Anda: sudah terkirim, menunggu, atau gagal. Isi surat tidak ditampilkan.",
            class_name="lead",
        ),
        when_ready(SuratState.ready, _list()),
        current=PATH,
    )
