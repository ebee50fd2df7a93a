"""`/admin/belum-aktif`: who has not activated, reminders to them, and the list as a file."""

from __future__ import annotations

import re
from typing import Any, Final

import reflex as rx
from reflex.vars import ObjectVar

from mysapk_web.domain.progress import number
from mysapk_web.domain.roles import Permission
from mysapk_web.services import database
from mysapk_web.services.exports import Report
from mysapk_web.services.progress import missing, reminding
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
from mysapk_web.ui.components.missing import (
    CAUSES,
    KINDS,
    MissingRow,
    download_form,
    filter_of,
    found_in_words,
    missing_row,
)
from mysapk_web.ui.shell import ShellState, page
from mysapk_web.ui.state import AppState, text_of
from mysapk_web.ui.words import number_of

PATH: Final = "/admin/belum-aktif"
MAY: Final = holding(Permission.PROGRESS_READ)
_CHOSEN: Final = re.compile(r"p([1-9][0-9]{0,9})")


class BelumAktifState(AppState):
    """One page of the list and its filters."""

    ready: bool = False
    nama: str = ""
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
    progress_href: str = "/admin"
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
        self.keterangan = parameter(url, "keterangan")
        await self._look(number_of(parameter(url, "halaman")))
        self.ready = True
        self._tell()

    async def _look(self, page: int) -> None:
        wanted = filter_of(self.tempat, self.jenis, self.keterangan)
        place = await database.look(missing.place_of, actor(), wanted)
        found = await database.look(missing.missing, actor(), wanted, page)
        self.nama, self.narrowed = place.nama, bool(self.tempat or self.jenis or self.keterangan)
        agencies = place.instansi_id is None
        self.rows = [missing_row(person, agencies=agencies, zona=place.zona) for person in found.items]
        self.found = found_in_words(found)
        self.number, self.pages = found.number, found.pages
        self.before, self.after = self._address(found.number - 1), self._address(found.number + 1)
        self.progress_href = address_with("/admin", {"tempat": self.tempat})

    def _address(self, page: int = 1) -> str:
        values = {"tempat": self.tempat, "jenis": self.jenis, "keterangan": self.keterangan}
        return address_with(PATH, {**values, "halaman": str(page) if page > 1 else ""})

    @handler(MAY)
    async def narrow(self, form: dict[str, Any]) -> Any:
        """Put the filters into the address; the page then loads what it asks for."""
        self.jenis, self.keterangan = text_of(form, "jenis", 40), text_of(form, "keterangan", 40)
        return rx.redirect(self._address())

    @handler(MAY)
    async def remind_chosen(self, form: dict[str, Any]) -> None:
        """Remind the people who are ticked."""
        names = [name for name in form if isinstance(name, str)] if isinstance(form, dict) else []
        chosen = [number_of(match[1]) for name in names[:100] if (match := _CHOSEN.fullmatch(name))]
        await self._remind(chosen)

    @handler(MAY)
    async def remind_all(self, form: dict[str, Any]) -> None:
        """Remind everybody whom the filters leave."""
        await self._remind(None)

    async def _remind(self, chosen: list[int] | None) -> None:
        wanted = filter_of(self.tempat, self.jenis, self.keterangan)
        done = await database.run(reminding.remind, actor(), wanted, account_ids=chosen)
        await self._look(self.number)
        self.acts += 1
        self._tell(notice=reminded_in_words(done))


def reminded_in_words(done: reminding.Reminded) -> str:
    """What became of a reminder.

    Args:
        done: From the service.
    """
    if not done.count:
        return (
            "Tidak ada pengingat yang dikirim: semua yang dipilih sudah diingatkan hari ini atau belum dapat aktivasi."
        )
    more = " Masih ada yang lain; ulangi untuk melanjutkan." if done.more else ""
    return f"Pengingat dikirim kepada {number(done.count)} pegawai.{more}"


def _filter() -> rx.Component:
    state = BelumAktifState
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


def _tick(item: ObjectVar[MissingRow]) -> rx.Component:
    return rx.cond(
        item["can_remind"],
        rx.el.label(
            rx.el.input(type="checkbox", name=item["key"], key=f"{item['key']}-{BelumAktifState.acts}"),
            rx.el.span("Pilih ", item["nama"], class_name="sr-only"),
            class_name="tick",
        ),
    )


def _row(item: ObjectVar[MissingRow]) -> rx.Component:
    return row(
        cell("Pilih", _tick(item)),
        cell("Nama", rx.el.div(rx.el.a(item["nama"], href=item["href"]), rx.el.p(item["nip"], class_name="help"))),
        cell("Jenis", rx.el.span(item["jenis"])),
        cell("Unit kerja", rx.el.span(item["unit"])),
        cell("Keterangan", badge(item["cause"], item["tone"])),
        cell("Terakhir diingatkan", rx.el.span(item["reminded"])),
    )


def _all_dialog() -> rx.Component:
    return dialog(
        "Ingatkan semua dalam daftar ini?",
        rx.el.p(
            "Setiap pegawai yang dapat mengaktifkan akun menerima satu email, kecuali yang sudah diingatkan dalam 24 jam "
            "terakhir. Yang tanpa alamat email, dinonaktifkan, atau menunggu persetujuan dilewati."
        ),
        Form.create(
            rx.el.div(submit_button("Ingatkan semua", "Menulis surat ..."), cancel_button(), class_name="buttons"),
            on_submit=BelumAktifState.remind_all,
            action=PATH,
        ),
        ident="ingatkan-semua",
    )


def _list() -> rx.Component:
    state = BelumAktifState
    return rx.fragment(
        rx.el.p(rx.el.a("Kemajuan aktivasi", href=state.progress_href), class_name="mt-2"),
        rx.el.p(state.nama, class_name="lead"),
        _filter(),
        rx.el.p(state.found, class_name="help mt-6 mb-2", role="status"),
        rx.cond(
            state.rows,
            rx.fragment(
                Form.create(
                    table(
                        "Pegawai yang belum mengaktifkan akun",
                        ["Pilih", "Nama dan NIP", "Jenis", "Unit kerja", "Keterangan", "Terakhir diingatkan"],
                        rx.foreach(state.rows, _row),
                    ),
                    rx.el.div(
                        submit_button("Ingatkan yang dipilih", "Menulis surat ..."),
                        dialog_button("Ingatkan semua dalam daftar", "ingatkan-semua"),
                        class_name="buttons mt-6",
                    ),
                    on_submit=state.remind_chosen,
                    action=PATH,
                ),
                _all_dialog(),
                link_pager(state.number, state.pages, state.before, state.after),
                section(
                    "Unduh daftar",
                    rx.el.p("Semua baris sesuai saringan di atas. Setiap unduhan dicatat.", class_name="help mb-4"),
                    download_form(
                        Report.MISSING.value,
                        {"tempat": state.tempat, "jenis": state.jenis, "keterangan": state.keterangan},
                    ),
                ),
            ),
            empty("Tidak ada yang belum aktivasi menurut saringan ini."),
        ),
    )


def belum_aktif() -> rx.Component:
    """The page."""
    return page(
        outcome(),
        rx.el.h1("Belum mengaktifkan akun"),
        rx.cond(BelumAktifState.ready, _list(), rx.cond(AppState.faults, rx.fragment(), skeleton(8))),
        here="/admin",
    )
