"""Native forms, submitted by the browser without the page's state."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qs

from starlette.requests import Request

from mysapk_web.platform.rules.text import strip_unstorable

MAX_BYTES: Final = 8_192
"""Bytes."""
MAX_FIELDS: Final = 20
MAX_FIELD_LENGTH: Final = 100
"""Longer fields are cut."""


async def read_form(request: Request) -> dict[str, str]:
    """Empty when the body is too large or malformed."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BYTES:
            return {}
    try:
        fields = parse_qs(body.decode("ascii"), max_num_fields=MAX_FIELDS)
    except ValueError:
        return {}
    return {name: strip_unstorable(values[0]).strip()[:MAX_FIELD_LENGTH] for name, values in fields.items()}
