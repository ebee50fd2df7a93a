"""State of `/admin/pegawai/<akun>`. The URL names the account: a NIP would be personal data."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, TypedDict

from mysapk_web.administration.mail_log import MailHistoryEntry
from mysapk_web.administration.pages.pegawai.daftar import TONES
from mysapk_web.administration.people import accounts
from mysapk_web.administration.people.accounts import approve_cpns, disable_account, enable_account
from mysapk_web.administration.people.detail import HISTORY_PAGE, AccountAction, AccountDetail, HeldRole, account_detail
from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.platform import executors
from mysapk_web.platform.errors import UserError
from mysapk_web.platform.rules.row_id import parse_row_id
from mysapk_web.platform.rules.timezones import format_moment
from mysapk_web.progress.person import PersonPdm
from mysapk_web.ui.access import actor, handler, requires
from mysapk_web.ui.formatting import path_segment
from mysapk_web.ui.shell import ShellState
from mysapk_web.ui.state import AppState, form_text

REASON: Final = "alasan"
FACTOR_REASON: Final = "alasan_dua_langkah"
ENABLE_REASON: Final = "alasan_aktifkan"
"""Names of the reason fields, which share the page."""
UNTOUCHED: Final = "Tidak ada yang berubah: {} Alasan Anda tidak disimpan."

ONLY_ADMIN: Final = (
    "Ini satu-satunya Admin Instansi yang dapat bertindak di {}. Setelah tindakan ini, instansi itu tidak punya admin sampai ada "
    "penggantinya: tunjuk Admin Instansi lain di halaman Peran."
)
ADMIN_GAP: Final = (
    "{} sekarang tidak punya Admin Instansi yang dapat bertindak. Tunjuk Admin Instansi lain di halaman Peran."
)

MOST: Final = 10 * HISTORY_PAGE
"""Mails and events on the page at most; the full lists have the rest."""

NO_ACTS: Final = {act.value: False for act in AccountAction}


class Fact(TypedDict):
    term: str
    value: str


class HistoryRow(TypedDict):
    at: str
    what: str
    who: str
    reason: str


class AkunState(AppState):
    ready: bool = False
    known: bool = False
    account_id: int = 0
    person_name: str = ""
    who: str = ""
    state: str = ""
    tone: str = ""
    facts: list[Fact] = []
    email_note: str = ""
    closed: str = ""
    acts: dict[str, bool] = NO_ACTS
    revision: int = 0
    factor_revision: int = 0
    """What the actions refer to (`organisation.revisions`)."""
    only_admin: str = ""
    """Warning before an action that leaves the agency without an admin who can act."""
    admin_gap: str = ""
    """Warning that the agency has none."""
    idle: bool = False
    """No action is possible, and no reason is shown yet."""
    roles: list[HeldRole] = []
    pdm: list[Fact] = []
    letters: list[MailHistoryEntry] = []
    more_letters: bool = False
    rest_letters: bool = False
    """There are more than `MOST`."""
    has_history: bool = False
    history: list[HistoryRow] = []
    more_history: bool = False
    rest_history: bool = False
    _letters: int = HISTORY_PAGE
    _events: int = HISTORY_PAGE

    @handler(requires(Permission.PEOPLE_READ))
    async def load(self) -> None:
        self.faults, self.notice = {}, ""
        shell = await self.get_state(ShellState)
        await shell._fill()
        self.account_id = parse_row_id(path_segment(self.router.url.path, 2))
        self._letters = self._events = HISTORY_PAGE
        await self._look()

    async def _look(self) -> None:
        found = await executors.run_read_only(
            account_detail, actor(), self.account_id, letters=self._letters, events=self._events
        )
        self.known, self.ready = found is not None, True
        if found is None:
            self.person_name, self.facts, self.roles, self.letters, self.history, self.acts = (
                "",
                [],
                [],
                [],
                [],
                NO_ACTS,
            )
            self.who, self.email_note, self.only_admin, self.admin_gap, self.pdm = "", "", "", "", []
            return
        self.person_name, self.who = found.name, f"NIP {found.nip}, {found.jenis.label}, {found.unit}, {found.instansi}"
        self.state, self.tone = found.state.label, TONES[found.state]
        self.facts, self.email_note = account_facts(found), found.email_note
        self.only_admin = ONLY_ADMIN.format(found.instansi) if found.only_admin else ""
        self.admin_gap = ADMIN_GAP.format(found.instansi) if found.agency_without_admin else ""
        self.closed, self.idle = found.blocker, not found.blocker and not found.actions
        self.acts = {act.value: act in found.actions for act in AccountAction}
        self.revision, self.factor_revision = found.revision, found.factor_revision
        self.roles = found.roles
        self.pdm = pdm_facts(found.pdm)
        self.more_letters = found.more_mails and self._letters < MOST
        self.rest_letters = found.more_mails and self._letters >= MOST
        self.more_history = found.more_history and self._events < MOST
        self.rest_history = found.more_history and self._events >= MOST
        self.letters = found.mails
        self.has_history = found.history is not None
        self.history = [
            {
                "at": format_moment(step.at, found.timezone),
                "what": step.tag.label,
                "who": step.actor or "-",
                "reason": step.reason,
            }
            for step in found.history or []
        ]

    async def _refresh(self) -> None:
        await self._look()

    @handler(requires(Permission.OUTBOX_READ))
    async def older_letters(self, form: dict[str, Any]) -> None:
        self._letters = min(self._letters + HISTORY_PAGE, MOST)
        await self._look()
        self._finish()

    @handler(requires(Permission.AUDIT_READ))
    async def older_events(self, form: dict[str, Any]) -> None:
        self._events = min(self._events + HISTORY_PAGE, MOST)
        await self._look()
        self._finish()

    async def _done(self, notice: str) -> None:
        before = self.admin_gap
        await self._look()
        self._finish(notice=notice if before else f"{notice} {self.admin_gap}".rstrip())

    @handler(requires(Permission.CPNS_APPROVE))
    async def approve(self, form: dict[str, Any]) -> None:
        done = await executors.run_in_transaction(approve_cpns, **_meant(form))
        await self._done(
            "Akun CPNS disetujui. Pegawai sudah diberi tahu lewat email." if done else "Akun CPNS ini sudah disetujui."
        )

    @handler(requires(Permission.ACCOUNT_UNLOCK))
    async def unlock(self, form: dict[str, Any]) -> None:
        done = await executors.run_in_transaction(accounts.unlock_account, **_meant(form))
        await self._done(
            "Akun dapat dipakai masuk lagi. Pegawai sudah diberi tahu lewat email."
            if done
            else "Waktu tunggunya sudah habis: pegawai dapat mencoba masuk lagi."
        )

    @handler(requires(Permission.RESET_START))
    async def start_reset(self, form: dict[str, Any]) -> None:
        mask = await executors.run_in_transaction(accounts.send_reset_token, **_meant(form))
        await self._done(f"Token sedang dikirim ke {mask}. Hanya pegawai yang dapat membacanya.")

    @handler(requires(Permission.RESET_START))
    async def cancel_reset(self, form: dict[str, Any]) -> None:
        done = await executors.run_in_transaction(accounts.cancel_reset_tokens, **_meant(form))
        await self._done(
            "Token dibatalkan dan tidak dapat dipakai lagi. Pegawai sudah diberi tahu lewat email."
            if done
            else "Tidak ada lagi token yang dapat dipakai."
        )

    @handler(requires(Permission.SESSIONS_END))
    async def end_sessions(self, form: dict[str, Any]) -> None:
        count = await executors.run_in_transaction(accounts.revoke_account_sessions, **_meant(form))
        await self._done(
            f"{count} sesi diakhiri. Pegawai sudah diberi tahu lewat email."
            if count
            else "Tidak ada lagi sesi yang sedang berjalan."
        )

    @handler(requires(Permission.SECOND_FACTOR_REMOVE))
    async def remove_second_factor(self, form: dict[str, Any]) -> None:
        with _fault_at(FACTOR_REASON):
            done = await executors.run_in_transaction(
                accounts.remove_second_factor, **_meant(form), reason=form_text(form, FACTOR_REASON)
            )
        if not done:
            raise UserError(UNTOUCHED.format("akun ini tidak punya verifikasi dua langkah."))
        await self._done(
            "Verifikasi dua langkah dihapus dan semua sesi diakhiri. Pegawai sudah diberi tahu lewat email."
        )

    @handler(requires(Permission.ACCOUNT_DISABLE))
    async def disable(self, form: dict[str, Any]) -> None:
        if not await executors.run_in_transaction(disable_account, **_meant(form), reason=form_text(form, REASON)):
            raise UserError(UNTOUCHED.format("akun ini sudah nonaktif."))
        await self._done("Akun dinonaktifkan dan semua sesi diakhiri. Pegawai sudah diberi tahu lewat email.")

    @handler(requires(Permission.ACCOUNT_DISABLE))
    async def enable(self, form: dict[str, Any]) -> None:
        with _fault_at(ENABLE_REASON):
            done = await executors.run_in_transaction(
                enable_account, **_meant(form), reason=form_text(form, ENABLE_REASON)
            )
        if not done:
            raise UserError(UNTOUCHED.format("akun ini sudah aktif."))
        await self._done("Akun diaktifkan kembali. Pegawai sudah diberi tahu lewat email.")


class ActionArguments(TypedDict):
    account_id: int
    actor: Actor
    seen: int


def _meant(form: dict[str, Any]) -> ActionArguments:
    """Arguments of an action as its dialog showed them, whatever the page has loaded since.

    The use case checks scope and revision.
    """
    return {
        "account_id": parse_row_id(form_text(form, "akun")),
        "actor": actor(),
        "seen": parse_row_id(form_text(form, "versi")),
    }


@contextmanager
def _fault_at(name: str) -> Iterator[None]:
    """Shows the error about a reason in the field of its own dialog."""
    try:
        yield
    except UserError as refusal:
        if refusal.field == REASON:
            refusal.field = name
        raise


def account_facts(found: AccountDetail) -> list[Fact]:
    zone = found.timezone
    rows = [
        ("Alamat email", found.email or "Belum ada"),
        ("Diaktifkan", format_moment(found.activated_at, zone) if found.activated_at else "Belum pernah"),
        ("Terakhir masuk", format_moment(found.last_login_at, zone) if found.last_login_at else "Belum pernah"),
        ("Sesi yang sedang berjalan", str(found.sessions)),
        ("Verifikasi dua langkah", "Aktif" if found.has_second_factor else "Tidak aktif"),
        ("Persetujuan CPNS", format_moment(found.approved_at, zone) if found.approved_at else ""),
        ("Terkunci sampai", format_moment(found.locked_until, zone) if found.locked_until else ""),
        ("Dinonaktifkan", format_moment(found.disabled_at, zone) if found.disabled_at else ""),
        ("Alasan", found.disabled_reason),
    ]
    return [{"term": term, "value": value} for term, value in rows if value]


def pdm_facts(pdm: PersonPdm | None) -> list[Fact]:
    if pdm is None:
        return []
    rows = [
        ("Kelompok data selesai", f"{pdm.handled} dari {pdm.applicable}"),
        ("Usulan dikirim", str(pdm.sent)),
        ("Menunggu keputusan", str(pdm.waiting)),
        ("Dikembalikan untuk diperbaiki", str(pdm.returned)),
    ]
    return [{"term": term, "value": value} for term, value in rows]
