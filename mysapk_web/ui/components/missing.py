"""What the two lists of people without activation share: lines, filters, and the buttons that bring them down as files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypedDict

import reflex as rx

from mysapk_web.domain.pegawai import JenisPegawai
from mysapk_web.domain.progress import number
from mysapk_web.services.listing import DEEPEST, Listing
from mysapk_web.services.progress.missing import Cause, Filter, MissingPerson
from mysapk_web.ui.components.lists import kinds_form
from mysapk_web.ui.words import moment

KINDS: Final = (("", "Semua"), *((jenis.value, jenis.label) for jenis in JenisPegawai))
CAUSES: Final = (("", "Semua"), *((cause.value, cause.label) for cause in Cause))
TONES: Final = {Cause.DISABLED: "bad", Cause.NO_EMAIL: "warn", Cause.WAITING: "warn", Cause.OPEN: "plain"}


class MissingRow(TypedDict):
    """One person as a state holds it."""

    key: str
    href: str
    nama: str
    nip: str
    jenis: str
    unit: str
    cause: str
    tone: str
    can_remind: bool
    reminded: str


def missing_row(person: MissingPerson, *, agencies: bool, zona: str) -> MissingRow:
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
        "cause": person.cause.label,
        "tone": TONES[person.cause],
        "can_remind": person.cause is Cause.OPEN,
        "reminded": moment(person.reminded_at, zona) if person.reminded_at else "Belum pernah",
    }


def filter_of(tempat: str, jenis: str, cause: str) -> Filter:
    """What a list is narrowed to; a choice that no page offers narrows nothing.

    Args:
        tempat: Key of a place.
        jenis: Value of a kind.
        cause: Value of a cause.
    """
    return Filter(
        tempat,
        JenisPegawai(jenis) if jenis in set(JenisPegawai) else None,
        Cause(cause) if cause in set(Cause) else None,
    )


def found_in_words(found: Listing[Any], noun: str = "pegawai") -> str:
    """How many were found.

    Args:
        found: One page of them.
        noun: What they are.
    """
    if found.more and found.total > DEEPEST:
        return (
            f"{number(found.total)} {noun}; {number(DEEPEST)} yang pertama dapat dibuka di sini. "
            "Persempit dengan saringan, atau unduh semuanya."
        )
    if found.more:
        return f"Lebih dari {number(found.total)} {noun}; persempit dengan saringan, atau unduh semuanya."
    return f"{number(found.total)} {noun}"


def download_form(report: str, fields: Mapping[str, Any], *, xlsx: bool = True) -> rx.Component:
    """Buttons that bring a list down as a file, narrowed as it is shown.

    Args:
        report: Value of a `Report`.
        fields: Name and var of each filter.
        xlsx: Whether it is offered as a workbook, too.
    """
    return kinds_form("/admin/unduh", {"daftar": report, **fields}, xlsx=xlsx)
