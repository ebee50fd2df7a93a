"""Limits and waits of the account flows, over keys that hold no NIP and no address in clear."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlmodel import Session

from mysapk_web.organisation import audit
from mysapk_web.organisation.actor import Actor
from mysapk_web.platform import clock
from mysapk_web.platform.client import Visitor
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.rules.backoff import wait_after
from mysapk_web.platform.rules.client_address import client_network
from mysapk_web.platform.tables import counter
from mysapk_web.rate_limits import Limit
from mysapk_web.settings import load

FAILURE_MEMORY = timedelta(hours=24)
"""A run of failures is forgotten after so long without another one."""

_STEPS_TO_LONGEST = 6
"""30 s doubled five times reaches the 15 minutes."""


def subject_key(secret: bytes, value: str) -> str:
    """Keyed hash that stands for a NIP or an address where it is counted.

    Args:
        secret: `settings.key("counters")`.
        value: Normalised NIP, e-mail or client address.
    """
    return hmac.new(secret, value.encode(), hashlib.sha256).hexdigest()[:40]


def client_key(secret: bytes, address: str) -> str:
    """Keyed hash of the network that a client is counted as.

    Args:
        secret: `settings.key("counters")`.
        address: Client address in text.
    """
    return subject_key(secret, f"alamat:{client_network(address)}")


@dataclass(frozen=True, slots=True)
class Counted:
    """One act that was counted.

    Attributes:
        limit: What it was held against, as it is set.
        hits: How many acts the window holds, this one included.
    """

    limit: Limit
    hits: int

    @property
    def within(self) -> bool:
        """Whether it is still within the limit."""
        return self.hits <= self.limit.count

    @property
    def first_beyond(self) -> bool:
        """Whether it is the first one of its window that is not; acts that are counted at once have a number each."""
        return self.hits == self.limit.count + 1


def count(session: Session, limit: Limit, key: str) -> Counted:
    """Count one act, for who writes the trail with `note` or with an event of its own.

    Args:
        session: Any transaction.
        limit: From `rate_limits`.
        key: From `subject_key`.
    """
    return _count(session, load().limit(limit), key)


def count_network(session: Session, limit: Limit, visitor: Visitor) -> Counted:
    """Count one act of a visitor's network; one named as an office has a limit of its own.

    Args:
        session: Any transaction.
        limit: From `rate_limits`, one that is counted by network.
        visitor: Whose network.
    """
    settings = load()
    return _count(
        session, settings.limit(limit, visitor.address), client_key(settings.key("counters"), visitor.address)
    )


def _count(session: Session, in_force: Limit, key: str) -> Counted:
    return Counted(in_force, counter.hit(session, f"{in_force.name}:{key}", clock.now(), in_force.window))


def note(session: Session, counted: Counted, by: Actor | Visitor | None, **facts: Any) -> None:
    """Write into the trail that a limit was passed: with the first act beyond it, so once a key and window.

    Args:
        session: The transaction that counted; it has to be kept although the act is refused (`CountedRefusal`).
        counted: From `count`.
        by: Whose act it was, as far as the caller knows.
        **facts: As `audit.record` takes them.
    """
    if not counted.first_beyond:
        return
    actor = by if isinstance(by, Actor) else None
    visitor = by.visitor if isinstance(by, Actor) else by
    known = {
        "actor_id": actor.account_id if actor else None,
        "instansi_id": actor.instansi_id if actor else None,
        "address": visitor.address if visitor else "",
    }
    audit.record(session, AuditTag.LIMIT_EXCEEDED, **{**known, **facts, "batas": counted.limit.name})


def within(session: Session, limit: Limit, key: str, by: Actor | Visitor | None, **facts: Any) -> bool:
    """Count one act and say whether it is still within the limit; the first one that is not stands in the trail.

    Args:
        session: The transaction of the act; it has to be kept although the act is refused (`CountedRefusal`).
        limit: From `rate_limits`.
        key: From `subject_key`.
        by: Whose act it is, as far as the caller knows.
        **facts: As `audit.record` takes them.
    """
    counted = count(session, limit, key)
    note(session, counted, by, **facts)
    return counted.within


def within_network(session: Session, limit: Limit, visitor: Visitor, **facts: Any) -> bool:
    """As `within`, for an act that counts towards the visitor's network.

    Args:
        session: As in `within`.
        limit: From `rate_limits`, one that is counted by network.
        visitor: Whose network.
        **facts: As `audit.record` takes them.
    """
    counted = count_network(session, limit, visitor)
    note(session, counted, visitor, **facts)
    return counted.within


def attempt(session: Session, name: str, key: str, *, free: int, memory: timedelta = FAILURE_MEMORY) -> timedelta:
    """Count an attempt as failed before it is checked.

    Args:
        session: Any transaction; commit it before the check.
        name: What is tried, such as "masuk-akun".
        key: From `subject_key`.
        free: Failures without a wait.
        memory: After so long without another failure the run is forgotten.

    Returns:
        Zero when it may be checked, else the wait that is left.
    """
    return counter.count_attempt(
        session,
        f"{name}:{key}",
        clock.now(),
        memory=memory,
        wait_after=lambda failures: wait_after(failures, free=free),
        longest=free + _STEPS_TO_LONGEST,
    )


def forgive(session: Session, name: str, key: str) -> None:
    """Take one attempt back (a success from an address that others share).

    Args:
        session: Any transaction.
        name: As in `attempt`.
        key: As in `attempt`.
    """
    counter.forgive(session, f"{name}:{key}")


def keep_longest_wait(session: Session, name: str, key: str, *, free: int) -> None:
    """Shorten a run of failures to where its longest wait begins: what was stopped goes on, but no faster.

    Args:
        session: Any transaction.
        name: As in `attempt`.
        key: As in `attempt`.
        free: As in `attempt`.
    """
    counter.reduce(session, f"{name}:{key}", free + _STEPS_TO_LONGEST)


def clear(session: Session, name: str, key: str) -> None:
    """Forget all failures (a success or a reset of that very account).

    Args:
        session: Any transaction.
        name: As in `attempt`.
        key: As in `attempt`.
    """
    counter.clear(session, f"{name}:{key}")


def failures(session: Session, name: str, key: str) -> int:
    """How many failures a run holds now.

    Args:
        session: Any transaction.
        name: As in `attempt`.
        key: As in `attempt`.
    """
    return counter.count_of(session, f"{name}:{key}", clock.now())
