"""Lists of people who have not done something in a period, and after it of those whose services are not processed.

What each list asks for is a `PeopleReport`; the pages, their counts and the export are the same for all.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final, Generic, TypeVar

from sqlalchemy import ColumnElement, false, or_
from sqlalchemy import select as sql_select
from sqlmodel import Session, col

from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.rules.period import PeriodKind
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.organisation.scope import people_in_scope
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Instansi, Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import pagination
from mysapk_web.platform.pagination import Page, paginate
from mysapk_web.progress import org_nodes
from mysapk_web.progress.closed_periods import ClosedAgency, all_closed, closed_agencies
from mysapk_web.progress.org_nodes import OrgNode
from mysapk_web.progress.tables import Reminder


@dataclass(frozen=True, slots=True)
class PeopleListFilter:
    """What every list can be narrowed to; `key` is a node (see `org_nodes.find_node`), empty for the whole scope."""

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


F = TypeVar("F", bound=PeopleListFilter)
P = TypeVar("P", bound=ListedPerson)

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
    """A list before it is read."""

    ids: Any
    """The people alone, joined only with what the conditions need: a page is found by it."""
    rows: Any
    """What the list says about them."""

    def where(self, *conditions: ColumnElement[bool]) -> PeopleQuery:
        """Narrow both by conditions over `pegawai`."""
        return PeopleQuery(self.ids.where(*conditions), self.rows.where(*conditions))


def people_tables() -> Any:
    """`pegawai` with the unit."""
    models: tuple[Any, ...] = (Pegawai, Unor)
    people, units = (model.__table__ for model in models)
    return people.join(units, col(Unor.id) == Pegawai.unor_id)


def account_tables() -> Any:
    """`people_tables()` with the account."""
    return people_tables().join(Account.__table__, col(Account.pegawai_id) == Pegawai.id)  # type: ignore[attr-defined]


def list_conditions(
    session: Session, actor: Actor, permission: Permission, narrowed: PeopleListFilter
) -> list[ColumnElement[bool]]:
    """Conditions over `people_tables()`: in scope, and as every list can be narrowed."""
    actor.require(permission)
    wanted = [people_in_scope(actor, permission)]
    if narrowed.key:
        wanted.append(org_nodes.people_at(org_nodes.find_node(session, actor, permission, narrowed.key)))
    if narrowed.jenis is not None:
        wanted.append(col(Pegawai.jenis) == narrowed.jenis)
    return wanted


def people_query(tables: Any, *columns: Any, asked: Any, where: list[ColumnElement[bool]]) -> PeopleQuery:
    """The query of a list: `columns` follow those of `ListedPerson`, `asked` are the tables that the conditions need."""
    rows = (
        sql_select(*_PERSON, *columns)
        .select_from(tables)
        .join(Instansi, col(Instansi.id) == Pegawai.instansi_id)
        .outerjoin(Reminder, col(Reminder.account_id) == Account.id)
    )
    return PeopleQuery(sql_select(col(Pegawai.id)).select_from(asked).where(*where), rows.where(*where))


class PeopleReport(ABC, Generic[F, P]):
    """A list of people and its list of sanctions."""

    period: ClassVar[PeriodKind]

    @abstractmethod
    def query(self, session: Session, actor: Actor, permission: Permission, narrowed: F) -> PeopleQuery:
        """Who is on the list."""

    @abstractmethod
    def sanction_query(
        self, session: Session, actor: Actor, permission: Permission, narrowed: F, closed: list[ClosedAgency]
    ) -> PeopleQuery:
        """Who had a chance to take part and did not, in agencies whose period is over."""

    @abstractmethod
    def count(self, session: Session, actor: Actor, narrowed: F) -> int | None:
        """How many are on the list by the stored counts; None where those don't say."""

    @abstractmethod
    def person(self, row: Any) -> P:
        """One person from a row of the query."""

    def sanction_filter(self, narrowed: F) -> F:
        """How the list of sanctions may be narrowed."""
        return narrowed

    def count_late(self, session: Session, actor: Actor, narrowed: F, closed: list[ClosedAgency]) -> int | None:
        """How many are sanctioned although the list has them no more; None where they are many."""
        del session, actor, narrowed, closed
        return 0

    def page(self, session: Session, actor: Actor, narrowed: F, number: int = 1) -> Page[P]:
        """A page of the list, by name."""
        found = self.query(session, actor, Permission.PROGRESS_READ, narrowed)
        return self._page(session, found, number, self.count(session, actor, narrowed))

    def sanction_page(self, session: Session, actor: Actor, narrowed: F, number: int = 1) -> Page[P]:
        """A page of the list of sanctions, by name."""
        may, narrowed = Permission.PROGRESS_READ, self.sanction_filter(narrowed)
        closed = closed_agencies(session, actor, may, self.period, narrowed.key)
        found = self.sanction_query(session, actor, may, narrowed, closed)
        known = None
        if all_closed(session, actor, self.period, narrowed.key):
            known = self._count_sanctioned(session, actor, narrowed, closed)
        return self._page(session, found, number, known)

    def _count_sanctioned(self, session: Session, actor: Actor, narrowed: F, closed: list[ClosedAgency]) -> int | None:
        """With the few who were late, without the few who joined after the end."""
        stored = self.count(session, actor, narrowed)
        if stored is None:
            return None
        late = self.count_late(session, actor, narrowed, closed)
        joined = self.query(session, actor, Permission.PROGRESS_READ, narrowed).where(joined_after_end(closed))
        new = count_if_few(session, joined)
        return None if late is None or new is None else stored + late - new

    def _page(self, session: Session, found: PeopleQuery, number: int, known: int | None) -> Page[P]:
        page = paginate(session, found.ids, number, *_BY_NAME, known=known)
        ids = [id_ for (id_,) in page.items]
        rows = session.execute(found.rows.where(col(Pegawai.id).in_(ids)).order_by(*_BY_NAME))
        return page.with_items([self.person(row) for row in rows])

    def stream(self, session: Session, actor: Actor, narrowed: F, *, sanctions: bool) -> Iterator[P]:
        """The whole of one of the two lists, for an export; the transaction stays open while rows are taken."""
        may = Permission.PROGRESS_EXPORT
        if sanctions:
            narrowed = self.sanction_filter(narrowed)
            closed = closed_agencies(session, actor, may, self.period, narrowed.key)
            found = self.sanction_query(session, actor, may, narrowed, closed)
        else:
            found = self.query(session, actor, may, narrowed)
        ordered = found.rows.order_by(*_BY_NAME).execution_options(yield_per=2_000)
        return (self.person(row) for row in session.execute(ordered))


