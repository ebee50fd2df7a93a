"""The revision that a page would name if it had been loaded just now: what most tests act on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlmodel import Session, col, select

from mysapk_web.administration import announcements, email_correction, email_policy, email_requests, mail_log
from mysapk_web.administration.people import accounts
from mysapk_web.administration.people.accounts import (
    approve_cpns,
    cancel_reset_tokens,
    disable_account,
    enable_account,
    remove_second_factor,
    revoke_account_sessions,
    send_reset_token,
)
from mysapk_web.administration.people.grants import grant_role, revoke_role
from mysapk_web.administration.tables.email_request import EmailRequest
from mysapk_web.organisation import revisions
from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.tables.account import Account, RoleGrant
from mysapk_web.platform.rules.row_id import parse_row_id
from mysapk_web.platform.tables.outbox import OutboxMail

_ON_AN_ACCOUNT = (
    approve_cpns,
    accounts.unlock_account,
    send_reset_token,
    cancel_reset_tokens,
    revoke_account_sessions,
    disable_account,
    enable_account,
    grant_role,
    email_correction.correct_email,
)


def newest(session: Session, use_case: Callable[..., Any], args: tuple[Any, ...], given: Mapping[str, Any]) -> int:
    """The revision of what a use case acts on; 0 for one that names none."""
    changes = _changes(session, use_case, args, given)
    return 0 if changes is None else revisions.current_revision(session, changes)


def _changes(
    session: Session, use_case: Callable[..., Any], args: tuple[Any, ...], given: Mapping[str, Any]
) -> revisions.Changes | None:
    if use_case in _ON_AN_ACCOUNT:
        return revisions.of_account(given["account_id"])
    if use_case is remove_second_factor:
        return revisions.of_second_factor(given["account_id"])
    if use_case is revoke_role:
        return revisions.of_account(session.exec(_owner(RoleGrant, given["grant_id"])).first() or 0)
    if use_case is mail_log.retry_mail:
        return revisions.of_mail(session.exec(_owner(OutboxMail, given["mail_id"])).first() or 0)
    if use_case in (email_requests.accept_request, email_requests.reject_request):
        whose = select(Account.id).join(EmailRequest, col(EmailRequest.pegawai_id) == Account.pegawai_id)
        return revisions.of_account(session.exec(whose.where(EmailRequest.id == given["request_id"])).first() or 0)
    if use_case is email_policy.set_policy:
        actor: Actor = args[0]
        return revisions.of_policy(actor.instansi_id)
    if use_case in (announcements.edit, announcements.retract):
        return revisions.of_announcement(given["announcement_id"])
    if use_case is announcements.save_contact:
        key: str = args[1]
        return revisions.of_contact(None if key == revisions.NATIONAL else parse_row_id(key[1:]))
    return None


def _owner(table: type[RoleGrant] | type[OutboxMail], number: int) -> Any:
    return select(table.account_id).where(table.id == number)
