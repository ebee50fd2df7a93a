"""`/pdm/kirim`: check the answers, then send all that is ready, or one."""

from __future__ import annotations

from typing import Any, TypedDict

import reflex as rx

from mysapk_web.domain.groups.base import Action
from mysapk_web.services import database, pdm
from mysapk_web.services.actor import NotAllowed, Refused
from mysapk_web.services.pdm.views import ReviewGroup, ReviewItem
from mysapk_web.ui.access import LOGGED_IN, actor, handler
from mysapk_web.ui.components.behaviour import Form
from mysapk_web.ui.components.display import cancel_button, dialog, dialog_button, empty, inset, section, skeleton
from mysapk_web.ui.components.forms import outcome, submit_button
from mysapk_web.ui.components.paging import pager
from mysapk_web.ui.components.usulan import changes_table, chip, proposal_row, unit_choice
from mysapk_web.ui.shell import ShellState, page
from mysapk_web.ui.state import AppState, text_of
from mysapk_web.ui.words import CONFIRMATION, NOT_CONFIRMED, number_of

PATH = "/pdm/kirim"
PAGE_SIZE = 10
"""Usulan on a page of the list; sending takes all that are ready, whatever page is shown."""


class ItemRow(TypedDict):
    """One usulan to check."""

    number: int
    title: str
    heading: str
    state: str
    tone: str
    changes: list[list[str]]
    documents: list[str]
    problems: list[str]
    warnings: list[str]
    href: str
    sendable: bool
    emptied: str
    """What is said of a value that goes."""


class GroupRow(TypedDict):
    """What is proposed in one group."""

    label: str
    href: str
    items: list[ItemRow]


class Link(TypedDict):
    """Something to do elsewhere."""

    text: str
    title: str
    href: str


def item_row(view: ReviewItem) -> ItemRow:
    """One usulan as a state may hold it."""
    row = proposal_row(view.proposal)
    return {
        "number": row["number"],
        "title": row["title"],
        "heading": row["heading"],
        "state": row["state"],
        "tone": row["tone"],
        "changes": [[change.label, change.before, change.after] for change in view.changes],
        "documents": view.documents,
        "problems": view.problems,
        "warnings": view.warnings,
        "href": view.href,
        "sendable": view.ready,
        "emptied": "dihapus" if view.proposal.action == Action.DELETE else "dikosongkan",
    }


def group_rows(groups: list[ReviewGroup], number: int) -> list[GroupRow]:
    """One page of what is to check, under the names of its groups; a group may go on overleaf.

    Args:
        groups: From the review.
        number: Of the page, from 1.
    """
    first, found = (number - 1) * PAGE_SIZE, []
    end = first + PAGE_SIZE
    for group in groups:
        rows = [item_row(item) for item in group.items[max(0, first) : max(0, end)]]
        first, end = first - len(group.items), end - len(group.items)
        if rows:
            found.append(GroupRow(label=group.label, href=group.href, items=rows))
    return found


