"""When a session will end, for the page that warns of it (WCAG 2.2.1). Asking is no activity and prolongs nothing."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from sqlmodel import Session

from mysapk_web.accounts import sessions
from mysapk_web.organisation.actor import Actor
from mysapk_web.platform import clock
from mysapk_web.platform.client import ClientContext
from mysapk_web.settings import Settings

WARNING: Final = timedelta(minutes=2)
"""How long before the end a page warns; with a very short idle limit half of that limit. WCAG 2.2.1 asks for 20 s at least."""


@dataclass(frozen=True, slots=True)
class SessionExpiry:
    """What is left of a session; a page warns when `left` is below `warning`.

    `extendable` is False when the absolute end is that near. `typing_key` (256 bits, hexadecimal) is the same for one account at every
    login: the browser encrypts with it what it keeps for this person.
    """

    left: timedelta
    warning: timedelta
    extendable: bool
    typing_key: str

    def __repr__(self) -> str:
        return f"SessionEnd(left={self.left}, extendable={self.extendable})"


def read_expiry(session: Session, settings: Settings, client: ClientContext) -> SessionExpiry | None:
    """None when the session has ended."""
    actor = sessions.read_actor(session, settings, client)
    return _end_of(actor, settings) if actor is not None else None


def extend_session(session: Session, settings: Settings, client: ClientContext) -> SessionExpiry | None:
    """Postpone the idle end because the person asked for it. One that has ended stays ended: None."""
    actor = sessions.read_actor(session, settings, client)
    if actor is None:
        return None
    sessions.touch(session, client.session_ref)
    return _end_of(replace(actor, seen_at=clock.now()), settings)


def _end_of(actor: Actor, settings: Settings) -> SessionExpiry:
    now = clock.now()
    idle_limit = timedelta(minutes=settings.session_idle_minutes)
    absolute = actor.session_expires_at - now
    warning = min(WARNING, idle_limit / 2)
    return SessionExpiry(
        left=min(actor.seen_at + idle_limit - now, absolute),
        warning=warning,
        extendable=absolute > warning,
        typing_key=hmac.new(settings.key("typed-text"), str(actor.account_id).encode(), "sha256").hexdigest(),
    )
