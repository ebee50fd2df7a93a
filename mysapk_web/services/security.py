"""What a person does to keep the own account safe: password, sessions, second factor (page `/keamanan`)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

import pyotp
from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from mysapk_web.domain.audit import AuditTag
from mysapk_web.domain.password import canonical
from mysapk_web.domain.throttle import PASSWORD_CONFIRM_PER_ACCOUNT, SECOND_FACTOR_TRIES
from mysapk_web.models import Account, AuditEvent, Database, Pegawai, RecoveryCode, UserSession
from mysapk_web.services import audit, clock, counters, password_rules, second_factor
from mysapk_web.services import session as sessions
from mysapk_web.services.actor import Actor, CountedRefusal, InputRefused, NotAllowed, Refused
from mysapk_web.services.counters import subject_key
from mysapk_web.services.database import in_transaction
from mysapk_web.services.outbox import Letter, enqueue
from mysapk_web.services.password_rules import PasswordJudgement
from mysapk_web.services.passwords import decrypt_totp, encrypt_totp, hash_password, verify_password
from mysapk_web.settings import load

SHOWN_LOGINS = 10
WRONG_PASSWORD = "Password Anda saat ini tidak cocok."
_KEY_LENGTH = 20


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """A logged-in browser, for the list.

    Attributes:
        key: Name of the session in the page; worth nothing elsewhere.
        agent: Browser and system in words.
        network: Network of the client.
        created_at: Login.
        seen_at: Last act.
        current: Whether it is the one looking.
    """

    key: str
    agent: str
    network: str
    created_at: datetime
    seen_at: datetime
    current: bool


@dataclass(frozen=True, slots=True)
class LoginInfo:
    """A login or a failed try, for the list."""

    at: datetime
    agent: str
    network: str
    ok: bool


@dataclass(frozen=True, slots=True)
class SecurityOverview:
    """All that the page shows."""

    sessions: list[SessionInfo]
    logins: list[LoginInfo]
    has_second_factor: bool
    enrolling: bool
    recovery_codes_left: int
    roles: list[str]
    second_factor_needed: bool
    acting: bool


def session_key(ref: str) -> str:
    """Name of a session in a page: derived from its reference, useless as one.

    Args:
        ref: Reference of the session.
    """
    return hashlib.sha256(f"daftar:{ref}".encode()).hexdigest()[:_KEY_LENGTH]


def overview(session: Session, actor: Actor) -> SecurityOverview:
    """The own sessions, logins and second factor. For everybody logged in, own account only.

    Args:
        session: A read transaction is enough.
        actor: The person.
    """
    account = session.get_one(Account, actor.account_id)
    alive = _sessions(session, actor)
    logins = session.exec(
        select(AuditEvent)
        .where(
            AuditEvent.subject_id == actor.account_id,
            col(AuditEvent.tag).in_([AuditTag.LOGIN, AuditTag.LOGIN_FAILED]),
        )
        .order_by(col(AuditEvent.id).desc())
        .limit(SHOWN_LOGINS)
    ).all()
    return SecurityOverview(
        sessions=[
            SessionInfo(
                session_key(row.ref),
                row.agent,
                row.address,
                row.created_at,
                row.seen_at,
                row.ref == actor.session,
            )
            for row in alive
        ],
        logins=[
            LoginInfo(row.at, str(row.detail.get("agent", "")), row.address, row.tag is AuditTag.LOGIN)
            for row in logins
        ],
        has_second_factor=account.totp_confirmed_at is not None,
        enrolling=account.totp_secret is not None and account.totp_confirmed_at is None,
        recovery_codes_left=second_factor.codes_left(session, actor.account_id),
        roles=[grant.role.label for grant in actor.grants],
        second_factor_needed=bool(actor.grants) and account.totp_confirmed_at is None,
        acting=bool(actor.acting_grants),
    )


def _sessions(session: Session, actor: Actor) -> list[UserSession]:
    refs = session.exec(
        select(UserSession.ref)
        .where(UserSession.account_id == actor.account_id, col(UserSession.ended_at).is_(None))
        .order_by(col(UserSession.seen_at).desc())
    ).all()
    dead = sessions.ended_among(session, load(), refs)
    return [session.get_one(UserSession, ref) for ref in refs if ref not in dead]


def end_session(session: Session, actor: Actor, *, key: str) -> None:
    """End one of the own sessions. For everybody logged in.

    Args:
        session: Any transaction.
        actor: The person.
        key: From the list.

    Raises:
        Refused: No such session, or it has ended already.
    """
    target = next((row.ref for row in _sessions(session, actor) if session_key(row.ref) == key), None)
    if target is None:
        raise Refused("Sesi itu sudah berakhir.")
    sessions.end(session, [target], "diakhiri pemilik")
    _note(session, actor, AuditTag.SESSIONS_ENDED, count=1)


def end_other_sessions(session: Session, actor: Actor) -> int:
    """End all own sessions but this one. For everybody logged in.

    Args:
        session: Any transaction.
        actor: The person.

    Returns:
        How many were ended.
    """
    count = sessions.end_all(session, actor.account_id, "diakhiri pemilik", keep=actor.session)
    _note(session, actor, AuditTag.SESSIONS_ENDED, count=count)
    return count


def judge(session: Session, actor: Actor, *, password: str) -> PasswordJudgement:
    """What the page shows while a new password is typed. For everybody logged in.

    Args:
        session: A read transaction is enough.
        actor: The person.
        password: As typed so far; kept nowhere.
    """
    person = session.get_one(Pegawai, actor.pegawai_id)
    minimum = password_rules.minimum_for(session, actor.account_id)
    return password_rules.judge(password, password_rules.context_of(person), minimum)


def change_password(db: Database, actor: Actor, *, current: str, new: str) -> None:
    """Change the own password; the other sessions end and this browser gets a claim for a new one. In the hashing lane.

    Args:
        db: The database; short transactions, the hashes between them.
        actor: The person.
        current: Present password as typed.
        new: New password as typed.

    Raises:
        InputRefused: A field is empty or the new password breaks a rule.
        CountedRefusal: The present password is wrong.
    """
    settings = load()
    version = _confirm_password(db, actor, current, field="sekarang")
    in_transaction(db, _check_new, actor, current, new)
    new_hash = hash_password(new, settings)
    in_transaction(db, _replace_password, actor, version, new_hash)


def _check_new(session: Session, actor: Actor, current: str, new: str) -> None:
    account = session.get_one(Account, actor.account_id)
    person = session.get_one(Pegawai, actor.pegawai_id)
    sentence = password_rules.fault_for_person(session, account, person, new)
    if not sentence and canonical(new) == canonical(current):
        sentence = "Password baru sama dengan yang sekarang. Pilih yang lain."
    if sentence:
        raise InputRefused({"password": sentence})


def _replace_password(session: Session, actor: Actor, version: int, new_hash: str) -> None:
    changed = session.execute(
        update(Account)
        .where(col(Account.id) == actor.account_id, col(Account.version) == version)
        .values(password_hash=new_hash, version=Account.version + 1)
        .returning(col(Account.version))
    ).scalar_one_or_none()
    if changed is None:
        raise Refused("Akun Anda baru saja berubah di tempat lain. Masuk kembali lalu ulangi.")
    sessions.end_all(session, actor.account_id, "password diganti", keep=actor.session)
    # This session lives on under the new version until the page has taken its new one a moment later.
    session.execute(update(UserSession).where(col(UserSession.ref) == actor.session).values(account_version=changed))
    account = session.get_one(Account, actor.account_id, populate_existing=True)
    sessions.leave_claim(session, account, actor.visitor, second_factor=actor.second_factor, replaces=actor.session)
    _note(session, actor, AuditTag.PASSWORD_CHANGED)
    enqueue(session, Letter.PASSWORD_CHANGED, account_id=actor.account_id, how="ganti")


def _confirm_password(db: Database, actor: Actor, password: str, *, field: str) -> int:
    """Check the present password again; tries are counted. Returns the account version it was right for.

    Raises:
        InputRefused: Nothing was typed.
        CountedRefusal: Wrong, or tried too often.
    """
    if not password:
        raise InputRefused({field: "Isi password Anda saat ini."})
    stored, version = in_transaction(db, _counted_hash, actor, field)
    if not verify_password(password, stored, load()):
        raise CountedRefusal(WRONG_PASSWORD, field)
    in_transaction(db, _step_up, actor)
    return version


def _counted_hash(session: Session, actor: Actor, field: str) -> tuple[str | None, int]:
    key = subject_key(load().key("counters"), f"password:{actor.account_id}")
    if not counters.within(session, PASSWORD_CONFIRM_PER_ACCOUNT, key):
        raise CountedRefusal("Terlalu banyak percobaan. Tunggu 15 menit, lalu coba lagi.", field)
    account = session.get_one(Account, actor.account_id)
    return account.password_hash, account.version


def _step_up(session: Session, actor: Actor) -> None:
    session.execute(update(UserSession).where(col(UserSession.ref) == actor.session).values(step_up_at=clock.now()))


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
    _confirm_password(db, actor, password, field="password_totp")
    in_transaction(db, _begin_enrolment, actor)


def _begin_enrolment(session: Session, actor: Actor) -> None:
    begun = session.execute(
        update(Account)
        .where(col(Account.id) == actor.account_id, col(Account.totp_confirmed_at).is_(None))
        .values(totp_secret=encrypt_totp(pyotp.random_base32(), load()), totp_last_step=0)
        .returning(col(Account.id))
    ).one_or_none()
    if begun is None:
        raise Refused("Verifikasi dua langkah sudah aktif. Matikan dahulu bila ingin mengganti ponsel.")


def enrolment_uri(session: Session, actor: Actor) -> str | None:
    """The `otpauth://` address of a secret that waits for its confirmation; None when there is none.

    Args:
        session: A read transaction is enough.
        actor: The person; the secret is shown to nobody else.
    """
    account = session.get_one(Account, actor.account_id)
    if account.totp_secret is None or account.totp_confirmed_at is not None:
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
        Refused: No enrolment is under way.
    """
    account = session.get_one(Account, actor.account_id)
    if account.totp_secret is None or account.totp_confirmed_at is not None:
        raise Refused("Mulai dahulu dengan menampilkan kode QR.")
    key = subject_key(load().key("counters"), f"totp-baru:{actor.account_id}")
    if not counters.within(session, SECOND_FACTOR_TRIES, key):
        raise CountedRefusal(second_factor.TOO_MANY, "kode")
    step = second_factor.matching_step(decrypt_totp(account.totp_secret, load()), second_factor.normalise(code))
    if step is None:
        raise CountedRefusal(second_factor.WRONG_CODE, "kode")
    now = clock.now()
    account.totp_confirmed_at = now
    account.totp_last_step = step
    session.add(account)
    session.execute(
        update(UserSession).where(col(UserSession.ref) == actor.session).values(second_factor_at=now, step_up_at=now)
    )
    # A session opened with the password alone must not go on beside the stronger one.
    sessions.end_all(session, actor.account_id, "verifikasi dua langkah aktif", keep=actor.session)
    _note(session, actor, AuditTag.TOTP_ENABLED)
    enqueue(session, Letter.SECOND_FACTOR_ON, account_id=actor.account_id)


