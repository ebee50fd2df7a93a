"""`/pdm/<grup>`: the records on file beside what is proposed, and what can be done with them."""

from __future__ import annotations

from typing import Any, TypedDict

import reflex as rx
from reflex.vars import ObjectVar

from mysapk_web.domain.groups.base import Action
from mysapk_web.domain.usulan import Declaration
from mysapk_web.services import database, pdm
from mysapk_web.services.actor import NotAllowed, Refused
from mysapk_web.services.pdm.views import GroupView, KindView, RecordView
from mysapk_web.ui.access import LOGGED_IN, actor, handler
from mysapk_web.ui.components.behaviour import Form
from mysapk_web.ui.components.display import (
    cancel_button,
    dialog,
    dialog_button,
    empty,
    inset,
    skeleton,
)
from mysapk_web.ui.components.forms import outcome, submit_button
from mysapk_web.ui.components.pdm import Here
from mysapk_web.ui.components.usulan import ProposalRow, chip, documents, proposal_row, reason_box, trail, withdraw_form
from mysapk_web.ui.shell import ShellState, page
from mysapk_web.ui.state import AppState, text_of
from mysapk_web.ui.words import number_of, part_of_path

PATH = "/pdm"
PAGE_SIZE = 10
"""Records of one kind on a page."""


class RecordRow(TypedDict):
    """A record on file with what is proposed about it."""

    number: int
    title: str
    subtitle: str
    rows: list[list[str]]
    pending: list[ProposalRow]
    may_change: bool
    may_delete: bool
    why_not: str


class KindRow(TypedDict):
    """One kind of record."""

    name: str
    label: str
    records: list[RecordRow]
    total: int
    hidden: int
    proposals: list[ProposalRow]
    can_add: bool
    why_not: str


def record_row(view: RecordView) -> RecordRow:
    """A record as a state may hold it."""
    return {
        "number": view.id,
        "title": view.title,
        "subtitle": view.subtitle,
        "rows": [list(pair) for pair in view.rows],
        "pending": [proposal_row(view.pending)] if view.pending else [],
        "may_change": view.may_change,
        "may_delete": view.may_delete,
        "why_not": view.why_not,
    }


def kind_row(view: KindView, shown: int) -> KindRow:
    """A kind as a state may hold it, with the first records only.

    Args:
        view: From the service.
        shown: How many records.
    """
    return {
        "name": view.key,
        "label": view.label,
        "records": [record_row(record) for record in view.records[:shown]],
        "total": len(view.records),
        "hidden": max(0, len(view.records) - shown),
        "proposals": [proposal_row(proposal) for proposal in view.proposals[:shown]],
        "can_add": view.can_add,
        "why_not": view.why_not,
    }


class GrupState(AppState):
    """One group."""

    ready: bool = False
    unknown: bool = False
    slug: str = ""
    label: str = ""
    description: str = ""
    duty: str = ""
    status: str = ""
    tone: str = "todo"
    statement: str = ""
    may_confirm: bool = False
    may_have_none: bool = False
    none_hint: str = ""
    why_no_statement: str = ""
    closed: str = ""
    kinds: list[KindRow] = []
    shown: int = PAGE_SIZE

    @handler(LOGGED_IN)
    async def load(self) -> Any:
        """Everything at once."""
        self.faults, self.notice = {}, ""
        wanted = part_of_path(self.router.url.path, 1)
        if wanted == "profil":
            return rx.redirect("/profil", replace=True)
        if wanted != self.slug:
            self.ready, self.shown = False, PAGE_SIZE
        shell = await self.get_state(ShellState)
        await shell._fill()
        self.slug = wanted[:40]
        try:
            await self._look()
        except (NotAllowed, Refused):
            self.unknown = True
        self.ready = True
        return None

    async def _look(self) -> None:
        view = await database.look(pdm.group_view, actor(), self.slug)
        self.unknown = False
        self._show(view)

    def _show(self, view: GroupView) -> None:
        self.label, self.description, self.duty = view.label, view.description, view.duty_label
        self.status, self.statement = view.state_label, view.statement or ""
        self.tone = "good" if view.done else "warn" if "perbaikan" in view.state_label.lower() else "todo"
        declarable = not view.statement and not view.why_no_statement
        self.may_confirm = view.sesuai_allowed and declarable
        self.may_have_none = view.may_have_none and declarable and not any(kind.records for kind in view.kinds)
        self.none_hint, self.why_no_statement = view.none_hint, view.why_no_statement
        self.closed = view.closed_sentence
        self.kinds = [kind_row(kind, self.shown) for kind in view.kinds]

    @handler(LOGGED_IN)
    async def more(self) -> None:
        """Show further records."""
        self.shown = min(self.shown + PAGE_SIZE, 200)
        await self._look()

    @handler(LOGGED_IN)
    async def begin(self, form: dict[str, Any]) -> Any:
        """Start a usulan, or go on with the one there is, and open its form."""
        action = text_of(form, "tindakan", 10)
        if action not in set(Action):
            raise Refused("Pilih kembali tindakan yang Anda inginkan.")
        number = await database.run(
            pdm.start,
            actor(),
            group=self.slug,
            kind=text_of(form, "jenis", 40),
            action=Action(action),
            record_id=number_of(text_of(form, "riwayat")) or None,
        )
        self._tell()
        return rx.redirect(f"/pdm/{self.slug}/{number}")

    @handler(LOGGED_IN)
    async def declare(self, form: dict[str, Any]) -> None:
        """Data sudah sesuai, or tidak ada riwayat."""
        wanted = text_of(form, "pernyataan", 20)
        if wanted not in set(Declaration):
            raise Refused("Pilih kembali pernyataan Anda.")
        await database.run(pdm.state_group, actor(), self.slug, Declaration(wanted))
        await self._look()
        self._tell(notice=f"{self.label}: {self.status.lower()}. Pernyataan Anda tersimpan.")

    @handler(LOGGED_IN)
    async def undo(self, form: dict[str, Any]) -> None:
        """Take the declaration back."""
        await database.run(pdm.state_group, actor(), self.slug, None)
        await self._look()
        self._tell(notice="Pernyataan dibatalkan.")

    @handler(LOGGED_IN)
    async def withdraw(self, form: dict[str, Any]) -> None:
        """Take a usulan back, or throw a draft away."""
        number, version = number_of(text_of(form, "usulan")), number_of(text_of(form, "versi"))
        await database.run(pdm.withdraw, actor(), number, version)
        await self._look()
        self._tell(notice="Usulan ditarik. Data Anda di berkas tidak berubah.")


