"""How often a token may be asked for: once a minute, five times a day, and never at another's expense."""

from __future__ import annotations

from typing import Any

import pytest

from mysapk_web import settings
from mysapk_web.accounts.tables import ResetRequest
from mysapk_web.platform.errors import CommittingUserError, UserError
from mysapk_web.platform.mail.queue import MailKind
from mysapk_web.platform.rules.audit import AuditTag
from tests.support.attempts import together
from tests.support.portal import Browser, Person, Portal, after, days, hours, minutes, nobody


def test_resend_after_sixty_seconds_not_before(portal: Portal) -> None:
    browser = portal.browser()
    browser.ask(portal.ani)
    with after(59), pytest.raises(UserError, match="1 detik"):
        browser.resend()
    assert portal.letters(portal.ani) == [MailKind.TOKEN]
    with after(60):
        browser.resend()
        assert portal.letters(portal.ani) == [MailKind.TOKEN] * 2
        browser.confirm(portal.token(portal.ani))


def test_the_page_counts_the_minute_down(portal: Portal) -> None:
    browser = portal.browser()
    browser.ask(portal.ani)
    seen = []
    for seconds in (0, 1, 59.5, 60, 3600):
        with after(seconds):
            view = browser.view()
            assert view is not None
            seen.append(view.resend_in)
    assert seen == [60, 59, 1, 0, 0]


def test_resend_needs_a_request_of_this_browser(portal: Portal) -> None:
    portal.browser().ask(portal.ani)
    with pytest.raises(UserError, match="Belum ada permintaan"):
        portal.browser().resend()


def test_resend_compares_with_the_address_that_was_typed(portal: Portal) -> None:
    browser = portal.browser()
    browser.ask(portal.ani, "lain@elsewhere.example.com")
    with after(61):
        browser.resend()
    assert portal.letters(portal.ani) == [MailKind.OTHER_EMAIL] * 2


def test_five_tokens_a_day_through_asking_and_resending_alike(portal: Portal) -> None:
    browser = portal.browser()
    browser.ask(portal.ani)
    for number in range(1, 8):
        with after(number * 61):
            if number % 2:
                browser.resend()
            else:
                portal.elsewhere().ask(portal.ani)
    assert portal.letters(portal.ani) == [MailKind.TOKEN] * 5
    with after(days):
        browser.resend()
    assert portal.letters(portal.ani) == [MailKind.TOKEN] * 6


def test_a_request_over_the_limit_leaves_the_last_token_alive(portal: Portal) -> None:
    browser = portal.browser()
    for number in range(5):
        with after(number * 61):
            browser.ask(portal.ani)
    with after(6 * minutes):
        browser.ask(portal.ani)
    with after(8 * minutes):
        browser.resend()
        assert portal.letters(portal.ani) == [MailKind.TOKEN] * 5
        browser.confirm(portal.token(portal.ani))


def test_over_the_limit_looks_the_same_for_a_stranger(portal: Portal) -> None:
    seen = []
    for person in (portal.ani, nobody()):
        browser = portal.elsewhere()
        views = []
        for number in range(8):
            with after(number * 61):
                browser.ask(person)
                views.append(browser.view())
        with after(2 * hours):
            browser.ask(person)
            views.append(browser.view())
        seen.append([(view.resend_in, view.minutes) for view in views if view])
    assert seen[0] == seen[1]
    assert len(seen[0]) == 9


def test_requests_with_another_address_leave_the_day_of_the_right_pair(portal: Portal) -> None:
    for number in range(12):
        portal.elsewhere().ask(portal.ani, f"tebak{number}@elsewhere.example.com")
    assert portal.letters(portal.ani) == [MailKind.OTHER_EMAIL] * 5, "a mailbox is not flooded"
    browser = portal.browser()
    browser.ask(portal.ani)
    browser.confirm(portal.token(portal.ani))


def test_other_addresses_do_not_tell_the_right_one_by_the_limit(portal: Portal) -> None:
    """After a day's worth of wrong addresses the right one and one more wrong one look alike."""
    for number in range(6):
        portal.elsewhere().ask(portal.ani, f"tebak{number}@elsewhere.example.com")
    seen = []
    for email in (portal.ani.email, "tebak7@elsewhere.example.com"):
        browser = portal.elsewhere()
        for seconds in (0, 61):
            with after(seconds):
                browser.ask(portal.ani, email)
                view = browser.view()
                assert view is not None
                seen.append((view.resend_in, view.minutes))
    assert seen[:2] == seen[2:]


