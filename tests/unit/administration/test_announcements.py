"""Announcements and helpdesks: kept by the admins of a place, read by its people."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlmodel import col, select

from mysapk_web.administration import announcements
from mysapk_web.demo.accounts import KABUPATEN, KOTA
from mysapk_web.organisation import help as helpdesk
from mysapk_web.organisation import revisions
from mysapk_web.organisation.help import CONTACT_FIELDS, ContactView
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from mysapk_web.platform.errors import (
    FormError,
    PermissionDenied,
    ReauthenticationRequired,
    StaleRevisionError,
    UserError,
)
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.rules.timezones import Zone
from mysapk_web.platform.tables.audit import AuditEvent
from mysapk_web.progress.tables import Announcement
from tests.support.demo_actors import acting, place

DESK = ContactView(
    "Helpdesk Baru", "021-555 0199", "Bantuan@Contoh.example.go.id", "https://bkd.example.go.id", "", "Senin-Jumat"
)


def day(offset: int) -> date:
    return clock.now().astimezone(Zone.WIB.info).date() + timedelta(days=offset)


def say(db: Database, who: str, key: str, title: str = "Layanan libur", **more: object) -> None:
    given = {"body": "Kantor tutup hari Jumat.", "last_day": day(3), **more}
    with db.begin() as s:
        announcements.publish(s, acting(db, who), key, title=title, **given)  # type: ignore[arg-type]


def read_by(db: Database, who: str | None) -> list[str]:
    with db.read() as s:
        return [row.title for row in announcements.visible_announcements(s, acting(db, who) if who else None)]


def test_people_read_what_is_said_to_their_agency_and_to_all(demo_db: Database) -> None:
    say(demo_db, "admin_instansi", place(demo_db, KABUPATEN), "Kabar kabupaten")
    say(demo_db, "admin_instansi_lain", place(demo_db, KOTA), "Kabar kota")
    say(demo_db, "admin_bkn", "nasional", "Kabar BKN")
    assert read_by(demo_db, "pegawai") == ["Kabar kabupaten", "Kabar BKN"]
    assert read_by(demo_db, "pegawai_lain") == ["Kabar kota", "Kabar BKN"]
    assert read_by(demo_db, None) == ["Kabar BKN"]


def test_it_ends_with_its_last_day_or_by_hand(demo_db: Database) -> None:
    key = place(demo_db, KABUPATEN)
    say(demo_db, "admin_instansi", key, last_day=day(0))
    assert read_by(demo_db, "pegawai") == ["Layanan libur"]
    with clock.shifted(timedelta(days=1)):
        assert read_by(demo_db, "pegawai") == []
    with demo_db.begin() as s:
        row = announcements.load_editor(s, acting(demo_db, "admin_instansi"), key).announcements[0]
        announcements.retract(s, acting(demo_db, "admin_instansi"), announcement_id=row.id, seen=row.revision)
        tags = s.exec(select(AuditEvent.tag)).all()
    assert read_by(demo_db, "pegawai") == []
    assert {AuditTag.ANNOUNCED, AuditTag.ANNOUNCEMENT_ENDED} <= set(tags)


def edit(db: Database, who: str, *, step_up: bool = True, seen: int | None = None, **more: object) -> bool:
    """Edit the only announcement there is, as it stands but for what is given."""
    with db.begin() as s:
        row = s.exec(select(Announcement)).one()
        running = announcements.load_editor(s, acting(db, "admin_instansi"), place(db, KABUPATEN)).announcements
        now = running[0].revision if running else revisions.current_revision(s, revisions.of_announcement(row.id or 0))
        given = {"title": row.title, "body": row.body, "last_day": day(3), **more}
        return announcements.edit(
            s,
            acting(db, who, step_up=step_up),
            announcement_id=row.id or 0,
            seen=now if seen is None else seen,
            **given,  # type: ignore[arg-type]
        )


def trail_of(db: Database, tag: AuditTag) -> list[AuditEvent]:
    with db.read() as s:
        rows = list(s.exec(select(AuditEvent).where(AuditEvent.tag == tag)).all())
        s.expunge_all()
    return rows


def test_people_read_what_was_edited_and_the_trail_tells_both(demo_db: Database) -> None:
    say(demo_db, "admin_instansi", place(demo_db, KABUPATEN))
    with demo_db.read() as s:
        before = s.exec(select(Announcement)).one()
        s.expunge(before)
    assert edit(demo_db, "admin_instansi", title=" Layanan  tutup ", body="Kantor tutup Senin.", last_day=day(5))
    with demo_db.read() as s:
        (seen,) = announcements.visible_announcements(s, acting(demo_db, "pegawai"))
        row = s.exec(select(Announcement)).one()
        s.expunge(row)
    assert (seen.title, seen.body) == ("Layanan tutup", "Kantor tutup Senin.")
    assert seen.last_day == day(5)
    assert (row.starts_at, row.created_by) == (before.starts_at, before.created_by)
    (event,) = trail_of(demo_db, AuditTag.ANNOUNCEMENT_CHANGED)
    assert event.detail == {
        "announcement_id": str(row.id),
        "title": "Layanan tutup",
        "title_before": "Layanan libur",
        "text": "Kantor tutup Senin.",
        "text_before": "Kantor tutup hari Jumat.",
        "until": row.ends_at.isoformat(),
        "until_before": before.ends_at.isoformat(),
    }
    assert event.actor_id == acting(demo_db, "admin_instansi").account_id
    assert event.instansi_id == row.instansi_id
    assert event.address == "203.0.113.0/24"


def test_what_stays_is_not_told_as_changed(demo_db: Database) -> None:
    say(demo_db, "admin_instansi", place(demo_db, KABUPATEN))
    assert not edit(demo_db, "admin_instansi")
    assert trail_of(demo_db, AuditTag.ANNOUNCEMENT_CHANGED) == []
    assert edit(demo_db, "admin_instansi", body="Kantor buka.")
    (event,) = trail_of(demo_db, AuditTag.ANNOUNCEMENT_CHANGED)
    assert set(event.detail) == {"announcement_id", "title", "text", "text_before"}


def test_of_two_editors_the_second_one_is_told(demo_db: Database) -> None:
    say(demo_db, "admin_instansi", place(demo_db, KABUPATEN))
    with demo_db.read() as s:
        desk = announcements.load_editor(s, acting(demo_db, "admin_instansi"), place(demo_db, KABUPATEN))
        began_with = desk.announcements[0].revision
    assert edit(demo_db, "admin_instansi", title="Yang pertama", seen=began_with)
    with pytest.raises(StaleRevisionError, match="Pengumuman diubah oleh Anda sendiri di jendela lain"):
        edit(demo_db, "admin_instansi", title="Yang kedua", seen=began_with)
    assert read_by(demo_db, "pegawai") == ["Yang pertama"]
    assert edit(demo_db, "admin_instansi", title="Yang kedua")


def test_what_is_over_is_edited_no_more(demo_db: Database) -> None:
    say(demo_db, "admin_instansi", place(demo_db, KABUPATEN), last_day=day(0))
    with clock.shifted(timedelta(days=1)), pytest.raises(UserError, match="sudah berakhir"):
        edit(demo_db, "admin_instansi", title="Terlambat")
    assert read_by(demo_db, "pegawai") == ["Layanan libur"]


def test_nobody_edits_for_another_place_or_without_the_permission(demo_db: Database) -> None:
    say(demo_db, "admin_instansi", place(demo_db, KABUPATEN))
    for who in ("admin_instansi_lain", "admin_satker", "verifikator", "approver", "pegawai"):
        with pytest.raises(PermissionDenied):
            edit(demo_db, who, title="Bukan saya", step_up=False)
    me = acting(demo_db, "admin_instansi")
    with demo_db.begin() as s, pytest.raises(PermissionDenied):
        announcements.edit(s, me, announcement_id=999, seen=0, title="a", body="b", last_day=day(1))
    assert read_by(demo_db, "pegawai") == ["Layanan libur"]
    assert edit(demo_db, "admin_bkn", title="BKN boleh")


def test_editing_waits_for_password_or_code(demo_db: Database) -> None:
    say(demo_db, "admin_instansi", place(demo_db, KABUPATEN))
    with pytest.raises(ReauthenticationRequired):
        edit(demo_db, "admin_instansi", body="https://evil.example.com", step_up=False)
    assert not trail_of(demo_db, AuditTag.ANNOUNCEMENT_CHANGED)


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("judul", {"title": "x" * 121}),
        ("pesan", {"body": " "}),
        ("sampai", {"last_day": None}),
        ("sampai", {"last_day": day(-1)}),
        ("sampai", {"last_day": day(200)}),
    ],
)
def test_an_edited_one_has_to_be_as_a_new_one(demo_db: Database, field: str, more: dict[str, object]) -> None:
    say(demo_db, "admin_instansi", place(demo_db, KABUPATEN))
    with pytest.raises(FormError) as refused:
        edit(demo_db, "admin_instansi", **more)  # type: ignore[arg-type]
    assert set(refused.value.faults) == {field}
    assert read_by(demo_db, "pegawai") == ["Layanan libur"]


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("judul", {"title": " "}),
        ("judul", {"title": "x" * 121}),
        ("pesan", {"body": "\n "}),
        ("pesan", {"body": "x" * 1001}),
        ("sampai", {"last_day": None}),
        ("sampai", {"last_day": day(-1)}),
        ("sampai", {"last_day": day(200)}),
    ],
)
def test_what_is_not_as_it_has_to_be(demo_db: Database, field: str, more: dict[str, object]) -> None:
    with pytest.raises(FormError) as refused:
        say(demo_db, "admin_instansi", place(demo_db, KABUPATEN), **more)  # type: ignore[arg-type]
    assert set(refused.value.faults) == {field}


def test_five_are_enough(demo_db: Database) -> None:
    for _ in range(announcements.MAX_RUNNING):
        say(demo_db, "admin_instansi", place(demo_db, KABUPATEN))
    with pytest.raises(UserError):
        say(demo_db, "admin_instansi", place(demo_db, KABUPATEN))


def test_nobody_speaks_for_another_place(demo_db: Database) -> None:
    say(demo_db, "admin_instansi_lain", place(demo_db, KOTA))
    with demo_db.begin() as s:
        foreign = s.exec(select(Announcement.id)).one() or 0
        me = acting(demo_db, "admin_instansi")
        for key in (place(demo_db, KOTA), "nasional", "i999", "x"):
            with pytest.raises(PermissionDenied):
                announcements.publish(s, me, key, title="a", body="b", last_day=day(1))
            with pytest.raises(PermissionDenied):
                announcements.save_contact(s, me, key, DESK)
            with pytest.raises(PermissionDenied):
                announcements.load_editor(s, me, key)
        with pytest.raises(PermissionDenied):
            announcements.retract(s, me, announcement_id=foreign)


@pytest.mark.parametrize("who", ["pegawai", "verifikator", "approver", "admin_satker"])
def test_who_has_no_permission_changes_nothing(demo_db: Database, who: str) -> None:
    key = place(demo_db, KABUPATEN)
    with pytest.raises(PermissionDenied):
        say(demo_db, who, key)
    with demo_db.begin() as s, pytest.raises(PermissionDenied):
        announcements.save_contact(s, acting(demo_db, who), key, DESK)
    with demo_db.read() as s, pytest.raises(PermissionDenied):
        announcements.load_editor(s, acting(demo_db, who))


@pytest.mark.parametrize(("who", "key"), [("admin_instansi", KABUPATEN), ("admin_bkn", "nasional")])
def test_nobody_is_sent_anywhere_from_an_open_screen(demo_db: Database, who: str, key: str) -> None:
    """A helpdesk of somebody else's and a link in an announcement reach a whole agency: password or code is asked for again."""
    at = key if key == "nasional" else place(demo_db, key)
    stale = acting(demo_db, who, step_up=False)
    with demo_db.begin() as s:
        before = announcements.load_editor(s, stale, at)
        with pytest.raises(ReauthenticationRequired):
            announcements.save_contact(s, stale, at, DESK)
        with pytest.raises(ReauthenticationRequired):
            announcements.publish(s, stale, at, title="Masuk di sini", body="https://evil.example.com", last_day=day(1))
    with demo_db.read() as s:
        assert announcements.load_editor(s, stale, at) == before
        assert not s.exec(
            select(AuditEvent).where(col(AuditEvent.tag).in_([AuditTag.ANNOUNCED, AuditTag.HELP_CHANGED]))
        ).all()


