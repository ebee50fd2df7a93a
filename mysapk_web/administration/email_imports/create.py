"""Beginning a run with a file that was received."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlmodel import Session

from mysapk_web.accounts.security.reauthentication import require_reauthentication
from mysapk_web.administration.email_imports.api_tokens import Caller
from mysapk_web.administration.email_imports.queries import importing_grants
from mysapk_web.administration.rules.email_import import RunSource
from mysapk_web.administration.tables.email_import import EmailImport
from mysapk_web.organisation import rate_limiting
from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.platform import clock
from mysapk_web.platform.errors import CommittingUserError
from mysapk_web.rate_limits import IMPORTS_PER_ACCOUNT, IMPORTS_PER_TOKEN

TOO_OFTEN: Final = "Terlalu banyak berkas dalam satu jam. Gabungkan barisnya, atau coba lagi nanti."


class ImportRateLimitError(CommittingUserError):
    """Too many files within the hour."""

    def __init__(self) -> None:
        super().__init__(TOO_OFTEN)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was received."""

    path: str
    name: str
    sha256: str


def may_begin(_session: Session, actor: Actor) -> None:
    """Whether a list of this person would be taken, as far as it can be said without counting.

    Raises:
        PermissionDenied: The actor may not.
        ReauthenticationRequired: Password or code have to be shown again.
    """
    actor.require(Permission.EMAIL_IMPORT)
    require_reauthentication(actor)


def may_upload(session: Session, actor: Actor) -> None:
    """Whether a file of this person would be taken; asked before it is received, and counted.

    Raises:
        PermissionDenied: The actor may not.
        ReauthenticationRequired: Password or code have to be shown again.
        ImportRateLimitError: Too many files.
    """
    actor.require(Permission.EMAIL_IMPORT)
    require_reauthentication(actor)
    if not rate_limiting.allow(session, IMPORTS_PER_ACCOUNT, str(actor.account_id), actor):
        raise ImportRateLimitError


def begin(session: Session, actor: Actor, upload: Upload) -> int:
    """Have a file read; nothing changes before somebody applies it.

    Raises:
        PermissionDenied: The actor may not.
        ReauthenticationRequired: Password or code have to be shown again.
    """
    actor.require(Permission.EMAIL_IMPORT)
    require_reauthentication(actor)
    agencies = {grant.instansi_id for grant in importing_grants(actor)}
    run = _run(upload, RunSource.PAGE)
    run.started_by = run.acting = actor.account_id
    run.instansi_id = agencies.pop() if len(agencies) == 1 else None
    return _put(session, run)


def begin_by_token(session: Session, caller: Caller, upload: Upload, *, auto_apply: bool) -> int:
    """Have a file of a system read, and applied at once unless it is only to be checked."""
    run = _run(upload, RunSource.API)
    run.token_id, run.instansi_id, run.auto_apply = caller.token_id, caller.instansi_id, auto_apply
    return _put(session, run)


def may_upload_by_token(session: Session, caller: Caller) -> None:
    """Whether a file of this system would be taken; counted.

    Raises:
        ImportRateLimitError: Too many files.
    """
    token, agency = caller.token_id, caller.instansi_id
    if not rate_limiting.allow(session, IMPORTS_PER_TOKEN, str(token), None, instansi_id=agency, token_id=token):
        raise ImportRateLimitError


def _run(upload: Upload, source: RunSource) -> EmailImport:
    return EmailImport(
        source=source,
        file_name=upload.name[:200],
        file_hash=upload.sha256,
        file_path=upload.path,
        created_at=clock.now(),
    )


def _put(session: Session, run: EmailImport) -> int:
    session.add(run)
    session.flush()
    return run.id or 0
