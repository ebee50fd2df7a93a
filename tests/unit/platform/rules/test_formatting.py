from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mysapk_web.platform.rules.formatting import describe_wait, percent, whole_percent


@pytest.mark.parametrize(
    ("part", "whole", "words", "whole_number"),
    [
        (0, 0, "0,00 %", 0),
        (0, 12, "0,00 %", 0),
        (2, 12, "16,67 %", 17),
        (11, 12, "91,67 %", 92),
        (12, 12, "100,00 %", 100),
        (2829, 3923, "72,11 %", 72),
        (999_999, 1_000_000, "99,99 %", 99),
    ],
)
def test_shares_are_rounded_to_the_nearest(part: int, whole: int, words: str, whole_number: int) -> None:
    assert (percent(part, whole), whole_percent(part, whole)) == (words, whole_number)


@given(st.integers(1, 10**7), st.data())
def test_all_are_100_percent_and_nobody_less(whole: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, whole))
    assert (whole_percent(part, whole) == 100) is (part == whole)
    assert (percent(part, whole) == "100,00 %") is (part == whole)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "1 detik"),
        (0, "1 detik"),
        (0.2, "1 detik"),
        (29.01, "30 detik"),
        (30, "30 detik"),
        (59, "59 detik"),
        (59.5, "1 menit"),
        (60, "1 menit"),
        (61, "2 menit"),
        (120, "2 menit"),
        (900, "15 menit"),
        (3540.5, "1 jam"),
        (3600, "1 jam"),
        (3601, "1 jam 1 menit"),
        (3 * 3600, "3 jam"),
    ],
)
def test_words_round_up(seconds, words):
    assert describe_wait(timedelta(seconds=seconds)) == words
