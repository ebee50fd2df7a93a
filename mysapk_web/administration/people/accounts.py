"""What admins do to accounts of others: approve a CPNS, open a locked one, send a token, end sessions, switch off and on.

Nobody chooses another person's password: an admin has a token sent, to the stored address only.
"""

from __future__ import annotations

from sqlalchemy import delete, update
from sqlmodel import Session, col

from mysapk_web.accounts import lockouts, sessions
from mysapk_web.accounts.audit_events import SessionsEnded
from mysapk_web.accounts.recovery.admin_reset import issue_reset_token, supersede_reset_tokens
from mysapk_web.accounts.security.reauthentication import require_reauthentication
from mysapk_web.accounts.tables import RecoveryCode, UserSession
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
from mysapk_web.platform import clock
from mysapk_web.platform.errors import UserError
from mysapk_web.platform.mail.queue import MailKind
from mysapk_web.platform.reasons import clean_reason

MAX_REASON = 300
"""Characters of `Account.disabled_reason`, and of every other reason."""


def approve_cpns(session: Session, *, account_id: int, actor: Actor | None, seen: int = 0) -> bool:
    """Let a CPNS activate the account (seed 003).

    Returns:
        Whether anything changed; an approved one stays approved.

    Raises:
        PermissionDenied: The actor may not, or not this person.
        StaleRevisionError: Another admin was faster.
        UserError: Not a CPNS.
    """
    account, pegawai = managed_account.get_managed_account(
        session, account_id, actor, Permission.CPNS_APPROVE, seen=seen
    )
    if pegawai.jenis is not JenisPegawai.CPNS:
        raise UserError("Persetujuan hanya diperlukan untuk CPNS.")
    if pegawai.approved_at is not None:
        return False
    pegawai.approved_at = clock.now()
    session.add(pegawai)
    managed_account.invalidate_account(session, account, "cpns disetujui")
    managed_account.audit_on(session, CpnsApproved(), account, pegawai, actor)
    managed_account.notify(session, MailKind.CPNS_APPROVED, account, pegawai)
    return True


def disable_account(session: Session, *, account_id: int, actor: Actor | None, reason: str, seen: int = 0) -> bool:
    """Switch an account off: nobody gets in, its sessions end at once, no token is sent.

    Raises:
        PermissionDenied: The actor may not, or not this person.
        StaleRevisionError: Another admin was faster.
        UserError: No reason, or the account holds a role that is not below the actor's.
    """
    account, pegawai = managed_account.get_managed_account(
        session, account_id, actor, Permission.ACCOUNT_DISABLE, seen=seen
    )
    why = clean_reason(reason, MAX_REASON)
    if account.disabled_at is not None:
        return False
    account.disabled_at = clock.now()
    account.disabled_reason = why
    session.add(account)
    managed_account.invalidate_account(session, account, "akun dinonaktifkan")
    managed_account.audit_on(session, AccountDisabled(reason=why), account, pegawai, actor)
    managed_account.notify(session, MailKind.DISABLED, account, pegawai)
    return True


def enable_account(session: Session, *, account_id: int, actor: Actor | None, reason: str, seen: int = 0) -> bool:
    """Switch an account on again; the password of before is valid again.

    Raises:
        PermissionDenied: The actor may not, or not this person.
        StaleRevisionError: Another admin was faster.
        UserError: No reason, or the account holds a role that is not below the actor's.
    """
    account, pegawai = managed_account.get_managed_account(
        session, account_id, actor, Permission.ACCOUNT_DISABLE, seen=seen
    )
    why = clean_reason(reason, MAX_REASON)
    if account.disabled_at is None:
        return False
    account.disabled_at = None
    account.disabled_reason = ""
    session.add(account)
    managed_account.invalidate_account(session, account, "akun diaktifkan")
    managed_account.audit_on(session, AccountEnabled(reason=why), account, pegawai, actor)
    managed_account.notify(session, MailKind.ENABLED, account, pegawai)
    return True


def unlock_account(session: Session, *, account_id: int, actor: Actor | None, seen: int = 0) -> bool:
    """Take away the wait that failed logins have earned; the password stays as it is.

    Raises:
        PermissionDenied: The actor may not, or not this person.
        StaleRevisionError: Another admin was faster.
        UserError: The account holds a role that is not below the actor's.
    """
    account, pegawai = managed_account.get_managed_account(
        session, account_id, actor, Permission.ACCOUNT_UNLOCK, seen=seen
    )
    if not lockouts.clear_lockout(session, pegawai.nip):
        return False
    managed_account.audit_on(session, Unlocked(), account, pegawai, actor)
    managed_account.notify(session, MailKind.UNLOCKED, account, pegawai)
    return True


