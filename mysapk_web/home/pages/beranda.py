"""`/beranda`: greeting, period banner (web view only), returned proposals, next steps, PDM progress, news."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, TypedDict

import reflex as rx

from mysapk_web.administration import announcements as announcement_service
from mysapk_web.home.pages.components.announcements import AnnouncementRow, announcement_rows, announcements
from mysapk_web.organisation import home, notices
from mysapk_web.organisation.actor import Actor
from mysapk_web.pdm import overview
from mysapk_web.pdm.overview import time_left
from mysapk_web.pdm.pages.components.proposals import returned_list
from mysapk_web.pdm.presenters import ProposalView
from mysapk_web.platform import executors
from mysapk_web.platform.rules.timezones import format_moment
from mysapk_web.ui.access import LOGGED_IN, actor, client, handler
from mysapk_web.ui.components.behaviour import WebOnly
from mysapk_web.ui.components.display import description_list, section, skeleton, tile, tiles
from mysapk_web.ui.components.forms import form_messages
from mysapk_web.ui.components.progress import progress
from mysapk_web.ui.formatting import is_app_view
from mysapk_web.ui.shell import ShellState, page
from mysapk_web.ui.state import AppState

RETURNED = 3
"""So many that came back are shown here; all are in the history."""


class Banner(TypedDict):
    title: str
    sentence: str
    dates: str
    consequence: str
    more: list[str]


class HomeStep(TypedDict):
    title: str
    text: str
    href: str


class News(TypedDict):
    """An unread notice."""

    title: str
    at: str


NO_BANNER: Banner = {"title": "", "sentence": "", "dates": "", "consequence": "", "more": []}


def next_steps(person: Actor) -> list[HomeStep]:
    """The most urgent first."""
    steps: list[HomeStep] = []
    if person.grants and not person.has_second_factor:
        steps.append(
            {
                "title": "Aktifkan verifikasi dua langkah",
                "text": "Peran Anda baru dapat dipakai setelah akun dilindungi kode dari ponsel.",
                "href": "/keamanan",
            }
        )
    steps.append(
        {
            "title": "Periksa keamanan akun",
            "text": "Lihat di perangkat mana saja akun Anda sedang terbuka, atau ganti password.",
            "href": "/keamanan",
        }
    )
    steps.append(
        {
            "title": "Tanya Bantuan",
            "text": "Email berganti, data tidak sesuai, atau ada kendala lain.",
            "href": "/bantuan",
        }
    )
    return steps


class BerandaState(AppState):
    ready: bool = False
    nama: str = ""
    jenis: str = ""
    unit: str = ""
    instansi: str = ""
    banner: Banner = NO_BANNER
    steps: list[HomeStep] = []
    done: int = 0
    total: int = 0
    percent: int = 0
    period: str = ""
    returned: list[ProposalView] = []
    more_returned: int = 0
    news: list[News] = []
    announcements: list[AnnouncementRow] = []

    @handler(LOGGED_IN)
    async def load(self) -> None:
        self.faults, self.notice = {}, ""
        seen = await executors.run_read_only(home.home_view, actor())
        self.nama, self.jenis, self.unit, self.instansi = seen.name, seen.jenis, seen.unit, seen.instansi
        wanted: dict[str, Any] = asdict(seen.banner) if seen.banner and not is_app_view(client().user_agent) else {}
        self.banner = {key: wanted.get(key, empty) for key, empty in NO_BANNER.items()}  # type: ignore[assignment]
        shell = await self.get_state(ShellState)
        await shell._fill()
        await self._look_at_pdm(unread=shell.unread)
        self.announcements = announcement_rows(
            await executors.run_read_only(announcement_service.visible_announcements, actor())
        )
        self.ready = True

    async def _look_at_pdm(self, *, unread: int) -> None:
        board = await executors.run_read_only(overview.load_board, actor())
        self.done, self.total, self.percent, self.period = board.done, board.total, board.percent, time_left(board)
        self.returned = board.returned[:RETURNED]
        self.more_returned = max(0, len(board.returned) - RETURNED)
        first: HomeStep = {"title": board.next_step.title, "text": board.next_step.text, "href": board.next_step.href}
        self.steps = [first, *next_steps(actor())]
        newest = (await executors.run_read_only(notices.list_notices, actor())).items if unread else []
        unread_ones = [view for view in newest if not view.read][:3]
        self.news = [{"title": view.title, "at": format_moment(view.at, view.timezone)} for view in unread_ones]


def _banner() -> rx.Component:
    banner = BerandaState.banner
    return WebOnly.create(
        rx.cond(
            banner["title"],
            rx.el.section(
                rx.el.h2("Periode Pemutakhiran Data Mandiri", custom_attrs={"id": "periode"}),
                rx.el.p(banner["title"], class_name="period-title"),
                rx.el.p(banner["sentence"]),
                rx.el.p(rx.el.strong(banner["dates"])),
                rx.el.p(banner["consequence"]),
                rx.el.ul(rx.foreach(banner["more"], lambda line: rx.el.li(line))),
                class_name="period",
                custom_attrs={"aria-labelledby": "periode"},
            ),
        )
    )


def _greeting() -> rx.Component:
    return rx.el.div(
        rx.el.h1(rx.el.span("Selamat datang, "), BerandaState.nama),
        rx.el.div(
            description_list(
                ("Jenis pegawai", BerandaState.jenis),
                ("Unit kerja", BerandaState.unit),
                ("Instansi", BerandaState.instansi),
            ),
            class_name="mt-6",
        ),
    )


def _progress() -> rx.Component:
    return section(
        "Pemutakhiran data Anda",
        rx.el.div(
            progress(BerandaState.done, BerandaState.total, BerandaState.percent),
            rx.cond(BerandaState.period, rx.el.p(BerandaState.period)),
            rx.el.p(rx.el.a("Lihat semua kelompok data", href="/pdm")),
            class_name="stack",
        ),
    )


def _news() -> rx.Component:
    return rx.cond(
        BerandaState.news,
        section(
            "Belum dibaca",
            rx.el.ul(
                rx.foreach(
                    BerandaState.news,
                    lambda item: rx.el.li(rx.el.strong(item["title"]), rx.el.p(item["at"], class_name="help")),
                ),
                class_name="rows",
            ),
            rx.el.p(rx.el.a("Buka Notifikasi", href="/notifikasi"), class_name="mt-3"),
        ),
    )


def _content() -> rx.Component:
    return rx.fragment(
        rx.cond(
            BerandaState.returned,
            section(
                "Dikembalikan kepada Anda",
                returned_list(BerandaState.returned, BerandaState.more_returned),
            ),
        ),
        section(
            "Langkah berikutnya",
            tiles(rx.foreach(BerandaState.steps, lambda step: tile(step["title"], step["text"], step["href"]))),
        ),
        _progress(),
        _news(),
    )


def beranda() -> rx.Component:
    return page(
        form_messages(),
        rx.cond(BerandaState.ready, _greeting(), rx.fragment(rx.el.h1("Beranda"), skeleton(4))),
        _banner(),
        announcements(BerandaState.announcements),
        rx.cond(BerandaState.ready, _content()),
        current="/beranda",
    )
