"""Small native forms: what a browser sends by itself, without the page's state."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qs

from starlette.requests import Request

from mysapk_web.platform.rules.text import storable

LARGEST: Final = 8_192
"""Bytes."""
MOST_FIELDS: Final = 20
LONGEST: Final = 100
"""Characters of a field; what is longer is cut."""


async def fields_of(request: Request) -> dict[str, str]:
    """The fields of the form; nothing of one that is too large or broken.

    Args:
        request: Its body has not been read.
    """
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            return {}
    try:
        fields = parse_qs(body.decode("ascii"), max_num_fields=MOST_FIELDS)
    except ValueError:
        return {}
    return {name: storable(values[0]).strip()[:LONGEST] for name, values in fields.items()}
