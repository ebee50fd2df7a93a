from dataclasses import replace
from datetime import date

import pytest

from mysapk_web.pdm.rules.groups import GROUPS, get_kind
from mysapk_web.pdm.rules.groups.validation import WHOLE_RECORD, validate
from tests.support.records import CODES, CPNS, GOOD, PNS, PPPK, TODAY


def check(key, payload, *, person=PNS, today=TODAY, draft=False):
    return validate(get_kind(key), payload, codes=CODES, today=today, person=person, draft=draft)


def faults(key, **changes):
    return check(key, GOOD[key] | changes).faults


def warnings(key, **changes):
    found = check(key, GOOD[key] | changes)
    assert not found.faults
    return found.warnings


def test_there_is_a_good_record_of_every_kind():
    assert set(GOOD) == {each.key for group in GROUPS for each in group.kinds}


@pytest.mark.parametrize("key", GOOD)
def test_a_good_record_passes_without_a_doubt(key):
    found = check(key, GOOD[key])
    assert (found.faults, found.warnings, found.ok) == ({}, {}, True)
    assert set(found.payload) == {field.name for field in get_kind(key).editable}
    filled = {name: value for name, value in found.payload.items() if value is not None and value is not False}
    assert filled == GOOD[key]


@pytest.mark.parametrize("key", GOOD)
def test_an_empty_record_asks_for_what_is_needed_and_a_draft_for_nothing(key):
    shown = [field for field in get_kind(key).editable if field.shown_when is None or field.shown_when.field[0] == "@"]
    assert set(check(key, {}).faults) == {field.name for field in shown if field.required}
    assert check(key, {}, draft=True).faults == {}


@pytest.mark.parametrize("key", GOOD)
@pytest.mark.parametrize("value", [{}, [], 1.5, True, "\x00", "a\ud800b", "x" * 100_000])
def test_a_strange_value_is_refused_in_words_and_cannot_harm_the_database(key, value):
    for field in get_kind(key).editable:
        found = check(key, GOOD[key] | {field.name: value}, draft=True)
        stored = found.payload[field.name]
        assert stored is None or isinstance(stored, bool | int | str)
        if isinstance(stored, str):
            assert len(stored) <= 4000
            assert "\x00" not in stored
            stored.encode()


def test_what_is_not_declared_is_refused_without_repeating_it():
    found = check("cltn", GOOD["cltn"] | {"nip": "x", "<script>": "x"})
    assert list(found.faults) == [WHOLE_RECORD]
    assert "script" not in found.faults[WHOLE_RECORD]
    assert "nip" not in found.payload


def test_what_the_agency_keeps_cannot_be_proposed():
    assert "Nama pada KTP tidak dapat diubah di sini." in faults("profil", nama_ktp="Nama Lain").values()
    assert faults("profil", nama_ktp="", nama=None) == {}
    assert "nama_ktp" not in check("profil", GOOD["profil"]).payload


@pytest.mark.parametrize("text", ["2020-04-01", "01-04-2020", "1/4/2020", "01.04.2020", " １-4-2020\u200b"])
def test_dates_as_people_write_them(text):
    assert check("golongan", GOOD["golongan"] | {"tmt_golongan": text}).payload["tmt_golongan"] == "2020-04-01"


@pytest.mark.parametrize(
    "text", ["31-02-2020", "2020-13-01", "1 April 2020", "20200401", "04-2020", "1899-12-31", "²-4-2020"]
)
def test_what_is_no_date(text):
    assert "tanggal_sk" in faults("golongan", tanggal_sk=text)


def test_the_future():
    assert faults("golongan", tanggal_sk="2026-08-18") == {"tanggal_sk": "Tanggal SK tidak boleh sesudah hari ini."}
    assert faults("golongan", tmt_golongan="2026-10-01") == {}
    assert "tmt_golongan" in faults("golongan", tmt_golongan="2037-01-01")


