"""Outgoing mail as admins see it: status only, without bodies, addresses masked."""

from __future__ import annotations

from dataclasses import dataclass
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
from mysapk_web.platform.rules.timezones import format_moment
from mysapk_web.platform.tables.outbox import OutboxMail, OutboxState

GONE: Final = "Surat tidak ditemukan di wilayah Anda. Mungkin penerimanya sudah pindah unit atau instansi."


@dataclass(frozen=True, slots=True)
class MailFilter:
    state: OutboxState | None = None
    kind: str = ""
    nip: str = ""


@dataclass(frozen=True, slots=True)
class MailRow:
    """`recipient` is masked; `reason` is that of the last failure."""

    id: int
    kind: str
    state: OutboxState
    name: str
    nip: str
    recipient: str
    written: str
    progress: str
    reason: str
    can_retry: bool
    revision: int


@dataclass(frozen=True, slots=True)
class MailHistoryEntry:
    """A mail on the page of its recipient's account."""

    written: str
    kind: str
    state: OutboxState
    note: str


def list_mail(session: Session, actor: Actor, narrowed: MailFilter, page: int = 1) -> Page[MailRow]:
    """Newest first. Mail to nobody belongs to no scope and is not listed."""
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


def account_mail(
    session: Session, actor: Actor, account_id: int, timezone: str, *, limit: int
) -> list[MailHistoryEntry]:
    """Mail to one account, newest first, as far as an agency in the actor's scope sent it. The caller has checked the person."""
    actor.require(Permission.OUTBOX_READ)
    rows = session.exec(
        select(OutboxMail)
        .where(OutboxMail.account_id == account_id, _of_agency(actor, Permission.OUTBOX_READ))
        .order_by(col(OutboxMail.id).desc())
        .limit(limit)
    ).all()
    return [
        MailHistoryEntry(
            format_moment(mail.created_at, timezone), mail_kind_label(mail.template), mail.state, _note(mail, timezone)
        )
        for mail in rows
    ]


def retry_mail(session: Session, actor: Actor, *, mail_id: int, seen: int = 0) -> None:
    """Requeues a failed mail with all its attempts. One that no longer makes sense, such as a dead token, is dropped before sending."""
    actor.require(Permission.RESET_START)
    account_id = session.exec(
        select(OutboxMail.account_id).where(OutboxMail.id == mail_id, _of_agency(actor, Permission.RESET_START))
    ).one_or_none()
    if account_id is None:
        raise NotFoundError("mail outside the scope", GONE)
    # Like any action on an account: the mail may carry a token.
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
    """Narrows by the mail's own agency, so that no other mail is read; people are narrowed separately."""
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
    mail, account_id, name, nip, email_key, timezone = row
    email = mail.recipient or email_key
    another = mail.state is OutboxState.FAILED and account_id != actor.account_id
    return MailRow(
        id=mail.pk,
        kind=mail_kind_label(mail.template),
        state=mail.state,
        name=name,
        nip=nip,
        recipient=mask_email(email) if email else "",
        written=format_moment(mail.created_at, timezone),
        progress=_progress(mail, timezone),
        reason=mail.last_error,
        can_retry=may_retry and another and managed_account.may_manage(actor, session, account_id),
        revision=revision,
    )


def _progress(mail: OutboxMail, timezone: str) -> str:
    if mail.sent_at is not None:
        return f"Terkirim {format_moment(mail.sent_at, timezone)}"
    tried = f"{mail.attempts} kali dicoba"
    return f"{tried}; berikutnya {format_moment(mail.due_at, timezone)}" if mail.state is OutboxState.PENDING else tried


def _note(mail: OutboxMail, timezone: str) -> str:
    if mail.sent_at is not None:
        return f"Diterima server email pada {format_moment(mail.sent_at, timezone)}."
    tried = f"{mail.attempts} kali dicoba. " if mail.attempts else ""
    return f"{tried}{mail.last_error}".strip()
