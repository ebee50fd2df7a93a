"""What the two lists of people without activation share: lines and filters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mysapk_web.platform.rules.timezones import format_moment_compact
from mysapk_web.progress.not_activated import NotActivatedFilter, NotActivatedPerson, NotActivatedReason
from mysapk_web.progress.org_nodes import OrgNode
from mysapk_web.progress.pages.components.person_cells import ListedRow, jenis_of, listed_row

_CAUSES: Final = [cause for cause in NotActivatedReason if cause is not NotActivatedReason.LATE]
CAUSES: Final = (("", "Semua"), *((cause.value, cause.label) for cause in _CAUSES))
"""Of those who have not activated."""
SANCTION_CAUSES: Final = (*CAUSES, (NotActivatedReason.LATE.value, NotActivatedReason.LATE.label))
TONES: Final = {
    NotActivatedReason.LATE: "plain",
    NotActivatedReason.DISABLED: "bad",
    NotActivatedReason.NO_EMAIL: "warn",
    NotActivatedReason.WAITING: "warn",
    NotActivatedReason.OPEN: "plain",
}


def missing_row(person: NotActivatedPerson, place: OrgNode) -> ListedRow:
    """One person in words."""
    cause = person.reason
    # The list of the country has people of every zone: its times are those of the capital, as its other ones.
    since = f", {format_moment_compact(person.activated_at, place.timezone)}" if person.activated_at else ""
    return listed_row(
        person, place, remark=f"{cause.label}{since}", tone=TONES[cause], can_remind=cause is NotActivatedReason.OPEN
    )


def filter_of(filters: Mapping[str, str]) -> NotActivatedFilter:
    """What a list is narrowed to; a choice that no page offers narrows nothing."""
    cause = filters.get("keterangan", "")
    return NotActivatedFilter(
        filters.get("tempat", ""),
        jenis_of(filters),
        NotActivatedReason(cause) if cause in set(NotActivatedReason) else None,
    )
