"""Announcements and the helpdesk of an agency: kept by its admins, read by its people (pages `/admin/bantuan`, `/beranda`, `/bantuan`).

Both say where people turn and what they do next, and stand in every letter or on every first page: whoever sat down at an open screen
could send a whole agency to a page of their own. So they are grave acts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select

from mysapk_web.accounts.security.reauthentication import require_reauthentication
from mysapk_web.administration.audit_events import Announced, AnnouncementChanged, AnnouncementEnded
from mysapk_web.organisation import audit, locks, revisions
from mysapk_web.organisation.actor import Actor, NotFoundError
from mysapk_web.organisation.audit_events import HelpChanged
from mysapk_web.organisation.help import NATIONAL_CONTACT, ContactView, validate_contact
from mysapk_web.organisation.revisions import NATIONAL
from mysapk_web.organisation.rules.period import YEARS, last_moment
from mysapk_web.organisation.rules.roles import MATRIX, Permission
from mysapk_web.organisation.tables.agency import HelpContact, Instansi
from mysapk_web.platform import clock
from mysapk_web.platform.errors import FormError, UserError
from mysapk_web.platform.rules.timezones import Zone, zone_of
from mysapk_web.progress.tables import Announcement

MAX_TITLE: Final = 120
MAX_TEXT: Final = 1000
MAX_RUNNING: Final = 5
"""Announcements of one place at a time: more are not read."""
MAX_DURATION: Final = timedelta(days=92)
ALREADY_ENDED: Final = "Pengumuman ini sudah berakhir dan tidak dapat diubah lagi. Tampilkan pengumuman baru."
GONE: Final = "Pengumuman tidak ditemukan di instansi Anda."
SCOPE_NOT_FOUND: Final = "Instansi itu tidak ditemukan di wilayah Anda. Buka halaman ini dari menu."


@dataclass(frozen=True, slots=True)
class AnnouncementView:
    """One announcement.

    Attributes:
        place: Name of the agency, or "BKN" for the country.
    """

    id: int
    title: str
    body: str
    publisher: str
    starts_at: datetime
    last_moment: datetime
    timezone: str
    is_visible: bool
    revision: int


@dataclass(frozen=True, slots=True)
class AnnouncementEditor:
    """What the editor of a place holds."""

    key: str
    name: str
    contact: ContactView
    contact_revision: int
    announcements: list[AnnouncementView]


def visible_announcements(session: Session, actor: Actor | None) -> list[AnnouncementView]:
    """What a person is told now: the own agency's first. A visitor is told what is for everybody."""
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
    """Places that the actor speaks for: key and name.

    Raises:
        PermissionDenied: None.
    """
    actor.require(Permission.ANNOUNCE)
    ids = _agencies(actor)
    rows = session.exec(select(Instansi).order_by(col(Instansi.name))).all()
    own = [(f"i{row.id}", row.name) for row in rows if None in ids or row.id in ids]
    return [(NATIONAL, "Nasional (semua instansi)"), *own] if None in ids else own


def load_editor(session: Session, actor: Actor, key: str = "") -> AnnouncementEditor:
    """The editor of a place.

    Raises:
        PermissionDenied: Not a place of the actor.
    """
    known = dict(announcement_scopes(session, actor))
    found, nama = _meant(known, key or next(iter(known), ""))
    contact = session.exec(select(HelpContact).where(_is(HelpContact, found))).first()
    rows = session.exec(
        select(Announcement)
        .where(_is(Announcement, found), col(Announcement.ends_at) > clock.now())
        .order_by(col(Announcement.starts_at).desc(), col(Announcement.id).desc())
    ).all()
    empty = NATIONAL_CONTACT if found is None else ContactView("", "", "", "", "", "")
    agency = session.get(Instansi, found) if found else None
    return AnnouncementEditor(
        NATIONAL if found is None else f"i{found}",
        nama,
        _contact(contact) if contact else empty,
        revisions.current_revision(session, revisions.of_contact(found)),
        [
            _view(row, agency, revisions.current_revision(session, revisions.of_announcement(row.id or 0)))
            for row in rows
        ],
    )


