"""People who have not finished, not sent, or not taken part in the present PDM; after it, those whose services are not processed."""

from __future__ import annotations

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
from mysapk_web.pdm.rules.groups import GROUPS, get_group, groups_for
from mysapk_web.progress.breakdown import counts_at
from mysapk_web.progress.closed_periods import ClosedAgency
from mysapk_web.progress.people_lists import (
    ListedPerson,
    PeopleListFilter,
    PeopleQuery,
    PeopleReport,
    account_tables,
    counted_nodes,
    in_closed_agencies,
    joined_before_end,
    list_conditions,
    people_query,
    people_tables,
)
from mysapk_web.progress.rules import GROUP_BITS, GROUP_MEASURES, Measure
from mysapk_web.progress.tables import PersonPdmProgress

NOT_TAKEN_PART: Final = (
    "Tidak mengikuti pemutakhiran data mandiri sampai periode berakhir: tidak ada kelompok data yang diperiksa dan "
    "tidak ada usulan yang dikirim."
)
"""Why somebody is on the list of sanctions."""

GROUP_CHOICES: Final = tuple((each.key, each.label) for each in GROUPS)
"""Key and name of each group, in the order of the tiles."""

_ROW: Any = PersonPdmProgress


class IncompleteKind(StrEnum):
    """What a list shows."""

    UNFINISHED = "belum-selesai"
    UNSENT = "belum-kirim"
    NOT_TAKEN_PART = "belum-ikut"

    @property
    def label(self) -> str:
        return {
            IncompleteKind.UNFINISHED: "Belum selesai",
            IncompleteKind.UNSENT: "Belum mengirim usulan",
            IncompleteKind.NOT_TAKEN_PART: "Belum ikut sama sekali",
        }[self]


_REACHED: Final = {
    IncompleteKind.UNFINISHED: Measure.PDM_DONE,
    IncompleteKind.UNSENT: Measure.PDM_SENT,
    IncompleteKind.NOT_TAKEN_PART: Measure.PDM_TAKEN_PART,
}
"""The measure that counts the others."""


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
        return {
            PdmStage.INACTIVE: "Akun belum diaktifkan",
            PdmStage.DONE: "Semua kelompok selesai",
            PdmStage.NOT_TAKEN_PART: "Belum mulai",
            PdmStage.LEFT: "Ada yang belum terkirim",
            PdmStage.PARTLY: "Sebagian selesai",
        }[self]


@dataclass(frozen=True, slots=True)
class PdmIncompleteFilter(PeopleListFilter):
    """What a list is narrowed to; `group` is the key of a group that is not handled, among those whom it concerns."""

    kind: IncompleteKind = IncompleteKind.UNFINISHED
    group: str = ""

    def __post_init__(self) -> None:
        if self.group and self.group not in GROUP_BITS:
            raise ValueError("no such group")


@dataclass(frozen=True, slots=True, kw_only=True)
class IncompletePerson(ListedPerson):
    """One person, who has handled so many of the groups that apply; `can_remind`: the person can do something about it."""

    handled: int
    applicable: int
    stage: PdmStage
    can_remind: bool


class _PdmIncomplete(PeopleReport[PdmIncompleteFilter, IncompletePerson]):
    period = PeriodKind.PDM

    def query(
        self, session: Session, actor: Actor, permission: Permission, narrowed: PdmIncompleteFilter
    ) -> PeopleQuery:
        return people_query(
            progress_tables(),
            func.coalesce(_ROW.groups, 0).label("groups"),
            func.coalesce(_ROW.sent, False).label("sent"),
            func.coalesce(_ROW.left, False).label("left"),
            col(Account.activated_at).label("activated_at"),
            can_act().label("can_act"),
            asked=people_tables(),
            where=conditions(session, actor, permission, narrowed),
        )

    def sanction_query(
        self,
        session: Session,
        actor: Actor,
        permission: Permission,
        narrowed: PdmIncompleteFilter,
        closed: list[ClosedAgency],
    ) -> PeopleQuery:
        """Until the next PDM of the agency begins, which is counted anew."""
        found = self.query(session, actor, permission, narrowed)
        return found.where(in_closed_agencies(closed) & joined_before_end(closed))

    def sanction_filter(self, narrowed: PdmIncompleteFilter) -> PdmIncompleteFilter:
        return PdmIncompleteFilter(narrowed.key, narrowed.jenis, IncompleteKind.NOT_TAKEN_PART)

    def count(self, session: Session, actor: Actor, narrowed: PdmIncompleteFilter) -> int | None:
        if narrowed.group and narrowed.kind is not IncompleteKind.UNFINISHED:
            return None
        reached = GROUP_MEASURES[narrowed.group] if narrowed.group else _REACHED[narrowed.kind]
        total = 0
        for node in counted_nodes(session, actor, narrowed):
            for jenis, counts in counts_at(session, node, (Measure.PEOPLE, reached)).items():
                if narrowed.jenis in (None, jenis) and (
                    not narrowed.group or get_group(narrowed.group) in groups_for(jenis)
                ):
                    total += counts.get(Measure.PEOPLE, 0) - counts.get(reached, 0)
        return total

    def person(self, row: Any) -> IncompletePerson:
        *person, groups, sent, left, activated_at, may_act = row
        applicable = groups_for(row.jenis)
        handled = sum(bool(groups & GROUP_BITS[each.key]) for each in applicable)
        if activated_at is None:
            stage = PdmStage.INACTIVE
        elif handled == len(applicable):
            stage = PdmStage.DONE
        elif left:
            stage = PdmStage.LEFT
        else:
            stage = PdmStage.PARTLY if handled or sent else PdmStage.NOT_TAKEN_PART
        can_remind = bool(may_act) and stage is not PdmStage.DONE
        return IncompletePerson(
            *person, handled=handled, applicable=len(applicable), stage=stage, can_remind=can_remind
        )


LIST: Final = _PdmIncomplete()


def progress_tables() -> Any:
    """`account_tables()` with what was done in the present PDM, if anything."""
    return account_tables().outerjoin(_ROW.__table__, _ROW.pegawai_id == Pegawai.id)


def conditions(
    session: Session, actor: Actor, permission: Permission, narrowed: PdmIncompleteFilter
) -> list[ColumnElement[bool]]:
    """Conditions over `people_tables()`: in scope, and as narrowed."""
    wanted = [*list_conditions(session, actor, permission, narrowed), _lacking(narrowed.kind, narrowed.group)]
    if narrowed.group:
        wanted.append(col(Pegawai.jenis).in_(sorted(get_group(narrowed.group).applies_to)))
    return wanted


def can_act() -> ColumnElement[bool]:
    """Condition over `progress_tables()`: the person can log in and has an email address."""
    return (
        col(Account.activated_at).is_not(None)
        & col(Account.disabled_at).is_(None)
        & col(Pegawai.email_key).is_not(None)
    )


def _lacking(kind: IncompleteKind, group: str) -> Any:
    """A look-up of the one row of each person: joined and filtered, PostgreSQL would read those of the whole country."""
    reached = {
        IncompleteKind.UNFINISHED: _ROW.done,
        IncompleteKind.UNSENT: _ROW.sent,
        IncompleteKind.NOT_TAKEN_PART: _ROW.sent | (_ROW.groups != 0),
    }[kind]
    if group:
        reached = reached | (_ROW.groups.bitwise_and(GROUP_BITS[group]) != 0)
    own = sql_select(reached).where(_ROW.pegawai_id == Pegawai.id).correlate(Pegawai.__table__).scalar_subquery()  # type: ignore[attr-defined]
    return func.coalesce(own, False).is_(False)
