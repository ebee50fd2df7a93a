"""Signed references in links: from a mail to its request, from a proof to its public check. They grant nothing."""

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
    """A reference to a reset request, for continuing on another device. No secret: the token is still required.

    It neither begins nor ends with punctuation: mail programs would truncate it, web servers take it for a hidden file.
    """
    return _signer(settings, "reset-link").sign(request_id).decode()


def read_reset_request(settings: Settings, ref: str) -> str | None:
    """The request id, or None if the signature is not ours."""
    return _unsigned(settings, "reset-link", ref, _REQUEST_ID)


def sign_proof(settings: Settings, number: str) -> str:
    """The public reference in a proof's QR code; nobody can guess one by counting. Ends without punctuation."""
    return _signer(settings, "proof").sign(number).decode()


def read_proof(settings: Settings, token: str) -> str | None:
    """The proof number, or None if the signature is not ours."""
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
