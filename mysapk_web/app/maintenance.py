"""Work behind the writers: folding headcount deltas, sealing the audit log. Every process may run it; one does at a time."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlmodel import Session

from mysapk_web.organisation import hash_chain
from mysapk_web.organisation.hash_chain import ChainBrokenError, ChainHead
from mysapk_web.platform import clock, commit_order, executors, jobs
from mysapk_web.platform.tables.audit import AuditEvent
from mysapk_web.progress import headcount
from mysapk_web.settings import get_settings

log = structlog.get_logger(__name__)

LOG_HEAD_EVERY: Final = timedelta(hours=1)
"""How often a changed head of the hash chain is logged."""
BLOCKED_FOR: Final = timedelta(minutes=15)
"""A transaction that has written audit events and stays open for longer is a fault."""
ALARM_EVERY: Final = timedelta(minutes=10)
"""How often a broken chain is logged."""


class SealingBlockedError(Exception):
    """A transaction that has written audit events doesn't end, and nothing after it can be sealed."""


class ChainWatch:
    """Last chain head seen by this process; detects truncation by somebody with access to the database only."""

    def __init__(self) -> None:
        self._seen = self._logged = ChainHead()
        self.final_id = 0
        """Id of an event below which nothing can appear any more."""
        self.blocked_since: datetime | None = None
        self._logged_at = self._alarm_at = datetime.min.replace(tzinfo=clock.now().tzinfo)

    def see(self, head: ChainHead) -> None:
        """Log the head, and at once if it went back: then somebody restored an older state."""
        now = clock.now()
        if head.position < self._seen.position:
            log.error("trail.cut", head=head.text, head_before=self._seen.text)
            self.final_id = 0
        self._seen = head
        if head != self._logged and now - self._logged_at >= LOG_HEAD_EVERY:
            log.info("trail.head", head=head.text)
            self._logged, self._logged_at = head, now

    def alarm(self, broken: ChainBrokenError) -> None:
        """Log that nothing is sealed until an operator has looked."""
        now = clock.now()
        if now - self._alarm_at >= ALARM_EVERY:
            log.error("trail.broken", fault=str(broken), head_before=self._seen.text)
            self._alarm_at = now


async def gather_counts() -> bool:
    """Recount if somebody asked for it, then fold one batch of deltas; true when more waits."""
    if await executors.run_read_only(is_recount_requested):
        await asyncio.to_thread(headcount.rebuild, executors.database())
    return (
        await executors.run_read_only(headcount.has_deltas)
        and await executors.run_in_transaction(headcount.fold_deltas) > 0
    )


async def seal_events(watch: ChainWatch) -> bool:
    """Seal one batch of events; true when more waits.

    Raises:
        SealingBlockedError: A transaction that has written events is open for longer than `BLOCKED_FOR`.
    """
    try:
        head, waits = await executors.run_read_only(hash_chain.sealing_status, get_settings())
        watch.see(head)
        if not waits:
            watch.blocked_since = None
            return False
        if watch.final_id <= head.event_id:
            await _find_final(watch)
        return await executors.run_in_transaction(hash_chain.seal_batch, get_settings(), up_to=watch.final_id) > 0
    except ChainBrokenError:
        await _look_again(watch)
        return False


async def _find_final(watch: ChainWatch) -> None:
    found = await executors.run_read_only(commit_order.final_id, AuditEvent)
    if found is None:
        watch.blocked_since = watch.blocked_since or clock.now()
        if clock.now() - watch.blocked_since > BLOCKED_FOR:
            raise SealingBlockedError
        return
    watch.final_id, watch.blocked_since = found, None


async def _look_again(watch: ChainWatch) -> None:
    """No alarm before a second look under the lock of the sealer."""
    try:
        await executors.run_in_transaction(hash_chain.confirm_head, get_settings())
    except ChainBrokenError as broken:
        watch.alarm(broken)


def is_recount_requested(session: Session) -> bool:
    """After a migration, or because units have moved."""
    return jobs.job_state(session, jobs.COUNTS).asked
