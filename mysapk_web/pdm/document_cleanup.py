"""Files that nobody needs any more: moved into a trash by day, and taken out of it when their days are over (decision 0010).

By rows: whoever takes a document out of use dates its row (`Document.sweep_at`), and the sweep goes along that index. By files: once a
week the whole folder is compared, in small steps, for what no row names. Both work in batches, and one process does it at a time.
Nothing is moved or removed while the database is older than what the folder has seen (`database_fault`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy import update
from sqlmodel import Session, col, or_, select

from mysapk_web.pdm.rules.proposal import ProposalState
from mysapk_web.pdm.tables import Document, Proposal
from mysapk_web.platform import bulk, clock, document_store, jobs
from mysapk_web.platform.database import Database
from mysapk_web.platform.document_store import GRACE, Marker, MarkerError
from mysapk_web.platform.executors import database
from mysapk_web.settings import Settings, get_settings

log = structlog.get_logger(__name__)

BATCH: Final = 200
"""Files of one transaction: on SQLite it holds the write lock while they are renamed."""
COMPARED: Final = 1_000
"""Files of one step of the comparison, or a few more: folders are taken whole."""
COMPARE_EVERY: Final = timedelta(days=7)
"""From the beginning of one comparison to that of the next."""


# What the folder has seen ------------------------------------------------------------------------


def database_fault(session: Session, folder: Path) -> str:
    """Why nothing may be cleared away, in words; empty when the database knows the newest document that the folder has seen."""
    try:
        marker = document_store.read_marker(folder)
    except MarkerError:
        return f"{folder / document_store.MARKER} can't be read, so nothing is cleared away. Remove it if this database is the right one."
    if marker is None or _knows(session, marker):
        return ""
    return (
        f"The database is older than the documents in {folder}, or another one: document {marker.document_id} of "
        f"{marker.uploaded_at:%Y-%m-%d %H:%M} UTC is not in it. Nothing is cleared away. Put the newer database back; or, if this one "
        f"is to stay, remove {folder / document_store.MARKER}."
    )


def record_newest(db: Database, folder: Path) -> None:
    """Let the folder remember the newest document of a database that knows the one before."""
    newest = select(Document.id, Document.sha256, Document.uploaded_at).order_by(col(Document.id).desc()).limit(1)
    with db.read() as session:
        if database_fault(session, folder):
            return
        row = session.exec(newest).first()
    before = document_store.read_marker(folder)
    if row is not None and row[0] is not None and (before is None or before.document_id < row[0]):
        document_store.write_marker(folder, Marker(*row))


def _knows(session: Session, marker: Marker) -> bool:
    found = select(Document.sha256, Document.uploaded_at).where(Document.id == marker.document_id)
    return session.exec(found).first() == (marker.sha256, marker.uploaded_at)


# Clearing ----------------------------------------------------------------------------------------


async def clean_up() -> bool:
    """One batch of all that is due; true when more waits."""
    return await asyncio.to_thread(clean_up_batch, database(), get_settings()) > 0


async def compare_with_rows() -> bool:
    """One step of the comparison of the whole folder; true while it is under way."""
    return await asyncio.to_thread(compare_batch, database(), get_settings())


def clean_up_batch(db: Database, settings: Settings) -> int:
    """Move a batch of files to the trash; when none is left, clear inbox and trash.

    Returns:
        Documents that were looked at and files removed; zero when nothing is left to do.
    """
    folder = settings.document_dir
    with db.begin() as session:
        if not _may_clear(session, folder):
            return 0
        looked_at = _sweep(session, folder)
    if looked_at:
        return looked_at
    with db.begin() as session:
        if not _may_clear(session, folder):
            return 0
        removed = _empty_trash(session, folder, clock.now() - timedelta(days=settings.document_trash_days))
    if removed:
        return removed
    record_newest(db, folder)
    return document_store.clear_inbox(folder, clock.now())


def _may_clear(session: Session, folder: Path) -> bool:
    """Whether this process holds the task and the database is not behind the folder."""
    if not jobs.try_job_lock(session, jobs.DOCUMENTS):
        return False
    fault = database_fault(session, folder)
    if fault:
        log.error("documents.not_cleared", fault=fault)
    return not fault


def _sweep(session: Session, folder: Path) -> int:
    now = clock.now()
    due = select(Document.id, Document.sha256).where(col(Document.sweep_at) <= now - GRACE)
    rows = session.exec(due.order_by(col(Document.sweep_at), col(Document.id)).limit(BATCH)).all()
    hashes = {sha256 for _, sha256 in rows}
    moved, waiting = _discard(folder, hashes - _needed(session, hashes), now)
    for sweep_at, ids in (
        (None, [id_ for id_, sha256 in rows if sha256 not in waiting]),
        (now, [id_ for id_, sha256 in rows if sha256 in waiting]),
    ):
        session.execute(update(Document).where(col(Document.id).in_(ids)).values(sweep_at=sweep_at))
    if moved:
        log.info("documents.moved_to_trash", count=moved)
    return len(rows)


def _discard(folder: Path, hashes: Collection[str], now: datetime) -> tuple[int, set[str]]:
    """Move files to the trash; gives how many, and those that somebody has just put in place again."""
    moved, waiting = 0, set[str]()
    for sha256 in sorted(hashes):
        if document_store.move_to_trash(folder, sha256, now):
            moved += 1
        elif document_store.exists(folder, sha256):
            waiting.add(sha256)
    return moved, waiting


def _needed(session: Session, hashes: Collection[str]) -> set[str]:
    """Those that a document in use refers to, or one that had been sent before it was replaced: a verifikator saw it."""
    found = (
        select(Document.sha256)
        .join(Proposal, col(Proposal.id) == Document.proposal_id)
        .where(
            bulk.one_of(session, col(Document.sha256), hashes),
            Proposal.state != ProposalState.DIHAPUS,
            or_(col(Document.removed_at).is_(None), col(Document.uploaded_at) <= col(Proposal.sent_at)),
        )
        .distinct()
    )
    return set(session.exec(found))


def _empty_trash(session: Session, folder: Path, before: datetime) -> int:
    """Remove a batch of what has been in the trash for long enough; what is needed after all is put back."""
    batch = list(islice(document_store.trashed_before(folder, before.date()), BATCH))
    needed = _needed(session, {path.stem for path in batch})
    for path in batch:
        if path.stem in needed:
            document_store.restore(folder, path.stem)
        path.unlink(missing_ok=True)
    return len(batch)


# Comparing ---------------------------------------------------------------------------------------


def compare_batch(db: Database, settings: Settings) -> bool:
    """Look at the next files of the folder, and move those that no row names to the trash.

    Returns:
        Whether the comparison goes on; false when it has come to its end, or isn't due.
    """
    folder, now = settings.document_dir, clock.now()
    with db.read() as session:
        note = jobs.job_state(session, jobs.COMPARISON).note
    if note.get("done") and now < datetime.fromisoformat(note["begun"]) + COMPARE_EVERY:
        return False
    at = {"begun": now.isoformat(), "after": ""} if note.get("done", True) else note
    hashes, last, done = _next_files(folder, at["after"])
    with db.begin() as session:
        if not jobs.try_job_lock(session, jobs.COMPARISON) or jobs.job_state(session, jobs.COMPARISON).note != note:
            return False
        if fault := database_fault(session, folder):
            log.error("documents.not_cleared", fault=fault)
            return False
        moved, _ = _discard(folder, hashes - _needed(session, hashes), now)
        jobs.save_job_state(session, jobs.COMPARISON, note={"begun": at["begun"], "after": last, "done": done})
    if moved:
        log.warning("documents.without_row", count=moved)
    return not done


def _next_files(folder: Path, after: str) -> tuple[set[str], str, bool]:
    """The files of the next folders, the last of these, and whether there are no more."""
    hashes = set[str]()
    for name, found in document_store.iterate_groups(folder, after):
        hashes.update(found)
        after = name
        if len(hashes) >= COMPARED:
            return hashes, after, False
    return hashes, after, True
