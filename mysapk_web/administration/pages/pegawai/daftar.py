"""`/admin/pegawai`: find people by NIP, name, unit, employment type and account state.

Filters are in the URL, so lists can be bookmarked and shared. A NIP or name is personal data and stays out of histories and logs: it is
kept in the state, and the URL says only that there is one.
"""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar, Final, TypedDict

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
from mysapk_web.platform.pagination import MAX_ROWS, Page
from mysapk_web.platform.rules.text import collapse_blanks
from mysapk_web.platform.rules.timezones import format_moment
from mysapk_web.progress.pages.components.person_cells import KINDS, person_cells
from mysapk_web.ui.access import actor, handler, requires
from mysapk_web.ui.components.display import badge, table_cell, table_row
from mysapk_web.ui.components.forms import form_messages
from mysapk_web.ui.components.lists import (
    filter_field,
    filter_form,
    filter_select,
)
from mysapk_web.ui.components.loading import when_ready
from mysapk_web.ui.list_state import ListFilter, ListState, list_view
from mysapk_web.ui.shell import page
from mysapk_web.ui.state import AppState

PATH: Final = "/admin/pegawai"
MAY: Final = requires(Permission.PEOPLE_READ)
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
    href: str
    name: str
    nip: str
    jenis: str
    unit: str
    state: str
    tone: str
    login: str


def person_summary_row(line: PersonSummary, *, agencies: bool) -> PersonSummaryRow:
    return {
        "href": f"{PATH}/{line.account_id}",
        "name": line.name,
        "nip": line.nip,
        "jenis": line.jenis.label,
        "unit": f"{line.unit}, {line.instansi}" if agencies else line.unit,
        "state": line.state.label,
        "tone": TONES[line.state],
        "login": format_moment(line.last_login_at, line.timezone) if line.last_login_at else "-",
    }


def format_total(total: int) -> str:
    shown = f"{total:,}".replace(",", ".")
    return f"{shown} pegawai atau lebih; persempit pencarian" if total == MAX_ROWS else f"{shown} pegawai"


class DaftarState(ListState, AppState):
    PATH: ClassVar = PATH
    FILTERS: ClassVar = (
        ListFilter("cari", private=True, normalise=collapse_blanks),
        ListFilter("unit"),
        ListFilter("instansi"),
        ListFilter("status", STATES),
        ListFilter("jenis", KINDS),
        ListFilter("pdm", STEPS),
        ListFilter("urut", ORDERS),
    )

    rows: list[PersonSummaryRow] = []
    agencies: bool = False
    here: str = PATH

    @handler(MAY)
    async def load(self) -> None:
        self.agencies = spans_agencies(actor(), Permission.PEOPLE_READ)
        await self._load_list()

    @handler(MAY)
    async def apply_filters(self, form: dict[str, Any]) -> Any:
        return self._apply(form)

    async def _find(self, page: int) -> Page[PersonSummaryRow]:
        given = {each.name: self._filter(each.name) for each in self.FILTERS}
        wanted = PeopleFilter(
            text=given["cari"],
            unit=given["unit"],
            agency=given["instansi"],
            state=AccountState(given["status"]) if given["status"] else None,
            jenis=JenisPegawai(given["jenis"]) if given["jenis"] else None,
            pdm=PdmProgress(given["pdm"]) if given["pdm"] else None,
            order=PeopleOrder(given["urut"]) if given["urut"] else PeopleOrder.NAME,
            page=page,
        )
        found = await executors.run_read_only(search.list_people, actor(), wanted)
        return found.map(partial(person_summary_row, agencies=self.agencies))

    def _count(self, found: Page[Any]) -> str:
        return format_total(found.total)


def _filter() -> rx.Component:
    filters = DaftarState.filters
    return filter_form(
        filter_field("cari", "NIP atau nama", filters["cari"]),
        filter_select("status", "Keadaan akun", filters["status"], STATES),
        filter_select("jenis", "Jenis pegawai", filters["jenis"], KINDS),
        filter_select("pdm", "Pemutakhiran data", filters["pdm"], STEPS),
        filter_field("unit", "Unit kerja (nama atau kode)", filters["unit"]),
        rx.cond(DaftarState.agencies, filter_field("instansi", "Instansi (nama atau kode)", filters["instansi"])),
        filter_select("urut", "Urutkan menurut", filters["urut"], ORDERS),
        narrow=DaftarState.apply_filters,
        narrowed=DaftarState.narrowed,
        path=PATH,
    )


def _row(item: ObjectVar[PersonSummaryRow]) -> rx.Component:
    return table_row(
        *person_cells(item),
        table_cell("Keadaan akun", badge(item["state"], item["tone"])),
        table_cell("Terakhir masuk", rx.el.span(item["login"])),
    )


def _list() -> rx.Component:
    return list_view(
        DaftarState,
        _filter(),
        "Pegawai",
        ["Nama dan NIP", "Jenis", "Unit kerja", "Keadaan akun", "Terakhir masuk"],
        _row,
        nothing="Tidak ada pegawai yang cocok di wilayah Anda. Ubah atau hapus saringannya.",
    )


def daftar() -> rx.Component:
    return page(
        form_messages(),
        rx.el.h1("Pegawai"),
        rx.el.p("Cari pegawai di wilayah Anda, lalu buka akunnya untuk membantu.", class_name="lead"),
        when_ready(DaftarState.ready, _list()),
        current=PATH,
    )
