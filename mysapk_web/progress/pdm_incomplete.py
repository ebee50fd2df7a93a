"""Who has not finished, not sent, or not taken part in the present PDM; after it, whose services are not processed (lampiran L)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, func

from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rules.period import PeriodKind
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.rules.groups import GROUPS, groups_for
from mysapk_web.pdm.rules.groups import group as group_named
from mysapk_web.platform.listing import Listing
from mysapk_web.progress import people_lists
from mysapk_web.progress.breakdown import counts_of
from mysapk_web.progress.closed_periods import Closed, all_closed, closed_agencies
from mysapk_web.progress.pdm_report import MEASURES, Tally, whole_of
from mysapk_web.progress.people_lists import Found, ListedPerson, ListFilter
from mysapk_web.progress.rules import GROUP_BITS, GROUP_MEASURES, Measure
from mysapk_web.progress.tables import PdmHandling

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
class Filter(ListFilter):
    """What a list is narrowed to.

    Attributes:
        lack: What is looked for.
        group: Key of a group that is not handled, among those whom it concerns; empty for any.
    """

    lack: Lack = Lack.UNFINISHED
    group: str = ""

    def __post_init__(self) -> None:
        if self.group and self.group not in GROUP_BITS:
            raise ValueError("no such group")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnfinishedPerson(ListedPerson):
    """One person who is found.

    Attributes:
        handled: Green groups.
        concerned: Groups that concern the person.
        can_remind: The person can do something about it.
    """

    handled: int
    concerned: int
    stage: Stage
    can_remind: bool


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
    return people_lists.page_of(session, found, page, _person, known=known)


def sanctioned(session: Session, actor: Actor, narrowed: Filter, page: int = 1) -> Listing[UnfinishedPerson]:
    """Who was on the rolls and took no part in the last PDM of the agency, by name; until the next one begins, which is counted anew.

    Args:
        session: Any transaction.
        actor: Who looks.
        narrowed: To what; what is looked for is always who has not taken part.
        page: From 1.

    Raises:
        NotAllowed: No permission, or a place outside the scope.
    """
    wanted = _of_sanctions(narrowed)
    may = Permission.PROGRESS_READ
    closed = _closed(session, actor, may, wanted)
    found = _sanctioned(session, actor, may, wanted, closed)
    known = None
    if all_closed(session, actor, PeriodKind.PDM, wanted.key):
        known = _known_in_time(session, actor, wanted, closed)
    return people_lists.page_of(session, found, page, _person, known=known)


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
    may = Permission.PROGRESS_EXPORT
    if sanctions:
        wanted = _of_sanctions(narrowed)
        found = _sanctioned(session, actor, may, wanted, _closed(session, actor, may, wanted))
    else:
        found = _found(session, actor, may, narrowed)
    return people_lists.stream(session, found, _person)


# The query ---------------------------------------------------------------------------------------


def source() -> Any:
    """`listed.source()` with what was done in the present PDM, if anything."""
    return people_lists.source().outerjoin(_KEPT.__table__, _KEPT.pegawai_id == Pegawai.id)


def conditions(session: Session, actor: Actor, permission: Permission, narrowed: Filter) -> list[ColumnElement[bool]]:
    """Conditions over `listed.people()`: in scope, and as narrowed.

    Args:
        session: Any transaction.
        actor: Who asks.
        permission: What for.
        narrowed: To what.

    Raises:
        NotAllowed: No permission, or a place outside the scope.
    """
    wanted = [*people_lists.within(session, actor, permission, narrowed), _lacking(narrowed.lack, narrowed.group)]
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


def _found(session: Session, actor: Actor, permission: Permission, narrowed: Filter) -> Found:
    return people_lists.query(
        source(),
        func.coalesce(_KEPT.groups, 0).label("groups"),
        func.coalesce(_KEPT.sent, False).label("sent"),
        func.coalesce(_KEPT.left, False).label("left"),
        col(Account.activated_at).label("activated_at"),
        can_act().label("can_act"),
        asked=people_lists.people(),
        where=conditions(session, actor, permission, narrowed),
    )


def _closed(session: Session, actor: Actor, permission: Permission, narrowed: Filter) -> list[Closed]:
    return closed_agencies(session, actor, permission, PeriodKind.PDM, narrowed.key)


def _sanctioned(
    session: Session, actor: Actor, permission: Permission, narrowed: Filter, closed: list[Closed]
) -> Found:
    found = _found(session, actor, permission, narrowed)
    return found.where(people_lists.of_closed(closed) & people_lists.there_in_time(closed))


def _of_sanctions(narrowed: Filter) -> Filter:
    return Filter(narrowed.key, narrowed.jenis, Lack.NOT_TAKEN_PART)


def _known_count(session: Session, actor: Actor, narrowed: Filter) -> int | None:
    """How many there are by the counts that are kept; None where they don't tell."""
    if narrowed.group and narrowed.lack is not Lack.UNFINISHED:
        return None
    measure = GROUP_MEASURES[narrowed.group] if narrowed.group else None
    total = 0
    for place in people_lists.counted_at(session, actor, narrowed):
        by_kind = counts_of(session, place, (*MEASURES, *([measure] if measure else [])))
        for jenis, counts in by_kind.items():
            if narrowed.jenis not in (None, jenis):
                continue
            if measure is None:
                total += _lacks(whole_of({jenis: counts}), narrowed.lack)
            elif group_named(narrowed.group) in groups_for(jenis):
                total += counts.get(Measure.PEOPLE, 0) - counts.get(measure, 0)
    return total


def _known_in_time(session: Session, actor: Actor, narrowed: Filter, closed: list[Closed]) -> int | None:
    """The same of those who are sanctioned: without the few who came after the end."""
    kept = _known_count(session, actor, narrowed)
    found = _found(session, actor, Permission.PROGRESS_READ, narrowed).where(people_lists.came_later(closed))
    new = people_lists.count_of_few(session, found)
    return None if kept is None or new is None else kept - new


def _lacks(tally: Tally, lack: Lack) -> int:
    reached = {Lack.UNFINISHED: tally.done, Lack.UNSENT: tally.sent, Lack.NOT_TAKEN_PART: tally.taken_part}
    return tally.people - reached[lack]


def _person(row: Any) -> UnfinishedPerson:
    *person, groups, sent, left, activated_at, may_act = row
    concerned = groups_for(row.jenis)
    handled = sum(bool(groups & GROUP_BITS[each.key]) for each in concerned)
    if activated_at is None:
        stage = Stage.INACTIVE
    elif handled == len(concerned):
        stage = Stage.DONE
    elif left:
        stage = Stage.LEFT
    else:
        stage = Stage.PARTLY if handled or sent else Stage.NOT_TAKEN_PART
    can_remind = bool(may_act) and stage is not Stage.DONE
    return UnfinishedPerson(*person, handled=handled, concerned=len(concerned), stage=stage, can_remind=can_remind)


GROUP_CHOICES: Final = tuple((each.key, each.label) for each in GROUPS)
"""Key and name of each group, in the order of the tiles."""