@pytest.mark.parametrize(
    ("value", "stored"), [(85, "85.000"), ("85,5", "85.500"), (85.125, "85.125"), ("０.1", "0.100"), ("", None)]
)
def test_decimals_keep_their_places(value, stored):
    assert check("golongan", GOOD["golongan"] | {"kredit_utama": value}).payload["kredit_utama"] == stored


@pytest.mark.parametrize("value", ["85,1234", "-1", "1e3", "NaN", "10001", float("nan"), float("inf"), "1.000,5"])
def test_what_is_no_such_decimal(value):
    assert "kredit_utama" in faults("golongan", kredit_utama=value)


@pytest.mark.parametrize("value", [12, -1, "3.5", "tiga", 10**30, True, "1" * 5000])
def test_what_is_no_number_of_months(value):
    assert "masa_kerja_bulan" in faults("golongan", masa_kerja_bulan=value)


def test_zero_is_an_answer():
    assert check("golongan", GOOD["golongan"] | {"masa_kerja_tahun": "0", "masa_kerja_bulan": 0}).ok


def test_text_has_one_spelling():
    found = check("organisasi", GOOD["organisasi"] | {"nama_organisasi": "  Persatuan\tCafe\u0301 \u200b Contoh\n"})
    assert found.payload["nama_organisasi"] == "Persatuan Café Contoh"
    lines = check("organisasi", GOOD["organisasi"] | {"pengalaman": " satu  dua \r\n\r\n tiga\n"})
    assert lines.payload["pengalaman"] == "satu dua\n\ntiga"
    assert "nama_organisasi" in faults("organisasi", nama_organisasi="Bel\x07")
    assert "paling banyak 200" in faults("organisasi", nama_organisasi="a" * 201)["nama_organisasi"]


def test_a_flood_of_text_is_cut_and_refused():
    found = check("organisasi", GOOD["organisasi"] | {"pengalaman": "kata " * 50_000}, draft=True)
    assert "terlalu panjang" in found.faults["pengalaman"]
    assert len(found.payload["pengalaman"]) <= 4000
    blanks = check("organisasi", GOOD["organisasi"] | {"pengalaman": " " * 50_000}, draft=True)
    assert (list(blanks.faults), blanks.payload["pengalaman"]) == (["pengalaman"], None)


def test_a_draft_keeps_what_is_half_typed():
    found = check("golongan", {"tmt_golongan": " 01-04-20", "golongan": "III"}, draft=True)
    assert found.payload["tmt_golongan"] == "01-04-20"
    assert found.payload["golongan"] == "III"
    assert set(found.faults) == {"tmt_golongan", "golongan"}


def test_hidden_fields_are_cleared():
    dead = GOOD["orang-tua"] | {"status_hidup": "0", "tanggal_meninggal": "2015-01-01", "akta_meninggal": "K-1"}
    assert check("orang-tua", dead).payload["tanggal_meninggal"] == "2015-01-01"
    alive = check("orang-tua", dead | {"status_hidup": "1"})
    assert alive.ok
    assert alive.payload["tanggal_meninggal"] is None
    assert alive.payload["akta_meninggal"] is None
    assert "tanggal_meninggal" in check("orang-tua", dead | {"tanggal_meninggal": ""}).faults


def test_numbers_are_checked_and_stored_in_one_form():
    stored = check("profil", GOOD["profil"] | {"nomor_hp": "+62 812-3456-7890", "npwp_nomor": "01.312.166.0-091.000"})
    assert stored.payload["nomor_hp"] == "081234567890"
    assert stored.payload["npwp_nomor"] == "013121660091000"
    assert set(faults("profil", nomor_bpjs="123", nomor_kk="9" * 16, kode_pos="01234", email_gov="x")) == {
        "nomor_bpjs",
        "nomor_kk",
        "kode_pos",
        "email_gov",
    }


