"""Password hashes and the encryption of authenticator secrets.

bcrypt sees an HMAC of the password under a separate key (a pepper kept outside the database, NIST 800-63B-4 3.1.1.2), so nothing is cut
at bcrypt's 72 bytes and NUL bytes don't matter. Hash and verify in the hashing queue only.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from functools import lru_cache

import bcrypt
from cryptography.fernet import Fernet, InvalidToken

from mysapk_web.accounts.rules.password import canonical
from mysapk_web.settings import Settings


def _prepared(password: str, settings: Settings) -> bytes:
    return base64.b64encode(hmac.digest(settings.key("password"), canonical(password).encode(), hashlib.sha256))


def hash_password(password: str, settings: Settings) -> str:
    return bcrypt.hashpw(_prepared(password, settings), bcrypt.gensalt(settings.bcrypt_cost)).decode()


def verify_password(password: str, stored: str | None, settings: Settings) -> bool:
    """Takes the same time without a stored hash (an unknown person, an account without a password)."""
    genuine = stored or _stand_in(settings.bcrypt_cost)
    right = bcrypt.checkpw(_prepared(password, settings), genuine.encode())
    return right and stored is not None


def needs_rehash(stored: str, settings: Settings) -> bool:
    return int(stored.split("$")[2]) != settings.bcrypt_cost


@lru_cache(maxsize=4)
def _stand_in(cost: int) -> str:
    """A hash that no password fits, of the same cost as the real ones."""
    return bcrypt.hashpw(bcrypt.gensalt(4), bcrypt.gensalt(cost)).decode()


def warm_up(settings: Settings) -> None:
    """So that the first login of a process is not slower than the rest."""
    _stand_in(settings.bcrypt_cost)


def _cipher(settings: Settings) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(settings.key("totp")))


def encrypt_totp(secret: str, settings: Settings) -> str:
    return _cipher(settings).encrypt(secret.encode()).decode()


def decrypt_totp(stored: str, settings: Settings) -> str:
    try:
        return _cipher(settings).decrypt(stored.encode()).decode()
    except InvalidToken:
        raise ValueError("the authenticator secret belongs to another key") from None
