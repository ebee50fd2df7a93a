"""Invalidating whatever was issued before an e-mail, eligibility or role changed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, update
from sqlmodel import Session, col

from mysapk_web.accounts import one_time_tokens
from mysapk_web.accounts.tables import LoginTicket, ResetRequest, UserSession
from mysapk_web.organisation.tables.account import Account
from mysapk_web.platform import bulk, clock


def invalidate_credentials(
    session: Session, account_ids: Sequence[int], reason: str, *, keep_session: str = ""
) -> None:
    """Raise the version of accounts; their sessions, login tickets and reset tokens end.

    One statement each, however many accounts: imports change thousands at once. Accounts loaded before show the old version afterwards.
    `keep_session` is the session of a person who changes their own account: it continues under the new version.
    """
    now = clock.now()
    unsynchronised = {"synchronize_session": False}
    session.execute(
        update(Account)
        .where(bulk.one_of(session, col(Account.id), account_ids))
        .values(version=col(Account.version) + 1),
        execution_options=unsynchronised,
    )
    session.execute(
        update(UserSession)
        .where(bulk.one_of(session, col(UserSession.account_id), account_ids), col(UserSession.ended_at).is_(None))
        .where(col(UserSession.ref) != keep_session)
        .values(ended_at=now, end_reason=reason),
        execution_options=unsynchronised,
    )
    if keep_session:
        session.execute(
            update(UserSession)
            .where(col(UserSession.ref) == keep_session, col(UserSession.account_id).in_(account_ids))
            .values(account_version=col(UserSession.account_version) + 1),
            execution_options=unsynchronised,
        )
    session.execute(
        delete(LoginTicket).where(bulk.one_of(session, col(LoginTicket.account_id), account_ids)),
        execution_options=unsynchronised,
    )
    one_time_tokens.supersede(session, ResetRequest, bulk.one_of(session, col(ResetRequest.account_id), account_ids))
