"""Who has not finished, not sent, or not taken part in the present PDM; after it, whose services are not processed (lampiran L)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, func

from mysapk_web.domain.groups import GROUPS, groups_for
from mysapk_web.domain.groups import group as group_named
from mysapk_web.domain.pegawai import JenisPegawai
from mysapk_web.domain.period import PeriodKind
from mysapk_web.domain.progress import GROUP_BITS, GROUP_MEASURES, Measure
from mysapk_web.domain.roles import Permission
from mysapk_web.models import Account, Instansi, PdmHandling, Pegawai, Reminder, Unor
from mysapk_web.services.actor import Actor
from mysapk_web.services.listing import Listing, list_page
from mysapk_web.services.progress import places
from mysapk_web.services.progress.lines import counts_of
from mysapk_web.services.progress.missing import agencies_within, closed_agencies
from mysapk_web.services.progress.pdm_reading import MEASURES, Tally, whole_of
from mysapk_web.services.scope import people_within

NOT_TAKEN_PART: Final = (
    "Tidak mengikuti pemutakhiran data mandiri sampai periode berakhir: tidak ada kelompok data yang diperiksa dan "
    "tidak ada usulan yang dikirim."
)
"""Why somebody stands on the list of sanctions."""


class Lack(StrEnum):
    """What is looked for."""

    UNFINISHED = "belum-selesai"
    UNSENT = "belum-kirim"
    NOT_TAKEN_PART = "belum-ikut"

    @property
    def label(self) -> str:
        """In words."""
        return {
            Lack.UNFINISHED: "Belum selesai",
            Lack.UNSENT: "Belum mengirim usulan",
            Lack.NOT_TAKEN_PART: "Belum ikut sama sekali",
        }[self]


class Stage(StrEnum):
    """How far somebody is; the first that applies."""

    INACTIVE = "belum-aktif"
    DONE = "selesai"
    NOT_TAKEN_PART = "belum-ikut"
    LEFT = "tertinggal"
    """A draft is not sent, or a proposal came back."""
    PARTLY = "sebagian"

    @property
    def label(self) -> str:
        """In words."""
        return {
            Stage.INACTIVE: "Akun belum diaktifkan",
            Stage.DONE: "Semua kelompok selesai",
            Stage.NOT_TAKEN_PART: "Belum mulai",
            Stage.LEFT: "Ada yang belum terkirim",
            Stage.PARTLY: "Sebagian selesai",
        }[self]


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list is narrowed to.

    Attributes:
        key: Place, see `places.find`; empty for the whole scope.
        jenis: Kind of employment; None for all.
        lack: What is looked for.
        group: Key of a group that is not handled, among those whom it concerns; empty for any.
    """

    key: str = ""
    jenis: JenisPegawai | None = None
    lack: Lack = Lack.UNFINISHED
    group: str = ""

    def __post_init__(self) -> None:
        if self.group and self.group not in GROUP_BITS:
            raise ValueError("no such group")


@dataclass(frozen=True, slots=True)
class UnfinishedPerson:
    """One person who is found.

    Attributes:
        handled: Green groups.
        concerned: Groups that concern the person.
        can_remind: The person can do something about it.
        reminded_at: When the last reminder was written.
    """

    account_id: int
    nip: str
    nama: str
    jenis: JenisPegawai
    unit: str
    instansi: str
    handled: int
    concerned: int
    stage: Stage
    can_remind: bool
    reminded_at: datetime | None


_KEPT: Any = PdmHandling


