"""Authenticator codes (TOTP, RFC 6238) and recovery codes. A code works once; tries are counted before the check.

Wrong codes wait as wrong passwords do, across browsers and workers. A code is asked for only after the password or in a session, so
strangers can't make the owner wait; after a hundred wrong ones in a row the way on is by mail (decision 0022).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

import pyotp
from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from mysapk_web.accounts.audit_events import (
    LockedOut,
    RecoveryCodesCreated,
    RecoveryCodeUsed,
    TotpExhausted,
    TotpFailed,
)
from mysapk_web.accounts.passwords import decrypt_totp
from mysapk_web.accounts.tables import RecoveryCode, UserSession
from mysapk_web.organisation import audit, rate_limiting
from mysapk_web.organisation.tables.account import Account
from mysapk_web.platform import clock
from mysapk_web.platform.client import ClientContext
from mysapk_web.platform.errors import CommittingUserError, UserError
from mysapk_web.platform.mail.queue import MailKind, enqueue
from mysapk_web.platform.rules.formatting import describe_wait
from mysapk_web.rate_limits import CODE_FAILURES, CODES_IN_A_ROW
from mysapk_web.settings import Settings

STEP_SECONDS = 30
DIGITS = 6
RECOVERY_CODES = 10
_RECOVERY_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_RECOVERY_LENGTH = 14
"""14 of 31 symbols are 69 bits, above the 64 of NIST 800-63B-4 for saved recovery codes."""

WRONG_CODE = "Kode tidak cocok. Periksa jam ponsel Anda (atur otomatis), lalu masukkan kode 6 angka yang terbaru."
CODES_BLOCKED = (
    f"Kode sudah {CODES_IN_A_ROW} kali salah, jadi tidak diterima lagi. Buat password baru lewat Lupa Password; "
    "setelah itu kode diterima kembali."
)


def verify_code(session: Session, settings: Settings, account: Account, typed: str, *, client: ClientContext) -> None:
    """An authenticator or recovery code.

    Raises:
        CommittingUserError: Wrong, has to wait, or too many wrong in a row.
    """
    wrong = _count_try(session, settings, account, client)
    code = normalise_code(typed)
    accepted = _accept_totp(session, settings, account, code) or _accept_recovery(
        session, settings, account, code, client
    )
    if accepted:
        reset_failed_codes(session, settings, account.id)
        return
    audit.record(session, TotpFailed(), subject_id=account.id, client_address=client.client_address)
    if wrong == CODES_IN_A_ROW:
        audit.record(session, TotpExhausted(), subject_id=account.id, client_address=client.client_address)
    if wrong in {settings.limit_account_failures + 1, CODES_IN_A_ROW}:
        enqueue(session, MailKind.CODES_WRONG, account_id=account.id, stopped=wrong == CODES_IN_A_ROW)
    raise CommittingUserError(CODES_BLOCKED if wrong == CODES_IN_A_ROW else WRONG_CODE, "kode")


def _count_try(session: Session, settings: Settings, account: Account, client: ClientContext) -> int:
    """Wrong codes in a row, this one included, counted before it is checked.

    Raises:
        CommittingUserError: While a wait runs, or after too many in a row.
    """
    key = _run_key(settings, account.id)
    wait = rate_limiting.register_attempt(session, CODE_FAILURES, key)
    wrong = rate_limiting.failure_count(session, CODE_FAILURES, key)
    if wrong > CODES_IN_A_ROW or (wait and wrong == CODES_IN_A_ROW):
        raise CommittingUserError(CODES_BLOCKED, "kode")
    if wait:
        audit.record(session, LockedOut(), subject_id=account.id, client_address=client.client_address)
        raise CommittingUserError(
            f"Terlalu banyak kode yang salah. Tunggu {describe_wait(wait)}, lalu masukkan kode yang terbaru.", "kode"
        )
    return wrong


def reset_failed_codes(session: Session, settings: Settings, account_id: int | None) -> None:
    """One was right, or the authenticator is another one."""
    rate_limiting.clear_attempts(session, CODE_FAILURES, _run_key(settings, account_id))


def lift_code_block(session: Session, settings: Settings, account_id: int) -> None:
    """The owner has acted by mail. The waits stay: somebody with the mailbox but not the phone must not guess faster by it."""
    rate_limiting.cap_attempts(session, CODE_FAILURES, _run_key(settings, account_id))


def _run_key(settings: Settings, account_id: int | None) -> str:
    return rate_limiting.subject_key(settings.key("counters"), f"totp:{account_id}")


def normalise_code(typed: str) -> str:
    return "".join(character for character in typed.upper()[:64] if character.isascii() and character.isalnum())


def _accept_totp(session: Session, settings: Settings, account: Account, code: str) -> bool:
    if account.totp_secret is None or len(code) != DIGITS or not code.isdigit():
        return False
    step = matching_step(decrypt_totp(account.totp_secret, settings), code)
    if step is None:
        return False
    taken = session.execute(
        update(Account)
        .where(col(Account.id) == account.id, col(Account.totp_last_step) < step)
        .values(totp_last_step=step)
        .returning(col(Account.id))
    ).one_or_none()
    return taken is not None


def matching_step(secret: str, code: str) -> int | None:
    """One step before or after now is allowed (RFC 6238 5.2)."""
    generator = pyotp.TOTP(secret, interval=STEP_SECONDS)
    now = int(clock.now().timestamp()) // STEP_SECONDS
    # Every step is compared, so that timing reveals nothing.
    hits = [step for step in (now - 1, now, now + 1) if hmac.compare_digest(generator.generate_otp(step), code)]
    return max(hits) if hits else None


def _code_hash(settings: Settings, account_id: int | None, code: str) -> str:
    return hmac.new(settings.key("recovery-code"), f"{account_id}:{code}".encode(), hashlib.sha256).hexdigest()


def _accept_recovery(session: Session, settings: Settings, account: Account, code: str, client: ClientContext) -> bool:
    if len(code) != _RECOVERY_LENGTH:
        return False
    taken = session.execute(
        update(RecoveryCode)
        .where(
            col(RecoveryCode.account_id) == account.id,
            col(RecoveryCode.code_hash) == _code_hash(settings, account.id, code),
            col(RecoveryCode.used_at).is_(None),
        )
        .values(used_at=clock.now())
        .returning(col(RecoveryCode.id))
    ).one_or_none()
    if taken is None:
        return False
    left = recovery_codes_left(session, account.pk)
    audit.record(
        session,
        RecoveryCodeUsed(codes_left=left),
        actor_id=account.id,
        subject_id=account.id,
        client_address=client.client_address,
    )
    enqueue(session, MailKind.RECOVERY_CODE_USED, account_id=account.id, left=left)
    return True


def recovery_codes_left(session: Session, account_id: int) -> int:
    return session.exec(
        select(func.count()).where(RecoveryCode.account_id == account_id, col(RecoveryCode.used_at).is_(None))
    ).one()


def new_recovery_codes(session: Session, settings: Settings, account_id: int, *, client: ClientContext) -> list[str]:
    """In clear, grouped for reading, to be shown once; older ones stop working."""
    session.execute(delete(RecoveryCode).where(col(RecoveryCode.account_id) == account_id))
    codes = [
        "".join(secrets.choice(_RECOVERY_ALPHABET) for _ in range(_RECOVERY_LENGTH)) for _ in range(RECOVERY_CODES)
    ]
    for code in codes:
        session.add(RecoveryCode(account_id=account_id, code_hash=_code_hash(settings, account_id, code)))
    audit.record(
        session,
        RecoveryCodesCreated(),
        actor_id=account_id,
        subject_id=account_id,
        client_address=client.client_address,
    )
    enqueue(session, MailKind.RECOVERY_CODES_NEW, account_id=account_id)
    return [f"{code[:5]}-{code[5:10]}-{code[10:]}" for code in codes]


def delete_second_factor(session: Session, account: Account) -> None:
    """With its recovery codes; no session counts as having shown it."""
    account.totp_secret = None
    account.totp_confirmed_at = None
    session.add(account)
    session.execute(delete(RecoveryCode).where(col(RecoveryCode.account_id) == account.pk))
    session.execute(update(UserSession).where(col(UserSession.account_id) == account.pk).values(second_factor_at=None))


def require_second_factor(account: Account) -> None:
    if account.totp_confirmed_at is None:
        raise UserError("Verifikasi dua langkah belum aktif pada akun ini.")
