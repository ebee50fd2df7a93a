"""What is deleted, and when: nothing about a person is kept longer than needed (ASVS 14.2.7). The audit log stays."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, select
from sqlmodel import Session, SQLModel, col

from mysapk_web.accounts.tables import EmailChangeRequest, LoginTicket, ResetBinding, ResetRequest, UserSession
from mysapk_web.administration.tables.email_request import EmailRequest, RequestState
from mysapk_web.platform import clock, executors
from mysapk_web.platform.imports import upload_store
from mysapk_web.platform.imports.rules import RunState
from mysapk_web.platform.imports.tables import ImportRow, ImportRun
from mysapk_web.platform.tables import counter
from mysapk_web.platform.tables.outbox import OutboxMail, OutboxState
from mysapk_web.settings import get_settings

REQUESTS = timedelta(days=7)
"""Token requests of either kind: long enough for the helpdesk to look into them."""
SESSIONS = timedelta(days=90)
"""Ended sessions: known devices, for the e-mail about a new one."""
MAILS = timedelta(days=90)
"""Finished mails; failed ones stay until an admin has dealt with them."""
IMPORTS = timedelta(days=90)
"""Imports with their rows: as long as somebody may want to undo one."""
EMAIL_REQUESTS = timedelta(days=90)
"""Decided requests for another address, and those that concern nobody."""

UPLOADS = timedelta(hours=24)
"""Uploaded lists without an import."""

_DONE = (OutboxState.SENT, OutboxState.OBSOLETE)
_BATCH = 5_000
"""Rows per step, so that no writer waits long."""


async def tidy() -> bool:
    """Delete one batch, and finally what interrupted uploads left behind; true when more waits."""
    if await executors.run_in_transaction(sweep):
        return True
    await asyncio.to_thread(upload_store.clear, get_settings().document_dir, clock.now() - UPLOADS)
    return False


def sweep(session: Session) -> int:
    """Delete one batch; gives the number of rows."""
    now = clock.now()
    return (
        counter.sweep(session, now)
        + _remove(session, LoginTicket, col(LoginTicket.ref), col(LoginTicket.expires_at) <= now)
        + _remove(session, ResetBinding, col(ResetBinding.browser), col(ResetBinding.bound_at) <= now - REQUESTS)
        + _remove(session, ResetRequest, col(ResetRequest.id), _request_is_old(now))
        + _remove(
            session,
            EmailChangeRequest,
            col(EmailChangeRequest.id),
            col(EmailChangeRequest.created_at) <= now - REQUESTS,
        )
        + _remove(session, UserSession, col(UserSession.ref), col(UserSession.expires_at) <= now - SESSIONS)
        + _remove(
            session,
            OutboxMail,
            col(OutboxMail.id),
            col(OutboxMail.state).in_(_DONE) & (col(OutboxMail.created_at) <= now - MAILS),
        )
        + _remove(session, EmailRequest, col(EmailRequest.id), _email_request_is_old(now))
        + _remove_import(session, now)
    )


def _email_request_is_old(now: datetime) -> ColumnElement[bool]:
    done = (col(EmailRequest.state) != RequestState.OPEN) | col(EmailRequest.pegawai_id).is_(None)
    return done & (col(EmailRequest.created_at) <= now - EMAIL_REQUESTS)


def _remove_import(session: Session, now: datetime) -> int:
    """A batch of rows of the oldest import, and the import once it has none. One that was discarded keeps none of them."""
    kept = select(col(ImportRow.run_id)).where(col(ImportRow.run_id) == col(ImportRun.id)).exists()
    discarded = (col(ImportRun.state) == RunState.DISCARDED) & kept
    old = col(ImportRun.created_at) <= now - IMPORTS
    found = select(col(ImportRun.id)).where(old | discarded).order_by(col(ImportRun.id)).limit(1)
    run_id = session.execute(found).scalar_one_or_none()
    if run_id is None:
        return 0
    of_run = col(ImportRow.run_id) == run_id
    batch = select(col(ImportRow.position)).where(of_run).limit(_BATCH)
    gone: Any = session.execute(delete(ImportRow).where(of_run, col(ImportRow.position).in_(batch)))
    if gone.rowcount:
        return int(gone.rowcount)
    gone = session.execute(delete(ImportRun).where(col(ImportRun.id) == run_id, old))
    return int(gone.rowcount)


def _request_is_old(now: datetime) -> ColumnElement[bool]:
    bound = select(col(ResetBinding.request_id))
    return (col(ResetRequest.created_at) <= now - REQUESTS) & col(ResetRequest.id).not_in(bound)


def _remove(session: Session, table: type[SQLModel], key: Any, condition: Any) -> int:
    batch = select(key).where(condition).limit(_BATCH)
    return len(session.execute(delete(table).where(key.in_(batch)).returning(key)).all())
