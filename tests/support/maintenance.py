"""The background work of the server, done at once."""

from __future__ import annotations

from mysapk_web.app.maintenance import is_recount_requested
from mysapk_web.organisation import hash_chain
from mysapk_web.platform import commit_order
from mysapk_web.platform.database import Database
from mysapk_web.platform.tables.audit import AuditEvent
from mysapk_web.progress import headcount
from mysapk_web.settings import Settings


def run_to_completion(db: Database, settings: Settings) -> None:
    """Fold all headcounts and seal all audit events that wait."""
    with db.read() as session:
        asked = is_recount_requested(session)
    if asked:
        headcount.rebuild(db)
    with db.read() as session:
        final = commit_order.final_id(session, AuditEvent) or 0
    for step in (headcount.fold_deltas, lambda session: hash_chain.seal_batch(session, settings, up_to=final)):
        done = 1
        while done:
            with db.begin() as session:
                done = step(session)