def cancel_second_factor(session: Session, actor: Actor) -> None:
    """Drop a secret that was not confirmed. For everybody logged in.

    Args:
        session: Any transaction.
        actor: The person.
    """
    session.execute(
        update(Account)
        .where(col(Account.id) == actor.account_id, col(Account.totp_confirmed_at).is_(None))
        .values(totp_secret=None)
    )


def recovery_codes(session: Session, actor: Actor) -> list[str]:
    """Make and show ten new recovery codes. Only in a session that has shown the second factor.

    Args:
        session: Any transaction.
        actor: The person.

    Raises:
        NotAllowed: The second factor was not shown in this session.
    """
    if not actor.second_factor:
        raise NotAllowed("recovery codes without a second factor")
    return second_factor.new_recovery_codes(session, load(), actor.account_id)


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
    if not code.strip():
        raise InputRefused({"kode": "Isi kode dari aplikasi autentikator, atau kode pemulihan."})
    _confirm_password(db, actor, password, field="password_totp")
    in_transaction(db, _switch_off, actor, code)


def _switch_off(session: Session, actor: Actor, code: str) -> None:
    account = session.get_one(Account, actor.account_id)
    second_factor.require_confirmed(account)
    second_factor.check(session, load(), account, code)
    account.totp_secret = None
    account.totp_confirmed_at = None
    session.add(account)
    session.execute(delete(RecoveryCode).where(col(RecoveryCode.account_id) == actor.account_id))
    session.execute(
        update(UserSession).where(col(UserSession.account_id) == actor.account_id).values(second_factor_at=None)
    )
    _note(session, actor, AuditTag.TOTP_DISABLED)
    enqueue(session, Letter.SECOND_FACTOR_OFF, account_id=actor.account_id)


def _note(session: Session, actor: Actor, tag: AuditTag, **detail: object) -> None:
    audit.record(
        session,
        tag,
        actor_id=actor.account_id,
        subject_id=actor.account_id,
        instansi_id=actor.instansi_id,
        address=actor.visitor.address,
        **detail,
    )
