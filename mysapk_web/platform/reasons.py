"""Reasons that people give for what they do."""

from __future__ import annotations

from mysapk_web.platform.errors import UserError


def clean_reason(text: str, limit: int) -> str:
    """A reason in words, on one line.

    Raises:
        UserError: There is none, or it is too long.
    """
    why = " ".join(text.split())
    if not why or len(why) > limit:
        raise UserError(f"Isi alasan, paling banyak {limit} karakter.", "alasan")
    return why
