"""Removes files that no document needs, by way of a trash kept by day (decision 0010).

By row: removing a document dates its row (`Document.sweep_at`), and the sweep follows that index. By file: once a week
the whole directory is compared with the rows. Both work in batches, in one process at a time, and never while the
database is older than the directory (`database_fault`).
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
"""Files per transaction: on SQLite it holds the write lock while they are renamed."""
COMPARED: Final = 1_000
"""Files per step of the comparison, or a few more: directories are read whole."""
COMPARE_EVERY: Final = timedelta(days=7)
"""From the start of one comparison to the start of the next."""


# The newest document the directory has seen --------------------------------------------------------


def database_fault(session: Session, folder: Path) -> str:
    """Why nothing may be cleaned up; empty if the database knows the newest document the directory has seen."""
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


# By row --------------------------------------------------------------------------------------------


async def clean_up() -> bool:
    """Run one batch; true if more is due."""
    return await asyncio.to_thread(clean_up_batch, database(), get_settings()) > 0


async def compare_with_rows() -> bool:
    """Run one step of the comparison; true while it is under way."""
    return await asyncio.to_thread(compare_batch, database(), get_settings())


def clean_up_batch(db: Database, settings: Settings) -> int:
    """Move a batch of files to the trash; if none is left, empty inbox and trash.

    Returns:
        Rows read and files removed; zero if nothing is left to do.
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
    """How many were moved, and which had just been stored again."""
    moved, waiting = 0, set[str]()
    for sha256 in sorted(hashes):
        if document_store.move_to_trash(folder, sha256, now):
            moved += 1
        elif document_store.exists(folder, sha256):
            waiting.add(sha256)
    return moved, waiting


def _needed(session: Session, hashes: Collection[str]) -> set[str]:
    """Hashes of documents in use, or replaced after their proposal was sent: a verifikator has seen those."""
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
    """Delete a batch of expired files; those that are needed after all are restored."""
    batch = list(islice(document_store.trashed_before(folder, before.date()), BATCH))
    needed = _needed(session, {path.stem for path in batch})
    for path in batch:
        if path.stem in needed:
            document_store.restore(folder, path.stem)
        path.unlink(missing_ok=True)
    return len(batch)


# By file -------------------------------------------------------------------------------------------


def compare_batch(db: Database, settings: Settings) -> bool:
    """Move files to the trash that no row refers to; true if the comparison goes on."""
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
    """The files of the next directories, the last of these, and whether there are no more."""
    hashes = set[str]()
    for name, found in document_store.iterate_groups(folder, after):
        hashes.update(found)
        after = name
        if len(hashes) >= COMPARED:
            return hashes, after, False
    return hashes, after, True
