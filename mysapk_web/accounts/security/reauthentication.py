"""Re-authentication before sensitive actions: password or authenticator code, good for ten minutes (ASVS 7.5.3)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlmodel import Session

from mysapk_web.accounts import second_factor
from mysapk_web.accounts.security.change_password import confirm_password, record_reauthentication
from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.tables.account import Account
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from mysapk_web.platform.errors import REAUTHENTICATION_FIELD, CommittingUserError, FormError, ReauthenticationRequired
from mysapk_web.platform.executors import in_transaction
from mysapk_web.platform.hashing_queue import precheck
from mysapk_web.settings import get_settings

REAUTHENTICATION_LIFE: Final = timedelta(minutes=10)
"""So long a login, a password or a code counts as recent; at this age it no longer does."""


def recently_authenticated(actor: Actor) -> bool:
    """The one rule for every action that asks for it."""
    return actor.reauthenticated_at is not None and clock.now() - actor.reauthenticated_at < REAUTHENTICATION_LIFE


def require_reauthentication(actor: Actor) -> None:
    """Call it after the permission is checked."""
    if not recently_authenticated(actor):
        raise ReauthenticationRequired


def _check_form(_db: Database, actor: Actor, *, proof: str) -> None:
    if not proof.strip():
        raise FormError({REAUTHENTICATION_FIELD: "Isi password Anda, atau kode dari aplikasi autentikator."})


@precheck(_check_form)
def reauthenticate(db: Database, actor: Actor, *, proof: str) -> None:
    """Six digits are taken for a code: no password consists of them. For everybody logged in; runs in the hashing queue.

    Raises:
        CommittingUserError: Wrong, or tried too often.
    """
    _check_form(db, actor, proof=proof)
    code = second_factor.normalise_code(proof)
    if actor.has_second_factor and len(code) == second_factor.DIGITS and code.isdigit():
        in_transaction(db, _check_code, actor, code)
    else:
        confirm_password(db, actor, proof, field=REAUTHENTICATION_FIELD)


def _check_code(session: Session, actor: Actor, code: str) -> None:
    account = session.get_one(Account, actor.account_id)
    try:
        second_factor.verify_code(session, get_settings(), account, code, client=actor.client)
    except CommittingUserError as refusal:
        raise CommittingUserError(refusal.sentence, REAUTHENTICATION_FIELD) from None
    record_reauthentication(session, actor)
