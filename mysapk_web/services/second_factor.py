"""Authenticator codes (TOTP, RFC 6238) and recovery codes. A code works once; tries are counted before the check."""

from __future__ import annotations

import hashlib
import hmac
import secrets

import pyotp
from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from mysapk_web.domain.audit import AuditTag
from mysapk_web.domain.throttle import SECOND_FACTOR_TRIES
from mysapk_web.models import Account, RecoveryCode
from mysapk_web.services import audit, clock, counters
from mysapk_web.services.actor import CountedRefusal, Refused, Visitor
from mysapk_web.services.outbox import Letter, enqueue
from mysapk_web.services.passwords import decrypt_totp
from mysapk_web.settings import Settings

STEP_SECONDS = 30
DIGITS = 6
RECOVERY_CODES = 10
_RECOVERY_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_RECOVERY_LENGTH = 14
"""14 of 31 symbols are 69 bits, above the 64 of NIST 800-63B-4 for saved recovery codes."""

WRONG_CODE = "Kode tidak cocok. Periksa jam ponsel Anda (atur otomatis), lalu masukkan kode 6 angka yang terbaru."
TOO_MANY = "Terlalu banyak kode yang salah. Tunggu 5 menit, lalu masukkan kode yang terbaru."


def check(session: Session, settings: Settings, account: Account, typed: str, *, visitor: Visitor) -> None:
    """Accept a code of the authenticator, or a recovery code, of an account.

    Args:
        session: Any transaction; it is kept also when the code is wrong, because the try counts.
        settings: For the keys.
        account: With a confirmed authenticator.
        typed: Six digits, or a recovery code; blanks and hyphens are ignored.
        visitor: The browser, whose network stands in the trail.

    Raises:
        CountedRefusal: When the code is wrong or too many were tried.
    """
    key = counters.subject_key(settings.key("counters"), f"totp:{account.id}")
    if not counters.within(session, SECOND_FACTOR_TRIES, key, visitor, subject_id=account.id):
        raise CountedRefusal(TOO_MANY, "kode")
    code = normalise(typed)
    accepted = _accept_totp(session, settings, account, code) or _accept_recovery(
        session, settings, account, code, visitor
    )
    if not accepted:
        audit.record(session, AuditTag.TOTP_FAILED, subject_id=account.id, address=visitor.address)
        raise CountedRefusal(WRONG_CODE, "kode")


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
