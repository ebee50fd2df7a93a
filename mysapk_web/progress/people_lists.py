"""What the lists of people by their progress share: the query of a list, a page of it by name, and the whole for a file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, false, or_
from sqlalchemy import select as sql_select
from sqlmodel import Session, col

from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.organisation.scope import people_in_scope
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Instansi, Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import pagination
from mysapk_web.platform.pagination import Page, paginate
from mysapk_web.progress import org_nodes
from mysapk_web.progress.closed_periods import ClosedAgency
from mysapk_web.progress.org_nodes import OrgNode
from mysapk_web.progress.tables import Reminder

P = TypeVar("P", bound="ListedPerson")


@dataclass(frozen=True, slots=True)
class ListFilter:
    """What every list can be narrowed to.

    Attributes:
        key: Place, see `places.find`; empty for the whole scope.
    """

    key: str = ""
    jenis: JenisPegawai | None = None


@dataclass(frozen=True, slots=True)
class ListedPerson:
    """One person of a list."""

    account_id: int
    nip: str
    name: str
    jenis: JenisPegawai
    unit: str
    instansi: str
    reminded_at: datetime | None


_PERSON: Final[tuple[Any, ...]] = (
    Account.id,
    Pegawai.nip,
    Pegawai.name,
    Pegawai.jenis,
    col(Unor.name).label("unit"),
    col(Instansi.name).label("instansi"),
    Reminder.at,
)
"""Columns in the order of `ListedPerson`."""
_BY_NAME: Final = (col(Pegawai.name), col(Pegawai.id))


@dataclass(frozen=True, slots=True)
class PeopleQuery:
    """A list before it is read.

    Attributes:
        ids: Query of the people alone, by which a page is found: it joins only what the conditions speak of.
        rows: Query of what the list says of them.
    """

    ids: Any
    rows: Any

    def where(self, condition: ColumnElement[bool]) -> PeopleQuery:
        """Narrow both."""
        return PeopleQuery(self.ids.where(condition), self.rows.where(condition))


def people_tables() -> Any:
    """`pegawai` with the unit."""
    models: tuple[Any, ...] = (Pegawai, Unor)
    people, units = (model.__table__ for model in models)
    return people.join(units, col(Unor.id) == Pegawai.unor_id)


def account_tables() -> Any:
    """`people()` with the account."""
    return people_tables().join(Account.__table__, col(Account.pegawai_id) == Pegawai.id)  # type: ignore[attr-defined]


def list_conditions(
    session: Session, actor: Actor, permission: Permission, narrowed: ListFilter
) -> list[ColumnElement[bool]]:
    """Conditions over `source()`: in scope, and as every list can be narrowed.

    Raises:
        PermissionDenied: No permission, or a place outside the scope.
    """
    actor.require(permission)
    wanted = [people_in_scope(actor, permission)]
    if narrowed.key:
        wanted.append(org_nodes.people_at(org_nodes.find_node(session, actor, permission, narrowed.key)))
    if narrowed.jenis is not None:
        wanted.append(col(Pegawai.jenis) == narrowed.jenis)
    return wanted


def people_query(tables: Any, *columns: Any, asked: Any, where: list[ColumnElement[bool]]) -> PeopleQuery:
    """The query of a list: who it is, and what else the list says."""
    rows = (
        sql_select(*_PERSON, *columns)
        .select_from(tables)
        .join(Instansi, col(Instansi.id) == Pegawai.instansi_id)
        .outerjoin(Reminder, col(Reminder.account_id) == Account.id)
    )
    return PeopleQuery(sql_select(col(Pegawai.id)).select_from(asked).where(*where), rows.where(*where))


def in_closed_agencies(closed: Iterable[ClosedAgency]) -> ColumnElement[bool]:
    """Condition over `pegawai`: people of agencies of which a period is over; their services are not processed."""
    return col(Pegawai.instansi_id).in_([agency.instansi_id for agency in closed])


def agencies_by_end(closed: Iterable[ClosedAgency]) -> dict[datetime, list[ClosedAgency]]:
    """Agencies by the moment at which their period ended."""
    ends: dict[datetime, list[ClosedAgency]] = defaultdict(list)
    for agency in closed:
        ends[agency.ended_at].append(agency)
    return ends


def joined_before_end(closed: Iterable[ClosedAgency]) -> ColumnElement[bool]:
    """Condition over `pegawai`, beside `in_closed_agencies`: on the rolls before the period of the agency had ended."""
    joined = col(Pegawai.joined_at)
    ends = agencies_by_end(closed)
    if len(ends) == 1:
        [end] = ends
        return joined.is_(None) | (joined < end)
    return or_(
        joined.is_(None), false(), *(in_closed_agencies(agencies) & (joined < end) for end, agencies in ends.items())
    )


def joined_after_end(closed: Iterable[ClosedAgency]) -> ColumnElement[bool]:
    """Condition over `pegawai`: of such an agency, and on the rolls only since the period has ended. Few, and found by an index."""
    joined = col(Pegawai.joined_at)
    ends = agencies_by_end(closed)
    later = or_(false(), *(in_closed_agencies(agencies) & (joined >= end) for end, agencies in ends.items()))
    return later & (joined >= min(ends)) if ends else later


def count_if_few(session: Session, found: PeopleQuery) -> int | None:
    """How many a list has that is short; None where it is not."""
    count = pagination.count_up_to(session, found.ids, pagination.MAX_ROWS)
    return count if count <= pagination.MAX_ROWS else None


def people_page(
    session: Session, found: PeopleQuery, number: int, person: Callable[[Any], P], *, known: int | None = None
) -> Page[P]:
    """One page of a list, by name."""
    ids = paginate(session, found.ids, number, *_BY_NAME, known=known)
    rows = session.execute(found.rows.where(col(Pegawai.id).in_([id_ for (id_,) in ids.items])).order_by(*_BY_NAME))
    return ids.with_items([person(row) for row in rows])


def stream(session: Session, found: PeopleQuery, person: Callable[[Any], P]) -> Iterator[P]:
    """The whole of a list, by name."""
    ordered = found.rows.order_by(*_BY_NAME).execution_options(yield_per=2_000)
    return (person(row) for row in session.execute(ordered))


def counted_nodes(session: Session, actor: Actor, narrowed: ListFilter) -> list[OrgNode]:
    """The places whose counts together are those of a list.

    Raises:
        PermissionDenied: No permission, or a place outside the scope.
    """
    permission = Permission.PROGRESS_READ
    if narrowed.key:
        return [org_nodes.find_node(session, actor, permission, narrowed.key)]
    return org_nodes.scope_roots(session, actor, permission)
