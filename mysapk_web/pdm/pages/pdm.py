from __future__ import annotations

from typing import Any

import reflex as rx

from mysapk_web.organisation.rules.period import Phase
from mysapk_web.pdm import overview
from mysapk_web.pdm.overview import Board, TileView, time_left
from mysapk_web.pdm.pages.components.proposals import chip, returned_list
from mysapk_web.pdm.presenters import ProposalView
from mysapk_web.platform import executors
from mysapk_web.ui.access import LOGGED_IN, actor, handler
from mysapk_web.ui.components.display import notice_box, section, skeleton
from mysapk_web.ui.components.forms import form_messages
from mysapk_web.ui.components.progress import progress
from mysapk_web.ui.shell import ShellState, page
from mysapk_web.ui.state import AppState

RETURNED = 5
"""Shown here at most; the rest are in the history."""
FEW = 4
"""To-dos listed openly; more are folded away."""


def format_remaining(board: Board) -> str:
    """In the count of the tiles: done and remaining add up to all."""
    left = board.total - board.done
    if not left:
        return "Yang belum terkirim"
    if left == board.optional:
        return f"Belum selesai: {left} kelompok (tidak wajib)"
    return f"Belum selesai: {left} kelompok" + (
        f" ({board.optional} di antaranya tidak wajib)" if board.optional else ""
    )


class PapanState(AppState):
    ready: bool = False
    tiles: list[TileView] = []
    done: int = 0
    total: int = 0
    percent: int = 0
    period: str = ""
    urgent: bool = False
    blockers: list[str] = []
    left: str = ""
    few: bool = False
    sendable: int = 0
    next_title: str = ""
    next_text: str = ""
    next_href: str = "/pdm"
    returned: list[ProposalView] = []
    more_returned: int = 0

    @handler(LOGGED_IN)
    async def load(self) -> None:
        self.faults, self.notice = {}, ""
        shell = await self.get_state(ShellState)
        await shell._fill()
        board = await executors.run_read_only(overview.load_board, actor())
        self.tiles = board.tiles
        self.done, self.total, self.percent = board.done, board.total, board.percent
        self.period, self.urgent = time_left(board), board.phase in (Phase.CLOSING.value, Phase.CLOSED.value)
        self.blockers, self.sendable = board.blockers, board.ready
        self.left, self.few = format_remaining(board), len(board.blockers) <= FEW
        step = board.next_step
        self.next_title, self.next_text, self.next_href = step.title, step.text, step.href
        self.returned = board.returned[:RETURNED]
        self.more_returned = max(0, len(board.returned) - RETURNED)
        self.ready = True


def _tile(item: Any) -> rx.Component:
    return rx.el.li(
        rx.el.h3(rx.el.a(item["label"], href=item["href"])),
        rx.el.p(chip(item["state_label"], item["tone"])),
        rx.el.p(item["requirement_label"], ". ", item["counts"], "."),
        class_name=f"tile pdm-tile pdm-{item['tone']}",
    )


def _next() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Langkah berikutnya", custom_attrs={"id": "berikutnya"}),
        rx.el.p(rx.el.strong(PapanState.next_title)),
        rx.el.p(PapanState.next_text),
        rx.el.p(rx.el.a("Lanjutkan", href=PapanState.next_href, class_name="button button-primary"), class_name="mt-4"),
        class_name="card next",
        custom_attrs={"aria-labelledby": "berikutnya"},
    )


def _blockers() -> rx.Component:
    return rx.cond(
        PapanState.blockers,
        rx.el.details(
            rx.el.summary(PapanState.left),
            rx.el.ul(rx.foreach(PapanState.blockers, lambda line: rx.el.li(line)), class_name="bullets"),
            class_name="blockers",
            open=PapanState.few,
        ),
    )


def _summary() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            progress(PapanState.done, PapanState.total, PapanState.percent),
            rx.cond(
                PapanState.period,
                rx.cond(
                    PapanState.urgent,
                    notice_box(rx.el.p(PapanState.period), kind="warn"),
                    rx.el.p(PapanState.period),
                ),
            ),
            rx.cond(
                PapanState.sendable > 0,
                rx.el.p(
                    rx.el.a(
                        f"Periksa dan kirim {PapanState.sendable} usulan",
                        href="/pdm/kirim",
                        class_name="button button-secondary",
                    )
                ),
            ),
            _blockers(),
            class_name="stack",
        ),
        _next(),
        class_name="board",
    )


def _content() -> rx.Component:
    return rx.fragment(
        _summary(),
        rx.cond(
            PapanState.returned,
            section(
                "Dikembalikan kepada Anda",
                returned_list(PapanState.returned, PapanState.more_returned),
            ),
        ),
        section("Kelompok data", rx.el.ul(rx.foreach(PapanState.tiles, _tile), class_name="tiles")),
        section(
            "Setelah semuanya diperiksa",
            rx.el.ul(
                rx.el.li(rx.el.a("Periksa dan kirim usulan", href="/pdm/kirim")),
                rx.el.li(rx.el.a("Unduh bukti pemutakhiran", href="/pdm/bukti")),
                rx.el.li(rx.el.a("Lihat histori usulan", href="/usulan")),
                class_name="bullets",
            ),
        ),
    )


def papan() -> rx.Component:
    return page(
        form_messages(),
        rx.el.h1("Pemutakhiran Data Mandiri"),
        rx.el.p(
            "Periksa tiap kelompok data. Nyatakan sudah sesuai, atau usulkan perubahan beserta dokumennya.",
            class_name="lead",
        ),
        rx.cond(PapanState.ready, _content(), skeleton(10)),
        current="/pdm",
    )
