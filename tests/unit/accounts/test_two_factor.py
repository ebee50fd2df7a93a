"""Switching the second factor on and off: what it takes, and what ends with it."""

from __future__ import annotations

import pyotp
import pytest

from mysapk_web.accounts.passwords import decrypt_totp
from mysapk_web.accounts.security.reauthentication import reauthenticate
from mysapk_web.accounts.security.two_factor import (
    cancel_second_factor,
    confirm_second_factor,
    provisioning_uri,
    start_second_factor,
    stop_second_factor,
)
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.platform.errors import CommittingUserError, PermissionDenied, ReauthenticationRequired, UserError
from mysapk_web.platform.executors import in_transaction
from mysapk_web.platform.mail.queue import MailKind
from mysapk_web.platform.rules.audit import AuditTag
from tests.support.attempts import together
from tests.support.authenticators import STEP, Phone, codes_of
from tests.support.portal import PHONE, WRONG, Browser, Person, Portal, after, minutes


@pytest.fixture
def phone(portal: Portal) -> Phone:
    """Budi's; he has confirmed it on an earlier day."""
    return Phone(portal.give_authenticator(portal.budi))


def enrol(browser: Browser, person: Person) -> Phone:
    start_second_factor(browser.portal.db, browser.actor, password=person.password or "")
    uri = in_transaction(browser.portal.db, provisioning_uri, browser.actor)
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
    browser.act(confirm_second_factor, code=phone.code())
    assert browser.actor.may(Permission.VERIFY), "this session has shown it"
    assert not elsewhere.inside, "a session opened with the password alone ends"
    assert pending.take() is None
    assert portal.letters(portal.budi) == [MailKind.SECOND_FACTOR_ON]
    again = portal.browser()
    assert not again.login(portal.budi)
    with pytest.raises(CommittingUserError):
        again.code(phone.code())  # the code that confirmed is used up
    with after(STEP):
        again.code(phone.code())


def test_the_secret_is_encrypted_and_shown_only_while_enrolling(portal: Portal) -> None:
    browser = portal.browser().enter(portal.budi)
    phone = enrol(browser, portal.budi)
    assert phone.secret not in portal.everything()["akun"]
    assert in_transaction(portal.db, provisioning_uri, portal.browser().enter(portal.ani).actor) is None
    browser.act(confirm_second_factor, code=phone.code())
    assert in_transaction(portal.db, provisioning_uri, browser.actor) is None


# It belongs to its session --------------------------------------------------------------------------


def uri_of(browser: Browser) -> str | None:
    return in_transaction(browser.portal.db, provisioning_uri, browser.actor)


def test_another_session_neither_sees_nor_confirms_nor_drops_it(portal: Portal) -> None:
    owner, thief = portal.browser().enter(portal.budi), portal.browser().enter(portal.budi)
    phone = enrol(owner, portal.budi)
    assert uri_of(thief) is None
    assert not thief.overview().enrolling
    assert thief.overview().enrolling_elsewhere
    with pytest.raises(UserError, match="perangkat lain"):
        thief.act(confirm_second_factor, code=phone.code())
    with pytest.raises(PermissionDenied):
        codes_of(thief)
    thief.act(cancel_second_factor)
    assert uri_of(owner) is not None
    owner.act(confirm_second_factor, code=phone.code())
    assert len(codes_of(owner)) == 10
    assert not thief.inside


def test_a_second_beginning_elsewhere_ends_the_first_and_is_told_by_mail(portal: Portal) -> None:
    first, second = portal.browser().enter(portal.budi), portal.browser(agent=PHONE).enter(portal.budi)
    old = enrol(first, portal.budi)
    assert MailKind.SECOND_FACTOR_RESTARTED not in portal.letters(portal.budi)
    new = enrol(second, portal.budi)
    assert portal.letters(portal.budi)[-1] is MailKind.SECOND_FACTOR_RESTARTED
    assert portal.mails(portal.budi)[-1].params == {"agent": "Chrome di Android", "network": "203.0.113.0/24"}
    assert len(portal.events(AuditTag.TOTP_RESTARTED)) == 1
    assert uri_of(first) is None
    for code in (old.code(), new.code()):
        with pytest.raises(UserError, match="ganti password Anda sekarang"):
            first.act(confirm_second_factor, code=code)
    second.act(confirm_second_factor, code=new.code())
    assert second.actor.second_factor


def test_beginning_again_where_one_began_or_where_nobody_is_any_more_alarms_nobody(portal: Portal) -> None:
    browser = portal.browser().enter(portal.budi)
    enrol(browser, portal.budi)
    enrol(browser, portal.budi)
    browser.log_out()
    later = portal.browser().enter(portal.budi)
    assert not later.overview().enrolling_elsewhere
    phone = enrol(later, portal.budi)
    later.act(confirm_second_factor, code=phone.code())
    assert portal.letters(portal.budi) == [MailKind.SECOND_FACTOR_ON]


