"""`/admin/pegawai`: find people by NIP, name, unit, kind and state of the account.

The filters stand in the address, so that a list can be kept, shared and gone back to. What was searched for does not: a NIP or a name
is personal data and stays out of histories and logs. It waits in the state, and the address only says that there is one.
"""

from __future__ import annotations

from typing import Any, Final, TypedDict

import reflex as rx
from reflex.vars import ObjectVar

from mysapk_web.administration.people import search
from mysapk_web.administration.people.search import (
    AccountState,
    PdmProgress,
    PeopleFilter,
    PeopleOrder,
    PersonSummary,
)
from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.organisation.scope import spans_agencies
from mysapk_web.platform import executors
from mysapk_web.platform.pagination import MAX_ROWS
from mysapk_web.platform.rules.row_id import parse_row_id
from mysapk_web.platform.rules.timezones import format_moment
from mysapk_web.progress.pages.components.person_cells import KINDS, person_cells
from mysapk_web.ui.access import actor, handler, requires
from mysapk_web.ui.components.display import badge, empty, skeleton, table, table_cell, table_row
from mysapk_web.ui.components.forms import form_messages
from mysapk_web.ui.components.lists import (
    MAX_VALUE_LENGTH,
    filter_field,
    filter_form,
    filter_select,
    url_parameter,
    url_with,
)
from mysapk_web.ui.components.pagination import link_pager
from mysapk_web.ui.shell import ShellState, page
from mysapk_web.ui.state import AppState, form_text

PATH: Final = "/admin/pegawai"
MAY: Final = requires(Permission.PEOPLE_READ)
SEARCHED: Final = "ada"
"""Value of `cari` in the address while something is searched for."""

STATES: Final = (("", "Semua"), *((state.value, state.label) for state in AccountState))
STEPS: Final = (("", "Semua"), *((step.value, step.label) for step in PdmProgress))
ORDERS: Final = (
    ("", "Nama"),
    (PeopleOrder.NIP.value, "NIP"),
    (PeopleOrder.UNIT.value, "Unit kerja"),
    (PeopleOrder.LOGIN.value, "Terakhir masuk"),
)
TONES: Final = {
    AccountState.ACTIVE: "good",
    AccountState.INACTIVE: "plain",
    AccountState.WAITING: "warn",
    AccountState.LOCKED: "warn",
    AccountState.DISABLED: "bad",
}


class PersonSummaryRow(TypedDict):
    """One line as the state holds it."""

    href: str
    nama: str
    nip: str
    jenis: str
    unit: str
    state: str
    tone: str
    login: str


def person_summary_row(line: PersonSummary, *, agencies: bool) -> PersonSummaryRow:
    """One line of the list."""
    return {
        "href": f"{PATH}/{line.account_id}",
        "nama": line.name,
        "nip": line.nip,
        "jenis": line.jenis.label,
        "unit": f"{line.unit}, {line.instansi}" if agencies else line.unit,
        "state": line.state.label,
        "tone": TONES[line.state],
        "login": format_moment(line.last_login_at, line.timezone) if line.last_login_at else "-",
    }


def format_total(total: int) -> str:
    """How many were found."""
    shown = f"{total:,}".replace(",", ".")
    return f"{shown} pegawai atau lebih; persempit pencarian" if total == MAX_ROWS else f"{shown} pegawai"


def known_choice(text: str, choices: tuple[tuple[str, str], ...]) -> str:
    """A value of a choice, or empty for anything else."""
    return text if text in {value for value, _ in choices} else ""


