"""Sessions, and the records of login, recovery and e-mail change.

No secrets: sessions as SHA-256 of their cookie, tokens not at all (they are derived from the id of their row), recovery codes hashed.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlmodel import Field, SQLModel

import mysapk_web.organisation.tables  # noqa: F401  foreign keys find their target
from mysapk_web.platform.tables.base import Stored
from mysapk_web.rate_limits import TOKEN_TRIES, TOKEN_TRIES_OF_REQUEST


class UserSession(SQLModel, table=True):
    """A logged-in browser."""

    __tablename__ = "sesi"

    ref: str = Field(primary_key=True, max_length=64)
    """SHA-256 of the cookie, hexadecimal."""
    account_id: int = Field(foreign_key="akun.id", index=True)
    account_version: int
    created_at: datetime
    seen_at: datetime
    expires_at: datetime = Field(index=True)
    """The absolute end."""
    ended_at: datetime | None = Field(default=None, index=True)
    end_reason: str = Field(default="", max_length=40)
    second_factor_at: datetime | None = None
    """When a second factor was shown in this session."""
    reauthenticated_at: datetime | None = Field(
        default=None, sa_column_kwargs={"name": "step_up_at", "key": "reauthenticated_at"}
    )
    """The last login or re-authentication."""
    user_agent: str = Field(default="", max_length=120, sa_column_kwargs={"name": "agent", "key": "user_agent"})
    """Browser and system in words, for the list of sessions."""
    client_address: str = Field(
        default="", max_length=64, sa_column_kwargs={"name": "address", "key": "client_address"}
    )
    """Client address, shortened to its network."""


class LoginTicket(SQLModel, table=True):
    """One-time right to become a session, issued by a login and redeemed by `POST /sesi` (decision 0002)."""

    __tablename__ = "klaim_masuk"

    ref: str = Field(primary_key=True, max_length=64)
    """SHA-256 of the ticket that only the page that logged in was given; in the code step, of that page."""
    browser: str = Field(max_length=64)
    """Reference of the pre-session cookie that logged in."""
    account_id: int = Field(foreign_key="akun.id", index=True)
    account_version: int
    expires_at: datetime
    needs_code: bool = False
    """The password was right, the second factor is still to come; not yet a right to a session."""
    second_factor: bool = False
    """A second factor was shown."""
    replaces: str | None = Field(default=None, max_length=64)
    """Written by the previous release; removed with the next one."""


class OneTimeToken(SQLModel):
    """The life of a token that comes by mail (`accounts.one_time_tokens`)."""

    MAX_TRIES: ClassVar[int]
    KEY: ClassVar[str]
    """Purpose of the key that tokens are derived with: a token of one kind never works as another."""

    id: str = Field(primary_key=True, max_length=32)
    """128 random bits, hexadecimal; the token is an HMAC over it."""
    account_version: int = 0
    """Of the account when it was issued: a token dies with every change of the account."""
    created_at: datetime
    expires_at: datetime
    tries: int = 0
    """By all browsers together."""
    used_at: datetime | None = None
    superseded_at: datetime | None = None


class ResetRequest(OneTimeToken, table=True):
    """Written the same way whether the person exists or not, so that nothing tells them apart."""

    __tablename__ = "permintaan_reset"

    MAX_TRIES = TOKEN_TRIES_OF_REQUEST
    KEY = "reset-token"

    subject: str = Field(max_length=64, index=True)
    """Keyed hash of the typed NIP: limits and "the newest only" go by it, also for unknown NIPs."""
    account_id: int | None = Field(default=None, foreign_key="akun.id", index=True)
    """Empty when NIP and e-mail did not match an eligible account: then no token can match."""
    mask: str = Field(max_length=320)
    """Masked form of the typed e-mail, shown on the page."""
    nip: str = Field(max_length=18)
    """The NIP as typed, normalised: for the password rules and for a resend."""
    email_ref: str = Field(max_length=64, index=True)
    """Keyed hash of the typed e-mail, so that a resend compares again."""
    created_at: datetime = Field(index=True)
    used_by: str | None = Field(default=None, max_length=64)
    """Reference of the pre-session cookie of the browser that used it: for a while strangers can't lock it out."""


class ResetBinding(SQLModel, table=True):
    """Which request a browser is busy with: it made it, or opened the link of its mail. Proves nothing."""

    __tablename__ = "permintaan_reset_peramban"

    browser: str = Field(primary_key=True, max_length=64)
    request_id: str = Field(foreign_key="permintaan_reset.id", max_length=32, index=True)
    bound_at: datetime = Field(index=True)
    tries: int = 0
    """In this browser since it last requested a token; each browser has its own (decision 0021)."""
    by_mail: bool = False
    """The browser opened the link of this very request: it has the mail, so it is exempt from limits that strangers may use up."""


class RecoveryCode(Stored, table=True):
    """One single-use code that replaces a lost authenticator; only its keyed hash is kept."""

    __tablename__ = "kode_pemulihan"

    account_id: int = Field(foreign_key="akun.id", index=True)
    code_hash: str = Field(max_length=64)
    used_at: datetime | None = None


class EmailChangeRequest(OneTimeToken, table=True):
    """Counts once its token was confirmed."""

    __tablename__ = "ganti_email"

    MAX_TRIES = TOKEN_TRIES
    KEY = "email-token"

    account_id: int = Field(foreign_key="akun.id", index=True)
    email_key: str = Field(max_length=254)
