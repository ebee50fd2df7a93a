"""Runs and their rows as pages, systems and files show them. Who may see which is for the caller to say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlmodel import col, select

from mysapk_web.platform.database import Database
from mysapk_web.platform.imports.apply import good_values
from mysapk_web.platform.imports.kind import ImportKind
from mysapk_web.platform.imports.rules import RowVerdict, RunSource, RunState
from mysapk_web.platform.imports.tables import ImportRow, ImportRun

_BATCH: Final = 2000


@dataclass(frozen=True, slots=True)
class RunView:
    """A run as it is shown."""

    id: int
    kind: ImportKind
    source: RunSource
    state: RunState
    file_name: str
    started_by: str
    created_at: datetime
    finished_at: datetime | None
    counts: Mapping[RowVerdict, int]
    expected: int
    total: int
    position: int
    applied: int
    undone: int
    error: str
    may_undo: bool

    @property
    def good(self) -> int:
        """Rows that are or were taken over."""
        return sum(count for verdict, count in self.counts.items() if verdict.good)

    @property
    def has_rows(self) -> bool:
        """Whether its rows can be shown: while a file is read there are not all of them, and a discarded list has lost them."""
        return self.state not in {RunState.READING, RunState.DISCARDED}

    @property
    def measured(self) -> bool:
        """Whether `percent` says anything: at first it isn't known how many rows a file has."""
        return self.state is not RunState.READING or self.expected > 0

    @property
    def percent(self) -> int:
        """How far the present step is; 0 as long as that isn't known."""
        if self.state is RunState.READING:
            return min(99, 100 * self.total // self.expected) if self.expected else 0
        done = self.total - self.position if self.state is RunState.UNDOING else self.position
        return min(99, 100 * done // max(1, self.total)) if self.state.busy else 100


def may_undo(kind: ImportKind, run: ImportRun) -> bool:
    """Whether there is something to give back."""
    return kind.has_undo and run.state.may_become(RunState.UNDOING) and run.applied > run.undone


def view_of(kind: ImportKind, run: ImportRun, started_by: str) -> RunView:
    """A run as it is shown, with the name of who started it."""
    counts = {kind.verdicts(value): count for value, count in run.counts.items()}
    return RunView(
        id=run.id or 0,
        kind=kind,
        source=run.source,
        state=run.state,
        file_name=run.file_name,
        started_by=started_by,
        created_at=run.created_at,
        finished_at=run.undone_at or run.finished_at,
        counts={verdict: counts[verdict] for verdict in kind.verdicts if counts.get(verdict)},
        expected=run.expected,
        total=run.total,
        position=run.position,
        applied=run.applied,
        undone=run.undone,
        error=run.error,
        may_undo=may_undo(kind, run),
    )


def refused_rows(db: Database, kind: ImportKind, run_id: int) -> Iterator[Sequence[str]]:
    """Rows that were not taken over, batch by batch, so that a long report holds nobody up: line, key, content, verdict, advice."""
    after = 0
    while True:
        with db.read() as session:
            batch = session.exec(
                select(ImportRow)
                .where(
                    ImportRow.run_id == run_id,
                    col(ImportRow.position) > after,
                    col(ImportRow.verdict).not_in(good_values(kind)),
                )
                .order_by(col(ImportRow.position))
                .limit(_BATCH)
            ).all()
            found = [_refused(kind, row) for row in batch]
            after = batch[-1].position if batch else after
        if not found:
            return
        yield from found


def _refused(kind: ImportKind, row: ImportRow) -> Sequence[str]:
    verdict = kind.verdicts(row.verdict)
    content = row.email or (kind.describe(row.content) if row.content else "")
    return str(row.line), row.nip, content, verdict.label, row.note or verdict.advice
