"""Denials by routes and the edge in the audit log (ASVS 16.3.2); they know only the browser.

Written in a transaction of their own, because that of the denied action is rolled back, and at most once a minute per account, so that
nobody floods the log or the database. The denial stands whatever becomes of the writing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlmodel import Session

from mysapk_web.accounts.sessions import read_actor
from mysapk_web.organisation import audit, rate_limiting
from mysapk_web.organisation.access_log import recent_denials, record_denied, run_logging_failure
from mysapk_web.organisation.audit_events import LimitExceeded
from mysapk_web.organisation.rate_limiting import client_key, subject_key
from mysapk_web.platform.client import ClientContext
from mysapk_web.rate_limits import Limit
from mysapk_web.settings import get_settings


async def log_denied_request(client: ClientContext, handler: str) -> None:
    """As `organisation.access_log.log_denied`; without a session there is nobody to record."""
    if client.session_ref and recent_denials.allow(f"sesi:{client.session_ref}"):
        await run_logging_failure(_record_denied_request, client, handler)


async def log_limit_exceeded(limit: Limit, client: ClientContext) -> None:
    """The edge counts per process."""
    await run_logging_failure(record_limit_exceeded, limit, client)


def _record_denied_request(session: Session, client: ClientContext, handler: str) -> None:
    actor = read_actor(session, get_settings(), client)
    if actor is not None:
        record_denied(session, actor, handler)


def record_limit_exceeded(session: Session, limit: Limit, client: ClientContext) -> None:
    """Once per key and window, and no more than once a minute, for all processes."""
    actor = read_actor(session, get_settings(), client) if client.session_ref else None
    secret = get_settings().key("counters")
    key = subject_key(secret, f"akun:{actor.account_id}") if actor else client_key(secret, client.client_address)
    once = replace(limit, count=1, window=max(limit.window, timedelta(minutes=1)), office=None)
    if not rate_limiting.hit(session, once, key).allowed:
        return
    audit.record(
        session,
        LimitExceeded(limit=limit.name),
        actor_id=actor.account_id if actor else None,
        instansi_id=actor.instansi_id if actor else None,
        client_address=client.client_address,
    )
