"""The revision that a page would name if it had been loaded just now: what most tests act on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlmodel import Session, col, select

from mysapk_web.domain.number import number_of
from mysapk_web.models import Account, EmailRequest, OutboxMail, RoleGrant
from mysapk_web.services import announcements, email_policy, email_repair, email_requests, mail_log, people, revisions
from mysapk_web.services.actor import Actor

_ON_AN_ACCOUNT = (
    people.approve_cpns,
    people.unlock,
    people.start_reset,
    people.cancel_reset,
    people.end_sessions,
    people.disable_account,
    people.enable_account,
    people.grant_role,
    email_repair.repair,
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
    if use_case is people.remove_second_factor:
        return revisions.of_second_factor(given["account_id"])
    if use_case is people.revoke_role:
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
