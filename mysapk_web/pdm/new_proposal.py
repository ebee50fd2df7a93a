"""Starting a proposal, and throwing a draft away."""

from __future__ import annotations

from sqlalchemy import delete
from sqlmodel import Session, col

from mysapk_web.organisation.actor import Actor, NotFoundError
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.pdm import dossier as held
from mysapk_web.pdm.code_tables import codes
from mysapk_web.pdm.context import standing_of
from mysapk_web.pdm.dossier import Holdings
from mysapk_web.pdm.eligibility import occupant, slot_of, why_no_proposal
from mysapk_web.pdm.payload import editable
from mysapk_web.pdm.rules.groups.base import Action, Group, RecordKind
from mysapk_web.pdm.rules.groups.validation import validate
from mysapk_web.pdm.rules.proposal import EDITABLE, UsulanAct, UsulanState
from mysapk_web.pdm.tables import GroupStatement, PersonnelRecord, Proposal
from mysapk_web.pdm.transitions import move, note_step, own
from mysapk_web.platform.errors import NotAllowed, Refused


def start(session: Session, actor: Actor, *, group: str, kind: str, action: str, record_id: int | None = None) -> int:
    """Start a proposal, or go on with the one that is already being written.

    A declaration of the group ("data sudah sesuai", "tidak ada riwayat") is taken back: both can't be true.

    Args:
        session: Any transaction.
        actor: Whose data.
        group: Key of the group.
        kind: Key of a kind of record in it.
        action: Value of `pdm.rules.groups.base.Action`.
        record_id: The record on file to change or delete; None for a new one.

    Returns:
        Id of the proposal.

    Raises:
        Refused: The rules of the group or the period don't allow it, in words that say why.
        NotAllowed: There is no such group, kind or record for this person.
    """
    actor.require(Permission.PROPOSE)
    here = standing_of(session, actor.pegawai_id, lock=True)
    declared_group = here.group(group)
    declared, wanted = _declared(declared_group, kind), _action(action)
    if (wanted is Action.ADD) is not (record_id is None):
        raise NotAllowed("a new record has no id, any other proposal needs one")
    holdings = held.read(session, here)
    held.add_records(session, holdings, [declared])
    record = _record(holdings, declared, record_id)
    writing = occupant(holdings, declared, wanted, record_id)
    if writing and writing.state in EDITABLE and (writing.action, writing.record_id) == (wanted, record_id):
        return writing.id or 0
    refused = why_no_proposal(holdings, declared_group, declared, wanted, record)
    if refused:
        raise Refused(refused)
    session.execute(
        delete(GroupStatement).where(
            col(GroupStatement.pegawai_id) == here.pegawai_id, col(GroupStatement.group) == declared_group.key
        )
    )
    values = editable(declared, record.payload) if record else {}
    checked = validate(declared, values, codes=codes(session), today=here.times.today, person=here.facts, draft=True)
    proposal = Proposal(
        pegawai_id=here.pegawai_id,
        group=declared_group.key,
        kind=declared.key,
        action=wanted,
        record_id=record_id,
        record_version=record.version if record else 0,
        slot=slot_of(declared, wanted, record_id),
        payload=checked.payload,
        unor_id=here.unor_id,
        created_at=here.times.now,
        changed_at=here.times.now,
    )
    session.add(proposal)
    session.flush()
    note_step(session, proposal, UsulanAct.SAVE_DRAFT, UsulanState.DRAF, actor_id=actor.account_id, at=here.times.now)
    return proposal.id or 0


def discard(session: Session, actor: Actor, proposal_id: int) -> None:
    """Throw a draft away. It needs no open period: nobody has seen it yet.

    Args:
        session: Any transaction.
        actor: The owner.
        proposal_id: Of a draft.

    Raises:
        Refused: It was sent already; then it can be withdrawn.
        NotAllowed: There is none of this person.
    """
    actor.require(Permission.WITHDRAW)
    here = standing_of(session, actor.pegawai_id, lock=True)
    proposal = own(session, actor, proposal_id)
    if proposal.state is not UsulanState.DRAF:
        raise Refused("Usulan ini sudah dikirim sehingga tidak dapat dihapus. Anda masih dapat menariknya.")
    move(session, here, proposal, UsulanAct.WITHDRAW, actor_id=actor.account_id)


def _declared(group: Group, key: str) -> RecordKind:
    for declared in group.kinds:
        if declared.key == key:
            return declared
    raise NotAllowed("no such kind in this group")


def _action(value: str) -> Action:
    try:
        return Action(value)
    except ValueError:
        raise NotAllowed("no such action") from None


def _record(holdings: Holdings, declared: RecordKind, record_id: int | None) -> PersonnelRecord | None:
    if record_id is None:
        return None
    for record in holdings.records[declared.key]:
        if record.id == record_id:
            return record
    raise NotFoundError("no such record of this person")
