"""Who has not activated: the list for those who remind them, and the list of those whose services are not processed (lampiran L)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, case
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from mysapk_web.domain.pegawai import JenisPegawai
from mysapk_web.domain.period import PeriodKind, Phase
from mysapk_web.domain.roles import Permission
from mysapk_web.models import Account, Instansi, Pegawai, Reminder, Unor
from mysapk_web.services import periods
from mysapk_web.services.actor import Actor
from mysapk_web.services.listing import Listing, list_page
from mysapk_web.services.progress import places, reading
from mysapk_web.services.progress.places import Place
from mysapk_web.services.scope import people_within

NOT_TAKEN_PART: Final = "Tidak melakukan aktivasi akun sampai periode aktivasi berakhir."
"""Why somebody stands on the list of sanctions."""


class Cause(StrEnum):
    """What stands between a person and the activation; the first that applies."""

    DISABLED = "nonaktif"
    NO_EMAIL = "tanpa-email"
    WAITING = "menunggu"
    """A CPNS whom the agency has not approved."""
    OPEN = "belum"
    """Nothing: the person only has to do it."""

    @property
    def label(self) -> str:
        """In words."""
        return _LABELS[self]


_LABELS: Final = {
    Cause.DISABLED: "Akun dinonaktifkan",
    Cause.NO_EMAIL: "Tidak ada alamat email",
    Cause.WAITING: "CPNS menunggu persetujuan",
    Cause.OPEN: "Belum mengaktifkan",
}


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list is narrowed to.

    Attributes:
        key: Place, see `places.find`; empty for the whole scope.
        jenis: Kind of employment; None for all.
        cause: None for all.
    """

    key: str = ""
    jenis: JenisPegawai | None = None
    cause: Cause | None = None


@dataclass(frozen=True, slots=True)
class MissingPerson:
    """One person who has not activated.

    Attributes:
        reminded_at: When the last reminder was written.
    """

    account_id: int
    nip: str
    nama: str
    jenis: JenisPegawai
    unit: str
    instansi: str
    cause: Cause
    reminded_at: datetime | None


@dataclass(frozen=True, slots=True)
class Closed:
    """An agency whose period of activation is over.

    Attributes:
        ended_at: Exclusive end.
    """

    instansi_id: int
    nama: str
    ended_at: datetime
    zona: str


def missing(session: Session, actor: Actor, narrowed: Filter, page: int = 1) -> Listing[MissingPerson]:
    """Who has not activated, by name.

    Args:
        session: Any transaction.
        actor: Who looks.
        narrowed: To what.
        page: From 1.

    Raises:
        NotAllowed: No permission, or a place outside the scope.
    """
    found = _found(session, actor, Permission.PROGRESS_READ, narrowed)
    known = _known_count(session, actor, narrowed)
    return _shown(list_page(session, found, page, col(Pegawai.nama), col(Pegawai.id), known=known))


def _known_count(session: Session, actor: Actor, narrowed: Filter) -> int | None:
    """How many there are by the counts that are kept; None where they don't tell."""
    if narrowed.cause is not None:
        return None
    permission = Permission.PROGRESS_READ
    whole = [places.find(session, actor, permission, narrowed.key)] if narrowed.key else None
    total = 0
    for place in whole or places.starts(session, actor, permission):
        tally, kinds = reading.tally_of(session, place)
        total += tally.missing if narrowed.jenis is None else dict(kinds).get(narrowed.jenis, reading.Tally()).missing
    return total


def agencies_within(session: Session, actor: Actor) -> list[Instansi]:
    """The agencies that the grants of an actor reach, by name.

    Args:
        session: Any transaction.
        actor: Who looks.
    """
    grants = actor.acting_grants
    wanted = select(Instansi).order_by(col(Instansi.nama))
    if not any(grant.instansi_id is None for grant in grants):
        wanted = wanted.where(col(Instansi.id).in_([grant.instansi_id for grant in grants]))
    return list(session.exec(wanted))


def closed_agencies(
    session: Session,
    actor: Actor,
    permission: Permission = Permission.PROGRESS_READ,
    kind: PeriodKind = PeriodKind.AKTIVASI,
) -> list[Closed]:
    """Agencies within the scope whose period has ended.

    Args:
        session: Any transaction.
        actor: Who looks.
        permission: What for.
        kind: Which period.

    Raises:
        NotAllowed: No permission.
    """
    actor.require(permission)
    rows = agencies_within(session, actor)
    states = periods.statuses(session, rows, kind)
    return [
        Closed(row.id or 0, row.nama, state.period.ends_at, row.zona)
        for row, state in zip(rows, states, strict=True)
        if state.phase is Phase.CLOSED and state.period is not None
    ]


