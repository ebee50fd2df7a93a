"""Checking one's own data: what is wrong is said with what to do and where, from what is on file and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import select

from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.tables.agency import Instansi
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.quality import FindingView, check_own_data
from mysapk_web.pdm.rules.groups.base import RecordAction
from mysapk_web.pdm.rules.proposal import SENT_STATES, ProposalState
from mysapk_web.pdm.rules.quality import CHECKS
from mysapk_web.pdm.tables import PersonnelRecord, Proposal
from tests.support.portal import START, Browser, Person, Portal

WHOLE: dict[str, list[dict[str, Any]]] = {
    "profil": [{"nik": "1571015203850001", "nomor_hp": "081298765432", "kedudukan_hukum": "01", "bup": 58}],
    "golongan": [{"golongan": "33", "tmt_golongan": "2022-04-01"}],
    "jabatan": [{"jenis_jabatan": "2", "jabatan_fungsional": "JF0001", "tmt_jabatan": "2020-01-01"}],
    "pendidikan": [{"tingkat_pendidikan": "40", "tanggal_lulus": "2008-07-01"}],
    "skp": [{"tahun": 2024}, {"tahun": 2025}],
    "cpns-pns": [{"tmt_cpns": "2010-01-01", "tmt_pns": "2011-02-01"}],
}
"""A person of whom all that the checks look at is on file."""


@pytest.fixture
def ani(portal: Portal) -> Browser:
    with portal.db.begin() as s:
        person = s.get_one(Pegawai, portal.ani.pegawai_id)
        person.title_suffix, person.gender = "S.Pd.", "L" if portal.ani.nip[14] == "1" else "P"
    return portal.browser().enter(portal.ani)


def keep(portal: Portal, person: Person | None = None, **changed: list[dict[str, Any]]) -> None:
    wanted = {**WHOLE, **{key.replace("_", "-"): rows for key, rows in changed.items()}}
    with portal.db.begin() as s:
        for key, rows in wanted.items():
            for payload in rows:
                s.add(
                    PersonnelRecord(
                        pegawai_id=(person or portal.ani).pegawai_id,
                        kind=key,
                        payload=payload,
                        created_at=START,
                        changed_at=START,
                    )
                )


def seen(browser: Browser) -> dict[str, FindingView]:
    with browser.portal.db.read() as s:
        return {each.key: each for each in check_own_data(s, browser.actor)}


def test_nothing_is_wrong_with_whole_data(portal: Portal, ani: Browser) -> None:
    keep(portal)
    assert seen(ani) == {}


def test_what_is_missing_is_said_with_what_to_do_and_where(portal: Portal, ani: Browser) -> None:
    found = seen(ani)
    assert {"skp", "pendidikan", "tmt_pns", "nomor_hp", "nik"} <= found.keys()
    assert (found["skp"].href, found["skp"].link) == ("/pdm/skp", "SKP")
    assert (found["nomor_hp"].href, found["nomor_hp"].link) == ("/profil", "Profil")
    assert found["nik"].href == "/bantuan"
    for each in found.values():
        assert each.sentence.endswith(".")
        assert each.remedy.endswith(".")
        assert each.href.startswith("/")
    # The gravest first: timeliness and accuracy weigh more than completeness.
    assert next(iter(found)) != "nomor_hp"
    assert list(found)[-1] in {"nomor_hp", "nik"}


@pytest.mark.parametrize(
    ("key", "changed"),
    [
        ("skp", {"skp": [{"tahun": 2025}]}),
        ("jabatan", {"jabatan": [{"jenis_jabatan": "4"}]}),
        ("tmt_pns", {"cpns_pns": [{"tmt_cpns": "2010-01-01"}]}),
        ("tmt_terbalik", {"cpns_pns": [{"tmt_cpns": "2010-01-01", "tmt_pns": "2009-01-01"}]}),
        ("nip_tmt", {"cpns_pns": [{"tmt_cpns": "2012-03-01", "tmt_pns": "2013-03-01"}]}),
        ("pendidikan_jf", {"pendidikan": [{"tingkat_pendidikan": "15", "tanggal_lulus": "2003-06-01"}]}),
        ("nomor_hp", {"profil": [{**WHOLE["profil"][0], "nomor_hp": "021"}]}),
        ("bup", {"profil": [{**WHOLE["profil"][0], "bup": 40}]}),
        (
            "cltn",
            {
                "profil": [{**WHOLE["profil"][0], "kedudukan_hukum": "02"}],
                "cltn": [{"tanggal_mulai": "2023-01-01", "tanggal_selesai": "2025-01-01"}],
            },
        ),
        ("kedudukan_pppk", {"profil": [{**WHOLE["profil"][0], "kedudukan_hukum": "71"}]}),
    ],
)
def test_each_fault_is_found_and_no_other(portal: Portal, ani: Browser, key: str, changed: dict[str, Any]) -> None:
    keep(portal, **changed)
    assert list(seen(ani)) == [key]


def test_the_latest_record_counts(portal: Portal, ani: Browser) -> None:
    keep(
        portal,
        pendidikan=[
            {"tingkat_pendidikan": "40", "tanggal_lulus": "2008-07-01"},
            {"tingkat_pendidikan": "15", "tanggal_lulus": "2003-06-01"},
        ],
    )
    assert seen(ani) == {}


def test_a_removed_record_does_not_count(portal: Portal, ani: Browser) -> None:
    keep(portal)
    with portal.db.begin() as s:
        s.exec(select(PersonnelRecord).where(PersonnelRecord.kind == "pendidikan")).one().removed_at = START
    assert "pendidikan" in seen(ani)


@pytest.mark.parametrize("state", list(ProposalState))
def test_a_proposal_on_its_way_is_mentioned(portal: Portal, ani: Browser, state: ProposalState) -> None:
    keep(portal, skp=[])
    with portal.db.begin() as s:
        unor_id = s.get_one(Pegawai, portal.ani.pegawai_id).unor_id
        s.add(
            Proposal(
                pegawai_id=portal.ani.pegawai_id,
                group="skp",
                kind="skp",
                action=RecordAction.ADD,
                state=state,
                unor_id=unor_id,
                created_at=START,
                changed_at=START,
            )
        )
    assert seen(ani)["skp"].pending is (state in SENT_STATES)


def test_a_group_that_does_not_concern_the_person_is_not_linked(portal: Portal, ani: Browser) -> None:
    """A PPPK has no page for CPNS and PNS."""
    with portal.db.begin() as s:
        s.get_one(Pegawai, portal.ani.pegawai_id).jenis = JenisPegawai.PPPK
    assert all(each.href != "/pdm/cpns-pns" for each in seen(ani).values())


def test_another_person_s_data_is_not_looked_at(portal: Portal, ani: Browser) -> None:
    keep(portal, portal.budi)
    assert "pendidikan" in seen(ani)


def test_an_agency_without_an_official_code_is_not_compared(portal: Portal, ani: Browser) -> None:
    keep(
        portal,
        profil=[{**WHOLE["profil"][0], "jenis_pegawai": "15"}],
        jabatan=[{**WHOLE["jabatan"][0], "instansi_kerja": "5502"}],
    )
    with portal.db.begin() as s:
        s.get_one(Instansi, portal.ani.instansi_id).code = "bukan-kode"
    assert seen(ani) == {}


def test_rubbish_on_file_breaks_nothing(portal: Portal, ani: Browser) -> None:
    for key, rows in WHOLE.items():
        keep(portal, **{key.replace("-", "_"): [{name: ["x", {}][len(name) % 2] for name in rows[0]}]})
    assert seen(ani).keys() <= {check.key for check in CHECKS}
