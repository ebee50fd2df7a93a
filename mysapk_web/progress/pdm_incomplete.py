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
from mysapk_web.pdm.rules.groups import get_group as group_named
from mysapk_web.platform.pagination import Page
from mysapk_web.progress import people_lists
from mysapk_web.progress.breakdown import counts_at
from mysapk_web.progress.closed_periods import ClosedAgency, all_closed, closed_agencies
from mysapk_web.progress.pdm_report import MEASURES, PdmTally, total_of
from mysapk_web.progress.people_lists import ListedPerson, ListFilter, PeopleQuery
from mysapk_web.progress.rules import GROUP_BITS, GROUP_MEASURES, Measure
from mysapk_web.progress.tables import PersonPdmProgress

NOT_TAKEN_PART: Final = (
    "Tidak mengikuti pemutakhiran data mandiri sampai periode berakhir: tidak ada kelompok data yang diperiksa dan "
    "tidak ada usulan yang dikirim."
)
"""Why somebody stands on the list of sanctions."""


class IncompleteKind(StrEnum):
    """What is looked for."""

    UNFINISHED = "belum-selesai"
    UNSENT = "belum-kirim"
    NOT_TAKEN_PART = "belum-ikut"

    @property
    def label(self) -> str:
        """In words."""
        return {
            IncompleteKind.UNFINISHED: "Belum selesai",
            IncompleteKind.UNSENT: "Belum mengirim usulan",
            IncompleteKind.NOT_TAKEN_PART: "Belum ikut sama sekali",
        }[self]


class PdmStage(StrEnum):
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
            PdmStage.INACTIVE: "Akun belum diaktifkan",
            PdmStage.DONE: "Semua kelompok selesai",
            PdmStage.NOT_TAKEN_PART: "Belum mulai",
            PdmStage.LEFT: "Ada yang belum terkirim",
            PdmStage.PARTLY: "Sebagian selesai",
        }[self]


@dataclass(frozen=True, slots=True)
class PdmIncompleteFilter(ListFilter):
    """What a list is narrowed to.

    Attributes:
        group: Key of a group that is not handled, among those whom it concerns; empty for any.
    """

    kind: IncompleteKind = IncompleteKind.UNFINISHED
    group: str = ""

    def __post_init__(self) -> None:
        if self.group and self.group not in GROUP_BITS:
            raise ValueError("no such group")


@dataclass(frozen=True, slots=True, kw_only=True)
class IncompletePerson(ListedPerson):
    """One person who is found."""

    handled: int
    applicable: int
    stage: PdmStage
    can_remind: bool


_KEPT: Any = PersonPdmProgress


def list_incomplete(
    session: Session, actor: Actor, narrowed: PdmIncompleteFilter, page: int = 1
) -> Page[IncompletePerson]:
    """Who lacks what is looked for, by name.

    Raises:
        PermissionDenied: No permission, or a place outside the scope.
    """
    found = _found(session, actor, Permission.PROGRESS_READ, narrowed)
    known = _known_count(session, actor, narrowed)
    return people_lists.people_page(session, found, page, _person, known=known)


def list_sanctioned(
    session: Session, actor: Actor, narrowed: PdmIncompleteFilter, page: int = 1
) -> Page[IncompletePerson]:
    """Who was on the rolls and took no part in the last PDM of the agency, by name; until the next one begins, which is counted anew.

    Args:
        narrowed: To what; what is looked for is always who has not taken part.

    Raises:
        PermissionDenied: No permission, or a place outside the scope.
    """
    wanted = _of_sanctions(narrowed)
    may = Permission.PROGRESS_READ
    closed = _closed(session, actor, may, wanted)
    found = _sanctioned(session, actor, may, wanted, closed)
    known = None
    if all_closed(session, actor, PeriodKind.PDM, wanted.key):
        known = _known_in_time(session, actor, wanted, closed)
    return people_lists.people_page(session, found, page, _person, known=known)


