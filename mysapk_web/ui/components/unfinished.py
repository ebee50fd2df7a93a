"""What the two lists of people in the PDM share: lines and filters."""

from __future__ import annotations

from typing import Final, TypedDict

from mysapk_web.domain.pegawai import JenisPegawai
from mysapk_web.domain.progress import GROUP_BITS
from mysapk_web.services.progress.unfinished import GROUP_CHOICES, Filter, Lack, Stage, UnfinishedPerson
from mysapk_web.ui.words import moment

LACKS: Final = tuple((lack.value, lack.label) for lack in Lack)
GROUPS: Final = (("", "Semua"), *GROUP_CHOICES)
TONES: Final = {
    Stage.INACTIVE: "bad",
    Stage.NOT_TAKEN_PART: "warn",
    Stage.LEFT: "warn",
    Stage.PARTLY: "plain",
    Stage.DONE: "good",
}


class UnfinishedRow(TypedDict):
    """One person as a state holds it."""

    key: str
    href: str
    nama: str
    nip: str
    jenis: str
    unit: str
    groups: str
    stage: str
    tone: str
    can_remind: bool
    reminded: str


def unfinished_row(person: UnfinishedPerson, *, agencies: bool, zona: str) -> UnfinishedRow:
    """One person in words.

    Args:
        person: From the service.
        agencies: Whether the agency is said, too.
        zona: Zone of the place that is looked at.
    """
    return {
        "key": f"p{person.account_id}",
        "href": f"/admin/pegawai/{person.account_id}",
        "nama": person.nama,
        "nip": person.nip,
        "jenis": person.jenis.label,
        "unit": f"{person.unit}, {person.instansi}" if agencies else person.unit,
        "groups": f"{person.handled} dari {person.concerned}",
        "stage": person.stage.label,
        "tone": TONES[person.stage],
        "can_remind": person.can_remind,
        "reminded": moment(person.reminded_at, zona) if person.reminded_at else "Belum pernah",
    }


def filter_of(tempat: str, jenis: str, lack: str = "", group: str = "") -> Filter:
    """What a list is narrowed to; a choice that no page offers narrows nothing.

    Args:
        tempat: Key of a place.
        jenis: Value of a kind.
        lack: Value of what is looked for.
        group: Key of a group.
    """
    return Filter(
        tempat,
        JenisPegawai(jenis) if jenis in set(JenisPegawai) else None,
        Lack(lack) if lack in set(Lack) else Lack.UNFINISHED,
        group if group in GROUP_BITS else "",
    )
