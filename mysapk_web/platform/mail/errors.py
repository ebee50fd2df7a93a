"""What can go wrong when a mail is handed over, and what every transport checks first."""

from __future__ import annotations

import re
from email import policy

WIRE = policy.SMTP.clone(cte_type="7bit")
"""CRLF and seven bits only, so that a message fits every server on its way."""

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.\[\]:-]+")
"""The plain form of RFC 5321 4.1.2: nothing that could end the command or header it stands in."""


class MailError(Exception):
    """A mail could not be handed over.

    The text is stored and shown: it never holds an address or content of a message.
    """


class TemporaryMailError(MailError):
    """Try this mail again later."""


class MailConnectionError(TemporaryMailError):
    """The server as a whole can't be used now: other mails would meet the same fault."""


class PermanentMailError(MailError):
    """This mail will never be accepted."""


def check_recipient(address: str) -> None:
    """Refuse what is no plain ASCII address before it reaches a command or header.

    Raises:
        PermanentFault: Without the address in its text.
    """
    if not _ADDRESS.fullmatch(address):
        raise PermanentMailError("Alamat penerima tidak dapat dipakai.")
