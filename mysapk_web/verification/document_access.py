"""Who may read a document: its owner, and once the proposal was sent, the offices that decide on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlmodel import Session

from mysapk_web.organisation.actor import Actor, NotFoundError
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.pdm.rules.proposal import ProposalState
from mysapk_web.pdm.tables import Document, Proposal
from mysapk_web.platform.errors import UserError
from mysapk_web.verification.rules.separation_of_duties import SEEN_BY_AGENCY
from mysapk_web.verification.scope import is_in_scope

WITHDRAWN: Final = "Usulan ini sudah ditarik, jadi dokumennya tidak disimpan lagi."


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A document somebody may read."""

    sha256: str
    name: str
    size: int
    belongs_to_other: bool = False
    """Of somebody else than the reader: the reading goes into the trail."""


def can_read_documents(session: Session, actor: Actor, proposal: Proposal) -> bool:
    """Whether somebody may see the documents of a proposal: its owner, and once it was sent, who decides on it within the scope."""
    if proposal.pegawai_id == actor.pegawai_id:
        return True
    return proposal.state in SEEN_BY_AGENCY and is_in_scope(session, actor, proposal, Permission.DOCUMENT_READ)


def open_document(session: Session, actor: Actor, *, document_id: int) -> StoredFile:
    """Find a document for reading. For whoever may see its proposal.

    Raises:
        PermissionDenied: There is none, or the actor may not see it: the same to the actor.
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
