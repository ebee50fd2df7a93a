"""Waiting after failed logins: five free, then 30 s that double to 15 min, per account and per network address."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from mysapk_web.accounts import login
from mysapk_web.organisation import rate_limiting
from mysapk_web.platform.database import Database
from mysapk_web.platform.errors import CommittingUserError
from mysapk_web.platform.mail.queue import MailKind
from mysapk_web.platform.rules.audit import AuditTag
from tests.conftest import SECRET
from tests.support.attempts import together
from tests.support.portal import STRONG, WRONG, Browser, Person, Portal, after, days, minutes, nobody

WAITS = [30, 60, 120, 240, 480, 900, 900, 900]


def fail(portal: Portal, person: Person, times: int = 1, browser: Browser | None = None) -> None:
    """So many failures that are told as such, each from another network unless a browser is given."""
    for _ in range(times):
        with pytest.raises(CommittingUserError) as refusal:
            (browser or portal.elsewhere()).login(person, WRONG)
        assert refusal.value.sentence == login.WRONG_CREDENTIALS


def is_told_to_wait(portal: Portal, person: Person, password: str | None = None, browser: Browser | None = None) -> str:
    with pytest.raises(CommittingUserError, match="Terlalu banyak percobaan") as refusal:
        (browser or portal.elsewhere()).login(person, password)
    return refusal.value.sentence


@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
def test_five_failures_are_free_then_the_waits_double(portal: Portal, *, known: bool) -> None:
    person = portal.ani if known else nobody()
    fail(portal, person, 5)
    elapsed = 0
    for wait in WAITS:
        with after(elapsed):
            fail(portal, person)
            is_told_to_wait(portal, person, WRONG)
        with after(elapsed + wait - 1):
            assert "1 detik" in is_told_to_wait(portal, person, WRONG)
        elapsed += wait


def test_the_right_password_has_to_wait_too(portal: Portal) -> None:
    fail(portal, portal.ani, 6)
    with after(29):
        browser = portal.elsewhere()
        is_told_to_wait(portal, portal.ani, browser=browser)
        assert browser.take() is None
    with after(30):
        portal.elsewhere().enter(portal.ani)


def test_failures_while_waiting_do_not_prolong(portal: Portal) -> None:
    fail(portal, portal.ani, 6)
    for seconds in range(30):
        with after(seconds):
            is_told_to_wait(portal, portal.ani, WRONG)
    with after(30):
        fail(portal, portal.ani)
    with after(30 + 59):
        is_told_to_wait(portal, portal.ani)
    with after(30 + 60):
        portal.elsewhere().enter(portal.ani)


def test_a_success_forgets_the_failures(portal: Portal) -> None:
    fail(portal, portal.ani, 5)
    portal.elsewhere().enter(portal.ani)
    fail(portal, portal.ani, 5)
    portal.elsewhere().enter(portal.ani)


def test_a_day_without_failures_forgets_them(portal: Portal) -> None:
    fail(portal, portal.ani, 5)
    with after(days):
        fail(portal, portal.ani, 5)
        portal.elsewhere().enter(portal.ani)


def test_who_is_locked_out_can_reset_and_enter_at_once(portal: Portal) -> None:
    fail(portal, portal.ani, 6)
    is_told_to_wait(portal, portal.ani)
    browser = portal.elsewhere()
    browser.reset(portal.ani)
    browser.enter(portal.ani, STRONG)


def test_waits_of_one_person_leave_others_alone(portal: Portal) -> None:
    browser = portal.browser()
    fail(portal, portal.ani, 6, browser)
    browser.enter(portal.budi)


def test_the_letter_about_failures_goes_out_once(portal: Portal) -> None:
    fail(portal, portal.ani, 5)
    assert portal.letters(portal.ani) == []
    fail(portal, portal.ani)
    assert portal.letters(portal.ani) == [MailKind.LOCKED]
    for wait in (31, 120, 300):
        with after(wait):
            fail(portal, portal.ani)
    assert portal.letters(portal.ani) == [MailKind.LOCKED]


def test_no_letter_to_who_has_not_activated(portal: Portal) -> None:
    fail(portal, portal.citra, 6)
    assert portal.letters(portal.citra) == []


@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
def test_fifty_at_once_six_are_checked(both: Portal, *, known: bool) -> None:
    person = both.ani if known else nobody()
    browsers = [both.elsewhere() for _ in range(50)]
    outcome = together(50, lambda number: browsers[number].login(person, WRONG))
    sentences = [result.sentence for result in outcome if isinstance(result, CommittingUserError)]
    assert len(sentences) == 50
    assert sentences.count(login.WRONG_CREDENTIALS) == 6
    assert len(both.events(AuditTag.LOGIN_FAILED)) == 6
    assert len(both.events(AuditTag.LOCKED_OUT)) == 44
    if known:
        assert both.letters(person) == [MailKind.LOCKED]


# Per network address -----------------------------------------------------------------------------


def strangers(count: int, start: int = 100) -> list[Person]:
    stranger = nobody()
    return [Person(**{**vars(stranger), "nip": f"198001012005011{start + number}"}) for number in range(count)]


def test_twenty_failures_of_one_network_address_are_free(portal: Portal) -> None:
    browser = portal.browser()
    for person in strangers(21):
        fail(portal, person, browser=browser)
    assert "30 detik" in is_told_to_wait(portal, portal.ani, browser=browser)
    portal.elsewhere().enter(portal.ani)
    with after(30):
        browser.enter(portal.ani)


def test_an_address_does_not_count_successes(portal: Portal) -> None:
    """An office behind one address: many people who know their password, and a few who don't."""
    browser = portal.browser()
    for person in strangers(19):
        fail(portal, person, browser=browser)
    for _ in range(40):
        portal.browser().enter(portal.ani)
    fail(portal, nobody(), browser=browser)
    portal.browser().enter(portal.ani)


