"""What is counted of the people of a unit, and shares in words."""

from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from typing import Final

COUNTRY: Final = 0
"""Stands in place of a unit for the whole country; no unit has this id."""


class Measure(StrEnum):
    """One thing that is counted for each unit and kind of employment. Stored as written here."""

    PEOPLE = "pegawai"
    """On the rolls."""
    ACTIVE = "aktif"
    """Has activated the account, whether or not it was switched off later."""
    NO_EMAIL = "tanpa-email"
    """No usable address is stored, so nobody can activate."""
    DISABLED = "nonaktif"
    """The account is switched off."""


DAILY: Final = (Measure.PEOPLE, Measure.ACTIVE)
"""What is kept for each day, to show the way it went."""


def percent(part: int, whole: int) -> str:
    """A share as people write it, with two decimals, e.g. "72,11 %".

    Rounded down: 100 % is reached by everybody and by nobody less.

    Args:
        part: How many.
        whole: Of how many; none gives "0,00 %".
    """
    share = Decimal(100 * part) / Decimal(whole) if whole else Decimal(0)
    return f"{share.quantize(Decimal('0.01'), ROUND_DOWN)} %".replace(".", ",")


def number(value: int) -> str:
    """A number with Indonesian thousands, e.g. "3.923".

    Args:
        value: Any whole number.
    """
    return f"{value:,}".replace(",", ".")
