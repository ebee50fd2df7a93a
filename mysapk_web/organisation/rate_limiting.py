"""Counting hits and failures in the database, under keys that contain no NIP and no address in clear."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import TypedDict, Unpack

from sqlmodel import Session

from mysapk_web.organisation import audit
from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.audit_events import LimitExceeded
from mysapk_web.platform import clock
from mysapk_web.platform.client import ClientContext
from mysapk_web.platform.rules.client_address import client_network
from mysapk_web.platform.tables import counter
from mysapk_web.rate_limits import Limit, Lockout
from mysapk_web.settings import get_settings


def subject_key(secret: bytes, value: str) -> str:
    """Keyed hash of a NIP or an address."""
    return hmac.new(secret, value.encode(), hashlib.sha256).hexdigest()[:40]


def client_key(secret: bytes, address: str) -> str:
    """Keyed hash of the network a client counts as."""
    return subject_key(secret, f"alamat:{client_network(address)}")


@dataclass(frozen=True, slots=True)
class RateLimitHit:
    """The limit as it is set, and the hits in its window, this one included."""

    limit: Limit
    hits: int

    @property
    def allowed(self) -> bool:
        return self.hits <= self.limit.count

    @property
    def just_exceeded(self) -> bool:
        """True for exactly one hit per window: concurrent hits have different numbers."""
        return self.hits == self.limit.count + 1


def hit(session: Session, limit: Limit, key: str) -> RateLimitHit:
    """Count one hit; record an excess with `record_exceeded` or an event of your own."""
    return _count(session, get_settings().limit(limit), key)


def hit_network(session: Session, limit: Limit, client: ClientContext) -> RateLimitHit:
    """Count one hit of a client's network; offices have a limit of their own."""
    settings = get_settings()
    return _count(
        session,
        settings.limit(limit, client.client_address),
        client_key(settings.key("counters"), client.client_address),
    )


def _count(session: Session, in_force: Limit, key: str) -> RateLimitHit:
    return RateLimitHit(in_force, counter.hit(session, f"{in_force.name}:{key}", clock.now(), in_force.window))


class LimitContext(TypedDict, total=False):
    """What the caller knows beyond the actor."""

    subject_id: int | None
    instansi_id: int | None
    """By default the actor's agency."""
    token_id: int | None


def record_exceeded(
    session: Session, counted: RateLimitHit, by: Actor | ClientContext | None, **about: Unpack[LimitContext]
) -> None:
    """Record the first hit beyond a limit in the audit log, once per key and window.

    The transaction must commit although the action is refused (`CommittingUserError`).
    """
    if not counted.just_exceeded:
        return
    actor = by if isinstance(by, Actor) else None
    client = by.client if isinstance(by, Actor) else by
    audit.record(
        session,
        LimitExceeded(limit=counted.limit.name, token_id=about.get("token_id")),
        actor_id=actor.account_id if actor else None,
        subject_id=about.get("subject_id"),
        instansi_id=about.get("instansi_id", actor.instansi_id if actor else None),
        client_address=client.client_address if client else "",
    )


def allow(
    session: Session, limit: Limit, key: str, by: Actor | ClientContext | None, **about: Unpack[LimitContext]
) -> bool:
    """Count one hit and record the first excess; commit the transaction even if it is refused (`CommittingUserError`)."""
    counted = hit(session, limit, key)
    record_exceeded(session, counted, by, **about)
    return counted.allowed


def allow_network(session: Session, limit: Limit, client: ClientContext, **about: Unpack[LimitContext]) -> bool:
    """As `allow`, for a client's network."""
    counted = hit_network(session, limit, client)
    record_exceeded(session, counted, client, **about)
    return counted.allowed


def register_attempt(session: Session, lockout: Lockout, key: str, client_address: str = "") -> timedelta:
    """Count an attempt as failed before it is checked; gives the remaining wait, zero when it may be checked.

    Commit before the check. A success takes the attempt back with `undo_attempt` or `clear_attempts`.
    """
    in_force = get_settings().lockout(lockout, client_address)
    return counter.count_attempt(session, f"{lockout.name}:{key}", clock.now(), in_force)


def undo_attempt(session: Session, lockout: Lockout, key: str) -> None:
    """For a success from a network that others share."""
    counter.undo_attempt(session, f"{lockout.name}:{key}")


def cap_attempts(session: Session, lockout: Lockout, key: str) -> None:
    """Shorten a run of failures to where its longest wait begins: a blocked account continues, but no faster."""
    most = get_settings().lockout(lockout).failures_to_longest
    counter.cap_count(session, f"{lockout.name}:{key}", most)


def clear_attempts(session: Session, lockout: Lockout, key: str) -> None:
    """For a success or a reset of that very account."""
    counter.delete_counter(session, f"{lockout.name}:{key}")


def failure_count(session: Session, lockout: Lockout, key: str) -> int:
    return counter.current_count(session, f"{lockout.name}:{key}", clock.now())