def stream(
    session: Session, actor: Actor, narrowed: PdmIncompleteFilter, *, sanctions: bool
) -> Iterator[IncompletePerson]:
    """The whole of one of the two lists, for an export.

    Raises:
        PermissionDenied: No permission, or a place outside the scope.
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
    return people_lists.account_tables().outerjoin(_KEPT.__table__, _KEPT.pegawai_id == Pegawai.id)


def conditions(
    session: Session, actor: Actor, permission: Permission, narrowed: PdmIncompleteFilter
) -> list[ColumnElement[bool]]:
    """Conditions over `listed.people()`: in scope, and as narrowed.

    Raises:
        PermissionDenied: No permission, or a place outside the scope.
    """
    wanted = [
        *people_lists.list_conditions(session, actor, permission, narrowed),
        _lacking(narrowed.kind, narrowed.group),
    ]
    if narrowed.group:
        wanted.append(col(Pegawai.jenis).in_(sorted(group_named(narrowed.group).applies_to)))
    return wanted


def can_act() -> ColumnElement[bool]:
    """Condition over `source()`: the person can log in and has an address."""
    return (
        col(Account.activated_at).is_not(None)
        & col(Account.disabled_at).is_(None)
        & col(Pegawai.email_key).is_not(None)
    )


def _lacking(lack: IncompleteKind, group: str) -> Any:
    """A look at the one row of each person: joined and filtered, it makes PostgreSQL read those of the whole country."""
    reached = {
        IncompleteKind.UNFINISHED: _KEPT.done,
        IncompleteKind.UNSENT: _KEPT.sent,
        IncompleteKind.NOT_TAKEN_PART: _KEPT.sent | (_KEPT.groups != 0),
    }[lack]
    if group:
        reached = reached | (_KEPT.groups.bitwise_and(GROUP_BITS[group]) != 0)
    mine = sql_select(reached).where(_KEPT.pegawai_id == Pegawai.id).correlate(Pegawai.__table__).scalar_subquery()  # type: ignore[attr-defined]
    return func.coalesce(mine, False).is_(False)


def _found(session: Session, actor: Actor, permission: Permission, narrowed: PdmIncompleteFilter) -> PeopleQuery:
    return people_lists.people_query(
        source(),
        func.coalesce(_KEPT.groups, 0).label("groups"),
        func.coalesce(_KEPT.sent, False).label("sent"),
        func.coalesce(_KEPT.left, False).label("left"),
        col(Account.activated_at).label("activated_at"),
        can_act().label("can_act"),
        asked=people_lists.people_tables(),
        where=conditions(session, actor, permission, narrowed),
    )


def _closed(
    session: Session, actor: Actor, permission: Permission, narrowed: PdmIncompleteFilter
) -> list[ClosedAgency]:
    return closed_agencies(session, actor, permission, PeriodKind.PDM, narrowed.key)


def _sanctioned(
    session: Session, actor: Actor, permission: Permission, narrowed: PdmIncompleteFilter, closed: list[ClosedAgency]
) -> PeopleQuery:
    found = _found(session, actor, permission, narrowed)
    return found.where(people_lists.in_closed_agencies(closed) & people_lists.joined_before_end(closed))


def _of_sanctions(narrowed: PdmIncompleteFilter) -> PdmIncompleteFilter:
    return PdmIncompleteFilter(narrowed.key, narrowed.jenis, IncompleteKind.NOT_TAKEN_PART)


def _known_count(session: Session, actor: Actor, narrowed: PdmIncompleteFilter) -> int | None:
    """How many there are by the counts that are kept; None where they don't tell."""
    if narrowed.group and narrowed.kind is not IncompleteKind.UNFINISHED:
        return None
    measure = GROUP_MEASURES[narrowed.group] if narrowed.group else None
    total = 0
    for place in people_lists.counted_nodes(session, actor, narrowed):
        by_kind = counts_at(session, place, (*MEASURES, *([measure] if measure else [])))
        for jenis, counts in by_kind.items():
            if narrowed.jenis not in (None, jenis):
                continue
            if measure is None:
                total += _lacks(total_of({jenis: counts}), narrowed.kind)
            elif group_named(narrowed.group) in groups_for(jenis):
                total += counts.get(Measure.PEOPLE, 0) - counts.get(measure, 0)
    return total


def _known_in_time(
    session: Session, actor: Actor, narrowed: PdmIncompleteFilter, closed: list[ClosedAgency]
) -> int | None:
    """The same of those who are sanctioned: without the few who came after the end."""
    kept = _known_count(session, actor, narrowed)
    found = _found(session, actor, Permission.PROGRESS_READ, narrowed).where(people_lists.joined_after_end(closed))
    new = people_lists.count_if_few(session, found)
    return None if kept is None or new is None else kept - new


def _lacks(tally: PdmTally, lack: IncompleteKind) -> int:
    reached = {
        IncompleteKind.UNFINISHED: tally.done,
        IncompleteKind.UNSENT: tally.sent,
        IncompleteKind.NOT_TAKEN_PART: tally.taken_part,
    }
    return tally.people - reached[lack]


def _person(row: Any) -> IncompletePerson:
    *person, groups, sent, left, activated_at, may_act = row
    concerned = groups_for(row.jenis)
    handled = sum(bool(groups & GROUP_BITS[each.key]) for each in concerned)
    if activated_at is None:
        stage = PdmStage.INACTIVE
    elif handled == len(concerned):
        stage = PdmStage.DONE
    elif left:
        stage = PdmStage.LEFT
    else:
        stage = PdmStage.PARTLY if handled or sent else PdmStage.NOT_TAKEN_PART
    can_remind = bool(may_act) and stage is not PdmStage.DONE
    return IncompletePerson(*person, handled=handled, applicable=len(concerned), stage=stage, can_remind=can_remind)


GROUP_CHOICES: Final = tuple((each.key, each.label) for each in GROUPS)
"""Key and name of each group, in the order of the tiles."""