def publish(session: Session, actor: Actor, key: str, *, judul: str, isi: str, last: date | None) -> None:
    """Tell the people of a place something, from now on until the end of a day. A grave act.

    Args:
        last: Last day that it is shown, in the zone of the agency.

    Raises:
        PermissionDenied: Not a place of the actor.
        ReauthenticationRequired: Password or code have to be shown again.
        FormError: A field is not as it has to be.
        UserError: There are enough already.
    """
    found, _ = _find(session, actor, key)
    require_reauthentication(actor)
    title, text, ends_at = _checked(session, found, judul, isi, last)
    now = clock.now()
    locks.lock_agency(session, found)
    running = session.exec(
        select(Announcement.id).where(_is(Announcement, found), col(Announcement.ends_at) > now)
    ).all()
    if len(running) >= MAX_RUNNING:
        raise UserError(f"Sudah ada {MAX_RUNNING} pengumuman. Akhiri salah satu, agar tetap dibaca.")
    row = Announcement(
        instansi_id=found,
        title=title,
        body=text,
        starts_at=now,
        ends_at=ends_at,
        created_by=actor.account_id,
        created_at=now,
    )
    session.add(row)
    session.flush()
    event = Announced(
        announcement_id=str(row.id), title=title, until=ends_at.isoformat(), org_node=revisions.org_node_of(found)
    )
    audit.record_by(session, actor, event, instansi_id=found)


def edit(
    session: Session, actor: Actor, *, announcement_id: int, judul: str, isi: str, last: date | None, seen: int = 0
) -> bool:
    """Change what an announcement says, or how long it is shown. A grave act.

    Args:
        last: Last day that it is shown, in the zone of the agency.

    Raises:
        NotFoundError: Not of a place of the actor.
        ReauthenticationRequired: Password or code have to be shown again.
        FormError: A field is not as it has to be.
        StaleRevisionError: Another admin was faster.
        UserError: It is over.
    """
    row = _own(session, actor, announcement_id)
    require_reauthentication(actor)
    title, text, ends_at = _checked(session, row.instansi_id, judul, isi, last)
    locks.lock_agency(session, row.instansi_id)
    session.refresh(row)
    revisions.require_current(session, actor, revisions.of_announcement(announcement_id), seen)
    if row.ends_at <= clock.now():
        raise UserError(ALREADY_ENDED)
    if (title, text, ends_at) == (row.title, row.body, row.ends_at):
        return False
    retold, moved = text != row.body, ends_at != row.ends_at
    event = AnnouncementChanged(
        announcement_id=str(row.id),
        title=title,
        title_before=row.title if title != row.title else None,
        text_before=row.body if retold else None,
        text=text if retold else None,
        until_before=row.ends_at.isoformat() if moved else None,
        until=ends_at.isoformat() if moved else None,
        org_node=revisions.org_node_of(row.instansi_id),
    )
    row.title, row.body, row.ends_at = title, text, ends_at
    session.add(row)
    audit.record_by(session, actor, event, instansi_id=row.instansi_id)
    return True


def retract(session: Session, actor: Actor, *, announcement_id: int, seen: int = 0) -> None:
    """Stop showing an announcement. No grave act: what should not stand there is gone at once.

    Raises:
        NotFoundError: Not of a place of the actor.
        StaleRevisionError: Another admin was faster.
        UserError: It is over.
    """
    row = _own(session, actor, announcement_id)
    locks.lock_agency(session, row.instansi_id)
    session.refresh(row)
    revisions.require_current(session, actor, revisions.of_announcement(announcement_id), seen)
    if row.ends_at <= clock.now():
        raise UserError(ALREADY_ENDED)
    row.ends_at = clock.now()
    session.add(row)
    event = AnnouncementEnded(
        announcement_id=str(row.id), title=row.title, org_node=revisions.org_node_of(row.instansi_id)
    )
    audit.record_by(session, actor, event, instansi_id=row.instansi_id)


