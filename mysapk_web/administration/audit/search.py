"""Searching the audit log by person, actor, tag and time, within the scope of the reader."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, String, type_coerce
from sqlalchemy import select as sql_select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from mysapk_web.administration.audit.labels import OrgNames, describe
from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.periods import timezone_of
from mysapk_web.organisation.rules.nip import NipError, normalise_nip
from mysapk_web.organisation.rules.roles import Permission, Role
from mysapk_web.organisation.scope import agency_in_scope, people_in_scope
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform.errors import UserError
from mysapk_web.platform.pagination import Page, paginate
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.rules.timezones import format_moment_compact
from mysapk_web.platform.tables.audit import AuditEvent

PERSON_NOT_FOUND: Final = "Tidak ada pegawai dengan NIP itu dalam lingkup Anda. Periksa NIP-nya."
OUTSIDE_SCOPE: Final = "Petugas di luar lingkup Anda"
SYSTEM: Final = "Sistem atau pengunjung"
OWNER: Final = "Pemilik akun"


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Filters of a search; empty for everything."""

    person: str = ""
    """NIP of the subject."""
    actor: str = ""
    """NIP of the actor."""
    tag: str = ""
    """Value of an `AuditTag`."""
    since: datetime | None = None
    until: datetime | None = None
    """Exclusive."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One event in words, but for its time."""

    id: int
    at: datetime
    tag: str
    actor: str
    subject: str
    """Empty if it happened to nobody."""
    client_address: str
    """Network of the client."""
    detail: str
    timezone: str


@dataclass(frozen=True, slots=True)
class AccountEvent:
    """One event on the page of the account it happened to."""

    at: datetime
    tag: AuditTag
    actor: str
    """An officer is named only if the reader may read the audit log of the officer's agency."""
    reason: str


def search_events(session: Session, actor: Actor, narrowed: AuditFilter, page: int = 1) -> Page[AuditEntry]:
    """One page of events, the newest first.

    Raises:
        PermissionDenied: No permission.
        UserError: An invalid NIP, or one of nobody in scope.
    """
    found = paginate(session, _query(session, actor, narrowed), page, col(AuditEvent.id).desc())
    zona = timezone_of(session, actor)
    return found.with_items(list(_in_words(found.items, OrgNames(session), zona)))


def stream_events(session: Session, actor: Actor, narrowed: AuditFilter) -> Iterator[AuditEntry]:
    """All events, for an export; the transaction stays open while they are read. Raises as `search_events`."""
    zona = timezone_of(session, actor)
    found = _query(session, actor, narrowed).order_by(col(AuditEvent.id).desc()).execution_options(yield_per=2_000)
    names = OrgNames(session)
    return (event for rows in session.execute(found).partitions() for event in _in_words(rows, names, zona))


def latest_of_account(session: Session, actor: Actor, account_id: int, *, limit: int) -> list[AccountEvent]:
    """The latest events of an account that the caller has found in scope, as far as they concern the agencies of the reader.

    Raises:
        PermissionDenied: No permission.
    """
    actor.require(Permission.AUDIT_READ)
    columns: tuple[Any, ...] = (AuditEvent, _OfficerPerson.name, _of_agency(actor, _OfficerPerson.instansi_id))
    rows = session.execute(
        sql_select(*columns)
        .select_from(AuditEvent)
        .outerjoin(_Officer, _Officer.id == AuditEvent.actor_id)
        .outerjoin(_OfficerPerson, _OfficerPerson.id == _Officer.pegawai_id)
        .where(col(AuditEvent.subject_id) == account_id, _within(actor))
        .order_by(col(AuditEvent.id).desc())
        .limit(limit)
    ).all()
    return [
        AccountEvent(event.at, event.tag, _who(event, nama if seen else None), _reason(event))
        for event, nama, seen in rows
    ]


def _who(event: AuditEvent, nama: str | None) -> str:
    if event.actor_id is None:
        return SYSTEM
    return OWNER if event.actor_id == event.subject_id else nama or OUTSIDE_SCOPE


def _reason(event: AuditEvent) -> str:
    reason, role = event.detail.get("reason"), event.detail.get("role")
    if isinstance(reason, str) and reason:
        return reason
    return Role(role).label if isinstance(role, str) and role in set(Role) else ""


