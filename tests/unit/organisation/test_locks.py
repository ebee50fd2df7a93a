"""Limits hold when two act at one moment: the second one counts what the first has written."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import Session, func, select

from mysapk_web.administration import announcements
from mysapk_web.administration.email_imports import api_tokens
from mysapk_web.administration.email_imports.api_tokens import make_token
from mysapk_web.administration.tables.import_token import ImportToken
from mysapk_web.organisation.help import ContactView
from mysapk_web.organisation.tables.agency import HelpContact
from mysapk_web.platform import clock
from mysapk_web.platform.errors import UserError
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.rules.timezones import Zone
from mysapk_web.progress.tables import Announcement
from tests.support.agencies import Office

Act = Callable[[Session], object]


def together(office: Office, *acts: Act) -> list[str]:
    """Each in a transaction of its own that stays open until the others have had time to count; gives what became of each."""
    told: list[str] = []
    start, others = threading.Barrier(len(acts)), threading.Event()

    def run(act: Act) -> None:
        try:
            start.wait(10)
            with office.db.begin() as session:
                act(session)
                others.wait(0.5)
            told.append("made")
        except UserError:
            told.append("refused")
        except BaseException as error:
            told.append(type(error).__name__)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(told)


def test_the_last_token_of_an_agency_is_made_once(both_offices: Office) -> None:
    office = both_offices
    for number in range(api_tokens.AT_MOST - 1):
        office.do(make_token, office.actor("lina"), label=f"sistem {number}")

    def make(who: str) -> Act:
        actor = office.actor(who)
        return lambda session: make_token(session, actor, label="terakhir")

    assert together(office, make("lina"), make("taufik"), make("lina")) == ["made", "refused", "refused"]
    assert (
        office.see(lambda session: session.exec(select(func.count()).select_from(ImportToken)).one())
        == api_tokens.AT_MOST
    )


def place_of(office: Office, key: str) -> str:
    """An agency as pages name it; the country as it is."""
    return f"i{office.ids[key]}" if key in office.ids else key


@pytest.mark.parametrize(("who", "key"), [(("lina", "taufik"), "K1"), (("surya", "surya"), "nasional")])
def test_the_last_announcement_of_a_place_is_made_once(both_offices: Office, who: tuple[str, str], key: str) -> None:
    office = both_offices
    last = clock.now().astimezone(Zone.WIB.info).date() + timedelta(days=2)

    def say(name: str) -> Act:
        actor = office.actor(name)
        return lambda session: announcements.publish(
            session, actor, place_of(office, key), title="Libur", body="Tutup.", last_day=last
        )

    for _ in range(announcements.MAX_RUNNING - 1):
        office.do(say(who[0]))
    assert together(office, *map(say, who)) == ["made", "refused"]
    count = office.see(lambda session: session.exec(select(func.count()).select_from(Announcement)).one())
    assert count == announcements.MAX_RUNNING


@pytest.mark.parametrize(("who", "key"), [(("lina", "taufik"), "K1"), (("surya", "surya"), "nasional")])
def test_the_first_helpdesk_of_a_place_is_one(both_offices: Office, who: tuple[str, str], key: str) -> None:
    office = both_offices
    given = ContactView("Helpdesk", "021-8093008", "", "", "", "")

    def save(name: str) -> Act:
        actor = office.actor(name)
        return lambda session: announcements.save_contact(session, actor, place_of(office, key), given)

    assert together(office, *map(save, who)) == ["made", "refused"]
    assert office.see(lambda session: session.exec(select(func.count()).select_from(HelpContact)).one()) == 1


def test_an_announcement_that_two_edit_keeps_the_words_of_one(both_offices: Office) -> None:
    office = both_offices
    last = clock.now().astimezone(Zone.WIB.info).date() + timedelta(days=2)
    office.do(
        announcements.publish, office.actor("lina"), place_of(office, "K1"), title="Libur", body="Tutup.", last_day=last
    )
    seen = office.see(announcements.load_editor, office.actor("lina")).announcements[0]

    def edit(name: str) -> Act:
        actor = office.actor(name)
        return lambda session: announcements.edit(
            session, actor, announcement_id=seen.id, seen=seen.revision, title=name, body="Tutup.", last_day=last
        )

    assert together(office, edit("lina"), edit("taufik")) == ["made", "refused"]


def test_an_announcement_is_edited_or_taken_away_by_who_is_first(both_offices: Office) -> None:
    office = both_offices
    last = clock.now().astimezone(Zone.WIB.info).date() + timedelta(days=2)
    lina = office.actor("lina")
    office.do(announcements.publish, lina, place_of(office, "K1"), title="Libur", body="Tutup.", last_day=last)
    seen = office.see(announcements.load_editor, lina).announcements[0]

    def edit(session: Session) -> None:
        longer = last + timedelta(days=5)
        announcements.edit(
            session, lina, announcement_id=seen.id, seen=seen.revision, title="Lain", body="Tutup.", last_day=longer
        )

    told = together(
        office, edit, lambda session: announcements.retract(session, lina, announcement_id=seen.id, seen=seen.revision)
    )
    assert told == ["made", "refused"]
    shown = [row.title for row in office.see(announcements.visible_announcements, office.actor("ani"))]
    assert shown == (["Lain"] if office.events(AuditTag.ANNOUNCEMENT_CHANGED) else [])
