"""What makes two records of a person the same: symmetric, blind to typing, and never so wide that two things become one."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mysapk_web.pdm.rules.groups import GROUPS, get_kind
from mysapk_web.pdm.rules.groups.duplicates import (
    agreed_field,
    becomes_same,
    differing_fields,
    is_same,
    keys_of,
    normal_form,
)
from mysapk_web.pdm.rules.groups.fields import Field, FieldKind
from mysapk_web.pdm.rules.groups.validation import validate
from mysapk_web.platform.rules.text import INVISIBLE
from tests.support.records import CODES, GOOD, TODAY
from tests.unit.pdm.rules.groups.test_properties import records


def is_similar(declared, one, other):
    return keys_of(declared, one).alike(keys_of(declared, other))


KINDS = [each for group in GROUPS for each in group.kinds]
TEXT = Field("t", "Teks")
MARKS = st.sampled_from([" ", "  ", "-", " / ", ".", "\u00a0", "\u2013", "_", ", "])


def as_stored(record):
    declared, payload, person, _ = record
    return declared, validate(declared, payload, codes=CODES, today=TODAY, person=person, draft=True).payload


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("823/114/2022", "823 - 114 - 2022"),
        ("823/114/2022", "\uff18\uff12\uff13/114/2022"),
        ("821/12/BKPSDM/2020", "821.12.bkpsdm.2020 "),
        ("Nur'aini", "NURAINI"),
        ("Nur\u2019aini", "Nur`aini"),
        ("Andr\u00e9", "andre\u0301"),
        ("Muh. Ali", "muh ali"),
        ("Ani\u200b Lestari", "Ani\u00a0Lestari"),
        ("STRASSE", "stra\u00dfe"),
        ("-", ""),
        ("...", None),
    ],
)
def test_the_same_typed_otherwise(one, other):
    assert normal_form(TEXT, one) == normal_form(TEXT, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("823/114/2022", "82/3114/2022"),
        ("823/114/2022", "823114/2022"),
        ("AL-1", "AL-11"),
        ("Budi Contoh", "Contoh Budi"),
        ("\u0915\u093f", "\u0915"),  # a vowel sign of Devanagari is a letter of the word, not an accent
    ],
)
def test_what_is_not_the_same(one, other):
    assert normal_form(TEXT, one) != normal_form(TEXT, other)


def test_numbers_and_ticks():
    decimal = Field("d", "Angka", FieldKind.DECIMAL, decimals=2)
    assert normal_form(decimal, "85.50") == normal_form(decimal, "85.5")
    assert normal_form(decimal, "100") == "100"
    assert normal_form(decimal, "tidak tahu") == "tidak tahu"
    assert normal_form(Field("b", "Ya", FieldKind.BOOLEAN), value=False) == ""
    assert normal_form(Field("y", "Tahun", FieldKind.YEAR), 2020) == normal_form(Field("y", "Tahun"), "2020")


@given(st.lists(st.text(st.characters(categories=["Ll", "Lu", "Nd"]), min_size=1, max_size=6), min_size=1), st.data())
def test_case_blanks_marks_and_what_is_invisible_make_no_difference(words, data):
    plain = " ".join(words)
    noisy = words[0]
    for word in words[1:]:
        noisy += data.draw(MARKS) + word
    noisy = data.draw(st.sampled_from(["", " ", "\t"])) + noisy + data.draw(st.sampled_from([*sorted(INVISIBLE), "."]))
    noisy = data.draw(st.sampled_from([str, str.upper, str.casefold]))(noisy)
    assert normal_form(TEXT, unicodedata.normalize(data.draw(st.sampled_from(["NFC", "NFD"])), noisy)) in (
        normal_form(TEXT, plain),
        normal_form(TEXT, plain.upper()),  # a few letters have no way back from their capitals
    )


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_a_normal_form_is_its_own(text):
    form = normal_form(TEXT, text)
    assert normal_form(TEXT, form) == form
    assert form == " ".join(form.split())


@given(records(), records())
def test_sameness_is_symmetric_and_every_record_is_itself(first, second):
    declared, payload = as_stored(first)
    _, other = as_stored((declared, *second[1:]))
    assert is_same(declared, payload, other) == is_same(declared, other, payload)
    assert is_similar(declared, payload, other) == is_similar(declared, other, payload)
    assert is_same(declared, payload, dict(payload)) == bool(keys_of(declared, payload).identity)
    assert differing_fields(declared, payload, payload) == frozenset()
    if is_same(declared, payload, other):
        assert is_similar(declared, payload, other)
        mine, theirs = keys_of(declared, payload), keys_of(declared, other)
        assert not becomes_same(mine, mine, theirs)
        assert becomes_same(None, mine, theirs)


@pytest.mark.parametrize("each", KINDS, ids=lambda each: each.key)
@given(data=st.data())
def test_a_record_is_the_same_however_it_was_typed(each, data):
    noise = data.draw(st.sampled_from([str.upper, str.lower, lambda text: f"  {text}.", lambda text: f"\u200b{text} "]))
    typed = {
        name: noise(value)
        if isinstance(value, str) and each.field(name).kind in (FieldKind.TEXT, FieldKind.LONG_TEXT)
        else value
        for name, value in GOOD[each.key].items()
    }
    assert is_same(each, GOOD[each.key], typed)
    assert differing_fields(each, GOOD[each.key], typed) == frozenset()


@pytest.mark.parametrize("each", KINDS, ids=lambda each: each.key)
def test_one_key_is_enough_and_a_part_of_it_is_not(each):
    for key in each.identity:
        shared = {name: GOOD[each.key].get(name) or "X-1" for name in (*key.fields, *key.also)}
        rest = {name: value for name, value in GOOD[each.key].items() if name not in shared}
        assert is_same(each, shared, shared | rest) or not shared
        for name in key.fields:
            assert not is_same(each, {name: shared[name]}, shared | {name: shared[name]}) or len(key.fields) == 1
            assert agreed_field(each, keys_of(each, shared), keys_of(each, shared | rest))


def test_of_a_kind_that_there_is_one_of_a_second_one_is_the_same_whatever_it_says():
    one, other = (keys_of(get_kind("cpns-pns"), values) for values in ({"nomor_sk_cpns": "1"}, {"nomor_sk_pns": "2"}))
    assert one.same(other)
    assert agreed_field(get_kind("cpns-pns"), one, other) == ""


@pytest.mark.parametrize(
    ("key", "change"),
    [
        ("golongan", {"golongan": "32", "tmt_golongan": "2024-04-01", "nomor_sk": "9", "jenis_kp": "201"}),
        ("jabatan", {"tmt_jabatan": "2023-01-01", "unor": "Badan Lain", "nomor_sk": "9"}),
        ("pendidikan", {"tingkat_pendidikan": "45", "pendidikan": "PS45001", "tahun_lulus": 2015, "nomor_ijazah": "9"}),
        ("diklat", {"tahun": 2022, "tanggal_mulai": "2022-01-01", "tanggal_selesai": "2022-02-01", "nomor": "9"}),
        ("kursus", {"nama_kursus": "Lain", "tanggal_mulai": "2020-01-01", "nomor_sertifikat": "9"}),
        ("skp", {"tahun": 2024}),
        ("penghargaan", {"jenis_penghargaan": "202", "tahun": 2024, "nomor_sk": "9"}),
        ("pasangan", {"pasangan_ke": 2, "nama": "Lain", "tanggal_menikah": "2020-01-01", "akta_menikah": "9"}),
        ("anak", {"nama": "Sari", "tanggal_lahir": "2016-03-04", "akta_kelahiran": "9"}),
        ("orang-tua", {"hubungan": "2", "nama": "Tuti Contoh"}),
        ("pmk", {"pengalaman": "PT Lain", "tanggal_mulai": "2005-01-01", "nomor_sk": "9"}),
        ("pindah-instansi", {"instansi_induk_baru": "C003", "tmt_pindah": "2024-01-01", "nomor_sk_bkn": "9"}),
        ("cltn", {"jenis_cltn": "5", "tanggal_mulai": "2023-05-01", "nomor_sk": "9"}),
        ("organisasi", {"nama_organisasi": "Lain"}),
    ],
)
def test_another_record_of_a_life_is_not_taken_for_the_first(key, change):
    assert not is_same(get_kind(key), GOOD[key], GOOD[key] | change)


@pytest.mark.parametrize(
    ("key", "change", "same", "similar"),
    [
        ("anak", {"nama": "Bayu Contoh", "akta_kelahiran": "AL-2"}, False, True),  # twins
        ("anak", {"nama": "BUDI CONTOH", "akta_kelahiran": "9"}, True, True),
        ("anak", {"tanggal_lahir": "2014-03-02", "akta_kelahiran": "9"}, False, True),  # day and month changed places
        ("golongan", {"tmt_golongan": "2020-10-01"}, False, True),
        ("golongan", {"nomor_sk": "9", "masa_kerja_tahun": 1}, True, True),
        ("penghargaan", {"nomor_sk": "9"}, True, True),
        ("penghargaan", {"jenis_penghargaan": "400", "nama_penghargaan": "Teladan"}, False, True),
        ("pendidikan", {"nama_sekolah": "Univ. Contoh", "nomor_ijazah": "UC 1"}, True, True),
        ("pendidikan", {"tahun_lulus": 2009, "tanggal_lulus": "2009-08-20"}, False, True),
        ("skp", {"kuadran_kinerja": "1"}, True, True),
        ("jabatan", {"tmt_jabatan": "2021-04-01", "nomor_sk": "9"}, False, True),
        ("jabatan", {"jabatan_pelaksana": "JP0004"}, False, True),
        ("pasangan", {"pasangan_ke": 2, "tanggal_menikah": "2020-01-01", "akta_menikah": "9"}, False, True),
        ("pasangan", {"pasangan_ke": 2}, True, True),
        ("cpns-pns", {"nomor_sk_cpns": "9"}, True, True),
        ("organisasi", {"jabatan": "Ketua"}, False, True),
    ],
)
def test_the_same_or_only_similar(key, change, same, similar):
    other = GOOD[key] | change
    assert is_same(get_kind(key), GOOD[key], other) is same
    assert is_similar(get_kind(key), GOOD[key], other) is similar
    assert differing_fields(get_kind(key), GOOD[key], other) <= set(change)


def test_two_regulations_of_one_year():
    """In 2021 performance was assessed twice, once under each regulation."""
    first, second = ({"tahun": 2021, "peraturan_kinerja": code} for code in ("PP46", "PP30"))
    assert not is_same(get_kind("skp"), first, second)
    assert is_similar(get_kind("skp"), first, second)
    assert is_same(get_kind("skp"), first, dict(first) | {"nilai_skp": "90"})


def test_a_record_without_its_key_is_recognised_by_all_that_it_says():
    half = {"golongan": "31", "nomor_sk": "1/2"}
    assert is_same(get_kind("golongan"), half, {"golongan": "31", "nomor_sk": "1 2"})
    assert not is_same(get_kind("golongan"), half, {"golongan": "31"})
    assert not is_same(get_kind("golongan"), {}, {})
