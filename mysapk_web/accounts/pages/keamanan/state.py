"""State of `/keamanan`."""

from __future__ import annotations

from typing import Any, TypedDict

from reflex.event import EventSpec

from mysapk_web.accounts.pages.components.passwords import PUBLISHED_RULES, PasswordRule, rule_rows
from mysapk_web.accounts.security import active_sessions as security_sessions
from mysapk_web.accounts.security import change_password as security_change_password
from mysapk_web.accounts.security import two_factor
from mysapk_web.accounts.security.active_sessions import end_other_sessions, security_overview
from mysapk_web.accounts.security.reauthentication import recently_authenticated, require_reauthentication
from mysapk_web.platform import executors
from mysapk_web.platform.rules.timezones import format_moment
from mysapk_web.ui.access import LOGGED_IN, actor, client, handler
from mysapk_web.ui.components.behaviour import take_session
from mysapk_web.ui.shell import ShellState
from mysapk_web.ui.state import TEXT_LIMIT, AppState, form_text


class SessionRow(TypedDict):
    key: str
    agent: str
    network: str
    since: str
    seen: str
    current: bool


class LoginRow(TypedDict):
    at: str
    agent: str
    network: str
    ok: bool


class KeamananState(AppState):
    """Holds nothing secret: QR code and recovery codes come by routes of their own."""

    ready: bool = False
    sessions: list[SessionRow] = []
    others: int = 0
    logins: list[LoginRow] = []
    has_second_factor: bool = False
    enrolling: bool = False
    enrolling_elsewhere: bool = False
    codes_left: int = 0
    roles: str = ""
    second_factor_needed: bool = False
    rules: list[PasswordRule] = PUBLISHED_RULES
    score: int = 0
    strength: str = ""
    proven: bool = False
    """Password or code were shown lately: the form for recovery codes may be sent, which are in no state."""

    async def _look(self) -> None:
        seen = await executors.run_read_only(security_overview, actor())
        self.sessions = [
            {
                "key": row.key,
                "agent": row.agent or "Peramban tidak dikenal",
                "network": row.network or "-",
                "since": format_moment(row.created_at, seen.timezone),
                "seen": format_moment(row.seen_at, seen.timezone),
                "current": row.current,
            }
            for row in seen.sessions
        ]
        self.others = sum(not row.current for row in seen.sessions)
        self.logins = [
            {
                "at": format_moment(row.at, seen.timezone),
                "agent": row.agent or "-",
                "network": row.network or "-",
                "ok": row.ok,
            }
            for row in seen.logins
        ]
        self.has_second_factor, self.enrolling = seen.has_second_factor, seen.enrolling
        self.enrolling_elsewhere = seen.enrolling_elsewhere
        self.codes_left, self.second_factor_needed = seen.recovery_codes_left, seen.second_factor_needed
        self.roles = ", ".join(seen.roles)
        self.proven = recently_authenticated(actor())

    @handler(LOGGED_IN)
    async def load(self) -> None:
        self.faults, self.notice = {}, ""
        self.rules, self.score, self.strength = PUBLISHED_RULES, 0, ""
        await self._look()
        shell = await self.get_state(ShellState)
        await shell._fill()
        self.ready = True

    @handler(LOGGED_IN)
    async def judge(self, password: str) -> None:
        """Nothing is kept."""
        if not isinstance(password, str) or len(password) > TEXT_LIMIT:
            return
        evaluation = await executors.run_read_only(
            security_change_password.evaluate_new_password, actor(), password=password
        )
        self.rules, self.score = rule_rows(evaluation), evaluation.score
        self.strength = evaluation.label if password else ""

    @handler(LOGGED_IN)
    async def change_password(self, form: dict[str, Any]) -> EventSpec:
        """Then the page takes its new session."""
        ticket = await executors.run_hashing(
            client(),
            security_change_password.change_password,
            actor(),
            current=form_text(form, "sekarang"),
            new=form_text(form, "password"),
        )
        # Nothing is announced: the button stays busy until the new page is there.
        self.faults = {}
        return take_session(ticket)

    @handler(LOGGED_IN)
    async def end_session(self, form: dict[str, Any]) -> None:
        await executors.run_in_transaction(security_sessions.end_session, actor(), key=form_text(form, "sesi"))
        await self._look()
        self._finish(notice="Sesi diakhiri.")

    @handler(LOGGED_IN)
    async def end_others(self, form: dict[str, Any]) -> None:
        count = await executors.run_in_transaction(end_other_sessions, actor())
        await self._look()
        self._finish(notice=f"{count} sesi lain diakhiri.")

    @handler(LOGGED_IN)
    async def start_second_factor(self, form: dict[str, Any]) -> None:
        """The page then shows the secret from `/keamanan/qr.svg`."""
        await executors.run_hashing(
            client(), two_factor.start_second_factor, actor(), password=form_text(form, "password_totp")
        )
        await self._look()
        self._finish(notice="Password cocok. Pindai kode QR dengan aplikasi autentikator.")

    @handler(LOGGED_IN)
    async def confirm_second_factor(self, form: dict[str, Any]) -> None:
        await executors.run_in_transaction(two_factor.confirm_second_factor, actor(), code=form_text(form, "kode"))
        await self._look()
        self._finish(notice="Verifikasi dua langkah aktif. Buat kode pemulihan sekarang, lalu simpan.")

    @handler(LOGGED_IN)
    async def prove(self, form: dict[str, Any]) -> None:
        """Before the form for recovery codes is shown."""
        require_reauthentication(actor())
        self.proven = True
        self._finish(notice="Terima kasih. Sekarang kode pemulihan baru dapat dibuat.")

    @handler(LOGGED_IN)
    async def cancel_second_factor(self, form: dict[str, Any]) -> None:
        await executors.run_in_transaction(two_factor.cancel_second_factor, actor())
        await self._look()
        self._finish(notice="Pengaktifan dibatalkan.")

    @handler(LOGGED_IN)
    async def stop_second_factor(self, form: dict[str, Any]) -> None:
        await executors.run_hashing(
            client(),
            two_factor.stop_second_factor,
            actor(),
            password=form_text(form, "password_totp"),
            code=form_text(form, "kode"),
        )
        await self._look()
        self._finish(notice="Verifikasi dua langkah dimatikan.")
