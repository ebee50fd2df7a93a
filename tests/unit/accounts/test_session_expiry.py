"""What a page is told of the end of its session: the truth of the server, and being told keeps nothing alive."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mysapk_web.accounts import session_expiry, sessions
from mysapk_web.accounts.session_expiry import SessionExpiry
from mysapk_web.platform.executors import in_transaction
from tests.support.attempts import together
from tests.support.portal import STRONG, Browser, Portal, after, hours, minutes

IDLE = 30 * minutes
ABSOLUTE = 8 * hours


@pytest.fixture
def inside(portal: Portal) -> Browser:
    """Ani has logged in."""
    return portal.browser().enter(portal.ani)


def told(browser: Browser) -> SessionExpiry | None:
    with browser.portal.db.read() as transaction:
        return session_expiry.read_expiry(transaction, browser.portal.settings, browser.visitor)


def extended(browser: Browser) -> SessionExpiry | None:
    return in_transaction(browser.portal.db, session_expiry.extend_session, browser.portal.settings, browser.visitor)


def warns(browser: Browser) -> bool:
    end = told(browser)
    return end is not None and end.left <= end.warning


def test_the_page_warns_two_minutes_before_the_idle_end_and_not_earlier(inside: Browser) -> None:
    with after(IDLE - 2.1 * minutes):
        assert not warns(inside)
    with after(IDLE - 1.9 * minutes):
        assert warns(inside)
        end = told(inside)
        assert end is not None
        assert end.extendable


def test_being_told_prolongs_nothing(inside: Browser) -> None:
    for step in range(1, 30):
        with after(step * minutes):
            assert told(inside) is not None
    with after(IDLE + 0.1 * minutes):
        assert told(inside) is None
        assert not inside.inside


def test_one_extension_is_worth_a_whole_idle_limit(inside: Browser) -> None:
    with after(IDLE - 0.1 * minutes):
        end = extended(inside)
        assert end is not None
        assert end.left == timedelta(seconds=IDLE)
        assert told(inside) == end
    with after(2 * IDLE - 1 * minutes):
        assert inside.inside


def test_near_the_absolute_end_the_page_warns_of_what_nobody_can_put_off(inside: Browser) -> None:
    for step in range(1, 48):
        with after(step * 10 * minutes):
            assert extended(inside) is not None
    with after(ABSOLUTE - 1.5 * minutes):
        end = extended(inside)
        assert end is not None
        assert end.left == timedelta(seconds=1.5 * minutes)
        assert not end.extendable
        assert warns(inside)
    with after(ABSOLUTE + 0.1 * minutes):
        assert extended(inside) is None


def test_a_session_that_has_ended_is_not_brought_back(portal: Portal, inside: Browser) -> None:
    in_transaction(portal.db, sessions.revoke_all_sessions, portal.ani.account_id, "diakhiri")
    assert extended(inside) is None
    assert told(inside) is None
    assert not inside.inside


def test_who_has_no_session_is_told_nothing(portal: Portal) -> None:
    stranger = portal.browser()
    assert told(stranger) is None
    assert extended(stranger) is None


def test_extensions_beside_the_end_of_the_session_never_bring_it_back(both: Portal) -> None:
    browser = both.browser().enter(both.ani)

    def act(number: int) -> object:
        if number == 3:
            return in_transaction(both.db, sessions.revoke_all_sessions, both.ani.account_id, "diakhiri")
        return extended(browser)

    done = together(7, act)
    assert not [each for each in done if isinstance(each, Exception)]
    assert not browser.inside


@pytest.mark.parametrize(("idle", "warning"), [(1, 0.5), (3, 1.5), (4, 2), (30, 2), (1440, 2)])
def test_a_short_idle_limit_warns_at_its_half(portal: Portal, inside: Browser, idle: int, warning: float) -> None:
    settings = portal.settings.model_copy(update={"session_idle_minutes": idle})
    with portal.db.read() as transaction:
        end = session_expiry.read_expiry(transaction, settings, inside.visitor)
    assert end is not None
    assert end.warning == timedelta(minutes=warning)


def test_the_key_of_what_was_typed_is_that_of_one_person(portal: Portal, inside: Browser) -> None:
    again, other = portal.browser().enter(portal.ani), portal.browser().enter(portal.budi)
    keys = [end.typing_key for browser in (inside, again, other) if (end := told(browser)) is not None]
    assert keys[0] == keys[1] != keys[2]
    assert all(len(bytes.fromhex(key)) == 32 for key in keys)
    end = told(inside)
    assert end is not None
    assert end.typing_key not in repr(end)
    assert not [name for name, rows in portal.everything().items() if end.typing_key in rows]


def test_the_key_outlives_a_new_password(portal: Portal, inside: Browser) -> None:
    before = told(inside)
    inside.change_password(portal.ani.password or "", STRONG)
    later = told(portal.browser().enter(portal.ani, STRONG))
    assert before is not None
    assert later is not None
    assert before.typing_key == later.typing_key
