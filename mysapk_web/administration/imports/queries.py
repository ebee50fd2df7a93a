"""Runs and their rows, for who may see them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, and_, false, or_, true
from sqlmodel import Session, col, select

from mysapk_web.administration.email_imports.api_tokens import Caller
from mysapk_web.administration.imports.kinds import KINDS, importable, importing_grants
from mysapk_web.organisation.actor import Actor, NotFoundError
from mysapk_web.organisation.rules.roles import Permission, Role
from mysapk_web.organisation.scope import people_in_scope
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform.errors import PermissionDenied
from mysapk_web.platform.imports.kind import ImportKind
from mysapk_web.platform.imports.queries import RunView, view_of
from mysapk_web.platform.imports.rules import RowVerdict
from mysapk_web.platform.imports.tables import ImportRow, ImportRun
from mysapk_web.platform.pagination import Page, paginate

RUNS_PER_PAGE: Final = 10


@dataclass(frozen=True, slots=True)
class RowView:
    """A row as it is shown. Name and address on file stand only beside people in the scope of who looks."""

    line: int
    nip: str
    content: str
    verdict: RowVerdict
    note: str
    nama: str
    old_email: str


def list_runs(session: Session, actor: Actor, number: int, kinds: Collection[str] = KINDS.keys()) -> Page[RunView]:
    """Runs within the scope, the newest first.

    Raises:
        PermissionDenied: The actor may import none of these kinds.
    """
    wanted = [kind for kind in importable(actor) if kind.key in kinds]
    if not wanted:
        raise PermissionDenied("import")
    visible = _visible(actor, wanted)
    found = paginate(
        session, select(ImportRun).where(visible), number, col(ImportRun.id).desc(), size=RUNS_PER_PAGE, unlimited=True
    )
    names = _names(session, [run.started_by for run in found.items if run.started_by is not None])
    return found.map(lambda run: view_of(KINDS[run.kind], run, names.get(run.started_by or 0, "")))


def find_run(session: Session, actor: Actor, run_id: int, kinds: Collection[str] = KINDS.keys()) -> RunView:
    """One run.

    Raises:
        PermissionDenied: Not one within the scope.
    """
    found = run_within(session, actor, run_id, kinds)
    names = _names(session, [found.started_by] if found.started_by else [])
    return view_of(KINDS[found.kind], found, names.get(found.started_by or 0, ""))


def run_of_token(session: Session, caller: Caller, run_id: int) -> RunView | None:
    """A run that this very token began; None for every other."""
    found = session.exec(
        select(ImportRun).where(ImportRun.id == run_id, ImportRun.token_id == caller.token_id)
    ).one_or_none()
    return view_of(KINDS[found.kind], found, "") if found else None


def list_rows(
    session: Session, actor: Actor, run_id: int, *, verdict: str | None, key: str, number: int
) -> Page[RowView]:
    """Rows of a run, in the order of the file.

    Args:
        key: Only those whose NIP or code begins with it; empty: all.

    Raises:
        PermissionDenied: Not a run within the scope.
    """
    kind = KINDS[run_within(session, actor, run_id).kind]
    wanted = select(ImportRow).where(ImportRow.run_id == run_id)
    if verdict:
        wanted = wanted.where(ImportRow.verdict == verdict)
    if key:
        wanted = wanted.where(col(ImportRow.nip).startswith(key, autoescape=True))
    found = paginate(session, wanted, number, col(ImportRow.position), unlimited=True)
    ids = [row.pegawai_id for row in found.items if row.pegawai_id is not None]
    inside = (
        select(Pegawai.id, Pegawai.name)
        .join(Unor, col(Unor.id) == Pegawai.unor_id)
        .where(col(Pegawai.id).in_(ids), people_in_scope(actor, Permission(kind.permission)))
    )
    known: dict[int | None, str] = dict(session.exec(inside).all())
    return found.map(lambda row: _row_view(kind, row, known))


def run_within(
    session: Session,
    actor: Actor,
    run_id: int,
    kinds: Collection[str] = KINDS.keys(),
    *,
    for_update: bool = False,
) -> ImportRun:
    """One run within the scope.

    Raises:
        PermissionDenied: Not one within the scope.
    """
    wanted = [kind for kind in importable(actor) if kind.key in kinds]
    if not wanted:
        raise PermissionDenied("import")
    visible = _visible(actor, wanted)
    statement = select(ImportRun).where(and_(col(ImportRun.id) == run_id, visible))
    found = session.exec(statement.with_for_update() if for_update else statement).one_or_none()
    if found is None:
        raise NotFoundError("run outside the scope")
    return found


def _visible(actor: Actor, kinds: Sequence[ImportKind]) -> ColumnElement[bool]:
    """Runs of these kinds that the actor has started, and those of the agencies that the actor administers as a whole."""
    alike: dict[tuple[str, bool], list[ImportKind]] = {}
    for kind in kinds:
        alike.setdefault((kind.permission, kind.national), []).append(kind)
    found = []
    for group in alike.values():
        seen: list[ColumnElement[bool]] = [col(ImportRun.started_by) == actor.account_id]
        for grant in importing_grants(actor, group[0]):
            if grant.role is Role.ADMIN_BKN:
                seen.append(true())
            elif grant.unor_path is None and grant.instansi_id is not None:
                seen.append(col(ImportRun.instansi_id) == grant.instansi_id)
        found.append(and_(col(ImportRun.kind).in_([kind.key for kind in group]), or_(*seen)))
    return or_(false(), *found)


def _names(session: Session, account_ids: list[int]) -> dict[int, str]:
    rows = session.exec(
        select(Account.id, Pegawai.name)
        .join(Pegawai, col(Pegawai.id) == Account.pegawai_id)
        .where(col(Account.id).in_(account_ids))
    )
    return {id_: nama for id_, nama in rows if id_ is not None}


def _row_view(kind: ImportKind, row: ImportRow, known: Mapping[int | None, str]) -> RowView:
    verdict, inside = kind.verdicts(row.verdict), row.pegawai_id in known
    return RowView(
        line=row.line,
        nip=row.nip,
        content=row.email or (kind.describe(row.content) if row.content else ""),
        verdict=verdict,
        note=row.note or verdict.advice,
        nama=known.get(row.pegawai_id, ""),
        old_email=(row.old_email or "") if inside else "",
    )
