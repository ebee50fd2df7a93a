"""Documents of proposals: upload, replace, remove (decision 0010).

Only for the owner of the proposal, only while it may be changed and a period for that is open. A file is inspected
outside any transaction, so everything is checked again in the one that stores it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, func, select

from mysapk_web.organisation import audit, rate_limiting
from mysapk_web.organisation.actor import Actor, NotFoundError
from mysapk_web.organisation.rate_limiting import subject_key
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.pdm import document_cleanup
from mysapk_web.pdm.audit_events import DocumentRemoved, DocumentUploaded
from mysapk_web.pdm.context import load_context
from mysapk_web.pdm.dossier import kind_of
from mysapk_web.pdm.pdf_inspection import PdfInspection, inspect_pdf
from mysapk_web.pdm.presenters import DocumentView, document_view, format_size
from mysapk_web.pdm.rules.groups.documents import DocumentRule
from mysapk_web.pdm.rules.proposal import ProposalAction
from mysapk_web.pdm.tables import Document, Proposal
from mysapk_web.pdm.transitions import get_own_proposal
from mysapk_web.platform import clock, document_store
from mysapk_web.platform.database import Database
from mysapk_web.platform.errors import CommittingUserError, PermissionDenied, UserError
from mysapk_web.platform.executors import in_transaction
from mysapk_web.platform.log import exception_location
from mysapk_web.platform.rules.filename import FilenameError, clean_pdf_name
from mysapk_web.rate_limits import UPLOADS_PER_ACCOUNT
from mysapk_web.settings import get_settings

log = structlog.get_logger(__name__)

QUOTA: Final = 60 * 1024 * 1024
"""Bytes of all documents in a person's undecided proposals (ASVS 5.2.4): some sixty scans of the usual size."""

TOO_OFTEN: Final = "Terlalu banyak dokumen diunggah dalam satu jam. Tunggu satu jam, lalu unggah lagi."
FULL: Final = "Ruang dokumen Anda sudah penuh (60 MB). Hapus dokumen yang tidak diperlukan, lalu unggah lagi."
GONE: Final = "Dokumen ini sudah tidak ada. Muat ulang halaman ini."


class DocumentTooLargeError(UserError):
    def __init__(self, limit: int) -> None:
        super().__init__(
            f"Berkas terlalu besar. Batasnya {format_size(limit)}. Pindai ulang dengan resolusi lebih rendah, lalu unggah lagi."
        )


class TooManyUploadsError(CommittingUserError):
    """Too many uploads by one account."""


@dataclass(frozen=True, slots=True)
class UploadSlot:
    """Permission to send a file."""

    max_bytes: int
    label: str


@dataclass(frozen=True, slots=True)
class Quota:
    """Bytes."""

    used: int
    limit: int = QUOTA

    @property
    def left(self) -> int:
        return max(0, self.limit - self.used)


@dataclass(frozen=True, slots=True)
class _Kept:
    """A stored file that no row refers to yet."""

    rule: str
    name: str
    received: int
    sha256: str
    size: int
    examined: PdfInspection


def authorize_upload(session: Session, actor: Actor, *, proposal_id: int, rule: str) -> UploadSlot:
    """Called before the first byte of the file is read; counts the upload.

    Raises:
        PermissionDenied: No such proposal of the actor, or no such document in it.
        TooManyUploadsError: The rate limit is exceeded.
        UserError: The proposal can't be changed now, or the quota is used up.
    """
    key = subject_key(get_settings().key("counters"), f"dokumen:{actor.account_id}")
    _, wanted = _writable(session, actor, proposal_id, rule)
    if not rate_limiting.allow(session, UPLOADS_PER_ACCOUNT, key, actor):
        raise TooManyUploadsError(TOO_OFTEN)
    if not quota(session, actor).left:
        raise UserError(FULL)
    return UploadSlot(wanted.max_bytes, wanted.label)


