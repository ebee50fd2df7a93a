"""What admins do to accounts of others: approve a CPNS, open a locked one, send a token, end sessions, switch off and on.

Nobody chooses another person's password: an admin has a token sent, to the stored address only.
"""

from __future__ import annotations

from sqlalchemy import delete, update
from sqlmodel import Session, col

from mysapk_web.accounts import lockouts
from mysapk_web.accounts import session as sessions
from mysapk_web.accounts.recovery.admin_reset import cancel_tokens, send_token
from mysapk_web.accounts.security.reauthentication import require_recent
from mysapk_web.organisation import managed_account, revisions
from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.organisation.tables.account import RecoveryCode, UserSession
from mysapk_web.platform import clock
from mysapk_web.platform.errors import Refused
from mysapk_web.platform.mail.queue import Letter
from mysapk_web.platform.reasons import reason_of
from mysapk_web.platform.rules.audit import AuditTag

MAX_REASON = 300
"""Characters of `Account.disabled_reason`, and of every other reason."""


def approve_cpns(session: Session, *, account_id: int, actor: Actor | None, seen: int = 0) -> bool:
    """Let a CPNS activate the account (seed 003).

    Args:
        session: Any transaction.
        account_id: Of a CPNS.
        actor: Who approves; None for the system.
        seen: Revision that the page showed (`organisation.revisions`).

    Returns:
        Whether anything changed; an approved one stays approved.

    Raises:
        NotAllowed: The actor may not, or not this person.
        StaleRevisionError: Another admin was faster.
        Refused: Not a CPNS.
    """
    account, pegawai = managed_account.find(session, account_id, actor, Permission.CPNS_APPROVE, seen=seen)
    if pegawai.jenis is not JenisPegawai.CPNS:
        raise Refused("Persetujuan hanya diperlukan untuk CPNS.")
    if pegawai.approved_at is not None:
        return False
    pegawai.approved_at = clock.now()
    session.add(pegawai)
    managed_account.end_everything(session, account, "cpns disetujui")
    managed_account.note(session, AuditTag.CPNS_APPROVED, account, pegawai, actor)
    managed_account.tell(session, Letter.CPNS_APPROVED, account, pegawai)
    return True


def disable_account(session: Session, *, account_id: int, actor: Actor | None, reason: str, seen: int = 0) -> bool:
    """Switch an account off: nobody gets in, its sessions end at once, no token is sent.

    Args:
        session: Any transaction.
        account_id: Whose.
        actor: Who does it; None for the system.
        reason: In words, kept with the account; at most 300 characters.
        seen: Revision that the page showed (`organisation.revisions`).

    Returns:
        Whether anything changed.

    Raises:
        NotAllowed: The actor may not, or not this person.
        StaleRevisionError: Another admin was faster.
        Refused: No reason, or the account holds a role that is not below the actor's.
    """
    account, pegawai = managed_account.find(session, account_id, actor, Permission.ACCOUNT_DISABLE, seen=seen)
    why = reason_of(reason, MAX_REASON)
    if account.disabled_at is not None:
        return False
    account.disabled_at = clock.now()
    account.disabled_reason = why
    session.add(account)
    managed_account.end_everything(session, account, "akun dinonaktifkan")
    managed_account.note(session, AuditTag.ACCOUNT_DISABLED, account, pegawai, actor, reason=why)
    managed_account.tell(session, Letter.DISABLED, account, pegawai)
    return True


def enable_account(session: Session, *, account_id: int, actor: Actor | None, reason: str, seen: int = 0) -> bool:
    """Switch an account on again; the password of before is valid again.

    Args:
        session: Any transaction.
        account_id: Whose.
        actor: Who does it; None for the system.
        reason: In words, for the trail; at most 300 characters.
        seen: Revision that the page showed (`organisation.revisions`).

    Returns:
        Whether anything changed.

    Raises:
        NotAllowed: The actor may not, or not this person.
        StaleRevisionError: Another admin was faster.
        Refused: No reason, or the account holds a role that is not below the actor's.
    """
    account, pegawai = managed_account.find(session, account_id, actor, Permission.ACCOUNT_DISABLE, seen=seen)
    why = reason_of(reason, MAX_REASON)
    if account.disabled_at is None:
        return False
    account.disabled_at = None
    account.disabled_reason = ""
    session.add(account)
    managed_account.end_everything(session, account, "akun diaktifkan")
    managed_account.note(session, AuditTag.ACCOUNT_ENABLED, account, pegawai, actor, reason=why)
    managed_account.tell(session, Letter.ENABLED, account, pegawai)
    return True


def unlock(session: Session, *, account_id: int, actor: Actor | None, seen: int = 0) -> bool:
    """Take away the wait that failed logins have earned; the password stays as it is.

    Args:
        session: Any transaction.
        account_id: Whose.
        actor: Who does it; None for the system.
        seen: Revision that the page showed (`organisation.revisions`).

    Returns:
        Whether a wait was running.

    Raises:
        NotAllowed: The actor may not, or not this person.
        StaleRevisionError: Another admin was faster.
        Refused: The account holds a role that is not below the actor's.
    """
    account, pegawai = managed_account.find(session, account_id, actor, Permission.ACCOUNT_UNLOCK, seen=seen)
    if not lockouts.end(session, pegawai.nip):
        return False
    managed_account.note(session, AuditTag.UNLOCKED, account, pegawai, actor)
    managed_account.tell(session, Letter.UNLOCKED, account, pegawai)
    return True


