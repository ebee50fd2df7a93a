"""What a kind of import declares. A context writes a subclass; the engine does the rest."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, ClassVar, TypeAlias

from sqlalchemy import Row as DatabaseRow
from sqlmodel import Session

from mysapk_web.platform.imports.rules import CommonVerdict, RowVerdict
from mysapk_web.platform.imports.tables import ImportRun
from mysapk_web.platform.spreadsheet_reader import Aliases, Row

NOTE_LENGTH = 1000


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file, as the template has it and the page explains it."""

    name: str
    help: str
    example: str = ""


@dataclass(slots=True)
class CheckedRow:
    """A row of the file with its verdict, as it is stored."""

    line: int
    key: str
    """NIP or code, as far as it could be read."""
    verdict: RowVerdict
    note: str = ""
    pegawai_id: int | None = None
    content: dict[str, Any] | None = field(default=None, repr=False)
    before: dict[str, Any] | None = field(default=None, repr=False)
    email: str = field(default="", repr=False)
    email_key: str | None = field(default=None, repr=False)
    old_email: str | None = field(default=None, repr=False)
    old_key: str | None = field(default=None, repr=False)


StoredRow: TypeAlias = DatabaseRow[Any]
"""Columns of a good `ImportRow`."""


@dataclass(slots=True)
class Applied:
    """What came of a chunk."""

    count: int = 0
    """Rows that were written."""
    changes: dict[int, tuple[RowVerdict, str]] = field(default_factory=dict)
    """Verdict and note by position, where they are others than those of the preview."""


class RunEvent(Enum):
    """What the audit log records of a run."""

    APPLIED = auto()
    DISCARDED = auto()
    STOPPED = auto()
    UNDONE = auto()


class ScopeLostError(Exception):
    """Who started the step may no longer do it. `str()` is an Indonesian sentence."""


class ImportKind(ABC):
    """A kind of import."""

    key: str
    """Stored with each run, and the KIND of `mysapk import KIND FILE`."""
    label: str
    permission: ClassVar[str]
    """Value of the permission that is asked for."""
    national: ClassVar[bool] = False
    """Only who acts for the whole country may import it."""
    columns: Sequence[Column]
    required: Sequence[str]
    aliases: Aliases
    key_label: ClassVar[str] = "nip"
    """Heading of what a row is recognised by."""
    content_label: ClassVar[str] = "isi"
    """Heading of what it says."""
    verdicts: ClassVar[type[RowVerdict]] = CommonVerdict
    undo_refusal: ClassVar[str] = ""
    """Why it can't be undone, for people; empty: it can."""
    at_once: ClassVar[bool] = False
    """All rows come into force in one transaction, not chunk by chunk."""

    @property
    def has_undo(self) -> bool:
        """Whether a run can be undone."""
        return not self.undo_refusal

    def survey(self, rows: Iterable[Row]) -> Any:
        """Go through the whole file before its rows are validated, and keep what their verdicts need of it. The engine counts them."""
        for _ in rows:
            pass
        return self.memory()

    def memory(self) -> Any:
        """What is kept over the chunks of a step that reads no file."""
        return None

    @abstractmethod
    def scope(self, session: Session, run: ImportRun) -> Any:
        """What the present step may touch, as things are now: read again at every chunk.

        Raises:
            ScopeLostError: Nothing any more.
        """

    @abstractmethod
    def validate(self, session: Session, rows: Sequence[Row], scope: Any, memory: Any) -> list[CheckedRow]:
        """One verdict a row, in their order; the transaction only reads."""

    def complete(self, session: Session, memory: Any) -> list[CheckedRow]:
        """Rows that stand for what the file doesn't have, once it is read.

        Raises:
            UnreadableFileError: The file as a whole makes no sense.
        """
        return []

    @abstractmethod
    def apply(self, session: Session, run: ImportRun, rows: Sequence[StoredRow], scope: Any, memory: Any) -> Applied:
        """Write good rows, in the order of the file, as far as what they change is still as it was when they were validated."""

    def undo(self, session: Session, run: ImportRun, rows: Sequence[StoredRow], scope: Any) -> int:
        """Give back what was there before good rows, the last first, where it is still what the run has made of it; tells how many."""
        raise NotImplementedError

    def finish(self, session: Session) -> None:  # noqa: B027
        """Called in a transaction of its own once a run was applied or undone."""

    @abstractmethod
    def record(self, session: Session, run: ImportRun, event: RunEvent) -> None:
        """Write the outcome of a run to the audit log."""

    def describe(self, content: Mapping[str, Any]) -> str:
        """What a row says, in a few words for the preview."""
        return ""


Kinds: TypeAlias = Mapping[str, ImportKind]
