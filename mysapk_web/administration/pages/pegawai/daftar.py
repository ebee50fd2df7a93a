"""`/admin/pegawai`: find people by NIP, name, unit, kind and state of the account.

The filters stand in the address, so that a list can be kept, shared and gone back to. What was searched for does not: a NIP or a name
is personal data and stays out of histories and logs. It waits in the state, and the address only says that there is one.
"""

from __future__ import annotations

from typing import Any, Final, TypedDict

import reflex as rx
from reflex.vars import ObjectVar

from mysapk_web.administration.people import search
from mysapk_web.administration.people.search import COUNTED, AccountState, Order, PdmStep, PersonLine, Wanted
from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.organisation.scope import reaches_agencies
from mysapk_web.platform import executors
from mysapk_web.platform.rules.row_id import number_of
from mysapk_web.progress.pages.components.person_cells import KINDS, person_cells
from mysapk_web.ui.access import actor, handler, holding
from mysapk_web.ui.components.display import badge, cell, empty, row, skeleton, table
from mysapk_web.ui.components.forms import outcome
from mysapk_web.ui.components.lists import (
    LONGEST,
    address_with,
    filter_field,
    filter_form,
    filter_select,
    link_pager,
    parameter,
)
from mysapk_web.ui.formatting import moment
from mysapk_web.ui.shell import ShellState, page
from mysapk_web.ui.state import AppState, text_of

PATH: Final = "/admin/pegawai"
MAY: Final = holding(Permission.PEOPLE_READ)
SEARCHED: Final = "ada"
"""Value of `cari` in the address while something is searched for."""

STATES: Final = (("", "Semua"), *((state.value, state.label) for state in AccountState))
STEPS: Final = (("", "Semua"), *((step.value, step.label) for step in PdmStep))
ORDERS: Final = (
    ("", "Nama"),
    (Order.NIP.value, "NIP"),
    (Order.UNIT.value, "Unit kerja"),
    (Order.LOGIN.value, "Terakhir masuk"),
)
TONES: Final = {
    AccountState.ACTIVE: "good",
    AccountState.INACTIVE: "plain",
    AccountState.WAITING: "warn",
    AccountState.LOCKED: "warn",
    AccountState.DISABLED: "bad",
}


class PersonRow(TypedDict):
    """One line as the state holds it."""

    href: str
    nama: str
    nip: str
    jenis: str
    unit: str
    state: str
    tone: str
    login: str


def person_row(line: PersonLine, *, agencies: bool) -> PersonRow:
    """One line of the list.

    Args:
        line: From the service.
        agencies: Whether the agency is said, too.
    """
    return {
        "href": f"{PATH}/{line.account_id}",
        "nama": line.nama,
        "nip": line.nip,
        "jenis": line.jenis.label,
        "unit": f"{line.unit}, {line.instansi}" if agencies else line.unit,
        "state": line.state.label,
        "tone": TONES[line.state],
        "login": moment(line.last_login_at, line.zona) if line.last_login_at else "-",
    }


def total_in_words(total: int) -> str:
    """How many were found.

    Args:
        total: As counted up to `COUNTED`, or as known.
    """
    shown = f"{total:,}".replace(",", ".")
    return f"{shown} pegawai atau lebih; persempit pencarian" if total == COUNTED else f"{shown} pegawai"


def one_of(text: str, choices: tuple[tuple[str, str], ...]) -> str:
    """A value of a choice, or empty for anything else.

    Args:
        text: From the browser.
        choices: Value and words.
    """
    return text if text in {value for value, _ in choices} else ""


class DaftarState(AppState):
    """One page of the list and its filters."""

    ready: bool = False
    agencies: bool = False
    rows: list[PersonRow] = []
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
        self.cari = self.cari if parameter(url, "cari") else ""
        self.unit, self.instansi = parameter(url, "unit"), parameter(url, "instansi")
        self.status, self.jenis = one_of(parameter(url, "status"), STATES), one_of(parameter(url, "jenis"), KINDS)
        self.pdm, self.urut = one_of(parameter(url, "pdm"), STEPS), one_of(parameter(url, "urut"), ORDERS)
        self.agencies = reaches_agencies(actor(), Permission.PEOPLE_READ)
        self.rows, self.found, self.number, self.pages, self.here = [], "", 1, 1, self._address()
        self.ready = True
        await self._look(number_of(parameter(url, "halaman")))
        self._tell()

    async def _look(self, number: int) -> None:
        wanted = Wanted(
            text=self.cari,
            unit=self.unit,
            agency=self.instansi,
            state=AccountState(self.status) if self.status else None,
            jenis=JenisPegawai(self.jenis) if self.jenis else None,
            pdm=PdmStep(self.pdm) if self.pdm else None,
            order=Order(self.urut) if self.urut else Order.NAME,
            page=number,
        )
        found = await executors.look(search.search, actor(), wanted)
        self.rows = [person_row(line, agencies=self.agencies) for line in found.items]
        self.found = total_in_words(found.total)
        self.number, self.pages = found.number, found.pages
        self.before, self.here, self.after = (self._address(found.number + step) for step in (-1, 0, 1))

    def _address(self, number: int = 1) -> str:
        return address_with(
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
        self.cari = " ".join(text_of(form, "cari", LONGEST).split())
        self.unit, self.instansi = text_of(form, "unit", LONGEST).strip(), text_of(form, "instansi", LONGEST).strip()
        self.status, self.jenis = one_of(text_of(form, "status"), STATES), one_of(text_of(form, "jenis"), KINDS)
        self.pdm, self.urut = one_of(text_of(form, "pdm"), STEPS), one_of(text_of(form, "urut"), ORDERS)
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


def _row(item: ObjectVar[PersonRow]) -> rx.Component:
    return row(
        *person_cells(item),
        cell("Keadaan akun", badge(item["state"], item["tone"])),
        cell("Terakhir masuk", rx.el.span(item["login"])),
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
        outcome(),
        rx.el.h1("Pegawai"),
        rx.el.p("Cari pegawai di wilayah Anda, lalu buka akunnya untuk membantu.", class_name="lead"),
        rx.cond(DaftarState.ready, _list(), rx.cond(AppState.faults, rx.fragment(), skeleton(8))),
        here=PATH,
    )
