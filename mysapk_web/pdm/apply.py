"""Apply an approved proposal: besides the profile page, the only code that changes a record on file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import update
from sqlmodel import Session, col, select

from mysapk_web.organisation.actor import NotFoundError
from mysapk_web.pdm.code_tables import ReadableCodes, StoredCodes
from mysapk_web.pdm.context import PersonContext, load_context
from mysapk_web.pdm.dossier import kind_of
from mysapk_web.pdm.matching import find_duplicate
from mysapk_web.pdm.payload import decode_payload, editable_values
from mysapk_web.pdm.rules.groups.base import RecordAction, RecordKind
from mysapk_web.pdm.rules.groups.fields import Value
from mysapk_web.pdm.rules.groups.validation import validate
from mysapk_web.pdm.rules.proposal import ProposalAction
from mysapk_web.pdm.tables import FormerValue, PersonnelRecord, Proposal
from mysapk_web.pdm.transitions import transition
from mysapk_web.platform.errors import PermissionDenied, UserError
from mysapk_web.platform.rules.timezones import zone_of

OVERTAKEN: Final = (
    "Data pada berkas berubah sesudah usulan ini dikirim, sehingga usulan tidak dapat diterapkan. "
    "Kembalikan usulan agar diperiksa kembali."
)
DUPLICATE: Final = (
    "Data yang sama sudah ada pada berkas, sehingga usulan tidak dapat diterapkan. "
    "Tolak usulan, atau kembalikan agar pegawai memeriksanya kembali."
)
UNSOUND: Final = "Isi usulan ini tidak lengkap, sehingga tidak dapat diterapkan. Kembalikan usulan agar diperbaiki."


def apply_proposal(session: Session, proposal_id: int, actor_id: int | None, *, address: str = "") -> int:
    """Write an approved proposal to the records on file, in the transaction of the decision. Keeps the old value.

    Returns:
        The id of the record.

    Raises:
        UserError: Not approved yet, applied already, or the record on file has changed since.
        PermissionDenied: There is no such proposal, or the actor is its owner.
    """
    owner = session.exec(select(Proposal.pegawai_id).where(Proposal.id == proposal_id)).one_or_none()
    if owner is None:
        raise NotFoundError("no such proposal")
    person = load_context(session, owner, lock=True)
    proposal = session.exec(
        select(Proposal).where(Proposal.id == proposal_id).execution_options(populate_existing=True)
    ).one()
    if actor_id == person.account_id:
        raise PermissionDenied("nobody decides on their own data")
    record_id = _write(session, person, proposal, actor_id)
    values: dict[str, Any] = {"record_id": record_id} if proposal.action is RecordAction.ADD else {}
    transition(session, person, proposal, ProposalAction.APPLY, actor_id=actor_id, address=address, **values)
    return record_id


def _write(session: Session, person: PersonContext, proposal: Proposal, actor_id: int | None) -> int:
    person.times.require(proposal.state, ProposalAction.APPLY, kind_of(proposal).approval)
    declared, now = kind_of(proposal), person.times.now
    if proposal.action is RecordAction.ADD:
        values = _revalidated(session, person, proposal, declared)
        _require_unique(session, person, declared, values)
        record = PersonnelRecord(
            pegawai_id=person.pegawai_id,
            kind=declared.key,
            payload=values,
            created_at=now,
            changed_at=now,
        )
        session.add(record)
        session.flush()
        return record.pk
    old = session.exec(
        select(PersonnelRecord)
        .where(PersonnelRecord.id == proposal.record_id, PersonnelRecord.pegawai_id == person.pegawai_id)
        .execution_options(populate_existing=True)
    ).one()
    if old.removed_at is not None or old.version != proposal.record_version:
        raise UserError(OVERTAKEN)
    changes: dict[str, Any] = {"removed_at": now}
    if proposal.action is RecordAction.CHANGE:
        # Fields that only the agency maintains are kept.
        payload = {**old.payload, **_revalidated(session, person, proposal, declared)}
        _require_unique(session, person, declared, payload, old)
        changes = {"payload": payload}
    session.add(
        FormerValue(
            record_id=old.pk,
            version=old.version,
            payload=old.payload,
            replaced_at=now,
            replaced_by=actor_id,
            proposal_id=proposal.id,
        )
    )
    _change(session, old, changes | {"changed_at": now})
    return old.pk


def _require_unique(
    session: Session,
    person: PersonContext,
    declared: RecordKind,
    after: Mapping[str, Value],
    old: PersonnelRecord | None = None,
) -> None:
    """Asked again under the lock on the person, when everything applied before is visible."""
    others = session.exec(
        select(PersonnelRecord).where(
            PersonnelRecord.pegawai_id == person.pegawai_id,
            PersonnelRecord.kind == declared.key,
            col(PersonnelRecord.removed_at).is_(None),
            col(PersonnelRecord.id) != (old.id if old else 0),
        )
    ).all()
    if find_duplicate(declared, others, decode_payload(declared, old.payload) if old else None, after):
        raise UserError(DUPLICATE)


def _change(session: Session, record: PersonnelRecord, values: dict[str, Any]) -> None:
    changed = session.execute(
        update(PersonnelRecord)
        .where(col(PersonnelRecord.id) == record.id, col(PersonnelRecord.version) == record.version)
        .values(version=record.version + 1, **values)
        .returning(col(PersonnelRecord.id)),
        execution_options={"synchronize_session": False},
    ).one_or_none()
    if changed is None:
        raise UserError(OVERTAKEN)
    session.refresh(record)


def _revalidated(session: Session, person: PersonContext, proposal: Proposal, declared: RecordKind) -> dict[str, Value]:
    """The proposed values, valid as of the day they were sent: rules and code tables may have changed since."""
    sent = proposal.sent_at or person.times.now
    checked = validate(
        declared,
        editable_values(declared, proposal.payload),
        codes=ReadableCodes(StoredCodes(session)),
        today=sent.astimezone(zone_of(person.times.timezone).info).date(),
        person=person.facts,
    )
    if not checked.ok:
        raise UserError(UNSOUND)
    return checked.payload