def _begin(
    label: Any, waiting: str, *, action: Action, kind: Any, record: Any = "", style: str = "secondary"
) -> rx.Component:
    return Form.create(
        rx.el.input(type="hidden", name="tindakan", value=action.value, read_only=True),
        rx.el.input(type="hidden", name="jenis", value=kind, read_only=True),
        rx.el.input(type="hidden", name="riwayat", value=record, read_only=True),
        submit_button(label, waiting, kind=style),
        on_submit=GrupState.begin,
        action=PATH,
        class_name="inline-form",
    )


def _named(word: str, what: Any) -> rx.Component:
    return rx.fragment(word, rx.el.span(" ", what, class_name="sr-only"))


def _proposal(item: ObjectVar[ProposalRow]) -> rx.Component:
    return rx.el.div(
        rx.el.p(chip(item["state"], item["tone"]), " ", rx.el.span(item["heading"], class_name="help")),
        rx.el.p(rx.el.strong(item["title"])),
        rx.el.p(item["meaning"]),
        rx.el.p(item["when"], class_name="help"),
        reason_box(item),
        documents(item),
        rx.el.div(
            rx.cond(
                item["may_edit"] | item["is_draft"],
                rx.el.a(
                    rx.cond(item["is_draft"], "Lanjutkan", "Perbaiki"),
                    rx.el.span(" ", item["title"], class_name="sr-only"),
                    href=item["href"],
                    class_name="button button-primary",
                ),
                rx.el.a(_named("Lihat isian", item["title"]), href=item["href"], class_name="button button-secondary"),
            ),
            rx.cond(item["may_withdraw"], withdraw_form(item, GrupState.withdraw)),
            class_name="buttons",
        ),
        rx.cond(item["is_draft"], rx.fragment(), rx.el.details(rx.el.summary("Perjalanan usulan"), trail(item))),
        class_name="proposal",
    )


def _record(item: Any, kind: Any) -> rx.Component:
    on_file = rx.el.div(
        rx.el.p("Di berkas", class_name="side-label"),
        rx.el.h3(item["title"]),
        rx.cond(item["subtitle"], rx.el.p(item["subtitle"], class_name="help")),
        rx.el.details(
            rx.el.summary(_named("Rincian", item["title"])),
            rx.el.dl(
                rx.foreach(item["rows"], lambda pair: rx.el.div(rx.el.dt(pair[0]), rx.el.dd(pair[1]))),
                class_name="facts",
            ),
        ),
        rx.el.div(
            rx.cond(
                item["may_change"],
                _begin(
                    _named("Ubah", item["title"]),
                    "Membuka ...",
                    action=Action.CHANGE,
                    kind=kind["name"],
                    record=item["number"],
                ),
            ),
            rx.cond(
                item["may_delete"],
                _begin(
                    _named("Usulkan hapus", item["title"]),
                    "Membuka ...",
                    action=Action.DELETE,
                    kind=kind["name"],
                    record=item["number"],
                    style="danger",
                ),
            ),
            class_name="buttons",
        ),
        rx.cond(item["why_not"] & (item["pending"].length() == 0), rx.el.p(item["why_not"], class_name="help")),
    )
    return rx.el.li(
        on_file,
        rx.cond(
            item["pending"],
            rx.el.div(
                rx.el.p("Diusulkan", class_name="side-label"),
                rx.foreach(item["pending"], _proposal),
                class_name="proposed",
            ),
        ),
        class_name="record",
    )


