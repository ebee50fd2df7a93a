import random
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mysapk_web.organisation.rules.nip import (
    NipError,
    NipFault,
    NipKind,
    birth_date_in,
    normalise_nip,
    parse_nip,
    parse_typed_nip,
)
from mysapk_web.organisation.rules.pegawai import JenisPegawai

TODAY = date(2021, 7, 11)
PNS = "198501012010011001"
PPPK = "199003152021212002"
BLANKS = [
    " ",
    "\t",
    "\n",
    "\u00a0",
    "\u3000",
    "\u200b",
    "\u200d",
    "\ufeff",
    "\u2060",
    ".",
    "-",
    "\u2013",
    "\u2011",
]


def fault_of(text, jenis=JenisPegawai.PNS, today=TODAY):
    with pytest.raises(NipError) as caught:
        parse_nip(text, jenis=jenis, today=today)
    return caught.value.code


@pytest.mark.parametrize(
    "text",
    [
        PNS,
        "19850101 201001 1 001",
        " 19850101.201001.1.001 ",
        "19850101-201001-1-001",
        "\ufeff198501012010011001",
        "1985\u200b0101\u00a0201001\u30001\t001\r\n",
        "１９８５０１０１２０１００１１００１",
        "１９８５０１０１．２０１００１－１－００１",
        "19850101–201001–1–001",
    ],
)
def test_every_printed_or_pasted_form_is_one_nip(text):
    assert normalise_nip(text) == PNS


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", NipFault.EMPTY),
        (" \u200b\ufeff\t", NipFault.EMPTY),
        ("1" * 65, NipFault.TOO_LONG),
        (" " * 60 + "12345", NipFault.TOO_LONG),
        ("19850101201001100", NipFault.LENGTH),
        ("1985010120100110011", NipFault.LENGTH),
        ("...", NipFault.CHARACTER),
        ("19850101201001100A", NipFault.CHARACTER),
        ("١٩٨٥٠١٠١٢٠١٠٠١١٠٠١", NipFault.CHARACTER),
        ("1985010120100110०१", NipFault.CHARACTER),
        ("19850101201001100¹", NipFault.CHARACTER),
        ("19850101201001100①", NipFault.CHARACTER),
        ("19850101201001100𝟏", NipFault.CHARACTER),
        ("-198501012010011001+", NipFault.CHARACTER),
        ("1.98501E+17", NipFault.SPREADSHEET),
        ("1,98501E+17", NipFault.SPREADSHEET),
        (" 1.98501e17 ", NipFault.SPREADSHEET),
        ("2E+17", NipFault.SPREADSHEET),
        ("198501012010011000", NipFault.SPREADSHEET),
        ("198.501.012.010.011.000", NipFault.SPREADSHEET),
        ("198501012010011001.0", NipFault.SPREADSHEET),
        ("198501012010011001,00", NipFault.SPREADSHEET),
    ],
)
def test_what_is_no_nip_is_named(text, code):
    with pytest.raises(NipError) as caught:
        normalise_nip(text)
    assert caught.value.code is code


def test_sentence_tells_how_many_digits_are_there():
    with pytest.raises(NipError, match="18 angka, isian ini 16 angka"):
        normalise_nip("1985010120100110")


def test_longest_text_that_is_read():
    assert normalise_nip(PNS + " " * 46) == PNS


def test_pns_is_taken_apart():
    nip = parse_nip("19850101 201001 1 001", jenis=JenisPegawai.PNS, today=TODAY)
    assert nip.kind is NipKind.PNS
    assert nip.birth_date == date(1985, 1, 1)
    assert (nip.tmt_year, nip.tmt_month, nip.gender, nip.sequence) == (2010, 1, "L", 1)
    assert nip.grouped == "19850101 201001 1 001"


def test_cpns_has_the_structure_of_a_pns():
    assert parse_nip("199806302021122999", jenis=JenisPegawai.CPNS, today=TODAY).gender == "P"