def counted_nodes(session: Session, actor: Actor, narrowed: PeopleListFilter) -> list[OrgNode]:
    """The nodes whose counts together are those of a list."""
    permission = Permission.PROGRESS_READ
    if narrowed.key:
        return [org_nodes.find_node(session, actor, permission, narrowed.key)]
    return org_nodes.scope_roots(session, actor, permission)


def count_if_few(session: Session, found: PeopleQuery) -> int | None:
    """The length of a short list; None if it is long."""
    count = pagination.count_up_to(session, found.ids, pagination.MAX_ROWS)
    return count if count <= pagination.MAX_ROWS else None


# Conditions over `pegawai` about agencies whose period is over -------------------------------------


def in_closed_agencies(closed: Iterable[ClosedAgency]) -> ColumnElement[bool]:
    """People of these agencies."""
    return col(Pegawai.instansi_id).in_([agency.instansi_id for agency in closed])


def agencies_by_end(closed: Iterable[ClosedAgency]) -> dict[datetime, list[ClosedAgency]]:
    """Agencies by the moment at which their period ended."""
    ends: dict[datetime, list[ClosedAgency]] = defaultdict(list)
    for agency in closed:
        ends[agency.ended_at].append(agency)
    return ends


def joined_before_end(closed: Iterable[ClosedAgency]) -> ColumnElement[bool]:
    """Beside `in_closed_agencies`: employed before the period of the agency had ended."""
    joined = col(Pegawai.joined_at)
    ends = agencies_by_end(closed)
    if len(ends) == 1:
        [end] = ends
        return joined.is_(None) | (joined < end)
    in_time = (in_closed_agencies(agencies) & (joined < end) for end, agencies in ends.items())
    return or_(joined.is_(None), false(), *in_time)


def joined_after_end(closed: Iterable[ClosedAgency]) -> ColumnElement[bool]:
    """In such an agency, and employed only since the period has ended. Few, and found by an index."""
    joined = col(Pegawai.joined_at)
    ends = agencies_by_end(closed)
    later = or_(false(), *(in_closed_agencies(agencies) & (joined >= end) for end, agencies in ends.items()))
    return later & (joined >= min(ends)) if ends else later