def _kind(item: Any) -> rx.Component:
    return rx.el.section(
        rx.el.h2(item["label"]),
        rx.cond(
            item["records"],
            rx.el.ul(rx.foreach(item["records"], lambda record: _record(record, item)), class_name="records"),
            empty("Belum ada riwayat di berkas. Bila Anda memilikinya, tambahkan di sini."),
        ),
        rx.cond(
            item["hidden"] > 0,
            rx.el.p(
                rx.el.button(
                    f"Tampilkan {PAGE_SIZE} berikutnya (masih {item['hidden']})",
                    type="button",
                    on_click=GrupState.more,
                    class_name="button button-secondary",
                ),
                class_name="mt-4",
            ),
        ),
        rx.cond(
            item["proposals"],
            rx.el.div(
                rx.el.h3("Usulan baru, belum ada di berkas"),
                rx.el.ul(
                    rx.foreach(item["proposals"], lambda row: rx.el.li(_proposal(row), class_name="record")),
                    class_name="records",
                ),
                class_name="mt-6",
            ),
        ),
        rx.cond(
            item["can_add"],
            rx.el.div(
                _begin(f"Tambah {item['label'].lower()}", "Membuka ...", action=Action.ADD, kind=item["name"]),
                class_name="mt-5",
            ),
            rx.cond(item["why_not"], rx.el.p(item["why_not"], class_name="help mt-5")),
        ),
        class_name="section",
    )


def _declare(word: str, sentence: Any, value: Declaration, ident: str) -> rx.Component:
    return rx.fragment(
        dialog_button(word, ident, kind="primary" if value is Declaration.SESUAI else "secondary"),
        dialog(
            f"{word}?",
            rx.el.p(sentence),
            rx.el.p("Anda dapat membatalkan pernyataan ini selama periode dibuka."),
            Form.create(
                rx.el.input(type="hidden", name="pernyataan", value=value.value, read_only=True),
                rx.el.div(
                    submit_button("Ya, nyatakan", "Menyimpan ..."),
                    cancel_button(),
                    class_name="buttons",
                ),
                on_submit=GrupState.declare,
                action=PATH,
            ),
            ident=ident,
        ),
    )


def _statement() -> rx.Component:
    return rx.el.div(
        rx.cond(
            GrupState.statement,
            rx.el.div(
                rx.el.p(f"Anda menyatakan: {GrupState.status.lower()}."),
                rx.cond(
                    GrupState.closed == "",
                    Form.create(
                        submit_button("Batalkan pernyataan", "Membatalkan ...", kind="secondary"),
                        on_submit=GrupState.undo,
                        action=PATH,
                        class_name="mt-3",
                    ),
                ),
                class_name="notice notice-info",
            ),
        ),
        rx.cond(
            GrupState.may_confirm | GrupState.may_have_none,
            rx.el.div(
                rx.cond(
                    GrupState.may_confirm,
                    _declare(
                        "Data sudah sesuai",
                        f"Anda sudah memeriksa {GrupState.label.lower()} di bawah ini, dan semuanya benar dan lengkap.",
                        Declaration.SESUAI,
                        "sesuai",
                    ),
                ),
                rx.cond(
                    GrupState.may_have_none,
                    _declare(
                        "Tidak ada riwayat",
                        rx.cond(
                            GrupState.none_hint,
                            GrupState.none_hint,
                            f"Anda tidak memiliki riwayat {GrupState.label.lower()}.",
                        ),
                        Declaration.TIDAK_ADA,
                        "tidak-ada",
                    ),
                ),
                class_name="buttons",
            ),
            rx.cond(
                (GrupState.tone == "todo") & (GrupState.why_no_statement != "") & (GrupState.closed == ""),
                rx.el.p(GrupState.why_no_statement, class_name="help"),
            ),
        ),
        class_name="mt-6",
    )


def _content() -> rx.Component:
    return rx.fragment(
        rx.el.p(GrupState.description, class_name="lead"),
        rx.el.p(
            chip(GrupState.status, GrupState.tone),
            rx.el.span(GrupState.duty, class_name="help"),
            class_name="badges mt-4",
        ),
        rx.cond(
            GrupState.closed,
            rx.el.div(inset(rx.el.p(GrupState.closed), kind="warn"), class_name="mt-4"),
        ),
        _statement(),
        rx.foreach(GrupState.kinds, _kind),
    )


def _heading() -> rx.Component:
    known = rx.cond(
        GrupState.ready, Here.create(GrupState.label, last=GrupState.slug, instead="Kelompok data"), "Kelompok data"
    )
    return rx.el.h1(rx.cond(GrupState.unknown, "Kelompok data tidak ditemukan", known))


def _unknown() -> rx.Component:
    return rx.el.p("Kelompok data ini tidak ada, atau tidak berlaku bagi jenis pegawai Anda.", class_name="lead")


def grup() -> rx.Component:
    """The page."""
    return page(
        rx.el.p(rx.el.a("Kembali ke Data saya", href="/pdm"), class_name="back"),
        outcome(),
        _heading(),
        rx.cond(
            GrupState.ready,
            rx.cond(GrupState.unknown, _unknown(), Here.create(_content(), last=GrupState.slug, instead="")),
            skeleton(8),
        ),
        here=PATH,
    )
