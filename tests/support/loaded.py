"""The revision that a page would name if it had been loaded just now: what most tests act on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlmodel import Session, col, select

from mysapk_web.administration import announcements, email_correction, email_policy, email_requests, mail_log
from mysapk_web.administration.people import accounts
from mysapk_web.administration.people.accounts import (
    approve_cpns,
    cancel_reset,
    disable_account,
    enable_account,
    end_sessions,
    remove_second_factor,
    start_reset,
)
from mysapk_web.administration.people.grants import grant_role, revoke_role
from mysapk_web.administration.tables.email_request import EmailRequest
from mysapk_web.organisation import revisions
from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.tables.account import Account, RoleGrant
from mysapk_web.platform.rules.row_id import number_of
from mysapk_web.platform.tables.outbox import OutboxMail

_ON_AN_ACCOUNT = (
    approve_cpns,
    accounts.unlock,
    start_reset,
    cancel_reset,
    end_sessions,
    disable_account,
    enable_account,
    grant_role,
    email_correction.repair,
)


def newest(session: Session, use_case: Callable[..., Any], args: tuple[Any, ...], given: Mapping[str, Any]) -> int:
    """The revision of what a use case acts on; 0 for one that names none."""
    changes = _changes(session, use_case, args, given)
    return 0 if changes is None else revisions.current(session, changes)


def _changes(
    session: Session, use_case: Callable[..., Any], args: tuple[Any, ...], given: Mapping[str, Any]
) -> revisions.Changes | None:
    if use_case in _ON_AN_ACCOUNT:
        return revisions.of_account(given["account_id"])
    if use_case is remove_second_factor:
        return revisions.of_second_factor(given["account_id"])
    if use_case is revoke_role:
        return revisions.of_account(session.exec(_owner(RoleGrant, given["grant_id"])).first() or 0)
    if use_case is mail_log.retry:
        return revisions.of_mail(session.exec(_owner(OutboxMail, given["mail_id"])).first() or 0)
    if use_case in (email_requests.accept, email_requests.refuse):
        whose = select(Account.id).join(EmailRequest, col(EmailRequest.pegawai_id) == Account.pegawai_id)
        return revisions.of_account(session.exec(whose.where(EmailRequest.id == given["request_id"])).first() or 0)
    if use_case is email_policy.change:
        actor: Actor = args[0]
        return revisions.of_policy(actor.instansi_id)
    if use_case in (announcements.edit, announcements.end):
        return revisions.of_announcement(given["announcement_id"])
    if use_case is announcements.save_contact:
        key: str = args[1]
        return revisions.of_contact(None if key == revisions.NATIONAL else number_of(key[1:]))
    return None


def _owner(table: type[RoleGrant] | type[OutboxMail], number: int) -> Any:
    return select(table.account_id).where(table.id == number)
