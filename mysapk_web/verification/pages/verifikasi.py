"""`/verifikasi`: the inbox of those who verify, approve or validate.

The filters stand in the address, so that a list can be kept and shared; a NIP or a name does not, as on `/admin/pegawai`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, TypedDict

import reflex as rx
from reflex.vars import ObjectVar

from mysapk_web.organisation.rules.dates import DateError, read_day, write_date
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.organisation.scope import reaches_agencies
from mysapk_web.pdm.pages.components.usulan import chip, tone_of
from mysapk_web.pdm.rules.groups import GROUPS
from mysapk_web.pdm.rules.proposal import UsulanState
from mysapk_web.platform import executors
from mysapk_web.platform.errors import InputRefused
from mysapk_web.platform.rules.row_id import number_of
from mysapk_web.platform.rules.text import in_sentence, storable
from mysapk_web.ui.access import actor, handler
from mysapk_web.ui.components.behaviour import FollowInput
from mysapk_web.ui.components.dates import filter_date
from mysapk_web.ui.components.display import cell, empty, inset, row, skeleton, table
from mysapk_web.ui.components.forms import around, attributes, outcome
from mysapk_web.ui.components.lists import LONGEST, filter_field, filter_form, filter_select, link_pager, parameter
from mysapk_web.ui.formatting import moment
from mysapk_web.ui.shell import ShellState, page
from mysapk_web.ui.state import AppState, text_of
from mysapk_web.verification import inbox
from mysapk_web.verification.filters import MINE, NEWEST, OPEN, Filters, read_filters
from mysapk_web.verification.pages.components.desk import Shortcuts
from mysapk_web.verification.pages.words import MAY, PATH, QueueState, address, many, waiting
from mysapk_web.verification.rules.separation_of_duties import SEEN_BY_AGENCY
from mysapk_web.verification.units import suggest_units, unit_choice, unit_meant
from mysapk_web.verification.views import Count, Inbox, InboxRow

STATUSES: Final = (
    (MINE, "Menunggu Anda"),
    (OPEN, "Semua yang belum selesai"),
    *((state.value, state.label) for state in UsulanState if state in SEEN_BY_AGENCY),
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
PAUSE: Final = 300
"""Milliseconds without a letter until units are suggested."""
DAYS: Final = {"dari": "Dikirim sejak", "sampai": "Dikirim sampai"}
KEYS: Final = [["j", "usulan berikutnya"], ["k", "usulan sebelumnya"], ["Enter", "buka usulan"]]


class Line(TypedDict):
    """One proposal."""

    href: str
    nama: str
    nip: str
    what: str
    title: str
    state: str
    tone: str
    unit: str
    sent: str
    waits: str
    claimed: str


class Tally(TypedDict):
    """A number that is also a way to narrow the list."""

    label: str
    count: str
    href: str
    current: bool


def line_of(found: InboxRow, filters: Filters, zona: str, *, agencies: bool) -> Line:
    """One proposal as the state holds it.

    Args:
        found: From the service.
        filters: Of the list, which the proposal goes back to.
        zona: Zone in which times are read.
        agencies: Whether the agency is said, too.
    """
    return {
        "href": address(filters, path=f"{PATH}/{found.id}"),
        "nama": found.nama,
        "nip": found.nip,
        "what": f"{found.action_label} {in_sentence(found.kind_label)}",
        "title": found.title,
        "state": found.state_label,
        "tone": tone_of(UsulanState(found.state)),
        "unit": f"{found.unit}, {found.instansi}" if agencies else found.unit,
        "sent": moment(found.sent_at, zona),
        "waits": waiting(found.days),
        "claimed": f"Sedang diperiksa {found.claimed_by}" if found.claimed_by else "Anda buka" if found.mine else "",
    }


def tally(found: Count) -> str:
    """A count as people read it; with a plus where there are more.

    Args:
        found: From the service.
    """
    return f"{found.count:,}".replace(",", ".") + ("+" if found.at_least else "")


def days_of(given: Mapping[str, str]) -> dict[str, str]:
    """The days of the filter as they stand in the address, where one that makes no sense would silently narrow nothing.

    Args:
        given: What was typed.

    Raises:
        InputRefused: One is no day.
    """
    days, faults = {}, {}
    for name, label in DAYS.items():
        try:
            day = read_day(given[name], label)
            days[name] = day.isoformat() if day else ""
        except DateError as fault:
            faults[name] = str(fault)
    if faults:
        raise InputRefused(faults)
    return days


class InboxState(QueueState):
    """One page of the inbox and its filters."""

    ready: bool = False
    lines: list[Line] = []
    found: str = ""
    closed: str = ""
    verifies: bool = False
    states: list[Tally] = []
    groups: list[Tally] = []
    number: int = 1
    pages: int = 1
    before: str = PATH
    after: str = PATH
    narrowed: bool = False
    status: str = MINE
    jenis: str = ""
    nip: str = ""
    nama: str = ""
    dari: str = ""
    sampai: str = ""
    agencies: bool = False
    instansi: str = ""
    asks_unit: bool = False
    unit: str = ""
    units: list[str] = []
    urut: str = ""
    _grup: str = ""
    _unit: int = 0

    @handler(MAY)
    async def load(self) -> None:
        """What the address asks for."""
        self.faults = {}
        shell = await self.get_state(ShellState)
        await shell._fill()
        filters = self._filters(self.router.url)
        self._show_filters(filters)
        self.verifies = actor().may(Permission.VERIFY)
        self.lines, self.found, self.number, self.pages = [], "", 1, 1
        self.states, self.groups = [], []
        choice = await executors.look(unit_choice, actor(), filters)
        self.asks_unit, self.unit, self.units = choice.offered, choice.chosen, choice.suggested
        self.ready = True
        found = await executors.look(inbox.inbox, actor(), filters, number_of(parameter(self.router.url, "halaman")))
        self._show(found, filters)
        self._tell(notice=self._take_told())

    def _show_filters(self, filters: Filters) -> None:
        self.status, self.jenis, self._grup, self.urut = filters.status, filters.jenis, filters.grup, filters.urut
        self.nip, self.nama = filters.nip, filters.nama
        self.agencies = reaches_agencies(actor(), Permission.INBOX_READ)
        self.instansi, self._unit = filters.instansi, filters.unit
        self.dari, self.sampai = (write_date(day) if day else "" for day in (filters.dari, filters.sampai))
        self.narrowed = filters.is_any

    def _show(self, found: Inbox, filters: Filters) -> None:
        self.lines = [line_of(each, filters, found.zona, agencies=self.agencies) for each in found.rows]
        self.found, self.closed = many(found.total, at_least=found.at_least), found.closed_sentence
        self.number, self.pages = found.number, found.pages
        self.before, self.after = (address(filters, page=found.number + step) for step in (-1, 1))
        self.states = [
            {
                "label": each.label,
                "count": tally(each),
                "href": address(filters, status=each.key),
                "current": each.key == filters.status,
            }
            for each in found.states
        ]
        self.groups = [
            {
                "label": each.label,
                "count": tally(each),
                "href": address(filters, grup="" if each.key == filters.grup else each.key, jenis=""),
                "current": each.key == filters.grup,
            }
            for each in found.groups
        ]

    @handler(MAY)
    async def narrow(self, form: dict[str, Any]) -> Any:
        """Put the filters into the address; the page then loads what it asks for."""
        names = ("status", "jenis", "nip", "nama", "dari", "sampai", "instansi", "urut")
        given = {name: text_of(form, name, LONGEST) for name in names}
        filters = read_filters({**given, **days_of(given), "grup": "" if given["jenis"] else self._grup})
        filters = replace(filters, unit=await self._unit_meant(text_of(form, "unit").strip(), filters.instansi))
        self._nip, self._nama = filters.nip, filters.nama
        return rx.redirect(address(filters))

    async def _unit_meant(self, typed: str, instansi: str) -> int:
        """The unit in the field: looked up, unless it is the one that was there. With another agency that one is none any more."""
        if not typed:
            return 0
        if typed == self.unit:
            return self._unit if instansi == self.instansi else 0
        return await executors.look(unit_meant, actor(), instansi, typed)

    @handler(MAY)
    async def suggest(self, text: str) -> None:
        """Units that fit what is being typed."""
        if isinstance(text, str) and len(text) <= LONGEST:
            self.units = await executors.look(suggest_units, actor(), self.instansi, storable(text))


def _unit() -> rx.Component:
    listed = "saran-unor"
    control = FollowInput.create(
        name="unit",
        value=InboxState.unit,
        on_change=InboxState.suggest.debounce(PAUSE),
        class_name="input",
        auto_complete="off",
        custom_attrs=attributes("unit", has_help=True, spoken={"list": listed, "spellCheck": "false"}),
    )
    suggestions = rx.el.datalist(
        rx.foreach(InboxState.units, lambda unit: rx.el.option(value=unit)), custom_attrs={"id": listed}
    )
    help_text = "Ketik nama atau kode, lalu pilih dari saran. Unit di bawahnya ikut."
    return rx.cond(InboxState.asks_unit, around("unit", "Unor verifikasi", help_text, control, suggestions))


def _filter() -> rx.Component:
    state = InboxState
    return filter_form(
        filter_select("status", "Status usulan", state.status, STATUSES),
        filter_select("jenis", "Jenis riwayat", state.jenis, KINDS),
        filter_field("nip", "NIP", state.nip, input_mode="numeric"),
        filter_field("nama", "Nama", state.nama),
        filter_date("dari", DAYS["dari"], state.dari),
        filter_date("sampai", DAYS["sampai"], state.sampai),
        rx.cond(state.agencies, filter_field("instansi", "Instansi (nama atau kode)", state.instansi)),
        _unit(),
        filter_select("urut", "Urutan", state.urut, ORDERS),
        narrow=state.narrow,
        narrowed=state.narrowed,
        path=PATH,
    )


def _tallies(heading: str, ident: str, items: Any) -> rx.Component:
    def one(item: ObjectVar[Tally]) -> rx.Component:
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


def _line(item: ObjectVar[Line]) -> rx.Component:
    return row(
        cell(
            "Pegawai",
            rx.el.div(
                rx.el.a(item["nama"], href=item["href"], custom_attrs={"data-baris": ""}, class_name="row-link"),
                rx.el.p(item["nip"], class_name="help"),
            ),
        ),
        cell("Usulan", rx.el.div(rx.el.strong(item["what"]), rx.el.p(item["title"], class_name="help"))),
        cell("Unor verifikasi", rx.el.span(item["unit"])),
        cell("Dikirim", rx.el.div(rx.el.span(item["sent"]), rx.el.p(item["waits"], class_name="help"))),
        cell(
            "Status",
            rx.el.div(
                chip(item["state"], item["tone"]), rx.cond(item["claimed"], rx.el.p(item["claimed"], class_name="help"))
            ),
        ),
    )


def _list() -> rx.Component:
    state = InboxState
    return rx.fragment(
        rx.cond(state.closed, rx.el.div(inset(rx.el.p(state.closed), kind="warn"), class_name="mt-6")),
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


def daftar() -> rx.Component:
    """The page."""
    return page(
        outcome(),
        rx.el.h1("Verifikasi"),
        rx.el.p("Usulan perubahan data yang menunggu keputusan, yang paling lama lebih dahulu.", class_name="lead"),
        rx.cond(InboxState.ready, _list(), rx.cond(AppState.faults, rx.fragment(), skeleton(8))),
        here=PATH,
    )
