from __future__ import annotations

from typing import Any, Final

import reflex as rx

from mysapk_web.pdm import history, submit
from mysapk_web.pdm.pages.components.proposals import (
    chip,
    documents,
    history_list,
    reason_box,
    withdraw_form,
)
from mysapk_web.pdm.presenters import ProposalView
from mysapk_web.pdm.rules.proposal import REJECTED_STATES, SENT_STATES, ProposalState
from mysapk_web.platform import executors
from mysapk_web.platform.rules.row_id import parse_row_id
from mysapk_web.ui.access import LOGGED_IN, actor, handler
from mysapk_web.ui.components.behaviour import Form
from mysapk_web.ui.components.display import empty, skeleton
from mysapk_web.ui.components.forms import form_messages, submit_button
from mysapk_web.ui.components.pagination import button_pager
from mysapk_web.ui.shell import ShellState, page
from mysapk_web.ui.state import AppState, form_text

PATH = "/usulan"
ALL: Final = "semua"
FILTERS: Final[tuple[tuple[str, str, frozenset[ProposalState]], ...]] = (
    (ALL, "Semua", frozenset()),
    ("draf", "Draf", frozenset({ProposalState.DRAF})),
    ("dikembalikan", "Dikembalikan kepada Anda", frozenset({ProposalState.PERBAIKAN_MYSAPK})),
    ("berjalan", "Sedang diproses", SENT_STATES - {ProposalState.PERBAIKAN_MYSAPK}),
    ("diperbarui", "Data sudah diperbarui", frozenset({ProposalState.TELAH_UPDATE})),
    ("ditolak", "Ditolak", REJECTED_STATES),
    ("ditarik", "Ditarik", frozenset({ProposalState.DIHAPUS})),
)
"""Value, words and states; no states for all."""


def states_of(chosen: str) -> frozenset[ProposalState]:
    return next((states for value, _, states in FILTERS if value == chosen), frozenset())


class UsulanListState(AppState):
    ready: bool = False
    rows: list[ProposalView] = []
    chosen: str = ALL
    number: int = 1
    pages: int = 1
    total: int = 0

    @handler(LOGGED_IN)
    async def load(self) -> None:
        self.faults, self.notice = {}, ""
        shell = await self.get_state(ShellState)
        await shell._fill()
        await self._look()
        self.ready = True

    async def _look(self) -> None:
        found = await executors.run_read_only(
            history.list_proposals, actor(), self.number, states=states_of(self.chosen)
        )
        self.rows = list(found.items)
        self.number, self.pages, self.total = found.number, found.pages, found.total

    @handler(LOGGED_IN)
    async def narrow(self, form: dict[str, Any]) -> None:
        wanted = form_text(form, "status", 20)
        self.chosen = wanted if any(wanted == value for value, _, _ in FILTERS) else ALL
        self.number = 1
        await self._look()
        self._finish()

    @handler(LOGGED_IN)
    async def turn(self, number: int) -> None:
        self.number = max(1, parse_row_id(number))
        await self._look()
        self._finish()

    @handler(LOGGED_IN)
    async def withdraw(self, form: dict[str, Any]) -> None:
        number, version = parse_row_id(form_text(form, "usulan")), parse_row_id(form_text(form, "versi"))
        await executors.run_in_transaction(submit.withdraw_proposal, actor(), number, version)
        await self._look()
        self._finish(notice="Usulan ditarik. Data Anda di berkas tidak berubah.")


def _row(item: Any) -> rx.Component:
    return rx.el.li(
        rx.el.p(chip(item["state_label"], item["tone"])),
        rx.el.h2(item["group_label"], ": ", item["title"]),
        rx.el.p(
            f"{item['heading']}. {item['when']}",
            rx.cond(item["unit"], f". Unor verifikasi: {item['unit']}.", "."),
            class_name="help",
        ),
        rx.el.p(item["meaning"]),
        reason_box(item),
        rx.el.div(
            rx.cond(
                item["may_edit"] | item["is_draft"],
                rx.el.a(
                    rx.cond(item["is_draft"], "Lanjutkan", "Perbaiki dan kirim lagi"),
                    rx.el.span(" ", item["title"], class_name="sr-only"),
                    href=item["href"],
                    class_name="button button-primary",
                ),
            ),
            rx.cond(item["may_withdraw"], withdraw_form(item, UsulanListState.withdraw)),
            class_name="buttons",
        ),
        rx.el.details(
            rx.el.summary("Perjalanan dan dokumen", rx.el.span(" ", item["title"], class_name="sr-only")),
            history_list(item),
            documents(item),
        ),
        class_name="record proposal",
    )


def _filter() -> rx.Component:
    return Form.create(
        rx.el.div(
            rx.el.label("Status", html_for="status"),
            rx.el.select(
                *(rx.el.option(words, value=value) for value, words, _ in FILTERS),
                name="status",
                default_value=UsulanListState.chosen,
                class_name="input",
                custom_attrs={"id": "status"},
            ),
            class_name="field",
        ),
        submit_button("Tampilkan", "Memuat ...", kind="secondary"),
        on_submit=UsulanListState.narrow,
        action=PATH,
        class_name="filter",
    )


def _list() -> rx.Component:
    return rx.fragment(
        _filter(),
        rx.el.p(f"{UsulanListState.total} usulan", class_name="help my-4", role="status"),
        rx.cond(
            UsulanListState.rows,
            rx.el.ul(rx.foreach(UsulanListState.rows, _row), class_name="records"),
            empty(
                rx.fragment(
                    "Belum ada usulan di sini. ",
                    rx.el.a("Pilih kelompok data", href="/pdm"),
                    " untuk mengusulkan perubahan.",
                )
            ),
        ),
        button_pager(UsulanListState.number, UsulanListState.pages, UsulanListState.turn),
    )


def usulan() -> rx.Component:
    return page(
        form_messages(),
        rx.el.h1("Usulan saya"),
        rx.el.p("Setiap perubahan yang Anda usulkan, di mana sekarang, dan mengapa.", class_name="lead"),
        rx.cond(UsulanListState.ready, _list(), skeleton(8)),
        current=PATH,
    )
