"""Files of every kind, sent by people of the office and worked on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlmodel import col, select

from mysapk_web.administration.imports import actions, create
from mysapk_web.administration.imports.create import ReceivedFile
from mysapk_web.administration.imports.kinds import KINDS
from mysapk_web.platform.imports import upload_store
from mysapk_web.platform.imports.tables import ImportRow, ImportRun
from mysapk_web.platform.imports.worker import process_waiting
from tests.support.agencies import ROLLS, Office


def nip(key: str) -> str:
    return str(ROLLS[key]["nip"])


@dataclass
class Files:
    office: Office
    folder: Path

    def begin(self, who: str, kind: str, *lines: str) -> int:
        """A CSV file, read but not applied."""
        path = upload_store.new_path(self.folder)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        file = ReceivedFile(path.name, "data.csv", upload_store.digest(path))
        run_id = self.office.do(create.begin, self.office.actor(who), KINDS[kind], file)
        self.work()
        return run_id

    def work(self, worker: str = "w") -> int:
        return process_waiting(self.office.db, KINDS, worker, self.folder)

    def apply(self, who: str, run_id: int) -> None:
        self.office.do(actions.apply, self.office.actor(who), run_id)
        self.work()

    def undo(self, who: str, run_id: int) -> None:
        self.office.do(actions.undo, self.office.actor(who), run_id)
        self.work()

    def run(self, run_id: int) -> ImportRun:
        with self.office.db.read() as session:
            run = session.get_one(ImportRun, run_id)
            session.expunge(run)
            return run

    def verdicts(self, run_id: int) -> list[str]:
        with self.office.db.read() as session:
            rows = select(ImportRow.verdict).where(ImportRow.run_id == run_id).order_by(col(ImportRow.position))
            return list(session.exec(rows))


@pytest.fixture
def files(both_offices: Office, tmp_path: Path) -> Files:
    return Files(both_offices, tmp_path / "documents")


@pytest.fixture
def quick_files(office: Office, tmp_path: Path) -> Files:
    return Files(office, tmp_path / "documents")
