"""Saving a draft while someone types: the hot path of the portal, one SELECT and one UPDATE."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import Row, and_, bindparam, case, func, literal, null, or_, update
from sqlalchemy import select as sql_select
from sqlmodel import Session, col

from mysapk_web.organisation.actor import Actor, NotFoundError
from mysapk_web.organisation.rules.period import PeriodKind, effective_period
from mysapk_web.organisation.rules.period import PeriodWindow as Window
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.organisation.tables.agency import Instansi, Period
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.code_tables import StoredCodes
from mysapk_web.pdm.context import CHANGED, period_context
from mysapk_web.pdm.payload import editable_values
from mysapk_web.pdm.rules.groups import get_kind
from mysapk_web.pdm.rules.groups.base import RecordAction, RecordKind
from mysapk_web.pdm.rules.groups.fields import Field, FieldKind, PersonFacts, Value
from mysapk_web.pdm.rules.groups.validation import UNKNOWN_FIELD, validate
from mysapk_web.pdm.rules.groups.values import KEPT_LENGTH
from mysapk_web.pdm.rules.proposal import EDITABLE_STATES, TRANSITIONS, ProposalAction
from mysapk_web.pdm.tables import PersonnelRecord, Proposal
from mysapk_web.platform import clock
from mysapk_web.platform.errors import UserError
from mysapk_web.platform.rules.timezones import zone_of

YES: Final = frozenset({"true", "1", "ya"})
NO: Final = frozenset({"", "false", "0", "tidak"})

_COLUMNS: Final[tuple[Any, ...]] = (
    Proposal.kind,
    Proposal.action,
    Proposal.payload,
    Proposal.state,
    Proposal.version,
    Pegawai.jenis,
    Pegawai.nip,
    Pegawai.birth_date,
    Pegawai.gender,
    Instansi.timezone,
    col(Period.kind).label("period"),
    col(Period.instansi_id).label("period_instansi_id"),
    Period.starts_at,
    Period.ends_at,
    Period.extends,
)

# Both statements are built once: building them takes longer than running them.
_READ: Final = (
    sql_select(*_COLUMNS)
    .join(Pegawai, col(Pegawai.id) == Proposal.pegawai_id)
    .join(Instansi, col(Instansi.id) == Pegawai.instansi_id)
    .outerjoin(
        Period,
        and_(
            or_(col(Period.instansi_id).is_(None), col(Period.instansi_id) == Pegawai.instansi_id),
            or_(col(Period.kind) == PeriodKind.PDM, col(Period.kind) == PeriodKind.VERIFIKASI),
        ),
    )
    .where(col(Proposal.id) == bindparam("proposal"), col(Proposal.pegawai_id) == bindparam("owner"))
)
_WRITE: Final = (
    update(Proposal)
    .where(
        col(Proposal.id) == bindparam("proposal"),
        col(Proposal.pegawai_id) == bindparam("owner"),
        col(Proposal.version) == bindparam("seen"),
        col(Proposal.state) == bindparam("stands"),
    )
    .values(
        payload=bindparam("values"),
        version=col(Proposal.version) + 1,
        changed_at=bindparam("now"),
        # The form shows the record as it is now, so this is the version the draft was written against.
        record_version=func.coalesce(
            sql_select(col(PersonnelRecord.version))
            .where(col(PersonnelRecord.id) == col(Proposal.record_id))
            .scalar_subquery(),
            0,
        ),
        # With values it is a proposal of its own; only the empty form of a new record is opened again.
        slot=case((col(Proposal.slot) == col(Proposal.kind) + literal("+"), null()), else_=col(Proposal.slot)),
    )
    .execution_options(synchronize_session=False)
)


@dataclass(frozen=True, slots=True)
class SavedDraft:
    version: int
    """For the next save."""
    faults: dict[str, str]
    """By field: what can't be parsed yet. It is stored as typed."""
    warnings: dict[str, str]
    values: dict[str, Value]


def save_draft(
    session: Session, actor: Actor, proposal_id: int, *, version: int, values: Mapping[str, object]
) -> SavedDraft:
    """Merge the fields that changed into the draft.

    The one write is guarded by version and state, so it needs no transaction around it (`executors.run_batched`).

    Raises:
        UserError: The period is closed, the proposal has moved on, or the form sent unknown fields. Nothing is
            changed.
        PermissionDenied: There is no such proposal of this person.
    """
    actor.require(Permission.PROPOSE)
    connection = session.connection()
    keys = {"proposal": proposal_id, "owner": actor.pegawai_id}
    rows = connection.execute(_READ, keys).all()
    if not rows:
        raise NotFoundError("no such proposal of this person")
    found = rows[0]
    declared, now = get_kind(found.kind), clock.now()
    _require(rows, declared, now, version)
    person = PersonFacts(jenis=found.jenis, nip=found.nip, birth_date=found.birth_date, gender=found.gender)
    merged = {**editable_values(declared, found.payload), **parse_form(declared, values)}
    checked = validate(
        declared, merged, codes=StoredCodes(session), today=_day(now, found.timezone), person=person, draft=True
    )
    stored = {"values": checked.payload, "now": now, "seen": version, "stands": found.state}
    if connection.execute(_WRITE, keys | stored).rowcount != 1:
        raise UserError(CHANGED)
    return SavedDraft(
        version=version + 1,
        faults=checked.faults,
        warnings=checked.warnings,
        values=checked.payload,
    )


def parse_form(declared: RecordKind, sent: Mapping[str, object]) -> dict[str, Value]:
    """Raises UserError for a name or a type that no form has."""
    fields = _writable(declared.key)
    if not isinstance(sent, Mapping) or not sent.keys() <= fields.keys():
        raise UserError(UNKNOWN_FIELD)
    return {name: _value(fields[name].kind, fields[name].label, value) for name, value in sent.items()}


def _value(kind_: FieldKind, label: str, value: object) -> Value:
    if kind_ is FieldKind.BOOLEAN:
        if isinstance(value, bool):
            return value
        word = value.strip().casefold() if isinstance(value, str) else None
        if word in YES or word in NO:
            return word in YES
        raise UserError(f"{label} harus ya atau tidak. Pilih kembali.")
    if value is None or isinstance(value, str):
        if value is not None and len(value) > KEPT_LENGTH:
            raise UserError(f"{label} terlalu panjang. Isi paling banyak {KEPT_LENGTH} karakter.")
        return value
    raise UserError(UNKNOWN_FIELD)


@cache
def _writable(key: str) -> Mapping[str, Field]:
    return {field.name: field for field in get_kind(key).editable}


def _require(rows: Sequence[Row[Any]], declared: RecordKind, now: datetime, version: int) -> None:
    found = rows[0]
    if found.state not in EDITABLE_STATES:
        raise UserError(f"Usulan ini tidak dapat diubah: statusnya sekarang {found.state.label}.")
    if found.action is RecordAction.DELETE:
        raise UserError("Usulan penghapusan tidak berisi data yang dapat diubah.")
    windows = [
        Window(row.period, row.starts_at, row.ends_at, row.period_instansi_id, row.extends)
        for row in rows
        if row.period is not None
    ]
    wanted = TRANSITIONS[found.state, ProposalAction.SAVE_DRAFT].periods
    running = (effective_period(windows, each, now) for each in wanted)
    if not any(period is not None and period.starts_at <= now < period.ends_at for period in running):
        period_context(windows, found.timezone).require(found.state, ProposalAction.SAVE_DRAFT, declared.approval)
    if found.version != version:
        raise UserError(CHANGED)


def _day(now: datetime, zona: str) -> date:
    return now.astimezone(zone_of(zona).info).date()
