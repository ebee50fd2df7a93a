"""Cells that show who somebody is, and rows of the lists of people."""

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
    """One person as a state holds it; `groups` is empty in the lists of activation."""

    key: str
    href: str
    name: str
    nip: str
    jenis: str
    unit: str
    groups: str
    remark: str
    tone: str
    can_remind: bool
    reminded: str


def listed_row(
    person: ListedPerson, node: OrgNode, *, remark: str, tone: str, can_remind: bool, groups: str = ""
) -> ListedRow:
    """One person in words, in the zone of the node, and with the agency where the node is the country."""
    return {
        "key": f"p{person.account_id}",
        "href": f"/admin/pegawai/{person.account_id}",
        "name": person.name,
        "nip": person.nip,
        "jenis": person.jenis.label,
        "unit": person.unit if node.instansi_id else f"{person.unit}, {person.instansi}",
        "groups": groups,
        "remark": remark,
        "tone": tone,
        "can_remind": can_remind,
        "reminded": format_moment(person.reminded_at, node.timezone) if person.reminded_at else "Belum pernah",
    }


def jenis_of(filters: Mapping[str, str]) -> JenisPegawai | None:
    """The kind of employment that a list is narrowed to; None for all, and for what no page offers."""
    given = filters.get("jenis", "")
    return JenisPegawai(given) if given in set(JenisPegawai) else None


def person_cells(item: Any) -> tuple[rx.Component, ...]:
    return (
        table_cell(
            "Nama", rx.el.div(rx.el.a(item["name"], href=item["href"]), rx.el.p(item["nip"], class_name="help"))
        ),
        table_cell("Jenis", rx.el.span(item["jenis"])),
        table_cell("Unit kerja", rx.el.span(item["unit"])),
    )


def remark_cell(item: Any) -> rx.Component:
    return table_cell(REMARK, badge(item["remark"], item["tone"]))
