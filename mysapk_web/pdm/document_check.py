"""`mysapk check --documents`: whether the file of every document exists and is intact.

Rows and files are read in batches of `BATCH`, each in a transaction of its own, so memory stays bounded.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final

from sqlalchemy import ColumnElement
from sqlmodel import col, func, select

from mysapk_web.pdm.rules.proposal import ProposalState
from mysapk_web.pdm.tables import Document, Proposal
from mysapk_web.platform import bulk, clock, document_store
from mysapk_web.platform.database import Database

BATCH: Final = 1_000
SHOWN: Final = 20
"""So many of each kind are listed by name."""
_TRIES: Final = 10
"""Draws of a sample: many rows may belong to documents that were removed."""
_random = random.SystemRandom()


@dataclass(slots=True)
class DocumentFindings:
    count: int = 0
    named: list[str] = field(default_factory=list)

    def add(self, words: str) -> None:
        self.count += 1
        if len(self.named) < SHOWN:
            self.named.append(words)


@dataclass(slots=True)
class DocumentCheck:
    rows: int = 0
    files: int = 0
    missing: DocumentFindings = field(default_factory=DocumentFindings)
    trashed: DocumentFindings = field(default_factory=DocumentFindings)
    """Their file is in the trash; reading it restores it."""
    damaged: DocumentFindings = field(default_factory=DocumentFindings)
    """Their content does not match the hash in their name."""
    unnamed: DocumentFindings = field(default_factory=DocumentFindings)
    """No row refers to them; the weekly comparison moves them to the trash."""


def check_documents(db: Database, folder: Path, *, sample: int | None = None) -> DocumentCheck:
    """`sample`: only so many rows and files, chosen at random; None for all."""
    verdict = DocumentCheck()
    for rows in _all_rows(db) if sample is None else _some_rows(db, sample):
        for id_, sha256 in rows:
            _check_row(verdict, folder, id_, sha256)
    names = (name for _, found in document_store.iterate_groups(folder, "") for name in found)
    chosen = names if sample is None else islice(_some_files(folder), sample)
    while batch := list(islice(chosen, BATCH)):
        _check_files(verdict, db, folder, batch)
    return verdict


def _check_row(verdict: DocumentCheck, folder: Path, document_id: int, sha256: str) -> None:
    verdict.rows += 1
    if document_store.exists(folder, sha256):
        return
    found = verdict.trashed if document_store.is_in_trash(folder, sha256) else verdict.missing
    found.add(f"document {document_id}, {sha256}.pdf")


def _check_files(verdict: DocumentCheck, db: Database, folder: Path, names: Sequence[str]) -> None:
    with db.read() as session:
        known = set(session.exec(select(Document.sha256).where(bulk.one_of(session, col(Document.sha256), names))))
    now = clock.now()
    for name in names:
        try:
            whole = document_store.is_intact(folder, name)
        except FileNotFoundError:  # cleaned up meanwhile
            continue
        verdict.files += 1
        if not whole:
            verdict.damaged.add(f"{name}.pdf")
        elif name not in known and document_store.is_settled(folder, name, now):
            verdict.unnamed.add(f"{name}.pdf")


def _all_rows(db: Database) -> Iterator[Sequence[tuple[int, str]]]:
    last = 0
    while rows := _rows(db, col(Document.id) > last):
        yield rows
        last = rows[-1][0]


def _some_rows(db: Database, sample: int) -> Iterator[Sequence[tuple[int, str]]]:
    with db.read() as session:
        newest = session.exec(select(func.max(Document.id))).one() or 0
    if sample >= newest:
        yield from _all_rows(db)
        return
    left, drawn = sample, set[int]()
    for _ in range(_TRIES * -(-sample // BATCH)):
        batch = set(_random.sample(range(1, newest + 1), min(BATCH, newest, 2 * left))) - drawn
        drawn |= batch
        rows = _rows(db, col(Document.id).in_(batch))
        _random.shuffle(rows)
        yield rows[:left]
        left -= len(rows[:left])
        if not left:
            return


def _rows(db: Database, which: ColumnElement[bool]) -> list[tuple[int, str]]:
    found = (
        select(Document.id, Document.sha256)
        .join(Proposal, col(Proposal.id) == Document.proposal_id)
        .where(which, Proposal.state != ProposalState.DIHAPUS, col(Document.removed_at).is_(None))
        .order_by(col(Document.id))
        .limit(BATCH)
    )
    with db.read() as session:
        return [(id_, sha256) for id_, sha256 in session.exec(found) if id_ is not None]


def _some_files(folder: Path) -> Iterator[str]:
    """Directories in random order; only their names are kept in memory."""
    names = [name for name, _ in document_store.iterate_groups(folder, "")]
    _random.shuffle(names)
    for name in names:
        found = document_store.hashes_in(folder, name)
        _random.shuffle(found)
        yield from found
