"""Logging in: NIP and password, then the authenticator code where the account has one.

Every attempt is counted as failed before it is checked, in one statement shared by all processes; a success takes it back. An unknown
NIP costs the same hash and meets the same waits, so neither words nor time reveal it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from mysapk_web.accounts import lockouts, login_failures, second_factor
from mysapk_web.accounts.audit_events import LockedOut, LoginFailed, PasswordRehashed
from mysapk_web.accounts.lockouts import LoginAttempt
from mysapk_web.accounts.login_tickets import (
    finish_code_step,
    issue_login_ticket,
    pending_code_step,
    start_code_step,
)
from mysapk_web.accounts.passwords import hash_password, needs_rehash, verify_password
from mysapk_web.accounts.tables import ResetRequest, UserSession
from mysapk_web.organisation import audit, rate_limiting
from mysapk_web.organisation.rules.nip import NipError, parse_typed_nip
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import clock
from mysapk_web.platform.client import ClientContext
from mysapk_web.platform.database import Database
from mysapk_web.platform.errors import CommittingUserError, FormError, UserError
from mysapk_web.platform.executors import in_transaction
from mysapk_web.platform.hashing_queue import precheck
from mysapk_web.platform.mail.queue import MailKind, enqueue
from mysapk_web.platform.rules.formatting import describe_wait
from mysapk_web.platform.tables.outbox import OutboxState
from mysapk_web.rate_limits import LOGINS_PER_NETWORK
from mysapk_web.settings import Settings, get_settings

AFTER_RESET = timedelta(hours=1)
"""How long a browser that has reset the password counts as the owner's without a session."""

WRONG_CREDENTIALS = (
    "NIP atau password tidak cocok. Periksa kembali, atau gunakan Lupa Password untuk membuat password baru."
)
CODE_STEP_EXPIRED = "Waktu untuk memasukkan kode sudah habis. Masukkan NIP dan password sekali lagi."


@dataclass(frozen=True, slots=True)
class _Candidate:
    """All of it also exists for an unknown NIP."""

    attempt: LoginAttempt
    account_id: int | None
    password_hash: str | None
    version: int


def _check_form(_db: Database, *, client: ClientContext, nip: str, password: str) -> None:
    _typed_nip(nip, password)


@precheck(_check_form)
def login(db: Database, *, client: ClientContext, nip: str, password: str) -> str | None:
    """The ticket for `POST /sesi`; None: the code is still to come. Open to everybody; runs in the hashing queue.

    Raises:
        CommittingUserError: Wrong, unknown, disabled (one sentence for all), or too many attempts.
    """
    settings = get_settings()
    number = _typed_nip(nip, password)
    candidate = in_transaction(db, _admit, settings, client, number)
    right = verify_password(password, candidate.password_hash, settings)
    stronger = None
    if right and candidate.password_hash and needs_rehash(candidate.password_hash, settings):
        stronger = hash_password(password, settings)
    return in_transaction(db, _conclude, settings, client, candidate, right=right, stronger=stronger)


def _typed_nip(nip: str, password: str) -> str:
    faults: dict[str, str] = {}
    number = ""
    try:
        number = parse_typed_nip(nip, today=clock.now().date())
    except NipError as error:
        faults["nip"] = str(error) if nip.strip() else "Isi NIP Anda, 18 angka."
    if not password:
        faults["password"] = "Isi password Anda."
    if faults:
        raise FormError(faults)
    return number


def _admit(session: Session, settings: Settings, client: ClientContext, number: str) -> _Candidate:
    """Count the attempt, and read what the check needs."""
    nip_key = lockouts.nip_key(number)
    if not rate_limiting.allow_network(session, LOGINS_PER_NETWORK, client):
        raise CommittingUserError(_wait_sentence(timedelta(minutes=1)))
    is_owner = _is_owner(session, client, number, nip_key)
    attempt = lockouts.register_login(session, settings, client, nip_key, is_owner=is_owner)
    if attempt.wait:
        audit.record(session, LockedOut(), client_address=client.client_address)
        raise CommittingUserError(_wait_sentence(attempt.wait))
    row = session.exec(
        select(Account.id, Account.password_hash, Account.version)
        .join(Pegawai, col(Pegawai.id) == Account.pegawai_id)
        .where(Pegawai.nip == number)
    ).one_or_none()
    return _Candidate(attempt, *(row or (None, None, 0)))


