"""Applying a decided proposal: the only way in which a record on file changes (DESIGN 5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import update
from sqlmodel import Session, col, select

from mysapk_web.organisation.actor import NotFoundError
from mysapk_web.pdm.code_tables import ReadableCodes, codes
from mysapk_web.pdm.context import Standing, standing_of
from mysapk_web.pdm.dossier import kind_of
from mysapk_web.pdm.matching import find_duplicate
from mysapk_web.pdm.payload import editable, readable
from mysapk_web.pdm.rules.groups.base import Action, RecordKind
from mysapk_web.pdm.rules.groups.fields import Value
from mysapk_web.pdm.rules.groups.validation import validate
from mysapk_web.pdm.rules.proposal import UsulanAct
from mysapk_web.pdm.tables import FormerValue, PersonnelRecord, Proposal
from mysapk_web.pdm.transitions import move
from mysapk_web.platform.errors import NotAllowed, Refused
from mysapk_web.platform.rules.timezones import ZONES

OVERTAKEN: Final = (
    "Data pada berkas berubah sesudah usulan ini dikirim, sehingga usulan tidak dapat diterapkan. "
    "Kembalikan usulan agar diperiksa kembali."
)
DUPLICATE: Final = (
    "Data yang sama sudah ada pada berkas, sehingga usulan tidak dapat diterapkan. "
    "Tolak usulan, atau kembalikan agar pegawai memeriksanya kembali."
)
UNSOUND: Final = "Isi usulan ini tidak lengkap, sehingga tidak dapat diterapkan. Kembalikan usulan agar diperbaiki."


def apply(session: Session, proposal_id: int, actor_id: int | None, *, address: str = "") -> int:
    """Write what was decided into the records on file, keeping the old value.

    Args:
        session: The transaction of the decision.
        proposal_id: Approved by the last level that its kind needs.
        actor_id: Account whose decision it was; None for the system.
        address: Client address of the decision, for the trail.

    Returns:
        Id of the record.

    Raises:
        Refused: Not decided yet, applied already, or the record on file has changed since.
        NotAllowed: There is no such proposal, or the actor is its owner.
    """
    owner = session.exec(select(Proposal.pegawai_id).where(Proposal.id == proposal_id)).one_or_none()
    if owner is None:
        raise NotFoundError("no such proposal")
    here = standing_of(session, owner, lock=True)
    proposal = session.exec(
        select(Proposal).where(Proposal.id == proposal_id).execution_options(populate_existing=True)
    ).one()
    if actor_id == here.account_id:
        raise NotAllowed("nobody decides on the own data")
    record_id = _write(session, here, proposal, actor_id)
    values: dict[str, Any] = {"record_id": record_id} if proposal.action is Action.ADD else {}
    move(session, here, proposal, UsulanAct.APPLY, actor_id=actor_id, address=address, **values)
    return record_id


def _write(session: Session, here: Standing, proposal: Proposal, actor_id: int | None) -> int:
    here.times.require(proposal.state, UsulanAct.APPLY, kind_of(proposal).approval)
    declared, now = kind_of(proposal), here.times.now
    if proposal.action is Action.ADD:
        values = _sound(session, here, proposal, declared)
        _require_unique(session, here, declared, values)
        record = PersonnelRecord(
            pegawai_id=here.pegawai_id,
            kind=declared.key,
            payload=values,
            created_at=now,
            changed_at=now,
        )
        session.add(record)
        session.flush()
        return record.id or 0
    old = session.exec(
        select(PersonnelRecord)
        .where(PersonnelRecord.id == proposal.record_id, PersonnelRecord.pegawai_id == here.pegawai_id)
        .execution_options(populate_existing=True)
    ).one()
    if old.removed_at is not None or old.version != proposal.record_version:
        raise Refused(OVERTAKEN)
    changes: dict[str, Any] = {"removed_at": now}
    if proposal.action is Action.CHANGE:
        # What the agency keeps beside the proposed fields stays.
        payload = {**old.payload, **_sound(session, here, proposal, declared)}
        _require_unique(session, here, declared, payload, old)
        changes = {"payload": payload}
    session.add(
        FormerValue(
            record_id=old.id or 0,
            version=old.version,
            payload=old.payload,
            replaced_at=now,
            replaced_by=actor_id,
            proposal_id=proposal.id,
        )
    )
    _change(session, old, changes | {"changed_at": now})
    return old.id or 0


def _require_unique(
    session: Session,
    here: Standing,
    declared: RecordKind,
    after: Mapping[str, Value],
    old: PersonnelRecord | None = None,
) -> None:
    """Nothing gets on file twice: asked again under the lock on the person, when everything applied before is there.

    Raises:
        Refused: The proposal would make a record the same as another one.
    """
    others = session.exec(
        select(PersonnelRecord).where(
            PersonnelRecord.pegawai_id == here.pegawai_id,
            PersonnelRecord.kind == declared.key,
            col(PersonnelRecord.removed_at).is_(None),
            col(PersonnelRecord.id) != (old.id if old else 0),
        )
    ).all()
    if find_duplicate(declared, others, readable(declared, old.payload) if old else None, after):
        raise Refused(DUPLICATE)


def _change(session: Session, record: PersonnelRecord, values: dict[str, Any]) -> None:
    changed = session.execute(
        update(PersonnelRecord)
        .where(col(PersonnelRecord.id) == record.id, col(PersonnelRecord.version) == record.version)
        .values(version=record.version + 1, **values)
        .returning(col(PersonnelRecord.id)),
        execution_options={"synchronize_session": False},
    ).one_or_none()
    if changed is None:
        raise Refused(OVERTAKEN)
    session.refresh(record)


def _sound(session: Session, here: Standing, proposal: Proposal, declared: RecordKind) -> dict[str, Value]:
    """The proposed values, checked once more as on the day they were sent: rules and lists may have moved on since."""
    sent = proposal.sent_at or here.times.now
    checked = validate(
        declared,
        editable(declared, proposal.payload),
        codes=ReadableCodes(codes(session)),
        today=sent.astimezone(ZONES[here.times.zona]).date(),
        person=here.facts,
    )
    if not checked.ok:
        raise Refused(UNSOUND)
    return checked.payload
