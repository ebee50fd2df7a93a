"""Days as they are typed, and when they begin where the person who filters reads the times."""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mysapk_web.organisation.rules.dates import (
    DateError,
    as_typed,
    format_typed_date,
    parse_date,
    parse_day_field,
    start_of_day,
)
from mysapk_web.organisation.rules.period import YEARS

TYPED = [
    "24-08-2026",
    "24/08/2026",
    "24.8.2026",
    "24 08 2026",
    " 24-8-2026 ",
    "24082026",
    "24\u201308\u20112026",
    "2026-08-24",
    "２４-０８-２０２６",
]


@pytest.mark.parametrize("text", TYPED)
def test_one_day_in_many_spellings(text: str) -> None:
    assert parse_day_field(text, "Hari pertama") == date(2026, 8, 24)
    assert as_typed(text) == "24-08-2026"


def test_the_day_comes_first() -> None:
    assert parse_day_field("01/05/2027", "") == date(2027, 5, 1)
    assert format_typed_date(date(2027, 5, 1)) == "01-05-2027"


@given(st.dates())
def test_what_is_written_is_read_again(day: date) -> None:
    assert parse_date(format_typed_date(day)) == parse_date(day.isoformat()) == day


@pytest.mark.parametrize(
    "text",
    ["kemarin", "31-02-2026", "08/24/2026", "24-08-26", "20260824", "24-08", "1-2-3-2026", "0000-01-01", "٢٤-٠٨-٢٠٢٦"],
)
def test_no_day_is_told_in_words_and_stays_as_it_was_typed(text: str) -> None:
    with pytest.raises(DateError, match="Hari pertama harus tanggal yang benar, misalnya 24-08-2026"):
        parse_day_field(text, "Hari pertama")
    assert as_typed(text) == text


@given(st.text())
def test_anything_is_a_day_that_is_meant_or_is_refused(text: str) -> None:
    with contextlib.suppress(DateError):
        day = parse_day_field(text, "Hari pertama")
        assert day.year in YEARS if day else not text.strip()


@pytest.mark.parametrize("text", ["", "  "])
def test_no_day_at_all(text: str) -> None:
    assert parse_day_field(text, "Hari pertama") is None
    assert start_of_day(None, "WIB") is None


@pytest.mark.parametrize("text", ["01-01-0001", "1999-12-31", "01-01-2201", "31-12-9999"])
def test_a_year_that_nobody_means(text: str) -> None:
    with pytest.raises(DateError, match="Hari pertama: periksa tahunnya"):
        parse_day_field(text, "Hari pertama")


@pytest.mark.parametrize(("zona", "hour"), [("WIB", 17), ("WITA", 16), ("WIT", 15)])
def test_a_day_begins_in_the_zone_of_the_agency(zona: str, hour: int) -> None:
    day = parse_day_field("24-08-2026", "")
    assert start_of_day(day, zona) == datetime(2026, 8, 23, hour, tzinfo=UTC)
    assert start_of_day(day, zona, after=True) == datetime(2026, 8, 24, hour, tzinfo=UTC)