def export_cells(event: AuditEntry) -> tuple[str, ...]:
    """A row of the exported file."""
    return (
        format_moment_compact(event.at, event.timezone),
        event.tag,
        event.actor,
        event.subject,
        event.client_address,
        event.detail,
    )


# The query ---------------------------------------------------------------------------------------

_Officer: Any = aliased(Account)
_OfficerPerson: Any = aliased(Pegawai)


def _query(session: Session, actor: Actor, narrowed: AuditFilter) -> Any:
    actor.require(Permission.AUDIT_READ)
    seen_officer = _of_agency(actor, _OfficerPerson.instansi_id)
    columns: tuple[Any, ...] = (
        AuditEvent.id,
        AuditEvent.at,
        type_coerce(AuditEvent.tag, String),
        AuditEvent.actor_id,
        _OfficerPerson.name,
        _OfficerPerson.nip,
        seen_officer.label("seen"),
        Pegawai.name,
        Pegawai.nip,
        AuditEvent.address,
        AuditEvent.detail,
    )
    return (
        sql_select(*columns)
        .select_from(AuditEvent)
        .outerjoin(Account, col(Account.id) == AuditEvent.subject_id)
        .outerjoin(Pegawai, col(Pegawai.id) == Account.pegawai_id)
        .outerjoin(_Officer, _Officer.id == AuditEvent.actor_id)
        .outerjoin(_OfficerPerson, _OfficerPerson.id == _Officer.pegawai_id)
        .where(_within(actor), *_conditions(session, actor, narrowed))
    )


def _within(actor: Actor) -> ColumnElement[bool]:
    """Events of the agencies whose audit log the reader may read; the agency is that of the subject at the time of the event."""
    return _of_agency(actor, col(AuditEvent.instansi_id))


def _of_agency(actor: Actor, column: Any) -> ColumnElement[bool]:
    return agency_in_scope(actor, Permission.AUDIT_READ, column, whole=True)


def _conditions(session: Session, actor: Actor, narrowed: AuditFilter) -> Iterable[ColumnElement[bool]]:
    if narrowed.person:
        yield col(AuditEvent.subject_id) == _account(session, actor, narrowed.person, "nip")
    if narrowed.actor:
        yield col(AuditEvent.actor_id) == _account(session, actor, narrowed.actor, "pelaku")
    if narrowed.tag:
        if narrowed.tag not in set(AuditTag):
            raise UserError("Pilih tindakan dari daftar.", "tindakan")
        yield col(AuditEvent.tag) == AuditTag(narrowed.tag)
    if narrowed.since is not None:
        yield col(AuditEvent.at) >= narrowed.since
    if narrowed.until is not None:
        yield col(AuditEvent.at) < narrowed.until


def _account(session: Session, actor: Actor, nip: str, field: str) -> int:
    try:
        value = normalise_nip(nip)
    except NipError as error:
        raise UserError(str(error), field) from None
    found = session.exec(
        select(Account.id)
        .join(Pegawai, col(Pegawai.id) == Account.pegawai_id)
        .join(Unor, col(Unor.id) == Pegawai.unor_id)
        .where(Pegawai.nip == value, people_in_scope(actor, Permission.AUDIT_READ))
    ).first()
    if found is None:
        raise UserError(PERSON_NOT_FOUND, field)
    return found


def _in_words(rows: Iterable[Any], names: OrgNames, zona: str) -> Iterator[AuditEntry]:
    read = list(rows)
    names.load((row[2], row[-1]) for row in read)
    return (_event(row, names, zona) for row in read)


def _event(row: Any, names: OrgNames, zona: str) -> AuditEntry:
    id_, at, value, actor_id, officer, officer_nip, seen, nama, nip, address, detail = row
    who = SYSTEM if actor_id is None else f"{officer} ({officer_nip})" if seen and officer else OUTSIDE_SCOPE
    subject = f"{nama} ({nip})" if nama else ""
    tag = AuditTag(value).label if value in set(AuditTag) else value
    return AuditEntry(id_, at, tag, who, subject, address, describe(value, detail, names, zona), zona)
