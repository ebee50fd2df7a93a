"""The state of the form of a proposal. Every pause saves the draft to the database; nothing is only here."""

from __future__ import annotations

from typing import Any, Final, TypedDict

import reflex as rx

from mysapk_web.pdm import assignment, documents, new_proposal, submit
from mysapk_web.pdm import form as pdm_form
from mysapk_web.pdm.code_tables import search_codes
from mysapk_web.pdm.drafts import SavedDraft, save_draft
from mysapk_web.pdm.form import DocumentSlot, FormView
from mysapk_web.pdm.matching import Match
from mysapk_web.pdm.pages.components.controls import (
    FOUND,
    NOTHING_FOUND,
    CodeSearch,
    SectionRow,
    VisibilityRule,
    changed_values,
    code_search,
    field_row,
    sections,
    visibility_rule,
)
from mysapk_web.pdm.rules.groups import get_kind
from mysapk_web.pdm.rules.groups.base import RecordAction
from mysapk_web.pdm.rules.groups.fields import Condition, Field
from mysapk_web.pdm.rules.groups.values import KEPT_LENGTH
from mysapk_web.platform import clock, executors
from mysapk_web.platform.errors import FormError, PermissionDenied, UserError
from mysapk_web.platform.rules.row_id import parse_row_id
from mysapk_web.ui.access import LOGGED_IN, actor, handler, log_denied
from mysapk_web.ui.formatting import NOT_CONFIRMED, form_unit, path_segment
from mysapk_web.ui.shell import ShellState
from mysapk_web.ui.state import OUTDATED, AppState, form_text

LOOK_FIRST: Final = (
    "Belum terkirim: Anda sudah memiliki data yang mirip. Bandingkan dengan data yang ditunjukkan, lalu kirim kembali bila memang "
    "berbeda."
)
MATCHES: Final = "data-serupa"
"""Id of the element that shows them."""


class Saved(TypedDict):
    """The last answer to a save, or to loading the page (`loaded`)."""

    stamp: int
    loaded: bool
    ok: bool
    version: int
    at: str
    sentence: str


NOTHING_SAVED: Saved = {"stamp": 0, "loaded": True, "ok": True, "version": 0, "at": "", "sentence": ""}


def still_missing(view: FormView) -> dict[str, str]:
    """What has to be corrected or added before sending, by id of the control."""
    found = {field.name: field.fault for field in view.fields if field.fault}
    for slot in view.documents:
        if slot.required and not slot.stored:
            found[slot.ident] = f"Unggah {slot.label}."
    if view.faults:
        found[""] = " ".join(view.faults)
    return found


def document_conditions(name: str) -> set[str]:
    """Fields that decide which documents a kind of record needs."""
    return {rule.required.field for rule in get_kind(name).documents if isinstance(rule.required, Condition)}


def fields_by_name(name: str) -> dict[str, Field]:
    return {field.name: field for field in get_kind(name).fields}


