from __future__ import annotations

from sqlalchemy import delete
from sqlmodel import Session, col

from mysapk_web.organisation.actor import Actor, NotFoundError
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.pdm.code_tables import StoredCodes
from mysapk_web.pdm.context import load_context
from mysapk_web.pdm.dossier import Dossier, load_dossier, load_records
from mysapk_web.pdm.eligibility import open_proposal_in_slot, proposal_blocker, slot_key
from mysapk_web.pdm.payload import editable_values
from mysapk_web.pdm.rules.groups.base import Group, RecordAction, RecordKind
from mysapk_web.pdm.rules.groups.validation import validate
from mysapk_web.pdm.rules.proposal import EDITABLE_STATES, ProposalAction, ProposalState
from mysapk_web.pdm.tables import GroupDeclaration, PersonnelRecord, Proposal
from mysapk_web.pdm.transitions import append_history, get_own_proposal, transition
from mysapk_web.platform.errors import PermissionDenied, UserError


def start_proposal(
    session: Session, actor: Actor, *, group: str, kind: str, action: str, record_id: int | None = None
) -> int:
    """Start a proposal, or return the draft that exists already. Withdraws a declaration of the group.

    Args:
        record_id: The record on file to change or delete; None for a new one.

    Returns:
        The id of the proposal.

    Raises:
        UserError: The rules of the group or the period don't allow it.
        PermissionDenied: There is no such group, kind or record for this person.
    """
    actor.require(Permission.PROPOSE)
    person = load_context(session, actor.pegawai_id, lock=True)
    declared_group = person.group(group)
    declared, wanted = _declared(declared_group, kind), _action(action)
    if (wanted is RecordAction.ADD) is not (record_id is None):
        raise PermissionDenied("a new record has no id, any other proposal needs one")
    dossier = load_dossier(session, person)
    load_records(session, dossier, [declared])
    record = _record(dossier, declared, record_id)
    writing = open_proposal_in_slot(dossier, declared, wanted, record_id)
    if writing and writing.state in EDITABLE_STATES and (writing.action, writing.record_id) == (wanted, record_id):
        return writing.pk
    refused = proposal_blocker(dossier, declared_group, declared, wanted, record)
    if refused:
        raise UserError(refused)
    session.execute(
        delete(GroupDeclaration).where(
            col(GroupDeclaration.pegawai_id) == person.pegawai_id, col(GroupDeclaration.group) == declared_group.key
        )
    )
    values = editable_values(declared, record.payload) if record else {}
    checked = validate(
        declared, values, codes=StoredCodes(session), today=person.times.today, person=person.facts, draft=True
    )
    proposal = Proposal(
        pegawai_id=person.pegawai_id,
        group=declared_group.key,
        kind=declared.key,
        action=wanted,
        record_id=record_id,
        record_version=record.version if record else 0,
        slot=slot_key(declared, wanted, record_id),
        payload=checked.payload,
        unor_id=person.unor_id,
        created_at=person.times.now,
        changed_at=person.times.now,
    )
    session.add(proposal)
    session.flush()
    append_history(
        session, proposal, ProposalAction.SAVE_DRAFT, ProposalState.DRAF, actor_id=actor.account_id, at=person.times.now
    )
    return proposal.pk


def discard_draft(session: Session, actor: Actor, proposal_id: int) -> None:
    """Needs no open period: nobody has seen a draft.

    Raises:
        UserError: It has been sent; it may still be withdrawn.
        PermissionDenied: There is no such proposal of this person.
    """
    actor.require(Permission.WITHDRAW)
    person = load_context(session, actor.pegawai_id, lock=True)
    proposal = get_own_proposal(session, actor, proposal_id)
    if proposal.state is not ProposalState.DRAF:
        raise UserError("Usulan ini sudah dikirim sehingga tidak dapat dihapus. Anda masih dapat menariknya.")
    transition(session, person, proposal, ProposalAction.WITHDRAW, actor_id=actor.account_id)


def _declared(group: Group, key: str) -> RecordKind:
    for declared in group.kinds:
        if declared.key == key:
            return declared
    raise PermissionDenied("no such kind in this group")


def _action(value: str) -> RecordAction:
    try:
        return RecordAction(value)
    except ValueError:
        raise PermissionDenied("no such action") from None


def _record(dossier: Dossier, declared: RecordKind, record_id: int | None) -> PersonnelRecord | None:
    if record_id is None:
        return None
    for record in dossier.records[declared.key]:
        if record.id == record_id:
            return record
    raise NotFoundError("no such record of this person")
