from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from mysapk_web.platform import clock
from mysapk_web.platform.rules.timezones import Zone


@dataclass(frozen=True, slots=True)
class MailContact:
    """No web address: e-mails link to this portal only."""

    name: str
    phone: str
    email: str
    service_hours: str


@dataclass(frozen=True, slots=True)
class MailRequest:
    id: str = field(repr=False)
    mask: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class MailContext:
    """Everything an e-mail may mention. Holds no token: that is derived when rendering."""

    recipient: str = field(repr=False)
    name: str = field(default="", repr=False)
    instansi: str = ""
    timezone: str = Zone.WIB
    happened_at: datetime = field(default_factory=clock.now)
    """When the cause of the mail happened."""
    message_id: str = field(default_factory=lambda: secrets.token_hex(16))
    """Left part of the Message-ID."""
    contact: MailContact | None = None
    request: MailRequest | None = None
    params: Mapping[str, Any] = field(default_factory=dict, repr=False)