def unfinished(session: Session, actor: Actor, narrowed: Filter, page: int = 1) -> Listing[UnfinishedPerson]:
    """Who lacks what is looked for, by name.

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


def sanctioned(session: Session, actor: Actor, narrowed: Filter, page: int = 1) -> Listing[UnfinishedPerson]:
    """Who had not taken part when the PDM of the agency ended, by name.

    Args:
        session: Any transaction.
        actor: Who looks.
        narrowed: To what; what is looked for is always who has not taken part.
        page: From 1.

    Raises:
        NotAllowed: No permission, or a place outside the scope.
    """
    wanted = _of_sanctions(narrowed)
    found = _sanctioned(session, actor, Permission.PROGRESS_READ, wanted)
    closed = closed_agencies(session, actor, kind=PeriodKind.PDM)
    every = len(closed) == len(agencies_within(session, actor))
    known = _known_count(session, actor, wanted) if every else None
    return _shown(list_page(session, found, page, col(Pegawai.nama), col(Pegawai.id), known=known))


def stream(session: Session, actor: Actor, narrowed: Filter, *, sanctions: bool) -> Iterator[UnfinishedPerson]:
    """The whole of one of the two lists, for an export.

    Args:
        session: Any transaction; it stays open while rows are taken.
        actor: Who exports.
        narrowed: To what.
        sanctions: Which list.

    Raises:
        NotAllowed: No permission, or a place outside the scope.
    """
    permission = Permission.PROGRESS_EXPORT
    make, wanted = (_sanctioned, _of_sanctions(narrowed)) if sanctions else (_found, narrowed)
    found = make(session, actor, permission, wanted)
    ordered = found.order_by(col(Pegawai.nama), col(Pegawai.id)).execution_options(yield_per=2_000)
    return (_person(row) for row in session.execute(ordered))


def place_of(session: Session, actor: Actor, narrowed: Filter) -> places.Place:
    """The place that a list is narrowed to, for its name.

    Args:
        session: Any transaction.
        actor: Who looks.
        narrowed: To what.

    Raises:
        NotAllowed: No permission, or a place outside the scope.
    """
    return places.find(session, actor, Permission.PROGRESS_READ, narrowed.key)


# The query ---------------------------------------------------------------------------------------


def source() -> Any:
    """`pegawai` with the account, the unit, and what was done in the present PDM, if anything."""
    people: Any = Pegawai.__table__  # type: ignore[attr-defined]
    return (
        people.join(Account.__table__, col(Account.pegawai_id) == Pegawai.id)  # type: ignore[attr-defined]
        .join(Unor.__table__, col(Unor.id) == Pegawai.unor_id)  # type: ignore[attr-defined]
        .outerjoin(_KEPT.__table__, _KEPT.pegawai_id == Pegawai.id)
    )


def conditions(session: Session, actor: Actor, permission: Permission, narrowed: Filter) -> list[ColumnElement[bool]]:
    """Conditions over `source()`: in scope, and as narrowed.

    Args:
        session: Any transaction.
        actor: Who asks.
        permission: What for.
        narrowed: To what.

    Raises:
        NotAllowed: No permission, or a place outside the scope.
    """
    actor.require(permission)
    wanted = [people_within(actor, permission), _lacking(narrowed.lack, narrowed.group)]
    if narrowed.key:
        wanted.append(places.people_at(places.find(session, actor, permission, narrowed.key)))
    if narrowed.jenis is not None:
        wanted.append(col(Pegawai.jenis) == narrowed.jenis)
    if narrowed.group:
        wanted.append(col(Pegawai.jenis).in_(sorted(group_named(narrowed.group).concerns)))
    return wanted


def can_act() -> ColumnElement[bool]:
    """Condition over `source()`: the person can log in and has an address."""
    return (
        col(Account.activated_at).is_not(None)
        & col(Account.disabled_at).is_(None)
        & col(Pegawai.email_key).is_not(None)
    )


def _lacking(lack: Lack, group: str) -> Any:
    """A look at the one row of each person: joined and filtered, it makes PostgreSQL read those of the whole country."""
    reached = {
        Lack.UNFINISHED: _KEPT.done,
        Lack.UNSENT: _KEPT.sent,
        Lack.NOT_TAKEN_PART: _KEPT.sent | (_KEPT.groups != 0),
    }[lack]
    if group:
        reached = reached | (_KEPT.groups.bitwise_and(GROUP_BITS[group]) != 0)
    mine = sql_select(reached).where(_KEPT.pegawai_id == Pegawai.id).correlate(Pegawai.__table__).scalar_subquery()  # type: ignore[attr-defined]
    return func.coalesce(mine, False).is_(False)


def _found(session: Session, actor: Actor, permission: Permission, narrowed: Filter) -> Any:
    columns: tuple[Any, ...] = (
        Account.id,
        Pegawai.nip,
        Pegawai.nama,
        Pegawai.jenis,
        col(Unor.nama).label("unit"),
        col(Instansi.nama).label("instansi"),
        func.coalesce(_KEPT.groups, 0).label("groups"),
        func.coalesce(_KEPT.sent, False).label("sent"),
        func.coalesce(_KEPT.left, False).label("left"),
        col(Account.activated_at).label("activated_at"),
        can_act().label("can_act"),
        Reminder.at,
    )
    return (
        sql_select(*columns)
        .select_from(source())
        .join(Instansi, col(Instansi.id) == Pegawai.instansi_id)
        .outerjoin(Reminder, col(Reminder.account_id) == Account.id)
        .where(*conditions(session, actor, permission, narrowed))
    )


def _sanctioned(session: Session, actor: Actor, permission: Permission, narrowed: Filter) -> Any:
    ids = [agency.instansi_id for agency in closed_agencies(session, actor, permission, PeriodKind.PDM)]
    return _found(session, actor, permission, narrowed).where(col(Pegawai.instansi_id).in_(ids))


def _of_sanctions(narrowed: Filter) -> Filter:
    return Filter(narrowed.key, narrowed.jenis, Lack.NOT_TAKEN_PART)


def _known_count(session: Session, actor: Actor, narrowed: Filter) -> int | None:
    """How many there are by the counts that are kept; None where they don't tell."""
    if narrowed.group and narrowed.lack is not Lack.UNFINISHED:
        return None
    permission = Permission.PROGRESS_READ
    whole = [places.find(session, actor, permission, narrowed.key)] if narrowed.key else None
    measure = GROUP_MEASURES[narrowed.group] if narrowed.group else None
    total = 0
    for place in whole or places.starts(session, actor, permission):
        by_kind = counts_of(session, place, (*MEASURES, *([measure] if measure else [])))
        for jenis, counts in by_kind.items():
            if narrowed.jenis not in (None, jenis):
                continue
            if measure is None:
                total += _lacks(whole_of({jenis: counts}), narrowed.lack)
            elif group_named(narrowed.group) in groups_for(jenis):
                total += counts.get(Measure.PEOPLE, 0) - counts.get(measure, 0)
    return total


