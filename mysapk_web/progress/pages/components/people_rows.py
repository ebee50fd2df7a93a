"""What differs between the lists of activation and of the PDM: filters, rows and reminders."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic

from mysapk_web.platform.rules.timezones import format_moment_compact
from mysapk_web.progress import not_activated, pdm_incomplete, reminders
from mysapk_web.progress.not_activated import NotActivatedFilter, NotActivatedPerson, NotActivatedReason
from mysapk_web.progress.org_nodes import OrgNode
from mysapk_web.progress.pages.components.person_cells import ListedRow, jenis_of, listed_row
from mysapk_web.progress.pdm_incomplete import (
    GROUP_CHOICES,
    IncompleteKind,
    IncompletePerson,
    PdmIncompleteFilter,
    PdmStage,
)
from mysapk_web.progress.people_lists import F, P, PeopleReport
from mysapk_web.progress.rules import GROUP_BITS

NOT_ACTIVATED_REASONS: Final = (
    ("", "Semua"),
    *((reason.value, reason.label) for reason in NotActivatedReason if reason is not NotActivatedReason.LATE),
)
SANCTION_REASONS: Final = (*NOT_ACTIVATED_REASONS, (NotActivatedReason.LATE.value, NotActivatedReason.LATE.label))
INCOMPLETE_KINDS: Final = tuple((kind.value, kind.label) for kind in IncompleteKind)
GROUPS: Final = (("", "Semua"), *GROUP_CHOICES)
_REASON_TONES: Final = {
    NotActivatedReason.LATE: "plain",
    NotActivatedReason.DISABLED: "bad",
    NotActivatedReason.NO_EMAIL: "warn",
    NotActivatedReason.WAITING: "warn",
    NotActivatedReason.OPEN: "plain",
}
_STAGE_TONES: Final = {
    PdmStage.INACTIVE: "bad",
    PdmStage.NOT_TAKEN_PART: "warn",
    PdmStage.LEFT: "warn",
    PdmStage.PARTLY: "plain",
    PdmStage.DONE: "good",
}


@dataclass(frozen=True, slots=True)
class ListKind(Generic[F, P]):
    """A list as its pages use it. Filters are texts by their names in the URL; a choice that no page offers narrows nothing."""

    report: PeopleReport[F, P]
    filter_of: Callable[[Mapping[str, str]], F]
    row_of: Callable[[P, OrgNode], ListedRow]
    remind: Callable[..., reminders.ReminderResult]
    shown: Callable[[F], dict[str, str]] = lambda _: {}
    """Filters that always have a value, so that a choice shows it even where the URL says nothing."""


def not_activated_filter(filters: Mapping[str, str]) -> NotActivatedFilter:
    reason = filters.get("keterangan", "")
    known = NotActivatedReason(reason) if reason in set(NotActivatedReason) else None
    return NotActivatedFilter(filters.get("tempat", ""), jenis_of(filters), known)


def not_activated_row(person: NotActivatedPerson, node: OrgNode) -> ListedRow:
    reason = person.reason
    # The list of the country has people of every zone: its times are those of the capital.
    since = f", {format_moment_compact(person.activated_at, node.timezone)}" if person.activated_at else ""
    return listed_row(
        person,
        node,
        remark=f"{reason.label}{since}",
        tone=_REASON_TONES[reason],
        can_remind=reason is NotActivatedReason.OPEN,
    )


def pdm_incomplete_filter(filters: Mapping[str, str]) -> PdmIncompleteFilter:
    kind, group = filters.get("dicari", ""), filters.get("kelompok", "")
    return PdmIncompleteFilter(
        filters.get("tempat", ""),
        jenis_of(filters),
        IncompleteKind(kind) if kind in set(IncompleteKind) else IncompleteKind.UNFINISHED,
        group if group in GROUP_BITS else "",
    )


def pdm_incomplete_row(person: IncompletePerson, node: OrgNode) -> ListedRow:
    return listed_row(
        person,
        node,
        remark=person.stage.label,
        tone=_STAGE_TONES[person.stage],
        can_remind=person.can_remind,
        groups=f"{person.handled} dari {person.applicable}",
    )


ACTIVATION: Final[ListKind[Any, Any]] = ListKind(
    not_activated.LIST, not_activated_filter, not_activated_row, reminders.remind_activation
)
PDM: Final[ListKind[Any, Any]] = ListKind(
    pdm_incomplete.LIST,
    pdm_incomplete_filter,
    pdm_incomplete_row,
    reminders.remind_pdm,
    shown=lambda wanted: {"dicari": wanted.kind.value, "kelompok": wanted.group},
)
