from __future__ import annotations

from typing import Any, TypedDict

import reflex as rx

from mysapk_web.pdm import new_proposal, submit
from mysapk_web.pdm.declarations import declare_group
from mysapk_web.pdm.group_page import GroupView, KindView, RecordView, load_group
from mysapk_web.pdm.presenters import ProposalView
from mysapk_web.pdm.rules.groups.base import RecordAction
from mysapk_web.pdm.rules.proposal import Declaration, GroupState
from mysapk_web.platform import executors
from mysapk_web.platform.errors import PermissionDenied, UserError
from mysapk_web.platform.rules.row_id import parse_row_id
from mysapk_web.platform.rules.text import in_sentence
from mysapk_web.ui.access import LOGGED_IN, actor, handler, log_denied
from mysapk_web.ui.formatting import path_segment
from mysapk_web.ui.shell import ShellState
from mysapk_web.ui.state import AppState, form_text

PAGE_SIZE = 10
"""Records of one kind."""


class RecordKindRow(TypedDict):
    name: str
    label: str
    noun: str
    records: list[RecordView]
    total: int
    hidden: int
    proposals: list[ProposalView]
    hidden_proposals: int
    can_add: bool
    urged: bool
    why_not: str


def kind_row(view: KindView, shown: int, wanted: int = 0, *, urged: bool = False) -> RecordKindRow:
    """The first records and proposals of a kind; records with a proposal come first.

    Args:
        wanted: Id of a record that comes before all others; 0 for none.
    """
    records = sorted(view.records, key=lambda record: (not wanted or record.id != wanted, not record.pending))
    return {
        "name": view.key,
        "label": view.label,
        "noun": in_sentence(view.label),
        "records": records[:shown],
        "total": len(view.records),
        "hidden": max(0, len(view.records) - shown),
        "proposals": view.proposals[:shown],
        "hidden_proposals": max(0, len(view.proposals) - shown),
        "can_add": view.can_add,
        "urged": urged,
        "why_not": view.why_not,
    }


class GrupState(AppState):
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
    kinds: list[RecordKindRow] = []
    shown: int = PAGE_SIZE

    @handler(LOGGED_IN)
    async def load(self) -> Any:
        self.faults, self.notice = {}, ""
        wanted = path_segment(self.router.url.path, 1)
        if wanted == "profil":
            return rx.redirect("/profil", replace=True)
        if wanted != self.slug:
            self.ready, self.shown = False, PAGE_SIZE
        shell = await self.get_state(ShellState)
        await shell._fill()
        self.slug = wanted[:40]
        try:
            await self._look()
        except (PermissionDenied, UserError) as error:
            self.unknown = True
            if isinstance(error, PermissionDenied):
                await log_denied()
        self.ready = True
        return None

    async def _look(self) -> None:
        view = await executors.run_read_only(load_group, actor(), self.slug)
        self.unknown = False
        self._show(view)

    def _show(self, view: GroupView) -> None:
        self.label, self.description, self.duty = view.label, view.description, view.requirement_label
        self.noun, self.stated = in_sentence(view.label), in_sentence(view.state_label)
        self.status, self.statement = view.state_label, view.declaration or ""
        self.tone = "good" if view.done else "warn" if view.state == GroupState.PERLU_PERBAIKAN else "todo"
        declarable = not view.declaration and not view.declaration_blocker
        self.may_confirm = declarable and not view.why_not_confirmed
        self.may_have_none = declarable and view.may_have_none
        self.none_hint, self.why_no_statement = view.none_hint, view.declaration_blocker
        self.closed = view.closed_sentence
        is_empty = not any(kind.records for kind in view.kinds)
        self.why_not_confirmed = view.why_not_confirmed if declarable and not is_empty else ""
        first = next((kind.key for kind in view.kinds if kind.can_add), "")
        urged = first if declarable and is_empty and not self.may_have_none else ""
        wanted = parse_row_id(self.router.url.query_parameters.get("riwayat", ""))
        self.kinds = [kind_row(kind, self.shown, wanted, urged=kind.key == urged) for kind in view.kinds]

    @handler(LOGGED_IN)
    async def more(self) -> None:
        if any(kind["hidden"] or kind["hidden_proposals"] for kind in self.kinds):
            self.shown += PAGE_SIZE
        await self._look()

    @handler(LOGGED_IN)
    async def begin(self, form: dict[str, Any]) -> Any:
        action = form_text(form, "tindakan", 10)
        if action not in set(RecordAction):
            raise UserError("Pilih kembali tindakan yang Anda inginkan.")
        number = await executors.run_in_transaction(
            new_proposal.start_proposal,
            actor(),
            group=self.slug,
            kind=form_text(form, "jenis", 40),
            action=RecordAction(action),
            record_id=parse_row_id(form_text(form, "riwayat")) or None,
        )
        self._finish()
        return rx.redirect(f"/pdm/{self.slug}/{number}")

    @handler(LOGGED_IN)
    async def declare(self, form: dict[str, Any]) -> None:
        wanted = form_text(form, "pernyataan", 20)
        if wanted not in set(Declaration):
            raise UserError("Pilih kembali pernyataan Anda.")
        await executors.run_in_transaction(declare_group, actor(), self.slug, Declaration(wanted))
        await self._look()
        self._finish(notice=f"{self.label}: {in_sentence(self.status)}. Pernyataan Anda tersimpan.")

    @handler(LOGGED_IN)
    async def undo(self, form: dict[str, Any]) -> None:
        await executors.run_in_transaction(declare_group, actor(), self.slug, None)
        await self._look()
        self._finish(notice="Pernyataan dibatalkan.")

    @handler(LOGGED_IN)
    async def withdraw(self, form: dict[str, Any]) -> None:
        number, version = parse_row_id(form_text(form, "usulan")), parse_row_id(form_text(form, "versi"))
        await executors.run_in_transaction(submit.withdraw_proposal, actor(), number, version)
        await self._look()
        self._finish(notice="Usulan ditarik. Data Anda di berkas tidak berubah.")