def send_reset_token(session: Session, *, account_id: int, actor: Actor | None, seen: int = 0) -> str:
    """Have a token sent to the stored address, as if the person had asked for it; the older tokens die.

    Returns:
        Masked form of the address that it goes to.

    Raises:
        PermissionDenied: The actor may not, or not this person.
        StaleRevisionError: Another admin was faster.
        UserError: The account holds a role that is not below the actor's, or the person may have no token now.
        CommittingUserError: Too many were sent.
    """
    account, pegawai = managed_account.get_managed_account(
        session, account_id, actor, Permission.RESET_START, seen=seen
    )
    mask = issue_reset_token(session, account=account, pegawai=pegawai, actor=actor)
    managed_account.audit_on(session, ResetStartedByAdmin(), account, pegawai, actor)
    return mask


def cancel_reset_tokens(session: Session, *, account_id: int, actor: Actor | None, seen: int = 0) -> bool:
    """Make a token worthless that is on its way or lies in a mailbox that somebody else may read (domain 10).

    The person is told: without a word, who waits for the token would only learn that it doesn't work.

    Returns:
        Whether there was one that could still be used.

    Raises:
        PermissionDenied: The actor may not, or not this person.
        StaleRevisionError: Another admin was faster.
        UserError: The account holds a role that is not below the actor's.
    """
    account, pegawai = managed_account.get_managed_account(
        session, account_id, actor, Permission.RESET_START, seen=seen
    )
    if not supersede_reset_tokens(session, account_id):
        return False
    managed_account.audit_on(session, ResetCancelled(), account, pegawai, actor)
    managed_account.notify(session, MailKind.RESET_CANCELLED, account, pegawai)
    return True


def revoke_account_sessions(session: Session, *, account_id: int, actor: Actor | None, seen: int = 0) -> int:
    """Log a person out everywhere; their open pages close within seconds.

    Raises:
        PermissionDenied: The actor may not, or not this person.
        StaleRevisionError: Another admin was faster.
        UserError: The account holds a role that is not below the actor's.
    """
    account, pegawai = managed_account.get_managed_account(
        session, account_id, actor, Permission.SESSIONS_END, seen=seen
    )
    count = sessions.revoke_all_sessions(session, account_id, "diakhiri admin")
    if count:
        managed_account.audit_on(session, SessionsEnded(session_count=count), account, pegawai, actor)
        managed_account.notify(session, MailKind.SESSIONS_ENDED, account, pegawai)
    return count


def remove_second_factor(session: Session, *, account_id: int, actor: Actor | None, reason: str, seen: int = 0) -> bool:
    """Take away a lost second factor with its recovery codes, after the person was recognised outside the portal (ASVS 6.4.4).

    The password stays and is asked for; roles rest until the person has enrolled anew.

    Args:
        actor: Who does it; has shown password or code within ten minutes. None for the operator, see `remove_second_factor_of`.
        reason: How the person was recognised, in words, for the trail; at most 300 characters.

    Raises:
        PermissionDenied: The actor may not, or not this person.
        StaleRevisionError: Another admin was faster.
        ReauthenticationRequired: Password or code were not shown lately.
        UserError: No reason, or the account holds a role that is not below the actor's.
    """
    account, pegawai = managed_account.get_managed_account(
        session, account_id, actor, Permission.SECOND_FACTOR_REMOVE, seen=None
    )
    revisions.require_current(session, actor, revisions.of_second_factor(account_id), seen)
    why = clean_reason(reason, MAX_REASON)
    if actor is not None:
        require_reauthentication(actor)
    if account.totp_confirmed_at is None:
        return False
    account.totp_secret = None
    account.totp_confirmed_at = None
    session.add(account)
    session.execute(delete(RecoveryCode).where(col(RecoveryCode.account_id) == account_id))
    session.execute(update(UserSession).where(col(UserSession.account_id) == account_id).values(second_factor_at=None))
    managed_account.invalidate_account(session, account, "verifikasi dua langkah dihapus")
    managed_account.audit_on(session, TotpRemovedByAdmin(reason=why), account, pegawai, actor)
    managed_account.notify(session, MailKind.SECOND_FACTOR_OFF, account, pegawai, by_admin=True)
    return True
