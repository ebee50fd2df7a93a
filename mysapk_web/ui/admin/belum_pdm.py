"""`/admin/belum-pdm`: who has not finished or sent in the present PDM, reminders to them, and the list as a file."""

from __future__ import annotations

import re
from typing import Any, Final

import reflex as rx
from reflex.vars import ObjectVar

from mysapk_web.domain.progress import number
from mysapk_web.domain.roles import Permission
from mysapk_web.services import database
from mysapk_web.services.exports import Report
from mysapk_web.services.progress import reminding, unfinished
from mysapk_web.ui.access import actor, handler, holding
from mysapk_web.ui.components.behaviour import Form
from mysapk_web.ui.components.display import (
    badge,
    cancel_button,
    cell,
    dialog,
    dialog_button,
    empty,
    row,
    section,
    skeleton,
    table,
)
from mysapk_web.ui.components.forms import outcome, submit_button
from mysapk_web.ui.components.lists import address_with, filter_select, link_pager, parameter
from mysapk_web.ui.components.missing import KINDS, download_form, found_in_words
from mysapk_web.ui.components.unfinished import GROUPS, LACKS, UnfinishedRow, filter_of, unfinished_row
from mysapk_web.ui.shell import ShellState, page
from mysapk_web.ui.state import AppState, text_of
from mysapk_web.ui.words import number_of

PATH: Final = "/admin/belum-pdm"
MAY: Final = holding(Permission.PROGRESS_READ)
_CHOSEN: Final = re.compile(r"p([1-9][0-9]{0,9})")


class BelumPdmState(AppState):
    """One page of the list and its filters."""

    ready: bool = False
    nama: str = ""
    rows: list[UnfinishedRow] = []
    found: str = ""
    number: int = 1
    pages: int = 1
    before: str = PATH
    after: str = PATH
    tempat: str = ""
    jenis: str = ""
    dicari: str = ""
    kelompok: str = ""
    narrowed: bool = False
    progress_href: str = "/admin/pdm"
    acts: int = 0
    """Goes up with every reminder that was written: the ticks are taken off then, and kept when something failed."""

    @handler(MAY)
    async def load(self) -> None:
        """What the address asks for."""
        self.faults, self.notice, self.ready = {}, "", False
        shell = await self.get_state(ShellState)
        await shell._fill()
        url = self.router.url
        self.tempat, self.jenis = parameter(url, "tempat"), parameter(url, "jenis")
        self.dicari, self.kelompok = parameter(url, "dicari"), parameter(url, "kelompok")
        await self._look(number_of(parameter(url, "halaman")))
        self.ready = True
        self._tell()

    async def _look(self, page: int) -> None:
        wanted = filter_of(self.tempat, self.jenis, self.dicari, self.kelompok)
        self.dicari, self.kelompok = wanted.lack.value, wanted.group
        place = await database.look(unfinished.place_of, actor(), wanted)
        found = await database.look(unfinished.unfinished, actor(), wanted, page)
        self.nama = place.nama
        self.narrowed = bool(self.tempat or self.jenis or self.kelompok or wanted.lack is not unfinished.Filter().lack)
        agencies = place.instansi_id is None
        self.rows = [unfinished_row(person, agencies=agencies, zona=place.zona) for person in found.items]
        self.found = found_in_words(found)
        self.number, self.pages = found.number, found.pages
        self.before, self.after = self._address(found.number - 1), self._address(found.number + 1)
        self.progress_href = address_with("/admin/pdm", {"tempat": self.tempat})

    def _address(self, page: int = 1) -> str:
        values = {"tempat": self.tempat, "jenis": self.jenis, "dicari": self.dicari, "kelompok": self.kelompok}
        return address_with(PATH, {**values, "halaman": str(page) if page > 1 else ""})

    @handler(MAY)
    async def narrow(self, form: dict[str, Any]) -> Any:
        """Put the filters into the address; the page then loads what it asks for."""
        self.jenis, self.dicari = text_of(form, "jenis", 40), text_of(form, "dicari", 40)
        self.kelompok = text_of(form, "kelompok", 40)
        return rx.redirect(self._address())

    @handler(MAY)
    async def remind_chosen(self, form: dict[str, Any]) -> None:
        """Remind the people who are ticked."""
        names = [name for name in form if isinstance(name, str)] if isinstance(form, dict) else []
        await self._remind([number_of(match[1]) for name in names[:100] if (match := _CHOSEN.fullmatch(name))])

    @handler(MAY)
    async def remind_all(self, form: dict[str, Any]) -> None:
        """Remind everybody whom the filters leave."""
        await self._remind(None)

    async def _remind(self, chosen: list[int] | None) -> None:
        wanted = filter_of(self.tempat, self.jenis, self.dicari, self.kelompok)
        done = await database.run(reminding.remind_of_pdm, actor(), wanted, account_ids=chosen)
        await self._look(self.number)
        self.acts += 1
        self._tell(notice=_in_words(done))


