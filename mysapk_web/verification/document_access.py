"""Who may read a document: its owner, and once the proposal was sent, the offices that decide on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlmodel import Session, col, select

from mysapk_web.organisation import audit
from mysapk_web.organisation.actor import Actor, NotFoundError
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.audit_events import DocumentRead
from mysapk_web.pdm.rules.proposal import ProposalState
from mysapk_web.pdm.tables import Document, Proposal
from mysapk_web.platform.errors import UserError
from mysapk_web.verification.rules.separation_of_duties import SEEN_BY_AGENCY
from mysapk_web.verification.scope import is_in_scope

WITHDRAWN: Final = "Usulan ini sudah ditarik, jadi dokumennya tidak disimpan lagi."


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A document that the actor may read; its content is stored under `sha256`."""

    sha256: str
    name: str
    size: int
    belongs_to_other: bool = False
    """Reading it is recorded in the audit log."""


def can_read_documents(session: Session, actor: Actor, proposal: Proposal) -> bool:
    """Whether the actor owns the proposal, or decides on it within the scope once it was sent."""
    if proposal.pegawai_id == actor.pegawai_id:
        return True
    return proposal.state in SEEN_BY_AGENCY and is_in_scope(session, actor, proposal, Permission.DOCUMENT_READ)


def open_document(session: Session, actor: Actor, *, document_id: int) -> StoredFile:
    """Find a document for reading.

    Raises:
        NotFoundError: There is none, or the actor may not see it: both get the same answer.
        UserError: The proposal was withdrawn.
    """
    document = session.get(Document, document_id)
    proposal = session.get(Proposal, document.proposal_id) if document else None
    if (
        document is None
        or proposal is None
        or document.removed_at is not None
        or not can_read_documents(session, actor, proposal)
    ):
        raise NotFoundError("no such document")
    if proposal.state is ProposalState.DIHAPUS:
        raise UserError(WITHDRAWN)
    return StoredFile(document.sha256, document.name, document.size, proposal.pegawai_id != actor.pegawai_id)


def record_document_read(session: Session, actor: Actor, *, document_id: int) -> None:
    """Record that somebody has opened a document of another person."""
    found = session.exec(
        select(Document, Account.id, Pegawai.instansi_id)
        .join(Proposal, col(Proposal.id) == Document.proposal_id)
        .join(Pegawai, col(Pegawai.id) == Proposal.pegawai_id)
        .join(Account, col(Account.pegawai_id) == Pegawai.id)
        .where(Document.id == document_id)
    ).one()
    document, owner, instansi_id = found
    audit.record_by(
        session,
        actor,
        DocumentRead(proposal_id=document.proposal_id, document_id=document.id, document_code=document.rule),
        subject_id=owner,
        instansi_id=instansi_id,
    )
