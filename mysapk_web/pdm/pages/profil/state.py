"""The state of `/profil`. A sensitive value is in it only while its owner looks at it."""

from __future__ import annotations

from typing import Any, TypedDict

from mysapk_web.accounts.security.change_email import cancel_email_change, confirm_email_change, request_email_change
from mysapk_web.pdm import quality
from mysapk_web.pdm.code_tables import search_codes
from mysapk_web.pdm.declarations import declare_group
from mysapk_web.pdm.form import FieldView
from mysapk_web.pdm.group_page import load_group
from mysapk_web.pdm.pages.components.controls import FOUND, NOTHING_FOUND, CodeSearch, FieldRow, code_search, field_row
from mysapk_web.pdm.profile import view as profile_view
from mysapk_web.pdm.profile.update import change_profile
from mysapk_web.pdm.profile.view import AddressView, SectionView, reveal_value
from mysapk_web.pdm.rules.groups.fields import Field
from mysapk_web.pdm.rules.groups.profil import PROFIL
from mysapk_web.pdm.rules.groups.values import KEPT_LENGTH
from mysapk_web.pdm.rules.proposal import Declaration
from mysapk_web.platform import executors
from mysapk_web.platform.errors import UserError
from mysapk_web.platform.rules.row_id import parse_row_id
from mysapk_web.ui.access import LOGGED_IN, actor, client, handler
from mysapk_web.ui.shell import ShellState
from mysapk_web.ui.state import AppState, form_text

MOST_FINDINGS = 25
"""Shown on the page, which says how many more there are."""
NOT_HERE = "Isian ini tidak dapat dikosongkan di sini. Muat ulang halaman ini."
_FIELDS: dict[str, Field] = {field.name: field for field in PROFIL.fields}


class FactRow(TypedDict):
    name: str
    label: str
    text: str
    masked: bool
    clearable: bool
    """The form of the section can't clear it: an empty control leaves it as it is."""
    doubt: str


class ProfileSection(TypedDict):
    number: int
    label: str
    facts: list[FactRow]
    editable: bool


def fact_row(view: FieldView) -> FactRow:
    return {
        "name": view.name,
        "label": view.field.label,
        "text": view.text,
        "masked": view.field.sensitive and bool(view.text),
        "clearable": view.field.sensitive and bool(view.text) and not (view.field.read_only or view.field.required),
        "doubt": view.fault or view.warning,
    }


def profile_section(number: int, view: SectionView) -> ProfileSection:
    return {
        "number": number,
        "label": view.label,
        "facts": [fact_row(each) for each in view.fields],
        "editable": any(not each.field.read_only for each in view.fields),
    }


def editable_rows(view: SectionView) -> list[FieldRow]:
    """The controls of a section. Sensitive values stay in the database: an empty control leaves them as they are."""
    rows = []
    for each in view.fields:
        if each.field.read_only:
            continue
        row = field_row(each)
        if each.field.sensitive and each.text:
            kept = f"Tersimpan: {each.text}. Biarkan kosong bila tidak berubah."
            row["help"] = " ".join(part for part in (row["help"], kept) if part)
            row["described"] = f"{each.name}-bantuan"
            row["text"] = ""
        rows.append(row)
    return rows


def typed_values(form: dict[str, Any], rows: list[FieldRow]) -> dict[str, str]:
    """Every control of the section, except sensitive ones left empty."""
    values = {row["name"]: form_text(form, row["name"], KEPT_LENGTH) for row in rows}
    return {name: text for name, text in values.items() if text.strip() or not _FIELDS[name].sensitive}