def test_who_may_not_is_told_so_and_not_asked_for_a_password(demo_db: Database) -> None:
    stale = acting(demo_db, "admin_instansi", step_up=False)
    with demo_db.begin() as s:
        with pytest.raises(PermissionDenied):
            announcements.save_contact(s, stale, "nasional", DESK)
        with pytest.raises(PermissionDenied):
            announcements.publish(s, stale, place(demo_db, KOTA), title="a", body="b", last_day=day(1))


def test_taking_an_announcement_away_needs_no_fresh_proof(demo_db: Database) -> None:
    """What was put up by mistake, or by somebody else, is gone at once."""
    key = place(demo_db, KABUPATEN)
    say(demo_db, "admin_instansi", key)
    with demo_db.begin() as s:
        stale = acting(demo_db, "admin_instansi", step_up=False)
        row = announcements.load_editor(s, stale, key).announcements[0]
        announcements.retract(s, stale, announcement_id=row.id, seen=row.revision)
    assert read_by(demo_db, "pegawai") == []


def test_a_changed_helpdesk_is_what_people_find(demo_db: Database) -> None:
    with demo_db.begin() as s:
        announcements.save_contact(s, acting(demo_db, "admin_instansi"), place(demo_db, KABUPATEN), DESK)
    with demo_db.read() as s:
        own = helpdesk.contacts_for(s, acting(demo_db, "pegawai"))[0]
        other = helpdesk.contacts_for(s, acting(demo_db, "pegawai_lain"))[0]
        assert s.exec(select(AuditEvent).where(AuditEvent.tag == AuditTag.HELP_CHANGED)).one()
    assert (own.name, own.email) == ("Helpdesk Baru", "bantuan@contoh.example.go.id")
    assert other.name == "Helpdesk BKPSDM Kota Misal"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("nama", ""),
        ("nama", "x" * 121),
        ("telepon", "telepon kami"),
        ("email", "bukan-alamat"),
        ("situs", "javascript:alert(1)"),
        ("situs", "http://bkd.example.go.id"),
        ("situs", "https://user@evil.example.com"),
        ("keluhan_url", "//evil.example.com"),
        ("keluhan_url", "https://[x"),
    ],
)
def test_a_contact_has_to_be_one(demo_db: Database, field: str, value: str) -> None:
    with demo_db.begin() as s, pytest.raises(FormError) as refused:
        announcements.save_contact(
            s,
            acting(demo_db, "admin_instansi"),
            place(demo_db, KABUPATEN),
            replace(DESK, **{CONTACT_FIELDS[field]: value}),
        )
    assert set(refused.value.faults) == {field}


@pytest.mark.parametrize("last", [date.min, date(1999, 12, 31), date(2201, 1, 1), date.max])
@pytest.mark.parametrize("place_name", [KABUPATEN, KOTA])
def test_a_year_that_nobody_means_is_refused_at_its_field(demo_db: Database, last: date, place_name: str) -> None:
    who = "admin_instansi" if place_name == KABUPATEN else "admin_instansi_lain"
    with pytest.raises(FormError) as refused:
        say(demo_db, who, place(demo_db, place_name), last_day=last)
    assert refused.value.faults == {"sampai": "Periksa tahunnya."}
    assert read_by(demo_db, "pegawai") == []
