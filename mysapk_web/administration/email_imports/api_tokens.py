"""Tokens with which the personnel system of an agency imports addresses by itself, daily or weekly (seeds 001 and 004)."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, or_, update
from sqlmodel import Session, col, false, select

from mysapk_web.accounts.security.reauthentication import require_reauthentication
from mysapk_web.administration.audit_events import ImportTokenMade, ImportTokenPayload, ImportTokenRevoked
from mysapk_web.administration.email_imports.token_owners import answered_for, tell_admins
from mysapk_web.administration.tables.import_token import ImportToken
from mysapk_web.organisation import audit, locks, revisions
from mysapk_web.organisation.actor import Actor, NotFoundError
from mysapk_web.organisation.rules.roles import MATRIX, Permission
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Instansi
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import clock
from mysapk_web.platform.errors import PermissionDenied, UserError

LIFE: Final = timedelta(days=365)
MAX_LABEL: Final = 80
AT_MOST: Final = 10
"""Tokens of one agency in force."""
GONE: Final = "Token tidak ditemukan di instansi Anda."
_PREFIX: Final = "mysapk_"
_FORM: Final = re.compile(r"mysapk_[A-Za-z0-9_-]{43}")
_TOUCH_EVERY: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class TokenView:
    """A token in the list; the token itself is known to nobody here.

    Attributes:
        rests: Its maker has left, so it opens nothing although it was not revoked.
    """

    id: int
    label: str
    hint: str
    instansi: str
    made_by: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None
    rests: bool


@dataclass(frozen=True, slots=True)
class Caller:
    """The system behind a token."""

    token_id: int
    instansi_id: int


@dataclass(frozen=True, slots=True)
class Made:
    """A new token."""

    secret: str
    label: str
    expires_at: datetime

    def __repr__(self) -> str:
        return f"Made(label={self.label!r})"


def make_token(session: Session, actor: Actor, *, label: str) -> Made:
    """Make a token for the agency of the actor's role; all its admins are told.

    Args:
        label: What it is for, such as the name of the system.

    Raises:
        PermissionDenied: The actor may not.
        ReauthenticationRequired: Password or code have to be shown again.
        UserError: No label, or too many tokens.
    """
    actor.require(Permission.EMAIL_TOKEN)
    require_reauthentication(actor)
    name = " ".join(label.split())
    if not name or len(name) > MAX_LABEL or not name.isprintable():
        raise UserError(f"Isi nama sistem yang memakai token, paling banyak {MAX_LABEL} karakter.", "label")
    instansi_id = _agency(actor)
    now = clock.now()
    locks.lock_agency(session, instansi_id)
    in_force = session.exec(
        select(ImportToken.id).where(
            ImportToken.instansi_id == instansi_id,
            col(ImportToken.revoked_at).is_(None),
            col(ImportToken.expires_at) > now,
        )
    ).all()
    if len(in_force) >= AT_MOST:
        raise UserError(f"Instansi ini sudah punya {AT_MOST} token. Cabut yang tidak dipakai lebih dulu.", "label")
    secret = _PREFIX + secrets.token_urlsafe(32)
    token = ImportToken(
        instansi_id=instansi_id,
        label=name,
        token_hash=_hash(secret),
        hint=secret[-4:],
        created_by=actor.account_id,
        created_at=now,
        expires_at=now + LIFE,
    )
    session.add(token)
    session.flush()
    _note(session, ImportTokenMade, actor, token)
    tell_admins(session, token, actor.account_id)
    return Made(secret, name, token.expires_at)


def revoke_token(session: Session, actor: Actor, *, token_id: int) -> None:
    """Make a token worthless at once.

    Raises:
        PermissionDenied: The actor may not.
        NotFoundError: No such token within reach.
        ReauthenticationRequired: Password or code have to be shown again.
        StaleRevisionError: Another admin has revoked it.
    """
    actor.require(Permission.EMAIL_TOKEN)
    require_reauthentication(actor)
    token = session.exec(
        select(ImportToken).where(ImportToken.id == token_id, _within(actor)).with_for_update()
    ).one_or_none()
    if token is None:
        raise NotFoundError("token outside the scope", GONE)
    if token.revoked_at is not None:
        raise revisions.already_done_error(
            session, actor, "Token ini sudah dicabut", by=token.revoked_by, at=token.revoked_at
        )
    token.revoked_at, token.revoked_by = clock.now(), actor.account_id
    _note(session, ImportTokenRevoked, actor, token)


def list_tokens(session: Session, actor: Actor) -> list[TokenView]:
    """Tokens of the agency, those in force first.

    Raises:
        PermissionDenied: The actor may not see them.
    """
    actor.require(Permission.EMAIL_TOKEN)
    rows = session.exec(
        select(ImportToken, Instansi.name, Pegawai.name, answered_for())
        .join(Instansi, col(Instansi.id) == ImportToken.instansi_id)
        .join(Account, col(Account.id) == ImportToken.created_by)
        .join(Pegawai, col(Pegawai.id) == Account.pegawai_id)
        .where(_within(actor))
        .order_by(col(ImportToken.revoked_at).is_not(None), col(ImportToken.id).desc())
        .limit(50)
    )
    return [
        TokenView(
            token.id or 0,
            token.label,
            token.hint,
            instansi,
            made_by,
            token.created_at,
            token.expires_at,
            token.last_used_at,
            token.revoked_at,
            not answered,
        )
        for token, instansi, made_by, answered in rows
    ]


def caller_of(session: Session, secret: str) -> Caller | None:
    """Who a token stands for, noting that it was used.

    Returns:
        None when it is none, was revoked, has ended, or rests because its maker has left.
    """
    if not _FORM.fullmatch(secret):
        return None
    now = clock.now()
    token = session.exec(
        select(ImportToken).where(ImportToken.token_hash == _hash(secret), answered_for())
    ).one_or_none()
    if token is None or token.revoked_at is not None or token.expires_at <= now:
        return None
    if token.last_used_at is None or now - token.last_used_at > _TOUCH_EVERY:
        session.execute(update(ImportToken).where(col(ImportToken.id) == token.id).values(last_used_at=now))
    return Caller(token.id or 0, token.instansi_id)


def _hash(secret: str) -> str:
    """256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _agencies(actor: Actor) -> list[int]:
    found = {grant.instansi_id for grant in actor.effective_grants if Permission.EMAIL_TOKEN in MATRIX[grant.role]}
    return sorted(id_ for id_ in found if id_ is not None)


def _agency(actor: Actor) -> int:
    agencies = _agencies(actor)
    if not agencies:
        raise PermissionDenied("the person's roles have no agency")
    return agencies[0]


def _within(actor: Actor) -> ColumnElement[bool]:
    agencies = _agencies(actor)
    return or_(false(), *(col(ImportToken.instansi_id) == id_ for id_ in agencies))


def _note(session: Session, payload: type[ImportTokenPayload], actor: Actor, token: ImportToken) -> None:
    event = payload(token_id=token.id, token_name=token.label)
    audit.record_by(session, actor, event, instansi_id=token.instansi_id)
