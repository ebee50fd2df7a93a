from dataclasses import replace
from datetime import date
from typing import get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.pdm.rules.groups import GROUPS
from mysapk_web.pdm.rules.quality import CHECKS, Dimension, PersonData, check_person

PNS = PersonData(
    jenis=JenisPegawai.PNS,
    today=date(2026, 8, 17),
    nip="198501012010011001",
    birth_date=date(1985, 1, 1),
    gender="L",
    tmt_cpns=date(2010, 1, 1),
    tmt_pns=date(2011, 3, 1),
    jenis_jabatan="2",
    jabatan="JF0001",
    jenjang="PT",
    golongan="32",
    tingkat_pendidikan="40",
    gelar="S.AP.",
    skp_years=frozenset({2024, 2025}),
    email="contoh@example.go.id",
    nomor_hp="081234567890",
    nik="1506010101850001",
    nik_valid=True,
    kedudukan_hukum="01",
    bup=58,
    jenis_pegawai="15",
    instansi_induk="C001",
    instansi_kerja="C001",
)
CPNS = replace(
    PNS,
    jenis=JenisPegawai.CPNS,
    nip="200003032026031001",
    birth_date=date(2000, 3, 3),
    tmt_cpns=date(2026, 3, 1),
    tmt_pns=None,
    skp_years=frozenset(),
)
PPPK = replace(
    PNS,
    jenis=JenisPegawai.PPPK,
    nip="198501012021211001",
    tmt_cpns=None,
    tmt_pns=None,
    tmt_pppk=date(2021, 2, 1),
    golongan="IX",
    kedudukan_hukum="71",
)
JPT = replace(PNS, jenis_jabatan="1", jenjang="", eselon="22", golongan="42")


def keys(data):
    return [finding.key for finding in check_person(data)]


@pytest.mark.parametrize("person", [PNS, CPNS, PPPK, JPT])
def test_good_data_has_no_finding(person):
    assert keys(person) == []


FAULTS = [
    (PNS, {"skp_years": frozenset({2025})}, "skp"),
    (PNS, {"jabatan": ""}, "jabatan"),
    (PNS, {"tmt_pns": None}, "tmt_pns"),
    (PNS, {"gelar": " "}, "gelar"),
    (PNS, {"email": "contoh@"}, "email"),
    (PNS, {"nomor_hp": "12"}, "nomor_hp"),
    (PNS, {"unor_active": False}, "unor"),
    (CPNS, {"tmt_cpns": date(2024, 8, 17), "nip": "200003032024081001", "skp_years": PNS.skp_years}, "cpns_jf"),
    (CPNS, {"tmt_cpns": date(2025, 8, 1), "nip": "200003032025081001"}, "cpns_lama"),
    (PNS, {"bup": 41}, "bup"),
    (PNS, {"kedudukan_hukum": "02", "cltn_until": date(2026, 8, 16)}, "cltn"),
    (PNS, {"tmt_pns": date(2009, 12, 31)}, "tmt_terbalik"),
    (PNS, {"instansi_kerja": "C002"}, "dpk_dpb"),
    (PNS, {"jenis_pegawai": "17"}, "dpk_dpb"),
    (CPNS, {"jenis_jabatan": "1", "jenjang": "", "eselon": "42"}, "struktural_muda"),
    (PPPK, {"kedudukan_hukum": "01"}, "kedudukan_pppk"),
    (PNS, {"kedudukan_hukum": "71"}, "kedudukan_pppk"),
    (PNS, {"nik": ""}, "nik"),
    (PNS, {"nik_valid": False}, "nik"),
    (JPT, {"tingkat_pendidikan": "30"}, "pendidikan_eselon"),
    (PNS, {"tingkat_pendidikan": "30"}, "pendidikan_jf"),
    (PPPK, {"tmt_pppk": date(2020, 1, 1)}, "tahun_pppk"),
    (PNS, {"jenis_jabatan": "4", "named_as_functional": True}, "pelaksana_jf"),
    (JPT, {"golongan": "34"}, "pangkat_jpt"),
    (PNS, {"tmt_cpns": date(2010, 2, 1)}, "nip_tmt"),
    (PNS, {"birth_date": date(1985, 1, 2)}, "nip_lahir"),
    (PNS, {"gender": "P"}, "nip_kelamin"),
    (PPPK, {"tmt_pppk": date(2022, 1, 1)}, "nip_pppk"),
]


