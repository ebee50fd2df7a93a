from __future__ import annotations

from mysapk_web.platform.errors import UserError


def clean_reason(text: str, limit: int) -> str:
    """A reason on one line. Raises UserError: empty or too long."""
    why = " ".join(text.split())
    if not why or len(why) > limit:
        raise UserError(f"Isi alasan, paling banyak {limit} karakter.", "alasan")
    return why