def test_golongan_of_the_own_family_only():
    assert "golongan" in faults("golongan", golongan="IX")
    pppk = {
        "golongan": "IX",
        "tmt_golongan": "2021-03-01",
        "nomor_sk": "1",
        "tanggal_sk": "2021-02-01",
        "masa_kerja_tahun": 0,
        "masa_kerja_bulan": 0,
    }
    assert check("golongan", pppk, person=PPPK).ok
    assert "golongan" in check("golongan", pppk | {"golongan": "31"}, person=PPPK).faults
    assert "golongan" in faults("golongan", golongan="99")


def test_golongan_is_plausible():
    assert "tmt_golongan" in faults("golongan", tmt_golongan="2000-12-31", masa_kerja_tahun=0)
    assert "masa_kerja_tahun" in faults("golongan", masa_kerja_tahun=20)
    assert "tanggal_sk" in warnings("golongan", tanggal_sk="2020-04-02")


def test_jabatan_asks_by_kind():
    structural = GOOD["jabatan"] | {"jenis_jabatan": "1"}
    assert set(check("jabatan", structural).faults) == {"nama_jabatan", "eselon"}
    assert (
        check("jabatan", structural | {"nama_jabatan": "Kepala Seksi", "eselon": "41"}).payload["jabatan_pelaksana"]
        is None
    )
    assert set(check("jabatan", structural | {"jenis_jabatan": "2"}).faults) == {"jabatan_fungsional"}
    assert "tmt_pelantikan" in faults("jabatan", tmt_pelantikan="2020-03-01")


def test_pendidikan():
    assert "tahun_lulus" in faults("pendidikan", tahun_lulus=2009)
    assert "tanggal_lulus" in faults("pendidikan", tanggal_lulus="1990-01-01", tahun_lulus=1990)
    assert "pendidikan" in faults("pendidikan", tingkat_pendidikan="45")
    assert "gelar_belakang" in warnings("pendidikan", gelar_belakang="")
    school = {"tingkat_pendidikan": "15", "pendidikan": "PS15001"}
    assert check("pendidikan", GOOD["pendidikan"] | school).payload["gelar_belakang"] is None


def test_diklat_and_kursus():
    for key in ("diklat", "kursus"):
        assert "tanggal_selesai" in faults(key, tanggal_selesai="2019-01-01")
        assert "tahun" in faults(key, tahun=2018)


def test_skp_has_the_form_of_its_year():
    marks = {
        "tahun": 2021,
        "jenis_jabatan": "1",
        "peraturan_kinerja": "PP30",
        "nilai_skp": 90,
        "orientasi_pelayanan": 80,
        "integritas": 80,
        "komitmen": 80,
        "disiplin": 80,
        "kerja_sama": 80,
        "kepemimpinan": 80,
        "nilai_perilaku": 80,
        "nilai_prestasi": 86,
        "penilai_status": "NON_ASN",
        "penilai_nama": "Siti Contoh",
        "penilai_jabatan": "Bupati",
    }
    in_2022 = date(2022, 9, 1)
    old = check("skp", marks, today=in_2022)
    assert (old.faults, old.warnings) == ({}, {})
    assert old.payload["hasil_kinerja"] is None
    assert "kepemimpinan" in check("skp", marks | {"kepemimpinan": ""}, today=in_2022).faults
    assert check("skp", marks | {"kepemimpinan": "", "jenis_jabatan": "4"}, today=in_2022).ok
    assert "nilai_prestasi" in check("skp", marks | {"nilai_prestasi": 90}, today=in_2022).warnings
    assert check("skp", GOOD["skp"] | {"nilai_skp": 90}).payload["nilai_skp"] is None


@pytest.mark.parametrize(("year", "wanted"), [(2023, False), (2024, True), (2025, True), (2026, False)])
def test_skp_of_the_last_two_years(year, wanted):
    assert ("tahun" not in faults("skp", tahun=year)) is wanted


