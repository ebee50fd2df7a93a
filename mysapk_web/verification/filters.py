"""The filters of the inbox. They are in the URL, so a shared link shows a colleague the same list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
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
PARAMETERS: Final = MappingProxyType(
    {
        "status": "status",
        "group": "grup",
        "kind": "jenis",
        "nip": "nip",
        "name": "nama",
        "since": "dari",
        "until": "sampai",
        "instansi": "instansi",
        "unit": "unit",
        "order": "urut",
    }
)
"""Fields of `Filters` and their URL parameters."""
_GROUPS: Final = frozenset(each.key for each in GROUPS if each.verified)
_KINDS: Final = {kind.key: each.key for each in GROUPS if each.verified for kind in each.kinds}
_STATES: Final = frozenset(each.value for each in SEEN_BY_AGENCY)


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of the inbox; empty ones narrow nothing."""

    status: str = MINE
    group: str = ""
    kind: str = ""
    nip: str = ""
    name: str = ""
    since: date | None = None
    until: date | None = None
    instansi: str = ""
    unit: int = 0
    order: str = ""

    @property
    def is_any(self) -> bool:
        """Whether anything is narrowed beyond what waits for the actor."""
        return replace(self, order="") != Filters()

    def query(self, **changes: Any) -> dict[str, str]:
        """The filters as URL parameters, with changes."""
        wanted = replace(self, **changes)
        pairs = {parameter: getattr(wanted, field) for field, parameter in PARAMETERS.items()}
        return {parameter: str(value) for parameter, value in pairs.items() if value}


@dataclass(frozen=True, slots=True)
class ResolvedFilters:
    """People, agencies and unit that the texts of the filters mean, so that an index finds the proposals. None: not asked for."""

    people: Sequence[int] | None = None
    agencies: Sequence[int] | None = None
    unit: tuple[int, str] | None = None


def read_filters(given: Mapping[str, object]) -> Filters:
    """Read filters from a URL or a form. Invalid values narrow nothing: a URL may contain anything."""
    text = {field: _text(given.get(parameter)) for field, parameter in PARAMETERS.items()}
    group, kind = text["group"], text["kind"]
    if kind not in _KINDS or (group in _GROUPS and _KINDS[kind] != group):
        kind = ""
    return Filters(
        status=text["status"] if text["status"] in {*_STATES, OPEN} else MINE,
        group=group if group in _GROUPS else "",
        kind=kind,
        nip="".join(each for each in fold_full_width(text["nip"]) if each.isascii() and each.isdigit())[:18],
        name=" ".join(text["name"].split()),
        since=_day(text["since"]),
        until=_day(text["until"]),
        instansi=" ".join(text["instansi"].split()),
        unit=parse_row_id(text["unit"]),
        order=NEWEST if text["order"] == NEWEST else "",
    )


def requested_states(filters: Filters) -> tuple[ProposalState, ...]:
    """The one state that was asked for, if it was one."""
    return (ProposalState(filters.status),) if filters.status in _STATES else ()


def filter_conditions(
    filters: Filters, timezone: str, resolved: ResolvedFilters, *, kinds: bool = True
) -> list[ColumnElement[bool]]:
    """What the filters say about `usulan`, apart from state and agency; without `kinds` also apart from group and kind."""
    found: list[ColumnElement[bool]] = []
    if kinds and filters.group:
        found.append(col(Proposal.group) == filters.group)
    if kinds and filters.kind:
        found.append(col(Proposal.kind) == filters.kind)
    if filters.since:
        found.append(col(Proposal.sent_at) >= _midnight(filters.since, timezone))
    if filters.until:
        found.append(col(Proposal.sent_at) < _midnight(filters.until + timedelta(days=1), timezone))
    if filters.unit:
        found.append(_below(*resolved.unit) if resolved.unit else false())
    if resolved.people is not None:
        found.append(col(Proposal.pegawai_id).in_(resolved.people))
    return found


def _below(instansi_id: int, path: str) -> ColumnElement[bool]:
    """The path is a literal of the query, not a lookup in it: only then the index of paths is used."""
    subtree = select(Unor.id).where(Unor.instansi_id == instansi_id, col(Unor.path).startswith(path, autoescape=True))
    return and_(col(Proposal.instansi_id) == instansi_id, col(Proposal.unor_id).in_(subtree))


def _midnight(day: date, timezone: str) -> datetime:
    return datetime.combine(day, time(), zone_of(timezone).info).astimezone(UTC)


def _text(value: object) -> str:
    return value.replace("\x00", "").strip()[:MAX_TEXT] if isinstance(value, str) else ""


def _day(text: str) -> date | None:
    try:
        return parse_day_field(text, "")
    except DateError:
        return None
