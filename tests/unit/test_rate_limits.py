import math
from dataclasses import FrozenInstanceError
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mysapk_web import rate_limits
from mysapk_web.rate_limits import ACCOUNT_FAILURES, CODE_FAILURES, CODES_IN_A_ROW, LIMITS, Limit, Lockout


def test_limits_of_the_contract():
    assert (rate_limits.RECOVERY_PER_NIP.count, rate_limits.RECOVERY_PER_NIP.window) == (5, timedelta(days=1))
    assert (rate_limits.RECOVERY_RESEND.count, rate_limits.RECOVERY_RESEND.window) == (1, timedelta(seconds=60))
    assert (rate_limits.RECOVERY_PER_NETWORK.count, rate_limits.RECOVERY_PER_NETWORK.window) == (
        20,
        timedelta(hours=1),
    )
    assert (rate_limits.LOGINS_PER_NETWORK.count, rate_limits.LOGINS_PER_NETWORK.window) == (120, timedelta(minutes=1))
    assert rate_limits.TOKEN_TRIES == 5


def test_no_two_limits_share_a_counter_and_all_are_listed():
    assert len({limit.name for limit in LIMITS}) == len(LIMITS)
    assert {value for value in vars(rate_limits).values() if isinstance(value, Limit)} == set(LIMITS)


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.name)
def test_every_limit_lets_something_through(limit):
    assert limit.count >= 1
    assert limit.window > timedelta()


def test_limits_cannot_be_changed_at_run_time():
    with pytest.raises(FrozenInstanceError):
        rate_limits.LOGINS_PER_NETWORK.count = 10_000


def test_five_failures_are_free_then_waits_double_to_a_quarter_of_an_hour():
    assert ACCOUNT_FAILURES.free == CODE_FAILURES.free == 5
    waits = [ACCOUNT_FAILURES.wait_after(failures).total_seconds() for failures in range(-1, 14)]
    assert waits == [0, 0, 0, 0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900]


def test_a_hundred_wrong_codes_take_almost_a_day_and_hit_once_in_three_thousand():
    """The arithmetic of decision 0022: of a million codes those of three half minutes count."""
    waits = [CODE_FAILURES.wait_after(failures).total_seconds() for failures in range(CODES_IN_A_ROW)]
    assert sum(waits) == 81_030  # 22.5 hours
    assert sum(waits[:11]) == 930  # eleven tries in a quarter of an hour ...
    assert set(waits[11:]) == {900}  # ... then 96 a day
    of_a_run = 1 - (1 - 3e-6) ** CODES_IN_A_ROW
    assert 1 / of_a_run == pytest.approx(3_334, rel=1e-3)
    assert 1 - (1 - of_a_run) ** 365 == pytest.approx(0.104, abs=0.001)  # a run a day, a year long
    assert math.log(2) / (1_440 * 3e-6) == pytest.approx(160, abs=1)  # before: even chances after so many days


def test_other_number_of_free_failures():
    assert Lockout("x", free=3).wait_after(3) == timedelta()
    assert Lockout("x", free=3).wait_after(4) == timedelta(seconds=30)
    assert Lockout("x", free=0).wait_after(1) == timedelta(seconds=30)


@given(st.integers(0, 10**12))
def test_waits_never_shrink_and_never_pass_the_limit(failures):
    assert ACCOUNT_FAILURES.wait_after(failures) <= ACCOUNT_FAILURES.wait_after(failures + 1) <= timedelta(minutes=15)
