"""What the two lists of people in the PDM share: lines and filters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mysapk_web.progress.org_nodes import Place
from mysapk_web.progress.pages.components.person_cells import ListedRow, jenis_of, listed_row
from mysapk_web.progress.pdm_incomplete import GROUP_CHOICES, Filter, Lack, Stage, UnfinishedPerson
from mysapk_web.progress.rules import GROUP_BITS

LACKS: Final = tuple((lack.value, lack.label) for lack in Lack)
GROUPS: Final = (("", "Semua"), *GROUP_CHOICES)
TONES: Final = {
    Stage.INACTIVE: "bad",
    Stage.NOT_TAKEN_PART: "warn",
    Stage.LEFT: "warn",
    Stage.PARTLY: "plain",
    Stage.DONE: "good",
}


def unfinished_row(person: UnfinishedPerson, place: Place) -> ListedRow:
    """One person in words.

    Args:
        person: From the service.
        place: That is looked at.
    """
    return listed_row(
        person,
        place,
        remark=person.stage.label,
        tone=TONES[person.stage],
        can_remind=person.can_remind,
        groups=f"{person.handled} dari {person.concerned}",
    )


def filter_of(filters: Mapping[str, str]) -> Filter:
    """What a list is narrowed to; a choice that no page offers narrows nothing.

    Args:
        filters: By their names in the address.
    """
    lack, group = filters.get("dicari", ""), filters.get("kelompok", "")
    return Filter(
        filters.get("tempat", ""),
        jenis_of(filters),
        Lack(lack) if lack in set(Lack) else Lack.UNFINISHED,
        group if group in GROUP_BITS else "",
    )