def _in_words(done: reminding.Reminded) -> str:
    if not done.count:
        return (
            "Tidak ada pengingat yang dikirim: semua yang dipilih sudah diingatkan hari ini, akunnya belum aktif, "
            "atau periodenya tidak sedang dibuka."
        )
    more = " Masih ada yang lain; ulangi untuk melanjutkan." if done.more else ""
    return f"Pengingat dikirim kepada {number(done.count)} pegawai.{more}"


_STATE = BelumPdmState


def _filter() -> rx.Component:
    return Form.create(
        filter_select("dicari", "Yang dicari", _STATE.dicari, LACKS),
        filter_select("kelompok", "Kelompok yang belum", _STATE.kelompok, GROUPS),
        filter_select("jenis", "Jenis pegawai", _STATE.jenis, KINDS),
        rx.el.div(
            submit_button("Tampilkan", "Mencari ..."),
            rx.cond(_STATE.narrowed, rx.el.a("Hapus saringan", href=PATH, class_name="button-quiet")),
            class_name="buttons",
        ),
        on_submit=_STATE.narrow,
        action=PATH,
        class_name="filter",
    )


def _tick(item: ObjectVar[UnfinishedRow]) -> rx.Component:
    return rx.cond(
        item["can_remind"],
        rx.el.label(
            rx.el.input(type="checkbox", name=item["key"], key=f"{item['key']}-{_STATE.acts}"),
            rx.el.span("Pilih ", item["nama"], class_name="sr-only"),
            class_name="tick",
        ),
    )


def _row(item: ObjectVar[UnfinishedRow]) -> rx.Component:
    return row(
        cell("Pilih", _tick(item)),
        cell("Nama", rx.el.div(rx.el.a(item["nama"], href=item["href"]), rx.el.p(item["nip"], class_name="help"))),
        cell("Jenis", rx.el.span(item["jenis"])),
        cell("Unit kerja", rx.el.span(item["unit"])),
        cell("Kelompok selesai", rx.el.span(item["groups"])),
        cell("Keterangan", badge(item["stage"], item["tone"])),
        cell("Terakhir diingatkan", rx.el.span(item["reminded"])),
    )


def _all_dialog() -> rx.Component:
    return dialog(
        "Ingatkan semua dalam daftar ini?",
        rx.el.p(
            "Setiap pegawai yang akunnya aktif menerima satu email, kecuali yang sudah diingatkan dalam 24 jam terakhir. "
            "Yang belum mengaktifkan akun diingatkan dari daftar aktivasi."
        ),
        Form.create(
            rx.el.div(submit_button("Ingatkan semua", "Menulis surat ..."), cancel_button(), class_name="buttons"),
            on_submit=_STATE.remind_all,
            action=PATH,
        ),
        ident="ingatkan-semua",
    )


def _list() -> rx.Component:
    return rx.fragment(
        rx.el.p(rx.el.a("Kemajuan pemutakhiran data", href=_STATE.progress_href), class_name="mt-2"),
        rx.el.p(_STATE.nama, class_name="lead"),
        _filter(),
        rx.el.p(_STATE.found, class_name="help mt-6 mb-2", role="status"),
        rx.cond(
            _STATE.rows,
            rx.fragment(
                Form.create(
                    table(
                        "Pegawai yang belum selesai",
                        [
                            "Pilih",
                            "Nama dan NIP",
                            "Jenis",
                            "Unit kerja",
                            "Kelompok selesai",
                            "Keterangan",
                            "Terakhir diingatkan",
                        ],
                        rx.foreach(_STATE.rows, _row),
                    ),
                    rx.el.div(
                        submit_button("Ingatkan yang dipilih", "Menulis surat ..."),
                        dialog_button("Ingatkan semua dalam daftar", "ingatkan-semua"),
                        class_name="buttons mt-6",
                    ),
                    on_submit=_STATE.remind_chosen,
                    action=PATH,
                ),
                _all_dialog(),
                link_pager(_STATE.number, _STATE.pages, _STATE.before, _STATE.after),
                section(
                    "Unduh daftar",
                    rx.el.p("Semua baris sesuai saringan di atas. Setiap unduhan dicatat.", class_name="help mb-4"),
                    download_form(
                        Report.UNFINISHED.value,
                        {
                            "tempat": _STATE.tempat,
                            "jenis": _STATE.jenis,
                            "dicari": _STATE.dicari,
                            "kelompok": _STATE.kelompok,
                        },
                    ),
                ),
            ),
            empty("Tidak ada pegawai menurut saringan ini."),
        ),
    )


def belum_pdm() -> rx.Component:
    """The page."""
    return page(
        outcome(),
        rx.el.h1("Belum selesai pemutakhiran"),
        rx.cond(_STATE.ready, _list(), rx.cond(AppState.faults, rx.fragment(), skeleton(8))),
        here="/admin",
    )
