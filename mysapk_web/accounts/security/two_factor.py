"""Putting an authenticator in force, its recovery codes, and switching it off.

An enrolment belongs to the session that began it: begun with the password, read and confirmed while the person has authenticated
recently. Confirming it ends all other sessions, so the first recovery codes are made in that session, too.
"""

from __future__ import annotations

import pyotp
from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from mysapk_web.accounts import second_factor
from mysapk_web.accounts import session as sessions
from mysapk_web.accounts.passwords import decrypt_totp, encrypt_totp
from mysapk_web.accounts.security.change_password import confirm_password, require_typed
from mysapk_web.accounts.security.reauthentication import is_recent, require_recent
from mysapk_web.accounts.security.security_log import note
from mysapk_web.organisation import audit, rate_limiting
from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rate_limiting import subject_key
from mysapk_web.organisation.tables.account import Account, RecoveryCode, UserSession
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from mysapk_web.platform.errors import CountedRefusal, InputRefused, NotAllowed, Refused
from mysapk_web.platform.executors import in_transaction
from mysapk_web.platform.hashing import checked_first
from mysapk_web.platform.mail.queue import Letter, enqueue
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.user_agent import describe_agent
from mysapk_web.rate_limits import SECOND_FACTOR_TRIES
from mysapk_web.settings import load


def _check_start(_db: Database, actor: Actor, *, password: str) -> None:
    require_typed(password, field="password_totp")


@checked_first(_check_start)
def start_second_factor(db: Database, actor: Actor, *, password: str) -> None:
    """Make a new authenticator secret, shown at `/keamanan/qr.svg` until it is confirmed. In the hashing lane.

    Args:
        db: The database.
        actor: The person.
        password: Present password as typed.

    Raises:
        InputRefused: Nothing was typed.
        CountedRefusal: The password is wrong.
        Refused: A second factor is in force already.
    """
    confirm_password(db, actor, password, field="password_totp")
    in_transaction(db, _begin_enrolment, actor)


def _begin_enrolment(session: Session, actor: Actor) -> None:
    account = _locked(session, actor)
    if account.totp_confirmed_at is not None:
        raise Refused("Verifikasi dua langkah sudah aktif. Matikan dahulu bila ingin mengganti ponsel.")
    if enrols_elsewhere(session, account, actor):
        note(session, actor, AuditTag.TOTP_RESTARTED)
        enqueue(
            session,
            Letter.SECOND_FACTOR_RESTARTED,
            account_id=actor.account_id,
            agent=describe_agent(actor.visitor.agent),
            network=audit.network(actor.visitor.address),
        )
    account.totp_secret = encrypt_totp(pyotp.random_base32(), load())
    account.totp_session = actor.session
    account.totp_last_step = 0
    session.add(account)


