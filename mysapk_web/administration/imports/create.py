"""Beginning a run with a file that was received. Nothing changes before somebody applies it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlmodel import Session

from mysapk_web.accounts.security.reauthentication import require_reauthentication
from mysapk_web.administration.email_imports.api_tokens import Caller
from mysapk_web.administration.email_imports.kind import EMAIL_IMPORT
from mysapk_web.administration.imports.kinds import importing_grants, require
from mysapk_web.organisation import rate_limiting
from mysapk_web.organisation.actor import Actor
from mysapk_web.platform import clock
from mysapk_web.platform.errors import CommittingUserError
from mysapk_web.platform.imports.kind import ImportKind
from mysapk_web.platform.imports.rules import RunSource
from mysapk_web.platform.imports.tables import ImportRun
from mysapk_web.rate_limits import IMPORTS_PER_ACCOUNT, IMPORTS_PER_TOKEN

TOO_OFTEN: Final = "Terlalu banyak berkas dalam satu jam. Gabungkan barisnya, atau coba lagi nanti."


class ImportRateLimitError(CommittingUserError):
    """Too many files within the hour."""

    def __init__(self) -> None:
        super().__init__(TOO_OFTEN)


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file that was received."""

    path: str
    """Name in the folder of uploads."""
    name: str
    """As the sender calls it."""
    sha256: str


def require_import(_session: Session, actor: Actor, kind: ImportKind) -> None:
    """Refuse who may not begin a run now; the page asks before it takes a file.

    Raises:
        PermissionDenied: The actor may not.
        ReauthenticationRequired: Password or code have to be shown again.
    """
    require(actor, kind)
    require_reauthentication(actor)


def admit_upload(session: Session, actor: Actor, kind: ImportKind) -> None:
    """Count a file of this person; asked before it is received.

    Raises:
        PermissionDenied: The actor may not.
        ReauthenticationRequired: Password or code have to be shown again.
        ImportRateLimitError: Too many files.
    """
    require_import(session, actor, kind)
    if not rate_limiting.allow(session, IMPORTS_PER_ACCOUNT, str(actor.account_id), actor):
        raise ImportRateLimitError


def begin(session: Session, actor: Actor, kind: ImportKind, file: ReceivedFile) -> int:
    """Have a file read; gives the id of the run.

    Raises:
        PermissionDenied: The actor may not.
        ReauthenticationRequired: Password or code have to be shown again.
    """
    require_import(session, actor, kind)
    agencies = {grant.instansi_id for grant in importing_grants(actor, kind)}
    run = _run(kind, file, RunSource.PAGE)
    run.started_by = run.acting = actor.account_id
    run.instansi_id = agencies.pop() if len(agencies) == 1 else None
    return _put(session, run)


def begin_by_token(session: Session, caller: Caller, file: ReceivedFile, *, auto_apply: bool) -> int:
    """Have the addresses of a system read, and applied at once unless they are only to be checked; gives the id of the run."""
    run = _run(EMAIL_IMPORT, file, RunSource.API)
    run.token_id, run.instansi_id, run.auto_apply = caller.token_id, caller.instansi_id, auto_apply
    return _put(session, run)


def admit_upload_by_token(session: Session, caller: Caller) -> None:
    """Count a file of this system.

    Raises:
        ImportRateLimitError: Too many files.
    """
    token, agency = caller.token_id, caller.instansi_id
    if not rate_limiting.allow(session, IMPORTS_PER_TOKEN, str(token), None, instansi_id=agency, token_id=token):
        raise ImportRateLimitError


def _run(kind: ImportKind, file: ReceivedFile, source: RunSource) -> ImportRun:
    return ImportRun(
        kind=kind.key,
        source=source,
        file_name=file.name[:200],
        file_hash=file.sha256,
        file_path=file.path,
        created_at=clock.now(),
    )


def _put(session: Session, run: ImportRun) -> int:
    session.add(run)
    session.flush()
    return run.id or 0
