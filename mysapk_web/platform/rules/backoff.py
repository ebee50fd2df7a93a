"""Waiting times after failed logins (DESIGN 4; NIST SP 800-63B-4 names 30 s and growing)."""

from datetime import timedelta
from typing import Final

from mysapk_web.rate_limits import FREE_FAILURES

FIRST_WAIT: Final = timedelta(seconds=30)
LONGEST_WAIT: Final = timedelta(minutes=15)


def lockout_after(failures: int, *, free: int = FREE_FAILURES) -> timedelta:
    """Say how long the next try has to wait.

    Returns:
        Zero up to `free` failures, then 30 s, doubling with each further failure up to 15 minutes.
    """
    if failures <= free:
        return timedelta()
    doublings = min(failures - free - 1, 10)  # 30 s * 2**10 is far over the limit: keeps huge counts cheap
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def describe_wait(wait: timedelta) -> str:
    """Put a waiting time into words, rounded up so that the promise holds.

    Returns:
        "30 detik", "2 menit", "3 jam" or "1 jam 5 menit".
    """
    seconds = max(1, -(-wait // timedelta(seconds=1)))
    if seconds < 60:
        return f"{seconds} detik"
    minutes = -(-seconds // 60)
    if minutes < 60:
        return f"{minutes} menit"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} jam {minutes} menit" if minutes else f"{hours} jam"
