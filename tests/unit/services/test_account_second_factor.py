"""The second factor: before roles act, codes that work once, limited tries, and what it takes to switch it (DESIGN 4)."""

from __future__ import annotations

import re

import pytest

from mysapk_web.domain.audit import AuditTag
from mysapk_web.domain.roles import Permission, Role
from mysapk_web.models import RecoveryCode
from mysapk_web.services.actor import CountedRefusal, InputRefused, NotAllowed, Refused
from mysapk_web.services.outbox import Letter
from mysapk_web.services.security import StepUpNeeded
from tests.unit.services.people import STRONG, Browser, Portal, after, minutes
from tests.unit.services.phones import STEP, Phone, codes_of
from tests.unit.services.trying import together


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
    with pytest.raises(Refused, match="sekali lagi"):
        stranger.code(phone.code())
    assert stranger.take() is None
    stranger.login(portal.ani)
    with pytest.raises(Refused, match="sekali lagi"):
        stranger.code(phone.code())


def test_an_empty_code_is_told_and_costs_no_try(portal: Portal, phone: Phone) -> None:
    browser = portal.browser()
    browser.login(portal.budi)
    with pytest.raises(InputRefused):
        browser.code("  ")
    assert portal.claims()[0].code_tries == 0


@pytest.mark.parametrize(("age", "works"), [(599, True), (600, False)])
def test_ten_minutes_to_type_the_code(portal: Portal, phone: Phone, age: int, *, works: bool) -> None:
    browser = portal.browser()
    browser.login(portal.budi)
    with after(age):
        if works:
            browser.code(phone.code())
            assert browser.take() is not None
        else:
            with pytest.raises(Refused, match="sekali lagi"):
                browser.code(phone.code())


def test_a_code_works_once(portal: Portal, phone: Phone) -> None:
    code = phone.code()
    portal.browser().enter(portal.budi, code=code)
    again = portal.browser()
    again.login(portal.budi)
    for older in (code, phone.code(-1)):
        with pytest.raises(CountedRefusal, match="tidak cocok"):
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
    assert len([result for result in outcome if isinstance(result, CountedRefusal)]) == 4
    assert len([browser for browser in browsers if browser.take()]) == 1


@pytest.mark.parametrize(("drift", "works"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_that_is_one_step_off(portal: Portal, phone: Phone, drift: int, *, works: bool) -> None:
    browser = portal.browser()
    browser.login(portal.budi)
    if works:
        browser.code(phone.code(drift))
    else:
        with pytest.raises(CountedRefusal, match="tidak cocok"):
            browser.code(phone.code(drift))
    assert (browser.take() is not None) is works


def test_five_codes_for_one_login(portal: Portal, phone: Phone) -> None:
    browser = portal.browser()
    browser.login(portal.budi)
    for _ in range(5):
        with pytest.raises(CountedRefusal, match="tidak cocok"):
            browser.code(phone.wrong())
    portal.forget_counters()
    with pytest.raises(Refused, match="sekali lagi"):
        browser.code(phone.code())
    assert browser.take() is None
    assert len(portal.events(AuditTag.TOTP_FAILED)) == 5


def test_five_codes_in_five_minutes_for_one_account(portal: Portal, phone: Phone) -> None:
    for _ in range(5):
        browser = portal.elsewhere()
        browser.login(portal.budi)
        with pytest.raises(CountedRefusal, match="tidak cocok"):
            browser.code(phone.wrong())
    browser = portal.elsewhere()
    browser.login(portal.budi)
    with pytest.raises(CountedRefusal, match="Tunggu 5 menit"):
        browser.code(phone.code())
    with after(5 * minutes):
        browser.code(phone.code())


def test_fifty_wrong_codes_at_once_five_are_checked(both: Portal) -> None:
    phone = Phone(both.give_authenticator(both.budi))
    browser = both.browser()
    browser.login(both.budi)
    wrong = phone.wrong()
    outcome = together(50, lambda _: browser.code(wrong))
    assert all(isinstance(result, Refused) for result in outcome)
    assert len(both.events(AuditTag.TOTP_FAILED)) == 5
    with pytest.raises(Refused):
        browser.code(phone.code())


def test_a_pending_code_dies_with_a_change_of_the_account(portal: Portal, phone: Phone) -> None:
    browser = portal.browser()
    browser.login(portal.budi)
    portal.change(portal.budi)
    with pytest.raises(Refused, match="sekali lagi"):
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
    assert portal.letters(portal.budi) == [Letter.RECOVERY_CODES_NEW, Letter.RECOVERY_CODE_USED]
    assert portal.mails(portal.budi)[1].params == {"left": 9}
    again = portal.browser()
    again.login(portal.budi)
    with pytest.raises(CountedRefusal, match="tidak cocok"):
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
    with pytest.raises(CountedRefusal):
        other.code(old[0])
    other.code(new[0])


def test_new_recovery_codes_need_a_recent_proof_and_are_told(portal: Portal, phone: Phone) -> None:
    browser = portal.browser().enter(portal.budi, code=phone.code())
    with after(11 * minutes), pytest.raises(StepUpNeeded):
        codes_of(browser)
    assert portal.rows(RecoveryCode) == []
    codes_of(browser)
    assert portal.letters(portal.budi) == [Letter.RECOVERY_CODES_NEW]


def test_a_recovery_code_belongs_to_one_account(portal: Portal, phone: Phone) -> None:
    portal.give_authenticator(portal.ani)
    codes = codes_of(portal.browser().enter(portal.budi, code=phone.code()))
    other = portal.browser()
    other.login(portal.ani)
    with pytest.raises(CountedRefusal):
        other.code(codes[0])


def test_recovery_codes_are_shown_only_behind_the_second_factor(portal: Portal) -> None:
    browser = portal.browser().enter(portal.ani)
    with pytest.raises(NotAllowed):
        codes_of(browser)
    assert portal.rows(RecoveryCode) == []


def test_too_many_codes_is_told_without_a_promise(portal: Portal, phone: Phone) -> None:
    """While the account waits no code of either kind is looked at, so none is recommended."""
    codes = codes_of(portal.browser().enter(portal.budi, code=phone.code()))
    portal.forget_counters()
    for number in range(6):
        browser = portal.elsewhere()
        browser.login(portal.budi)
        with pytest.raises(CountedRefusal) as refusal:
            browser.code(phone.wrong() if number < 5 else codes[0])
    assert "pemulihan" not in refusal.value.sentence
    assert "5 menit" in refusal.value.sentence


# Roles -------------------------------------------------------------------------------------------


def test_a_role_rests_until_the_second_factor_was_shown(portal: Portal) -> None:
    browser = portal.browser().enter(portal.budi)
    actor = browser.actor
    assert [grant.role for grant in actor.grants] == [Role.VERIFIKATOR]
    assert actor.roles == {Role.PEGAWAI}
    assert not actor.may(Permission.VERIFY)
    assert actor.may(Permission.SEE_OWN_PROFILE)
    with pytest.raises(NotAllowed):
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
    with after(STEP), pytest.raises(Refused, match="sekali lagi"):
        other.code(phone.code())
