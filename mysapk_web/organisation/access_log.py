"""Denied actions in the audit log (ASVS 16.3.2), written in a separate transaction because that of the action rolls back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from mysapk_web.organisation import audit, rate_limiting
from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.audit_events import AccessRefused
from mysapk_web.organisation.rate_limiting import subject_key
from mysapk_web.platform import executors
from mysapk_web.platform.in_memory_limiter import InMemoryLimiter
from mysapk_web.rate_limits import DENIALS_LOGGED_PER_ACCOUNT
from mysapk_web.settings import get_settings

log = structlog.get_logger(__name__)


recent_denials = InMemoryLimiter(
    replace(DENIALS_LOGGED_PER_ACCOUNT, window=DENIALS_LOGGED_PER_ACCOUNT.window + timedelta(seconds=1))
)
"""Denials recently logged by this process, so that a flood reaches the database once a minute; slightly longer than the window there."""


async def log_denied(actor: Actor, handler: str) -> None:
    """Record a missing permission; `handler` is our own name of it, never anything a client sent."""
    if recent_denials.allow(f"akun:{actor.account_id}"):
        await run_logging_failure(record_denied, actor, handler)


async def run_logging_failure(use_case: Callable[..., None], *args: Any) -> None:
    try:
        await executors.run_in_transaction(use_case, *args)
    except SQLAlchemyError as error:
        log.error("refusal could not be written into the trail", error=type(error).__name__)  # noqa: TRY400


def record_denied(session: Session, actor: Actor, handler: str) -> None:
    """At most once a minute per account."""
    key = subject_key(get_settings().key("counters"), f"akun:{actor.account_id}")
    if not rate_limiting.hit(session, DENIALS_LOGGED_PER_ACCOUNT, key).allowed:
        return
    audit.record_by(session, actor, AccessRefused(handler=handler))
