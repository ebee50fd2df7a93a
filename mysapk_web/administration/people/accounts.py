"""What admins do to accounts of others: approve a CPNS, unlock, send a token, end sessions, disable and enable.

Nobody chooses another person's password: an admin has a token sent, to the stored e-mail only. Each action names the revision that its
page showed, and raises what `get_managed_account` raises; actor None is the operator at the command line. Those that answer with a
bool say whether anything changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from mysapk_web.accounts import lockouts, second_factor, sessions
from mysapk_web.accounts.audit_events import SessionsEnded
from mysapk_web.accounts.recovery.admin_reset import issue_reset_token, supersede_reset_tokens
from mysapk_web.accounts.security.reauthentication import require_reauthentication
from mysapk_web.administration import managed_account
from mysapk_web.administration.audit_events import (
    AccountDisabled,
    AccountEnabled,
    CpnsApproved,
    ResetCancelled,
    ResetStartedByAdmin,
    TotpRemovedByAdmin,
    Unlocked,
)
from mysapk_web.organisation import revisions
from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import clock
from mysapk_web.platform.errors import UserError
from mysapk_web.platform.mail.queue import MailKind
from mysapk_web.platform.reasons import clean_reason
from mysapk_web.platform.rules.audit_payload import AuditPayload

MAX_REASON = 300
"""Characters of `Account.disabled_reason`, and of every other reason."""


@dataclass(frozen=True, slots=True)
class _Target:
    """The account of an action, locked, and what follows when the action changes something."""

    session: Session
    actor: Actor | None
    account: Account
    pegawai: Pegawai

    def changed(self, event: AuditPayload, mail: MailKind | None = None, *, ends: str = "", **params: Any) -> bool:
        """`ends`: why all sessions and tokens of the account end, for the list of sessions; empty: they don't. Always True."""
        if ends:
            managed_account.invalidate_account(self.session, self.account, ends)
        managed_account.audit_on(self.session, event, self.account, self.pegawai, self.actor)
        if mail is not None:
            managed_account.notify(self.session, mail, self.account, self.pegawai, **params)
        return True


def _target(
    session: Session, account_id: int, actor: Actor | None, permission: Permission, seen: int | None
) -> _Target:
    found = managed_account.get_managed_account(session, account_id, actor, permission, seen=seen)
    return _Target(session, actor, *found)


def approve_cpns(session: Session, *, account_id: int, actor: Actor | None, seen: int = 0) -> bool:
    """Let a CPNS activate the account."""
    target = _target(session, account_id, actor, Permission.CPNS_APPROVE, seen)
    if target.pegawai.jenis is not JenisPegawai.CPNS:
        raise UserError("Persetujuan hanya diperlukan untuk CPNS.")
    if target.pegawai.approved_at is not None:
        return False
    target.pegawai.approved_at = clock.now()
    return target.changed(CpnsApproved(), MailKind.CPNS_APPROVED, ends="cpns disetujui")


def disable_account(session: Session, *, account_id: int, actor: Actor | None, reason: str, seen: int = 0) -> bool:
    """Nobody logs in, sessions end at once, no token is sent."""
    target = _target(session, account_id, actor, Permission.ACCOUNT_DISABLE, seen)
    why = clean_reason(reason, MAX_REASON)
    if target.account.disabled_at is not None:
        return False
    target.account.disabled_at, target.account.disabled_reason = clock.now(), why
    return target.changed(AccountDisabled(reason=why), MailKind.DISABLED, ends="akun dinonaktifkan")


def enable_account(session: Session, *, account_id: int, actor: Actor | None, reason: str, seen: int = 0) -> bool:
    """The earlier password is valid again."""
    target = _target(session, account_id, actor, Permission.ACCOUNT_DISABLE, seen)
    why = clean_reason(reason, MAX_REASON)
    if target.account.disabled_at is None:
        return False
    target.account.disabled_at, target.account.disabled_reason = None, ""
    return target.changed(AccountEnabled(reason=why), MailKind.ENABLED, ends="akun diaktifkan")


def unlock_account(session: Session, *, account_id: int, actor: Actor | None, seen: int = 0) -> bool:
    """End the wait after failed logins; the password stays."""
    target = _target(session, account_id, actor, Permission.ACCOUNT_UNLOCK, seen)
    if not lockouts.clear_lockout(session, target.pegawai.nip):
        return False
    return target.changed(Unlocked(), MailKind.UNLOCKED)


def send_reset_token(session: Session, *, account_id: int, actor: Actor | None, seen: int = 0) -> str:
    """As if the person had requested it; older tokens die. Returns the masked e-mail it goes to.

    Raises:
        UserError: The person may have no token now.
        CommittingUserError: Too many were sent.
    """
    target = _target(session, account_id, actor, Permission.RESET_START, seen)
    mask = issue_reset_token(session, account=target.account, pegawai=target.pegawai, actor=actor)
    target.changed(ResetStartedByAdmin())
    return mask


def cancel_reset_tokens(session: Session, *, account_id: int, actor: Actor | None, seen: int = 0) -> bool:
    """For a token in a mailbox that somebody else may read. The person is told why the token they wait for won't work."""
    target = _target(session, account_id, actor, Permission.RESET_START, seen)
    if not supersede_reset_tokens(session, account_id):
        return False
    return target.changed(ResetCancelled(), MailKind.RESET_CANCELLED)


def revoke_account_sessions(session: Session, *, account_id: int, actor: Actor | None, seen: int = 0) -> int:
    """Open pages of the person close within seconds. Returns how many sessions ended."""
    target = _target(session, account_id, actor, Permission.SESSIONS_END, seen)
    count = sessions.revoke_all_sessions(session, account_id, "diakhiri admin")
    if count:
        target.changed(SessionsEnded(session_count=count), MailKind.SESSIONS_ENDED)
    return count


def remove_second_factor(session: Session, *, account_id: int, actor: Actor | None, reason: str, seen: int = 0) -> bool:
    """Reset a lost second factor and its recovery codes, after the person was identified outside the portal (ASVS 6.4.4).

    The password stays and is asked for; roles are inactive until the person has enrolled again. The reason says how the person was
    identified.

    Raises:
        ReauthenticationRequired: The admin has not authenticated recently.
    """
    target = _target(session, account_id, actor, Permission.SECOND_FACTOR_REMOVE, None)
    revisions.require_current(session, actor, revisions.of_second_factor(account_id), seen)
    why = clean_reason(reason, MAX_REASON)
    if actor is not None:
        require_reauthentication(actor)
    if target.account.totp_confirmed_at is None:
        return False
    second_factor.delete_second_factor(session, target.account)
    return target.changed(
        TotpRemovedByAdmin(reason=why),
        MailKind.SECOND_FACTOR_OFF,
        ends="verifikasi dua langkah dihapus",
        by_admin=True,
    )
