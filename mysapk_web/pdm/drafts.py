"""Saving a draft while somebody types: the hot path of the portal, one SELECT and one UPDATE (DESIGN 7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import Row, and_, bindparam, case, func, literal, null, or_, update
from sqlalchemy import select as sql_select
from sqlmodel import Session, col

from mysapk_web.organisation.actor import Actor, NotFoundError
from mysapk_web.organisation.rules.period import Period as Window
from mysapk_web.organisation.rules.period import PeriodKind, effective_period
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.organisation.tables.agency import Instansi, Period
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.code_tables import codes
from mysapk_web.pdm.context import CHANGED, times_of
from mysapk_web.pdm.payload import editable
from mysapk_web.pdm.rules.groups import kind
from mysapk_web.pdm.rules.groups.base import Action, RecordKind
from mysapk_web.pdm.rules.groups.fields import Field, FieldKind, PersonFacts, Value
from mysapk_web.pdm.rules.groups.validation import validate
from mysapk_web.pdm.rules.proposal import EDITABLE, TRANSITIONS, UsulanAct
from mysapk_web.pdm.tables import PersonnelRecord, Proposal
from mysapk_web.pdm.views.form import SavedDraft
from mysapk_web.platform import clock
from mysapk_web.platform.errors import Refused
from mysapk_web.platform.rules.timezones import ZONES

MAX_TEXT: Final = 4000
"""Characters of one value; nobody types more into a field."""
YES: Final = frozenset({"true", "1", "ya"})
NO: Final = frozenset({"", "false", "0", "tidak"})
UNKNOWN: Final = "Isian memuat data yang tidak dikenal. Muat ulang halaman ini, lalu isi kembali."

_COLUMNS: Final[tuple[Any, ...]] = (
    Proposal.kind,
    Proposal.action,
    Proposal.payload,
    Proposal.state,
    Proposal.version,
    Pegawai.jenis,
    Pegawai.nip,
    Pegawai.tanggal_lahir,
    Pegawai.jenis_kelamin,
    Instansi.zona,
    col(Period.kind).label("period"),
    col(Period.instansi_id).label("period_instansi_id"),
    Period.starts_at,
    Period.ends_at,
    Period.extends,
)

# Both statements are put together once: building them costs more than running them.
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
        # The form shows the record as it is now, so what is saved was written against it.
        record_version=func.coalesce(
            sql_select(col(PersonnelRecord.version))
            .where(col(PersonnelRecord.id) == col(Proposal.record_id))
            .scalar_subquery(),
            0,
        ),
        # A new record that has values is a proposal of its own; the empty form may be opened again.
        slot=case((col(Proposal.slot) == col(Proposal.kind) + literal("+"), null()), else_=col(Proposal.slot)),
    )
    .execution_options(synchronize_session=False)
)


def save_draft(
    session: Session, actor: Actor, proposal_id: int, *, version: int, values: Mapping[str, object]
) -> SavedDraft:
    """Save what was typed so far.

    Values that can't be read yet are kept as they were typed, with a sentence each; so a draft loses nothing.
    The one write is guarded by version and state, so it needs no transaction around it (`database.run_single`).

    Args:
        session: Any.
        actor: The owner.
        proposal_id: A draft, or a proposal that was returned.
        version: The version that the form knows.
        values: The fields that changed: texts, and for yes or no also booleans.

    Returns:
        The new version, with what is stored and what is still to be corrected.

    Raises:
        Refused: The period is closed, the proposal is elsewhere by now, or the form sent what it has no fields for.
            Nothing is changed then; the draft stays as it was saved last.
        NotAllowed: There is no such proposal of this person.
    """
    actor.require(Permission.PROPOSE)
    connection = session.connection()
    keys = {"proposal": proposal_id, "owner": actor.pegawai_id}
    rows = connection.execute(_READ, keys).all()
    if not rows:
        raise NotFoundError("no such proposal of this person")
    found = rows[0]
    declared, now = kind(found.kind), clock.now()
    _require(rows, declared, now, version)
    person = PersonFacts(
        jenis=found.jenis, nip=found.nip, tanggal_lahir=found.tanggal_lahir, jenis_kelamin=found.jenis_kelamin
    )
    merged = {**editable(declared, found.payload), **read_values(declared, values)}
    checked = validate(declared, merged, codes=codes(session), today=_day(now, found.zona), person=person, draft=True)
    stored = {"values": checked.payload, "now": now, "seen": version, "stands": found.state}
    if connection.execute(_WRITE, keys | stored).rowcount != 1:
        raise Refused(CHANGED)
    return SavedDraft(
        version=version + 1,
        faults=checked.faults,
        warnings=checked.warnings,
        values=checked.payload,
    )


def read_values(declared: RecordKind, sent: Mapping[str, object]) -> dict[str, Value]:
    """Take from a form what the record has fields for.

    Args:
        declared: The kind of record.
        sent: Anything a client may send.

    Returns:
        A value for each field that was sent.

    Raises:
        Refused: A name or a type that no form has.
    """
    fields = _writable(declared.key)
    if not isinstance(sent, Mapping) or not sent.keys() <= fields.keys():
        raise Refused(UNKNOWN)
    return {name: _value(fields[name].kind, fields[name].label, value) for name, value in sent.items()}


def _value(kind_: FieldKind, label: str, value: object) -> Value:
    if kind_ is FieldKind.BOOLEAN:
        if isinstance(value, bool):
            return value
        word = value.strip().casefold() if isinstance(value, str) else None
        if word in YES or word in NO:
            return word in YES
        raise Refused(f"{label} harus ya atau tidak. Pilih kembali.")
    if value is None or isinstance(value, str):
        if value is not None and len(value) > MAX_TEXT:
            raise Refused(f"{label} terlalu panjang. Isi paling banyak {MAX_TEXT} karakter.")
        return value
    raise Refused(UNKNOWN)


@cache
def _writable(key: str) -> Mapping[str, Field]:
    return {field.name: field for field in kind(key).editable}


def _require(rows: Sequence[Row[Any]], declared: RecordKind, now: datetime, version: int) -> None:
    found = rows[0]
    if found.state not in EDITABLE:
        raise Refused(f"Usulan ini tidak dapat diubah: statusnya sekarang {found.state.label}.")
    if found.action is Action.DELETE:
        raise Refused("Usulan penghapusan tidak berisi data yang dapat diubah.")
    windows = [
        Window(row.period, row.starts_at, row.ends_at, row.period_instansi_id, row.extends)
        for row in rows
        if row.period is not None
    ]
    wanted = TRANSITIONS[found.state, UsulanAct.SAVE_DRAFT].periods
    running = (effective_period(windows, each, now) for each in wanted)
    if not any(period is not None and period.starts_at <= now < period.ends_at for period in running):
        times_of(windows, found.zona).require(found.state, UsulanAct.SAVE_DRAFT, declared.approval)
    if found.version != version:
        raise Refused(CHANGED)


def _day(now: datetime, zona: str) -> date:
    return now.astimezone(ZONES.get(zona, ZONES["WIB"])).date()
