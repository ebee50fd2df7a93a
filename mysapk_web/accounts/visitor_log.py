"""Denials of routes and of the gate in the audit log (ASVS 16.3.2), known by their browser.

The transaction of what was refused is rolled back, so these events are written in one of their own, and at most once a minute for an
account: nobody floods the trail, or the database, by being refused. Whatever becomes of the writing, the refusal stands.
"""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import Session

from mysapk_web.accounts.session import read_actor
from mysapk_web.organisation import audit, rate_limiting
from mysapk_web.organisation.access_log import _lately, _write, note
from mysapk_web.organisation.rate_limiting import client_key, subject_key
from mysapk_web.platform.client import Visitor
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.rate_limits import Limit
from mysapk_web.settings import load


async def refused_at(visitor: Visitor, handler: str) -> None:
    """The same for a route, which knows the browser only; a visitor without a session is nobody's refusal.

    Args:
        visitor: Whose browser.
        handler: As in `refused`.
    """
    if visitor.session and _lately.hit(f"sesi:{visitor.session}"):
        await _write(_note_at, visitor, handler)


async def passed(limit: Limit, visitor: Visitor) -> None:
    """Write down that a limit of the gate was passed, which counts in each process by itself.

    Args:
        limit: Which one; ask with the first act beyond it only.
        visitor: Whose browser.
    """
    await _write(note_passed, limit, visitor)


def _note_at(session: Session, visitor: Visitor, handler: str) -> None:
    actor = read_actor(session, load(), visitor)
    if actor is not None:
        note(session, actor, handler)


def note_passed(session: Session, limit: Limit, visitor: Visitor) -> None:
    """Write a limit of the gate into the trail, once a key and window, and no more than once a minute, for all processes.

    Args:
        session: A transaction of its own.
        limit: Which one.
        visitor: Whose browser.
    """
    actor = read_actor(session, load(), visitor) if visitor.session else None
    secret = load().key("counters")
    key = subject_key(secret, f"akun:{actor.account_id}") if actor else client_key(secret, visitor.address)
    once = Limit(limit.name, 1, max(limit.window, timedelta(minutes=1)))
    if not rate_limiting.count(session, once, key).within:
        return
    audit.record(
        session,
        AuditTag.LIMIT_EXCEEDED,
        actor_id=actor.account_id if actor else None,
        instansi_id=actor.instansi_id if actor else None,
        address=visitor.address,
        batas=limit.name,
    )
