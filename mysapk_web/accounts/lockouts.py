"""Waits after failed logins: counted for each attempt, seen and cleared by admins.

Three runs of failures: of the account, of the account in browsers that only its owner can have (strangers don't reach it, decision
0021), and of the network. A wait of the account takes nothing from the network.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session, col, select

from mysapk_web.organisation import rate_limiting
from mysapk_web.organisation.rate_limiting import client_key, subject_key
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import clock
from mysapk_web.platform.client import ClientContext
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.tables.audit import AuditEvent
from mysapk_web.platform.tables.counter import Counter
from mysapk_web.rate_limits import ACCOUNT_FAILURES, LOCKOUT_LONGEST_WAIT, NETWORK_FAILURES, OWNER_FAILURES
from mysapk_web.settings import Settings, get_settings

MAX_ACCOUNTS_CHECKED: Final = 1000
"""The latest ones, under a storm of wrong passwords."""


@dataclass(frozen=True, slots=True)
class LoginAttempt:
    """Counted as failed before its password is checked."""

    nip_key: str
    network_key: str
    is_owner: bool
    """The browser is known as one of the owner's."""
    wait: timedelta
    """Zero: the password may be checked."""
    failures: int
    """In a row of this NIP, this one included. Read in the transaction that counted, so no two attempts have the same number."""


def register_login(
    session: Session, settings: Settings, client: ClientContext, nip_key: str, *, is_owner: bool
) -> LoginAttempt:
    lockout = OWNER_FAILURES if is_owner else ACCOUNT_FAILURES
    network_key = client_key(settings.key("counters"), client.client_address)
    wait = timedelta(0)
    if not is_owner:
        wait = rate_limiting.register_attempt(session, NETWORK_FAILURES, network_key, client.client_address)
    if not wait:
        wait = rate_limiting.register_attempt(session, lockout, nip_key)
        if wait and not is_owner:
            rate_limiting.undo_attempt(session, NETWORK_FAILURES, network_key)
    failures = 0 if wait else rate_limiting.failure_count(session, lockout, nip_key)
    return LoginAttempt(nip_key, network_key, is_owner, wait, failures)


def login_succeeded(session: Session, attempt: LoginAttempt) -> None:
    """In the order of `register_login`: two logins that lock the same rows in opposite orders would deadlock."""
    if not attempt.is_owner:
        rate_limiting.undo_attempt(session, NETWORK_FAILURES, attempt.network_key)
    clear_failed_logins(session, attempt.nip_key)


def clear_failed_logins(session: Session, nip_key: str) -> None:
    """In whatever browsers they were."""
    rate_limiting.clear_attempts(session, ACCOUNT_FAILURES, nip_key)
    rate_limiting.clear_attempts(session, OWNER_FAILURES, nip_key)


def nip_key(nip: str) -> str:
    """Keyed hash that a NIP, known or not, is counted by: failed logins and requests for tokens."""
    return subject_key(get_settings().key("counters"), f"nip:{nip}")


def active_lockouts(session: Session, nips: Iterable[str]) -> dict[str, datetime]:
    """NIP -> end of its wait, for those that wait; at most some hundreds of NIPs at a time."""
    of_key = {f"{lockout.name}:{nip_key(nip)}": nip for nip in nips for lockout in (ACCOUNT_FAILURES, OWNER_FAILURES)}
    rows = session.exec(
        select(Counter.key, Counter.blocked_until).where(
            col(Counter.key).in_(list(of_key)), col(Counter.blocked_until) > clock.now()
        )
    ).all()
    found: dict[str, datetime] = {}
    for key, until in rows:
        if until is not None:
            found[of_key[key]] = max(until, found.get(of_key[key], until))
    return found


def locked_account_ids(session: Session) -> list[int]:
    """Of all agencies; the caller's query limits them to its scope.

    Counters are kept by a keyed hash that can't be reversed, so this looks at accounts whose login failed recently: a wait begins with a
    failure and lasts a quarter of an hour at most.
    """
    lately = clock.now() - LOCKOUT_LONGEST_WAIT - timedelta(seconds=5)
    # By time, which has an index: by id, PostgreSQL would scan back through a log with hardly any failures.
    failed = session.exec(
        select(AuditEvent.subject_id)
        .where(
            AuditEvent.tag == AuditTag.LOGIN_FAILED,
            col(AuditEvent.at) >= lately,
            col(AuditEvent.subject_id).is_not(None),
        )
        .order_by(col(AuditEvent.at).desc())
        .limit(MAX_ACCOUNTS_CHECKED * 5)
    ).all()
    if not failed:
        return []
    latest = list(dict.fromkeys(failed))[:MAX_ACCOUNTS_CHECKED]
    people = session.exec(
        select(Pegawai.nip, Account.id)
        .join(Account, col(Account.pegawai_id) == Pegawai.id)
        .where(col(Account.id).in_(latest))
    ).all()
    of_nip = {nip: account_id or 0 for nip, account_id in people}
    return [of_nip[nip] for nip in active_lockouts(session, of_nip)]


def clear_lockout(session: Session, nip: str) -> bool:
    """Whether there was one."""
    found = bool(active_lockouts(session, [nip]))
    clear_failed_logins(session, nip_key(nip))
    return found