class IsianState(AppState):
    ready: bool = False
    unknown: bool = False
    usulan_id: int = 0
    last_part: str = ""
    """The same, as in the URL."""
    kind_name: str = ""
    heading: str = ""
    title: str = ""
    group_label: str = ""
    group_href: str = ""
    status: str = ""
    tone: str = "plain"
    reason: str = ""
    is_draft: bool = True
    deletes: bool = False
    compares: bool = False
    changed_on_file: bool = False
    writable: bool = False
    sendable: bool = False
    closed: str = ""
    units: list[list[str]] = []
    usual: str = ""
    sections: list[SectionRow] = []
    rules: dict[str, VisibilityRule] = {}
    values: dict[str, str] = {}
    on_file: list[dict[str, str]] = []
    slots: list[DocumentSlot] = []
    doubts: dict[str, str] = {}
    """Errors of the draft, shown beside a field once it was left; nothing is announced while someone types."""
    hints: dict[str, str] = {}
    matches: list[Match] = []
    """As of the last full load: a save is too quick to compare."""
    saved: Saved = NOTHING_SAVED
    found: CodeSearch = NOTHING_FOUND

    def _answer(self, *, version: int, ok: bool = True, loaded: bool = False, at: str = "", sentence: str = "") -> None:
        self.saved = {
            "stamp": self.saved["stamp"] + 1,
            "loaded": loaded,
            "ok": ok,
            "version": version,
            "at": at,
            "sentence": sentence,
        }

    @handler(LOGGED_IN)
    async def load(self) -> None:
        """Runs after a lost connection, too; what was typed meanwhile is sent afterwards."""
        self.faults, self.notice = {}, ""
        shell = await self.get_state(ShellState)
        await shell._fill()
        try:
            view = await executors.run_read_only(
                pdm_form.load_form, actor(), parse_row_id(path_segment(self.router.url.path, 2))
            )
        except (UserError, PermissionDenied) as error:
            self.unknown, self.ready = True, True
            if isinstance(error, PermissionDenied):
                await log_denied()
            return
        routes = await executors.run_read_only(assignment.assignable_units, actor(), view.proposal.id)
        self.units, self.usual = [[str(number), name] for number, name in routes.units], str(routes.default)
        self._show(view)
        self.unknown, self.ready = False, True

    def _show(self, view: FormView) -> None:
        proposal = view.proposal
        self.last_part = str(proposal.id)
        self.usulan_id, self.kind_name, self.heading = proposal.id, proposal.kind, proposal.heading
        self.title = proposal.title if proposal.record_id else ""
        self.group_label, self.group_href = proposal.group_label, f"/pdm/{proposal.group}"
        self.status, self.tone = proposal.state_label, proposal.tone
        self.reason, self.is_draft = proposal.reason, proposal.is_draft
        self.writable, self.closed = view.may_write, view.closed_sentence
        self.deletes = proposal.action == RecordAction.DELETE.value
        self.sendable = view.may_write or (self.deletes and self.is_draft and not view.closed_sentence)
        self.compares = proposal.action == RecordAction.CHANGE.value
        self.changed_on_file = view.record_changed
        self.on_file = [{"label": label, "text": text} for label, text in view.before] if self.deletes else []
        self._show_fields(view)
        self.slots = view.documents
        self.found = NOTHING_FOUND
        # What is only missing is said when the person goes on, not while they fill in the form.
        self.doubts = {each.name: each.fault for each in view.fields if each.fault and each.value not in (None, "")}
        self.hints = {each.name: each.warning for each in view.fields if each.warning}
        self.matches = view.matches
        self._answer(version=view.version, loaded=True, sentence=view.closed_sentence)

    def _show_fields(self, view: FormView) -> None:
        rows = [
            (
                each.field.section,
                field_row(each, on_file=view.on_file.get(each.name, ""), writable=view.may_write),
            )
            for each in view.fields
        ]
        self.sections = sections(rows, view.proposal.kind_label)
        self.rules = {each.name: visibility_rule(each.field, shown=each.shown) for each in view.fields}
        self.values = {row["name"]: row["value"] for _, row in rows}

    @handler(LOGGED_IN)
    async def save(self, change: dict[str, Any]) -> None:
        """The hot path: one use case, and only what changed goes back."""
        if not isinstance(change, dict) or change.get("usulan") != self.usulan_id:
            return
        version = parse_row_id(change.get("version"))
        try:
            done = await self._save(change.get("values"), version)
        except UserError as refusal:
            self._answer(version=version, ok=False, at=self.saved["at"], sentence=refusal.sentence)
            return
        if done.faults != self.doubts:
            self.doubts = done.faults
        if done.warnings != self.hints:
            self.hints = done.warnings
        self._answer(version=done.version, at=clock.now().isoformat())
        asked_anew = document_conditions(self.kind_name) & set(change["values"])
        if asked_anew or self.faults:
            view = await executors.run_read_only(pdm_form.load_form, actor(), self.usulan_id)
            if asked_anew:
                self.slots = view.documents
            self._drop_faults(view)

    def _drop_faults(self, view: FormView) -> None:
        """Of the errors of the last check, keep those that remain."""
        missing, checked = (
            still_missing(view),
            {*fields_by_name(self.kind_name), *(slot.ident for slot in self.slots)},
        )
        left = {name: missing.get(name, sentence) for name, sentence in self.faults.items()}
        left = {name: sentence for name, sentence in left.items() if name in missing or name not in checked}
        if left != self.faults:
            self.faults = left

    async def _save(self, sent: object, version: int) -> SavedDraft:
        values = changed_values(sent, self._declared(), KEPT_LENGTH)
        return await executors.run_batched(save_draft, actor(), self.usulan_id, version=version, values=values)

    def _declared(self) -> dict[str, Field]:
        """Raises UserError if no proposal is open; a loaded page never asks then."""
        if not self.kind_name:
            raise UserError(OUTDATED)
        return fields_by_name(self.kind_name)

    @handler(LOGGED_IN)
    async def search(self, query: dict[str, Any]) -> None:
        name, text = form_text(query, "field", 60), form_text(query, "text", 200)
        field = self._declared().get(name)
        if field is None or not field.table:
            return
        entries = await executors.run_read_only(
            search_codes, field.table, text, limit=FOUND + 1, parent=form_text(query, "parent", 60)
        )
        self.found = code_search(name, text, entries)

    @handler(LOGGED_IN)
    async def documents_changed(self) -> None:
        await self._look_at_documents()

    async def _look_at_documents(self) -> None:
        view = await executors.run_read_only(pdm_form.load_form, actor(), self.usulan_id)
        self._show_fields(view)  # "loaded" makes the page show these values
        self.slots = view.documents
        self._drop_faults(view)
        self._answer(version=view.version, loaded=True, at=self.saved["at"])

    @handler(LOGGED_IN)
    async def remove_document(self, form: dict[str, Any]) -> None:
        await executors.run_in_transaction(
            documents.remove_document, actor(), document_id=parse_row_id(form_text(form, "dokumen"))
        )
        await self._look_at_documents()
        self._finish(notice="Dokumen dihapus.")

    @handler(LOGGED_IN)
    async def check(self, form: dict[str, Any]) -> Any:
        if not self.deletes:
            done = await self._save(form, self.saved["version"])
            self._answer(version=done.version, at=clock.now().isoformat())
        view = await executors.run_read_only(pdm_form.load_form, actor(), self.usulan_id)
        self.slots, self.matches = view.documents, view.matches
        missing = still_missing(view)
        if missing:
            raise FormError(missing)
        self._finish()
        return rx.redirect(f"/pdm/kirim?usulan={self.usulan_id}#usulan-{self.usulan_id}")

    @handler(LOGGED_IN)
    async def send(self, form: dict[str, Any]) -> Any:
        if form_text(form, "pernyataan") != "ya":
            raise UserError(NOT_CONFIRMED, "pernyataan")
        view = await executors.run_read_only(pdm_form.load_form, actor(), self.usulan_id)
        seen, self.matches = {row.href for row in self.matches}, view.matches
        missing = still_missing(view)
        if missing:
            raise FormError(missing)
        if any(row.href not in seen for row in self.matches):
            raise UserError(LOOK_FIRST, MATCHES)
        await executors.run_in_transaction(submit.submit_proposals, actor(), [self.usulan_id], unor_id=form_unit(form))
        self._finish()
        return rx.redirect(f"/pdm/kirim?terkirim={self.usulan_id}")

    @handler(LOGGED_IN)
    async def discard(self, form: dict[str, Any]) -> Any:
        await executors.run_in_transaction(new_proposal.discard_draft, actor(), self.usulan_id)
        self._finish()
        return rx.redirect(self.group_href)
