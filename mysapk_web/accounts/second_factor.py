"""Authenticator codes (TOTP, RFC 6238) and recovery codes. A code works once; tries are counted before the check.

Wrong codes wait as wrong passwords do, over all browsers and workers. A code is only asked for after the password or in a session, so
nobody without either makes the owner wait; after a hundred wrong ones in a row the way on is by mail (decision 0022).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import Final

import pyotp
from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from mysapk_web.accounts.passwords import decrypt_totp
from mysapk_web.organisation import audit, rate_limiting
from mysapk_web.organisation.tables.account import Account, RecoveryCode
from mysapk_web.platform import clock
from mysapk_web.platform.client import Visitor
from mysapk_web.platform.errors import CountedRefusal, Refused
from mysapk_web.platform.mail.queue import Letter, enqueue
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.rules.backoff import describe_wait
from mysapk_web.rate_limits import CODES_IN_A_ROW
from mysapk_web.settings import Settings

STEP_SECONDS = 30
DIGITS = 6
RECOVERY_CODES = 10
_RECOVERY_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_RECOVERY_LENGTH = 14
"""14 of 31 symbols are 69 bits, above the 64 of NIST 800-63B-4 for saved recovery codes."""

WRONG_CODE = "Kode tidak cocok. Periksa jam ponsel Anda (atur otomatis), lalu masukkan kode 6 angka yang terbaru."
STOPPED = (
    f"Kode sudah {CODES_IN_A_ROW} kali salah, jadi tidak diterima lagi. Buat password baru lewat Lupa Password; "
    "setelah itu kode diterima kembali."
)
CODE_WAIT: Final = "kode-akun"
RUN_MEMORY: Final = timedelta(days=36_500)
"""A run of wrong codes does not end by waiting, unlike that of wrong passwords."""


def check(session: Session, settings: Settings, account: Account, typed: str, *, visitor: Visitor) -> None:
    """Accept a code of the authenticator, or a recovery code, of an account.

    Args:
        session: Any transaction; it is kept also when the code is wrong, because the try counts.
        settings: For the keys.
        account: With a confirmed authenticator.
        typed: Six digits, or a recovery code; blanks and hyphens are ignored.
        visitor: The browser, whose network stands in the trail.

    Raises:
        CountedRefusal: When the code is wrong, has to wait, or too many were wrong in a row.
    """
    wrong = _count_try(session, settings, account, visitor)
    code = normalise(typed)
    accepted = _accept_totp(session, settings, account, code) or _accept_recovery(
        session, settings, account, code, visitor
    )
    if accepted:
        forget_wrong_codes(session, settings, account.id)
        return
    audit.record(session, AuditTag.TOTP_FAILED, subject_id=account.id, address=visitor.address)
    if wrong == CODES_IN_A_ROW:
        audit.record(session, AuditTag.TOTP_EXHAUSTED, subject_id=account.id, address=visitor.address)
    if wrong in {settings.limit_account_failures + 1, CODES_IN_A_ROW}:
        enqueue(session, Letter.CODES_WRONG, account_id=account.id, stopped=wrong == CODES_IN_A_ROW)
    raise CountedRefusal(STOPPED if wrong == CODES_IN_A_ROW else WRONG_CODE, "kode")


def _count_try(session: Session, settings: Settings, account: Account, visitor: Visitor) -> int:
    """Count a code as wrong before it is checked.

    Returns:
        Wrong codes in a row, this one included.

    Raises:
        CountedRefusal: While a wait runs, or after too many in a row.
    """
    key = _run_key(settings, account.id)
    wait = rate_limiting.attempt(session, CODE_WAIT, key, free=settings.limit_account_failures, memory=RUN_MEMORY)
    wrong = rate_limiting.failures(session, CODE_WAIT, key)
    if wrong > CODES_IN_A_ROW or (wait and wrong == CODES_IN_A_ROW):
        raise CountedRefusal(STOPPED, "kode")
    if wait:
        audit.record(session, AuditTag.LOCKED_OUT, subject_id=account.id, address=visitor.address)
        raise CountedRefusal(
            f"Terlalu banyak kode yang salah. Tunggu {describe_wait(wait)}, lalu masukkan kode yang terbaru.", "kode"
        )
    return wrong


def forget_wrong_codes(session: Session, settings: Settings, account_id: int | None) -> None:
    """End a run of wrong codes: one was right, or the authenticator is another one.

    Args:
        session: Any transaction.
        settings: For the key of the counter.
        account_id: Whose.
    """
    rate_limiting.clear(session, CODE_WAIT, _run_key(settings, account_id))


def lift_stop(session: Session, settings: Settings, account_id: int) -> None:
    """Take codes again after too many wrong ones in a row: the owner has acted by mail.

    The waits stay: whoever holds the mailbox, but not the phone, must not be able to guess faster by it.

    Args:
        session: Any transaction.
        settings: For the key of the counter and the free failures.
        account_id: Whose.
    """
    rate_limiting.keep_longest_wait(
        session, CODE_WAIT, _run_key(settings, account_id), free=settings.limit_account_failures
    )


def _run_key(settings: Settings, account_id: int | None) -> str:
    return rate_limiting.subject_key(settings.key("counters"), f"totp:{account_id}")


def normalise(typed: str) -> str:
    """A code without blanks and hyphens, in capitals.

    Args:
        typed: What was typed or pasted.
    """
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
    """The time step a code belongs to, one step before or after now allowed (RFC 6238 5.2), or None.

    Args:
        secret: Base32 text.
        code: Six digits.
    """
    generator = pyotp.TOTP(secret, interval=STEP_SECONDS)
    now = int(clock.now().timestamp()) // STEP_SECONDS
    # Every step is compared, so that the time tells nothing.
    hits = [step for step in (now - 1, now, now + 1) if hmac.compare_digest(generator.generate_otp(step), code)]
    return max(hits) if hits else None


def _code_hash(settings: Settings, account_id: int | None, code: str) -> str:
    return hmac.new(settings.key("recovery-code"), f"{account_id}:{code}".encode(), hashlib.sha256).hexdigest()


def _accept_recovery(session: Session, settings: Settings, account: Account, code: str, visitor: Visitor) -> bool:
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
    left = codes_left(session, account.id or 0)
    audit.record(
        session,
        AuditTag.RECOVERY_CODE_USED,
        actor_id=account.id,
        subject_id=account.id,
        address=visitor.address,
        left=left,
    )
    enqueue(session, Letter.RECOVERY_CODE_USED, account_id=account.id, left=left)
    return True


def codes_left(session: Session, account_id: int) -> int:
    """Recovery codes not yet used.

    Args:
        session: Any transaction.
        account_id: Whose.
    """
    return session.exec(
        select(func.count()).where(RecoveryCode.account_id == account_id, col(RecoveryCode.used_at).is_(None))
    ).one()


def new_recovery_codes(session: Session, settings: Settings, account_id: int, *, visitor: Visitor) -> list[str]:
    """Make ten new recovery codes; the older ones stop working.

    Args:
        session: Any transaction.
        settings: For the key of the hash.
        account_id: Whose.
        visitor: The browser, whose network stands in the trail.

    Returns:
        The codes in clear, grouped for reading, to be shown once.
    """
    session.execute(delete(RecoveryCode).where(col(RecoveryCode.account_id) == account_id))
    codes = [
        "".join(secrets.choice(_RECOVERY_ALPHABET) for _ in range(_RECOVERY_LENGTH)) for _ in range(RECOVERY_CODES)
    ]
    for code in codes:
        session.add(RecoveryCode(account_id=account_id, code_hash=_code_hash(settings, account_id, code)))
    audit.record(
        session,
        AuditTag.RECOVERY_CODES_CREATED,
        actor_id=account_id,
        subject_id=account_id,
        address=visitor.address,
    )
    enqueue(session, Letter.RECOVERY_CODES_NEW, account_id=account_id)
    return [f"{code[:5]}-{code[5:10]}-{code[10:]}" for code in codes]


def require_confirmed(account: Account) -> None:
    """Refuse when an account has no authenticator in force.

    Args:
        account: Any account.

    Raises:
        Refused: In words for the page.
    """
    if account.totp_confirmed_at is None:
        raise Refused("Verifikasi dua langkah belum aktif pada akun ini.")
