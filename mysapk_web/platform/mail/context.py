"""What the words of a letter may tell."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from mysapk_web.platform import clock


@dataclass(frozen=True, slots=True)
class Contact:
    """The helpdesk named in a letter. No web address: letters link to this portal only."""

    nama: str
    telepon: str
    email: str
    jam_layanan: str


@dataclass(frozen=True, slots=True)
class Request:
    """What a letter tells of a reset request."""

    id: str = field(repr=False)
    mask: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a letter may tell. Holds no token: that is derived when rendering."""

    recipient: str = field(repr=False)
    nama: str = field(default="", repr=False)
    instansi: str = ""
    zona: str = "WIB"
    happened_at: datetime = field(default_factory=clock.now)
    """When the cause of the letter happened."""
    message_id: str = field(default_factory=lambda: secrets.token_hex(16))
    """Left part of the Message-ID."""
    contact: Contact | None = None
    request: Request | None = None
    params: Mapping[str, Any] = field(default_factory=dict, repr=False)
