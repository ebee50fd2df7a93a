"""Showing again who sits at the screen, before a grave act: password or authenticator code, good for ten minutes (ASVS 7.5.3)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlmodel import Session

from mysapk_web.accounts import second_factor
from mysapk_web.accounts.security.change_password import confirm_password, note_step_up
from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.tables.account import Account
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from mysapk_web.platform.errors import FIELD, CountedRefusal, InputRefused, StepUpNeeded
from mysapk_web.platform.executors import in_transaction
from mysapk_web.platform.hashing import checked_first
from mysapk_web.settings import load

RECENT: Final = timedelta(minutes=10)
"""So long a login, a password or a code counts as recent; at this age it no longer does."""


def is_recent(actor: Actor) -> bool:
    """Whether the person has authenticated recently in this session: the one rule for every act that asks for it.

    Args:
        actor: Who acts.
    """
    return actor.step_up_at is not None and clock.now() - actor.step_up_at < RECENT


def require_recent(actor: Actor) -> None:
    """Refuse a grave act until the person has shown password or code again. Call it after the permission is checked.

    Args:
        actor: Who acts.

    Raises:
        StepUpNeeded: The last proof is too old.
    """
    if not is_recent(actor):
        raise StepUpNeeded


def _check_form(_db: Database, actor: Actor, *, proof: str) -> None:
    if not proof.strip():
        raise InputRefused({FIELD: "Isi password Anda, atau kode dari aplikasi autentikator."})


@checked_first(_check_form)
def step_up(db: Database, actor: Actor, *, proof: str) -> None:
    """Show again who acts. For everybody logged in; in the hashing lane.

    Six digits are taken for a code: no password consists of them (it has a capital letter).

    Args:
        db: The database.
        actor: The person.
        proof: Present password or authenticator code as typed.

    Raises:
        InputRefused: Nothing was typed.
        CountedRefusal: Wrong, or tried too often.
    """
    _check_form(db, actor, proof=proof)
    code = second_factor.normalise(proof)
    if actor.has_second_factor and len(code) == second_factor.DIGITS and code.isdigit():
        in_transaction(db, _check_code, actor, code)
    else:
        confirm_password(db, actor, proof, field=FIELD)


def _check_code(session: Session, actor: Actor, code: str) -> None:
    account = session.get_one(Account, actor.account_id)
    try:
        second_factor.check(session, load(), account, code, visitor=actor.visitor)
    except CountedRefusal as refusal:
        raise CountedRefusal(refusal.sentence, FIELD) from None
    note_step_up(session, actor)
