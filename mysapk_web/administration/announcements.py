"""Announcements and helpdesk contacts of an agency, kept by its admins (pages `/admin/bantuan`, `/beranda`, `/bantuan`).

Both tell people where to turn: someone at an unattended screen could send a whole agency to a page of their own. So changing them requires
recent re-authentication.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from sqlmodel import Session, col, or_, select

from mysapk_web.accounts.security.reauthentication import require_reauthentication
from mysapk_web.administration.agency_scopes import COUNTRY, covers, find_scope, list_scopes, scope_key
from mysapk_web.administration.audit_events import Announced, AnnouncementChanged, AnnouncementEnded
from mysapk_web.organisation import audit, locks, revisions
from mysapk_web.organisation.actor import Actor, NotFoundError
from mysapk_web.organisation.audit_events import HelpChanged
from mysapk_web.organisation.help import NATIONAL_CONTACT, ContactView, contact_view, validate_contact
from mysapk_web.organisation.rules.period import YEARS, last_moment
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.organisation.tables.agency import HelpContact, Instansi
from mysapk_web.platform import clock
from mysapk_web.platform.errors import FormError, UserError
from mysapk_web.platform.rules.text import collapse_blanks
from mysapk_web.platform.rules.timezones import Zone, local_date, zone_of
from mysapk_web.progress.tables import Announcement

MAX_TITLE: Final = 120
MAX_TEXT: Final = 1000
MAX_RUNNING: Final = 5
"""Per scope at a time: people don't read more."""
MAX_DURATION: Final = timedelta(days=92)
ALREADY_ENDED: Final = "Pengumuman ini sudah berakhir dan tidak dapat diubah lagi. Tampilkan pengumuman baru."
GONE: Final = "Pengumuman tidak ditemukan di instansi Anda."
SCOPE_NOT_FOUND: Final = "Instansi itu tidak ditemukan di wilayah Anda. Buka halaman ini dari menu."


@dataclass(frozen=True, slots=True)
class AnnouncementView:
    """`publisher` is the agency, or BKN for the whole country; `revision` as in `organisation.revisions`."""

    id: int
    title: str
    body: str
    publisher: str
    last_day: date
    revision: int


@dataclass(frozen=True, slots=True)
class AnnouncementEditor:
    key: str
    name: str
    contact: ContactView
    contact_revision: int
    announcements: list[AnnouncementView]


def visible_announcements(session: Session, actor: Actor | None) -> list[AnnouncementView]:
    """The actor's agency first, then the country. Visitors see only those of the country."""
    now = clock.now()
    of_country = col(Announcement.instansi_id).is_(None)
    wanted = or_(of_country, col(Announcement.instansi_id) == actor.instansi_id) if actor else of_country
    rows = session.exec(
        select(Announcement, Instansi)
        .outerjoin(Instansi, col(Instansi.id) == Announcement.instansi_id)
        .where(wanted, col(Announcement.starts_at) <= now, col(Announcement.ends_at) > now)
        .order_by(of_country, col(Announcement.starts_at).desc(), col(Announcement.id).desc())
        .limit(2 * MAX_RUNNING)
    ).all()
    return [_view(row, agency, 0) for row, agency in rows]


def announcement_scopes(session: Session, actor: Actor) -> list[tuple[str, str]]:
    """Key and name of each agency, or the country, that the actor speaks for."""
    return list_scopes(session, actor, Permission.ANNOUNCE)


def load_editor(session: Session, actor: Actor, key: str = "") -> AnnouncementEditor:
    """Without a key, the first scope of the actor."""
    scopes = announcement_scopes(session, actor)
    agency = _find(session, actor, key or next((first for first, _ in scopes), ""))
    instansi_id = agency.id if agency else None
    contact = session.exec(select(HelpContact).where(HelpContact.instansi_id == instansi_id)).first()
    rows = session.exec(
        select(Announcement)
        .where(Announcement.instansi_id == instansi_id, col(Announcement.ends_at) > clock.now())
        .order_by(col(Announcement.starts_at).desc(), col(Announcement.id).desc())
    ).all()
    empty = NATIONAL_CONTACT if agency is None else ContactView("", "", "", "", "", "")
    return AnnouncementEditor(
        scope_key(instansi_id),
        agency.name if agency else COUNTRY[1],
        contact_view(contact) if contact else empty,
        revisions.current_revision(session, revisions.of_contact(instansi_id)),
        [_view(row, agency, revisions.current_revision(session, revisions.of_announcement(row.pk))) for row in rows],
    )


def publish(session: Session, actor: Actor, key: str, *, title: str, body: str, last_day: date | None) -> None:
    """Shows an announcement from now until the end of `last_day` in the agency's time zone."""
    agency = _find(session, actor, key)
    require_reauthentication(actor)
    title, body, ends_at = _checked(agency, title, body, last_day)
    now, instansi_id = clock.now(), agency.id if agency else None
    locks.lock_agency(session, instansi_id)
    running = session.exec(
        select(Announcement.id).where(Announcement.instansi_id == instansi_id, col(Announcement.ends_at) > now)
    ).all()
    if len(running) >= MAX_RUNNING:
        raise UserError(f"Sudah ada {MAX_RUNNING} pengumuman. Akhiri salah satu, agar tetap dibaca.")
    row = Announcement(
        instansi_id=instansi_id,
        title=title,
        body=body,
        starts_at=now,
        ends_at=ends_at,
        created_by=actor.account_id,
        created_at=now,
    )
    session.add(row)
    session.flush()
    event = Announced(announcement_id=str(row.id), title=title, until=ends_at.isoformat(), org_node=_org_node(row))
    audit.record_by(session, actor, event, instansi_id=instansi_id)