def test_it_is_seen_and_confirmed_while_the_person_has_authenticated_recently(portal: Portal) -> None:
    browser = portal.browser().enter(portal.budi)
    phone = enrol(browser, portal.budi)
    with after(10 * minutes - 1):
        assert uri_of(browser) is not None
    with after(10 * minutes):
        assert uri_of(browser) is None
        assert not browser.overview().enrolling
        with pytest.raises(ReauthenticationRequired):
            browser.act(confirm_second_factor, code=phone.code())
        assert portal.account(portal.budi).totp_confirmed_at is None
        reauthenticate(portal.db, browser.actor, proof=portal.budi.password or "")
        browser.act(confirm_second_factor, code=phone.code())
    assert portal.account(portal.budi).totp_confirmed_at is not None


def test_two_that_begin_at_once_leave_one_that_can_finish(both: Portal) -> None:
    browsers = [both.browser().enter(both.budi) for _ in range(4)]

    def begin(number: int) -> None:
        start_second_factor(both.db, browsers[number].actor, password=both.budi.password or "")

    assert together(4, begin) == [None] * 4
    finishing = [browser for browser in browsers if uri_of(browser) is not None]
    assert len(finishing) == 1
    assert both.letters(both.budi) == [MailKind.SECOND_FACTOR_RESTARTED] * 3


def test_a_confirmation_never_puts_the_secret_of_another_session_in_force(both: Portal) -> None:
    first, second = both.browser().enter(both.budi), both.browser().enter(both.budi)
    phone = enrol(first, both.budi)
    code, actor = phone.code(), second.actor

    def act(number: int) -> None:
        if number:
            start_second_factor(both.db, actor, password=both.budi.password or "")
        else:
            first.act(confirm_second_factor, code=code)

    together(2, act)
    account = both.account(both.budi)
    in_force = account.totp_confirmed_at is not None
    assert in_force is (decrypt_totp(account.totp_secret or "", both.settings) == phone.secret)
    assert in_force is (account.totp_session == first.visitor.session_ref)


def test_switching_on_needs_the_password(portal: Portal) -> None:
    browser = portal.browser().enter(portal.budi)
    with pytest.raises(CommittingUserError, match="tidak cocok"):
        start_second_factor(portal.db, browser.actor, password=WRONG)
    assert portal.account(portal.budi).totp_secret is None
    with pytest.raises(UserError, match="Mulai dahulu"):
        browser.act(confirm_second_factor, code="123456")


def test_switching_on_with_a_wrong_code(portal: Portal) -> None:
    browser = portal.browser().enter(portal.budi)
    phone = enrol(browser, portal.budi)
    for _ in range(5):
        with pytest.raises(CommittingUserError, match="tidak cocok"):
            browser.act(confirm_second_factor, code=phone.wrong())
    with pytest.raises(CommittingUserError, match="5 menit"):
        browser.act(confirm_second_factor, code=phone.code())
    assert portal.account(portal.budi).totp_confirmed_at is None


def test_a_factor_in_force_is_not_replaced_by_a_new_secret(portal: Portal, phone: Phone) -> None:
    browser = portal.browser().enter(portal.budi, code=phone.code())
    before = portal.account(portal.budi).totp_secret
    with pytest.raises(UserError, match="sudah aktif"):
        start_second_factor(portal.db, browser.actor, password=portal.budi.password or "")
    browser.act(cancel_second_factor)
    assert portal.account(portal.budi).totp_secret == before


def test_cancelling(portal: Portal) -> None:
    browser = portal.browser().enter(portal.budi)
    phone = enrol(browser, portal.budi)
    browser.act(cancel_second_factor)
    assert not browser.overview().enrolling
    with pytest.raises(UserError, match="Mulai dahulu"):
        browser.act(confirm_second_factor, code=phone.code())


def test_switching_off_needs_password_and_code(portal: Portal, phone: Phone) -> None:
    browser = portal.browser().enter(portal.budi, code=phone.code())
    codes = codes_of(browser)
    password = portal.budi.password or ""
    with after(STEP):
        for typed_password, code in ((WRONG, phone.code()), (password, phone.wrong())):
            with pytest.raises(CommittingUserError):
                stop_second_factor(portal.db, browser.actor, password=typed_password, code=code)
        assert browser.actor.may(Permission.VERIFY)
        stop_second_factor(portal.db, browser.actor, password=password, code=codes[0])
    assert not browser.actor.may(Permission.VERIFY), "the role rests"
    assert browser.inside
    assert browser.overview().recovery_codes_left == 0
    assert portal.letters(portal.budi)[-1] is MailKind.SECOND_FACTOR_OFF
    assert portal.browser().login(portal.budi)


def test_switching_off_what_is_not_on(portal: Portal) -> None:
    browser = portal.browser().enter(portal.ani)
    with pytest.raises(UserError, match="belum aktif"):
        stop_second_factor(portal.db, browser.actor, password=portal.ani.password or "", code="123456")
