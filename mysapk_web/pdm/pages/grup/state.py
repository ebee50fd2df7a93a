"""What the page of a group holds and does."""

from __future__ import annotations

from typing import Any, TypedDict

import reflex as rx

from mysapk_web.pdm import new_proposal, submit
from mysapk_web.pdm.declarations import state_group
from mysapk_web.pdm.group_page import group_view
from mysapk_web.pdm.pages.components.usulan import ProposalRow, proposal_row
from mysapk_web.pdm.rules.groups.base import Action
from mysapk_web.pdm.rules.proposal import Declaration, GroupState
from mysapk_web.pdm.views.group import GroupView, KindView, RecordView
from mysapk_web.platform import executors
from mysapk_web.platform.errors import NotAllowed, Refused
from mysapk_web.platform.rules.row_id import number_of
from mysapk_web.platform.rules.text import in_sentence
from mysapk_web.ui.access import LOGGED_IN, actor, handler, note_refusal
from mysapk_web.ui.formatting import part_of_path
from mysapk_web.ui.shell import ShellState
from mysapk_web.ui.state import AppState, text_of

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
    noun: str
    records: list[RecordRow]
    total: int
    hidden: int
    proposals: list[ProposalRow]
    hidden_proposals: int
    can_add: bool
    urged: bool
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


def kind_row(view: KindView, shown: int, wanted: int = 0, *, urged: bool = False) -> KindRow:
    """A kind as a state may hold it, with the first records and proposals only: those with something proposed come first.

    Args:
        view: From the service.
        shown: How many records, and how many proposals.
        wanted: Id of a record that comes before all others; 0 for none.
        urged: Adding a record is what the page asks for first.
    """
    records = sorted(view.records, key=lambda record: (not wanted or record.id != wanted, record.pending is None))
    return {
        "name": view.key,
        "label": view.label,
        "noun": in_sentence(view.label),
        "records": [record_row(record) for record in records[:shown]],
        "total": len(view.records),
        "hidden": max(0, len(view.records) - shown),
        "proposals": [proposal_row(proposal) for proposal in view.proposals[:shown]],
        "hidden_proposals": max(0, len(view.proposals) - shown),
        "can_add": view.can_add,
        "urged": urged,
        "why_not": view.why_not,
    }


class GrupState(AppState):
    """One group."""

    ready: bool = False
    unknown: bool = False
    slug: str = ""
    label: str = ""
    noun: str = ""
    """The label inside a sentence."""
    description: str = ""
    duty: str = ""
    status: str = ""
    stated: str = ""
    """The status inside a sentence."""
    tone: str = "todo"
    statement: str = ""
    may_confirm: bool = False
    may_have_none: bool = False
    none_hint: str = ""
    why_no_statement: str = ""
    why_not_confirmed: str = ""
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
        except (NotAllowed, Refused) as error:
            self.unknown = True
            if isinstance(error, NotAllowed):
                await note_refusal()
        self.ready = True
        return None

    async def _look(self) -> None:
        view = await executors.look(group_view, actor(), self.slug)
        self.unknown = False
        self._show(view)

    def _show(self, view: GroupView) -> None:
        self.label, self.description, self.duty = view.label, view.description, view.duty_label
        self.noun, self.stated = in_sentence(view.label), in_sentence(view.state_label)
        self.status, self.statement = view.state_label, view.statement or ""
        self.tone = "good" if view.done else "warn" if view.state == GroupState.PERLU_PERBAIKAN else "todo"
        declarable = not view.statement and not view.why_no_statement
        self.may_confirm = declarable and not view.why_not_confirmed
        self.may_have_none = declarable and view.may_have_none
        self.none_hint, self.why_no_statement = view.none_hint, view.why_no_statement
        self.closed = view.closed_sentence
        is_empty = not any(kind.records for kind in view.kinds)
        self.why_not_confirmed = view.why_not_confirmed if declarable and not is_empty else ""
        first = next((kind.key for kind in view.kinds if kind.can_add), "")
        urged = first if declarable and is_empty and not self.may_have_none else ""
        wanted = number_of(self.router.url.query_parameters.get("riwayat", ""))
        self.kinds = [kind_row(kind, self.shown, wanted, urged=kind.key == urged) for kind in view.kinds]

    @handler(LOGGED_IN)
    async def more(self) -> None:
        """Show further records and proposals."""
        if any(kind["hidden"] or kind["hidden_proposals"] for kind in self.kinds):
            self.shown += PAGE_SIZE
        await self._look()

    @handler(LOGGED_IN)
    async def begin(self, form: dict[str, Any]) -> Any:
        """Start a usulan, or go on with the one there is, and open its form."""
        action = text_of(form, "tindakan", 10)
        if action not in set(Action):
            raise Refused("Pilih kembali tindakan yang Anda inginkan.")
        number = await executors.run(
            new_proposal.start,
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
        await executors.run(state_group, actor(), self.slug, Declaration(wanted))
        await self._look()
        self._tell(notice=f"{self.label}: {in_sentence(self.status)}. Pernyataan Anda tersimpan.")

    @handler(LOGGED_IN)
    async def undo(self, form: dict[str, Any]) -> None:
        """Take the declaration back."""
        await executors.run(state_group, actor(), self.slug, None)
        await self._look()
        self._tell(notice="Pernyataan dibatalkan.")

    @handler(LOGGED_IN)
    async def withdraw(self, form: dict[str, Any]) -> None:
        """Take a usulan back, or throw a draft away."""
        number, version = number_of(text_of(form, "usulan")), number_of(text_of(form, "versi"))
        await executors.run(submit.withdraw, actor(), number, version)
        await self._look()
        self._tell(notice="Usulan ditarik. Data Anda di berkas tidak berubah.")
