"""From a right password to a session: the code step of a page, and the ticket it redeems at `POST /sesi` (decision 0002).

A ticket is 256 random bits, of which the database knows only the SHA-256.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import delete
from sqlmodel import Session, col

from mysapk_web.accounts.sessions import NewSession, hash_secret, open_session, revoke_sessions
from mysapk_web.accounts.tables import LoginTicket
from mysapk_web.organisation.tables.account import Account
from mysapk_web.platform import clock
from mysapk_web.platform.client import ClientContext
from mysapk_web.platform.upsert import insert_or_update
from mysapk_web.settings import Settings

TICKET_LIFE = timedelta(minutes=2)
"""A page redeems its ticket within a second; two minutes allow for a slow connection."""

CODE_LIFE = timedelta(minutes=10)
"""Time to fetch the phone and type the authenticator code (ASVS 6.5.5)."""


def issue_login_ticket(
    session: Session, account: Account, client: ClientContext, *, second_factor: bool = False
) -> str:
    """The ticket is for the page that logged in, once; it never goes into state, URL or log."""
    ticket = secrets.token_urlsafe(32)
    session.add(
        LoginTicket(
            ref=hash_secret(ticket),
            browser=client.browser_ref,
            account_id=account.pk,
            account_version=account.version,
            expires_at=clock.now() + TICKET_LIFE,
            second_factor=second_factor,
        )
    )
    return ticket


def start_code_step(session: Session, account: Account, client: ClientContext) -> None:
    """It belongs to the page: another page with the same cookie can't use up its tries."""
    pending = LoginTicket(
        ref=_page_ref(client),
        browser=client.browser_ref,
        account_id=account.pk,
        account_version=account.version,
        expires_at=clock.now() + CODE_LIFE,
        needs_code=True,
    )
    insert_or_update(session, pending, "ref")


def pending_code_step(session: Session, client: ClientContext) -> LoginTicket | None:
    pending = session.get(LoginTicket, _page_ref(client))
    return pending if pending is not None and pending.needs_code and pending.expires_at > clock.now() else None


def finish_code_step(session: Session, pending: LoginTicket) -> bool:
    """False when another code of the same page was faster."""
    finished = session.execute(
        delete(LoginTicket).where(col(LoginTicket.ref) == pending.ref).returning(col(LoginTicket.ref))
    ).one_or_none()
    return finished is not None


def _page_ref(client: ClientContext) -> str:
    return hash_secret(f"{client.browser_ref} {client.page_ref}")


def redeem_login_ticket(session: Session, settings: Settings, client: ClientContext, ticket: str) -> NewSession | None:
    """Works once, and only with the pre-session cookie of the browser that logged in."""
    redeemed = session.execute(
        delete(LoginTicket)
        .where(
            col(LoginTicket.ref) == hash_secret(ticket),
            col(LoginTicket.browser) == client.browser_ref,
            col(LoginTicket.needs_code).is_(False),
            col(LoginTicket.expires_at) > clock.now(),
        )
        .returning(
            col(LoginTicket.account_id),
            col(LoginTicket.account_version),
            col(LoginTicket.second_factor),
        )
    ).one_or_none()
    account = session.get(Account, redeemed.account_id) if redeemed else None
    if not client.browser_ref or redeemed is None or account is None:
        return None
    if account.version != redeemed.account_version or account.disabled_at is not None:
        return None
    if account.totp_confirmed_at is not None and not redeemed.second_factor:
        return None  # the factor came into force after this login had given its password
    if client.session_ref:
        revoke_sessions(session, [client.session_ref], "diganti")
    return open_session(session, settings, account, client, second_factor=redeemed.second_factor)
