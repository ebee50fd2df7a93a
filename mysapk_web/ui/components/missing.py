"""What the two lists of people without activation share: lines and filters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mysapk_web.services.progress.missing import Cause, Filter, MissingPerson
from mysapk_web.services.progress.places import Place
from mysapk_web.ui.components.people import ListedRow, jenis_of, listed_row

CAUSES: Final = (("", "Semua"), *((cause.value, cause.label) for cause in Cause))
TONES: Final = {Cause.DISABLED: "bad", Cause.NO_EMAIL: "warn", Cause.WAITING: "warn", Cause.OPEN: "plain"}


def missing_row(person: MissingPerson, place: Place) -> ListedRow:
    """One person in words.

    Args:
        person: From the service.
        place: That is looked at.
    """
    cause = person.cause
    return listed_row(person, place, remark=cause.label, tone=TONES[cause], can_remind=cause is Cause.OPEN)


def filter_of(filters: Mapping[str, str]) -> Filter:
    """What a list is narrowed to; a choice that no page offers narrows nothing.

    Args:
        filters: By their names in the address.
    """
    cause = filters.get("keterangan", "")
    return Filter(filters.get("tempat", ""), jenis_of(filters), Cause(cause) if cause in set(Cause) else None)
