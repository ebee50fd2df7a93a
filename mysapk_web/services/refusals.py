"""What was refused, in the trail (ASVS 16.3.2): a missing right, and the limits of the gate. Those of use cases: `services.counters`.

The transaction of what was refused is rolled back, so these events are written in one of their own, and at most once a minute for an
account: nobody floods the trail, or the database, by being refused. Whatever becomes of the writing, the refusal stands.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from mysapk_web.domain.audit import AuditTag
from mysapk_web.domain.throttle import REFUSALS_NOTED_PER_ACCOUNT, Limit
from mysapk_web.services import audit, counters, database
from mysapk_web.services.actor import Actor, Visitor
from mysapk_web.services.counters import client_key, subject_key
from mysapk_web.services.session import read_actor
from mysapk_web.services.window import Window
from mysapk_web.settings import load

log = structlog.get_logger(__name__)

_lately = Window(1, REFUSALS_NOTED_PER_ACCOUNT.window.total_seconds() + 1)
"""Whose refusals this process has written, so that a flood of them asks the database once a minute only. A moment longer than there."""


async def refused(actor: Actor, handler: str) -> None:
    """Write down that somebody was refused for want of a right.

    Args:
        actor: Who.
        handler: What was called, by the name it has here; never a word of what was sent.
    """
    if _lately.hit(f"akun:{actor.account_id}"):
        await _write(note, actor, handler)


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


async def _write(use_case: Callable[..., None], *args: Any) -> None:
    try:
        await database.run(use_case, *args)
    except SQLAlchemyError as error:
        log.error("refusal could not be written into the trail", error=type(error).__name__)  # noqa: TRY400


def note(session: Session, actor: Actor, handler: str) -> None:
    """Write a missing right into the trail, once a minute for an account.

    Args:
        session: A transaction of its own.
        actor: Who was refused.
        handler: As in `refused`.
    """
    key = subject_key(load().key("counters"), f"akun:{actor.account_id}")
    if not counters.count(session, REFUSALS_NOTED_PER_ACCOUNT, key).within:
        return
    audit.record(
        session,
        AuditTag.ACCESS_REFUSED,
        actor_id=actor.account_id,
        instansi_id=actor.instansi_id,
        address=actor.visitor.address,
        penangan=handler,
    )


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
    if not counters.count(session, once, key).within:
        return
    audit.record(
        session,
        AuditTag.LIMIT_EXCEEDED,
        actor_id=actor.account_id if actor else None,
        instansi_id=actor.instansi_id if actor else None,
        address=visitor.address,
        batas=limit.name,
    )
