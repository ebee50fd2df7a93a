"""`/admin/sanksi`: whose services are not processed, because they had not activated when the period ended."""

from __future__ import annotations

from typing import Any, Final, TypedDict

import reflex as rx
from reflex.vars import ObjectVar

from mysapk_web.domain.roles import Permission
from mysapk_web.services import database
from mysapk_web.services.exports import Report
from mysapk_web.services.periods import SANCTION_SOURCE
from mysapk_web.services.periods import moment as day_and_time
from mysapk_web.services.progress import missing, places
from mysapk_web.services.progress.agencies import closed_agencies
from mysapk_web.services.progress.missing import NOT_TAKEN_PART
from mysapk_web.ui.access import actor, handler, holding
from mysapk_web.ui.components.behaviour import Form
from mysapk_web.ui.components.display import badge, cell, empty, inset, row, section, skeleton, table
from mysapk_web.ui.components.forms import outcome, submit_button
from mysapk_web.ui.components.lists import (
    address_with,
    download_form,
    filter_select,
    found_in_words,
    link_pager,
    parameter,
)
from mysapk_web.ui.components.missing import (
    CAUSES,
    KINDS,
    MissingRow,
    filter_of,
    missing_row,
)
from mysapk_web.ui.components.steering import views
from mysapk_web.ui.shell import ShellState, page
from mysapk_web.ui.state import AppState, text_of
from mysapk_web.ui.words import number_of

PATH: Final = "/admin/sanksi"
MAY: Final = holding(Permission.PROGRESS_READ)
SHOWN_AGENCIES: Final = 10


class ClosedRow(TypedDict):
    """An agency whose period is over."""

    nama: str
    ended: str


class SanksiState(AppState):
    """One page of the list and its filters."""

    ready: bool = False
    nama: str = ""
    closed: list[ClosedRow] = []
    closed_more: int = 0
    rows: list[MissingRow] = []
    found: str = ""
    number: int = 1
    pages: int = 1
    before: str = PATH
    after: str = PATH
    tempat: str = ""
    jenis: str = ""
    keterangan: str = ""
    narrowed: bool = False
    pdm_href: str = "/admin/sanksi-pdm"

    @handler(MAY)
    async def load(self) -> None:
        """What the address asks for."""
        self.faults, self.notice, self.ready = {}, "", False
        shell = await self.get_state(ShellState)
        await shell._fill()
        url = self.router.url
        self.tempat, self.jenis = parameter(url, "tempat"), parameter(url, "jenis")
        self.keterangan = parameter(url, "keterangan")
        wanted = filter_of(self.tempat, self.jenis, self.keterangan)
        place = await database.look(places.find, actor(), Permission.PROGRESS_READ, self.tempat)
        closed = await database.look(closed_agencies, actor())
        found = await database.look(missing.sanctioned, actor(), wanted, number_of(parameter(url, "halaman")))
        self.nama, self.narrowed = place.nama, bool(self.tempat or self.jenis or self.keterangan)
        self.closed = [
            {"nama": agency.nama, "ended": day_and_time(agency.ended_at, agency.zona)}
            for agency in closed[:SHOWN_AGENCIES]
        ]
        self.closed_more = max(0, len(closed) - SHOWN_AGENCIES)
        self.rows = [missing_row(person, agencies=place.instansi_id is None, zona=place.zona) for person in found.items]
        self.found = found_in_words(found)
        self.number, self.pages = found.number, found.pages
        self.before, self.after = self._address(found.number - 1), self._address(found.number + 1)
        self.pdm_href = address_with("/admin/sanksi-pdm", {"tempat": self.tempat})
        self.ready = True
        self._tell()

    def _address(self, page: int = 1) -> str:
        values = {"tempat": self.tempat, "jenis": self.jenis, "keterangan": self.keterangan}
        return address_with(PATH, {**values, "halaman": str(page) if page > 1 else ""})

    @handler(MAY)
    async def narrow(self, form: dict[str, Any]) -> Any:
        """Put the filters into the address; the page then loads what it asks for."""
        self.jenis, self.keterangan = text_of(form, "jenis", 40), text_of(form, "keterangan", 40)
        return rx.redirect(self._address())


