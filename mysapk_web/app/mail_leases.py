"""The dispatcher's view of the outbox: claiming mails under a lease and marking the outcome.

Marks are set right after each send in a separate transaction, so that a killed process leaves at most one mail sent and
unmarked.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, update
from sqlmodel import Session, col, select

from mysapk_web.app import mail_context_reader
from mysapk_web.app.mail_context_reader import SkippedMail
from mysapk_web.organisation import audit
from mysapk_web.organisation.audit_events import MailFailed
from mysapk_web.platform import clock
from mysapk_web.platform.mail.context import MailContext
from mysapk_web.platform.mail.queue import MailKind
from mysapk_web.platform.tables.outbox import OutboxMail, OutboxState

MAX_ATTEMPTS = 30
"""With `retry_after` the last attempt comes after 18 to 24 hours."""

LONGEST_WAIT = timedelta(hours=1)

_FIRST_WAIT = timedelta(seconds=40)
_JITTER = 0.25
"""Random shortening of a wait, so that mails that failed together are not retried together."""

_CRASHED = "Pengiriman terputus sebelum hasilnya diketahui."
_random = secrets.SystemRandom()


@dataclass(frozen=True, slots=True)
class ClaimedMail:
    mail_id: int
    kind: MailKind
    context: MailContext


def retry_after(attempts: int) -> timedelta:
    """30 to 40 s at first, doubled each time, at most an hour."""
    longest = min(_FIRST_WAIT * 2 ** min(attempts - 1, 10), LONGEST_WAIT)
    return timedelta(seconds=longest.total_seconds() * (1 - _JITTER * _random.random()))


# Claiming ----------------------------------------------------------------------------------------


def has_due_mail(session: Session) -> bool:
    """Reads only, so that idle dispatchers leave the write lock alone."""
    now = clock.now()
    due = (col(OutboxMail.state) == OutboxState.PENDING) & (col(OutboxMail.due_at) <= now)
    return session.exec(select(OutboxMail.id).where(or_(due, _lapsed(now))).limit(1)).first() is not None


def claim(session: Session, worker: str, *, limit: int, lease: timedelta) -> list[int]:
    """Lease the oldest due mails; gives their ids in order.

    Mails whose lease expired (their process died) are released first; that counts as an attempt, so that a mail that kills
    its process can't do so forever.
    """
    now = clock.now()
    session.execute(
        update(OutboxMail)
        .where(_lapsed(now))
        .values(
            state=OutboxState.PENDING,
            attempts=col(OutboxMail.attempts) + 1,
            claimed_until=None,
            claimed_by="",
            last_error=_CRASHED,
        )
        .execution_options(synchronize_session=False)
    )
    # A CTE: PostgreSQL might run a plain subquery with LIMIT more than once and take more than asked for.
    due = (
        select(OutboxMail.id)
        .where(col(OutboxMail.state) == OutboxState.PENDING, col(OutboxMail.due_at) <= now)
        .order_by(col(OutboxMail.due_at), col(OutboxMail.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    taken = session.execute(
        update(OutboxMail)
        .where(col(OutboxMail.id).in_(select(due.c.id)))
        .values(state=OutboxState.SENDING, claimed_until=now + lease, claimed_by=worker)
        .returning(col(OutboxMail.due_at), col(OutboxMail.id))
        .execution_options(synchronize_session=False)
    )
    return [mail_id for _, mail_id in sorted((due_at, mail_id) for due_at, mail_id in taken)]


def renew(session: Session, worker: str, mail_ids: Iterable[int], *, lease: timedelta) -> set[int]:
    """Extend the lease; gives the mails still held, the others may be with another dispatcher."""
    now = clock.now()
    kept = session.execute(
        update(OutboxMail)
        .where(*_held(worker, mail_ids), col(OutboxMail.claimed_until) > now)
        .values(claimed_until=now + lease)
        .returning(col(OutboxMail.id))
        .execution_options(synchronize_session=False)
    )
    return set(kept.scalars())


def release(session: Session, worker: str, mail_ids: Iterable[int], *, reason: str = "") -> None:
    """Give back mails that were not tried; no attempt is counted."""
    values: dict[str, Any] = {"state": OutboxState.PENDING, "claimed_until": None, "claimed_by": ""}
    if reason:
        values["last_error"] = reason
    session.execute(
        update(OutboxMail).where(*_held(worker, mail_ids)).values(**values).execution_options(synchronize_session=False)
    )


# Reading -----------------------------------------------------------------------------------------


def prepare(session: Session, worker: str, mail_id: int) -> ClaimedMail | SkippedMail | None:
    """The claimed mail with its context, the reason to skip it, or None when another dispatcher has it."""
    mail = session.exec(select(OutboxMail).where(*_held(worker, [mail_id]))).one_or_none()
    if mail is None:
        return None
    if mail.attempts >= MAX_ATTEMPTS:
        return SkippedMail(OutboxState.FAILED, mail.last_error or _CRASHED)
    if mail.template not in set(MailKind):
        return SkippedMail(OutboxState.FAILED, "Jenis surat tidak dikenal.")
    kind = MailKind(mail.template)
    context = mail_context_reader.read_context(session, kind, mail)
    return context if isinstance(context, SkippedMail) else ClaimedMail(mail_id, kind, context)


# Marking -----------------------------------------------------------------------------------------


def mark_sent(session: Session, mail_ids: Iterable[int]) -> None:
    """Whoever holds the claim by now: sent is sent."""
    session.execute(
        update(OutboxMail)
        .where(col(OutboxMail.id).in_(list(mail_ids)), col(OutboxMail.state) != OutboxState.SENT)
        .values(
            state=OutboxState.SENT,
            sent_at=clock.now(),
            attempts=col(OutboxMail.attempts) + 1,
            claimed_until=None,
            claimed_by="",
            last_error="",
        )
        .execution_options(synchronize_session=False)
    )


def mark_retry(session: Session, worker: str, mail_id: int, *, reason: str) -> OutboxState | None:
    """Schedule the next attempt, or give up after the last; None when another dispatcher has the mail."""
    mail = _own(session, worker, mail_id)
    if mail is None:
        return None
    mail.attempts += 1
    if mail.attempts >= MAX_ATTEMPTS:
        _close(session, mail, OutboxState.FAILED, reason)
    else:
        _free(mail, OutboxState.PENDING, reason)
        mail.due_at = clock.now() + retry_after(mail.attempts)
    return mail.state


def mark_rejected(session: Session, worker: str, mail_id: int, *, reason: str) -> None:
    mail = _own(session, worker, mail_id)
    if mail is not None:
        mail.attempts += 1
        _close(session, mail, OutboxState.FAILED, reason)


def mark_skipped(session: Session, worker: str, mail_id: int, withheld: SkippedMail) -> None:
    mail = _own(session, worker, mail_id)
    if mail is not None:
        _close(session, mail, withheld.state, withheld.reason)


def _close(session: Session, mail: OutboxMail, state: OutboxState, reason: str) -> None:
    _free(mail, state, reason)
    if state is OutboxState.FAILED:
        audit.record(
            session,
            MailFailed(mail_id=mail.id, letter=mail.template, error=mail.last_error, tries=mail.attempts),
            subject_id=mail.account_id,
        )


def _free(mail: OutboxMail, state: OutboxState, reason: str) -> None:
    mail.state = state
    mail.last_error = reason[:300]
    mail.claimed_until = None
    mail.claimed_by = ""


def _own(session: Session, worker: str, mail_id: int) -> OutboxMail | None:
    return session.exec(select(OutboxMail).where(*_held(worker, [mail_id])).with_for_update()).one_or_none()


def _held(worker: str, mail_ids: Iterable[int]) -> tuple[Any, ...]:
    return (
        col(OutboxMail.id).in_(list(mail_ids)),
        col(OutboxMail.state) == OutboxState.SENDING,
        col(OutboxMail.claimed_by) == worker,
    )


def _lapsed(now: datetime) -> Any:
    return (col(OutboxMail.state) == OutboxState.SENDING) & (col(OutboxMail.claimed_until) <= now)
