"""What the inbox is narrowed to. It stands in the address of the page, so a link shows the same to a colleague."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, false
from sqlmodel import col, select

from mysapk_web.organisation.rules.dates import DateError, parse_day_field
from mysapk_web.organisation.tables.agency import Unor
from mysapk_web.pdm.rules.groups import GROUPS
from mysapk_web.pdm.rules.proposal import ProposalState
from mysapk_web.pdm.tables import Proposal
from mysapk_web.platform.rules.row_id import parse_row_id
from mysapk_web.platform.rules.text import fold_full_width
from mysapk_web.platform.rules.timezones import zone_of
from mysapk_web.verification.rules.separation_of_duties import SEEN_BY_AGENCY

MINE: Final = ""
"""Status of what waits for the actor."""
OPEN: Final = "semua"
"""Status of everything that is not decided yet."""
NEWEST: Final = "baru"
MAX_TEXT: Final = 60
_GROUPS: Final = frozenset(each.key for each in GROUPS if each.verified)
_KINDS: Final = {kind.key: each.key for each in GROUPS if each.verified for kind in each.kinds}
_STATES: Final = frozenset(each.value for each in SEEN_BY_AGENCY)


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of the inbox; empty ones narrow nothing.

    Attributes:
        instansi: Code or part of the name of an agency.
        unit: Id of a unit; the ones below it count, too.
    """

    status: str = MINE
    grup: str = ""
    jenis: str = ""
    nip: str = ""
    nama: str = ""
    dari: date | None = None
    sampai: date | None = None
    instansi: str = ""
    unit: int = 0
    urut: str = ""

    @property
    def is_any(self) -> bool:
        """Whether something is narrowed beyond what waits for the actor."""
        return replace(self, urut="") != Filters()

    def query(self, **changes: Any) -> dict[str, str]:
        """The filters as they stand in an address."""
        wanted = replace(self, **changes)
        pairs = {name: getattr(wanted, name) for name in self.__slots__}
        return {name: str(value) for name, value in pairs.items() if value}


@dataclass(frozen=True, slots=True)
class ResolvedFilters:
    """What the words of the filters mean, looked up first: then an index finds the proposals.

    Attributes:
        people: Whom NIP and name mean; None where neither is asked for.
        agencies: Which agencies are meant; None where none is asked for.
        unit: Agency and path of the unit; None where there is none.
    """

    people: Sequence[int] | None = None
    agencies: Sequence[int] | None = None
    unit: tuple[int, str] | None = None


def read_filters(given: Mapping[str, object]) -> Filters:
    """Take filters from an address or a form. What makes no sense narrows nothing: anything may stand in an address."""
    text = {name: _text(given.get(name)) for name in Filters.__slots__}
    grup, jenis = text["grup"], text["jenis"]
    if jenis not in _KINDS or (grup in _GROUPS and _KINDS[jenis] != grup):
        jenis = ""
    return Filters(
        status=text["status"] if text["status"] in {*_STATES, OPEN} else MINE,
        grup=grup if grup in _GROUPS else "",
        jenis=jenis,
        nip="".join(each for each in fold_full_width(text["nip"]) if each.isascii() and each.isdigit())[:18],
        nama=" ".join(text["nama"].split()),
        dari=_day(text["dari"]),
        sampai=_day(text["sampai"]),
        instansi=" ".join(text["instansi"].split()),
        unit=parse_row_id(text["unit"]),
        urut=NEWEST if text["urut"] == NEWEST else "",
    )


def requested_states(filters: Filters) -> tuple[ProposalState, ...]:
    """The one state that was asked for; none where it was not one."""
    return (ProposalState(filters.status),) if filters.status in _STATES else ()


def filter_conditions(
    filters: Filters, timezone: str, resolved: ResolvedFilters, *, kinds: bool = True
) -> list[ColumnElement[bool]]:
    """What the filters say of `usulan`, apart from its state and agency.

    Args:
        kinds: With group and kind; without them it can be counted how many there are of each.
    """
    found: list[ColumnElement[bool]] = []
    if kinds and filters.grup:
        found.append(col(Proposal.group) == filters.grup)
    if kinds and filters.jenis:
        found.append(col(Proposal.kind) == filters.jenis)
    if filters.dari:
        found.append(col(Proposal.sent_at) >= _midnight(filters.dari, timezone))
    if filters.sampai:
        found.append(col(Proposal.sent_at) < _midnight(filters.sampai + timedelta(days=1), timezone))
    if filters.unit:
        found.append(_below(*resolved.unit) if resolved.unit else false())
    if resolved.people is not None:
        found.append(col(Proposal.pegawai_id).in_(resolved.people))
    return found


def _below(instansi_id: int, path: str) -> ColumnElement[bool]:
    """The path is written into the query, not looked up in it: only then the index of paths is of use."""
    subtree = select(Unor.id).where(Unor.instansi_id == instansi_id, col(Unor.path).startswith(path, autoescape=True))
    return and_(col(Proposal.instansi_id) == instansi_id, col(Proposal.unor_id).in_(subtree))


def _midnight(day: date, zona: str) -> datetime:
    return datetime.combine(day, time(), zone_of(zona).info).astimezone(UTC)


def _text(value: object) -> str:
    return value.replace("\x00", "").strip()[:MAX_TEXT] if isinstance(value, str) else ""


def _day(text: str) -> date | None:
    try:
        return parse_day_field(text, "")
    except DateError:
        return None
