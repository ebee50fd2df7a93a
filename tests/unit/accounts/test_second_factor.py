"""The second factor: before roles act, codes that work once, limited tries, and what it takes to switch it."""

from __future__ import annotations

import contextlib
import re
from datetime import timedelta

import pytest
from sqlmodel import col

from mysapk_web.accounts.second_factor import CODE_FAILURES
from mysapk_web.accounts.tables import RecoveryCode
from mysapk_web.app import retention
from mysapk_web.organisation.rules.roles import Permission, Role
from mysapk_web.platform import clock
from mysapk_web.platform.errors import (
    CommittingUserError,
    FormError,
    PermissionDenied,
    ReauthenticationRequired,
    UserError,
)
from mysapk_web.platform.executors import in_transaction
from mysapk_web.platform.mail.queue import MailKind
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.tables.counter import Counter
from mysapk_web.rate_limits import ACCOUNT_FAILURES, CODES_IN_A_ROW
from tests.support.attempts import together
from tests.support.authenticators import STEP, Phone, codes_of
from tests.support.portal import OTHER, STRONG, WRONG, Browser, Portal, after, days, minutes


@pytest.fixture
def phone(portal: Portal) -> Phone:
    """Budi's; he has confirmed it on an earlier day."""
    return Phone(portal.give_authenticator(portal.budi))


# Logging in --------------------------------------------------------------------------------------


def test_password_then_code(portal: Portal, phone: Phone) -> None:
    browser = portal.browser()
    assert not browser.login(portal.budi)
    assert browser.take() is None, "the password alone opens nothing"
    browser.code(phone.code())
    assert browser.take() is not None
    assert browser.actor.second_factor


@pytest.mark.parametrize("typed", ["{0} {1}", " {0}-{1} ", "{0}\u00a0{1}\n"])
def test_a_code_is_read_as_people_type_it(portal: Portal, phone: Phone, typed: str) -> None:
    code = phone.code()
    portal.browser().enter(portal.budi, code=typed.format(code[:3], code[3:]))


def test_no_code_without_the_password_of_this_browser(portal: Portal, phone: Phone) -> None:
    portal.browser().login(portal.budi)
    stranger = portal.browser()
    with pytest.raises(UserError, match="sekali lagi"):
        stranger.code(phone.code())
    assert stranger.take() is None
    stranger.login(portal.ani)
    with pytest.raises(UserError, match="sekali lagi"):
        stranger.code(phone.code())


def test_an_empty_code_is_told_and_costs_no_try(portal: Portal, phone: Phone) -> None:
    browser = portal.browser()
    browser.login(portal.budi)
    with pytest.raises(FormError):
        browser.code("  ")
    assert portal.rows(Counter, col(Counter.key).startswith(CODE_FAILURES.name)) == []


@pytest.mark.parametrize(("age", "works"), [(599, True), (600, False)])
def test_ten_minutes_to_type_the_code(portal: Portal, phone: Phone, age: int, *, works: bool) -> None:
    browser = portal.browser()
    browser.login(portal.budi)
    with after(age):
        if works:
            browser.code(phone.code())
            assert browser.take() is not None
        else:
            with pytest.raises(UserError, match="sekali lagi"):
                browser.code(phone.code())


def test_a_code_works_once(portal: Portal, phone: Phone) -> None:
    code = phone.code()
    portal.browser().enter(portal.budi, code=code)
    again = portal.browser()
    again.login(portal.budi)
    for older in (code, phone.code(-1)):
        with pytest.raises(CommittingUserError, match="tidak cocok"):
            again.code(older)
    assert again.take() is None
    with after(STEP):
        again.code(phone.code())


def test_one_code_in_many_browsers_at_once_opens_one(both: Portal) -> None:
    phone = Phone(both.give_authenticator(both.budi))
    browsers = [both.elsewhere() for _ in range(5)]
    for browser in browsers:
        browser.login(both.budi)
    outcome = together(5, lambda number: browsers[number].code(phone.code()))
    assert outcome.count(None) == 1
    assert len([result for result in outcome if isinstance(result, CommittingUserError)]) == 4
    assert len([browser for browser in browsers if browser.take()]) == 1


