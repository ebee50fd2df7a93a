"""One's own sessions and logins: list them, end them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from mysapk_web.accounts import second_factor, sessions
from mysapk_web.accounts.audit_events import SessionsEnded
from mysapk_web.accounts.security.reauthentication import recently_authenticated
from mysapk_web.accounts.security.two_factor import is_enrolling_elsewhere, is_enrolling_here
from mysapk_web.accounts.tables import UserSession
from mysapk_web.organisation import audit
from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Instansi
from mysapk_web.platform.errors import UserError
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.tables.audit import AuditEvent
from mysapk_web.settings import get_settings

SHOWN_LOGINS = 10
_KEY_LENGTH = 20


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """`key` names the session in the page and is worth nothing elsewhere."""

    key: str
    agent: str
    network: str
    created_at: datetime
    seen_at: datetime
    current: bool


@dataclass(frozen=True, slots=True)
class LoginInfo:
    at: datetime
    agent: str
    network: str
    ok: bool


@dataclass(frozen=True, slots=True)
class SecurityOverview:
    sessions: list[SessionInfo]
    logins: list[LoginInfo]
    has_second_factor: bool
    enrolling: bool
    """This session has begun, and its QR code can be seen."""
    enrolling_elsewhere: bool
    recovery_codes_left: int
    roles: list[str]
    second_factor_needed: bool
    acting: bool
    timezone: str


def session_key(ref: str) -> str:
    """Derived from the reference of a session, useless as one."""
    return hashlib.sha256(f"daftar:{ref}".encode()).hexdigest()[:_KEY_LENGTH]


def security_overview(session: Session, actor: Actor) -> SecurityOverview:
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
                row.user_agent,
                row.client_address,
                row.created_at,
                row.seen_at,
                row.ref == actor.session_ref,
            )
            for row in alive
        ],
        logins=[
            LoginInfo(row.at, str(row.detail.get("agent", "")), row.address, row.tag is AuditTag.LOGIN)
            for row in logins
        ],
        has_second_factor=account.totp_confirmed_at is not None,
        enrolling=is_enrolling_here(account, actor) and recently_authenticated(actor),
        enrolling_elsewhere=is_enrolling_elsewhere(session, account, actor),
        recovery_codes_left=second_factor.recovery_codes_left(session, actor.account_id),
        roles=[grant.role.label for grant in actor.grants],
        second_factor_needed=bool(actor.grants) and account.totp_confirmed_at is None,
        acting=bool(actor.effective_grants),
        timezone=session.get_one(Instansi, actor.instansi_id).timezone,
    )


def _sessions(session: Session, actor: Actor) -> list[UserSession]:
    refs = session.exec(
        select(UserSession.ref)
        .where(UserSession.account_id == actor.account_id, col(UserSession.ended_at).is_(None))
        .order_by(col(UserSession.seen_at).desc())
    ).all()
    dead = sessions.expired_session_refs(session, get_settings(), refs)
    return [session.get_one(UserSession, ref) for ref in refs if ref not in dead]


def end_session(session: Session, actor: Actor, *, key: str) -> None:
    target = next((row.ref for row in _sessions(session, actor) if session_key(row.ref) == key), None)
    if target is None:
        raise UserError("Sesi itu sudah berakhir.")
    sessions.revoke_sessions(session, [target], "diakhiri pemilik")
    audit.record_own(session, actor, SessionsEnded(session_count=1))


def end_other_sessions(session: Session, actor: Actor) -> int:
    count = sessions.revoke_all_sessions(session, actor.account_id, "diakhiri pemilik", keep=actor.session_ref)
    audit.record_own(session, actor, SessionsEnded(session_count=count))
    return count