def sanctioned(session: Session, actor: Actor, narrowed: Filter, page: int = 1) -> Listing[MissingPerson]:
    """Who had not activated when the period of the agency ended, by name.

    Args:
        session: Any transaction.
        actor: Who looks.
        narrowed: To what.
        page: From 1.

    Raises:
        NotAllowed: No permission, or a place outside the scope.
    """
    found = _sanctioned(session, actor, Permission.PROGRESS_READ, narrowed)
    # Where every agency within reach is closed, the list is that of everybody without activation.
    every = len(closed_agencies(session, actor)) == len(agencies_within(session, actor))
    known = _known_count(session, actor, narrowed) if every else None
    return _shown(list_page(session, found, page, col(Pegawai.nama), col(Pegawai.id), known=known))


def stream(session: Session, actor: Actor, narrowed: Filter, *, sanctions: bool) -> Iterator[MissingPerson]:
    """The whole of one of the two lists, for an export.

    Args:
        session: Any transaction; it stays open while rows are taken.
        actor: Who exports.
        narrowed: To what.
        sanctions: Which list.

    Raises:
        NotAllowed: No permission, or a place outside the scope.
    """
    make = _sanctioned if sanctions else _found
    found = make(session, actor, Permission.PROGRESS_EXPORT, narrowed)
    ordered = found.order_by(col(Pegawai.nama), col(Pegawai.id)).execution_options(yield_per=2_000)
    return (_person(row) for row in session.execute(ordered))


# The query ---------------------------------------------------------------------------------------


def cause_of() -> Any:
    """Expression over `pegawai` and `akun`: the value of a `Cause`."""
    waiting = (col(Pegawai.jenis) == JenisPegawai.CPNS) & col(Pegawai.approved_at).is_(None)
    return case(
        (col(Account.disabled_at).is_not(None), Cause.DISABLED.value),
        (col(Pegawai.email_key).is_(None), Cause.NO_EMAIL.value),
        (waiting, Cause.WAITING.value),
        else_=Cause.OPEN.value,
    )


def conditions(session: Session, actor: Actor, permission: Permission, narrowed: Filter) -> list[ColumnElement[bool]]:
    """Conditions over `pegawai` joined with `unor` and `akun`: not activated, in scope, and as narrowed.

    Args:
        session: Any transaction.
        actor: Who asks.
        permission: What for.
        narrowed: To what.

    Raises:
        NotAllowed: No permission, or a place outside the scope.
    """
    actor.require(permission)
    wanted = [people_within(actor, permission), col(Account.activated_at).is_(None)]
    if narrowed.key:
        wanted.append(places.people_at(places.find(session, actor, permission, narrowed.key)))
    if narrowed.jenis is not None:
        wanted.append(col(Pegawai.jenis) == narrowed.jenis)
    if narrowed.cause is not None:
        wanted.append(cause_of() == narrowed.cause.value)
    return wanted


def _found(session: Session, actor: Actor, permission: Permission, narrowed: Filter) -> Any:
    columns: tuple[Any, ...] = (
        Account.id,
        Pegawai.nip,
        Pegawai.nama,
        Pegawai.jenis,
        col(Unor.nama).label("unit"),
        col(Instansi.nama).label("instansi"),
        cause_of().label("cause"),
        Reminder.at,
    )
    return (
        sql_select(*columns)
        .select_from(Pegawai)
        .join(Account, col(Account.pegawai_id) == Pegawai.id)
        .join(Unor, col(Unor.id) == Pegawai.unor_id)
        .join(Instansi, col(Instansi.id) == Pegawai.instansi_id)
        .outerjoin(Reminder, col(Reminder.account_id) == Account.id)
        .where(*conditions(session, actor, permission, narrowed))
    )


def _sanctioned(session: Session, actor: Actor, permission: Permission, narrowed: Filter) -> Any:
    ids = [agency.instansi_id for agency in closed_agencies(session, actor, permission)]
    return _found(session, actor, permission, narrowed).where(col(Pegawai.instansi_id).in_(ids))


def _shown(listing: Listing[Any]) -> Listing[MissingPerson]:
    items = [_person(row) for row in listing.items]
    return Listing(items, listing.number, listing.pages, listing.total, listing.more)


def _person(row: Any) -> MissingPerson:
    account_id, nip, nama, jenis, unit, instansi, cause, reminded_at = row
    return MissingPerson(account_id, nip, nama, jenis, unit, instansi, Cause(cause), reminded_at)


def place_of(session: Session, actor: Actor, narrowed: Filter) -> Place:
    """The place that a list is narrowed to, for its name.

    Args:
        session: Any transaction.
        actor: Who looks.
        narrowed: To what.

    Raises:
        NotAllowed: No permission, or a place outside the scope.
    """
    return places.find(session, actor, Permission.PROGRESS_READ, narrowed.key)