def _is_owner(session: Session, client: ClientContext, number: str, nip_key: str) -> bool:
    """Whether this browser has the cookie of an earlier session of that very account, or has just reset its password.

    No stranger has either, so treating them differently reveals nobody.
    """
    former = (
        select(UserSession.ref)
        .join(Account, col(Account.id) == UserSession.account_id)
        .join(Pegawai, col(Pegawai.id) == Account.pegawai_id)
        .where(UserSession.ref == client.session_ref, Pegawai.nip == number)
    )
    reset = select(ResetRequest.id).where(
        ResetRequest.subject == nip_key,
        ResetRequest.used_by == client.browser_ref,
        col(ResetRequest.used_at) > clock.now() - AFTER_RESET,
    )
    return session.execute(former.union_all(reset).limit(1)).first() is not None


def _wait_sentence(wait: timedelta) -> str:
    return (
        f"Terlalu banyak percobaan masuk. Coba lagi dalam {describe_wait(wait)}, "
        "atau gunakan Lupa Password untuk membuat password baru."
    )


def _conclude(
    session: Session,
    settings: Settings,
    client: ClientContext,
    candidate: _Candidate,
    *,
    right: bool,
    stronger: str | None,
) -> str | None:
    # Columns, not the account: building an object that an unknown NIP does not have would take time.
    unchanged = session.exec(
        select(Account.id).where(
            Account.id == (candidate.account_id or 0),
            Account.version == candidate.version,
            col(Account.disabled_at).is_(None),
        )
    ).one_or_none()
    if not right or unchanged is None:
        _fail(session, client, candidate)
        raise CommittingUserError(WRONG_CREDENTIALS)
    account = session.get_one(Account, unchanged)
    lockouts.login_succeeded(session, candidate.attempt)
    if stronger is not None:
        _upgrade_hash(session, client, candidate, stronger)
    if account.totp_confirmed_at is None:
        return issue_login_ticket(session, account, client)
    start_code_step(session, account, client)
    return None


def _upgrade_hash(session: Session, client: ClientContext, candidate: _Candidate, stronger: str) -> None:
    """Unless another login or a new password was faster."""
    replaced = session.execute(
        update(Account)
        .where(
            col(Account.id) == candidate.account_id,
            col(Account.version) == candidate.version,
            col(Account.password_hash) == candidate.password_hash,
        )
        .values(password_hash=stronger)
        .returning(col(Account.id))
    ).scalar_one_or_none()
    if replaced is not None:
        audit.record(
            session, PasswordRehashed(), actor_id=replaced, subject_id=replaced, client_address=client.client_address
        )


def _fail(session: Session, client: ClientContext, candidate: _Candidate) -> None:
    """Notify the person once, when a run of failures starts to wait (ASVS 6.3.5).

    A mail is written for nobody, too: neither rows nor time reveal whether there is a recipient.
    """
    audit.record(session, LoginFailed(), subject_id=candidate.account_id, client_address=client.client_address)
    login_failures.count_failure(session, client)
    if candidate.attempt.failures == get_settings().limit_account_failures + 1:
        whose = candidate.account_id if candidate.password_hash is not None else None
        mail = enqueue(session, MailKind.LOCKED, account_id=whose)
        if whose is None:
            mail.state, mail.last_error = OutboxState.OBSOLETE, "Tidak ada penerima."


def submit_code(session: Session, *, client: ClientContext, code: str) -> str:
    """The ticket for `POST /sesi`. Open to everybody.

    Raises:
        CommittingUserError: The code is wrong or has to wait.
        UserError: This page has no code step, or its time is over.
    """
    if not code.strip():
        raise FormError({"kode": "Isi kode 6 angka dari aplikasi autentikator, atau kode pemulihan."})
    pending = pending_code_step(session, client)
    account = session.get(Account, pending.account_id) if pending else None
    if pending is None or account is None or account.version != pending.account_version:
        raise UserError(CODE_STEP_EXPIRED)
    second_factor.verify_code(session, get_settings(), account, code, client=client)
    if not finish_code_step(session, pending):
        raise UserError(CODE_STEP_EXPIRED)
    return issue_login_ticket(session, account, client, second_factor=True)


def is_awaiting_code(session: Session, *, client: ClientContext) -> bool:
    """Also after a reload of the page."""
    return pending_code_step(session, client) is not None
