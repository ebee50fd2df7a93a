from datetime import date

import pytest

from mysapk_web.pdm.rules.groups import get_kind
from mysapk_web.pdm.rules.groups.diff import FieldChange, differences
from mysapk_web.pdm.rules.groups.formatting import choice_parent, format_date, format_value, mask
from tests.support.records import CODES, GOOD, PNS, PPPK


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("golongan", "31", "III/a Penata Muda"),
        ("golongan", "99", "99"),
        ("tmt_golongan", "2026-08-17", "17 Agustus 2026"),
        ("tmt_golongan", "01-04-20", "01-04-20"),
        ("kredit_utama", "85.500", "85,500"),
        ("masa_kerja_bulan", 0, "0"),
        ("nomor_sk", None, ""),
        ("nomor_sk", "", ""),
    ],
)
def test_words(name, value, words):
    assert format_value(get_kind("golongan").field(name), value, CODES) == words


def test_yes_and_no():
    field = get_kind("anak").field("pns")
    assert [format_value(field, value, CODES) for value in (True, False, None)] == ["Ya", "Tidak", ""]


@pytest.mark.parametrize(
    ("value", "masked"),
    [
        ("1506010101850001", "*****0001"),
        ("1234567", "*****67"),
        ("12345", "*****"),
        ("", "*****"),
        ("elisa@gmail.com", "eli*****@gmail.com"),
    ],
)
def test_masks(value, masked):
    assert mask(value) == masked


def test_sensitive_fields_are_masked_until_asked_for():
    field = get_kind("profil").field("nomor_hp")
    assert format_value(field, "081234567890", CODES) == "*****7890"
    assert format_value(field, "081234567890", CODES, reveal=True) == "081234567890"
    old = {"nomor_hp": "081234567890"}
    new = {"nomor_hp": "085554447890"}
    assert differences(get_kind("profil"), old, new, CODES) == [
        FieldChange("nomor_hp", "Nomor HP", "*****7890", "*****7890")
    ]
    assert differences(get_kind("profil"), old, new, CODES, reveal=True)[0].after == "085554447890"


def test_differences_stand_in_the_order_of_the_form():
    changed = GOOD["golongan"] | {"golongan": "32", "nomor_sk": "baru", "kredit_utama": "1.000"}
    assert differences(get_kind("golongan"), GOOD["golongan"], changed, CODES) == [
        FieldChange("golongan", "Golongan", "III/a Penata Muda", "III/b Penata Muda Tingkat I"),
        FieldChange("nomor_sk", "Nomor SK", "821/12/BKPSDM/2020", "baru"),
        FieldChange("kredit_utama", "Jumlah angka kredit utama", "", "1,000"),
    ]


def test_an_import_and_a_form_agree():
    old = {"masa_kerja_tahun": "10", "kredit_utama": "1.5", "nomor_pertek": ""}
    new = {"masa_kerja_tahun": 10, "kredit_utama": "1.500", "nomor_pertek": None}
    assert differences(get_kind("golongan"), old, new, CODES) == []
    assert differences(get_kind("anak"), {}, {"pns": False}, CODES) == []


def test_every_month_has_a_name():
    assert [format_date(date(2026, month, 1)) for month in (1, 5, 12)] == [
        "1 Januari 2026",
        "1 Mei 2026",
        "1 Desember 2026",
    ]


def test_choices_that_hang_on_another():
    field = get_kind("pendidikan").field("pendidikan")
    assert choice_parent(field, {"tingkat_pendidikan": "40"}, PNS) == "40"
    assert choice_parent(field, {}, PNS) == ""
    assert choice_parent(get_kind("golongan").field("golongan"), {}, PPPK) == "PPPK"
    assert choice_parent(get_kind("anak").field("agama"), {"agama": "1"}, PNS) == ""
