"""What the two lists of people without activation share: lines and filters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mysapk_web.organisation.periods import moment
from mysapk_web.progress.not_activated import Cause, Filter, MissingPerson
from mysapk_web.progress.org_nodes import Place
from mysapk_web.progress.pages.components.person_cells import ListedRow, jenis_of, listed_row

_CAUSES: Final = [cause for cause in Cause if cause is not Cause.LATE]
CAUSES: Final = (("", "Semua"), *((cause.value, cause.label) for cause in _CAUSES))
"""Of those who have not activated."""
SANCTION_CAUSES: Final = (*CAUSES, (Cause.LATE.value, Cause.LATE.label))
TONES: Final = {
    Cause.LATE: "plain",
    Cause.DISABLED: "bad",
    Cause.NO_EMAIL: "warn",
    Cause.WAITING: "warn",
    Cause.OPEN: "plain",
}


def missing_row(person: MissingPerson, place: Place) -> ListedRow:
    """One person in words.

    Args:
        person: From the service.
        place: That is looked at.
    """
    cause = person.cause
    # The list of the country has people of every zone: its times are those of the capital, as its other ones.
    since = f", {moment(person.activated_at, place.zona)}" if person.activated_at else ""
    return listed_row(person, place, remark=f"{cause.label}{since}", tone=TONES[cause], can_remind=cause is Cause.OPEN)


def filter_of(filters: Mapping[str, str]) -> Filter:
    """What a list is narrowed to; a choice that no page offers narrows nothing.

    Args:
        filters: By their names in the address.
    """
    cause = filters.get("keterangan", "")
    return Filter(filters.get("tempat", ""), jenis_of(filters), Cause(cause) if cause in set(Cause) else None)
