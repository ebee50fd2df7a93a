"""Enrolling an authenticator, its recovery codes, and disabling it.

An enrolment belongs to the session that started it with the password; the secret is read and confirmed while the person has
authenticated recently. Confirming it ends all other sessions, so the first recovery codes are created in that session, too.
"""

from __future__ import annotations

import pyotp
from sqlalchemy import update
from sqlmodel import Session, col, select

from mysapk_web.accounts import second_factor, sessions
from mysapk_web.accounts.audit_events import TotpDisabled, TotpEnabled, TotpRestarted
from mysapk_web.accounts.passwords import decrypt_totp, encrypt_totp
from mysapk_web.accounts.security.change_password import confirm_password, require_typed
from mysapk_web.accounts.security.reauthentication import recently_authenticated, require_reauthentication
from mysapk_web.accounts.tables import UserSession
from mysapk_web.organisation import audit, rate_limiting
from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rate_limiting import subject_key
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from mysapk_web.platform.errors import CommittingUserError, FormError, PermissionDenied, UserError
from mysapk_web.platform.executors import in_transaction
from mysapk_web.platform.hashing_queue import precheck
from mysapk_web.platform.mail.queue import MailKind, enqueue
from mysapk_web.platform.user_agent import describe_user_agent
from mysapk_web.rate_limits import SECOND_FACTOR_TRIES
from mysapk_web.settings import get_settings


def _check_start(_db: Database, actor: Actor, *, password: str) -> None:
    require_typed(password, field="password_totp")


@precheck(_check_start)
def start_second_factor(db: Database, actor: Actor, *, password: str) -> None:
    """The secret is shown at `/keamanan/qr.svg` until it is confirmed. Runs in the hashing queue."""
    confirm_password(db, actor, password, field="password_totp")
    in_transaction(db, _begin_enrolment, actor)


def _begin_enrolment(session: Session, actor: Actor) -> None:
    account = _locked(session, actor)
    if account.totp_confirmed_at is not None:
        raise UserError("Verifikasi dua langkah sudah aktif. Matikan dahulu bila ingin mengganti ponsel.")
    if is_enrolling_elsewhere(session, account, actor):
        audit.record_own(session, actor, TotpRestarted())
        enqueue(
            session,
            MailKind.SECOND_FACTOR_RESTARTED,
            account_id=actor.account_id,
            agent=describe_user_agent(actor.client.user_agent),
            network=audit.truncated_network(actor.client.client_address),
        )
    account.totp_secret = encrypt_totp(pyotp.random_base32(), get_settings())
    account.totp_session = actor.session_ref
    account.totp_last_step = 0
    session.add(account)


def _locked(session: Session, actor: Actor) -> Account:
    """Nobody else starts, confirms or drops an enrolment before this transaction ends."""
    return session.exec(
        select(Account)
        .where(Account.id == actor.account_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def is_enrolling_here(account: Account, actor: Actor) -> bool:
    return (
        account.totp_secret is not None
        and account.totp_confirmed_at is None
        and account.totp_session == actor.session_ref
    )


def is_enrolling_elsewhere(session: Session, account: Account, actor: Actor) -> bool:
    """In another session that is still alive."""
    if account.totp_secret is None or account.totp_confirmed_at is not None or account.totp_session is None:
        return False
    other = account.totp_session
    return other != actor.session_ref and not sessions.expired_session_refs(session, get_settings(), [other])


def provisioning_uri(session: Session, actor: Actor) -> str | None:
    """The `otpauth://` URI of an unconfirmed secret; None when this session may not see one."""
    account = session.get_one(Account, actor.account_id)
    if account.totp_secret is None or not is_enrolling_here(account, actor) or not recently_authenticated(actor):
        return None
    person = session.get_one(Pegawai, actor.pegawai_id)
    secret = decrypt_totp(account.totp_secret, get_settings())
    return pyotp.TOTP(secret).provisioning_uri(name=person.nip, issuer_name="MySAPK Web")


def confirm_second_factor(session: Session, actor: Actor, *, code: str) -> None:
    """With the first code; this session counts as having shown the factor.

    Raises:
        CommittingUserError: The code is wrong.
        UserError: This session has no enrolment under way.
    """
    account = _locked(session, actor)
    if account.totp_secret is None or not is_enrolling_here(account, actor):
        raise UserError(
            "Kode QR ini tidak berlaku lagi karena pengaktifan dimulai dari perangkat lain. Tampilkan kode QR baru. "
            "Bila bukan Anda yang memulainya, ganti password Anda sekarang."
            if is_enrolling_elsewhere(session, account, actor)
            else "Mulai dahulu dengan menampilkan kode QR."
        )
    require_reauthentication(actor)
    key = subject_key(get_settings().key("counters"), f"totp-baru:{actor.account_id}")
    if not rate_limiting.allow(session, SECOND_FACTOR_TRIES, key, actor, subject_id=actor.account_id):
        raise CommittingUserError(
            "Terlalu banyak kode yang salah. Tunggu 5 menit, lalu masukkan kode yang terbaru.", "kode"
        )
    step = second_factor.matching_step(
        decrypt_totp(account.totp_secret, get_settings()), second_factor.normalise_code(code)
    )
    if step is None:
        raise CommittingUserError(second_factor.WRONG_CODE, "kode")
    now = clock.now()
    second_factor.reset_failed_codes(session, get_settings(), account.id)  # those of an older authenticator
    account.totp_confirmed_at = now
    account.totp_last_step = step
    session.add(account)
    session.execute(
        update(UserSession)
        .where(col(UserSession.ref) == actor.session_ref)
        .values(second_factor_at=now, reauthenticated_at=now)
    )
    # No session opened with the password alone may continue.
    sessions.revoke_all_sessions(session, actor.account_id, "verifikasi dua langkah aktif", keep=actor.session_ref)
    audit.record_own(session, actor, TotpEnabled())
    enqueue(session, MailKind.SECOND_FACTOR_ON, account_id=actor.account_id)


def cancel_second_factor(session: Session, actor: Actor) -> None:
    account = _locked(session, actor)
    if is_enrolling_here(account, actor):
        account.totp_secret = None
        session.add(account)


def create_recovery_codes(session: Session, actor: Actor) -> list[str]:
    """Only in a session that has shown the second factor, and with re-authentication: the codes are a permanent way in."""
    if not actor.second_factor:
        raise PermissionDenied("recovery codes without a second factor")
    require_reauthentication(actor)
    return second_factor.new_recovery_codes(session, get_settings(), actor.account_id, client=actor.client)


def _check_stop(_db: Database, actor: Actor, *, password: str, code: str) -> None:
    if not code.strip():
        raise FormError({"kode": "Isi kode dari aplikasi autentikator, atau kode pemulihan."})
    require_typed(password, field="password_totp")


@precheck(_check_stop)
def stop_second_factor(db: Database, actor: Actor, *, password: str, code: str) -> None:
    """With password and code; roles are inactive from then on. Runs in the hashing queue."""
    _check_stop(db, actor, password=password, code=code)
    confirm_password(db, actor, password, field="password_totp")
    in_transaction(db, _switch_off, actor, code)


def _switch_off(session: Session, actor: Actor, code: str) -> None:
    account = session.get_one(Account, actor.account_id)
    second_factor.require_second_factor(account)
    second_factor.verify_code(session, get_settings(), account, code, client=actor.client)
    second_factor.delete_second_factor(session, account)
    audit.record_own(session, actor, TotpDisabled())
    enqueue(session, MailKind.SECOND_FACTOR_OFF, account_id=actor.account_id)
