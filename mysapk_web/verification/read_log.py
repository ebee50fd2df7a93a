"""The trail of who has opened which document of another person (ASVS 16.3.1)."""

from __future__ import annotations

from sqlmodel import Session, col, select

from mysapk_web.organisation import audit
from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.audit_events import DocumentRead
from mysapk_web.pdm.tables import Document, Proposal


def record_document_read(session: Session, actor: Actor, *, document_id: int) -> None:
    """Write down that somebody has opened a document of another person. For whoever may see its proposal."""
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