@pytest.mark.parametrize(("drift", "works"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_that_is_one_step_off(portal: Portal, phone: Phone, drift: int, *, works: bool) -> None:
    browser = portal.browser()
    browser.login(portal.budi)
    if works:
        browser.code(phone.code(drift))
    else:
        with pytest.raises(CommittingUserError, match="tidak cocok"):
            browser.code(phone.code(drift))
    assert (browser.take() is not None) is works


# Wrong codes --------------------------------------------------------------------------------------


def guess(portal: Portal, phone: Phone, times: int = 1) -> None:
    """Somebody who knows the password types wrong codes, each in a browser and network of its own."""
    for _ in range(times):
        browser = portal.elsewhere()
        browser.login(portal.budi)
        with pytest.raises(CommittingUserError, match="tidak cocok"):
            browser.code(phone.wrong())


def is_refused(portal: Portal, phone: Phone, words: str) -> None:
    """Even a right code, in a fresh browser."""
    browser = portal.elsewhere()
    browser.login(portal.budi)
    with pytest.raises(CommittingUserError, match=words):
        browser.code(phone.code())
    assert browser.take() is None


def guess_up_to(portal: Portal, phone: Phone, wrong: int) -> float:
    """So many wrong codes in a row, each as soon as it may be typed; gives how many seconds that took."""
    passed = timedelta()
    for failures in range(wrong):
        passed += ACCOUNT_FAILURES.wait_after(failures)
        with clock.shifted(passed):
            guess(portal, phone)
    return passed.total_seconds()


def test_wrong_codes_wait_as_wrong_passwords_do(portal: Portal, phone: Phone) -> None:
    guess(portal, phone, ACCOUNT_FAILURES.free + 1)
    is_refused(portal, phone, "Tunggu 30 detik")
    with after(29):
        is_refused(portal, phone, "Tunggu 1 detik")
    with after(30):
        guess(portal, phone)
        is_refused(portal, phone, "Tunggu 1 menit")
    with after(90):
        portal.elsewhere().enter(portal.budi, code=phone.code())


def test_a_right_code_ends_the_run(portal: Portal, phone: Phone) -> None:
    guess(portal, phone, ACCOUNT_FAILURES.free)
    portal.elsewhere().enter(portal.budi, code=phone.code())
    with after(STEP):
        guess(portal, phone, ACCOUNT_FAILURES.free)
        portal.elsewhere().enter(portal.budi, code=phone.code())


def test_the_owner_is_told_at_the_first_wait_and_once(portal: Portal, phone: Phone) -> None:
    guess(portal, phone, ACCOUNT_FAILURES.free)
    assert portal.letters(portal.budi) == []
    guess(portal, phone)
    assert portal.letters(portal.budi) == [MailKind.CODES_WRONG]
    with after(30):
        guess(portal, phone)
    assert portal.letters(portal.budi) == [MailKind.CODES_WRONG]


def test_a_hundred_wrong_codes_in_a_row_and_no_more_until_the_owner_acts_by_mail(portal: Portal, phone: Phone) -> None:
    assert guess_up_to(portal, phone, CODES_IN_A_ROW - 1) < days
    with after(40 * days):
        browser = portal.elsewhere()
        browser.login(portal.budi)
        with pytest.raises(CommittingUserError, match="Lupa Password"):
            browser.code(phone.wrong())
    assert [mail.params for mail in portal.mails(portal.budi)] == [{"stopped": False}, {"stopped": True}]
    assert len(portal.events(AuditTag.TOTP_FAILED)) == CODES_IN_A_ROW
    assert len(portal.events(AuditTag.TOTP_EXHAUSTED)) == 1
    for pause in (41 * days, 400 * days):
        with after(pause):
            in_transaction(portal.db, retention.sweep)
            is_refused(portal, phone, "Lupa Password")
    with after(500 * days):
        owner = portal.elsewhere()
        owner.reset(portal.budi)
        owner.enter(portal.budi, STRONG, code=phone.code())


def test_a_reset_by_mail_makes_no_guess_come_sooner(portal: Portal, phone: Phone) -> None:
    """Whoever holds the mailbox, but not the phone, guesses no faster than whoever holds the password."""
    passed = guess_up_to(portal, phone, ACCOUNT_FAILURES.free + 7)
    for password in (STRONG, OTHER):
        with after(passed):
            holder = portal.elsewhere()
            holder.reset(portal.budi, password)
            holder.login(portal.budi, password)
            with pytest.raises(CommittingUserError, match="Tunggu 15 menit"):
                holder.code(phone.wrong())
        with after(passed + 15 * minutes):
            holder.login(portal.budi, password)
            with pytest.raises(CommittingUserError, match="tidak cocok"):
                holder.code(phone.wrong())
        passed += 15 * minutes


def test_who_lacks_the_password_types_no_code(portal: Portal, phone: Phone) -> None:
    """So no stranger makes the owner wait, let alone shuts them out."""
    for _ in range(ACCOUNT_FAILURES.free * 3):
        stranger = portal.elsewhere()
        with contextlib.suppress(CommittingUserError):
            stranger.login(portal.budi, WRONG)
        with pytest.raises(UserError, match="sekali lagi"):
            stranger.code(phone.wrong())
    assert portal.events(AuditTag.TOTP_FAILED) == []
    owner = portal.elsewhere()
    owner.reset(portal.budi)
    owner.enter(portal.budi, STRONG, code=phone.code())


def test_waiting_uses_up_neither_the_login_nor_the_run(portal: Portal, phone: Phone) -> None:
    browser = portal.browser()
    browser.login(portal.budi)
    for _ in range(ACCOUNT_FAILURES.free + 1):
        with pytest.raises(CommittingUserError, match="tidak cocok"):
            browser.code(phone.wrong())
    for _ in range(20):
        with pytest.raises(CommittingUserError, match="Tunggu"):
            browser.code(phone.wrong())
    with after(30):
        browser.code(phone.code())
    assert browser.take() is not None


def test_fifty_wrong_codes_at_once_six_are_checked(both: Portal) -> None:
    phone = Phone(both.give_authenticator(both.budi))
    browser = both.browser()
    browser.login(both.budi)
    wrong = phone.wrong()
    outcome = together(50, lambda _: browser.code(wrong))
    assert all(isinstance(result, CommittingUserError) for result in outcome)
    assert len(both.events(AuditTag.TOTP_FAILED)) == ACCOUNT_FAILURES.free + 1
    assert both.letters(both.budi) == [MailKind.CODES_WRONG]
    with pytest.raises(CommittingUserError, match="Tunggu"):
        browser.code(phone.code())


def test_two_right_codes_of_one_page_at_once_open_one_session(both: Portal) -> None:
    phone = Phone(both.give_authenticator(both.budi))
    codes = codes_of(both.browser().enter(both.budi, code=phone.code()))
    browser = both.browser()
    browser.login(both.budi)
    tickets = [
        result
        for result in together(4, lambda number: browser.submit(codes[number]))
        if not isinstance(result, Exception)
    ]
    assert len(tickets) == 1
    assert browser.actor_or_none() is None
    assert len(both.events(AuditTag.RECOVERY_CODE_USED)) == 1, "the others were given back"


def test_a_pending_code_dies_with_a_change_of_the_account(portal: Portal, phone: Phone) -> None:
    browser = portal.browser()
    browser.login(portal.budi)
    portal.change(portal.budi)
    with pytest.raises(UserError, match="sekali lagi"):
        browser.code(phone.code())


def test_a_login_that_began_before_the_factor_was_confirmed_opens_nothing(portal: Portal) -> None:
    """A claim written with the password alone, beside the transaction that confirmed the factor."""
    browser = portal.browser()
    browser.login(portal.ani)
    portal.give_authenticator(portal.ani)
    assert browser.take() is None


# Recovery codes ----------------------------------------------------------------------------------


def test_ten_recovery_codes_each_works_once(portal: Portal, phone: Phone) -> None:
    codes = codes_of(portal.browser().enter(portal.budi, code=phone.code()))
    assert len({*codes}) == 10
    assert all(re.fullmatch(r"[A-HJKMNP-Z2-9]{5}-[A-HJKMNP-Z2-9]{5}-[A-HJKMNP-Z2-9]{4}", code) for code in codes)
    stored = portal.everything()
    assert not [code for code in codes for rows in stored.values() if code in rows or code.replace("-", "") in rows]
    browser = portal.browser().enter(portal.budi, code=codes[0].lower().replace("-", " "))
    assert browser.actor.second_factor
    assert browser.overview().recovery_codes_left == 9
    assert portal.letters(portal.budi) == [MailKind.RECOVERY_CODES_NEW, MailKind.RECOVERY_CODE_USED]
    assert portal.mails(portal.budi)[1].params == {"left": 9}
    again = portal.browser()
    again.login(portal.budi)
    with pytest.raises(CommittingUserError, match="tidak cocok"):
        again.code(codes[0])
    again.code(codes[1])


def test_one_recovery_code_at_once_opens_one(both: Portal) -> None:
    phone = Phone(both.give_authenticator(both.budi))
    code = codes_of(both.browser().enter(both.budi, code=phone.code()))[0]
    both.forget_counters()
    browsers = [both.elsewhere() for _ in range(5)]
    for browser in browsers:
        browser.login(both.budi)
    outcome = together(5, lambda number: browsers[number].code(code))
    assert outcome.count(None) == 1
    assert len(both.events(AuditTag.RECOVERY_CODE_USED)) == 1


def test_new_recovery_codes_put_the_older_ones_out(portal: Portal, phone: Phone) -> None:
    browser = portal.browser().enter(portal.budi, code=phone.code())
    old, new = codes_of(browser), codes_of(browser)
    other = portal.browser()
    other.login(portal.budi)
    with pytest.raises(CommittingUserError):
        other.code(old[0])
    other.code(new[0])


def test_new_recovery_codes_need_a_recent_proof_and_are_told(portal: Portal, phone: Phone) -> None:
    browser = portal.browser().enter(portal.budi, code=phone.code())
    with after(11 * minutes), pytest.raises(ReauthenticationRequired):
        codes_of(browser)
    assert portal.rows(RecoveryCode) == []
    codes_of(browser)
    assert portal.letters(portal.budi) == [MailKind.RECOVERY_CODES_NEW]


def test_a_recovery_code_belongs_to_one_account(portal: Portal, phone: Phone) -> None:
    portal.give_authenticator(portal.ani)
    codes = codes_of(portal.browser().enter(portal.budi, code=phone.code()))
    other = portal.browser()
    other.login(portal.ani)
    with pytest.raises(CommittingUserError):
        other.code(codes[0])


def test_recovery_codes_are_shown_only_behind_the_second_factor(portal: Portal) -> None:
    browser = portal.browser().enter(portal.ani)
    with pytest.raises(PermissionDenied):
        codes_of(browser)
    assert portal.rows(RecoveryCode) == []


def test_too_many_codes_is_told_without_a_promise(portal: Portal, phone: Phone) -> None:
    """While the account waits no code of either kind is looked at, so none is recommended."""
    codes = codes_of(portal.browser().enter(portal.budi, code=phone.code()))
    portal.forget_counters()
    guess(portal, phone, ACCOUNT_FAILURES.free + 1)
    browser = portal.elsewhere()
    browser.login(portal.budi)
    with pytest.raises(CommittingUserError) as refusal:
        browser.code(codes[0])
    assert "pemulihan" not in refusal.value.sentence
    assert "30 detik" in refusal.value.sentence


# Roles -------------------------------------------------------------------------------------------


def test_a_role_rests_until_the_second_factor_was_shown(portal: Portal) -> None:
    browser = portal.browser().enter(portal.budi)
    actor = browser.actor
    assert [grant.role for grant in actor.grants] == [Role.VERIFIKATOR]
    assert actor.roles == {Role.PEGAWAI}
    assert not actor.may(Permission.VERIFY)
    assert actor.may(Permission.SEE_OWN_PROFILE)
    with pytest.raises(PermissionDenied):
        actor.require(Permission.INBOX_READ)
    shown = browser.overview()
    assert (shown.second_factor_needed, shown.acting, shown.roles) == (True, False, ["Verifikator"])


def test_with_the_second_factor_the_role_acts(portal: Portal, phone: Phone) -> None:
    actor = portal.browser().enter(portal.budi, code=phone.code()).actor
    assert actor.roles == {Role.PEGAWAI, Role.VERIFIKATOR}
    assert actor.may(Permission.VERIFY)
    assert not actor.may(Permission.APPROVE)


def test_a_role_that_was_revoked_does_not_act(portal: Portal, phone: Phone) -> None:
    browser = portal.browser().enter(portal.budi, code=phone.code())
    with portal.db.begin() as s:
        s.connection().exec_driver_sql("UPDATE peran SET revoked_at = granted_at")
    assert browser.actor.grants == ()
    assert not browser.actor.may(Permission.VERIFY)


def test_a_reset_keeps_the_second_factor(portal: Portal, phone: Phone) -> None:
    browser = portal.browser()
    browser.reset(portal.budi)
    assert not browser.login(portal.budi, STRONG)
    browser.code(phone.code())
    assert browser.take() is not None


def test_logout_forgets_a_login_of_the_account_that_waits_for_its_code(portal: Portal, phone: Phone) -> None:
    browser = portal.browser().enter(portal.budi, code=phone.code())
    other = Browser(portal, browser.name, page="another")
    other.login(portal.budi)
    browser.log_out()
    with after(STEP), pytest.raises(UserError, match="sekali lagi"):
        other.code(phone.code())
