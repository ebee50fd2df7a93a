import math
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mysapk_web.platform.rules.backoff import describe_wait, lockout_after
from mysapk_web.rate_limits import CODES_IN_A_ROW, FREE_FAILURES


def test_five_failures_are_free_then_waits_double_to_a_quarter_of_an_hour():
    assert FREE_FAILURES == 5
    waits = [lockout_after(failures).total_seconds() for failures in range(-1, 14)]
    assert waits == [0, 0, 0, 0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900]


def test_a_hundred_wrong_codes_take_almost_a_day_and_hit_once_in_three_thousand():
    """The arithmetic of decision 0022: of a million codes those of three half minutes count."""
    waits = [lockout_after(failures).total_seconds() for failures in range(CODES_IN_A_ROW)]
    assert sum(waits) == 81_030  # 22.5 hours
    assert sum(waits[:11]) == 930  # eleven tries in a quarter of an hour ...
    assert set(waits[11:]) == {900}  # ... then 96 a day
    of_a_run = 1 - (1 - 3e-6) ** CODES_IN_A_ROW
    assert 1 / of_a_run == pytest.approx(3_334, rel=1e-3)
    assert 1 - (1 - of_a_run) ** 365 == pytest.approx(0.104, abs=0.001)  # a run a day, a year long
    assert math.log(2) / (1_440 * 3e-6) == pytest.approx(160, abs=1)  # before: even chances after so many days


def test_other_number_of_free_failures():
    assert lockout_after(3, free=3) == timedelta()
    assert lockout_after(4, free=3) == timedelta(seconds=30)
    assert lockout_after(1, free=0) == timedelta(seconds=30)


@given(st.integers(0, 10**12))
def test_waits_never_shrink_and_never_pass_the_limit(failures):
    assert lockout_after(failures) <= lockout_after(failures + 1) <= timedelta(minutes=15)


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
