"""Sending proposals and taking them back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlmodel import Session, col, select

from mysapk_web.organisation.actor import Actor, NotFoundError
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.organisation.tables.agency import Unor
from mysapk_web.pdm.assignment import unit_for
from mysapk_web.pdm.code_tables import codes
from mysapk_web.pdm.context import Standing, standing_of
from mysapk_web.pdm.dossier import Holdings, kind_of
from mysapk_web.pdm.notifications import name_of, tell_sent
from mysapk_web.pdm.overview import undone, with_drafts
from mysapk_web.pdm.rules.proposal import EDITABLE, UsulanAct, UsulanState
from mysapk_web.pdm.submission_checks import check
from mysapk_web.pdm.tables import Proposal
from mysapk_web.pdm.transitions import move, own, require_version
from mysapk_web.platform.errors import Refused

NOTHING_READY: Final = "Belum ada usulan yang siap dikirim. Lengkapi draf Anda lebih dahulu."
UNTOUCHED: Final = "Usulan ini dikembalikan dan belum Anda perbaiki."


@dataclass(frozen=True, slots=True)
class SendResult:
    """What was sent.

    Attributes:
        sent: Titles of the proposals that went.
        units: Names of the unor verifikasi that they went to.
        kept: Title and reason of those that didn't.
        complete: Every group that has to be handled is handled: the proof can be made.
    """

    sent: list[str]
    units: list[str]
    kept: list[tuple[str, str]]
    complete: bool


def send(
    session: Session, actor: Actor, proposal_ids: Collection[int] | None = None, *, unor_id: int | None = None
) -> SendResult:
    """Send proposals to the verifikator.

    Args:
        session: Any transaction.
        actor: The owner.
        proposal_ids: Which; None for all that are ready. A returned one that was not touched since is sent only by name.
        unor_id: Unor verifikasi that the person picked; None for the usual one, see `routing.unit_for`.

    Returns:
        What was sent, and why the rest was not.

    Raises:
        Refused: Nothing could be sent, or not to that unit; why.
        NotAllowed: One of them is not a proposal of this person.
    """
    actor.require(Permission.SUBMIT_PDM)
    here = standing_of(session, actor.pegawai_id, lock=True)
    holdings = with_drafts(session, here)
    chosen = _chosen(session, actor, holdings, proposal_ids)
    tables = codes(session)
    sent: list[Proposal] = []
    kept: list[tuple[str, str]] = []
    for proposal in chosen:
        refused = why_not_sent(here, proposal)
        if not refused:
            problems = check(holdings, proposal, tables).sentences
            refused = " ".join(problems)
        if refused:
            kept.append((name_of(session, proposal), refused))
            continue
        _send(session, actor, here, proposal, unit_for(session, here, proposal, unor_id))
        sent.append(proposal)
    if not sent:
        raise Refused(kept[0][1] if len(kept) == 1 else NOTHING_READY)
    tell_sent(session, here, sent)
    return SendResult(
        sent=[name_of(session, proposal) for proposal in sent],
        units=_units(session, sent),
        kept=kept,
        complete=not undone(holdings, duty=True),
    )


def withdraw(session: Session, actor: Actor, proposal_id: int, version: int) -> None:
    """Take a proposal back before it was verified; the record on file stays as it is.

    Args:
        session: Any transaction.
        actor: The owner.
        proposal_id: Which.
        version: The version that the person saw.

    Raises:
        Refused: It was verified or decided meanwhile, has changed, or every period is closed.
        NotAllowed: There is none of this person.
    """
    actor.require(Permission.WITHDRAW)
    here = standing_of(session, actor.pegawai_id, lock=True)
    proposal = own(session, actor, proposal_id)
    require_version(proposal, version)
    move(
        session,
        here,
        proposal,
        UsulanAct.WITHDRAW,
        actor_id=actor.account_id,
        address=actor.visitor.address,
    )


def sending_act(proposal: Proposal) -> UsulanAct:
    """Which act sends a proposal from where it stands.

    Args:
        proposal: Any.
    """
    return UsulanAct.RESEND if proposal.state is UsulanState.PERBAIKAN_MYSAPK else UsulanAct.SEND


def why_not_sent(here: Standing, proposal: Proposal) -> str:
    """Why table or period don't let a proposal be sent now; empty when they do.

    Args:
        here: Its owner.
        proposal: Which.
    """
    try:
        here.times.require(proposal.state, sending_act(proposal), kind_of(proposal).approval)
    except Refused as refused:
        return refused.sentence
    return ""


def is_repaired(holdings: Holdings, proposal: Proposal) -> bool:
    """Whether something was done to a returned proposal since; a draft needs no repair.

    Args:
        holdings: Of the owner, with trail and documents.
        proposal: Which.
    """
    if proposal.state is not UsulanState.PERBAIKAN_MYSAPK:
        return True
    steps = holdings.trail.get(proposal.id or 0, ())
    back = max((step.at for step in steps if step.after is UsulanState.PERBAIKAN_MYSAPK), default=proposal.changed_at)
    uploads = [document.uploaded_at for document in holdings.documents.get(proposal.id or 0, ())]
    return any(moment > back for moment in (proposal.changed_at, *uploads))


def _chosen(session: Session, actor: Actor, holdings: Holdings, proposal_ids: Collection[int] | None) -> list[Proposal]:
    known = {each.id: each for each in holdings.proposals}
    if proposal_ids is None:
        editable = [each for each in holdings.proposals if each.state in EDITABLE]
        chosen = [each for each in editable if is_repaired(holdings, each)]
        if not chosen:
            raise Refused(UNTOUCHED if editable else NOTHING_READY)
        return chosen
    if not proposal_ids:
        raise Refused("Pilih usulan yang akan dikirim.")
    found = []
    for number in dict.fromkeys(proposal_ids):
        proposal = known.get(number) or own(session, actor, number)
        if proposal.pegawai_id != actor.pegawai_id:
            raise NotFoundError("no such proposal of this person")
        found.append(proposal)
    return found


def _units(session: Session, sent: Collection[Proposal]) -> list[str]:
    numbers = sorted({proposal.unor_id for proposal in sent})
    return list(session.exec(select(Unor.nama).where(col(Unor.id).in_(numbers)).order_by(Unor.nama)))


def _send(session: Session, actor: Actor, here: Standing, proposal: Proposal, unor_id: int) -> None:
    move(
        session,
        here,
        proposal,
        sending_act(proposal),
        actor_id=actor.account_id,
        address=actor.visitor.address,
        quiet=True,
        sent_at=here.times.now,
        unor_id=unor_id,
        instansi_id=here.instansi_id,
    )
