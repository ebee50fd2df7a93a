"""Who has not activated: the list for those who remind them, and the list of those whose services are not processed (lampiran L)."""

from __future__ import annotations

from collections.abc import Iterator
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
from mysapk_web.platform.pagination import Page
from mysapk_web.progress import activation_report, people_lists
from mysapk_web.progress.closed_periods import ClosedAgency, all_closed, closed_agencies
from mysapk_web.progress.people_lists import ListedPerson, ListFilter, PeopleQuery

NOT_TAKEN_PART: Final = "Tidak melakukan aktivasi akun sampai periode aktivasi berakhir."
"""Why somebody stands on the list of sanctions."""


class NotActivatedReason(StrEnum):
    """What stands between a person and the activation; the first that applies."""

    DISABLED = "nonaktif"
    NO_EMAIL = "tanpa-email"
    LATE = "terlambat"
    """Somebody on the list of sanctions who has activated since."""
    WAITING = "menunggu"
    """A CPNS whom the agency has not approved."""
    OPEN = "belum"
    """Nothing: the person only has to do it."""

    @property
    def label(self) -> str:
        """In words."""
        return _LABELS[self]


_LABELS: Final = {
    NotActivatedReason.LATE: "Mengaktifkan setelah periode berakhir",
    NotActivatedReason.DISABLED: "Akun dinonaktifkan",
    NotActivatedReason.NO_EMAIL: "Tidak ada alamat email",
    NotActivatedReason.WAITING: "CPNS menunggu persetujuan",
    NotActivatedReason.OPEN: "Belum mengaktifkan",
}


@dataclass(frozen=True, slots=True)
class NotActivatedFilter(ListFilter):
    """What a list is narrowed to."""

    reason: NotActivatedReason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotActivatedPerson(ListedPerson):
    """One person who has not activated, or (on the list of sanctions) not in time."""

    reason: NotActivatedReason
    activated_at: datetime | None = None


def list_not_activated(
    session: Session, actor: Actor, narrowed: NotActivatedFilter, page: int = 1
) -> Page[NotActivatedPerson]:
    """Who has not activated, by name.

    Raises:
        PermissionDenied: No permission, or a place outside the scope.
    """
    found = _query(conditions(session, actor, Permission.PROGRESS_READ, narrowed))
    known = _known_count(session, actor, narrowed)
    return people_lists.people_page(session, found, page, _person, known=known)


def _known_count(session: Session, actor: Actor, narrowed: NotActivatedFilter) -> int | None:
    """How many there are by the counts that are kept; None where they don't tell."""
    if narrowed.reason is not None:
        return None
    total = 0
    for place in people_lists.counted_nodes(session, actor, narrowed):
        tally, kinds = activation_report.tally_at(session, place)
        total += (
            tally.missing
            if narrowed.jenis is None
            else dict(kinds).get(narrowed.jenis, activation_report.ActivationTally()).missing
        )
    return total


def list_sanctioned(
    session: Session, actor: Actor, narrowed: NotActivatedFilter, page: int = 1
) -> Page[NotActivatedPerson]:
    """Who was on the rolls when the period of the agency ended and had not activated, by name.

    Raises:
        PermissionDenied: No permission, or a place outside the scope.
    """
    may = Permission.PROGRESS_READ
    closed = _closed(session, actor, may, narrowed)
    found = _sanctioned(session, actor, may, narrowed, closed)
    known = None
    if all_closed(session, actor, PeriodKind.AKTIVASI, narrowed.key):
        known = _known_with_late(session, actor, narrowed, closed)
    return people_lists.people_page(session, found, page, _person, known=known)


def _known_with_late(
    session: Session, actor: Actor, narrowed: NotActivatedFilter, closed: list[ClosedAgency]
) -> int | None:
    """How many are sanctioned where a period of every agency is over: who has not activated, and the few who were late.

    Without the few who came after the end and have not activated either.
    """
    kept = _known_count(session, actor, narrowed)
    if kept is None:
        return None
    may = Permission.PROGRESS_READ
    late = people_lists.count_if_few(
        session, _sanctioned(session, actor, may, replace(narrowed, reason=NotActivatedReason.LATE), closed)
    )
    came = _query([*conditions(session, actor, may, narrowed), people_lists.joined_after_end(closed)])
    new = people_lists.count_if_few(session, came)
    return None if late is None or new is None else kept + late - new


def stream(
    session: Session, actor: Actor, narrowed: NotActivatedFilter, *, sanctions: bool
) -> Iterator[NotActivatedPerson]:
    """The whole of one of the two lists, for an export.

    Raises:
        PermissionDenied: No permission, or a place outside the scope.
    """
    may = Permission.PROGRESS_EXPORT
    if sanctions:
        found = _sanctioned(session, actor, may, narrowed, _closed(session, actor, may, narrowed))
    else:
        found = _query(conditions(session, actor, may, narrowed))
    return people_lists.stream(session, found, _person)


# The query ---------------------------------------------------------------------------------------


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
    """Conditions over `listed.source()`: not activated, in scope, and as narrowed.

    Raises:
        PermissionDenied: No permission, or a place outside the scope.
    """
    wanted = [*people_lists.list_conditions(session, actor, permission, narrowed), col(Account.activated_at).is_(None)]
    if narrowed.reason is not None:
        wanted.append(reason_expression() == narrowed.reason.value)
    return wanted


def _query(where: list[ColumnElement[bool]]) -> PeopleQuery:
    columns: tuple[Any, ...] = (reason_expression().label("cause"), col(Account.activated_at).label("activated_at"))
    return people_lists.people_query(
        people_lists.account_tables(), *columns, asked=people_lists.account_tables(), where=where
    )


def _closed(session: Session, actor: Actor, permission: Permission, narrowed: NotActivatedFilter) -> list[ClosedAgency]:
    return closed_agencies(session, actor, permission, PeriodKind.AKTIVASI, narrowed.key)


def _sanctioned(
    session: Session, actor: Actor, permission: Permission, narrowed: NotActivatedFilter, closed: list[ClosedAgency]
) -> PeopleQuery:
    wanted = [
        *people_lists.list_conditions(session, actor, permission, narrowed),
        people_lists.in_closed_agencies(closed),
        people_lists.joined_before_end(closed),
    ]
    never = col(Account.activated_at).is_(None)
    # Each said in the plainest way: with more around it PostgreSQL reads the whole country for the few who were late.
    if narrowed.reason is None:
        wanted.append(never | _late(closed))
    elif narrowed.reason is NotActivatedReason.LATE:
        wanted.append(_late(closed))
    else:
        wanted += [never, reason_expression() == narrowed.reason.value]
    return _query(wanted)


def _late(closed: list[ClosedAgency]) -> ColumnElement[bool]:
    """Activated after the end, each agency by its own."""
    activated = col(Account.activated_at)
    ends = people_lists.agencies_by_end(closed)
    if len(ends) == 1:
        [end] = ends
        return activated >= end
    late = or_(
        false(), *(people_lists.in_closed_agencies(agencies) & (activated >= end) for end, agencies in ends.items())
    )
    # Said twice for the index over the moments: whoever was late anywhere was so after the first end.
    return late & (activated >= min(ends)) if ends else late


def _person(row: Any) -> NotActivatedPerson:
    *person, cause, activated_at = row
    return NotActivatedPerson(*person, reason=NotActivatedReason(cause), activated_at=activated_at)