def save_contact(session: Session, actor: Actor, key: str, given: ContactView, *, seen: int = 0) -> None:
    """Change where the people of a place turn for help. A grave act.

    Raises:
        NotFoundError: Not a place of the actor.
        StaleRevisionError: Another admin has saved it meanwhile.
        ReauthenticationRequired: Password or code have to be shown again.
        FormError: A field is not as it has to be.
    """
    found, _ = _find(session, actor, key)
    require_reauthentication(actor)
    values = validate_contact(given)
    locks.lock_agency(session, found)
    revisions.require_current(session, actor, revisions.of_contact(found), seen)
    row = session.exec(select(HelpContact).where(_is(HelpContact, found))).first()
    row = row or HelpContact(instansi_id=found, nama=values["nama"])
    for name, value in values.items():
        setattr(row, name, value)
    session.add(row)
    event = HelpChanged(
        name=values["nama"],
        phone=values["telepon"] or None,
        email=values["email"] or None,
        website=values["situs"] or None,
        complaint_url=values["keluhan_url"] or None,
        service_hours=values["jam_layanan"] or None,
        org_node=revisions.org_node_of(found),
    )
    audit.record_by(session, actor, event, instansi_id=found)


def _checked(
    session: Session, instansi_id: int | None, judul: str, isi: str, last: date | None
) -> tuple[str, str, datetime]:
    """Title, text and end of an announcement as they are kept."""
    zone = zone_of(session.get_one(Instansi, instansi_id).timezone if instansi_id else Zone.WIB).info
    title, text, now = " ".join(judul.split()), _paragraphs(isi), clock.now()
    faults = {}
    if not title or len(title) > MAX_TITLE:
        faults["judul"] = f"Isi judul, paling banyak {MAX_TITLE} karakter."
    if not text or len(text) > MAX_TEXT:
        faults["pesan"] = f"Isi pengumuman, paling banyak {MAX_TEXT} karakter."
    possible = last is None or last.year in YEARS
    ends_at = (datetime.combine(last, time(), zone) + timedelta(days=1)).astimezone(UTC) if last and possible else now
    if not possible:
        faults["sampai"] = "Periksa tahunnya."
    elif not now < ends_at <= now + MAX_DURATION:
        faults["sampai"] = f"Isi hari terakhir ditampilkan: hari ini sampai paling lama {MAX_DURATION.days} hari lagi."
    if faults:
        raise FormError(faults)
    return title, text, ends_at


def _agencies(actor: Actor) -> set[int | None]:
    """Agencies that the actor speaks for as a whole; None stands for the country with all of them."""
    grants = [grant for grant in actor.effective_grants if Permission.ANNOUNCE in MATRIX[grant.role]]
    return {grant.instansi_id for grant in grants if grant.unor_path is None}


def _speaks_for(actor: Actor, instansi_id: int | None) -> bool:
    ids = _agencies(actor)
    return None in ids or (instansi_id is not None and instansi_id in ids)


def _own(session: Session, actor: Actor, announcement_id: int) -> Announcement:
    actor.require(Permission.ANNOUNCE)
    row = session.get(Announcement, announcement_id)
    if row is None or not _speaks_for(actor, row.instansi_id):
        raise NotFoundError(f"{Permission.ANNOUNCE.value}: announcement outside the scope", GONE)
    return row


def _find(session: Session, actor: Actor, key: str) -> tuple[int | None, str]:
    return _meant(dict(announcement_scopes(session, actor)), key)


def _meant(known: dict[str, str], key: str) -> tuple[int | None, str]:
    if key not in known:
        raise NotFoundError(f"{Permission.ANNOUNCE.value}: place outside the scope", SCOPE_NOT_FOUND)
    return (None if key == NATIONAL else int(key[1:])), known[key]


def _is(model: type[Announcement] | type[HelpContact], instansi_id: int | None) -> ColumnElement[bool]:
    column = col(model.instansi_id)
    return column.is_(None) if instansi_id is None else column == instansi_id


def _view(row: Announcement, agency: Instansi | None, revision: int) -> AnnouncementView:
    return AnnouncementView(
        row.id or 0,
        row.title,
        row.body,
        agency.name if agency else "BKN",
        row.starts_at,
        last_moment(row.ends_at),
        agency.timezone if agency else Zone.WIB,
        row.starts_at <= clock.now() < row.ends_at,
        revision,
    )


def _contact(row: HelpContact) -> ContactView:
    return ContactView(row.nama, row.telepon, row.email, row.situs, row.keluhan_url, row.jam_layanan)


def _paragraphs(text: str) -> str:
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