class KirimState(AppState):
    """What is about to be sent, then what was sent."""

    ready: bool = False
    groups: list[GroupRow] = []
    blockers: list[Link] = []
    sendable: int = 0
    total: int = 0
    number: int = 1
    pages: int = 1
    units: list[list[str]] = []
    usual: str = ""
    unit: str = ""
    """Where what was just sent went."""
    closed: str = ""
    sent: list[str] = []
    kept: list[list[str]] = []
    complete: bool = False

    @handler(LOGGED_IN)
    async def load(self) -> None:
        """Everything at once."""
        self.faults, self.notice, self.sent, self.kept, self.number = {}, "", [], [], 1
        shell = await self.get_state(ShellState)
        await shell._fill()
        await self._look()
        just_sent = number_of(self.router.url.query_parameters.get("terkirim", ""))
        if just_sent:
            await self._tell_of(just_sent)
        self.ready = True

    async def _tell_of(self, number: int) -> None:
        """One usulan was sent from its own form, which leads here afterwards."""
        try:
            view = (await database.look(pdm.form, actor(), number)).proposal
        except NotAllowed:
            return
        if view.sent_at is not None and not view.may_edit:
            self.sent = [f"{view.group_label}: {view.action_label.lower()} {view.kind_label.lower()}, {view.title}"]
            self.complete, self.unit = not self.blockers, view.unit

    async def _look(self) -> None:
        review = await database.look(pdm.review, actor())
        self.total = sum(len(group.items) for group in review.groups)
        self.pages = max(1, -(-self.total // PAGE_SIZE))
        self.number = min(self.number, self.pages)
        self.groups = group_rows(review.groups, self.number)
        self.blockers = [{"title": step.title, "text": step.text, "href": step.href} for step in review.blockers]
        self.sendable = len(review.ready) if review.may_send else 0
        self.closed = review.closed_sentence
        routes = await database.look(pdm.routes, actor())
        self.units, self.usual = [[str(number), name] for number, name in routes.units], str(routes.usual)

    @handler(LOGGED_IN)
    async def turn(self, number: int) -> None:
        """Show another page, from its top: a page of these is long."""
        self.number = max(1, number_of(number))
        await self._look()
        self._tell(notice=f"Menampilkan halaman {self.number} dari {self.pages}.")

    @handler(LOGGED_IN)
    async def send_all(self, form: dict[str, Any]) -> None:
        """Send everything that is ready."""
        if text_of(form, "pernyataan") != "ya":
            raise Refused(NOT_CONFIRMED, "pernyataan")
        await self._send(None, number_of(text_of(form, "unor")))

    @handler(LOGGED_IN)
    async def send_one(self, form: dict[str, Any]) -> None:
        """Send one usulan."""
        number = number_of(text_of(form, "usulan"))
        if text_of(form, "pernyataan") != "ya":
            raise Refused(NOT_CONFIRMED, f"pernyataan-{number}")
        await self._send([number], number_of(text_of(form, "unor")))

    async def _send(self, numbers: list[int] | None, unor: int) -> None:
        result = await database.run(pdm.send, actor(), numbers, unor_id=unor or None)
        self.unit = ", ".join(result.units)
        self.sent, self.complete = result.sent, result.complete
        self.kept = [list(pair) for pair in result.kept]
        await self._look()
        self._tell(notice=f"{len(result.sent)} usulan terkirim.")


def confirmation(ident: Any) -> rx.Component:
    """The sentence that a person puts a tick to before sending.

    Args:
        ident: Id of the box.
    """
    wrong = AppState.faults[ident]
    return rx.el.div(
        rx.el.input(
            type="checkbox",
            name="pernyataan",
            value="ya",
            custom_attrs={"id": ident, "aria-invalid": rx.cond(wrong, "true", "false")},
        ),
        rx.el.label(CONFIRMATION, html_for=ident),
        class_name="radio",
    )


def _item(item: Any) -> rx.Component:
    ident = f"kirim-{item['number']}"
    return rx.el.li(
        rx.el.div(
            rx.el.h3(item["heading"], ": ", item["title"]),
            rx.el.a("Ubah", rx.el.span(" ", item["title"], class_name="sr-only"), href=item["href"]),
            class_name="check-head",
        ),
        rx.cond(
            item["sendable"],
            chip("Siap dikirim", "good"),
            chip("Belum siap", "todo"),
        ),
        rx.cond(
            item["problems"],
            rx.el.ul(rx.foreach(item["problems"], lambda line: rx.el.li(line)), class_name="bullets problems"),
        ),
        rx.cond(
            item["warnings"],
            rx.el.div(
                inset(
                    rx.el.p(rx.el.strong("Periksa lagi:")),
                    rx.foreach(item["warnings"], rx.el.p),
                    kind="warn",
                ),
                class_name="mt-3",
            ),
        ),
        changes_table(item["changes"], item["title"], item["emptied"]),
        rx.el.p(
            "Dokumen: ",
            rx.cond(item["documents"], item["documents"].join(", "), "tidak ada"),
            class_name="mt-3",
        ),
        rx.cond(
            item["sendable"] & (KirimState.sendable > 1),
            rx.el.div(
                dialog_button(
                    rx.fragment("Kirim ini saja", rx.el.span(" ", item["title"], class_name="sr-only")), ident
                ),
                dialog(
                    "Kirim usulan ini saja?",
                    rx.el.p(item["heading"], ": ", item["title"]),
                    Form.create(
                        rx.el.input(type="hidden", name="usulan", value=item["number"], read_only=True),
                        unit_choice(f"unor-{item['number']}", KirimState.units, KirimState.usual),
                        confirmation(f"pernyataan-{item['number']}"),
                        rx.el.div(submit_button("Kirim", "Mengirim ..."), cancel_button(), class_name="buttons mt-4"),
                        on_submit=KirimState.send_one,
                        action=PATH,
                    ),
                    ident=ident,
                ),
                class_name="mt-4",
            ),
        ),
        class_name="check",
        custom_attrs={"id": f"usulan-{item['number']}"},
    )


def _group(item: Any) -> rx.Component:
    return rx.el.section(
        rx.el.h2(item["label"]),
        rx.el.ul(rx.foreach(item["items"], _item), class_name="records"),
        class_name="section",
    )


def _blockers() -> rx.Component:
    return rx.cond(
        KirimState.blockers,
        section(
            "Kelompok yang belum selesai",
            rx.el.p(
                "Usulan yang siap tetap dapat dikirim sekarang. Bukti pemutakhiran lengkap setelah semuanya selesai.",
                class_name="help mb-4",
            ),
            rx.el.ul(
                rx.foreach(
                    KirimState.blockers,
                    lambda step: rx.el.li(rx.el.a(step["title"], href=step["href"]), ": ", step["text"]),
                ),
                class_name="bullets",
            ),
        ),
    )


def _send() -> rx.Component:
    return rx.cond(
        KirimState.sendable > 0,
        section(
            "Kirim",
            rx.cond(
                KirimState.pages > 1,
                rx.el.p("Semua usulan yang siap dikirim sekaligus, termasuk yang di halaman lain.", class_name="help"),
            ),
            rx.el.p(
                "Setelah dikirim, isian tidak dapat diubah. Usulan dapat ditarik selama belum diverifikasi.",
                class_name="help",
            ),
            Form.create(
                unit_choice("unor", KirimState.units, KirimState.usual),
                confirmation("pernyataan"),
                submit_button(f"Kirim {KirimState.sendable} usulan", "Mengirim ..."),
                on_submit=KirimState.send_all,
                action=PATH,
                class_name="form form-wide",
            ),
        ),
    )


def _check() -> rx.Component:
    return rx.fragment(
        rx.el.p("Pastikan setiap perubahan dan dokumen sudah benar.", class_name="lead"),
        rx.cond(KirimState.closed, rx.el.div(inset(rx.el.p(KirimState.closed), kind="warn"), class_name="mt-4")),
        rx.cond(
            KirimState.groups,
            rx.fragment(
                rx.cond(
                    KirimState.pages > 1,
                    rx.el.p(
                        f"{KirimState.total} usulan dalam {KirimState.pages} halaman. Periksa semua halaman sebelum mengirim.",
                        class_name="help mt-4",
                    ),
                ),
                rx.foreach(KirimState.groups, _group),
                pager(KirimState.number, KirimState.pages, KirimState.turn),
            ),
            rx.el.div(
                empty(
                    rx.fragment(
                        "Belum ada usulan yang dapat dikirim. ",
                        rx.el.a("Pilih kelompok data", href="/pdm"),
                        ", lalu usulkan perubahan di sana.",
                    )
                ),
                class_name="mt-6",
            ),
        ),
        _send(),
        _blockers(),
    )


def _sent() -> rx.Component:
    return rx.fragment(
        rx.el.div(
            rx.el.ul(rx.foreach(KirimState.sent, lambda title: rx.el.li(title)), class_name="bullets"),
            rx.el.p("Usulan Anda menunggu diperiksa verifikator ", rx.el.strong(KirimState.unit), "."),
            class_name="notice notice-good stack mt-4",
        ),
        rx.cond(
            KirimState.kept,
            section(
                "Belum terkirim",
                rx.el.ul(
                    rx.foreach(KirimState.kept, lambda pair: rx.el.li(rx.el.strong(pair[0]), ": ", pair[1])),
                    class_name="bullets",
                ),
            ),
        ),
        section(
            "Selanjutnya",
            rx.el.ul(
                rx.el.li("Setiap langkah diberitahukan di Notifikasi dan lewat email, sesuai pilihan Anda di sana."),
                rx.el.li("Bila usulan dikembalikan, perbaiki lalu kirim kembali sebelum verifikasi berakhir."),
                class_name="bullets",
            ),
            rx.el.p(
                rx.cond(
                    KirimState.complete,
                    rx.el.a("Unduh bukti pemutakhiran", href="/pdm/bukti", class_name="button button-primary"),
                    rx.el.a("Lanjutkan kelompok lain", href="/pdm", class_name="button button-primary"),
                ),
                rx.el.a("Lihat usulan saya", href="/usulan", class_name="button button-secondary"),
                class_name="buttons mt-6",
            ),
        ),
    )


def kirim() -> rx.Component:
    """The page."""
    return page(
        rx.el.p(rx.el.a("Kembali ke Data saya", href="/pdm"), class_name="back"),
        outcome(),
        rx.el.h1(rx.cond(KirimState.sent, "Usulan terkirim", "Periksa sebelum mengirim")),
        rx.cond(KirimState.ready, rx.cond(KirimState.sent, _sent(), _check()), skeleton(8)),
        here="/pdm",
    )
