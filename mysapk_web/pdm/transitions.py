"""The only way a proposal changes state.

Transition table, period, version, history, audit log and notice, all in one transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import update
from sqlmodel import Session, col, select

from mysapk_web.organisation import audit
from mysapk_web.organisation.actor import Actor, NotFoundError
from mysapk_web.pdm.audit_events import (
    ProposalApplied,
    ProposalApproved,
    ProposalBknApproved,
    ProposalCorrected,
    ProposalPayload,
    ProposalRejected,
    ProposalReturned,
    ProposalSubmitted,
    ProposalVerified,
    ProposalWithdrawn,
)
from mysapk_web.pdm.context import CHANGED, PersonContext
from mysapk_web.pdm.dossier import kind_of
from mysapk_web.pdm.notifications import notify_owner
from mysapk_web.pdm.rules.proposal import (
    FINAL_STATES,
    Office,
    ProposalAction,
    ProposalState,
    TransitionError,
    find_transition,
    reasons_for,
)
from mysapk_web.pdm.tables import Document, Proposal, ProposalEvent
from mysapk_web.platform.errors import FormError, PermissionDenied, UserError

MAX_NOTE: Final = 1000
"""Characters of `ProposalEvent.note`."""

_EVENTS: Final[Mapping[ProposalAction, type[ProposalPayload]]] = MappingProxyType(
    {
        ProposalAction.SEND: ProposalSubmitted,
        ProposalAction.RESEND: ProposalSubmitted,
        ProposalAction.WITHDRAW: ProposalWithdrawn,
        ProposalAction.CORRECT: ProposalCorrected,
        ProposalAction.VERIFY: ProposalVerified,
        ProposalAction.RETURN: ProposalReturned,
        ProposalAction.RETURN_TO_VERIFIER: ProposalReturned,
        ProposalAction.BKN_RETURN: ProposalReturned,
        ProposalAction.REJECT: ProposalRejected,
        ProposalAction.BKN_REJECT: ProposalRejected,
        ProposalAction.APPROVE: ProposalApproved,
        ProposalAction.BKN_APPROVE: ProposalBknApproved,
        ProposalAction.APPLY: ProposalApplied,
    }
)
"""Saving a draft is not audited, and forwarding to BKN follows an approval by itself."""


def get_own_proposal(session: Session, actor: Actor, proposal_id: int) -> Proposal:
    """An unknown id and another person's proposal get the same answer.

    Raises:
        PermissionDenied: There is no such proposal of this person.
    """
    found = session.exec(
        select(Proposal).where(Proposal.id == proposal_id, Proposal.pegawai_id == actor.pegawai_id)
    ).one_or_none()
    if found is None:
        raise NotFoundError("no such proposal of this person")
    return found


def require_version(proposal: Proposal, version: int) -> None:
    """Raises UserError if the proposal has changed since that version."""
    if proposal.version != version:
        raise UserError(CHANGED)


def transition(
    session: Session,
    person: PersonContext,
    proposal: Proposal,
    act: ProposalAction,
    *,
    actor_id: int | None,
    address: str = "",
    reason: str = "",
    note: str = "",
    quiet: bool = False,
    late: bool = False,
    changes: Sequence[dict[str, Any]] = (),
    **values: Any,
) -> ProposalState:
    """Change the state of a proposal.

    Args:
        actor_id: None for the system.
        quiet: The caller notifies the owner.
        late: The caller has checked the period: some may finish what is left after it.
        changes: See `ProposalEvent.changes`.
        **values: Further columns to set.

    Raises:
        UserError: Table or period don't allow it, or someone else was faster.
        FormError: The reason is missing.
        PermissionDenied: The actor would decide on their own data.
    """
    approval = kind_of(proposal).approval
    try:
        row = find_transition(proposal.state, act, approval)
    except TransitionError as refused:
        raise UserError(str(refused)) from None
    own_data = actor_id == person.account_id
    if row.office is Office.OWNER and not own_data:
        raise PermissionDenied("only the owner does this")
    if row.office not in (Office.OWNER, Office.SYSTEM) and own_data:
        raise PermissionDenied("nobody decides on their own data")
    if not late:
        person.times.require(proposal.state, act, approval)
    reason, note = _explained(act, reason, note, needed=row.reason)
    before, now = proposal.state, person.times.now
    ended = {"ended_at": now} if row.to in FINAL_STATES else {}
    changed = session.execute(
        update(Proposal)
        .where(
            col(Proposal.id) == proposal.id,
            col(Proposal.pegawai_id) == person.pegawai_id,
            col(Proposal.version) == proposal.version,
            col(Proposal.state) == before,
        )
        .values(state=row.to, version=proposal.version + 1, changed_at=now, **ended, **values)
        .returning(col(Proposal.version)),
        execution_options={"synchronize_session": False},
    ).one_or_none()
    if changed is None:
        raise UserError(CHANGED)
    if row.to is ProposalState.DIHAPUS:
        session.execute(update(Document).where(col(Document.proposal_id) == proposal.id).values(sweep_at=now))
    session.refresh(proposal)
    append_history(session, proposal, act, before, actor_id=actor_id, at=now, reason=reason, note=note, changes=changes)
    _audit(session, person, proposal, act, actor_id, address, reason)
    if not quiet:
        notify_owner(session, person, proposal, act, reason=reason, note=note)
    return row.to


def append_history(
    session: Session,
    proposal: Proposal,
    act: ProposalAction,
    before: ProposalState,
    *,
    actor_id: int | None,
    at: Any,
    reason: str = "",
    note: str = "",
    changes: Sequence[dict[str, Any]] = (),
) -> None:
    session.add(
        ProposalEvent(
            proposal_id=proposal.pk,
            at=at,
            actor_id=actor_id,
            act=act,
            before=before,
            after=proposal.state,
            reason=reason,
            note=note,
            changes=list(changes),
        )
    )


def _explained(act: ProposalAction, reason: str, note: str, *, needed: bool) -> tuple[str, str]:
    words = " ".join(note.split())
    if not needed:
        return "", words[:MAX_NOTE]
    faults = {}
    if reason not in {each.code for each in reasons_for(act)}:
        faults["alasan"] = "Pilih alasan."
    if not words or len(words) > MAX_NOTE:
        faults["catatan"] = f"Tulis apa yang harus diperbaiki atau mengapa ditolak, paling banyak {MAX_NOTE} karakter."
    if faults:
        raise FormError(faults)
    return reason, words


def _audit(
    session: Session,
    person: PersonContext,
    proposal: Proposal,
    act: ProposalAction,
    actor_id: int | None,
    address: str,
    reason: str,
) -> None:
    payload = _EVENTS.get(act)
    never_sent = act is ProposalAction.WITHDRAW and proposal.sent_at is None
    if payload is None or never_sent:
        return
    event = payload(
        proposal_id=proposal.id,
        group=proposal.group,
        record_kind=proposal.kind,
        action=proposal.action,
        proposal_state=proposal.state,
        reason_code=reason or None,
    )
    audit.record(
        session,
        event,
        actor_id=actor_id,
        subject_id=person.account_id,
        instansi_id=person.instansi_id,
        client_address=address,
    )
