"""Numbers, shares and waiting times as Indonesians write them."""

from __future__ import annotations

from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal


def percent(part: int, whole: int) -> str:
    """Two decimals: "72,11 %"."""
    return f"{_share(part, whole, Decimal('0.01'))} %".replace(".", ",")


def whole_percent(part: int, whole: int) -> int:
    return int(_share(part, whole, Decimal(1)))


def _share(part: int, whole: int, step: Decimal) -> Decimal:
    """Rounded, but 100 only for all of them."""
    exact = Decimal(100 * part) / Decimal(whole) if whole else Decimal(0)
    rounded = exact.quantize(step, ROUND_HALF_UP)
    return rounded if part >= whole else min(rounded, 100 - step)


def format_number(value: int) -> str:
    """Such as "3.923"."""
    return f"{value:,}".replace(",", ".")


def describe_wait(wait: timedelta) -> str:
    """Such as "30 detik", "2 menit", "1 jam 5 menit", rounded up so that the promise holds."""
    seconds = max(1, -(-wait // timedelta(seconds=1)))
    if seconds < 60:
        return f"{seconds} detik"
    minutes = -(-seconds // 60)
    if minutes < 60:
        return f"{minutes} menit"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} jam {minutes} menit" if minutes else f"{hours} jam"
