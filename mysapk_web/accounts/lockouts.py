"""The waits that failed logins have earned, as admins see and end them. They are counted by the rolls' NIP, never by what was typed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session, col, select

from mysapk_web.accounts.login import clear_failed_logins
from mysapk_web.organisation.rate_limiting import subject_key
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import clock
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.tables.audit import AuditEvent
from mysapk_web.platform.tables.counter import Counter
from mysapk_web.rate_limits import ACCOUNT_FAILURES, LOCKOUT_LONGEST_WAIT, OWNER_FAILURES
from mysapk_web.settings import get_settings

MAX_ACCOUNTS_CHECKED: Final = 1000
"""Accounts that are looked at for a wait; under a storm of wrong passwords the latest ones are."""


def active_lockouts(session: Session, nips: Iterable[str]) -> dict[str, datetime]:
    """Which of some people have to wait before the next login, and until when.

    Args:
        nips: Of people on the rolls, at most some hundreds at a time.
    """
    of_key = {f"{lockout.name}:{_subject(nip)}": nip for nip in nips for lockout in (ACCOUNT_FAILURES, OWNER_FAILURES)}
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
    """The accounts, of all agencies, whose wait runs now; the caller's query limits them to its scope.

    Counters are kept by a keyed hash that nothing leads back from, so those are looked at whose login failed lately: a wait begins
    with a failure and lasts no longer than a quarter of an hour.
    """
    lately = clock.now() - LOCKOUT_LONGEST_WAIT - timedelta(seconds=5)
    # By time, which has an index: by number, PostgreSQL would walk back through a trail of which hardly anything is a failure.
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
    """Forget the failures of a person, and with them the wait."""
    found = bool(active_lockouts(session, [nip]))
    clear_failed_logins(session, _subject(nip))
    return found


def _subject(nip: str) -> str:
    return subject_key(get_settings().key("counters"), f"nip:{nip}")
