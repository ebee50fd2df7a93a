from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlmodel import Session, col, select

from mysapk_web.organisation.actor import Actor, NotFoundError
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.organisation.tables.agency import Unor
from mysapk_web.pdm.assignment import resolve_unit
from mysapk_web.pdm.code_tables import StoredCodes
from mysapk_web.pdm.context import PersonContext, load_context
from mysapk_web.pdm.dossier import Dossier, kind_of
from mysapk_web.pdm.notifications import proposal_title, send_receipt
from mysapk_web.pdm.overview import load_with_drafts, pending_groups
from mysapk_web.pdm.rules.proposal import EDITABLE_STATES, ProposalAction, ProposalState
from mysapk_web.pdm.submission_checks import check_submission
from mysapk_web.pdm.tables import Proposal
from mysapk_web.pdm.transitions import get_own_proposal, require_version, transition
from mysapk_web.platform.errors import UserError

NOTHING_READY: Final = "Belum ada usulan yang siap dikirim. Lengkapi draf Anda lebih dahulu."
UNTOUCHED: Final = "Usulan ini dikembalikan dan belum Anda perbaiki."


@dataclass(frozen=True, slots=True)
class SendResult:
    sent: list[str]
    """Titles."""
    units: list[str]
    """Names of the unor verifikasi."""
    kept: list[tuple[str, str]]
    """Title and reason of those that were not sent."""
    complete: bool
    """Every required group is handled: the proof can be made."""


def submit_proposals(
    session: Session, actor: Actor, proposal_ids: Collection[int] | None = None, *, unor_id: int | None = None
) -> SendResult:
    """Send proposals to the verifikator.

    Args:
        proposal_ids: None for all that are ready. A returned one that was not edited since is sent only by id.
        unor_id: Unor verifikasi; None for the default of `assignment.resolve_unit`.

    Raises:
        UserError: Nothing could be sent, or not to that unit.
        PermissionDenied: One of them is not a proposal of this person.
    """
    actor.require(Permission.SUBMIT_PDM)
    person = load_context(session, actor.pegawai_id, lock=True)
    dossier = load_with_drafts(session, person)
    chosen = _chosen(session, actor, dossier, proposal_ids)
    tables = StoredCodes(session)
    sent: list[Proposal] = []
    kept: list[tuple[str, str]] = []
    for proposal in chosen:
        refused = submit_blocker(person, proposal)
        if not refused:
            problems = check_submission(dossier, proposal, tables).sentences
            refused = " ".join(problems)
        if refused:
            kept.append((proposal_title(session, proposal), refused))
            continue
        _send(session, actor, person, proposal, resolve_unit(session, person, proposal, unor_id))
        sent.append(proposal)
    if not sent:
        raise UserError(kept[0][1] if len(kept) == 1 else NOTHING_READY)
    send_receipt(session, person, sent)
    return SendResult(
        sent=[proposal_title(session, proposal) for proposal in sent],
        units=_units(session, sent),
        kept=kept,
        complete=not pending_groups(dossier, required_only=True),
    )


def withdraw_proposal(session: Session, actor: Actor, proposal_id: int, version: int) -> None:
    """Withdraw a proposal before it is verified; the record on file stays as it is.

    Raises:
        UserError: It was verified or decided meanwhile, has changed, or every period is closed.
        PermissionDenied: There is no such proposal of this person.
    """
    actor.require(Permission.WITHDRAW)
    person = load_context(session, actor.pegawai_id, lock=True)
    proposal = get_own_proposal(session, actor, proposal_id)
    require_version(proposal, version)
    transition(
        session,
        person,
        proposal,
        ProposalAction.WITHDRAW,
        actor_id=actor.account_id,
        address=actor.client.client_address,
    )


def submit_action(proposal: Proposal) -> ProposalAction:
    return ProposalAction.RESEND if proposal.state is ProposalState.PERBAIKAN_MYSAPK else ProposalAction.SEND


def submit_blocker(person: PersonContext, proposal: Proposal) -> str:
    """Why state or period don't allow sending now; empty if they do."""
    try:
        person.times.require(proposal.state, submit_action(proposal), kind_of(proposal).approval)
    except UserError as refused:
        return refused.sentence
    return ""


def was_edited_since_return(dossier: Dossier, proposal: Proposal) -> bool:
    """True for a draft, too."""
    if proposal.state is not ProposalState.PERBAIKAN_MYSAPK:
        return True
    steps = dossier.history.get(proposal.pk, ())
    back = max((step.at for step in steps if step.after is ProposalState.PERBAIKAN_MYSAPK), default=proposal.changed_at)
    uploads = [document.uploaded_at for document in dossier.documents.get(proposal.pk, ())]
    return any(moment > back for moment in (proposal.changed_at, *uploads))


def _chosen(session: Session, actor: Actor, dossier: Dossier, proposal_ids: Collection[int] | None) -> list[Proposal]:
    known = {each.id: each for each in dossier.proposals}
    if proposal_ids is None:
        editable = [each for each in dossier.proposals if each.state in EDITABLE_STATES]
        chosen = [each for each in editable if was_edited_since_return(dossier, each)]
        if not chosen:
            raise UserError(UNTOUCHED if editable else NOTHING_READY)
        return chosen
    if not proposal_ids:
        raise UserError("Pilih usulan yang akan dikirim.")
    found = []
    for number in dict.fromkeys(proposal_ids):
        proposal = known.get(number) or get_own_proposal(session, actor, number)
        if proposal.pegawai_id != actor.pegawai_id:
            raise NotFoundError("no such proposal of this person")
        found.append(proposal)
    return found


def _units(session: Session, sent: Collection[Proposal]) -> list[str]:
    numbers = sorted({proposal.unor_id for proposal in sent})
    return list(session.exec(select(Unor.name).where(col(Unor.id).in_(numbers)).order_by(Unor.name)))


def _send(session: Session, actor: Actor, person: PersonContext, proposal: Proposal, unor_id: int) -> None:
    transition(
        session,
        person,
        proposal,
        submit_action(proposal),
        actor_id=actor.account_id,
        address=actor.client.client_address,
        quiet=True,
        sent_at=person.times.now,
        unor_id=unor_id,
        instansi_id=person.instansi_id,
    )
