from __future__ import annotations

import re
from email import policy

WIRE = policy.SMTP.clone(cte_type="7bit")
"""CRLF and 7-bit, so that every server on the way accepts a message."""

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.\[\]:-]+")
"""Plain form of RFC 5321 4.1.2: cannot break out of a command or header."""


class MailError(Exception):
    """A mail could not be handed over. The message is stored and shown: it holds no address and no content."""


class TemporaryMailError(MailError):
    """Retry this mail later."""


class MailConnectionError(TemporaryMailError):
    """The server itself is unusable: other mails would fail as well."""


class PermanentMailError(MailError):
    """This mail will never be accepted."""


def check_recipient(address: str) -> None:
    """Refuse anything but a plain ASCII address before it reaches a command or header.

    Raises:
        PermanentMailError: Without the address in its message.
    """
    if not _ADDRESS.fullmatch(address):
        raise PermanentMailError("Alamat penerima tidak dapat dipakai.")