def test_pasangan():
    divorced = faults("pasangan", status_pernikahan="2")
    assert set(divorced) == {"tanggal_cerai", "akta_cerai"}
    assert "tanggal_cerai" in faults("pasangan", status_pernikahan="2", tanggal_cerai="2011-01-01", akta_cerai="C-1")
    assert "tanggal_menikah" in faults("pasangan", tanggal_lahir="2013-01-01")
    assert "tanggal_meninggal" in faults("pasangan", status_hidup="0", tanggal_meninggal="2012-01-01")
    assert "nik" in faults("pasangan", jenis_identitas="1")
    assert "nik" in warnings("pasangan", jenis_identitas="1", nik="1506014506880001")
    assert warnings("pasangan", jenis_identitas="1", nik="1506014506870001") == {}


def test_anak():
    assert "tanggal_lahir" in faults("anak", tanggal_lahir="1996-12-31")
    assert check("anak", GOOD["anak"] | {"tanggal_lahir": "1996-12-31", "jenis_anak": "2"}).ok
    assert "nik" in warnings("anak", jenis_identitas="1", nik="1506014302140001")
    assert warnings("anak", jenis_identitas="1", nik="1506010302140001") == {}


def test_orang_tua():
    assert "tanggal_lahir" in faults("orang-tua", tanggal_lahir="1980-01-01")


def test_pmk_counts_private_service_half():
    assert faults("pmk", masa_kerja_bulan=1) == {
        "masa_kerja_tahun": "Masa kerja yang diakui lebih lama daripada yang dijalani. Masa kerja swasta dihitung setengah."
    }
    assert "masa_kerja_tahun" in faults("pmk", jenis_pmk="2", masa_kerja_tahun=2, masa_kerja_bulan=1)
    assert check("pmk", GOOD["pmk"] | {"jenis_pmk": "2", "masa_kerja_tahun": 2}).ok
    assert "tanggal_selesai" in faults("pmk", tanggal_selesai="2005-01-01")
    assert "tanggal_sk" in faults("pmk", tanggal_sk="2008-01-01")


def test_cpns_pns():
    assert "tmt_pns" in faults("cpns-pns", tmt_pns="2009-01-01")
    assert "tmt_pns" in warnings("cpns-pns", tmt_pns="2010-12-31", tanggal_sk_pns="2010-12-01")
    assert "tmt_cpns" in warnings("cpns-pns", tmt_cpns="2010-02-01", tanggal_spmt="2010-02-01")
    cpns = {
        "nomor_sk_cpns": "C-1",
        "tanggal_sk_cpns": "2025-02-20",
        "tmt_cpns": "2025-03-01",
        "nomor_spmt": "S-1",
        "tanggal_spmt": "2025-03-03",
    }
    found = check("cpns-pns", cpns | {"tmt_pns": "2026-03-01"}, person=CPNS)
    assert (found.faults, found.warnings) == ({}, {})
    assert found.payload["tmt_pns"] is None


def test_pindah_instansi_and_cltn():
    assert "instansi_induk_baru" in faults("pindah-instansi", instansi_induk_baru="C002")
    assert "tmt_pindah" in warnings("pindah-instansi", tmt_pindah="2022-01-01")
    assert "tanggal_selesai" in faults("cltn", tanggal_selesai="2020-04-30")
    assert "tanggal_aktif" in faults("cltn", tanggal_aktif="2020-04-30")


def test_what_is_not_known_of_a_person_breaks_no_rule():
    nobody = replace(PNS, nip="", birth_date=None, gender="", tmt_cpns=None)
    for key, payload in GOOD.items():
        assert check(key, payload, person=nobody).faults == {}


def test_an_npwp_that_is_the_nik_of_somebody_else_is_doubted():
    assert "npwp_nomor" in warnings("profil", npwp_nomor="1506010203850001")
    assert warnings("profil", npwp_nomor="1506010101850001") == {}
