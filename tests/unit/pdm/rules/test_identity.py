from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mysapk_web.pdm.rules.groups.fields import FieldKind
from mysapk_web.pdm.rules.identity import (
    NUMBERS,
    IdentityError,
    nik_warning,
)

MAN = "1506010101850001"
WOMAN = "1506014101850001"


@pytest.mark.parametrize(
    "text", [MAN, " 1506 0101 0185 0001 ", "150601.010185.0001", "１５０６０１０１０１８５０００１", f"\ufeff{MAN}"]
)
def test_a_nik_has_one_spelling(text):
    assert NUMBERS["NIK"].normalise(text) == MAN


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "belum diisi"),
        ("150601010185000", "15 angka"),
        ("15060101018500011", "17 angka"),
        ("15060101018500O1", "hanya terdiri dari angka"),
        ("1506010101850٠01", "hanya terdiri dari angka"),
        ("9906010101850001", "kode provinsi"),
        ("1506013202850001", "tanggal lahir"),
        ("1506017202850001", "tanggal lahir"),
        ("1506010113850001", "tanggal lahir"),
        ("1506010101850000", "0000"),
        ("1" * 65, "terlalu panjang"),
    ],
)
def test_what_is_no_nik(text, part):
    with pytest.raises(IdentityError, match=part):
        NUMBERS["NIK"].normalise(text)


@pytest.mark.parametrize("prefix", ["6501", "9201", "9301", "9401", "9501", "9601"])
def test_the_youngest_provinces_count(prefix):
    assert NUMBERS["NIK"].normalise(f"{prefix}010101850001")
    assert NUMBERS["KK"].normalise(f"{prefix}010101850001")


def test_a_nik_is_doubted_not_refused():
    born = date(1985, 1, 1)
    assert nik_warning(MAN, birth_date=born, gender="L") is None
    assert nik_warning(WOMAN, birth_date=born, gender="P") is None
    assert nik_warning(MAN, birth_date=None, gender="") is None
    assert "jenis kelamin" in nik_warning(MAN, birth_date=born, gender="P")
    assert "jenis kelamin" in nik_warning(WOMAN, birth_date=born, gender="L")
    assert "tanggal lahir" in nik_warning(MAN, birth_date=date(1985, 1, 2), gender="L")


@given(st.dates(date(1940, 1, 1), date(2039, 12, 31)), st.booleans())
def test_every_birth_date_fits_its_own_nik(born, woman):
    nik = f"150601{born.day + 40 * woman:02d}{born:%m%y}0001"
    assert NUMBERS["NIK"].normalise(nik) == nik
    assert nik_warning(nik, birth_date=born, gender="P" if woman else "L") is None


@pytest.mark.parametrize("text", ["01.312.166.0-091.000", "013121660091000"])
def test_an_npwp_of_the_old_form(text):
    assert NUMBERS["NPWP"].normalise(text) == "013121660091000"


@pytest.mark.parametrize("text", ["0013121660091000", MAN])
def test_an_npwp_of_the_new_form(text):
    assert NUMBERS["NPWP"].normalise(text) == text


@pytest.mark.parametrize("text", ["013121661091000", "0013121661091000", "9906010101850001", "0131216600910", "x"])
def test_what_is_no_npwp(text):
    with pytest.raises(IdentityError):
        NUMBERS["NPWP"].normalise(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("081234567890", "081234567890"),
        ("+62 812-3456-7890", "081234567890"),
        ("62812 3456 7890", "081234567890"),
        ("(0812) 34567890", "081234567890"),
        ("0812345678", "0812345678"),
    ],
)
def test_mobile_numbers(text, number):
    assert NUMBERS["PHONE"].normalise(text) == number


@pytest.mark.parametrize("text", ["", "0211234567", "08123", "0812345678901234", "+60123456789", "+", "0812a345678"])
def test_what_is_no_mobile_number(text):
    with pytest.raises(IdentityError):
        NUMBERS["PHONE"].normalise(text)


def test_other_numbers():
    assert NUMBERS["BPJS"].normalise("0001 2345 67890") == "0001234567890"
    assert NUMBERS["POSTCODE"].normalise(" 36513 ") == "36513"
    assert NUMBERS["TELEPHONE"].normalise("(0742) 123456") == "0742123456"
    for name, text in [
        ("BPJS", "000123456789"),
        ("POSTCODE", "01234"),
        ("TELEPHONE", "123456"),
        ("KK", "9906010101850001"),
    ]:
        with pytest.raises(IdentityError):
            NUMBERS[name].normalise(text)


def test_readers_stand_under_the_names_of_field_kinds():
    assert set(NUMBERS) <= set(FieldKind)


@given(st.sampled_from(sorted(NUMBERS)), st.text(max_size=70) | st.from_regex(r"\A[+0-9 .-]{0,20}\Z"))
def test_whatever_is_read_is_digits_and_reads_as_itself(name, text):
    try:
        number = NUMBERS[name].normalise(text)
    except IdentityError as found:
        sentence = str(found)
    else:
        assert number.isascii()
        assert number.isdigit()
        assert NUMBERS[name].normalise(number) == number
        return
    assert sentence.endswith(".")
    assert len(text.strip()) < 6 or text not in sentence
