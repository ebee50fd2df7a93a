from dataclasses import FrozenInstanceError
from datetime import timedelta

import pytest

from mysapk_web import rate_limits
from mysapk_web.rate_limits import LIMITS, Limit


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
