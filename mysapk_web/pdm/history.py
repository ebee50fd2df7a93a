from __future__ import annotations

from collections.abc import Collection
from typing import Final

from sqlmodel import Session, col, or_, select

from mysapk_web.organisation.actor import Actor
from mysapk_web.pdm.code_tables import StoredCodes
from mysapk_web.pdm.context import load_context
from mysapk_web.pdm.dossier import load_details, load_dossier
from mysapk_web.pdm.presenters import ProposalView, proposal_view
from mysapk_web.pdm.rules.proposal import ProposalState
from mysapk_web.pdm.tables import Proposal
from mysapk_web.platform.pagination import Page, paginate

PAGE_SIZE: Final = 20


def list_proposals(
    session: Session, actor: Actor, page: int = 1, *, states: Collection[ProposalState] = ()
) -> Page[ProposalView]:
    """The proposal that changed last comes first. Discarded drafts are left out."""
    person = load_context(session, actor.pegawai_id)
    mine = select(Proposal).where(
        Proposal.pegawai_id == actor.pegawai_id,
        or_(col(Proposal.state) != ProposalState.DIHAPUS, col(Proposal.sent_at).is_not(None)),
    )
    if states:
        mine = mine.where(col(Proposal.state).in_(list(states)))
    order = (col(Proposal.changed_at).desc(), col(Proposal.id).desc())
    found = paginate(session, mine, page, *order, size=PAGE_SIZE, unlimited=True)
    dossier = load_dossier(session, person)
    load_details(session, dossier, found.items)
    tables = StoredCodes(session)
    return found.map(lambda proposal: proposal_view(dossier, proposal, tables))