def store_document(db: Database, actor: Actor, *, proposal_id: int, rule: str, name: str, stream: Path) -> DocumentView:
    """Inspect a received file and store it in place of the document before; `stream` is deleted in any case.

    Raises:
        PdfRefusedError: The file is rejected.
        UserError: Its name or size, or the proposal can no longer be changed.
        PermissionDenied: As for `authorize_upload`.
    """
    folder = get_settings().document_dir
    copy = document_store.new_inbox_path(folder)
    try:
        clean, received = clean_pdf_name(name), stream.stat().st_size
        examined = inspect_pdf(stream, copy)
        size = copy.stat().st_size
        kept = _Kept(rule, clean, received, document_store.store(folder, copy, clock.now()), size, examined)
    except FilenameError as error:
        raise UserError(str(error)) from None
    finally:
        stream.unlink(missing_ok=True)
        copy.unlink(missing_ok=True)
    view = in_transaction(db, _attach, actor, proposal_id, kept)
    try:
        document_cleanup.record_newest(db, folder)
    except (OSError, SQLAlchemyError) as error:  # the document is stored; the next upload or sweep records it
        log.warning("documents.newest_not_noted", kind=type(error).__name__, at=exception_location(error))
    return view


def _attach(session: Session, actor: Actor, proposal_id: int, kept: _Kept) -> DocumentView:
    proposal, rule = _writable(session, actor, proposal_id, kept.rule, lock=True)
    if kept.received > rule.max_bytes:
        raise DocumentTooLargeError(rule.max_bytes)
    before = _live(session, proposal_id, kept.rule)
    freed = sum(row.size for row in before)
    if kept.size > quota(session, actor).left + freed:
        raise UserError(FULL)
    now = clock.now()
    for row in before:
        row.removed_at = row.sweep_at = now
        session.add(row)
    document = Document(
        proposal_id=proposal.pk,
        rule=kept.rule,
        sha256=kept.sha256,
        size=kept.size,
        pages=kept.examined.pages,
        name=kept.name,
        signed=kept.examined.signed,
        uploaded_at=now,
    )
    session.add(document)
    session.flush()
    event = DocumentUploaded(
        proposal_id=document.proposal_id,
        document_id=document.id,
        document_code=document.rule,
        sha256=document.sha256,
        replaced=bool(before),
    )
    audit.record_own(session, actor, event)
    return document_view(kind_of(proposal), document)


def remove_document(session: Session, actor: Actor, *, document_id: int) -> None:
    """Take a document out of a proposal.

    Raises:
        PermissionDenied: No such document of the actor.
        UserError: It was removed already, or the proposal can't be changed now.
    """
    document = session.get(Document, document_id)
    if document is None:
        raise NotFoundError("no such document")
    _writable(session, actor, document.proposal_id, document.rule, lock=True)
    session.refresh(document)
    if document.removed_at is not None:
        raise UserError(GONE)
    document.removed_at = document.sweep_at = clock.now()
    session.add(document)
    event = DocumentRemoved(
        proposal_id=document.proposal_id,
        document_id=document.id,
        document_code=document.rule,
        sha256=document.sha256,
    )
    audit.record_own(session, actor, event)


def quota(session: Session, actor: Actor) -> Quota:
    used = session.exec(
        select(func.coalesce(func.sum(Document.size), 0))
        .join(Proposal, col(Proposal.id) == Document.proposal_id)
        .where(Proposal.pegawai_id == actor.pegawai_id, col(Proposal.ended_at).is_(None))
        .where(col(Document.removed_at).is_(None))
    ).one()
    return Quota(int(used))


def _writable(
    session: Session, actor: Actor, proposal_id: int, rule: str, *, lock: bool = False
) -> tuple[Proposal, DocumentRule]:
    """Proposal and rule, if documents may be changed now."""
    actor.require(Permission.PROPOSE)
    times = load_context(session, actor.pegawai_id, lock=lock).times
    proposal = get_own_proposal(session, actor, proposal_id)
    if lock:
        session.refresh(proposal, with_for_update=True)
    declared = kind_of(proposal)
    wanted = next((each for each in declared.documents if each.code == rule), None)
    if wanted is None:
        raise PermissionDenied("no such document in this kind of record")
    times.require(proposal.state, ProposalAction.SAVE_DRAFT, declared.approval)
    return proposal, wanted


def _live(session: Session, proposal_id: int, rule: str) -> list[Document]:
    return list(
        session.exec(
            select(Document).where(
                Document.proposal_id == proposal_id, Document.rule == rule, col(Document.removed_at).is_(None)
            )
        )
    )
