"""Sessions: where the secret stands, how they begin, and every way they end."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mysapk_web.accounts import login_tickets, sessions
from mysapk_web.accounts.security.active_sessions import end_other_sessions, end_session
from mysapk_web.accounts.sessions import NewSession
from mysapk_web.platform.errors import UserError
from mysapk_web.platform.executors import in_transaction
from mysapk_web.platform.mail.queue import MailKind
from mysapk_web.platform.rules.audit import AuditTag
from tests.support.attempts import together
from tests.support.authenticators import Phone
from tests.support.portal import OTHER, PHONE, STRONG, Browser, Portal, after, hours, minutes

IDLE = 30 * minutes
ABSOLUTE = 8 * hours


@pytest.fixture
def inside(portal: Portal) -> Browser:
    """Ani has logged in."""
    return portal.browser().enter(portal.ani)


def use(browser: Browser) -> None:
    """What every event does: read the person, write down the use when it is due."""
    actor = browser.actor
    if sessions.needs_touch(actor, browser.portal.settings):
        in_transaction(browser.portal.db, sessions.touch, browser.visitor.session_ref)


def test_the_database_holds_only_the_hash_of_the_cookie(portal: Portal, inside: Browser) -> None:
    assert len(inside.cookie) >= 43, "256 bits"
    (row,) = portal.sessions(portal.ani)
    assert row.ref == sessions.hash_secret(inside.cookie)
    assert not [name for name, rows in portal.everything().items() if inside.cookie in rows]


def test_an_opened_session_does_not_show_its_cookie(portal: Portal) -> None:
    browser = portal.browser()
    browser.login(portal.ani)
    opened = browser.take()
    assert opened is not None
    assert opened.cookie not in repr(opened)


def test_the_reference_of_a_session_is_no_cookie(portal: Portal, inside: Browser) -> None:
    thief = portal.browser()
    thief.cookie = portal.sessions(portal.ani)[0].ref
    assert not thief.inside


def test_every_login_has_a_new_id_and_ends_the_older_session_of_the_browser(portal: Portal, inside: Browser) -> None:
    old = Browser(portal, inside.name, cookie=inside.cookie)
    inside.enter(portal.ani)
    assert inside.cookie != old.cookie
    assert inside.inside
    assert not old.inside


def test_another_person_in_the_same_browser_ends_the_first_session(portal: Portal, inside: Browser) -> None:
    old = Browser(portal, inside.name, cookie=inside.cookie)
    assert inside.enter(portal.budi).actor.account_id == portal.budi.account_id
    assert not old.inside


def test_a_claim_works_once(portal: Portal) -> None:
    browser = portal.browser()
    browser.login(portal.ani)
    assert browser.take() is not None
    assert browser.take() is None


def test_twenty_takes_of_one_claim_at_once_give_one_session(both: Portal) -> None:
    browser = both.browser()
    browser.login(both.ani)

    def take(_: int) -> NewSession | None:
        return in_transaction(
            both.db, login_tickets.redeem_login_ticket, both.settings, browser.visitor, browser.ticket
        )

    outcome = together(20, take)
    assert not [result for result in outcome if isinstance(result, Exception)]
    assert len([result for result in outcome if result is not None]) == 1
    assert len(both.sessions(both.ani)) == 1
    assert len(both.events(AuditTag.LOGIN)) == 1


@pytest.mark.parametrize(("age", "works"), [(119, True), (120, False)])
def test_a_claim_lives_two_minutes(portal: Portal, age: int, *, works: bool) -> None:
    browser = portal.browser()
    browser.login(portal.ani)
    with after(age):
        assert (browser.take() is not None) is works


def test_no_session_without_a_login(portal: Portal) -> None:
    assert portal.browser().take() is None
    assert Browser(portal, "").take() is None
    assert portal.sessions(portal.ani) == []


def test_a_claim_without_a_browser_is_worth_nothing(portal: Portal) -> None:
    """A request without the pre-session cookie never gets to a session."""
    bare = portal.browser()
    bare.login(portal.ani)
    with portal.db.begin() as s:
        s.connection().exec_driver_sql("UPDATE klaim_masuk SET browser = ''")
    nameless = sessions.ClientContext()
    assert in_transaction(portal.db, login_tickets.redeem_login_ticket, portal.settings, nameless, bare.ticket) is None


def test_a_copied_cookie_takes_nobodys_session(portal: Portal) -> None:
    """Whoever copied the pre-session cookie of a shared computer lacks what only the page was given."""
    owner = portal.browser()
    thief = Browser(portal, owner.name, page="elsewhere")
    owner.login(portal.ani)
    for guess in ("", "x" * 43, sessions.hash_secret(owner.ticket), portal.claims()[0].ref):
        thief.ticket = guess
        assert thief.take() is None
    assert owner.take() is not None
    assert len(portal.sessions(portal.ani)) == 1


def test_a_copied_cookie_takes_nobodys_session_after_the_code(portal: Portal) -> None:
    owner = portal.browser()
    thief = Browser(portal, owner.name, page="elsewhere")
    phone = Phone(portal.give_authenticator(portal.budi))
    owner.login(portal.budi)
    assert thief.take() is None
    owner.code(phone.code())
    assert thief.take() is None
    assert owner.take() is not None


def test_a_copied_cookie_neither_sees_nor_uses_up_the_codes_of_a_login(portal: Portal) -> None:
    owner = portal.browser()
    thief = Browser(portal, owner.name, page="elsewhere")
    phone = Phone(portal.give_authenticator(portal.budi))
    owner.login(portal.budi)
    assert owner.waits_for_code
    assert not thief.waits_for_code
    for _ in range(10):
        with pytest.raises(UserError, match="Waktu untuk memasukkan kode"):
            thief.code("000000")
    thief.log_out()
    owner.code(phone.code())
    assert owner.take() is not None


def test_a_copied_cookie_takes_no_session_at_a_change_of_password(portal: Portal) -> None:
    owner = portal.browser().enter(portal.ani)
    thief = Browser(portal, owner.name, page="elsewhere")
    owner.change_password(portal.ani.password or "", STRONG)
    assert thief.take() is None
    assert owner.take() is not None


def test_two_tabs_of_one_browser_do_not_disturb_each_other(portal: Portal) -> None:
    one = portal.browser()
    two = Browser(portal, one.name, page="another")
    phone = Phone(portal.give_authenticator(portal.budi))
    one.login(portal.budi)
    two.login(portal.ani)
    one.code(phone.code())
    assert two.take() is not None
    assert one.take() is not None


@pytest.mark.parametrize(("idle", "alive"), [(IDLE - 1, True), (IDLE, False)])
def test_idle_limit(portal: Portal, inside: Browser, idle: int, *, alive: bool) -> None:
    with after(idle):
        assert inside.inside is alive


@pytest.mark.parametrize(("age", "alive"), [(ABSOLUTE - 1, True), (ABSOLUTE, False)])
def test_absolute_limit_also_for_who_is_busy_all_day(portal: Portal, inside: Browser, age: int, *, alive: bool) -> None:
    for moment in range(20 * minutes, ABSOLUTE, 20 * minutes):
        with after(moment):
            use(inside)
    with after(age):
        assert inside.inside is alive


def test_a_use_is_written_down_every_half_minute(portal: Portal, inside: Browser) -> None:
    for seconds, written in ((29, 0), (30, 30), (59, 30), (60, 60)):
        with after(seconds):
            use(inside)
        seen = portal.sessions(portal.ani)[0]
        assert (seen.seen_at - seen.created_at).total_seconds() == written


ENDINGS: dict[str, Callable[[Portal, Browser], object]] = {
    "logout": lambda portal, browser: browser.log_out(),
    "version": lambda portal, browser: portal.change(portal.ani),
    "disabled": lambda portal, browser: portal.disable(portal.ani),
    "email": lambda portal, browser: portal.change_email(portal.ani, "ani.baru@contoh.example.go.id"),
    "reset": lambda portal, browser: portal.browser().reset(portal.ani),
    "change of password": lambda portal, browser: (
        portal.browser().enter(portal.ani).change_password(portal.ani.password or "", OTHER)
    ),
    "ended by the owner": lambda portal, browser: portal.browser().enter(portal.ani).act(end_other_sessions),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_ends_a_session_ends_it_at_once_and_its_open_socket(portal: Portal, inside: Browser, ending: str) -> None:
    bystander = portal.browser().enter(portal.budi)
    ENDINGS[ending](portal, inside)
    assert not inside.inside
    refs = [inside.visitor.session_ref, bystander.visitor.session_ref]
    with portal.db.read() as s:
        assert sessions.expired_session_refs(s, portal.settings, refs) == {inside.visitor.session_ref}
    assert bystander.inside
    use(bystander)
    in_transaction(portal.db, sessions.touch, inside.visitor.session_ref)
    assert not inside.inside, "a late use does not wake it up"


@pytest.mark.parametrize(
    ("ending", "reason"),
    [
        ("logout", "keluar"),
        ("reset", "password direset"),
        ("change of password", "password diganti"),
        ("ended by the owner", "diakhiri pemilik"),
    ],
)
def test_the_end_is_written_down_with_its_reason(portal: Portal, inside: Browser, ending: str, reason: str) -> None:
    ENDINGS[ending](portal, inside)
    (row,) = [row for row in portal.sessions(portal.ani) if row.ref == inside.visitor.session_ref]
    assert row.ended_at is not None
    assert row.end_reason == reason


@pytest.mark.parametrize("ending", ["version", "disabled", "email", "reset", "change of password"])
def test_a_claim_dies_with_the_sessions(portal: Portal, inside: Browser, ending: str) -> None:
    pending = portal.browser()
    pending.login(portal.ani)
    ENDINGS[ending](portal, inside)
    assert pending.take() is None


def test_an_account_that_is_enabled_again_needs_a_new_login(portal: Portal, inside: Browser) -> None:
    portal.disable(portal.ani)
    portal.enable(portal.ani)
    assert not inside.inside
    assert inside.enter(portal.ani).inside


def test_a_disabled_account_has_no_session_whatever_its_version(portal: Portal, inside: Browser) -> None:
    with portal.db.begin() as s:
        s.connection().exec_driver_sql("UPDATE akun SET disabled_at = '2026-08-24 02:00:00'")
    assert not inside.inside
    with portal.db.read() as s:
        refs = [inside.visitor.session_ref]
        assert sessions.expired_session_refs(s, portal.settings, refs) == {*refs}


def test_ended_among_many(portal: Portal) -> None:
    alive = [portal.browser().enter(portal.ani) for _ in range(3)]
    unknown = {f"{number:064x}" for number in range(1200)}
    with portal.db.read() as s:
        found = sessions.expired_session_refs(
            s, portal.settings, [*unknown, *(browser.visitor.session_ref for browser in alive)]
        )
        assert found == unknown
        assert sessions.expired_session_refs(s, portal.settings, []) == set()
    with after(IDLE), portal.db.read() as s:
        assert (
            len(sessions.expired_session_refs(s, portal.settings, [browser.visitor.session_ref for browser in alive]))
            == 3
        )


def test_logout_forgets_a_pending_login_too(portal: Portal, inside: Browser) -> None:
    inside.login(portal.ani)
    inside.log_out()
    assert inside.take() is None


def test_logout_is_told_once(portal: Portal, inside: Browser) -> None:
    inside.log_out()
    inside.log_out()
    portal.browser().log_out()
    assert [event.actor_id for event in portal.events(AuditTag.LOGOUT)] == [portal.ani.account_id]


def test_logout_leaves_other_browsers_inside(portal: Portal, inside: Browser) -> None:
    phone = portal.browser(agent=PHONE).enter(portal.ani)
    inside.log_out()
    assert phone.inside


# The list of the owner -----------------------------------------------------------------------------


def test_the_owner_sees_the_own_sessions_and_ends_one(portal: Portal, inside: Browser) -> None:
    phone = portal.browser(agent=PHONE).enter(portal.ani)
    portal.browser().enter(portal.budi)
    shown = inside.overview().sessions
    assert {(row.agent, row.network, row.current) for row in shown} == {
        ("Chrome di Windows", "203.0.113.0/24", True),
        ("Chrome di Android", "203.0.113.0/24", False),
    }
    key = next(row.key for row in shown if not row.current)
    inside.act(end_session, key=key)
    assert not phone.inside
    assert inside.inside
    assert len(inside.overview().sessions) == 1
    with pytest.raises(UserError, match="sudah berakhir"):
        inside.act(end_session, key=key)


def test_nobody_ends_the_session_of_another_person(portal: Portal, inside: Browser) -> None:
    other = portal.browser().enter(portal.budi)
    key = other.overview().sessions[0].key
    for guess in (key, other.visitor.session_ref, ""):
        with pytest.raises(UserError, match="sudah berakhir"):
            inside.act(end_session, key=guess)
    assert other.inside


def test_a_key_of_the_list_is_no_reference(portal: Portal, inside: Browser) -> None:
    shown = inside.overview().sessions[0].key
    assert shown not in portal.everything()["sesi"]


def test_ending_all_others(portal: Portal, inside: Browser) -> None:
    others = [portal.browser().enter(portal.ani) for _ in range(3)]
    pending = portal.browser()
    pending.login(portal.ani)
    assert inside.act(end_other_sessions) == 3
    assert inside.inside
    assert not any(browser.inside for browser in others)
    assert pending.take() is None
    assert portal.events(AuditTag.SESSIONS_ENDED)[0].detail == {"session_count": 3}


def test_the_last_logins_are_shown_with_the_failed_ones(portal: Portal, inside: Browser) -> None:
    for _ in range(2):
        with pytest.raises(UserError):
            portal.elsewhere().login(portal.ani, "Salah0-sekali")
    assert [row.ok for row in inside.overview().logins] == [False, False, True]
    for _ in range(12):
        portal.browser().enter(portal.ani)
    assert len(inside.overview().logins) == 10


# A new place ---------------------------------------------------------------------------------------


def test_a_letter_for_a_new_browser_or_network_only(portal: Portal, inside: Browser) -> None:
    assert portal.letters(portal.ani) == [], "the first login tells nothing new"
    portal.browser().enter(portal.ani)
    portal.browser(address="203.0.113.99").enter(portal.ani)
    assert portal.letters(portal.ani) == [], "the same browser in the same network"
    portal.browser(agent=PHONE).enter(portal.ani)
    portal.browser(address="198.51.100.4").enter(portal.ani)
    assert portal.letters(portal.ani) == [MailKind.NEW_LOGIN] * 2
    assert [mail.params for mail in portal.mails(portal.ani)] == [
        {"agent": "Chrome di Android", "network": "203.0.113.0/24"},
        {"agent": "Chrome di Windows", "network": "198.51.100.0/24"},
    ]
    portal.browser(agent=PHONE).enter(portal.ani)
    assert len(portal.letters(portal.ani)) == 2
