"""Changing one's own password, and confirming the current one."""

from __future__ import annotations

from sqlalchemy import update
from sqlmodel import Session, col

from mysapk_web.accounts import password_policy, sessions
from mysapk_web.accounts.audit_events import PasswordChanged
from mysapk_web.accounts.login_tickets import issue_login_ticket
from mysapk_web.accounts.password_policy import PasswordEvaluation
from mysapk_web.accounts.passwords import hash_password, verify_password
from mysapk_web.accounts.rules.password import canonical
from mysapk_web.accounts.tables import UserSession
from mysapk_web.organisation import audit, rate_limiting
from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rate_limiting import subject_key
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from mysapk_web.platform.errors import CommittingUserError, FormError, UserError
from mysapk_web.platform.executors import in_transaction
from mysapk_web.platform.hashing_queue import precheck
from mysapk_web.platform.mail.queue import MailKind, enqueue
from mysapk_web.rate_limits import PASSWORD_CONFIRM_PER_ACCOUNT
from mysapk_web.settings import get_settings

WRONG_PASSWORD = "Password Anda saat ini tidak cocok."


def evaluate_new_password(session: Session, actor: Actor, *, password: str) -> PasswordEvaluation:
    person = session.get_one(Pegawai, actor.pegawai_id)
    minimum = password_policy.minimum_length(session, actor.account_id)
    return password_policy.evaluate_password(password, password_policy.password_context(person), minimum)


def _check_form(_db: Database, actor: Actor, *, current: str, new: str) -> None:
    require_typed(current, field="sekarang")


@precheck(_check_form)
def change_password(db: Database, actor: Actor, *, current: str, new: str) -> str:
    """All sessions end; returns the ticket of this page for a new one. Runs in the hashing queue.

    Raises:
        FormError: A field is empty or the new password breaks a rule.
        CommittingUserError: The current password is wrong.
    """
    settings = get_settings()
    version = confirm_password(db, actor, current, field="sekarang")
    in_transaction(db, _check_new, actor, current, new)
    new_hash = hash_password(new, settings)
    return in_transaction(db, _replace_password, actor, version, new_hash)


def _check_new(session: Session, actor: Actor, current: str, new: str) -> None:
    account = session.get_one(Account, actor.account_id)
    person = session.get_one(Pegawai, actor.pegawai_id)
    sentence = password_policy.first_fault_for(session, account, person, new)
    if not sentence and canonical(new) == canonical(current):
        sentence = "Password baru sama dengan yang sekarang. Pilih yang lain."
    if sentence:
        raise FormError({"password": sentence})


def _replace_password(session: Session, actor: Actor, version: int, new_hash: str) -> str:
    changed = session.execute(
        update(Account)
        .where(col(Account.id) == actor.account_id, col(Account.version) == version)
        .values(password_hash=new_hash, version=Account.version + 1)
        .returning(col(Account.version))
    ).scalar_one_or_none()
    if changed is None:
        raise UserError("Akun Anda baru saja berubah di tempat lain. Masuk kembali lalu ulangi.")
    # This session, too: a copy of its cookie is worthless at once. The page continues with its ticket.
    sessions.revoke_all_sessions(session, actor.account_id, "password diganti")
    account = session.get_one(Account, actor.account_id, populate_existing=True)
    audit.record_own(session, actor, PasswordChanged())
    enqueue(session, MailKind.PASSWORD_CHANGED, account_id=actor.account_id, how="ganti")
    return issue_login_ticket(session, account, actor.client, second_factor=actor.second_factor)


def confirm_password(db: Database, actor: Actor, password: str, *, field: str) -> int:
    """Tries are counted. Returns the account version that the password was right for.

    Raises:
        CommittingUserError: Wrong, or tried too often.
    """
    require_typed(password, field=field)
    stored, version = in_transaction(db, _counted_hash, actor, field)
    if not verify_password(password, stored, get_settings()):
        raise CommittingUserError(WRONG_PASSWORD, field)
    in_transaction(db, record_reauthentication, actor)
    return version


def require_typed(password: str, *, field: str) -> None:
    """Before anything is counted or hashed."""
    if not password:
        raise FormError({field: "Isi password Anda saat ini."})


def _counted_hash(session: Session, actor: Actor, field: str) -> tuple[str | None, int]:
    key = subject_key(get_settings().key("counters"), f"password:{actor.account_id}")
    if not rate_limiting.allow(session, PASSWORD_CONFIRM_PER_ACCOUNT, key, actor, subject_id=actor.account_id):
        raise CommittingUserError("Terlalu banyak percobaan. Tunggu 15 menit, lalu coba lagi.", field)
    account = session.get_one(Account, actor.account_id)
    return account.password_hash, account.version


def record_reauthentication(session: Session, actor: Actor) -> None:
    session.execute(
        update(UserSession).where(col(UserSession.ref) == actor.session_ref).values(reauthenticated_at=clock.now())
    )
