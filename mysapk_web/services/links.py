"""Signed references in links of mails: they say which request is meant and open nothing by themselves."""

from __future__ import annotations

import hashlib
import re

from itsdangerous import BadSignature, Signer

from mysapk_web.settings import Settings

_REQUEST_ID = re.compile(r"[0-9a-f]{32}")
_MAX_LENGTH = 200
"""Characters; a genuine reference has 76."""


def sign_reference(settings: Settings, request_id: str) -> str:
    """Make the reference to a reset request for the link that continues on another device.

    The reference is no secret: the token is still asked for. Signed, so that nobody makes one up.

    Args:
        settings: For the key.
        request_id: `ResetRequest.id`, 32 hexadecimal digits.

    Returns:
        URL-safe text of 76 characters that neither begins nor ends with a mark, so that no mail program cuts it off
        and no web server takes it for a hidden file.
    """
    return _signer(settings).sign(request_id).decode()


def read_reference(settings: Settings, ref: str) -> str | None:
    """Read a reference out of a link.

    Args:
        settings: For the key.
        ref: Whatever stood in the link.

    Returns:
        The id of the request, or None when the reference was not made with this key.
    """
    if len(ref) > _MAX_LENGTH:
        return None
    try:
        value = _signer(settings).unsign(ref.encode()).decode()
    except (BadSignature, UnicodeError):
        return None
    return value if _REQUEST_ID.fullmatch(value) else None


def _signer(settings: Settings) -> Signer:
    return Signer(settings.key("reset-link"), salt="reset-link", digest_method=hashlib.sha256)
