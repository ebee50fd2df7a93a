"""Tokens that come by mail and work once: to set a password, to change the e-mail of an account.

A token is derived from the random id of its row (`rules.token`), so the database holds nothing usable. `usable` and `fault_of` are the
same rule, for a query and for a loaded row.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, and_, update
from sqlmodel import Session, col

from mysapk_web.accounts.rules.token import TOKEN_LENGTH, derive_token, normalise_token, token_matches
from mysapk_web.accounts.tables import OneTimeToken
from mysapk_web.platform import clock
from mysapk_web.rate_limits import RECOVERY_RESEND
from mysapk_web.settings import Settings, get_settings

T = TypeVar("T", bound=OneTimeToken)

TOKEN_EMPTY: Final = "Isi token dari email."
TOKEN_FORM: Final = f"Token terdiri atas {TOKEN_LENGTH} huruf dan angka. Salin dari email lalu tempel di sini."


class TokenFault(Enum):
    USED = 1
    SUPERSEDED = 2
    EXPIRED = 3
    EXHAUSTED = 4


def unspent(table: type[OneTimeToken]) -> ColumnElement[bool]:
    return and_(col(table.used_at).is_(None), col(table.superseded_at).is_(None))


def live(table: type[OneTimeToken]) -> ColumnElement[bool]:
    """Unspent and not expired, whatever tries are left."""
    return and_(unspent(table), col(table.expires_at) > clock.now())


def usable(table: type[OneTimeToken]) -> ColumnElement[bool]:
    return and_(live(table), col(table.tries) < table.MAX_TRIES)


def fault_of(token: OneTimeToken) -> TokenFault | None:
    faults = (
        (token.used_at is not None, TokenFault.USED),
        (token.superseded_at is not None, TokenFault.SUPERSEDED),
        (token.expires_at <= clock.now(), TokenFault.EXPIRED),
        (token.tries >= token.MAX_TRIES, TokenFault.EXHAUSTED),
    )
    return next((fault for applies, fault in faults if applies), None)


def issue(session: Session, table: type[T], **fields: Any) -> T:
    """It lives from now."""
    now = clock.now()
    expires_at = now + timedelta(minutes=get_settings().token_minutes)
    token = table(id=secrets.token_hex(16), created_at=now, expires_at=expires_at, **fields)
    session.add(token)
    session.flush()
    return token


def text_of(table: type[OneTimeToken], token_id: str, settings: Settings) -> str:
    return derive_token(settings.key(table.KEY), bytes.fromhex(token_id))


def matches(token: OneTimeToken, typed: str) -> bool:
    """Takes the same time whatever was typed."""
    return token_matches(get_settings().key(token.KEY), bytes.fromhex(token.id), typed)


def supersede(session: Session, table: type[OneTimeToken], *where: ColumnElement[bool]) -> int:
    """How many were unspent."""
    superseded = session.execute(
        update(table).where(unspent(table), *where).values(superseded_at=clock.now()).returning(col(table.id)),
        execution_options={"synchronize_session": False},
    )
    return len(superseded.all())


def count_try(session: Session, token: OneTimeToken) -> bool:
    """Before anything is compared; False when the token is not usable any more."""
    table = type(token)
    counted = session.execute(
        update(table)
        .where(col(table.id) == token.id, usable(table))
        .values(tries=col(table.tries) + 1)
        .returning(col(table.id)),
        execution_options={"synchronize_session": False},
    ).one_or_none()
    session.refresh(token)
    return counted is not None


def resend_wait(last_at: datetime) -> timedelta:
    """What is left of the minute between two tokens."""
    return max(last_at + get_settings().limit(RECOVERY_RESEND).window - clock.now(), timedelta(0))


def parse_token(typed: str) -> str:
    """Raises ValueError with a sentence for the person."""
    token = normalise_token(typed)
    if token is None:
        raise ValueError(TOKEN_FORM if typed.strip() else TOKEN_EMPTY)
    return token


def wrong_token(tries_left: int, *, next_step: str, other_way: str = "") -> str:
    if tries_left <= 0:
        return f"Token tidak cocok dan sudah terlalu sering salah. {next_step}"
    return f"Token tidak cocok. Salin token dari email terbaru{other_way}. Sisa percobaan: {tries_left}."