@pytest.mark.parametrize(("person", "changes", "key"), FAULTS)
def test_each_fault_is_found(person, changes, key):
    assert key in keys(replace(person, **changes))


def test_an_empty_education_is_one_finding_not_two():
    assert keys(replace(PNS, tingkat_pendidikan="", gelar="")) == ["pendidikan"]


def test_every_check_has_been_seen_to_fail():
    seen = {key for _, _, key in FAULTS} | {"pendidikan"}
    assert seen == {check.key for check in CHECKS}


def test_retirement_starts_with_the_month_after_the_birthday():
    assert keys(replace(PNS, bup=41, today=date(2026, 1, 31))) == []
    assert keys(replace(PNS, bup=41, today=date(2026, 2, 1))) == ["bup"]
    december = replace(PNS, birth_date=date(1967, 12, 5), nip="196712052010011001", skp_years=frozenset({2023, 2024}))
    assert keys(replace(december, today=date(2025, 12, 31))) == []
    assert "bup" in keys(replace(december, today=date(2026, 1, 1), skp_years=PNS.skp_years))


def test_skp_of_whole_years_of_work_only():
    fresh = replace(PNS, tmt_cpns=date(2024, 1, 1), nip="198501012024011001")
    assert "skp" not in keys(replace(fresh, skp_years=frozenset({2025})))
    assert "skp" in keys(replace(fresh, skp_years=frozenset({2024})))


def test_a_ppt_non_asn_has_no_nip_to_compare():
    person = replace(PNS, jenis=JenisPegawai.PPT_NON_ASN, nip="900000000000000001", skp_years=frozenset(), tmt_pns=None)
    assert keys(person) == []


def test_a_number_that_is_none_is_not_compared():
    assert keys(replace(PPPK, nip="bukan nomor 18 huruf"[:18])) == []


def test_weights_are_those_of_bkn():
    def total(dimension):
        return round(sum(check.weight for check in CHECKS if check.dimension is dimension), 2)

    assert total(Dimension.COMPLETENESS) == 100
    # Two people in one structural post (15.91) is a question to the agency.
    assert total(Dimension.TIMELINESS) == pytest.approx(100.01 - 15.91)
    assert total(Dimension.ACCURACY) == pytest.approx(99.98)
    assert total(Dimension.CONSISTENCY) == 100
    assert sum(dimension.share for dimension in Dimension) == pytest.approx(1)


def test_a_finding_says_what_to_do_and_where():
    groups = {"", *(group.key for group in GROUPS)}
    for check in CHECKS:
        assert check.sentence.endswith(".")
        assert check.remedy.endswith(".")
        assert check.group in groups
    assert len({check.key for check in CHECKS}) == len(CHECKS)


VALUES = {
    str: st.text(max_size=20) | st.from_regex(r"\A[0-9]{0,18}\Z"),
    date | None: st.none() | st.dates(date(1900, 1, 1), date(2100, 1, 1)),
    bool: st.booleans(),
    bool | None: st.none() | st.booleans(),
    int | None: st.none() | st.integers(0, 100),
    frozenset[int]: st.frozensets(st.integers(1900, 2100), max_size=3),
    date: st.dates(date(1950, 1, 1), date(2100, 1, 1)),
    JenisPegawai: st.sampled_from(JenisPegawai),
}


@given(st.fixed_dictionaries({name: VALUES[kind] for name, kind in get_type_hints(PersonData).items()}))
def test_whatever_is_on_file_can_be_checked(data):
    found = keys(PersonData(**data))
    assert found == [check.key for check in CHECKS if check.key in found]
