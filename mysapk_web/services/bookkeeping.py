"""What is done behind those who write: counts are gathered, the trail is sealed. Every process may run it; one does it at a time."""

from __future__ import annotations

import asyncio

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from mysapk_web.models import Database
from mysapk_web.services import audit_chain, database, jobs
from mysapk_web.services.progress import counting
from mysapk_web.settings import Settings, load

log = structlog.get_logger(__name__)

EVERY = 2.0
"""Seconds between two looks."""


async def keep_for_ever() -> None:
    """Gather and seal every two seconds, in steps that leave room for others, until the server stops."""
    while True:
        try:
            await _once()
        except SQLAlchemyError as error:
            log.warning("bookkeeping failed", error=type(error).__name__)
        await asyncio.sleep(EVERY)


async def _once() -> None:
    if await database.look(recount_is_asked):
        await asyncio.to_thread(counting.rebuild, database.database())
    done = int(await database.look(counting.anything_to_gather))
    while done:
        done = await database.run(counting.gather)
    done = int(await database.look(audit_chain.anything_to_seal))
    while done:
        done = await database.run(audit_chain.seal, load())


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
        counting.rebuild(db)
    for step in (counting.gather, lambda session: audit_chain.seal(session, settings)):
        done = 1
        while done:
            with db.begin() as session:
                done = step(session)
