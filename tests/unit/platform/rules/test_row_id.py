"""A number of a row is one that the database can have, whatever was sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mysapk_web.platform.rules.row_id import HIGHEST, parse_row_id


@pytest.mark.parametrize(
    ("sent", "number"), [("12", 12), (7, 7), ("007", 0), (HIGHEST, HIGHEST), (str(HIGHEST), HIGHEST)]
)
def test_a_number_of_the_database(sent: object, number: int) -> None:
    assert parse_row_id(sent) == number


@pytest.mark.parametrize(
    "sent",
    [
        *("-1", "1.5", "١٢", "１２", "²", "abc", "", " 7", "1e3", "1_000", "\x00"),
        *(str(HIGHEST + 1), "9999999999", "99999999999", "9" * 12, "9" * 18, "9" * 5_000),
        *(None, True, ["1"], 1.5, -1, HIGHEST + 1, 2**63),
    ],
)
def test_what_is_none_is_zero(sent: object) -> None:
    assert parse_row_id(sent) == 0


@given(st.one_of(st.integers(), st.text(), st.text("0123456789", max_size=30), st.floats(), st.binary()))
def test_whatever_is_sent_stays_within_the_column(sent: object) -> None:
    assert 0 <= parse_row_id(sent) <= HIGHEST


def test_a_number_too_long_to_be_written_is_zero() -> None:
    assert parse_row_id(10**5_000) == 0
