"""A one-time token: derived from the random id of its row, never stored (decision 0008).

Seven characters of a 30-letter alphabet carry 34 bits (ASVS 6.5.4 asks for 20). With five tries per request one guesser in four
thousand million succeeds.
"""

import hashlib
import hmac
from collections.abc import Iterator
from itertools import count, islice
from typing import Final

from mysapk_web.platform.rules.text import HYPHENS, fold_full_width, is_blank

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Capitals and digits without 0 O 1 I L, which look alike, and without U, which reads as V."""
TOKEN_LENGTH: Final = 7
_LABEL: Final = b"mysapk/reset-token/v1\x00"
_MAX_INPUT: Final = 64
# Bytes from here on would make the first letters of the alphabet more likely, so they are drawn again.
_FAIR_BYTES: Final = 256 - 256 % len(ALPHABET)
_NO_TOKEN: Final = "0" * TOKEN_LENGTH


def derive_token(secret: bytes, request_id: bytes) -> str:
    """Each character is equally likely. Raises ValueError for an empty secret or id."""
    if not secret or not request_id:
        raise ValueError("secret and request id must not be empty")
    fair = (ALPHABET[byte % len(ALPHABET)] for byte in _stream(secret, request_id) if byte < _FAIR_BYTES)
    return "".join(islice(fair, TOKEN_LENGTH))


def normalise_token(text: str) -> str | None:
    """As people type or paste it: any case, blanks, hyphens, invisible characters and full-width forms are accepted.

    Characters outside the alphabet are not replaced: 0, O, 1, I and L occur in no token, so there is nothing they could stand for.
    """
    if len(text) > _MAX_INPUT:
        return None
    visible = "".join(c for c in fold_full_width(text) if not is_blank(c) and c not in HYPHENS)
    # Only ASCII may be upper-cased: the long s and the dotless i would turn into letters nobody typed.
    token = visible.upper() if visible.isascii() else ""
    return token if len(token) == TOKEN_LENGTH and all(c in ALPHABET for c in token) else None


def token_matches(secret: bytes, request_id: bytes, typed: str) -> bool:
    """Takes the same time whatever was typed."""
    return hmac.compare_digest(derive_token(secret, request_id), normalise_token(typed) or _NO_TOKEN)


def _stream(secret: bytes, request_id: bytes) -> Iterator[int]:
    """HMAC-SHA-256 in counter mode; the label keeps other uses of the key apart."""
    for block in count():
        yield from hmac.digest(secret, _LABEL + block.to_bytes(4, "big") + request_id, hashlib.sha256)
