"""What the inbox is narrowed to. It stands in the address of the page, so a link shows the same to a colleague."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, false
from sqlmodel import col, select

from mysapk_web.organisation.rules.dates import DateError, read_day
from mysapk_web.organisation.tables.agency import Unor
from mysapk_web.pdm.rules.groups import GROUPS
from mysapk_web.pdm.rules.proposal import UsulanState
from mysapk_web.pdm.tables import Proposal
from mysapk_web.platform.rules.row_id import number_of
from mysapk_web.platform.rules.text import fold_full_width
from mysapk_web.platform.rules.timezones import ZONES
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
        status: `MINE`, `OPEN`, or a value of `UsulanState`.
        grup: Key of a group.
        jenis: Key of a kind of record.
        nip: First digits.
        nama: Part of the name.
        dari: First day on which it was sent.
        sampai: Last day on which it was sent.
        instansi: Code or part of the name of an agency.
        unit: Id of a unit; the ones below it count, too.
        urut: Empty for the oldest first, `NEWEST` otherwise.
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
        """The filters as they stand in an address.

        Args:
            **changes: Fields that are to be other than now.
        """
        wanted = replace(self, **changes)
        pairs = {name: getattr(wanted, name) for name in self.__slots__}
        return {name: str(value) for name, value in pairs.items() if value}


@dataclass(frozen=True, slots=True)
class Meant:
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
    """Take filters from an address or a form. What makes no sense narrows nothing: anything may stand in an address.

    Args:
        given: Names and texts.
    """
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
        unit=number_of(text["unit"]),
        urut=NEWEST if text["urut"] == NEWEST else "",
    )


def states_of(filters: Filters) -> tuple[UsulanState, ...]:
    """The one state that was asked for; none where it was not one."""
    return (UsulanState(filters.status),) if filters.status in _STATES else ()


def conditions(filters: Filters, zona: str, meant: Meant, *, kinds: bool = True) -> list[ColumnElement[bool]]:
    """What the filters say of `usulan`, apart from its state and agency.

    Args:
        filters: From `read_filters`.
        zona: Zone in which days begin and end.
        meant: What their words mean.
        kinds: With group and kind; without them it can be counted how many there are of each.
    """
    found: list[ColumnElement[bool]] = []
    if kinds and filters.grup:
        found.append(col(Proposal.group) == filters.grup)
    if kinds and filters.jenis:
        found.append(col(Proposal.kind) == filters.jenis)
    if filters.dari:
        found.append(col(Proposal.sent_at) >= _midnight(filters.dari, zona))
    if filters.sampai:
        found.append(col(Proposal.sent_at) < _midnight(filters.sampai + timedelta(days=1), zona))
    if filters.unit:
        found.append(_below(*meant.unit) if meant.unit else false())
    if meant.people is not None:
        found.append(col(Proposal.pegawai_id).in_(meant.people))
    return found


def _below(instansi_id: int, path: str) -> ColumnElement[bool]:
    """The path is written into the query, not looked up in it: only then the index of paths is of use."""
    subtree = select(Unor.id).where(Unor.instansi_id == instansi_id, col(Unor.jalur).startswith(path, autoescape=True))
    return and_(col(Proposal.instansi_id) == instansi_id, col(Proposal.unor_id).in_(subtree))


def _midnight(day: date, zona: str) -> datetime:
    return datetime.combine(day, time(), ZONES.get(zona, ZONES["WIB"])).astimezone(UTC)


def _text(value: object) -> str:
    return value.replace("\x00", "").strip()[:MAX_TEXT] if isinstance(value, str) else ""


def _day(text: str) -> date | None:
    try:
        return read_day(text, "")
    except DateError:
        return None
