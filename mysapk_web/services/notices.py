"""What a person is told in the portal, and by mail when something has to be done (DESIGN 5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from mysapk_web.models import Account, Instansi, Notice, NoticePreference, Pegawai
from mysapk_web.services import clock
from mysapk_web.services.actor import Actor
from mysapk_web.services.outbox import Letter, enqueue
from mysapk_web.services.paging import Page, page_of

PAGE_SIZE: Final = 20
MAX_TITLE: Final = 200
MAX_TEXT: Final = 1000


@dataclass(frozen=True, slots=True)
class NoticeView:
    """One notice.

    Attributes:
        path: Where it leads inside the portal; empty for nowhere.
        asks_action: The person has to do something.
        zona: Zone of the agency.
    """

    id: int
    at: datetime
    title: str
    text: str
    path: str
    asks_action: bool
    read: bool
    zona: str


def notify(
    session: Session, account_id: int, *, title: str, text: str, path: str = "", asks_action: bool = False
) -> Notice:
    """Tell a person something, in the transaction of what caused it.

    What asks for an act also goes by mail, unless the person switched that off or has no address. Letters of security have
    nothing to do with this and always go.

    Args:
        session: The transaction of the cause.
        account_id: Whom.
        title: A few words; what is longer than 200 characters is cut.
        text: One to three sentences; what is longer than 1,000 characters is cut.
        path: Where it leads inside the portal, beginning with a slash.
        asks_action: Whether the person has to do something.
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
    if asks_action and _wants_mail(session, account_id):
        enqueue(session, Letter.NOTICE, account_id=account_id, title=told.title, text=told.text, path=path)
    return told


def notices(session: Session, actor: Actor, page: int = 1) -> Page[NoticeView]:
    """The notices of the actor, the newest first.

    Args:
        session: Any transaction.
        actor: Whose.
        page: From 1; one that doesn't exist gives the nearest that does.
    """
    zona = session.exec(select(Instansi.zona).where(Instansi.id == actor.instansi_id)).one()
    mine = select(Notice).where(Notice.account_id == actor.account_id)
    found = page_of(session, mine, page, PAGE_SIZE, col(Notice.at).desc(), col(Notice.id).desc())
    return found.map(
        lambda row: NoticeView(
            id=row.id or 0,
            at=row.at,
            title=row.title,
            text=row.text,
            path=row.path,
            asks_action=row.asks_action,
            read=row.read_at is not None,
            zona=zona,
        )
    )


def unread(session: Session, actor: Actor) -> int:
    """How many notices the actor has not read.

    Args:
        session: Any transaction.
        actor: Whose.
    """
    return session.exec(
        select(func.count())
        .select_from(Notice)
        .where(Notice.account_id == actor.account_id, col(Notice.read_at).is_(None))
    ).one()


def mark_read(session: Session, actor: Actor, *, notice_id: int | None = None) -> int:
    """Mark a notice of the actor as read, or all of them.

    Args:
        session: Any transaction.
        actor: Whose.
        notice_id: Which; None for all. One that is not the actor's is left alone.

    Returns:
        How many were unread until now.
    """
    marked = (
        update(Notice)
        .where(col(Notice.account_id) == actor.account_id, col(Notice.read_at).is_(None))
        .values(read_at=clock.now())
        .returning(col(Notice.id))
    )
    if notice_id is not None:
        marked = marked.where(col(Notice.id) == notice_id)
    return len(session.execute(marked, execution_options={"synchronize_session": False}).all())


def mail_preference(session: Session, actor: Actor) -> bool:
    """Whether notices that ask for an act also go to the actor by mail.

    Args:
        session: Any transaction.
        actor: Whose preference.
    """
    return _by_mail(session, actor.account_id)


def set_mail_preference(session: Session, actor: Actor, *, by_mail: bool) -> None:
    """Switch the mails for notices on or off. Letters of security always go.

    Args:
        session: Any transaction.
        actor: Whose preference.
        by_mail: On or off.
    """
    session.merge(NoticePreference(account_id=actor.account_id, by_mail=by_mail, changed_at=clock.now()))


def _wants_mail(session: Session, account_id: int) -> bool:
    address = session.exec(
        select(Pegawai.email_key)
        .join(Account, col(Account.pegawai_id) == Pegawai.id)
        .where(Account.id == account_id, col(Account.disabled_at).is_(None))
    ).one_or_none()
    return bool(address) and _by_mail(session, account_id)


def _by_mail(session: Session, account_id: int) -> bool:
    stated = session.get(NoticePreference, account_id)
    return stated is None or stated.by_mail


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"
