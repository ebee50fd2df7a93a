"""The one way in which a proposal moves on: table, period, version, trail, audit and notice in one transaction (DESIGN 5)."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import update
from sqlmodel import Session, col, select

from mysapk_web.organisation import audit
from mysapk_web.organisation.actor import Actor, NotFoundError
from mysapk_web.pdm.context import CHANGED, Standing
from mysapk_web.pdm.dossier import kind_of
from mysapk_web.pdm.notifications import tell
from mysapk_web.pdm.rules.proposal import (
    FINAL_STATES,
    TransitionRefused,
    UsulanAct,
    UsulanState,
    Who,
    reasons_for,
    transition,
)
from mysapk_web.pdm.tables import Document, Proposal, TrailEntry
from mysapk_web.platform.errors import InputRefused, NotAllowed, Refused
from mysapk_web.platform.rules.audit import AuditTag

MAX_NOTE: Final = 1000
"""Characters of `TrailEntry.note`."""

_TAGS: Final = MappingProxyType(
    {
        UsulanAct.SEND: AuditTag.PROPOSAL_SUBMITTED,
        UsulanAct.RESEND: AuditTag.PROPOSAL_SUBMITTED,
        UsulanAct.WITHDRAW: AuditTag.PROPOSAL_WITHDRAWN,
        UsulanAct.CORRECT: AuditTag.PROPOSAL_CORRECTED,
        UsulanAct.VERIFY: AuditTag.PROPOSAL_VERIFIED,
        UsulanAct.RETURN: AuditTag.PROPOSAL_RETURNED,
        UsulanAct.RETURN_TO_VERIFIER: AuditTag.PROPOSAL_RETURNED,
        UsulanAct.BKN_RETURN: AuditTag.PROPOSAL_RETURNED,
        UsulanAct.REJECT: AuditTag.PROPOSAL_REJECTED,
        UsulanAct.BKN_REJECT: AuditTag.PROPOSAL_REJECTED,
        UsulanAct.APPROVE: AuditTag.PROPOSAL_APPROVED,
        UsulanAct.BKN_APPROVE: AuditTag.PROPOSAL_BKN_APPROVED,
        UsulanAct.APPLY: AuditTag.PROPOSAL_APPLIED,
    }
)
"""Saving a draft is no event of the trail, and forwarding to BKN follows an approval by itself."""


def own(session: Session, actor: Actor, proposal_id: int) -> Proposal:
    """Read a proposal of the actor. An unknown one and another person's are answered alike.

    Args:
        session: Any transaction.
        actor: The owner.
        proposal_id: From a page; any number.

    Raises:
        NotAllowed: There is none of this person.
    """
    found = session.exec(
        select(Proposal).where(Proposal.id == proposal_id, Proposal.pegawai_id == actor.pegawai_id)
    ).one_or_none()
    if found is None:
        raise NotFoundError("no such proposal of this person")
    return found


def require_version(proposal: Proposal, version: int) -> None:
    """Refuse an act on a proposal that the person has seen in an older form.

    Args:
        proposal: As it is now.
        version: Seen.

    Raises:
        Refused: It has changed since.
    """
    if proposal.version != version:
        raise Refused(CHANGED)


def move(
    session: Session,
    here: Standing,
    proposal: Proposal,
    act: UsulanAct,
    *,
    actor_id: int | None,
    address: str = "",
    reason: str = "",
    note: str = "",
    quiet: bool = False,
    late: bool = False,
    changes: Sequence[dict[str, Any]] = (),
    **values: Any,
) -> UsulanState:
    """Move a proposal on.

    Args:
        session: Any transaction.
        here: Its owner.
        proposal: As read; shows the new state afterwards.
        act: What is done.
        actor_id: Account that acts; None for the system.
        address: Client address, for the trail.
        reason: Code of the reason, where the act needs one.
        note: Words beside it.
        quiet: The caller tells the owner.
        late: The caller has judged the period: some may finish what is left when it is over.
        changes: Of a correction, what `TrailEntry.changes` keeps.
        **values: Further columns that change with it.

    Returns:
        The new state.

    Raises:
        Refused: The table or the period doesn't allow it, or somebody else was faster.
        InputRefused: A reason is missing.
        NotAllowed: Verifying or approving one's own data.
    """
    approval = kind_of(proposal).approval
    try:
        row = transition(proposal.state, act, approval)
    except TransitionRefused as refused:
        raise Refused(str(refused)) from None
    own_data = actor_id == here.account_id
    if row.who is Who.OWNER and not own_data:
        raise NotAllowed("only the owner does this")
    if row.who not in (Who.OWNER, Who.SYSTEM) and own_data:
        raise NotAllowed("nobody decides on the own data")
    if not late:
        here.times.require(proposal.state, act, approval)
    reason, note = _explained(act, reason, note, needed=row.reason)
    before, now = proposal.state, here.times.now
    ended = {"ended_at": now} if row.to in FINAL_STATES else {}
    changed = session.execute(
        update(Proposal)
        .where(
            col(Proposal.id) == proposal.id,
            col(Proposal.pegawai_id) == here.pegawai_id,
            col(Proposal.version) == proposal.version,
            col(Proposal.state) == before,
        )
        .values(state=row.to, version=proposal.version + 1, changed_at=now, **ended, **values)
        .returning(col(Proposal.version)),
        execution_options={"synchronize_session": False},
    ).one_or_none()
    if changed is None:
        raise Refused(CHANGED)
    if row.to is UsulanState.DIHAPUS:
        session.execute(update(Document).where(col(Document.proposal_id) == proposal.id).values(sweep_at=now))
    session.refresh(proposal)
    note_step(session, proposal, act, before, actor_id=actor_id, at=now, reason=reason, note=note, changes=changes)
    _audit(session, here, proposal, act, actor_id, address, reason)
    if not quiet:
        tell(session, here, proposal, act, reason=reason, note=note)
    return row.to


def note_step(
    session: Session,
    proposal: Proposal,
    act: UsulanAct,
    before: UsulanState,
    *,
    actor_id: int | None,
    at: Any,
    reason: str = "",
    note: str = "",
    changes: Sequence[dict[str, Any]] = (),
) -> None:
    """Append a step to the trail of a proposal.

    Args:
        session: The transaction of the act.
        proposal: In its new state.
        act: What was done.
        before: State before.
        actor_id: Account that acted; None for the system.
        at: When.
        reason: Code of the reason.
        note: Words beside it.
        changes: As in `move`.
    """
    session.add(
        TrailEntry(
            proposal_id=proposal.id or 0,
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


def _explained(act: UsulanAct, reason: str, note: str, *, needed: bool) -> tuple[str, str]:
    words = " ".join(note.split())
    if not needed:
        return "", words[:MAX_NOTE]
    faults = {}
    if reason not in {each.code for each in reasons_for(act)}:
        faults["alasan"] = "Pilih alasan."
    if not words or len(words) > MAX_NOTE:
        faults["catatan"] = f"Tulis apa yang harus diperbaiki atau mengapa ditolak, paling banyak {MAX_NOTE} karakter."
    if faults:
        raise InputRefused(faults)
    return reason, words


def _audit(
    session: Session,
    here: Standing,
    proposal: Proposal,
    act: UsulanAct,
    actor_id: int | None,
    address: str,
    reason: str,
) -> None:
    tag = _TAGS.get(act)
    never_sent = act is UsulanAct.WITHDRAW and proposal.sent_at is None
    if tag is None or never_sent:
        return
    more = {"alasan": reason} if reason else {}
    audit.record(
        session,
        tag,
        actor_id=actor_id,
        subject_id=here.account_id,
        instansi_id=here.instansi_id,
        address=address,
        usulan=proposal.id,
        grup=proposal.group,
        jenis=proposal.kind,
        aksi=proposal.action.value,
        status=proposal.state.value,
        **more,
    )
