"""What is done behind those who write: counts are gathered, the trail is sealed. Every process may run it; one does it at a time."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlmodel import Session

from mysapk_web.organisation import hash_chain
from mysapk_web.organisation.hash_chain import Head, TrailBroken
from mysapk_web.platform import clock, commit_order, executors, jobs
from mysapk_web.platform.database import Database
from mysapk_web.platform.tables.audit import AuditEvent
from mysapk_web.progress import headcount
from mysapk_web.settings import Settings, load

log = structlog.get_logger(__name__)

TELL_EVERY: Final = timedelta(hours=1)
"""The head of the trail stands in the log as often, when it changed."""
BLOCKED_FOR: Final = timedelta(minutes=15)
"""A writer of the trail that is open for longer is a fault."""
ALARM_EVERY: Final = timedelta(minutes=10)
"""A broken trail is told as often."""


class SealingBlockedError(Exception):
    """A transaction that has written into the trail doesn't end, and nothing after it can be sealed."""


class Watch:
    """What this process knows of the end of the trail. Whoever reaches only the database changes neither this nor the log."""

    def __init__(self) -> None:
        self._seen = self._told = Head()
        self.final_id = 0
        """Number of an event below which nothing can appear any more."""
        self.blocked_since: datetime | None = None
        """Since when a writer of the trail has been open."""
        self._told_at = self._alarm_at = datetime.min.replace(tzinfo=clock.now().tzinfo)

    def see(self, head: Head) -> None:
        """Tell the head, at most once an hour, and at once when it went back: then somebody put an older state in its place.

        Args:
            head: Proven by its note.
        """
        now = clock.now()
        if head.position < self._seen.position:
            log.error("trail.cut", head=head.text, head_before=self._seen.text)
            self.final_id = 0
        self._seen = head
        if head != self._told and now - self._told_at >= TELL_EVERY:
            log.info("trail.head", head=head.text)
            self._told, self._told_at = head, now

    def alarm(self, broken: TrailBroken) -> None:
        """Tell that nothing is sealed any more until an operator has looked.

        Args:
            broken: Why.
        """
        now = clock.now()
        if now - self._alarm_at >= ALARM_EVERY:
            log.error("trail.broken", fault=str(broken), head_before=self._seen.text)
            self._alarm_at = now


async def gather_counts() -> bool:
    """Make the counts anew when somebody has asked for it, else add one batch of steps to them; true when more waits."""
    if await executors.look(recount_is_asked):
        await asyncio.to_thread(headcount.rebuild, executors.database())
    return await executors.look(headcount.anything_to_gather) and await executors.run(headcount.gather) > 0


async def seal_events(watch: Watch) -> bool:
    """Seal one batch of events; true when more waits.

    Args:
        watch: Of this process.

    Raises:
        SealingBlockedError: A transaction that writes into the trail has been open for too long.
    """
    try:
        head, waits = await executors.look(hash_chain.waiting, load())
        watch.see(head)
        if not waits:
            watch.blocked_since = None
            return False
        if watch.final_id <= head.event_id:
            await _find_final(watch)
        return await executors.run(hash_chain.seal, load(), up_to=watch.final_id) > 0
    except TrailBroken:
        await _look_again(watch)
        return False


async def _find_final(watch: Watch) -> None:
    found = await executors.look(commit_order.final_id, AuditEvent)
    if found is None:
        watch.blocked_since = watch.blocked_since or clock.now()
        if clock.now() - watch.blocked_since > BLOCKED_FOR:
            raise SealingBlockedError
        return
    watch.final_id, watch.blocked_since = found, None


async def _look_again(watch: Watch) -> None:
    """No alarm before a second look that nobody can seal under."""
    try:
        await executors.run(hash_chain.confirm, load())
    except TrailBroken as broken:
        watch.alarm(broken)


def recount_is_asked(session: Session) -> bool:
    """Whether the counts have to be made anew, after a migration or because units have moved.

    Args:
        session: A read-only transaction.
    """
    return jobs.read(session, jobs.COUNTS).asked


def catch_up(db: Database, settings: Settings) -> None:
    """Do all that is waiting, for commands and tests.

    Args:
        db: Migrated.
        settings: For the key of the chain.
    """
    with db.read() as session:
        asked = recount_is_asked(session)
    if asked:
        headcount.rebuild(db)
    with db.read() as session:
        final = commit_order.final_id(session, AuditEvent) or 0
    for step in (headcount.gather, lambda session: hash_chain.seal(session, settings, up_to=final)):
        done = 1
        while done:
            with db.begin() as session:
                done = step(session)