def test_who_waits_does_not_use_up_the_address(portal: Portal) -> None:
    browser = portal.browser()
    fail(portal, portal.ani, 6, browser)
    for _ in range(30):
        is_told_to_wait(portal, portal.ani, browser=browser)
    browser.enter(portal.budi)


def test_a_success_does_not_open_an_address_that_waits(portal: Portal) -> None:
    """Somebody with an account of their own can't buy free guesses with it."""
    browser = portal.browser()
    people = strangers(30)
    for person in people[:21]:
        fail(portal, person, browser=browser)
    with after(30):
        browser.enter(portal.ani)
        fail(portal, people[22], browser=browser)
        is_told_to_wait(portal, portal.budi, browser=browser)
    with after(30 + 59):
        is_told_to_wait(portal, portal.budi, browser=browser)


def test_logins_of_one_minute_from_one_network_address_are_limited(portal: Portal) -> None:
    from mysapk_web.rate_limits import LOGINS_PER_NETWORK

    for _ in range(LOGINS_PER_NETWORK.count):
        portal.browser().login(portal.ani)
    is_told_to_wait(portal, portal.ani, browser=portal.browser())
    with after(1 * minutes):
        portal.browser().enter(portal.ani)


# Shared and kept ---------------------------------------------------------------------------------


def test_processes_share_the_count(both: Portal) -> None:
    other = Portal(Database(both.db.url, pool_size=2), both.settings, both.people)
    fail(both, both.ani, 3)
    fail(other, both.ani, 3)
    is_told_to_wait(both, both.ani)
    is_told_to_wait(other, both.ani)
    other.db.dispose()


def test_a_new_process_keeps_the_count(portal: Portal) -> None:
    fail(portal, portal.ani, 6)
    told = subprocess.run(
        [sys.executable, "-c", ANOTHER_PROCESS, portal.db.url, portal.ani.nip, portal.ani.password or ""],
        env={**os.environ, "MYSAPK_DEMO": "1", "MYSAPK_SECRET_KEY": SECRET, "MYSAPK_BCRYPT_COST": "4"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.stdout.startswith("Terlalu banyak percobaan masuk."), told.stderr


ANOTHER_PROCESS = """
import sys
from datetime import UTC, datetime
from mysapk_web.accounts import login
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from mysapk_web.platform.client import ClientContext
from mysapk_web.platform.errors import UserError

clock._source = lambda: datetime(2026, 8, 24, 2, 0, 10, tzinfo=UTC)
url, nip, password = sys.argv[1:]
try:
    login.login(Database(url), client=ClientContext("b", client_address="192.0.2.9"), nip=nip, password=password)
except UserError as refusal:
    print(refusal.sentence)
"""


def test_a_success_under_failures_at_once_is_counted_right(both: Portal) -> None:
    """Five wrong ones together leave the account open: the sixth, right, enters and clears the run."""
    browsers = [both.elsewhere() for _ in range(5)]
    together(5, lambda number: browsers[number].login(both.ani, WRONG))
    assert both.elsewhere().login(both.ani)
    fail(both, both.ani, 5)
    both.elsewhere().enter(both.ani)


def test_an_ipv6_customer_is_one_client_and_neighbours_are_others() -> None:
    key = rate_limiting.client_key
    assert key(b"k", "2001:db8:1:2::1") == key(b"k", "2001:db8:1:2:ffff::9")
    assert key(b"k", "2001:db8:1:2::1") != key(b"k", "2001:db8:1:3::1")
    assert key(b"k", "192.0.2.1") != key(b"k", "192.0.2.2")
    assert key(b"k", "::ffff:192.0.2.1") == key(b"k", "192.0.2.1:4711") == key(b"k", "192.0.2.1")
    assert key(b"k", "") == key(b"k", "bukan alamat")
