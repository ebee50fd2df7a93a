"""Denied acts in the audit log (ASVS 16.3.2), written in a transaction of their own because that of the act is rolled back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from mysapk_web.organisation import audit, rate_limiting
from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rate_limiting import subject_key
from mysapk_web.platform import executors
from mysapk_web.platform.in_memory_limiter import Window
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.rate_limits import REFUSALS_NOTED_PER_ACCOUNT
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


async def _write(use_case: Callable[..., None], *args: Any) -> None:
    try:
        await executors.run(use_case, *args)
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
    if not rate_limiting.count(session, REFUSALS_NOTED_PER_ACCOUNT, key).within:
        return
    audit.record(
        session,
        AuditTag.ACCESS_REFUSED,
        actor_id=actor.account_id,
        instansi_id=actor.instansi_id,
        address=actor.visitor.address,
        penangan=handler,
    )