class ProfilState(AppState):
    ready: bool = False
    version: int = 0
    sections: list[ProfileSection] = []
    editing: int = 0
    """Number of the section whose form is open; 0 for none."""
    rows: list[FieldRow] = []
    checked: bool = False
    """"Periksa data saya" was used."""
    findings: list[quality.FindingView] = []
    more_findings: int = 0
    revealed: dict[str, str] = {}
    found: CodeSearch = NOTHING_FOUND
    nothing: dict[str, str] = {}
    """Errors of a draft: a profile has none."""
    status: str = ""
    tone: str = "todo"
    stated: bool = False
    why_not: str = ""
    closed: str = ""
    address: str = ""
    asks_password: bool = True
    pending_mask: str = ""
    pending_minutes: int = 0
    resend_in: int = 0
    resend_stamp: int = 0

    @handler(LOGGED_IN)
    async def load(self) -> None:
        self.faults, self.notice, self.revealed, self.editing, self.rows = {}, "", {}, 0, []
        self.checked, self.findings = False, []
        shell = await self.get_state(ShellState)
        await shell._fill()
        await self._look()
        self.ready = True

    async def _look(self) -> None:
        seen = await executors.run_read_only(profile_view.load_profile, actor())
        self.version = seen.version
        self.sections = [profile_section(number, view) for number, view in enumerate(seen.sections, start=1)]
        if 0 < self.editing <= len(seen.sections):
            self.rows = editable_rows(seen.sections[self.editing - 1])
        self._show_address(seen.address)
        group = await executors.run_read_only(load_group, actor(), PROFIL.key)
        self.status, self.tone = group.state_label, "good" if group.done else "todo"
        self.stated, self.why_not, self.closed = (
            group.declaration is not None,
            group.declaration_blocker or group.why_not_confirmed,
            group.closed_sentence,
        )

    def _show_address(self, seen: AddressView) -> None:
        self.address, self.asks_password = seen.text, seen.needs_password
        waiting = seen.pending
        self.pending_mask = waiting.mask if waiting else ""
        self.pending_minutes = waiting.minutes if waiting else 0
        self.resend_in = waiting.resend_in if waiting else 0
        self.resend_stamp += 1

    @handler(LOGGED_IN)
    async def show_value(self, name: str) -> None:
        if not isinstance(name, str) or name not in _FIELDS:
            return
        self.revealed = {**self.revealed, name: await executors.run_in_transaction(reveal_value, actor(), name=name)}

    @handler(LOGGED_IN)
    async def hide_value(self, name: str) -> None:
        self.revealed = {known: text for known, text in self.revealed.items() if known != name}

    @handler(LOGGED_IN)
    async def edit(self, form: dict[str, Any]) -> None:
        self.editing = parse_row_id(form_text(form, "bagian", 4))
        await self._look()
        self._finish()

    @handler(LOGGED_IN)
    async def close(self, form: dict[str, Any]) -> None:
        self.editing, self.rows = 0, []
        self._finish()

    @handler(LOGGED_IN)
    async def save(self, form: dict[str, Any]) -> None:
        values = typed_values(form, self.rows)
        done = await executors.run_in_transaction(change_profile, actor(), version=self.version, values=values)
        self.editing, self.rows, self.revealed = 0, [], {}
        await self._look_again()
        changed = ", ".join(done.changed)
        self._finish(notice=f"Tersimpan: {changed}." if changed else "Tidak ada yang berubah.")

    @handler(LOGGED_IN)
    async def clear(self, form: dict[str, Any]) -> None:
        field = _FIELDS.get(form_text(form, "isian", 60))
        if field is None or field.read_only or not field.sensitive:
            raise UserError(NOT_HERE)
        await executors.run_in_transaction(change_profile, actor(), version=self.version, values={field.name: ""})
        self.editing, self.rows, self.revealed = 0, [], {}
        await self._look_again()
        self._finish(notice=f"{field.label} dikosongkan.")

    async def _look_again(self) -> None:
        await self._look()
        if self.checked:
            await self._run_checks()

    @handler(LOGGED_IN)
    async def check(self, form: dict[str, Any]) -> None:
        count = await self._run_checks()
        words = f"{count} hal perlu diperhatikan." if count else "Tidak ada yang perlu diperbaiki."
        self._finish(notice=f"Data Anda sudah diperiksa. {words}")

    async def _run_checks(self) -> int:
        found = await executors.run_read_only(quality.check_own_data, actor())
        self.findings = found[:MOST_FINDINGS]
        self.checked, self.more_findings = True, max(0, len(found) - MOST_FINDINGS)
        return len(found)

    @handler(LOGGED_IN)
    async def declare(self, form: dict[str, Any]) -> None:
        await executors.run_in_transaction(declare_group, actor(), PROFIL.key, Declaration.SESUAI)
        await self._look()
        self._finish(notice="Profil dinyatakan sudah sesuai.")

    @handler(LOGGED_IN)
    async def undo(self, form: dict[str, Any]) -> None:
        await executors.run_in_transaction(declare_group, actor(), PROFIL.key, None)
        await self._look()
        self._finish(notice="Pernyataan dibatalkan.")

    @handler(LOGGED_IN)
    async def search(self, query: dict[str, Any]) -> None:
        name, text = form_text(query, "field", 60), form_text(query, "text", 200)
        field = _FIELDS.get(name)
        if field is None or not field.table:
            return
        entries = await executors.run_read_only(search_codes, field.table, text, limit=FOUND + 1)
        self.found = code_search(name, text, entries)

    @handler(LOGGED_IN)
    async def ask_address(self, form: dict[str, Any]) -> None:
        await executors.run_hashing(
            client(),
            request_email_change,
            actor(),
            email=form_text(form, "email"),
            password=form_text(form, "password"),
        )
        await self._look()
        self._finish(notice="Token dikirim ke email baru Anda, bila alamat itu dapat dipakai. Isi token di bawah ini.")

    @handler(LOGGED_IN)
    async def confirm_address(self, form: dict[str, Any]) -> None:
        try:
            await executors.run_in_transaction(confirm_email_change, actor(), token=form_text(form, "token"))
        except UserError:
            await self._look()
            raise
        await self._look()
        self._finish(notice="Email akun Anda sudah diganti. Kedua alamat diberi tahu, dan perangkat lain dikeluarkan.")

    @handler(LOGGED_IN)
    async def cancel_address(self, form: dict[str, Any]) -> None:
        await executors.run_in_transaction(cancel_email_change, actor())
        await self._look()
        self._finish(notice="Penggantian email dibatalkan. Email akun Anda tetap yang lama.")
