"""Sessions: read again at every event, revoked at once for whatever reason.

The cookie is 256 random bits; the database and everything behind the gate know only its SHA-256.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, delete, update
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, func, or_, select

from mysapk_web.accounts.audit_events import Login, Logout
from mysapk_web.accounts.tables import LoginTicket, UserSession
from mysapk_web.organisation import audit
from mysapk_web.organisation.actor import Actor, Grant
from mysapk_web.organisation.tables.account import Account, RoleGrant
from mysapk_web.organisation.tables.agency import Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import clock
from mysapk_web.platform.client import ClientContext
from mysapk_web.platform.mail.queue import MailKind, enqueue
from mysapk_web.platform.user_agent import describe_user_agent
from mysapk_web.settings import Settings

TOUCH_EVERY = timedelta(seconds=30)
"""The last activity of a session is written no more often than this."""

_IN_FORCE = (
    col(UserSession.ended_at).is_(None),
    col(UserSession.expires_at) > bindparam("now"),
    col(UserSession.seen_at) > bindparam("idle_since"),
    col(UserSession.account_version) == col(Account.version),
    col(Account.disabled_at).is_(None),
)
"""Of a session joined with its account."""

_ACTOR_COLUMNS: tuple[Any, ...] = (
    UserSession.account_id,
    UserSession.account_version,
    UserSession.seen_at,
    UserSession.expires_at,
    UserSession.second_factor_at,
    UserSession.reauthenticated_at,
    Account.totp_confirmed_at,
    col(Pegawai.id).label("pegawai_id"),
    Pegawai.instansi_id,
    RoleGrant.role,
    col(RoleGrant.instansi_id).label("grant_instansi_id"),
    Unor.path,
)

_ACTOR = (
    sql_select(*_ACTOR_COLUMNS)
    .join(Account, col(Account.id) == UserSession.account_id)
    .join(Pegawai, col(Pegawai.id) == Account.pegawai_id)
    .outerjoin(RoleGrant, (col(RoleGrant.account_id) == Account.id) & col(RoleGrant.revoked_at).is_(None))
    .outerjoin(Unor, col(Unor.id) == RoleGrant.unor_id)
    .where(col(UserSession.ref) == bindparam("ref"), *_IN_FORCE)
)
"""Run at every event, so it is built once: building costs more than running."""


def hash_secret(value: str) -> str:
    """What replaces a cookie, a ticket or a client token everywhere behind the gate."""
    return hashlib.sha256(value.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class NewSession:
    cookie: str = field(repr=False)
    expires_at: datetime


def open_session(
    session: Session, settings: Settings, account: Account, client: ClientContext, *, second_factor: bool
) -> NewSession:
    now = clock.now()
    cookie = secrets.token_urlsafe(32)
    agent, network = describe_user_agent(client.user_agent), audit.truncated_network(client.client_address)
    _notify_of_new_device(session, account, agent, network)
    opened = NewSession(cookie, now + timedelta(hours=settings.session_hours))
    session.add(
        UserSession(
            ref=hash_secret(cookie),
            account_id=account.pk,
            account_version=account.version,
            created_at=now,
            seen_at=now,
            expires_at=opened.expires_at,
            second_factor_at=now if second_factor else None,
            reauthenticated_at=now,
            user_agent=agent,
            client_address=network,
        )
    )
    account.last_login_at = now
    session.add(account)
    audit.record(
        session,
        Login(agent=agent, second_factor=second_factor),
        actor_id=account.id,
        subject_id=account.id,
        client_address=client.client_address,
    )
    return opened


def _notify_of_new_device(session: Session, account: Account, agent: str, network: str) -> None:
    """From a browser and network not seen before (ASVS 6.3.5)."""
    seen = session.exec(
        select(UserSession.user_agent, UserSession.client_address)
        .where(UserSession.account_id == account.id)
        .order_by(col(UserSession.created_at).desc())
        .limit(50)
    ).all()
    if seen and (agent, network) not in {tuple(row) for row in seen}:
        enqueue(session, MailKind.NEW_LOGIN, account_id=account.id, agent=agent, network=network)


def read_actor(session: Session, settings: Settings, client: ClientContext) -> Actor | None:
    """None when the session has ended for whatever reason."""
    if not client.session_ref:
        return None
    rows = session.connection().execute(_ACTOR, {"ref": client.session_ref, **_moments(settings)}).all()
    return _actor(rows, client) if rows else None


def _moments(settings: Settings) -> dict[str, datetime]:
    now = clock.now()
    return {"now": now, "idle_since": now - timedelta(minutes=settings.session_idle_minutes)}


def _actor(rows: Iterable[Row[tuple[object, ...]]], client: ClientContext) -> Actor:
    rows = list(rows)
    first = rows[0]
    return Actor(
        account_id=first.account_id,
        pegawai_id=first.pegawai_id,
        instansi_id=first.instansi_id,
        session_ref=client.session_ref,
        session_expires_at=first.expires_at,
        version=first.account_version,
        client=client,
        grants=tuple(Grant(row.role, row.grant_instansi_id, row.path) for row in rows if row.role is not None),
        second_factor=first.second_factor_at is not None and first.totp_confirmed_at is not None,
        has_second_factor=first.totp_confirmed_at is not None,
        reauthenticated_at=first.reauthenticated_at,
        seen_at=first.seen_at,
    )


def touch(session: Session, ref: str) -> None:
    now = clock.now()
    session.execute(
        update(UserSession).where(col(UserSession.ref) == ref, col(UserSession.ended_at).is_(None)).values(seen_at=now)
    )


def needs_touch(actor: Actor, settings: Settings) -> bool:
    step = min(TOUCH_EVERY, timedelta(minutes=settings.session_idle_minutes) / 4)
    return clock.now() - actor.seen_at >= step


def revoke_sessions(session: Session, refs: Iterable[str], reason: str) -> int:
    """How many were alive."""
    result = session.execute(
        update(UserSession)
        .where(col(UserSession.ref).in_(list(refs)), col(UserSession.ended_at).is_(None))
        .values(ended_at=clock.now(), end_reason=reason)
        .returning(col(UserSession.ref))
    )
    return len(result.all())


def revoke_all_sessions(session: Session, account_id: int, reason: str, *, keep: str | None = None) -> int:
    """Login tickets, too; returns how many sessions were alive."""
    session.execute(delete(LoginTicket).where(col(LoginTicket.account_id) == account_id))
    result = session.execute(
        update(UserSession)
        .where(
            col(UserSession.account_id) == account_id,
            col(UserSession.ended_at).is_(None),
            or_(keep is None, col(UserSession.ref) != keep),
        )
        .values(ended_at=clock.now(), end_reason=reason)
        .returning(col(UserSession.ref))
    )
    return len(result.all())


def count_active_sessions(session: Session, settings: Settings, account_id: int) -> int:
    return session.exec(
        select(func.count())
        .select_from(UserSession)
        .join(Account, col(Account.id) == UserSession.account_id)
        .where(UserSession.account_id == account_id, *_IN_FORCE),
        params=_moments(settings),
    ).one()


def log_out(session: Session, client: ClientContext) -> None:
    """With the pending logins of its account in this browser."""
    owner = session.exec(select(UserSession.account_id).where(UserSession.ref == client.session_ref)).one_or_none()
    if owner is not None and revoke_sessions(session, [client.session_ref], "keluar"):
        # Only with a session: the pre-session cookie alone must not keep somebody else from getting theirs.
        session.execute(
            delete(LoginTicket).where(
                col(LoginTicket.browser) == client.browser_ref, col(LoginTicket.account_id) == owner
            )
        )
        audit.record(session, Logout(), actor_id=owner, subject_id=owner, client_address=client.client_address)


def expired_session_refs(session: Session, settings: Settings, refs: Iterable[str]) -> set[str]:
    """Which of the sessions with an open socket have ended."""
    wanted = list(refs)
    alive: set[str] = set()
    for start in range(0, len(wanted), 500):
        chunk = wanted[start : start + 500]
        alive.update(
            session.exec(
                select(UserSession.ref)
                .join(Account, col(Account.id) == UserSession.account_id)
                .where(col(UserSession.ref).in_(chunk), *_IN_FORCE),
                params=_moments(settings),
            ).all()
        )
    return set(wanted) - alive
