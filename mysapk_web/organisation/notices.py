"""Notices in the portal, and by e-mail as far as the person wants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rules.notice import MailChoice
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Instansi
from mysapk_web.organisation.tables.notice import Notice, NoticePreference
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import clock
from mysapk_web.platform.mail.queue import MailKind, enqueue
from mysapk_web.platform.pagination import Page, paginate

PAGE_SIZE: Final = 20
MAX_TITLE: Final = 200
MAX_TEXT: Final = 1000


@dataclass(frozen=True, slots=True)
class NoticeView:
    id: int
    at: datetime
    title: str
    text: str
    path: str
    asks_action: bool
    read: bool
    timezone: str


def notify(
    session: Session,
    account_id: int,
    *,
    title: str,
    text: str,
    path: str = "",
    asks_action: bool = False,
    by_mail: bool = True,
) -> Notice:
    """Notify a person in the transaction of the cause, also by e-mail unless they opted out or have no address.

    Security e-mails are separate and always go.

    Args:
        by_mail: False for what the person did themselves a moment ago.
    """
    told = Notice(
        account_id=account_id,
        at=clock.now(),
        title=_cut(title, MAX_TITLE),
        text=_cut(text, MAX_TEXT),
        path=path,
        asks_action=asks_action,
    )
    session.add(told)
    if by_mail and wants_mail(session, account_id, asks_action=asks_action):
        enqueue(
            session,
            MailKind.NOTICE,
            account_id=account_id,
            title=told.title,
            text=told.text,
            path=path,
            asks=asks_action,
        )
    return told


def list_notices(session: Session, actor: Actor, page: int = 1) -> Page[NoticeView]:
    timezone = session.exec(select(Instansi.timezone).where(Instansi.id == actor.instansi_id)).one()
    mine = select(Notice).where(Notice.account_id == actor.account_id)
    order = (col(Notice.at).desc(), col(Notice.id).desc())
    found = paginate(session, mine, page, *order, size=PAGE_SIZE, unlimited=True)
    return found.map(
        lambda row: NoticeView(
            id=row.pk,
            at=row.at,
            title=row.title,
            text=row.text,
            path=row.path,
            asks_action=row.asks_action,
            read=row.read_at is not None,
            timezone=timezone,
        )
    )


def unread_count(session: Session, actor: Actor) -> int:
    return session.exec(
        select(func.count())
        .select_from(Notice)
        .where(Notice.account_id == actor.account_id, col(Notice.read_at).is_(None))
    ).one()


def mark_read(session: Session, actor: Actor, *, notice_id: int | None = None) -> int:
    """Mark one of the actor's notices as read, or all (None)."""
    marked = (
        update(Notice)
        .where(col(Notice.account_id) == actor.account_id, col(Notice.read_at).is_(None))
        .values(read_at=clock.now())
        .returning(col(Notice.id))
    )
    if notice_id is not None:
        marked = marked.where(col(Notice.id) == notice_id)
    return len(session.execute(marked, execution_options={"synchronize_session": False}).all())


def mail_choice(session: Session, actor: Actor) -> MailChoice:
    return _choice(session, actor.account_id)


def set_mail_choice(session: Session, actor: Actor, choice: MailChoice) -> None:
    session.merge(NoticePreference(account_id=actor.account_id, mails=choice, changed_at=clock.now()))


def wants_mail(session: Session, account_id: int, *, asks_action: bool) -> bool:
    """Whether there is an address, the account is enabled, and the person wants this kind."""
    address = session.exec(
        select(Pegawai.email_key)
        .join(Account, col(Account.pegawai_id) == Pegawai.id)
        .where(Account.id == account_id, col(Account.disabled_at).is_(None))
    ).one_or_none()
    return bool(address) and _choice(session, account_id).takes(asks_action=asks_action)


def _choice(session: Session, account_id: int) -> MailChoice:
    stated = session.get(NoticePreference, account_id)
    return MailChoice.EVERY_STEP if stated is None else stated.mails


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"
