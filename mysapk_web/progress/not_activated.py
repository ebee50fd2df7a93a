"""People who have not activated their account, for reminders; and after the period, those whose services are not processed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, case, false, or_
from sqlmodel import Session, col

from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rules.period import PeriodKind
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.pegawai import Pegawai, awaiting_approval
from mysapk_web.progress.closed_periods import ClosedAgency
from mysapk_web.progress.people_lists import (
    ListedPerson,
    PeopleListFilter,
    PeopleQuery,
    PeopleReport,
    account_tables,
    agencies_by_end,
    count_if_few,
    counted_nodes,
    in_closed_agencies,
    joined_before_end,
    list_conditions,
    people_query,
)
from mysapk_web.progress.report import ACTIVATION, tally_at
from mysapk_web.progress.rules import Measure

NOT_TAKEN_PART: Final = "Tidak melakukan aktivasi akun sampai periode aktivasi berakhir."
"""Why somebody is on the list of sanctions."""


class NotActivatedReason(StrEnum):
    """What keeps a person from activating; the first that applies."""

    DISABLED = "nonaktif"
    NO_EMAIL = "tanpa-email"
    LATE = "terlambat"
    """On the list of sanctions, but activated since."""
    WAITING = "menunggu"
    """A CPNS whom the agency has not approved."""
    OPEN = "belum"
    """Nothing: the person only has to do it."""

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS: Final = {
    NotActivatedReason.LATE: "Mengaktifkan setelah periode berakhir",
    NotActivatedReason.DISABLED: "Akun dinonaktifkan",
    NotActivatedReason.NO_EMAIL: "Tidak ada alamat email",
    NotActivatedReason.WAITING: "CPNS menunggu persetujuan",
    NotActivatedReason.OPEN: "Belum mengaktifkan",
}


@dataclass(frozen=True, slots=True)
class NotActivatedFilter(PeopleListFilter):
    """What a list is narrowed to; None for all reasons."""

    reason: NotActivatedReason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotActivatedPerson(ListedPerson):
    """One person who has not activated, or (on the list of sanctions) only after the period, at `activated_at`."""

    reason: NotActivatedReason
    activated_at: datetime | None = None


class _NotActivated(PeopleReport[NotActivatedFilter, NotActivatedPerson]):
    period = PeriodKind.AKTIVASI

    def query(
        self, session: Session, actor: Actor, permission: Permission, narrowed: NotActivatedFilter
    ) -> PeopleQuery:
        return _query(conditions(session, actor, permission, narrowed))

    def sanction_query(
        self,
        session: Session,
        actor: Actor,
        permission: Permission,
        narrowed: NotActivatedFilter,
        closed: list[ClosedAgency],
    ) -> PeopleQuery:
        wanted = [
            *list_conditions(session, actor, permission, narrowed),
            in_closed_agencies(closed),
            joined_before_end(closed),
        ]
        never = col(Account.activated_at).is_(None)
        # As plain as possible: with more around it PostgreSQL reads the whole country for the few who were late.
        if narrowed.reason is None:
            wanted.append(never | _late(closed))
        elif narrowed.reason is NotActivatedReason.LATE:
            wanted.append(_late(closed))
        else:
            wanted += [never, reason_expression() == narrowed.reason.value]
        return _query(wanted)

    def count(self, session: Session, actor: Actor, narrowed: NotActivatedFilter) -> int | None:
        if narrowed.reason is not None:
            return None
        tallies = (
            tally_at(session, ACTIVATION, node, narrowed.jenis) for node in counted_nodes(session, actor, narrowed)
        )
        return sum(tally.people - tally[Measure.ACTIVE] for tally in tallies)

    def count_late(
        self, session: Session, actor: Actor, narrowed: NotActivatedFilter, closed: list[ClosedAgency]
    ) -> int | None:
        late = replace(narrowed, reason=NotActivatedReason.LATE)
        return count_if_few(session, self.sanction_query(session, actor, Permission.PROGRESS_READ, late, closed))

    def person(self, row: Any) -> NotActivatedPerson:
        *person, reason, activated_at = row
        return NotActivatedPerson(*person, reason=NotActivatedReason(reason), activated_at=activated_at)


LIST: Final = _NotActivated()


def reason_expression() -> Any:
    """Expression over `pegawai` and `akun`: the value of a `NotActivatedReason`."""
    late = col(Account.activated_at).is_not(None)
    return case(
        (late, NotActivatedReason.LATE.value),
        (col(Account.disabled_at).is_not(None), NotActivatedReason.DISABLED.value),
        (col(Pegawai.email_key).is_(None), NotActivatedReason.NO_EMAIL.value),
        (awaiting_approval(), NotActivatedReason.WAITING.value),
        else_=NotActivatedReason.OPEN.value,
    )


def conditions(
    session: Session, actor: Actor, permission: Permission, narrowed: NotActivatedFilter
) -> list[ColumnElement[bool]]:
    """Conditions over `account_tables()`: not activated, in scope, and as narrowed."""
    wanted = [*list_conditions(session, actor, permission, narrowed), col(Account.activated_at).is_(None)]
    if narrowed.reason is not None:
        wanted.append(reason_expression() == narrowed.reason.value)
    return wanted


def _query(where: list[ColumnElement[bool]]) -> PeopleQuery:
    columns: tuple[Any, ...] = (reason_expression().label("cause"), col(Account.activated_at).label("activated_at"))
    return people_query(account_tables(), *columns, asked=account_tables(), where=where)


def _late(closed: list[ClosedAgency]) -> ColumnElement[bool]:
    """Activated after the end, each agency by its own."""
    activated = col(Account.activated_at)
    ends = agencies_by_end(closed)
    if len(ends) == 1:
        [end] = ends
        return activated >= end
    late = or_(false(), *(in_closed_agencies(agencies) & (activated >= end) for end, agencies in ends.items()))
    # Repeated for the index over the moments: anybody late anywhere was so after the first end.
    return late & (activated >= min(ends)) if ends else late