def start_reset(session: Session, *, account_id: int, actor: Actor | None, seen: int = 0) -> str:
    """Have a token sent to the stored address, as if the person had asked for it; the older tokens die.

    Args:
        session: Any transaction.
        account_id: Whose.
        actor: Who does it; None for the system.
        seen: Revision that the page showed (`organisation.revisions`).

    Returns:
        Masked form of the address that it goes to.

    Raises:
        NotAllowed: The actor may not, or not this person.
        StaleRevisionError: Another admin was faster.
        Refused: The account holds a role that is not below the actor's, or the person may have no token now.
        CountedRefusal: Too many were sent.
    """
    account, pegawai = managed_account.find(session, account_id, actor, Permission.RESET_START, seen=seen)
    mask = send_token(session, account=account, pegawai=pegawai, actor=actor)
    managed_account.note(session, AuditTag.RESET_STARTED_BY_ADMIN, account, pegawai, actor)
    return mask


def cancel_reset(session: Session, *, account_id: int, actor: Actor | None, seen: int = 0) -> bool:
    """Make a token worthless that is on its way or lies in a mailbox that somebody else may read (domain 10).

    The person is told: without a word, who waits for the token would only learn that it doesn't work.

    Args:
        session: Any transaction.
        account_id: Whose.
        actor: Who does it; None for the system.
        seen: Revision that the page showed (`organisation.revisions`).

    Returns:
        Whether there was one that could still be used.

    Raises:
        NotAllowed: The actor may not, or not this person.
        StaleRevisionError: Another admin was faster.
        Refused: The account holds a role that is not below the actor's.
    """
    account, pegawai = managed_account.find(session, account_id, actor, Permission.RESET_START, seen=seen)
    if not cancel_tokens(session, account_id):
        return False
    managed_account.note(session, AuditTag.RESET_CANCELLED, account, pegawai, actor)
    managed_account.tell(session, Letter.RESET_CANCELLED, account, pegawai)
    return True


def end_sessions(session: Session, *, account_id: int, actor: Actor | None, seen: int = 0) -> int:
    """Log a person out everywhere; their open pages close within seconds.

    Args:
        session: Any transaction.
        account_id: Whose.
        actor: Who does it; None for the system.
        seen: Revision that the page showed (`organisation.revisions`).

    Returns:
        How many sessions were ended.

    Raises:
        NotAllowed: The actor may not, or not this person.
        StaleRevisionError: Another admin was faster.
        Refused: The account holds a role that is not below the actor's.
    """
    account, pegawai = managed_account.find(session, account_id, actor, Permission.SESSIONS_END, seen=seen)
    count = sessions.end_all(session, account_id, "diakhiri admin")
    if count:
        managed_account.note(session, AuditTag.SESSIONS_ENDED, account, pegawai, actor, count=count)
        managed_account.tell(session, Letter.SESSIONS_ENDED, account, pegawai)
    return count


def remove_second_factor(session: Session, *, account_id: int, actor: Actor | None, reason: str, seen: int = 0) -> bool:
    """Take away a lost second factor with its recovery codes, after the person was recognised outside the portal (ASVS 6.4.4).

    The password stays and is asked for; roles rest until the person has enrolled anew.

    Args:
        session: Any transaction.
        account_id: Whose.
        actor: Who does it; has shown password or code within ten minutes. None for the operator, see `remove_second_factor_of`.
        reason: How the person was recognised, in words, for the trail; at most 300 characters.
        seen: Revision that the page showed (`organisation.revisions`).

    Returns:
        Whether there was one in force.

    Raises:
        NotAllowed: The actor may not, or not this person.
        StaleRevisionError: Another admin was faster.
        StepUpNeeded: Password or code were not shown lately.
        Refused: No reason, or the account holds a role that is not below the actor's.
    """
    account, pegawai = managed_account.find(session, account_id, actor, Permission.SECOND_FACTOR_REMOVE, seen=None)
    revisions.require(session, actor, revisions.of_second_factor(account_id), seen)
    why = reason_of(reason, MAX_REASON)
    if actor is not None:
        require_recent(actor)
    if account.totp_confirmed_at is None:
        return False
    account.totp_secret = None
    account.totp_confirmed_at = None
    session.add(account)
    session.execute(delete(RecoveryCode).where(col(RecoveryCode.account_id) == account_id))
    session.execute(update(UserSession).where(col(UserSession.account_id) == account_id).values(second_factor_at=None))
    managed_account.end_everything(session, account, "verifikasi dua langkah dihapus")
    managed_account.note(session, AuditTag.TOTP_REMOVED_BY_ADMIN, account, pegawai, actor, reason=why)
    managed_account.tell(session, Letter.SECOND_FACTOR_OFF, account, pegawai, by_admin=True)
    return True
