"""What `/verifikasi/<id>` holds and does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypedDict

import reflex as rx

from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.pdm.presenters import DocumentView, ProposalEventView, tone_of
from mysapk_web.pdm.rules.proposal import ProposalAction, ProposalState
from mysapk_web.platform import executors
from mysapk_web.platform.errors import FormError, PermissionDenied
from mysapk_web.platform.rules.row_id import parse_row_id
from mysapk_web.platform.rules.text import in_sentence
from mysapk_web.platform.rules.timezones import format_moment
from mysapk_web.ui.access import actor, handler, log_denied, requires
from mysapk_web.ui.components.lists import MAX_VALUE_LENGTH
from mysapk_web.ui.formatting import path_segment
from mysapk_web.ui.shell import ShellState
from mysapk_web.ui.state import form_text
from mysapk_web.verification import claims, corrections
from mysapk_web.verification import decisions as verification_decisions
from mysapk_web.verification.corrections import CorrectionView
from mysapk_web.verification.detail import FieldComparison, ProposalDetail, open_proposal
from mysapk_web.verification.inbox import next_in_queue
from mysapk_web.verification.pages.queue import MAY, PATH, QueueState, inbox_url

DECIDES: Final = requires(Permission.VERIFY, Permission.APPROVE, Permission.BKN_APPROVE)
CORRECTS: Final = requires(Permission.CORRECT)
VALUE: Final = "nilai"
WHY: Final = "catatan_koreksi"
ACT_KEYS: Final = {
    ProposalAction.VERIFY: "v",
    ProposalAction.APPROVE: "v",
    ProposalAction.BKN_APPROVE: "v",
    ProposalAction.RETURN: "p",
    ProposalAction.RETURN_TO_VERIFIER: "p",
    ProposalAction.BKN_RETURN: "p",
    ProposalAction.REJECT: "t",
    ProposalAction.BKN_REJECT: "t",
}
"""The key that opens the dialog of each decision."""
RELEASED: Final = "Usulan dilepas. Rekan Anda dapat memeriksanya."
NO_MORE: Final = "Tidak ada lagi usulan yang menunggu Anda dalam daftar ini."


class CheckRow(TypedDict):
    """One automatic check."""

    name: str
    tone: str
    result: str
    note: str


RESULTS: Final = {"good": "Sesuai", "warn": "Perlu dilihat", "bad": "Tidak sesuai"}


def field_of(kind: str, act: str) -> str:
    """Name of a field in the dialog of an action: all dialogs are on one page, so each has its own names."""
    return f"{kind}_{act.lower()}"


def shortcuts_of(acts: Mapping[str, bool], *, onward: bool) -> list[list[str]]:
    """The keys that work on the page now, each with the text of its button."""
    decisions = [[key, in_sentence(act.label)] for act, key in ACT_KEYS.items() if acts.get(act.value)]
    skip = [["j", "lewati, buka berikutnya"]] if onward else []
    return [*decisions, *skip, ["l", "kembali ke daftar"]]


class ReviewState(QueueState):
    """One proposal."""

    ready: bool = False
    unknown: bool = False
    last_part: str = ""
    number: int = 0
    version: int = 0
    heading: str = ""
    title: str = ""
    status: str = ""
    tone: str = "plain"
    who: str = ""
    where: str = ""
    sent: str = ""
    deletes: bool = False
    adds: bool = False
    summary: str = ""
    lines: list[FieldComparison] = []
    documents: list[DocumentView] = []
    checks: list[CheckRow] = []
    history: list[ProposalEventView] = []
    acts: dict[str, bool] = {}
    shortcuts: list[list[str]] = []
    blocked: str = ""
    why_not: str = ""
    mine: bool = False
    until: str = ""
    correcting: CorrectionView = CorrectionView()
    back: str = PATH
    onward: str = ""

    @handler(MAY)
    async def load(self) -> None:
        """Show the proposal of the URL and claim it, if the actor can decide on it."""
        self.faults = {}
        shell = await self.get_state(ShellState)
        await shell._fill()
        last_part = path_segment(self.router.url.path, 1)[:20]
        if (
            last_part != self.last_part
        ):  # a reconnecting socket loads the page again and must not discard the correction
            self.correcting = CorrectionView()
        self.last_part, self.number = last_part, parse_row_id(last_part)
        try:
            await executors.run_in_transaction(claims.claim, actor(), self.number)
            await self._look()
            self.unknown = False
        except PermissionDenied:
            self.unknown, self.lines, self.documents, self.history, self.checks = True, [], [], [], []
            await log_denied()
        self.back = inbox_url(self._filters(self.router.url))
        self.ready = True
        self._finish(notice=self._take_notice())

    async def _look(self) -> None:
        self._show(await executors.run_read_only(open_proposal, actor(), self.number))
        following = await executors.run_read_only(next_in_queue, actor(), self._filters(self.router.url), self.number)
        self.onward = self._address_of(following) if following else ""
        self.shortcuts = shortcuts_of({} if self.why_not else self.acts, onward=bool(self.onward))

    def _address_of(self, number: int) -> str:
        return inbox_url(self._filters(self.router.url), path=f"{PATH}/{number}")

    def _show(self, seen: ProposalDetail) -> None:
        self.version = seen.version
        self.heading, self.title = f"{seen.action_label} {in_sentence(seen.kind_label)}", seen.title
        self.status, self.tone = seen.state_label, tone_of(ProposalState(seen.state))
        self.who = f"{seen.name}, NIP {seen.nip}, {seen.jenis}"
        self.where = f"{seen.owner_unit}, {seen.instansi}"
        if seen.unit != seen.owner_unit:
            self.where = f"{self.where}. Unor verifikasi: {seen.unit}"
        self.sent = format_moment(seen.sent_at, seen.timezone) if seen.sent_at else ""
        self.adds, self.deletes = seen.action == "ADD", seen.action == "DELETE"
        self.summary = summary_of(seen)
        self.lines = seen.lines
        self.documents = seen.documents
        self.checks = [
            {"name": each.name, "tone": each.result, "result": RESULTS[each.result], "note": each.note}
            for each in seen.checks
        ]
        self.history = seen.history
        self.acts = {each.act: not each.blocked for each in seen.acts}
        self.blocked = next((each.blocked for each in seen.acts if each.blocked), "")
        self.why_not, self.mine = seen.blocker, seen.claim.mine
        self.until = format_moment(seen.claim.until, seen.timezone) if seen.claim.until else ""

    @handler(DECIDES)
    async def decide(self, form: dict[str, Any]) -> Any:
        """Decide, and open the next one of the list."""
        act = form_text(form, "tindakan", 40)
        reason, note = field_of("alasan", act), field_of("catatan", act)
        number = parse_row_id(form_text(form, "usulan"))
        try:
            done = await executors.run_in_transaction(
                verification_decisions.decide,
                actor(),
                number,
                version=parse_row_id(form_text(form, "versi")),
                act=act,
                reason=form_text(form, reason, 40) if act in set(ProposalAction) else "",
                note=form_text(form, note) if act in set(ProposalAction) else "",
            )
        except FormError as refused:
            names = {"alasan": reason, "catatan": note}
            raise FormError({names.get(name, name): words for name, words in refused.faults.items()}) from None
        following = await executors.run_read_only(next_in_queue, actor(), self._filters(self.router.url), number)
        self._last_notice = done.sentence if following else f"{done.sentence} {NO_MORE}"
        return rx.redirect(self._address_of(following) if following else self.back)

    @handler(CORRECTS)
    async def begin(self, form: dict[str, Any]) -> None:
        """Show what is needed to correct one value."""
        await self._choose(form_text(form, "isian", 60), "")
        self._finish(notice=f"Isi nilai yang benar untuk {self.correcting.label} pada bagian Perbaiki nilai.")

    @handler(CORRECTS)
    async def search(self, form: dict[str, Any]) -> None:
        """Look for choices, where they are many."""
        await self._choose(self.correcting.name, form_text(form, "cari_pilihan", MAX_VALUE_LENGTH))
        found = len(self.correcting.options)
        self._finish(notice=f"{found} pilihan ditemukan." if found else "Tidak ada pilihan yang cocok. Cari kata lain.")

    async def _choose(self, field: str, text: str) -> None:
        self.correcting = await executors.run_read_only(corrections.correction, actor(), self.number, field, text)

    @handler(CORRECTS)
    async def stop(self, form: dict[str, Any]) -> None:
        """Cancel the correction."""
        self.correcting = CorrectionView()
        self._finish()

    @handler(CORRECTS)
    async def correct(self, form: dict[str, Any]) -> None:
        """Correct the value; the proposal stays claimed."""
        try:
            done = await executors.run_in_transaction(
                corrections.correct,
                actor(),
                self.number,
                version=parse_row_id(form_text(form, "versi")),
                field=self.correcting.name,
                value=form_text(form, VALUE),
                note=form_text(form, WHY),
            )
        except FormError as refused:
            raise FormError({(WHY if n == "catatan" else n): words for n, words in refused.faults.items()}) from None
        self.correcting = CorrectionView()
        await self._look()
        self._finish(notice=done.sentence)

    @handler(MAY)
    async def leave(self, form: dict[str, Any]) -> Any:
        """Release the claim and return to the list."""
        await executors.run_in_transaction(claims.release, actor(), self.number)
        self._last_notice = RELEASED
        return rx.redirect(self.back)


def summary_of(seen: ProposalDetail) -> str:
    """What a proposal does to the record on file, in one sentence."""
    if seen.action == "ADD":
        return "Data baru diusulkan ditambahkan pada berkas."
    if seen.action == "DELETE":
        return "Data pada berkas diusulkan dihapus."
    if not seen.changed:
        return "Tidak ada isian yang berubah: pegawai menyatakan data pada berkas sudah benar."
    return f"{seen.changed} isian berubah dibanding data pada berkas."