class DaftarState(AppState):
    """One page of the list and its filters."""

    ready: bool = False
    agencies: bool = False
    rows: list[PersonSummaryRow] = []
    found: str = ""
    number: int = 1
    pages: int = 1
    before: str = PATH
    after: str = PATH
    here: str = PATH
    cari: str = ""
    unit: str = ""
    instansi: str = ""
    status: str = ""
    jenis: str = ""
    pdm: str = ""
    urut: str = ""

    @handler(MAY)
    async def load(self) -> None:
        """What the address asks for."""
        self.notice = ""
        shell = await self.get_state(ShellState)
        await shell._fill()
        url = self.router.url
        self.cari = self.cari if url_parameter(url, "cari") else ""
        self.unit, self.instansi = url_parameter(url, "unit"), url_parameter(url, "instansi")
        self.status, self.jenis = (
            known_choice(url_parameter(url, "status"), STATES),
            known_choice(url_parameter(url, "jenis"), KINDS),
        )
        self.pdm, self.urut = (
            known_choice(url_parameter(url, "pdm"), STEPS),
            known_choice(url_parameter(url, "urut"), ORDERS),
        )
        self.agencies = spans_agencies(actor(), Permission.PEOPLE_READ)
        self.rows, self.found, self.number, self.pages, self.here = [], "", 1, 1, self._address()
        self.ready = True
        await self._look(parse_row_id(url_parameter(url, "halaman")))
        self._finish()

    async def _look(self, number: int) -> None:
        wanted = PeopleFilter(
            text=self.cari,
            unit=self.unit,
            agency=self.instansi,
            state=AccountState(self.status) if self.status else None,
            jenis=JenisPegawai(self.jenis) if self.jenis else None,
            pdm=PdmProgress(self.pdm) if self.pdm else None,
            order=PeopleOrder(self.urut) if self.urut else PeopleOrder.NAME,
            page=number,
        )
        found = await executors.run_read_only(search.list_people, actor(), wanted)
        self.rows = [person_summary_row(line, agencies=self.agencies) for line in found.items]
        self.found = format_total(found.total)
        self.number, self.pages = found.number, found.pages
        self.before, self.here, self.after = (self._address(found.number + step) for step in (-1, 0, 1))

    def _address(self, number: int = 1) -> str:
        return url_with(
            PATH,
            {
                "cari": SEARCHED if self.cari else "",
                "unit": self.unit,
                "instansi": self.instansi,
                "status": self.status,
                "jenis": self.jenis,
                "pdm": self.pdm,
                "urut": self.urut,
            },
            number,
        )

    @handler(MAY)
    async def narrow(self, form: dict[str, Any]) -> Any:
        """Put the filters into the address; the page then loads what it asks for."""
        self.cari = " ".join(form_text(form, "cari", MAX_VALUE_LENGTH).split())
        self.unit, self.instansi = (
            form_text(form, "unit", MAX_VALUE_LENGTH).strip(),
            form_text(form, "instansi", MAX_VALUE_LENGTH).strip(),
        )
        self.status, self.jenis = (
            known_choice(form_text(form, "status"), STATES),
            known_choice(form_text(form, "jenis"), KINDS),
        )
        self.pdm, self.urut = known_choice(form_text(form, "pdm"), STEPS), known_choice(form_text(form, "urut"), ORDERS)
        return rx.redirect(self._address())


def _filter() -> rx.Component:
    state = DaftarState
    return filter_form(
        filter_field("cari", "NIP atau nama", state.cari),
        filter_select("status", "Keadaan akun", state.status, STATES),
        filter_select("jenis", "Jenis pegawai", state.jenis, KINDS),
        filter_select("pdm", "Pemutakhiran data", state.pdm, STEPS),
        filter_field("unit", "Unit kerja (nama atau kode)", state.unit),
        rx.cond(state.agencies, filter_field("instansi", "Instansi (nama atau kode)", state.instansi)),
        filter_select("urut", "Urutkan menurut", state.urut, ORDERS),
        narrow=state.narrow,
        narrowed=state.here != PATH,
        path=PATH,
    )


def _row(item: ObjectVar[PersonSummaryRow]) -> rx.Component:
    return table_row(
        *person_cells(item),
        table_cell("Keadaan akun", badge(item["state"], item["tone"])),
        table_cell("Terakhir masuk", rx.el.span(item["login"])),
    )


def _list() -> rx.Component:
    state = DaftarState
    return rx.fragment(
        _filter(),
        rx.el.p(state.found, class_name="help mt-6 mb-2", role="status"),
        rx.cond(
            state.rows,
            table(
                "Pegawai",
                ["Nama dan NIP", "Jenis", "Unit kerja", "Keadaan akun", "Terakhir masuk"],
                rx.foreach(state.rows, _row),
            ),
            rx.cond(
                AppState.faults,
                rx.fragment(),
                empty("Tidak ada pegawai yang cocok di wilayah Anda. Ubah atau hapus saringannya."),
            ),
        ),
        link_pager(state.number, state.pages, state.before, state.after),
    )


def daftar() -> rx.Component:
    """The page."""
    return page(
        form_messages(),
        rx.el.h1("Pegawai"),
        rx.el.p("Cari pegawai di wilayah Anda, lalu buka akunnya untuk membantu.", class_name="lead"),
        rx.cond(DaftarState.ready, _list(), rx.cond(AppState.faults, rx.fragment(), skeleton(8))),
        current=PATH,
    )
