"""People in lists: the cells that show who somebody is; and in the lists of progress, a row as a state holds it, and filtering by kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypedDict

import reflex as rx

from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.platform.rules.timezones import format_moment
from mysapk_web.progress.org_nodes import OrgNode
from mysapk_web.progress.people_lists import ListedPerson
from mysapk_web.ui.components.display import badge, table_cell

KINDS: Final = (("", "Semua"), *((jenis.value, jenis.label) for jenis in JenisPegawai))
HEADS: Final = ("Nama dan NIP", "Jenis", "Unit kerja")
"""Of the columns of `person_cells`."""
REMARK: Final = "Keterangan"


class ListedRow(TypedDict):
    """One person as a state holds it; `groups` is empty in the lists of the activation."""

    key: str
    href: str
    nama: str
    nip: str
    jenis: str
    unit: str
    groups: str
    remark: str
    tone: str
    can_remind: bool
    reminded: str


def listed_row(
    person: ListedPerson, place: OrgNode, *, remark: str, tone: str, can_remind: bool, groups: str = ""
) -> ListedRow:
    """One person in words.

    Args:
        place: That is looked at: in its zone, and with the agency of each person where it is the country.
    """
    return {
        "key": f"p{person.account_id}",
        "href": f"/admin/pegawai/{person.account_id}",
        "nama": person.name,
        "nip": person.nip,
        "jenis": person.jenis.label,
        "unit": person.unit if place.instansi_id else f"{person.unit}, {person.instansi}",
        "groups": groups,
        "remark": remark,
        "tone": tone,
        "can_remind": can_remind,
        "reminded": format_moment(person.reminded_at, place.timezone) if person.reminded_at else "Belum pernah",
    }


def jenis_of(filters: Mapping[str, str]) -> JenisPegawai | None:
    """The kind that a list is narrowed to; None for all, and for what no page offers."""
    given = filters.get("jenis", "")
    return JenisPegawai(given) if given in set(JenisPegawai) else None


def person_cells(item: Any) -> tuple[rx.Component, ...]:
    """Who somebody is."""
    return (
        table_cell(
            "Nama", rx.el.div(rx.el.a(item["nama"], href=item["href"]), rx.el.p(item["nip"], class_name="help"))
        ),
        table_cell("Jenis", rx.el.span(item["jenis"])),
        table_cell("Unit kerja", rx.el.span(item["unit"])),
    )


def remark_cell(item: Any) -> rx.Component:
    """What is said about somebody."""
    return table_cell(REMARK, badge(item["remark"], item["tone"]))