def _locked(session: Session, actor: Actor) -> Account:
    """The account, whose enrolment nobody else begins, confirms or drops before this transaction ends."""
    return session.exec(
        select(Account)
        .where(Account.id == actor.account_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def enrols_here(account: Account, actor: Actor) -> bool:
    """Whether this session has begun an enrolment that is not confirmed.

    Args:
        account: Of the actor.
        actor: The person in a session.
    """
    return (
        account.totp_secret is not None and account.totp_confirmed_at is None and account.totp_session == actor.session
    )


def enrols_elsewhere(session: Session, account: Account, actor: Actor) -> bool:
    """Whether another session that is still alive has begun an enrolment.

    Args:
        session: Any transaction.
        account: Of the actor.
        actor: The person in a session.
    """
    if account.totp_secret is None or account.totp_confirmed_at is not None or account.totp_session is None:
        return False
    other = account.totp_session
    return other != actor.session and not sessions.ended_among(session, load(), [other])


def enrolment_uri(session: Session, actor: Actor) -> str | None:
    """The `otpauth://` address of a secret that waits for its confirmation; None when this session may not see one.

    Args:
        session: A read transaction is enough.
        actor: The person, recently authenticated, in the session that began.
    """
    account = session.get_one(Account, actor.account_id)
    if account.totp_secret is None or not enrols_here(account, actor) or not is_recent(actor):
        return None
    person = session.get_one(Pegawai, actor.pegawai_id)
    secret = decrypt_totp(account.totp_secret, load())
    return pyotp.TOTP(secret).provisioning_uri(name=person.nip, issuer_name="MySAPK Web")


def confirm_second_factor(session: Session, actor: Actor, *, code: str) -> None:
    """Put the new authenticator in force with its first code; this session counts as having shown it.

    Args:
        session: Any transaction; kept also when the code is wrong.
        actor: The person.
        code: Six digits as typed.

    Raises:
        CountedRefusal: The code is wrong.
        Refused: This session has no enrolment under way.
        StepUpNeeded: Password has to be shown again.
    """
    account = _locked(session, actor)
    if account.totp_secret is None or not enrols_here(account, actor):
        raise Refused(
            "Kode QR ini tidak berlaku lagi karena pengaktifan dimulai dari perangkat lain. Tampilkan kode QR baru. "
            "Bila bukan Anda yang memulainya, ganti password Anda sekarang."
            if enrols_elsewhere(session, account, actor)
            else "Mulai dahulu dengan menampilkan kode QR."
        )
    require_recent(actor)
    key = subject_key(load().key("counters"), f"totp-baru:{actor.account_id}")
    if not rate_limiting.within(session, SECOND_FACTOR_TRIES, key, actor, subject_id=actor.account_id):
        raise CountedRefusal("Terlalu banyak kode yang salah. Tunggu 5 menit, lalu masukkan kode yang terbaru.", "kode")
    step = second_factor.matching_step(decrypt_totp(account.totp_secret, load()), second_factor.normalise(code))
    if step is None:
        raise CountedRefusal(second_factor.WRONG_CODE, "kode")
    now = clock.now()
    second_factor.forget_wrong_codes(session, load(), account.id)  # those of an older authenticator
    account.totp_confirmed_at = now
    account.totp_last_step = step
    session.add(account)
    session.execute(
        update(UserSession).where(col(UserSession.ref) == actor.session).values(second_factor_at=now, step_up_at=now)
    )
    # A session opened with the password alone must not go on beside the stronger one.
    sessions.end_all(session, actor.account_id, "verifikasi dua langkah aktif", keep=actor.session)
    note(session, actor, AuditTag.TOTP_ENABLED)
    enqueue(session, Letter.SECOND_FACTOR_ON, account_id=actor.account_id)


def cancel_second_factor(session: Session, actor: Actor) -> None:
    """Drop the enrolment of this session. For everybody logged in.

    Args:
        session: Any transaction.
        actor: The person.
    """
    account = _locked(session, actor)
    if enrols_here(account, actor):
        account.totp_secret = None
        session.add(account)


def recovery_codes(session: Session, actor: Actor) -> list[str]:
    """Make and show ten new recovery codes. Only in a session that has shown the second factor.

    Args:
        session: Any transaction.
        actor: The person.

    Raises:
        NotAllowed: The second factor was not shown in this session.
        StepUpNeeded: Password or code have to be shown again: the codes are a way in for good.
    """
    if not actor.second_factor:
        raise NotAllowed("recovery codes without a second factor")
    require_recent(actor)
    return second_factor.new_recovery_codes(session, load(), actor.account_id, visitor=actor.visitor)


def _check_stop(_db: Database, actor: Actor, *, password: str, code: str) -> None:
    if not code.strip():
        raise InputRefused({"kode": "Isi kode dari aplikasi autentikator, atau kode pemulihan."})
    require_typed(password, field="password_totp")


@checked_first(_check_stop)
def stop_second_factor(db: Database, actor: Actor, *, password: str, code: str) -> None:
    """Switch the second factor off, with password and code; the roles rest from then on. In the hashing lane.

    Args:
        db: The database.
        actor: The person.
        password: Present password as typed.
        code: Authenticator or recovery code as typed.

    Raises:
        InputRefused: A field is empty.
        CountedRefusal: Password or code is wrong.
        Refused: No second factor is in force.
    """
    _check_stop(db, actor, password=password, code=code)
    confirm_password(db, actor, password, field="password_totp")
    in_transaction(db, _switch_off, actor, code)


def _switch_off(session: Session, actor: Actor, code: str) -> None:
    account = session.get_one(Account, actor.account_id)
    second_factor.require_confirmed(account)
    second_factor.check(session, load(), account, code, visitor=actor.visitor)
    account.totp_secret = None
    account.totp_confirmed_at = None
    session.add(account)
    session.execute(delete(RecoveryCode).where(col(RecoveryCode.account_id) == actor.account_id))
    session.execute(
        update(UserSession).where(col(UserSession.account_id) == actor.account_id).values(second_factor_at=None)
    )
    note(session, actor, AuditTag.TOTP_DISABLED)
    enqueue(session, Letter.SECOND_FACTOR_OFF, account_id=actor.account_id)