def test_pppk_is_taken_apart():
    nip = parse_nip(PPPK, jenis=JenisPegawai.PPPK, today=TODAY)
    assert nip.kind is NipKind.PPPK
    assert nip.birth_date == date(1990, 3, 15)
    assert (nip.tmt_year, nip.tmt_month, nip.gender, nip.sequence) == (2021, None, "P", 2)
    assert nip.grouped == "19900315 202121 2 002"


def test_internal_number_is_not_taken_apart():
    nip = parse_nip("990000000000000017", jenis=JenisPegawai.PPT_NON_ASN, today=TODAY)
    assert nip.kind is NipKind.INTERNAL
    assert (nip.birth_date, nip.tmt_year, nip.tmt_month, nip.gender, nip.sequence) == (None,) * 5
    assert nip.grouped == "990000000000000017"


@pytest.mark.parametrize(
    ("text", "jenis", "code"),
    [
        ("198513012010011001", JenisPegawai.PNS, NipFault.BIRTH_DATE),
        ("198502292010011001", JenisPegawai.PNS, NipFault.BIRTH_DATE),
        ("000001012010011001", JenisPegawai.PNS, NipFault.BIRTH_DATE),
        ("198500002010011001", JenisPegawai.PNS, NipFault.BIRTH_DATE),
        ("203001012010011001", JenisPegawai.PNS, NipFault.AGE),
        ("198501012010131001", JenisPegawai.PNS, NipFault.TMT_MONTH),
        ("198501012010001001", JenisPegawai.PNS, NipFault.TMT_MONTH),
        ("198501012010201001", JenisPegawai.PPPK, NipFault.TMT_MONTH),
        ("198501012010301001", JenisPegawai.PPPK, NipFault.TMT_MONTH),
        (PPPK, JenisPegawai.PNS, NipFault.KIND),
        (PPPK, JenisPegawai.CPNS, NipFault.KIND),
        (PNS, JenisPegawai.PPPK, NipFault.KIND),
        ("198501012000011001", JenisPegawai.PNS, NipFault.TMT_YEAR),
        ("198501012022011001", JenisPegawai.PNS, NipFault.TMT_YEAR),
        ("198501012010010001", JenisPegawai.PNS, NipFault.GENDER),
        ("198501012010013001", JenisPegawai.PNS, NipFault.GENDER),
        ("198501012010011000", JenisPegawai.PNS, NipFault.SPREADSHEET),
    ],
)
def test_structure_faults(text, jenis, code):
    assert fault_of(text, jenis) is code


def test_bounds_of_the_year_of_appointment():
    for text in ("198501012001011001", "198501012021121001"):
        assert parse_nip(text, jenis=JenisPegawai.PNS, today=TODAY).value == text


@pytest.mark.parametrize("marker", ["21", "29"])
def test_bounds_of_the_pppk_marker(marker):
    assert parse_nip(f"199003152021{marker}2002", jenis=JenisPegawai.PPPK, today=TODAY).kind is NipKind.PPPK


def test_age_is_counted_to_the_day():
    text = "200507111021011001".replace("1021", "2021")
    assert parse_nip(text, jenis=JenisPegawai.PNS, today=date(2021, 7, 11)).birth_date == date(2005, 7, 11)
    assert fault_of(text, today=date(2021, 7, 10)) is NipFault.AGE
    old = "194507111970011001"
    assert parse_nip(old, jenis=JenisPegawai.PNS, today=date(2021, 7, 10)).birth_date == date(1945, 7, 11)
    assert fault_of(old, today=date(2021, 7, 11)) is NipFault.AGE


@pytest.mark.parametrize(
    ("text", "born"),
    [
        (PNS, date(1985, 1, 1)),
        ("19850101", date(1985, 1, 1)),
        ("990000000000000017", None),
        ("198502290000000001", None),
        ("1985010", None),
        ("", None),
        ("1985 101x", None),
        ("１９８５０１０１", None),
    ],
)
def test_birth_date_in_any_number(text, born):
    assert birth_date_in(text) == born


