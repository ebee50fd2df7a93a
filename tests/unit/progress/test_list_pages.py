"""The lists of people by their progress: what an address may narrow them to, and what a form may not change."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.progress.not_activated import NotActivatedFilter as OfActivation
from mysapk_web.progress.not_activated import NotActivatedPerson, NotActivatedReason
from mysapk_web.progress.org_nodes import COUNTRY_NODE, OrgNode
from mysapk_web.progress.pages.belum_aktif import BelumAktifState
from mysapk_web.progress.pages.belum_pdm import BelumPdmState
from mysapk_web.progress.pages.components import people_rows
from mysapk_web.progress.pages.people_list import PeopleList
from mysapk_web.progress.pages.sanksi import SanksiState
from mysapk_web.progress.pages.sanksi_pdm import SanksiPdmState
from mysapk_web.progress.pdm_incomplete import IncompleteKind
from mysapk_web.progress.pdm_incomplete import PdmIncompleteFilter as OfPdm

STATES = (BelumAktifState, BelumPdmState, SanksiState, SanksiPdmState)
REMINDED = datetime(2026, 8, 24, 5, tzinfo=UTC)
PERSON = NotActivatedPerson(
    7,
    "199007212015031002",
    "Rizal",
    JenisPegawai.PNS,
    "Sekretariat",
    "Kota Misal",
    REMINDED,
    reason=NotActivatedReason.OPEN,
)


def test_an_address_narrows_by_what_a_page_offers() -> None:
    activation = {"tempat": "i3", "jenis": "PPPK", "keterangan": "tanpa-email"}
    assert people_rows.not_activated_filter(activation) == OfActivation(
        "i3", JenisPegawai.PPPK, NotActivatedReason.NO_EMAIL
    )
    pdm = {"tempat": "u9", "jenis": "PNS", "dicari": "belum-kirim", "kelompok": "skp"}
    assert people_rows.pdm_incomplete_filter(pdm) == OfPdm("u9", JenisPegawai.PNS, IncompleteKind.UNSENT, "skp")


@pytest.mark.parametrize("filters", [{}, dict.fromkeys(("jenis", "keterangan", "dicari", "kelompok"), "x' OR 1=1")])
def test_anything_else_in_an_address_narrows_nothing(filters: dict[str, str]) -> None:
    assert people_rows.not_activated_filter(filters) == OfActivation()
    assert people_rows.pdm_incomplete_filter(filters) == OfPdm()


@pytest.mark.parametrize("state", STATES)
def test_a_form_changes_the_filters_of_its_page_and_no_place(state: type[PeopleList]) -> None:
    shown = state()
    shown.filters = {**state.FILTERS, "tempat": "i3"}
    answer = asyncio.run(shown.narrow({"tempat": "i4", "jenis": "PPPK", "halaman": "9", "x": "y"}))
    assert f"{state.PATH}?tempat=i3&jenis=PPPK" in str(answer)
    assert shown.filters == {**dict.fromkeys(state.FILTERS, ""), "tempat": "i3", "jenis": "PPPK"}


def test_a_row_names_the_agency_where_there_are_several_and_has_the_time_of_the_place() -> None:
    country = people_rows.not_activated_row(PERSON, COUNTRY_NODE)
    agency = people_rows.not_activated_row(PERSON, OrgNode("i3", "Kota Misal", 3, timezone="WIT"))
    assert (country["unit"], agency["unit"]) == ("Sekretariat, Kota Misal", "Sekretariat")
    assert (country["reminded"], agency["reminded"]) == (
        "24 Agustus 2026 pukul 12.00 WIB",
        "24 Agustus 2026 pukul 14.00 WIT",
    )
