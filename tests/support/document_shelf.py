"""A shelf of documents: rows in a database, files in a folder, and what a test wants to know of both."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.document_cleanup import clean_up_batch, compare_batch, database_fault, record_newest
from mysapk_web.pdm.rules.groups.base import RecordAction
from mysapk_web.pdm.tables import Document, Proposal
from mysapk_web.platform import clock, document_store
from mysapk_web.platform.database import Database
from mysapk_web.settings import Settings
from tests.support.portal import START, Portal


@dataclass
class Shelf:
    """Documents of Ani: rows in a database and files in a folder."""

    db: Database
    settings: Settings
    pegawai_id: int
    unor_id: int
    proposal: int = 0
    contents: dict[int, bytes] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        return self.settings.document_dir

    def propose(self) -> int:
        row = Proposal(
            pegawai_id=self.pegawai_id,
            group="golongan",
            kind="golongan",
            action=RecordAction.ADD,
            unor_id=self.unor_id,
            created_at=START,
            changed_at=START,
        )
        with self.db.begin() as s:
            s.add(row)
            s.flush()
            return row.id or 0

    def file(self, content: bytes) -> str:
        """A file in its place, without a row."""
        path = document_store.new_inbox_path(self.folder)
        path.write_bytes(content)
        return document_store.store(self.folder, path, clock.now())

    def add(self, content: bytes, proposal: int | None = None) -> int:
        """An upload, as `documents.store` does it."""
        row = Document(
            proposal_id=proposal or self.proposal,
            rule="858",
            sha256=self.file(content),
            size=len(content),
            pages=1,
            name="sk.pdf",
            uploaded_at=clock.now(),
        )
        with self.db.begin() as s:
            s.add(row)
            s.flush()
            number = row.id or 0
        record_newest(self.db, self.folder)
        self.contents[number] = content
        return number

    def remove(self, number: int) -> None:
        with self.db.begin() as s:
            row = s.get_one(Document, number)
            row.removed_at = row.sweep_at = clock.now()
        self.contents.pop(number, None)

    def clear(self) -> None:
        while clean_up_batch(self.db, self.settings):
            pass

    def compare(self) -> None:
        while compare_batch(self.db, self.settings):
            pass

    def fault(self) -> str:
        with self.db.read() as s:
            return database_fault(s, self.folder)

    def in_place(self) -> set[str]:
        return {name for _, found in document_store.iterate_groups(self.folder, "") for name in found}

    def trash(self) -> dict[str, str]:
        """Day by hash."""
        return {path.stem: path.parent.name for path in (self.folder / "trash").rglob("*.pdf")}

    def read(self, number: int) -> bytes:
        with self.db.read() as s:
            return document_store.read(self.folder, s.get_one(Document, number).sha256)

    def holds_all(self) -> bool:
        return all(self.read(number) == content for number, content in self.contents.items())

    def of(self, db: Database) -> Shelf:
        """The same folder beside another database."""
        return Shelf(db, self.settings, self.pegawai_id, self.unor_id, self.proposal)


def name_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def open_shelf(portal: Portal, settings: Settings) -> Shelf:
    """An empty one of Ani, with a proposal."""
    with portal.db.read() as s:
        unor_id = s.get_one(Pegawai, portal.ani.pegawai_id).unor_id
    made = Shelf(portal.db, settings, portal.ani.pegawai_id, unor_id)
    made.proposal = made.propose()
    return made