def edit(
    session: Session,
    actor: Actor,
    *,
    announcement_id: int,
    title: str,
    body: str,
    last_day: date | None,
    seen: int = 0,
) -> bool:
    """Returns whether anything changed. `seen` is the revision that the editor started from."""
    row = _get_announcement(session, actor, announcement_id)
    require_reauthentication(actor)
    agency = session.get_one(Instansi, row.instansi_id) if row.instansi_id else None
    title, body, ends_at = _checked(agency, title, body, last_day)
    _lock_running(session, actor, row, seen)
    if (title, body, ends_at) == (row.title, row.body, row.ends_at):
        return False
    rewritten, rescheduled = body != row.body, ends_at != row.ends_at
    event = AnnouncementChanged(
        announcement_id=str(row.id),
        title=title,
        title_before=row.title if title != row.title else None,
        text_before=row.body if rewritten else None,
        text=body if rewritten else None,
        until_before=row.ends_at.isoformat() if rescheduled else None,
        until=ends_at.isoformat() if rescheduled else None,
        org_node=_org_node(row),
    )
    row.title, row.body, row.ends_at = title, body, ends_at
    session.add(row)
    audit.record_by(session, actor, event, instansi_id=row.instansi_id)
    return True


def retract(session: Session, actor: Actor, *, announcement_id: int, seen: int = 0) -> None:
    """Needs no re-authentication: what should not be shown has to be gone at once."""
    row = _get_announcement(session, actor, announcement_id)
    _lock_running(session, actor, row, seen)
    row.ends_at = clock.now()
    session.add(row)
    event = AnnouncementEnded(announcement_id=str(row.id), title=row.title, org_node=_org_node(row))
    audit.record_by(session, actor, event, instansi_id=row.instansi_id)


def save_contact(session: Session, actor: Actor, key: str, given: ContactView, *, seen: int = 0) -> None:
    agency = _find(session, actor, key)
    require_reauthentication(actor)
    contact, instansi_id = validate_contact(given), agency.id if agency else None
    locks.lock_agency(session, instansi_id)
    revisions.require_current(session, actor, revisions.of_contact(instansi_id), seen)
    row = session.exec(select(HelpContact).where(HelpContact.instansi_id == instansi_id)).first()
    row = row or HelpContact(instansi_id=instansi_id, name=contact.name)
    for name, value in asdict(contact).items():
        setattr(row, name, value)
    session.add(row)
    event = HelpChanged(
        name=contact.name,
        phone=contact.phone or None,
        email=contact.email or None,
        website=contact.website or None,
        complaint_url=contact.complaint_url or None,
        service_hours=contact.service_hours or None,
        org_node=revisions.org_node_of(instansi_id),
    )
    audit.record_by(session, actor, event, instansi_id=instansi_id)


def _checked(agency: Instansi | None, title: str, body: str, last_day: date | None) -> tuple[str, str, datetime]:
    zone = zone_of(agency.timezone if agency else Zone.WIB).info
    title, body, now = collapse_blanks(title), _paragraphs(body), clock.now()
    faults = {}
    if not title or len(title) > MAX_TITLE:
        faults["judul"] = f"Isi judul, paling banyak {MAX_TITLE} karakter."
    if not body or len(body) > MAX_TEXT:
        faults["pesan"] = f"Isi pengumuman, paling banyak {MAX_TEXT} karakter."
    possible = last_day is None or last_day.year in YEARS
    ends_at = now
    if last_day and possible:
        ends_at = (datetime.combine(last_day, time(), zone) + timedelta(days=1)).astimezone(UTC)
    if not possible:
        faults["sampai"] = "Periksa tahunnya."
    elif not now < ends_at <= now + MAX_DURATION:
        faults["sampai"] = f"Isi hari terakhir ditampilkan: hari ini sampai paling lama {MAX_DURATION.days} hari lagi."
    if faults:
        raise FormError(faults)
    return title, body, ends_at


def _find(session: Session, actor: Actor, key: str) -> Instansi | None:
    return find_scope(session, actor, key, Permission.ANNOUNCE, missing=SCOPE_NOT_FOUND)


def _get_announcement(session: Session, actor: Actor, announcement_id: int) -> Announcement:
    actor.require(Permission.ANNOUNCE)
    row = session.get(Announcement, announcement_id)
    if row is None or not covers(actor, Permission.ANNOUNCE, row.instansi_id):
        raise NotFoundError(f"{Permission.ANNOUNCE.value}: announcement outside the scope", GONE)
    return row


def _lock_running(session: Session, actor: Actor, row: Announcement, seen: int) -> None:
    locks.lock_agency(session, row.instansi_id)
    session.refresh(row)
    revisions.require_current(session, actor, revisions.of_announcement(row.pk), seen)
    if row.ends_at <= clock.now():
        raise UserError(ALREADY_ENDED)


def _view(row: Announcement, agency: Instansi | None, revision: int) -> AnnouncementView:
    last_day = local_date(last_moment(row.ends_at), agency.timezone if agency else Zone.WIB)
    return AnnouncementView(row.pk, row.title, row.body, agency.name if agency else "BKN", last_day, revision)


def _paragraphs(text: str) -> str:
    lines = map(collapse_blanks, text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _org_node(row: Announcement) -> str | None:
    return revisions.org_node_of(row.instansi_id)