def _lacks(tally: Tally, lack: Lack) -> int:
    reached = {Lack.UNFINISHED: tally.done, Lack.UNSENT: tally.sent, Lack.NOT_TAKEN_PART: tally.taken_part}
    return tally.people - reached[lack]


def _shown(listing: Listing[Any]) -> Listing[UnfinishedPerson]:
    items = [_person(row) for row in listing.items]
    return Listing(items, listing.number, listing.pages, listing.total, listing.more)


def _person(row: Any) -> UnfinishedPerson:
    account_id, nip, nama, jenis, unit, instansi, groups, sent, left, activated_at, may_act, reminded_at = row
    concerned = groups_for(jenis)
    handled = sum(bool(groups & GROUP_BITS[each.key]) for each in concerned)
    if activated_at is None:
        stage = Stage.INACTIVE
    elif handled == len(concerned):
        stage = Stage.DONE
    elif left:
        stage = Stage.LEFT
    else:
        stage = Stage.PARTLY if handled or sent else Stage.NOT_TAKEN_PART
    return UnfinishedPerson(
        account_id,
        nip,
        nama,
        jenis,
        unit,
        instansi,
        handled,
        len(concerned),
        stage,
        bool(may_act) and stage is not Stage.DONE,
        reminded_at,
    )


GROUP_CHOICES: Final = tuple((each.key, each.label) for each in GROUPS)
"""Key and name of each group, in the order of the tiles."""
