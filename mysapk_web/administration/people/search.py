"""The list of `/admin/pegawai`: people in scope by NIP, name, unit, employment type and account state, paged and sorted in SQL."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, false, func, or_
from sqlmodel import Session, col, select

from mysapk_web.accounts import lockouts
from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.name_search import search_people
from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.rules.roles import MATRIX, Permission
from mysapk_web.organisation.scope import agency_ids_in_scope, people_in_scope, spans_agencies, units_in_scope
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Instansi, Unor
from mysapk_web.organisation.tables.pegawai import Pegawai, awaiting_approval
from mysapk_web.organisation.units import code_in
from mysapk_web.platform import pagination
from mysapk_web.platform.errors import UserError
from mysapk_web.platform.pagination import Page, paginate
from mysapk_web.progress import org_nodes
from mysapk_web.progress.breakdown import count_people
from mysapk_web.progress.tables import PersonPdmProgress

MAX_SORTED_BY_LOGIN: Final = 10_000
"""People that may be sorted by last login: there is no index by agency, since each login would update it."""
TOO_MANY_LOGINS: Final = (
    f"Menurut login terakhir dapat diurutkan paling banyak {MAX_SORTED_BY_LOGIN // 1000}.000 pegawai. Persempit lebih dahulu, "
    "misalnya menurut unit kerja atau nama."
)
_UNITS: Final = 40
"""Units that one filter may match."""


class AccountState(StrEnum):
    """The first that applies, in this order, is shown."""

    DISABLED = "nonaktif"
    WAITING = "menunggu"
    LOCKED = "terkunci"
    INACTIVE = "belum-aktif"
    ACTIVE = "aktif"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS: Final = {
    AccountState.DISABLED: "Dinonaktifkan",
    AccountState.WAITING: "CPNS menunggu persetujuan",
    AccountState.LOCKED: "Terkunci",
    AccountState.INACTIVE: "Belum aktif",
    AccountState.ACTIVE: "Aktif",
}


class PdmProgress(StrEnum):
    """Progress in the current PDM, as counted (decision 0015)."""

    SENT = "terkirim"
    DONE = "selesai"
    OPEN = "belum"

    @property
    def label(self) -> str:
        return _STEPS[self]


_STEPS: Final = {
    PdmProgress.SENT: "Sudah mengirim usulan",
    PdmProgress.DONE: "Semua kelompok selesai",
    PdmProgress.OPEN: "Belum selesai",
}


class PeopleOrder(StrEnum):
    NAME = "nama"
    NIP = "nip"
    UNIT = "unit"
    LOGIN = "masuk"


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """`text`: NIP, its first digits, or words of the name. `unit` (with those below) and `agency`: code or part of the name."""

    text: str = ""
    unit: str = ""
    agency: str = ""
    state: AccountState | None = None
    jenis: JenisPegawai | None = None
    pdm: PdmProgress | None = None
    order: PeopleOrder = PeopleOrder.NAME
    page: int = 1


@dataclass(frozen=True, slots=True)
class PersonSummary:
    account_id: int
    nip: str
    name: str
    jenis: JenisPegawai
    unit: str
    instansi: str
    timezone: str
    state: AccountState
    last_login_at: datetime | None


def list_people(session: Session, actor: Actor, wanted: PeopleFilter) -> Page[PersonSummary]:
    """One page. At most `MAX_ROWS` are counted and shown; the size of a whole scope is known.

    Raises UserError for searches over all agencies that would scan everybody, or sort more than `MAX_SORTED_BY_LOGIN` logins.
    """
    actor.require(Permission.PEOPLE_READ)
    agencies = _agencies(session, actor, wanted)
    query = _query(wanted).where(*_conditions(session, actor, wanted, agencies))
    total = _total(session, actor, wanted, query)
    if wanted.order is PeopleOrder.LOGIN and total > MAX_SORTED_BY_LOGIN:
        raise UserError(TOO_MANY_LOGINS, "urut")
    if wanted.order is PeopleOrder.UNIT and agencies is not None:
        query = query.where(col(Unor.instansi_id).in_(agencies))  # their units come sorted from an index
    order = _order(wanted.order)
    ids = paginate(session, query, wanted.page, *order, known=total)
    found: Any = (
        select(Pegawai, Account, Unor.name, Instansi)
        .join(Account, col(Account.pegawai_id) == Pegawai.id)
        .join(Unor, col(Unor.id) == Pegawai.unor_id)
        .join(Instansi, col(Instansi.id) == Pegawai.instansi_id)
        .where(col(Pegawai.id).in_(ids.items))
    )
    rows = session.exec(found.order_by(*order)).all()
    locked = lockouts.active_lockouts(session, [pegawai.nip for pegawai, *_ in rows])
    return ids.with_items([_line(*row, locked=row[0].nip in locked) for row in rows])


def _query(wanted: PeopleFilter) -> Any:
    """People only, with no more joins than the filter needs: a page shows 25 of thousands."""
    query = select(Pegawai.id).join(Unor, col(Unor.id) == Pegawai.unor_id)
    if wanted.state is None and wanted.order is not PeopleOrder.LOGIN:
        return query
    return query.join(Account, col(Account.pegawai_id) == Pegawai.id)


def _total(session: Session, actor: Actor, wanted: PeopleFilter, query: Any) -> int:
    if replace(wanted, order=PeopleOrder.NAME, page=1) == PeopleFilter():
        scope = org_nodes.scope_roots(session, actor, Permission.PEOPLE_READ)
        return sum(count_people(session, node) for node in scope)
    if not (wanted.text.strip() or wanted.unit.strip() or _in_units(actor)):
        # By name, like the page itself: otherwise PostgreSQL scans the primary key of everybody.
        query = query.order_by(*_order(PeopleOrder.NAME))
    most = MAX_SORTED_BY_LOGIN + 1 if wanted.order is PeopleOrder.LOGIN else pagination.MAX_ROWS
    counted = query.limit(most).subquery()
    return int(session.exec(select(func.count()).select_from(counted)).one())


def account_state(pegawai: Pegawai, account: Account, *, locked: bool) -> AccountState:
    if account.disabled_at is not None:
        return AccountState.DISABLED
    if pegawai.awaits_approval:
        return AccountState.WAITING
    if locked:
        return AccountState.LOCKED
    return AccountState.INACTIVE if account.activated_at is None else AccountState.ACTIVE


def _line(pegawai: Pegawai, account: Account, unit: str, instansi: Instansi, *, locked: bool) -> PersonSummary:
    return PersonSummary(
        account_id=account.pk,
        nip=pegawai.nip,
        name=pegawai.full_name,
        jenis=pegawai.jenis,
        unit=unit,
        instansi=instansi.name,
        timezone=instansi.timezone,
        state=account_state(pegawai, account, locked=locked),
        last_login_at=account.last_login_at,
    )


def _order(order: PeopleOrder) -> tuple[Any, ...]:
    by_name = (col(Pegawai.name), col(Pegawai.id))
    first: dict[PeopleOrder, Any] = {
        PeopleOrder.NIP: col(Pegawai.nip),
        PeopleOrder.UNIT: col(Unor.name),
        PeopleOrder.LOGIN: col(Account.last_login_at).desc().nulls_last(),
    }
    return (first[order], *by_name) if order in first else by_name


def _agencies(session: Session, actor: Actor, wanted: PeopleFilter) -> list[int] | None:
    """Agencies to search; None for all."""
    named = wanted.agency.strip()
    return _agencies_named(session, named) if named else agency_ids_in_scope(actor, Permission.PEOPLE_READ)


def _conditions(
    session: Session, actor: Actor, wanted: PeopleFilter, agencies: list[int] | None
) -> list[ColumnElement[bool]]:
    conditions = [people_in_scope(actor, Permission.PEOPLE_READ)]
    everywhere = spans_agencies(actor, Permission.PEOPLE_READ) and not wanted.agency.strip()
    if wanted.agency.strip():
        conditions.append(col(Pegawai.instansi_id).in_(agencies or []))
    if wanted.text.strip():
        # Without other filters, no one pages beyond the first people with a common name.
        alone = wanted == PeopleFilter(text=wanted.text, agency=wanted.agency, page=wanted.page) and not _in_units(
            actor
        )
        conditions.append(search_people(session, wanted.text, agencies, first=pagination.MAX_ROWS if alone else None))
    elif everywhere and _is_costly(wanted):
        raise UserError("Isi instansi lebih dahulu, atau cari menurut NIP atau nama.", "instansi")
    if wanted.unit.strip():
        conditions.append(_in_unit(session, actor, wanted.unit.strip()))
    if wanted.jenis is not None:
        conditions.append(col(Pegawai.jenis) == wanted.jenis)
    if wanted.state is not None:
        conditions.append(_in_state(session, wanted.state))
    if wanted.pdm is not None:
        conditions.append(_in_pdm(wanted.pdm))
    return conditions


def _in_pdm(step: PdmProgress) -> ColumnElement[bool]:
    wanted = col(PersonPdmProgress.sent if step is PdmProgress.SENT else PersonPdmProgress.done).is_(True)
    handled = select(PersonPdmProgress.pegawai_id).where(PersonPdmProgress.pegawai_id == Pegawai.id, wanted).exists()
    return ~handled if step is PdmProgress.OPEN else handled


def _in_units(actor: Actor) -> bool:
    """Whether the scope is narrower than whole agencies."""
    return any(grant.unor_path for grant in actor.effective_grants if Permission.PEOPLE_READ in MATRIX[grant.role])


def _is_costly(wanted: PeopleFilter) -> bool:
    """Whether a search over everybody has no index to use."""
    narrowed = (
        wanted.jenis is not None
        or wanted.pdm is not None
        or bool(wanted.unit.strip())
        or wanted.order in {PeopleOrder.UNIT, PeopleOrder.LOGIN}
    )
    return narrowed or wanted.state not in {None, AccountState.LOCKED}


def _agencies_named(session: Session, text: str) -> list[int]:
    """Agencies by code, else by part of the name."""
    exact = session.exec(select(Instansi.id).where(Instansi.code == text)).all()
    named = func.lower(Instansi.name).contains(text.casefold(), autoescape=True)
    ids = exact or session.exec(select(Instansi.id).where(named).limit(_UNITS)).all()
    return [number for number in ids if number is not None]


def _in_unit(session: Session, actor: Actor, text: str) -> ColumnElement[bool]:
    """Matching units in scope with all below them. A code matches one unit per agency, part of a name may match many."""
    mine = units_in_scope(actor, Permission.PEOPLE_READ)
    code = code_in(text)
    named = func.lower(Unor.name).contains(text.casefold(), autoescape=True)
    paths = session.exec(select(Unor.path).where(Unor.code == code, mine).limit(_UNITS)).all()
    paths = (
        paths or session.exec(select(Unor.path).where(named, mine).order_by(func.length(Unor.path)).limit(_UNITS)).all()
    )
    return or_(false(), *(col(Unor.path).startswith(path, autoescape=True) for path in paths))


def _in_state(session: Session, state: AccountState) -> ColumnElement[bool]:
    enabled = col(Account.disabled_at).is_(None)
    waiting = awaiting_approval()
    if state is AccountState.DISABLED:
        return col(Account.disabled_at).is_not(None)
    if state is AccountState.WAITING:
        return and_(enabled, waiting)
    locked = col(Account.id).in_(lockouts.locked_account_ids(session))
    if state is AccountState.LOCKED:
        return and_(enabled, ~waiting, locked)
    activated = col(Account.activated_at)
    fits = activated.is_(None) if state is AccountState.INACTIVE else activated.is_not(None)
    return and_(enabled, ~waiting, ~locked, fits)
