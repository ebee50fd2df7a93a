"""`/verifikasi`: the inbox of those who verify, approve or validate.

The filters are in the URL, so that a list can be bookmarked and shared; a NIP or a name is not, as on `/admin/pegawai`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, TypedDict

import reflex as rx
from reflex.vars import ObjectVar

from mysapk_web.organisation.rules.dates import DateError, format_typed_date, parse_day_field
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.organisation.scope import spans_agencies
from mysapk_web.pdm.pages.components.proposals import chip
from mysapk_web.pdm.rules.groups import GROUPS
from mysapk_web.pdm.rules.proposal import ProposalState
from mysapk_web.platform import executors
from mysapk_web.platform.errors import FormError
from mysapk_web.platform.rules.formatting import format_number
from mysapk_web.platform.rules.row_id import parse_row_id
from mysapk_web.platform.rules.text import strip_unstorable
from mysapk_web.ui.access import actor, handler
from mysapk_web.ui.components.behaviour import UrlBoundInput
from mysapk_web.ui.components.dates import filter_date
from mysapk_web.ui.components.display import empty, notice_box, skeleton, table, table_cell, table_row
from mysapk_web.ui.components.forms import field_attrs, form_group, form_messages
from mysapk_web.ui.components.lists import (
    MAX_VALUE_LENGTH,
    filter_field,
    filter_form,
    filter_select,
    url_parameter,
)
from mysapk_web.ui.components.pagination import link_pager
from mysapk_web.ui.shell import ShellState, page
from mysapk_web.ui.state import AppState, form_text
from mysapk_web.verification import inbox
from mysapk_web.verification.facets import FacetCount
from mysapk_web.verification.filters import MINE, NEWEST, OPEN, Filters, read_filters
from mysapk_web.verification.inbox import Inbox, InboxRow
from mysapk_web.verification.pages.components.review import Shortcuts
from mysapk_web.verification.pages.queue import MAY, PATH, QueueState, format_count, inbox_url
from mysapk_web.verification.rules.separation_of_duties import SEEN_BY_AGENCY
from mysapk_web.verification.unit_filter import find_unit, suggest_units, unit_choice

STATUSES: Final = (
    (MINE, "Menunggu Anda"),
    (OPEN, "Semua yang belum selesai"),
    *((state.value, state.label) for state in ProposalState if state in SEEN_BY_AGENCY),
)
KINDS: Final = (
    ("", "Semua"),
    *(
        (kind.key, kind.label if kind.label == group.label else f"{group.label}: {kind.label}")
        for group in GROUPS
        if group.verified
        for kind in group.kinds
    ),
)
ORDERS: Final = (("", "Terlama lebih dahulu"), (NEWEST, "Terbaru lebih dahulu"))
DEBOUNCE_MS: Final = 300
"""Milliseconds without a letter until units are suggested."""
DATE_FILTERS: Final = {"dari": "Dikirim sejak", "sampai": "Dikirim sampai"}
KEYS: Final = [["j", "usulan berikutnya"], ["k", "usulan sebelumnya"], ["Enter", "buka usulan"]]


class FacetLink(TypedDict):
    """A count that is also a link to narrow the list."""

    label: str
    count: str
    href: str
    current: bool


def format_facet_count(found: FacetCount) -> str:
    """A count as people read it; with a plus where there are more."""
    return format_number(found.count) + ("+" if found.at_least else "")


def parse_dates(given: Mapping[str, str]) -> dict[str, str]:
    """The dates of the filter as URL parameters.

    Raises:
        FormError: One is not a date. In the URL it would silently narrow nothing.
    """
    days, faults = {}, {}
    for name, label in DATE_FILTERS.items():
        try:
            day = parse_day_field(given[name], label)
            days[name] = day.isoformat() if day else ""
        except DateError as fault:
            faults[name] = str(fault)
    if faults:
        raise FormError(faults)
    return days


class InboxState(QueueState):
    """One page of the inbox and its filters."""

    ready: bool = False
    lines: list[InboxRow] = []
    query: str = ""
    """The filters, for the URL of a proposal to return to."""
    found: str = ""
    closed: str = ""
    verifies: bool = False
    states: list[FacetLink] = []
    groups: list[FacetLink] = []
    number: int = 1
    pages: int = 1
    before: str = PATH
    after: str = PATH
    narrowed: bool = False
    status: str = MINE
    kind: str = ""
    nip: str = ""
    person: str = ""
    since: str = ""
    until: str = ""
    agencies: bool = False
    instansi: str = ""
    asks_unit: bool = False
    unit: str = ""
    units: list[str] = []
    order: str = ""
    _group: str = ""
    _unit: int = 0

    @handler(MAY)
    async def load(self) -> None:
        """Show what the URL asks for."""
        self.faults = {}
        shell = await self.get_state(ShellState)
        await shell._fill()
        filters = self._filters(self.router.url)
        self._show_filters(filters)
        self.verifies = actor().may(Permission.VERIFY)
        self.lines, self.found, self.number, self.pages = [], "", 1, 1
        self.states, self.groups = [], []
        choice = await executors.run_read_only(unit_choice, actor(), filters)
        self.asks_unit, self.unit, self.units = choice.offered, choice.chosen, choice.suggested
        self.ready = True
        found = await executors.run_read_only(
            inbox.inbox_page, actor(), filters, parse_row_id(url_parameter(self.router.url, "halaman"))
        )
        self._show(found, filters)
        self._finish(notice=self._take_notice())

    def _show_filters(self, filters: Filters) -> None:
        self.status, self.kind, self._group, self.order = filters.status, filters.kind, filters.group, filters.order
        self.nip, self.person = filters.nip, filters.name
        self.agencies = spans_agencies(actor(), Permission.INBOX_READ)
        self.instansi, self._unit = filters.instansi, filters.unit
        self.since, self.until = (format_typed_date(day) if day else "" for day in (filters.since, filters.until))
        self.narrowed = filters.is_any

    def _show(self, found: Inbox, filters: Filters) -> None:
        self.lines, self.query = found.rows, inbox_url(filters, path="")
        self.found, self.closed = format_count(found.total, at_least=found.at_least), found.closed_notice
        self.number, self.pages = found.number, found.pages
        self.before, self.after = (inbox_url(filters, page=found.number + step) for step in (-1, 1))
        self.states = [
            {
                "label": each.label,
                "count": format_facet_count(each),
                "href": inbox_url(filters, status=each.key),
                "current": each.key == filters.status,
            }
            for each in found.states
        ]
        self.groups = [
            {
                "label": each.label,
                "count": format_facet_count(each),
                "href": inbox_url(filters, group="" if each.key == filters.group else each.key, kind=""),
                "current": each.key == filters.group,
            }
            for each in found.groups
        ]

    @handler(MAY)
    async def narrow(self, form: dict[str, Any]) -> Any:
        """Put the filters into the URL; the page then loads what it asks for."""
        names = ("status", "jenis", "nip", "nama", "dari", "sampai", "instansi", "urut")
        given = {name: form_text(form, name, MAX_VALUE_LENGTH) for name in names}
        filters = read_filters({**given, **parse_dates(given), "grup": "" if given["jenis"] else self._group})
        filters = replace(filters, unit=await self._unit_meant(form_text(form, "unit").strip(), filters.instansi))
        self._nip, self._nama = filters.nip, filters.name
        return rx.redirect(inbox_url(filters))

    async def _unit_meant(self, typed: str, instansi: str) -> int:
        """The unit in the field: looked up, unless it is unchanged. With another agency the old one is void."""
        if not typed:
            return 0
        if typed == self.unit:
            return self._unit if instansi == self.instansi else 0
        return await executors.run_read_only(find_unit, actor(), instansi, typed)

    @handler(MAY)
    async def suggest(self, text: str) -> None:
        """Suggest units while they are typed."""
        if isinstance(text, str) and len(text) <= MAX_VALUE_LENGTH:
            self.units = await executors.run_read_only(suggest_units, actor(), self.instansi, strip_unstorable(text))


def _unit() -> rx.Component:
    listed = "saran-unor"
    control = UrlBoundInput.create(
        name="unit",
        value=InboxState.unit,
        on_change=InboxState.suggest.debounce(DEBOUNCE_MS),
        class_name="input",
        auto_complete="off",
        custom_attrs=field_attrs("unit", has_help=True, spoken={"list": listed, "spellCheck": "false"}),
    )
    suggestions = rx.el.datalist(
        rx.foreach(InboxState.units, lambda unit: rx.el.option(value=unit)), custom_attrs={"id": listed}
    )
    help_text = "Ketik nama atau kode, lalu pilih dari saran. Unit di bawahnya ikut."
    return rx.cond(InboxState.asks_unit, form_group("unit", "Unor verifikasi", help_text, control, suggestions))


def _filter() -> rx.Component:
    state = InboxState
    return filter_form(
        filter_select("status", "Status usulan", state.status, STATUSES),
        filter_select("jenis", "Jenis riwayat", state.kind, KINDS),
        filter_field("nip", "NIP", state.nip, input_mode="numeric"),
        filter_field("nama", "Nama", state.person),
        filter_date("dari", DATE_FILTERS["dari"], state.since),
        filter_date("sampai", DATE_FILTERS["sampai"], state.until),
        rx.cond(state.agencies, filter_field("instansi", "Instansi (nama atau kode)", state.instansi)),
        _unit(),
        filter_select("urut", "Urutan", state.order, ORDERS),
        narrow=state.narrow,
        narrowed=state.narrowed,
        path=PATH,
    )


def _tallies(heading: str, ident: str, items: Any) -> rx.Component:
    def one(item: ObjectVar[FacetLink]) -> rx.Component:
        current = rx.cond(item["current"], "true", rx.Var("undefined"))
        return rx.el.li(
            rx.el.a(
                item["label"],
                rx.el.span(item["count"], class_name="tally-count"),
                href=item["href"],
                custom_attrs={"aria-current": current},
            )
        )

    return rx.cond(
        items,
        rx.el.nav(
            rx.el.h2(heading, custom_attrs={"id": ident}, class_name="tally-title"),
            rx.el.ul(rx.foreach(items, one), class_name="tallies"),
            custom_attrs={"aria-labelledby": ident},
        ),
    )


def _line(item: Any) -> rx.Component:
    href = f"{PATH}/{item['id']}{InboxState.query}"
    return table_row(
        table_cell(
            "Pegawai",
            rx.el.div(
                rx.el.a(
                    item["name"],
                    href=href,
                    custom_attrs={"data-baris": ""},
                    class_name="row-link",
                ),
                rx.el.p(item["nip"], class_name="help"),
            ),
        ),
        table_cell("Usulan", rx.el.div(rx.el.strong(item["what"]), rx.el.p(item["title"], class_name="help"))),
        table_cell("Unor verifikasi", rx.el.span(item["unit"])),
        table_cell("Dikirim", rx.el.div(rx.el.span(item["sent"]), rx.el.p(item["waits"], class_name="help"))),
        table_cell(
            "Status",
            rx.el.div(
                chip(item["state"], item["tone"]), rx.cond(item["claimed"], rx.el.p(item["claimed"], class_name="help"))
            ),
        ),
    )


def _list() -> rx.Component:
    state = InboxState
    return rx.fragment(
        rx.cond(state.closed, rx.el.div(notice_box(rx.el.p(state.closed), kind="warn"), class_name="mt-6")),
        _tallies("Menurut status", "menurut-status", state.states),
        _tallies("Menurut kelompok", "menurut-kelompok", state.groups),
        _filter(),
        rx.cond(
            state.verifies,
            rx.el.p(
                rx.el.a("Verifikasi bersama usulan yang tidak mengubah data", href=f"{PATH}/sesuai"), class_name="mt-6"
            ),
        ),
        rx.el.p(state.found, class_name="help mt-6 mb-2", role="status"),
        rx.cond(
            state.lines,
            table(
                "Usulan",
                ["Pegawai", "Usulan", "Unor verifikasi", "Dikirim", "Status"],
                rx.foreach(state.lines, _line),
            ),
            rx.cond(AppState.faults, rx.fragment(), _nothing()),
        ),
        link_pager(state.number, state.pages, state.before, state.after),
        Shortcuts.create(keys=KEYS),
    )


def _nothing() -> rx.Component:
    return rx.cond(
        InboxState.narrowed,
        empty("Tidak ada usulan yang cocok. Ubah atau hapus saringan."),
        empty("Tidak ada usulan yang menunggu Anda. Usulan baru muncul di sini setelah pegawai mengirimnya."),
    )


def verifikasi() -> rx.Component:
    """The page."""
    return page(
        form_messages(),
        rx.el.h1("Verifikasi"),
        rx.el.p("Usulan perubahan data yang menunggu keputusan, yang paling lama lebih dahulu.", class_name="lead"),
        rx.cond(InboxState.ready, _list(), rx.cond(AppState.faults, rx.fragment(), skeleton(8))),
        current=PATH,
    )
