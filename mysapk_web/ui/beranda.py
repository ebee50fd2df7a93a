"""`/beranda`: greeting, period banner (web view only), and what to do next."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, TypedDict

import reflex as rx

from mysapk_web.services import database, home
from mysapk_web.services.actor import Actor
from mysapk_web.ui.access import LOGGED_IN, actor, handler, visitor
from mysapk_web.ui.components.behaviour import WebOnly
from mysapk_web.ui.components.display import facts, section, skeleton, tile, tiles
from mysapk_web.ui.components.forms import outcome
from mysapk_web.ui.shell import ShellState, page
from mysapk_web.ui.state import AppState
from mysapk_web.ui.words import is_app_view


class Banner(TypedDict):
    """What the banner says."""

    title: str
    sentence: str
    dates: str
    consequence: str
    more: list[str]


class Step(TypedDict):
    """One thing to do."""

    title: str
    text: str
    href: str


NO_BANNER: Banner = {"title": "", "sentence": "", "dates": "", "consequence": "", "more": []}


def next_steps(person: Actor) -> list[Step]:
    """What this person should do next, the most urgent first.

    Args:
        person: Who looks.
    """
    steps: list[Step] = []
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
    """Who the person is in short, the period, the next steps."""

    ready: bool = False
    nama: str = ""
    jenis: str = ""
    unit: str = ""
    instansi: str = ""
    banner: Banner = NO_BANNER
    steps: list[Step] = []

    @handler(LOGGED_IN)
    async def load(self) -> None:
        """Everything at once."""
        self.faults, self.notice = {}, ""
        seen = await database.look(home.home, actor())
        self.nama, self.jenis, self.unit, self.instansi = seen.nama, seen.jenis, seen.unit, seen.instansi
        wanted: dict[str, Any] = asdict(seen.banner) if seen.banner and not is_app_view(visitor().agent) else {}
        self.banner = {key: wanted.get(key, empty) for key, empty in NO_BANNER.items()}  # type: ignore[assignment]
        self.steps = next_steps(actor())
        shell = await self.get_state(ShellState)
        await shell._fill()
        self.ready = True


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
            facts(
                ("Jenis pegawai", BerandaState.jenis),
                ("Unit kerja", BerandaState.unit),
                ("Instansi", BerandaState.instansi),
            ),
            class_name="mt-6",
        ),
    )


def _next_steps() -> rx.Component:
    return section(
        "Langkah berikutnya",
        tiles(rx.foreach(BerandaState.steps, lambda step: tile(step["title"], step["text"], step["href"]))),
    )


def beranda() -> rx.Component:
    """The page."""
    return page(
        outcome(),
        rx.cond(BerandaState.ready, _greeting(), rx.fragment(rx.el.h1("Beranda"), skeleton(4))),
        _banner(),
        rx.cond(BerandaState.ready, _next_steps()),
        here="/beranda",
    )
