"""What tests of imports do: put a list into the folder of uploads, begin a run, have it worked off, and look at what is stored."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook
from sqlmodel import col, select

from mysapk_web.administration.email_imports.kind import EMAIL_IMPORT
from mysapk_web.administration.imports import actions, create
from mysapk_web.administration.imports.create import ReceivedFile
from mysapk_web.administration.imports.kinds import KINDS
from mysapk_web.administration.rules.email_row import EmailRowVerdict
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform.imports import upload_store
from mysapk_web.platform.imports.rules import RunState
from mysapk_web.platform.imports.tables import ImportRow, ImportRun
from mysapk_web.platform.imports.worker import process_waiting
from tests.support.agencies import ROLLS, Office


def nip(key: str) -> str:
    return str(ROLLS[key]["nip"])


@dataclass
class Lists:
    """Lists of addresses, as people of the office send them."""

    office: Office
    folder: Path

    def upload(self, *rows: tuple[str, str], name: str = "alamat.csv", head: str = "nip;email") -> ReceivedFile:
        """A CSV file in the folder of uploads; a NIP may be the key of a person."""
        lines = [head, *(f"{nip(key) if key in ROLLS else key};{email}" for key, email in rows)]
        path = upload_store.new_path(self.folder)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return ReceivedFile(path.name, name, upload_store.digest(path))

    def book(self, *rows: tuple[str | int, str]) -> ReceivedFile:
        """The same as a workbook."""
        path = upload_store.new_path(self.folder)
        book = Workbook()
        book.active.append(["NIP", "Email"])
        for row in rows:
            book.active.append(row)
        book.save(path)
        return ReceivedFile(path.name, "alamat.xlsx", upload_store.digest(path))

    def begin(self, who: str, *rows: tuple[str, str]) -> int:
        """Begin a run and have it read."""
        run_id = self.office.do(create.begin, self.office.actor(who), EMAIL_IMPORT, self.upload(*rows))
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

    def imported(self, who: str, *rows: tuple[str, str]) -> int:
        """Begin, read, apply."""
        run_id = self.begin(who, *rows)
        self.apply(who, run_id)
        return run_id

    def run(self, run_id: int) -> ImportRun:
        with self.office.db.read() as session:
            run = session.get_one(ImportRun, run_id)
            session.expunge(run)
            return run

    def state(self, run_id: int) -> RunState:
        return self.run(run_id).state

    def verdicts(self, run_id: int) -> list[EmailRowVerdict]:
        """In the order of the file."""
        with self.office.db.read() as session:
            return [
                EmailRowVerdict(value)
                for value in session.exec(
                    select(ImportRow.verdict).where(ImportRow.run_id == run_id).order_by(col(ImportRow.position))
                )
            ]

    def addresses(self) -> dict[str, tuple[str | None, str | None]]:
        """Of everybody, as written and normalised."""
        with self.office.db.read() as session:
            keys = {row["nip"]: key for key, row in ROLLS.items()}
            rows = session.exec(select(Pegawai.nip, Pegawai.email, Pegawai.email_key))
            return {keys[number]: (email, key) for number, email, key in rows}

    def keys(self) -> dict[str, str | None]:
        return {who: key for who, (_, key) in self.addresses().items()}