def test_twenty_requests_an_hour_from_one_network_address(portal: Portal) -> None:
    for number in range(20):
        portal.browser().ask_typed(f"1980010120050110{number + 10}", "x@contoh.example.go.id")
    late = portal.browser()
    said = {told(late, person) for person in (portal.ani, nobody())}
    assert len(said) == 1, "the network is told, and nothing about a person"
    assert "jaringan" in said.pop()
    assert portal.letters(portal.ani) == []
    assert late.view() is None
    (event,) = portal.events(AuditTag.LIMIT_EXCEEDED)
    assert (event.subject_id, event.detail) == (None, {"limit": "recovery:address"})
    portal.elsewhere().ask(portal.budi)
    assert portal.letters(portal.budi) == [MailKind.TOKEN]
    with after(hours):
        late.ask(portal.ani)
    assert portal.letters(portal.ani) == [MailKind.TOKEN]


def told(browser: Browser, person: Person) -> str:
    with pytest.raises(CommittingUserError) as refused:
        browser.ask(person)
    return refused.value.sentence


def test_a_network_over_its_limit_uses_up_no_day_of_a_pair(portal: Portal) -> None:
    for number in range(20):
        portal.browser().ask_typed(f"1980010120050110{number + 10}", "x@contoh.example.go.id")
    for _ in range(6):
        told(portal.browser(), portal.ani)
    portal.elsewhere().ask(portal.ani)
    assert portal.letters(portal.ani) == [MailKind.TOKEN]


def test_a_network_over_its_limit_is_told_when_it_asks_again(portal: Portal) -> None:
    """The token that was sent before stays alive."""
    browser = portal.browser()
    browser.ask(portal.ani)
    for number in range(19):
        portal.browser().ask_typed(f"1980010120050110{number + 10}", "x@contoh.example.go.id")
    with after(61):
        with pytest.raises(CommittingUserError, match="jaringan"):
            browser.resend()
        browser.confirm(portal.token(portal.ani))


def test_a_network_over_its_limit_sees_nothing_of_what_others_ask(portal: Portal) -> None:
    """Else it could tell, by asking for a pair, whether its owner has asked within the minute, and join without being counted."""
    double = portal.browser()
    double.ask(portal.budi)
    for number in range(19):
        portal.browser().ask_typed(f"1980010120050110{number + 10}", "x@contoh.example.go.id")
    portal.elsewhere().ask(portal.ani)
    assert "jaringan" in told(portal.browser(), portal.ani)
    double.ask(portal.budi)  # a second click in one browser is one request


def test_an_office_has_limits_of_its_own(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    set_limits(monkeypatch, office_networks="203.0.113.0/28", limit_token_requests_office=25)
    for number in range(25):
        portal.browser().ask_typed(f"1980010120050110{number + 10}", "x@contoh.example.go.id")
    told(portal.browser(), portal.ani)
    neighbour = portal.browser(address="203.0.113.20")
    for number in range(20):
        neighbour.ask_typed(f"1980010120050111{number + 10}", "x@contoh.example.go.id")
    told(neighbour, portal.ani)


def test_limits_are_as_they_are_set(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    set_limits(monkeypatch, limit_token_requests=3, limit_tokens=2, limit_resend_seconds=120)
    browser = portal.browser()
    browser.ask(portal.ani)
    with after(61), pytest.raises(UserError, match="59 detik"):
        browser.resend()
    with after(120):
        browser.resend()
    with after(240):
        browser.resend()
    assert portal.letters(portal.ani) == [MailKind.TOKEN] * 2, "two a day"
    with after(360), pytest.raises(CommittingUserError, match="jaringan"):
        browser.resend()


def set_limits(monkeypatch: pytest.MonkeyPatch, **values: Any) -> None:
    for name, value in values.items():
        monkeypatch.setenv(f"MYSAPK_{name.upper()}", str(value))
    settings.get_settings.cache_clear()


def test_the_day_counts_under_many_requests_at_once(both: Portal) -> None:
    """Two minutes of the clock for each request, so that none joins another; all in threads."""
    for round_ in range(3):
        with after(round_ * 120):
            assert together(4, lambda _: both.elsewhere().ask(both.ani)) == [None] * 4
    assert both.letters(both.ani) == [MailKind.TOKEN] * 3
    for round_ in range(3, 9):
        with after(round_ * 120):
            assert together(4, lambda _: both.elsewhere().ask(both.ani)) == [None] * 4
    assert both.letters(both.ani) == [MailKind.TOKEN] * 5
    assert len([row for row in both.rows(ResetRequest) if row.account_id]) == 5
    assert len(both.events(AuditTag.RESET_REQUESTED)) == 5
