"""The outbox as admins see it: what became of the mails to the people of the scope. No bodies, no addresses in clear."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from mysapk_web.administration import managed_account
from mysapk_web.organisation import revisions
from mysapk_web.organisation.actor import Actor, NotFoundError
from mysapk_web.organisation.audit_events import MailResent
from mysapk_web.organisation.rules.email import mask_email
from mysapk_web.organisation.rules.nip import NipError, normalise_nip
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.organisation.scope import agency_in_scope, people_in_scope
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Instansi, Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import clock
from mysapk_web.platform.errors import UserError
from mysapk_web.platform.mail.queue import MailKind
from mysapk_web.platform.pagination import Page, paginate
from mysapk_web.platform.tables.outbox import OutboxMail, OutboxState

GONE: Final = "Surat tidak ditemukan di wilayah Anda. Mungkin penerimanya sudah pindah unit atau instansi."


@dataclass(frozen=True, slots=True)
class MailFilter:
    """What the list is narrowed to; None or empty for everything."""

    state: OutboxState | None = None
    kind: str = ""
    nip: str = ""


@dataclass(frozen=True, slots=True)
class MailRow:
    """One mail.

    Attributes:
        due_at: When the next attempt is due; None when there is none.
        reason: Why it failed or was not sent; of a waiting one, what the last attempt met.
        can_retry: It was given up, and the actor may have it tried anew.
    """

    id: int
    kind: str
    state: OutboxState
    name: str
    nip: str
    recipient: str
    created_at: datetime
    due_at: datetime | None
    sent_at: datetime | None
    attempts: int
    reason: str
    timezone: str
    can_retry: bool
    revision: int


@dataclass(frozen=True, slots=True)
class MailHistoryEntry:
    """One letter as the page of the account that it went to tells it: which, and what became of it; never its words."""

    at: datetime
    kind: str
    state: OutboxState
    sent_at: datetime | None
    attempts: int
    fault: str


def list_mail(session: Session, actor: Actor, narrowed: MailFilter, page: int = 1) -> Page[MailRow]:
    """Mails to the people of the scope, the newest first. Those written for nobody belong to nobody and are not shown.

    Raises:
        PermissionDenied: No permission.
        UserError: A NIP that is none.
    """
    actor.require(Permission.OUTBOX_READ)
    columns: tuple[Any, ...] = (OutboxMail, Account.id, Pegawai.name, Pegawai.nip, Pegawai.email_key, Instansi.timezone)
    found = _joined(sql_select(*columns)).where(
        _of_agency(actor, Permission.OUTBOX_READ),
        people_in_scope(actor, Permission.OUTBOX_READ),
        *_conditions(narrowed),
    )
    found_page = paginate(session, found, page, col(OutboxMail.id).desc())
    may_retry = actor.may(Permission.RESET_START)
    failed = {row[1] for row in found_page.items if row[0].state is OutboxState.FAILED}
    newest = revisions.revisions_by_account(session, revisions.of_mail(failed)) if failed else {}
    return found_page.map(lambda row: _row(session, row, may_retry, actor, newest.get(row[1], 0)))


def account_mail(session: Session, actor: Actor, account_id: int, *, limit: int) -> list[MailHistoryEntry]:
    """The letters to one account, the newest first, as far as an agency of the actor had them written.

    Args:
        account_id: Of a person whom the caller has found within the scope.

    Raises:
        PermissionDenied: No permission.
    """
    actor.require(Permission.OUTBOX_READ)
    rows = session.exec(
        select(OutboxMail)
        .where(OutboxMail.account_id == account_id, _of_agency(actor, Permission.OUTBOX_READ))
        .order_by(col(OutboxMail.id).desc())
        .limit(limit)
    ).all()
    return [
        MailHistoryEntry(
            at=mail.created_at,
            kind=mail_kind_label(mail.template),
            state=mail.state,
            sent_at=mail.sent_at,
            attempts=mail.attempts,
            fault=mail.last_error,
        )
        for mail in rows
    ]


def retry_mail(session: Session, actor: Actor, *, mail_id: int, seen: int = 0) -> None:
    """Send a mail that was given up once more, with all its attempts.

    A letter that has lost its meaning, such as a token that died meanwhile, is found out right before it is sent.

    Raises:
        PermissionDenied: No permission.
        NotFoundError: No such mail within the scope.
        StaleRevisionError: Another admin has sent it meanwhile.
        UserError: It was not given up, or the account holds a role that the actor can't give.
    """
    actor.require(Permission.RESET_START)
    account_id = session.exec(
        select(OutboxMail.account_id).where(OutboxMail.id == mail_id, _of_agency(actor, Permission.RESET_START))
    ).one_or_none()
    if account_id is None:
        raise NotFoundError("mail outside the scope", GONE)
    # As every act on somebody's account: a letter may carry a token.
    account, pegawai = managed_account.get_managed_account(
        session, account_id, actor, Permission.RESET_START, seen=None
    )
    revisions.require_current(session, actor, revisions.of_mail(account_id), seen)
    mail = session.exec(
        select(OutboxMail).where(OutboxMail.id == mail_id).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    if mail is None or mail.state is not OutboxState.FAILED:
        raise UserError("Surat ini sudah tidak berstatus gagal. Muat ulang daftar untuk melihat keadaannya.")
    mail.state, mail.attempts, mail.due_at, mail.last_error = OutboxState.PENDING, 0, clock.now(), ""
    session.add(mail)
    managed_account.audit_on(session, MailResent(mail_id=mail_id, letter=mail.template), account, pegawai, actor)


def mail_kind_label(template: str) -> str:
    """What a letter is called."""
    return MailKind(template).label if template in set(MailKind) else template


def _joined(found: Any) -> Any:
    return (
        found.select_from(OutboxMail)
        .join(Account, col(Account.id) == OutboxMail.account_id)
        .join(Pegawai, col(Pegawai.id) == Account.pegawai_id)
        .join(Unor, col(Unor.id) == Pegawai.unor_id)
        .join(Instansi, col(Instansi.id) == Pegawai.instansi_id)
    )


def _of_agency(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """The agencies of the scope by the mail itself, so that no other mail is looked at; the people are limited beside it."""
    return agency_in_scope(actor, permission, col(OutboxMail.instansi_id))


def _conditions(narrowed: MailFilter) -> list[Any]:
    wanted: list[Any] = []
    if narrowed.state is not None:
        wanted.append(col(OutboxMail.state) == narrowed.state)
    if narrowed.kind:
        wanted.append(col(OutboxMail.template) == narrowed.kind)
    if narrowed.nip:
        try:
            wanted.append(col(Pegawai.nip) == normalise_nip(narrowed.nip))
        except NipError as error:
            raise UserError(str(error), "nip") from None
    return wanted


def _row(session: Session, row: Any, may_retry: bool, actor: Actor, revision: int) -> MailRow:
    mail, account_id, nama, nip, email_key, zona = row
    address = mail.recipient or email_key
    waits = mail.state is OutboxState.PENDING
    another = mail.state is OutboxState.FAILED and account_id != actor.account_id
    return MailRow(
        id=mail.id or 0,
        kind=mail_kind_label(mail.template),
        state=mail.state,
        name=nama,
        nip=nip,
        recipient=mask_email(address) if address else "",
        created_at=mail.created_at,
        due_at=mail.due_at if waits else None,
        sent_at=mail.sent_at,
        attempts=mail.attempts,
        reason=mail.last_error,
        timezone=zona,
        can_retry=may_retry and another and managed_account.may_manage(actor, session, account_id),
        revision=revision,
    )
