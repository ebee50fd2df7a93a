"""What the two lists of people in the PDM share: lines and filters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mysapk_web.progress.org_nodes import OrgNode
from mysapk_web.progress.pages.components.person_cells import ListedRow, jenis_of, listed_row
from mysapk_web.progress.pdm_incomplete import (
    GROUP_CHOICES,
    IncompleteKind,
    IncompletePerson,
    PdmIncompleteFilter,
    PdmStage,
)
from mysapk_web.progress.rules import GROUP_BITS

LACKS: Final = tuple((lack.value, lack.label) for lack in IncompleteKind)
GROUPS: Final = (("", "Semua"), *GROUP_CHOICES)
TONES: Final = {
    PdmStage.INACTIVE: "bad",
    PdmStage.NOT_TAKEN_PART: "warn",
    PdmStage.LEFT: "warn",
    PdmStage.PARTLY: "plain",
    PdmStage.DONE: "good",
}


def unfinished_row(person: IncompletePerson, place: OrgNode) -> ListedRow:
    """One person in words."""
    return listed_row(
        person,
        place,
        remark=person.stage.label,
        tone=TONES[person.stage],
        can_remind=person.can_remind,
        groups=f"{person.handled} dari {person.applicable}",
    )


def filter_of(filters: Mapping[str, str]) -> PdmIncompleteFilter:
    """What a list is narrowed to; a choice that no page offers narrows nothing."""
    lack, group = filters.get("dicari", ""), filters.get("kelompok", "")
    return PdmIncompleteFilter(
        filters.get("tempat", ""),
        jenis_of(filters),
        IncompleteKind(lack) if lack in set(IncompleteKind) else IncompleteKind.UNFINISHED,
        group if group in GROUP_BITS else "",
    )
