"""Runs as pages and systems see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, false, or_, true
from sqlmodel import Session, col, select

from mysapk_web.administration.email_imports.api_tokens import Caller
from mysapk_web.administration.rules.email_import import GOOD, RowVerdict, RunSource, RunState
from mysapk_web.administration.tables.email_import import EmailImport, EmailImportRow
from mysapk_web.organisation.actor import Actor, Grant, NotFoundError
from mysapk_web.organisation.rules.roles import MATRIX, Permission, Role
from mysapk_web.organisation.scope import people_in_scope
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform.pagination import Page, paginate

RUNS: Final = 10


@dataclass(frozen=True, slots=True)
class RunView:
    """A run as it is shown."""

    id: int
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
        return sum(count for verdict, count in self.counts.items() if verdict in GOOD)

    @property
    def has_rows(self) -> bool:
        """Whether its rows can be told of: while a file is read there are not all of them, and a discarded list has lost them."""
        return self.state not in {RunState.READING, RunState.DISCARDED}

    @property
    def measured(self) -> bool:
        """Whether `percent` says anything: at first it isn't known how many rows a file has."""
        return self.state is not RunState.READING or self.expected > 0

    @property
    def percent(self) -> int:
        """How far the present step is; 0 as long as that can't be told."""
        if self.state is RunState.READING:
            return min(99, 100 * self.total // self.expected) if self.expected else 0
        done = self.total - self.position if self.state is RunState.UNDOING else self.position
        return min(99, 100 * done // max(1, self.total)) if self.state.busy else 100


@dataclass(frozen=True, slots=True)
class RowView:
    """A row as it is shown. Name and address on file stand only beside people in the scope of who looks."""

    line: int
    nip: str
    email: str
    verdict: RowVerdict
    note: str
    nama: str
    old_email: str


def list_runs(session: Session, actor: Actor, number: int) -> Page[RunView]:
    """Runs of the own scope, the newest first.

    Raises:
        PermissionDenied: The actor may not.
    """
    actor.require(Permission.EMAIL_IMPORT)
    found = paginate(
        session,
        select(EmailImport).where(_visible(actor)),
        number,
        col(EmailImport.id).desc(),
        size=RUNS,
        unlimited=True,
    )
    names = _names(session, [run.started_by for run in found.items if run.started_by is not None])
    return found.map(lambda run: _view(run, names))


def find_run(session: Session, actor: Actor, run_id: int) -> RunView:
    """One run.

    Raises:
        PermissionDenied: Not one of the own scope.
    """
    found = run_within(session, actor, run_id)
    return _view(found, _names(session, [found.started_by] if found.started_by else []))


def run_of_token(session: Session, caller: Caller, run_id: int) -> RunView | None:
    """A run that this very token began; None for every other."""
    found = session.exec(
        select(EmailImport).where(EmailImport.id == run_id, EmailImport.token_id == caller.token_id)
    ).one_or_none()
    return _view(found, {}) if found else None


def list_rows(
    session: Session, actor: Actor, run_id: int, *, verdict: RowVerdict | None, nip: str, number: int
) -> Page[RowView]:
    """Rows of a run, in the order of the file.

    Raises:
        PermissionDenied: Not a run of the own scope.
    """
    run_within(session, actor, run_id)
    wanted = select(EmailImportRow).where(EmailImportRow.run_id == run_id)
    if verdict is not None:
        wanted = wanted.where(EmailImportRow.verdict == verdict)
    if nip:
        wanted = wanted.where(col(EmailImportRow.nip).startswith(nip, autoescape=True))
    found = paginate(session, wanted, number, col(EmailImportRow.position), unlimited=True)
    ids = [row.pegawai_id for row in found.items if row.pegawai_id is not None]
    inside = (
        select(Pegawai.id, Pegawai.name)
        .join(Unor, col(Unor.id) == Pegawai.unor_id)
        .where(col(Pegawai.id).in_(ids), people_in_scope(actor, Permission.EMAIL_IMPORT))
    )
    known: dict[int | None, str] = dict(session.exec(inside).all())
    return found.map(lambda row: _row_view(row, known))


def importing_grants(actor: Actor) -> list[Grant]:
    """The grants in force that let an actor import."""
    return [grant for grant in actor.effective_grants if Permission.EMAIL_IMPORT in MATRIX[grant.role]]


def _visible(actor: Actor) -> ColumnElement[bool]:
    """The own runs, and those of the agencies that the actor administers as a whole."""
    seen: list[ColumnElement[bool]] = [col(EmailImport.started_by) == actor.account_id]
    for grant in importing_grants(actor):
        if grant.role is Role.ADMIN_BKN:
            seen.append(true())
        elif grant.unor_path is None and grant.instansi_id is not None:
            seen.append(col(EmailImport.instansi_id) == grant.instansi_id)
    return or_(false(), *seen)


def run_within(session: Session, actor: Actor, run_id: int, *, for_update: bool = False) -> EmailImport:
    """One run of the own scope.

    Raises:
        PermissionDenied: Not one of the own scope.
    """
    actor.require(Permission.EMAIL_IMPORT)
    wanted = select(EmailImport).where(and_(col(EmailImport.id) == run_id, _visible(actor)))
    found = session.exec(wanted.with_for_update() if for_update else wanted).one_or_none()
    if found is None:
        raise NotFoundError("run outside the scope")
    return found


def may_undo(run: EmailImport) -> bool:
    """Whether there is something to give back."""
    return run.state.may_become(RunState.UNDOING) and run.applied > run.undone


def _names(session: Session, account_ids: list[int]) -> dict[int, str]:
    rows = session.exec(
        select(Account.id, Pegawai.name)
        .join(Pegawai, col(Pegawai.id) == Account.pegawai_id)
        .where(col(Account.id).in_(account_ids))
    )
    return {id_: nama for id_, nama in rows if id_ is not None}


def _view(run: EmailImport, names: Mapping[int, str]) -> RunView:
    counts = {RowVerdict(name): count for name, count in run.counts.items()}
    return RunView(
        id=run.id or 0,
        source=run.source,
        state=run.state,
        file_name=run.file_name,
        started_by=names.get(run.started_by or 0, ""),
        created_at=run.created_at,
        finished_at=run.undone_at or run.finished_at,
        counts={verdict: counts[verdict] for verdict in RowVerdict if counts.get(verdict)},
        expected=run.expected,
        total=run.total,
        position=run.position,
        applied=run.applied,
        undone=run.undone,
        error=run.error,
        may_undo=may_undo(run),
    )


def _row_view(row: EmailImportRow, known: Mapping[int | None, str]) -> RowView:
    inside = row.pegawai_id in known
    return RowView(
        line=row.line,
        nip=row.nip,
        email=row.email,
        verdict=row.verdict,
        note=row.note or row.verdict.advice,
        nama=known.get(row.pegawai_id, ""),
        old_email=(row.old_email or "") if inside else "",
    )