def _filter() -> rx.Component:
    state = SanksiState
    return Form.create(
        filter_select("jenis", "Jenis pegawai", state.jenis, KINDS),
        filter_select("keterangan", "Keterangan", state.keterangan, CAUSES),
        rx.el.div(
            submit_button("Tampilkan", "Mencari ..."),
            rx.cond(state.narrowed, rx.el.a("Hapus saringan", href=PATH, class_name="button-quiet")),
            class_name="buttons",
        ),
        on_submit=state.narrow,
        action=PATH,
        class_name="filter",
    )


def _closed() -> rx.Component:
    state = SanksiState
    return rx.fragment(
        inset(
            rx.el.p(
                "Layanan kepegawaian (kenaikan pangkat, mutasi, dan lainnya) bagi pegawai dalam daftar ini tidak diproses."
            ),
            rx.el.p("Alasan: ", NOT_TAKEN_PART, class_name="mt-1"),
            rx.el.p("Dasar hukum: ", SANCTION_SOURCE, ".", class_name="mt-1"),
            kind="warn",
        ),
        rx.el.ul(
            rx.foreach(
                state.closed,
                lambda item: rx.el.li(item["nama"], ": periode aktivasi berakhir ", item["ended"]),
            ),
            rx.cond(state.closed_more > 0, rx.el.li(f"dan {state.closed_more} instansi lain")),
            class_name="help mt-4",
        ),
    )


def _row(item: ObjectVar[MissingRow]) -> rx.Component:
    return row(
        cell("Nama", rx.el.div(rx.el.a(item["nama"], href=item["href"]), rx.el.p(item["nip"], class_name="help"))),
        cell("Jenis", rx.el.span(item["jenis"])),
        cell("Unit kerja", rx.el.span(item["unit"])),
        cell("Keterangan", badge(item["cause"], item["tone"])),
    )


def _list() -> rx.Component:
    state = SanksiState
    return rx.fragment(
        _closed(),
        _filter(),
        rx.el.p(state.found, class_name="help mt-6 mb-2", role="status"),
        rx.cond(
            state.rows,
            rx.fragment(
                table(
                    "Pegawai yang layanannya tidak diproses",
                    ["Nama dan NIP", "Jenis", "Unit kerja", "Keterangan"],
                    rx.foreach(state.rows, _row),
                ),
                link_pager(state.number, state.pages, state.before, state.after),
                section(
                    "Unduh daftar",
                    rx.el.p("Semua baris sesuai saringan, dengan alasan dan dasar hukum.", class_name="help mb-4"),
                    download_form(
                        Report.SANCTIONS.value,
                        {"tempat": state.tempat, "jenis": state.jenis, "keterangan": state.keterangan},
                    ),
                ),
            ),
            empty("Tidak ada pegawai dalam daftar ini menurut saringan."),
        ),
    )


def sanksi() -> rx.Component:
    """The page."""
    state = SanksiState
    return page(
        outcome(),
        rx.el.h1("Daftar sanksi"),
        rx.cond(
            state.ready,
            rx.fragment(
                views("aktivasi", PATH, state.pdm_href, "Daftar sanksi dari"),
                rx.el.p(state.nama, class_name="lead"),
                rx.el.div(
                    rx.cond(
                        state.closed,
                        _list(),
                        empty(
                            "Daftar ini terbentuk setelah periode aktivasi berakhir. Selama periode masih berjalan, "
                            "ingatkan yang belum aktivasi."
                        ),
                    ),
                    class_name="mt-6",
                ),
            ),
            rx.cond(AppState.faults, rx.fragment(), skeleton(8)),
        ),
        here="/admin",
    )
