"""Signed references in links: of a mail to its request, of a proof to its public check. They open nothing by themselves."""

from __future__ import annotations

import hashlib
import re

from itsdangerous import BadSignature, Signer

from mysapk_web.settings import Settings

_REQUEST_ID = re.compile(r"[0-9a-f]{32}")
_PROOF_NUMBER = re.compile(r"PDM-[A-Z0-9-]{1,36}")
_MAX_LENGTH = 200
"""Characters; a genuine reference to a request has 76, one to a proof at most 84."""


def sign_reset_request(settings: Settings, request_id: str) -> str:
    """Make the reference to a reset request for the link that continues on another device.

    The reference is no secret: the token is still asked for. Signed, so that nobody makes one up.

    Returns:
        URL-safe text of 76 characters that neither begins nor ends with a mark, so that no mail program cuts it off
        and no web server takes it for a hidden file.
    """
    return _signer(settings, "reset-link").sign(request_id).decode()


def read_reset_request(settings: Settings, ref: str) -> str | None:
    """Read a reference out of a link.

    Returns:
        The id of the request, or None when the reference was not made with this key.
    """
    return _unsigned(settings, "reset-link", ref, _REQUEST_ID)


def sign_proof(settings: Settings, number: str) -> str:
    """Make the public reference to a proof, which its QR code holds. Nobody can make one up by counting numbers.

    Returns:
        URL-safe text that ends with no mark.
    """
    return _signer(settings, "proof").sign(number).decode()


def read_proof(settings: Settings, token: str) -> str | None:
    """Read the number of a proof out of its public reference.

    Returns:
        The number, or None when the reference was not made with this key.
    """
    return _unsigned(settings, "proof", token, _PROOF_NUMBER)


def _unsigned(settings: Settings, purpose: str, ref: str, form: re.Pattern[str]) -> str | None:
    if len(ref) > _MAX_LENGTH:
        return None
    try:
        value = _signer(settings, purpose).unsign(ref.encode()).decode()
    except (BadSignature, UnicodeError):
        return None
    return value if form.fullmatch(value) else None


def _signer(settings: Settings, purpose: str) -> Signer:
    return Signer(settings.key(purpose), salt=purpose, digest_method=hashlib.sha256)
