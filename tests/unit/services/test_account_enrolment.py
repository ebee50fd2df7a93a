"""Switching the second factor on and off: what it takes, and what ends with it (DESIGN 4)."""

from __future__ import annotations

import pyotp
import pytest

from mysapk_web.domain.roles import Permission
from mysapk_web.services import security
from mysapk_web.services.actor import CountedRefusal, Refused
from mysapk_web.services.database import in_transaction
from mysapk_web.services.outbox import Letter
from tests.unit.services.people import WRONG, Browser, Person, Portal, after
from tests.unit.services.phones import STEP, Phone, codes_of


@pytest.fixture
def phone(portal: Portal) -> Phone:
    """Budi's; he has confirmed it on an earlier day."""
    return Phone(portal.give_authenticator(portal.budi))


def enrol(browser: Browser, person: Person) -> Phone:
    security.start_second_factor(browser.portal.db, browser.actor, password=person.password or "")
    uri = in_transaction(browser.portal.db, security.enrolment_uri, browser.actor)
    assert uri is not None
    return Phone(pyotp.parse_uri(uri).secret)


def test_switching_on(portal: Portal) -> None:
    browser = portal.browser().enter(portal.budi)
    elsewhere = portal.browser().enter(portal.budi)
    pending = portal.browser()
    pending.login(portal.budi)
    phone = enrol(browser, portal.budi)
    assert browser.overview().enrolling
    assert not browser.actor.second_factor, "shown is not confirmed"
    browser.act(security.confirm_second_factor, code=phone.code())
    assert browser.actor.may(Permission.VERIFY), "this session has shown it"
    assert not elsewhere.inside, "a session opened with the password alone ends"
    assert pending.take() is None
    assert portal.letters(portal.budi) == [Letter.SECOND_FACTOR_ON]
    again = portal.browser()
    assert not again.login(portal.budi)
    with pytest.raises(CountedRefusal):
        again.code(phone.code())  # the code that confirmed is used up
    with after(STEP):
        again.code(phone.code())


def test_the_secret_is_encrypted_and_shown_only_while_enrolling(portal: Portal) -> None:
    browser = portal.browser().enter(portal.budi)
    phone = enrol(browser, portal.budi)
    assert phone.secret not in portal.everything()["akun"]
    assert in_transaction(portal.db, security.enrolment_uri, portal.browser().enter(portal.ani).actor) is None
    browser.act(security.confirm_second_factor, code=phone.code())
    assert in_transaction(portal.db, security.enrolment_uri, browser.actor) is None


def test_switching_on_needs_the_password(portal: Portal) -> None:
    browser = portal.browser().enter(portal.budi)
    with pytest.raises(CountedRefusal, match="tidak cocok"):
        security.start_second_factor(portal.db, browser.actor, password=WRONG)
    assert portal.account(portal.budi).totp_secret is None
    with pytest.raises(Refused, match="Mulai dahulu"):
        browser.act(security.confirm_second_factor, code="123456")


def test_switching_on_with_a_wrong_code(portal: Portal) -> None:
    browser = portal.browser().enter(portal.budi)
    phone = enrol(browser, portal.budi)
    for _ in range(5):
        with pytest.raises(CountedRefusal, match="tidak cocok"):
            browser.act(security.confirm_second_factor, code=phone.wrong())
    with pytest.raises(CountedRefusal, match="5 menit"):
        browser.act(security.confirm_second_factor, code=phone.code())
    assert portal.account(portal.budi).totp_confirmed_at is None


def test_a_factor_in_force_is_not_replaced_by_a_new_secret(portal: Portal, phone: Phone) -> None:
    browser = portal.browser().enter(portal.budi, code=phone.code())
    before = portal.account(portal.budi).totp_secret
    with pytest.raises(Refused, match="sudah aktif"):
        security.start_second_factor(portal.db, browser.actor, password=portal.budi.password or "")
    browser.act(security.cancel_second_factor)
    assert portal.account(portal.budi).totp_secret == before


def test_cancelling(portal: Portal) -> None:
    browser = portal.browser().enter(portal.budi)
    phone = enrol(browser, portal.budi)
    browser.act(security.cancel_second_factor)
    assert not browser.overview().enrolling
    with pytest.raises(Refused, match="Mulai dahulu"):
        browser.act(security.confirm_second_factor, code=phone.code())


def test_switching_off_needs_password_and_code(portal: Portal, phone: Phone) -> None:
    browser = portal.browser().enter(portal.budi, code=phone.code())
    codes = codes_of(browser)
    password = portal.budi.password or ""
    with after(STEP):
        for typed_password, code in ((WRONG, phone.code()), (password, phone.wrong())):
            with pytest.raises(CountedRefusal):
                security.stop_second_factor(portal.db, browser.actor, password=typed_password, code=code)
        assert browser.actor.may(Permission.VERIFY)
        security.stop_second_factor(portal.db, browser.actor, password=password, code=codes[0])
    assert not browser.actor.may(Permission.VERIFY), "the role rests"
    assert browser.inside
    assert browser.overview().recovery_codes_left == 0
    assert portal.letters(portal.budi)[-1] is Letter.SECOND_FACTOR_OFF
    assert portal.browser().login(portal.budi)


def test_switching_off_what_is_not_on(portal: Portal) -> None:
    browser = portal.browser().enter(portal.ani)
    with pytest.raises(Refused, match="belum aktif"):
        security.stop_second_factor(portal.db, browser.actor, password=portal.ani.password or "", code="123456")
