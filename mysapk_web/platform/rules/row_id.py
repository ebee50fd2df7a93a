from typing import Final

HIGHEST: Final = 2**31 - 1
"""Ids are 32-bit integers; PostgreSQL refuses to compare them with a larger one."""
_DIGITS: Final = 10


def parse_row_id(text: object) -> int:
    """A possible database id; 0, which no row has, for everything else."""
    if isinstance(text, int) and not isinstance(text, bool):
        return text if 0 < text <= HIGHEST else 0
    if not isinstance(text, str) or not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        return 0
    if text.startswith("0"):
        return 0  # one spelling per id
    number = int(text)
    return number if number <= HIGHEST else 0