def test_sentences_never_repeat_the_number():
    for text in ("198513012010011001", "198501012010011000", "19850101201001100", "198501012010013001"):
        with pytest.raises(NipError) as caught:
            parse_nip(text, jenis=JenisPegawai.PNS, today=TODAY)
        assert text not in str(caught.value)
        assert str(caught.value).endswith(".")


born = st.dates(min_value=TODAY - timedelta(days=365 * 70), max_value=TODAY - timedelta(days=365 * 20))


@given(born, st.integers(1, 12), st.integers(17, 20), st.sampled_from("12"), st.integers(1, 999))
def test_what_is_composed_is_read_back(birth, month, age, gender, sequence):
    text = f"{birth:%Y%m%d}{birth.year + age}{month:02}{gender}{sequence:03}"
    nip = parse_nip(text, jenis=JenisPegawai.PNS, today=TODAY)
    assert (nip.birth_date, nip.tmt_year, nip.tmt_month) == (birth, birth.year + age, month)
    assert (nip.gender, nip.sequence) == ("LP"[int(gender) - 1], sequence)
    assert parse_nip(nip.grouped, jenis=JenisPegawai.PNS, today=TODAY) == nip


@given(st.integers(0, 2**32), st.booleans())
def test_scattered_blanks_and_full_width_digits_do_not_matter(seed, full_width):
    source = random.Random(seed)
    digits = [chr(ord(d) + 0xFEE0) if full_width and source.random() < 0.5 else d for d in PNS]
    for _ in range(source.randint(0, 40)):
        digits.insert(source.randint(0, len(digits)), source.choice(BLANKS))
    text = "".join(digits)
    assert normalise_nip(text) == PNS


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("198513012010011001", NipFault.BIRTH_DATE),
        ("198502292010011001", NipFault.BIRTH_DATE),
        ("209901012010011001", NipFault.BIRTH_DATE),
        ("198501012010131001", NipFault.TMT_MONTH),
        ("198501012010001001", NipFault.TMT_MONTH),
        ("198501012000011001", NipFault.TMT_YEAR),
        ("198501012099011001", NipFault.TMT_YEAR),
        ("198501012010013001", NipFault.GENDER),
        ("19850101201001100", NipFault.LENGTH),
    ],
)
def test_what_no_number_can_be_is_refused_at_the_form(text, code):
    with pytest.raises(NipError) as fault:
        parse_typed_nip(text, today=TODAY)
    assert fault.value.code is code
    with pytest.raises(NipError):
        parse_nip(text, jenis=JenisPegawai.PPT_NON_ASN, today=TODAY)


def test_age_is_no_matter_of_the_form():
    """Whoever is on the rolls stays able to log in."""
    assert parse_typed_nip("192001011945011001", today=TODAY) == "192001011945011001"


@given(
    st.from_regex(r"(19|20|99|[0-9]{2})[0-9]{16}", fullmatch=True), st.sampled_from(JenisPegawai), st.integers(0, 40)
)
def test_whatever_the_rolls_take_can_be_typed_at_any_later_time(text, jenis, years):
    try:
        parse_nip(text, jenis=jenis, today=TODAY)
    except NipError:
        return
    assert parse_typed_nip(text, today=TODAY.replace(year=TODAY.year + years)) == text


@given(st.text(st.characters(), max_size=80))
def test_any_text_is_18_digits_or_refused(text):
    try:
        value = normalise_nip(text)
    except NipError:
        return
    assert len(value) == 18
    assert value.isascii()
    assert value.isdigit()


@given(st.from_regex(r"[0-9]{18}", fullmatch=True), st.sampled_from(JenisPegawai))
def test_any_18_digits_parse_by_their_kind_or_are_refused(text, jenis):
    try:
        nip = parse_nip(text, jenis=jenis, today=TODAY)
    except NipError:
        return
    assert nip.value == text
    assert (nip.kind is NipKind.INTERNAL) == (jenis is JenisPegawai.PPT_NON_ASN)
    assert (nip.kind is NipKind.PPPK) == (jenis is JenisPegawai.PPPK)
