"""Nobody keeps the owner out: what strangers do with a NIP and an address uses up nothing that the owner needs (decision 0021)."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mysapk_web.accounts import lockouts as account_waits
from mysapk_web.accounts import login
from mysapk_web.accounts.recovery.admin_reset import issue_reset_token
from mysapk_web.accounts.recovery.request import RecoveryView
from mysapk_web.accounts.rules import token
from mysapk_web.accounts.tables import ResetBinding, ResetRequest
from mysapk_web.administration.employee_import.kind import EMPLOYEE_IMPORT
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform.errors import CommittingUserError, UserError
from mysapk_web.platform.imports.command import import_file
from mysapk_web.platform.mail.queue import MailKind
from mysapk_web.platform.row_report import Verdict
from mysapk_web.rate_limits import (
    RECOVERY_BEYOND,
    RECOVERY_PER_NETWORK,
    RECOVERY_PER_NIP,
    TOKEN_BROWSERS_PER_NETWORK,
    TOKEN_BROWSERS_PER_PAIR,
    TOKEN_CHECKS_PER_NETWORK,
    TOKEN_TRIES,
    TOKEN_TRIES_OF_REQUEST,
)
from mysapk_web.settings import Settings
from tests.support.attempts import refusal_of, together
from tests.support.portal import OTHER, STRONG, WRONG, Browser, Person, Portal, after, days, hours, minutes, nobody

NOT_IT = "2222222"


def guess(browser: Browser, times: int) -> list[str]:
    """So many wrong tokens, and what the page says to each."""
    told = []
    for _ in range(times):
        with pytest.raises(CommittingUserError) as refusal:
            browser.confirm(NOT_IT)
        told.append(refusal.value.sentence)
    return told


def places(portal: Portal) -> int:
    """Browsers that may try a token."""
    return len([row for row in portal.rows(ResetBinding) if row.tries < TOKEN_TRIES])


# Tries -------------------------------------------------------------------------------------------


def test_a_stranger_who_joins_uses_up_only_the_own_tries(portal: Portal) -> None:
    owner, stranger = portal.browser(), portal.elsewhere()
    owner.ask(portal.ani)
    stranger.ask(portal.ani)
    assert "kesempatan mencobanya sudah habis" in guess(stranger, TOKEN_TRIES + 1)[-1]
    with pytest.raises(CommittingUserError):
        stranger.confirm(portal.token(portal.ani))
    owner.confirm(portal.token(portal.ani))


def test_all_places_and_all_tries_of_a_request_leave_the_owner_the_own_five(portal: Portal) -> None:
    owner, phone = portal.browser(), portal.browser()
    owner.ask(portal.ani)
    strangers = [portal.elsewhere() for _ in range(40)]
    for stranger in strangers:
        stranger.ask(portal.ani)
        guess(stranger, TOKEN_TRIES)
    (request,) = portal.requests(portal.ani)
    assert portal.requests(portal.ani)[0].tries == (TOKEN_BROWSERS_PER_PAIR.count - 1) * TOKEN_TRIES
    guess(owner, TOKEN_TRIES - 1)
    phone.follow(request.id)
    guess(phone, TOKEN_TRIES - 1)
    owner.confirm(portal.token(portal.ani))


def test_who_comes_after_all_places_are_taken_goes_on_by_the_link_of_the_mail(portal: Portal) -> None:
    for _ in range(TOKEN_BROWSERS_PER_PAIR.count):
        portal.elsewhere().ask(portal.ani)
    owner = portal.browser()
    owner.ask(portal.ani)
    token_ = portal.token(portal.ani)
    with pytest.raises(CommittingUserError, match="Buka tautan di email token"):
        owner.confirm(token_)
    owner.follow(portal.requests(portal.ani)[0].id)
    owner.confirm(token_)


def test_one_network_takes_no_more_than_its_share_of_the_places(portal: Portal) -> None:
    for _ in range(RECOVERY_PER_NETWORK.count):
        portal.browser(address="198.51.100.9").ask(portal.ani)
    assert places(portal) == TOKEN_BROWSERS_PER_NETWORK.count
    owner = portal.browser()
    owner.ask(portal.ani)
    owner.confirm(portal.token(portal.ani))


def test_the_link_of_an_older_mail_gives_no_part_in_what_is_kept_for_the_newest(portal: Portal) -> None:
    former = portal.elsewhere()
    former.ask(portal.ani)
    former.follow(portal.requests(portal.ani)[0].id)
    with after(61):
        portal.browser().ask(portal.ani)
        for _ in range(TOKEN_BROWSERS_PER_PAIR.count):
            portal.elsewhere().ask(portal.ani)
        assert "kesempatan mencobanya sudah habis" in guess(former, 1)[0]


def test_places_are_not_hoarded_for_one_blow(portal: Portal) -> None:
    """Browsers of many hours, all on one token: the owner and the link of the mail still have theirs."""
    hoarded = []
    for hour in range(8):
        with after(hour * hours):
            for _ in range(TOKEN_BROWSERS_PER_PAIR.count):
                hoarded.append(portal.elsewhere())
                hoarded[-1].ask(portal.ani)
    with after(8 * hours + 31 * minutes):
        owner, phone = portal.browser(), portal.browser()
        owner.ask(portal.ani)
        for stranger in hoarded:
            for _ in range(TOKEN_TRIES):
                refusal_of(stranger.confirm, NOT_IT)
        request = portal.requests(portal.ani)[-1]
        assert request.tries <= TOKEN_BROWSERS_PER_PAIR.count * TOKEN_TRIES
        guess(owner, TOKEN_TRIES - 1)
        phone.follow(request.id)
        guess(phone, TOKEN_TRIES - 1)
        owner.confirm(portal.token(portal.ani))


def test_the_whole_of_a_request_is_bounded_whatever_browsers_try_it(portal: Portal) -> None:
    portal.browser().ask(portal.ani)
    (request,) = portal.requests(portal.ani)
    for _ in range(TOKEN_TRIES_OF_REQUEST // TOKEN_TRIES):
        holder = portal.elsewhere()
        holder.follow(request.id)
        guess(holder, TOKEN_TRIES)
    assert portal.requests(portal.ani)[0].tries == TOKEN_TRIES_OF_REQUEST
    late = portal.elsewhere()
    late.follow(request.id)
    with pytest.raises(CommittingUserError):
        late.confirm(portal.token(portal.ani))


def test_strangers_and_owner_at_one_moment(both: Portal) -> None:
    owner = both.browser()
    owner.ask(both.ani)
    strangers = [both.elsewhere() for _ in range(12)]
    for stranger in strangers:
        stranger.ask(both.ani)
    token_ = both.token(both.ani)

    def act(number: int) -> object:
        if number == 0:
            return owner.confirm(token_)
        return refusal_of(strangers[number % 12].confirm, NOT_IT)

    outcome = together(48, act)
    assert outcome[0] is None
    assert all(isinstance(result, CommittingUserError) for result in outcome[1:])
    assert both.requests(both.ani)[0].tries <= 12 * TOKEN_TRIES + 1


def test_browsers_that_ask_at_one_moment_take_no_more_than_the_places_there_are(both: Portal) -> None:
    both.browser().ask(both.ani)
    browsers = [both.elsewhere() for _ in range(30)]
    assert together(30, lambda number: browsers[number].ask(both.ani)) == [None] * 30
    assert places(both) == TOKEN_BROWSERS_PER_PAIR.count


# The newest token --------------------------------------------------------------------------------


def test_the_newest_token_works_in_the_browser_of_the_older_request(portal: Portal) -> None:
    owner, stranger = portal.browser(), portal.elsewhere()
    owner.ask(portal.ani)
    older = portal.token(portal.ani)
    with after(61):
        stranger.ask(portal.ani)
        with pytest.raises(CommittingUserError, match="Pakai token dari email terbaru"):
            owner.confirm(older)
        owner.confirm(portal.token(portal.ani))


def test_a_token_that_an_admin_has_sent_works_in_the_browser_that_asked(portal: Portal) -> None:
    owner = portal.browser()
    owner.ask(portal.ani)
    with after(61):
        with portal.db.begin() as s:
            issue_reset_token(
                s,
                account=s.get_one(Account, portal.ani.account_id),
                pegawai=s.get_one(Pegawai, portal.ani.pegawai_id),
                actor=None,
            )
        owner.confirm(portal.token(portal.ani))


# Tokens of a day ---------------------------------------------------------------------------------


def test_after_any_flood_there_is_a_token_for_the_owner_who_asks(portal: Portal) -> None:
    """A day of strangers in networks of their own, and the owner at any moment of it."""
    moment = random.Random(8)
    asked = sorted(moment.uniform(0, days - 1) for _ in range(300))
    owners = sorted(moment.uniform(0, days - 1) for _ in range(12))
    for second in sorted([*asked, *owners]):
        with after(second):
            if second in owners:
                owner = portal.elsewhere()
                owner.ask(portal.ani)
                assert not refusal_of(owner.confirm, portal.token(portal.ani), f"Kx7-{second:.0f}-pqwv"), second
            else:
                portal.elsewhere().ask(portal.ani)


@pytest.mark.parametrize("asked", [RECOVERY_PER_NIP.count, RECOVERY_PER_NIP.count + 1], ids=["day", "beyond"])
def test_a_token_that_a_change_of_the_account_has_killed_is_nothing_to_wait_for(portal: Portal, asked: int) -> None:
    """A token dies with a new password or role. After any flood the owner who asks then still gets one."""
    for number in range(asked):
        with after(number * 31 * minutes):
            portal.elsewhere().ask(portal.ani)
    with after((asked - 1) * 31 * minutes + 70):
        portal.change(portal.ani)
        owner = portal.browser()
        owner.ask(portal.ani)
        owner.confirm(portal.token(portal.ani))


def test_a_mailbox_gets_five_tokens_and_one_each_half_hour_at_the_most(portal: Portal) -> None:
    for minute in range(0, 24 * 60, 2):
        with after(minute * minutes):
            portal.elsewhere().ask(portal.ani)
    sent = len(portal.letters(portal.ani))
    assert sent <= RECOVERY_PER_NIP.count + days // RECOVERY_BEYOND.window.total_seconds() == 53


def test_who_joins_a_request_sees_only_what_they_did_themselves(portal: Portal) -> None:
    """The same countdown from the own moment on, whether somebody has asked for that pair before or not."""
    portal.browser().ask(portal.ani)
    seen = []
    with after(25):
        for person in (portal.ani, nobody()):
            stranger = portal.elsewhere()
            stranger.ask(person)
            view = stranger.view()
            assert view is not None
            seen.append(replace(view, mask=""))
            with after(85):
                stranger.resend()
    assert seen == [RecoveryView(mask="", resend_in=60, minutes=30)] * 2


@pytest.mark.parametrize("joins_after", [10, 70, 10 * minutes])
def test_the_page_after_use_tells_a_stranger_nothing(portal: Portal, joins_after: int) -> None:
    """The owner has used the token: what a stranger with the right pair sees is what anybody sees who typed a wrong one."""
    owner = portal.browser()
    owner.ask(portal.ani)
    told = []
    for person in (portal.ani, nobody()):
        stranger = portal.elsewhere()
        said: list[object] = []
        with after(20):
            stranger.ask(person)
        if person is portal.ani:
            with after(30):
                owner.confirm(portal.token(portal.ani))
        with after(20 + joins_after):
            view = stranger.view()
            said += [view and (view.resend_in, view.mask[3:8], view.minutes), *guess(stranger, 3)]
            said.append(refusal_of(stranger.ask, person))
            view = stranger.view()
            said += [view and view.resend_in, *guess(stranger, TOKEN_TRIES + 1)]
        with after(20 + 31 * minutes + joins_after):
            said += guess(stranger, 1)
        told.append(said)
    assert told[0] == told[1]


# Networks ----------------------------------------------------------------------------------------


def test_a_neighbour_who_uses_up_the_network_leaves_who_has_the_mail(portal: Portal) -> None:
    owner = portal.browser()
    owner.ask(portal.ani)
    for number in range(TOKEN_CHECKS_PER_NETWORK.count // TOKEN_TRIES):
        neighbour = portal.browser()
        neighbour.ask_typed(f"1980010120050110{number + 10}", "x@contoh.example.go.id")
        guess(neighbour, TOKEN_TRIES)
    with pytest.raises(UserError, match="Buka tautan di email token"):
        owner.confirm(portal.token(portal.ani))
    owner.follow(portal.requests(portal.ani)[0].id)
    owner.confirm(portal.token(portal.ani))


# Logins ------------------------------------------------------------------------------------------


def hammer(portal: Portal, person: Person, browser: Browser | None = None) -> None:
    """Wrong logins of strangers until the next one has to wait."""
    for _ in range(7):
        with pytest.raises(CommittingUserError):
            (browser or portal.elsewhere()).login(person, WRONG)


def waits(browser: Browser, person: Person, password: str | None = None) -> bool:
    refusal = refusal_of(browser.login, person, password)
    return refusal is not None and refusal.sentence != login.WRONG_CREDENTIALS


def test_a_browser_that_was_in_logs_in_whatever_strangers_try(portal: Portal) -> None:
    """The session has run out; the cookie is still there."""
    owner = portal.browser().enter(portal.ani)
    with after(2 * hours):
        assert not owner.inside
        hammer(portal, portal.ani)
        assert waits(portal.elsewhere(), portal.ani)
        owner.enter(portal.ani)


def test_a_neighbour_who_makes_the_network_wait_leaves_a_browser_that_was_in(portal: Portal) -> None:
    owner, neighbour = portal.browser().enter(portal.ani), portal.browser()
    with after(2 * hours):
        for number in range(30):
            refusal_of(neighbour.login, Person("", f"1980010120050111{number + 10}", "", None, 0, 0, 0), WRONG)
        assert waits(portal.browser(), portal.budi)
        owner.enter(portal.ani)


def test_who_has_reset_the_password_logs_in_whatever_strangers_try_meanwhile(portal: Portal) -> None:
    owner = portal.browser()
    owner.reset(portal.ani)
    hammer(portal, portal.ani)
    assert waits(portal.elsewhere(), portal.ani, STRONG)
    owner.enter(portal.ani, STRONG)


def test_the_cookie_of_another_opens_no_way_past_the_wait(portal: Portal) -> None:
    """Neither to another account nor to a NIP that is nobody's, and it tells nothing of them."""
    colleague = portal.browser().enter(portal.budi)
    with after(2 * hours):
        for person in (portal.ani, nobody()):
            hammer(portal, person)
            assert waits(colleague, person)


def test_a_known_browser_has_waits_of_its_own(portal: Portal) -> None:
    owner = portal.browser().enter(portal.ani)
    with after(2 * hours):
        hammer(portal, portal.ani, owner)
        assert waits(owner, portal.ani)
        portal.elsewhere().enter(portal.ani)
        owner.enter(portal.ani)


def test_an_admin_ends_and_sees_the_wait_of_a_known_browser_too(portal: Portal) -> None:
    owner = portal.browser().enter(portal.ani)
    hammer(portal, portal.ani, owner)
    with portal.db.begin() as s:
        assert set(account_waits.active_lockouts(s, [portal.ani.nip])) == {portal.ani.nip}
        assert account_waits.clear_lockout(s, portal.ani.nip)
    owner.enter(portal.ani)


def test_owner_and_strangers_log_in_at_one_moment(both: Portal) -> None:
    owner = both.browser()
    owner.reset(both.ani)
    strangers = [both.elsewhere() for _ in range(24)]
    outcome = together(
        25,
        lambda number: owner.login(both.ani, STRONG) if number == 0 else strangers[number - 1].login(both.ani, WRONG),
    )
    assert outcome[0] is True
    assert all(isinstance(result, CommittingUserError) for result in outcome[1:])


# What remains ------------------------------------------------------------------------------------


def test_guessing_stays_hopeless() -> None:
    """The figures of decision 0021."""
    tokens = len(token.ALPHABET) ** token.TOKEN_LENGTH
    assert tokens > 2**34
    a_day = days / TOKEN_BROWSERS_PER_PAIR.window.total_seconds() * TOKEN_BROWSERS_PER_PAIR.count * TOKEN_TRIES
    assert a_day == 2400, "one person, any number of networks"
    assert 9.1e6 < tokens / a_day < 9.2e6
    a_day = days / TOKEN_CHECKS_PER_NETWORK.window.total_seconds() * TOKEN_CHECKS_PER_NETWORK.count
    assert a_day == 8640, "one network, any number of persons"
    assert 2.5e6 < tokens / a_day < 2.6e6


def test_the_places_keep_room_for_the_link_of_the_mail() -> None:
    """What may be tried while a token lives was given out within twice its life, so in three windows at the most."""
    longest = next(bound.le for bound in Settings.model_fields["token_minutes"].metadata if hasattr(bound, "le"))
    assert TOKEN_BROWSERS_PER_PAIR.window >= timedelta(minutes=longest)
    assert 3 * TOKEN_BROWSERS_PER_PAIR.count * TOKEN_TRIES + 10 * TOKEN_TRIES <= TOKEN_TRIES_OF_REQUEST


# A repaired address ------------------------------------------------------------------------------


def ask_all_day(portal: Portal, person: Person, email: str) -> Browser:
    browser = portal.elsewhere()
    for number in range(6):
        with after((number - 6) * 70):
            browser.ask(person, email)
    return browser


def test_a_repaired_address_works_at_once(portal: Portal) -> None:
    new = "ani.baru@contoh.example.go.id"
    browser = ask_all_day(portal, portal.ani, new)
    browser.ask(portal.ani, new)
    assert MailKind.TOKEN not in portal.letters(portal.ani)
    portal.change_email(portal.ani, new)
    browser.ask(portal.ani, new)
    assert portal.letters(portal.ani)[-1] == MailKind.TOKEN
    browser.confirm(portal.token(portal.ani), STRONG)


HEADING = "nip,nama,jenis,instansi,unor,email"


def by_rolls(portal: Portal, person: Person, email: str, folder: Path) -> None:
    path = folder / "pegawai.csv"
    path.write_text(f"{HEADING}\n{person.nip},{person.nama},PNS,7301,1,{email}\n", encoding="utf-8")
    (row,) = import_file(portal.db, EMPLOYEE_IMPORT, path)
    assert row.verdict in (Verdict.BARU, Verdict.DIPERBARUI)


@pytest.mark.parametrize("known", [True, False], ids=["another address", "a new person"])
def test_an_address_from_the_rolls_works_at_once(portal: Portal, tmp_path: Path, known: bool) -> None:
    person, email = portal.ani if known else nobody(), "baru@contoh.example.go.id"
    browser = ask_all_day(portal, person, email)
    by_rolls(portal, person, email, tmp_path)
    browser.ask(person, email)
    (mail,) = [mail for mail in portal.outbox() if mail.template == MailKind.TOKEN]
    assert portal.recipient(mail) == email
    browser.confirm(portal.token_of(mail.params["request"]))


def test_a_repaired_address_has_the_five_of_a_day_before_it(portal: Portal) -> None:
    new = "ani.baru@contoh.example.go.id"
    ask_all_day(portal, portal.ani, new)
    portal.change_email(portal.ani, new)
    for number in range(1, 7):
        with after(number * 61):
            portal.elsewhere().ask(portal.ani, new)
    assert portal.letters(portal.ani).count(MailKind.TOKEN) == RECOVERY_PER_NIP.count


def test_a_repair_is_not_to_be_seen_by_who_asked_before(portal: Portal) -> None:
    """Except by its token."""
    new = "ani.baru@contoh.example.go.id"
    seen = []
    for repaired in (True, False):
        address = new if repaired else "lain@contoh.example.go.id"
        stranger = ask_all_day(portal, portal.ani, address)
        stranger.ask(portal.ani, address)
        if repaired:
            portal.change_email(portal.ani, address)
        with after(20):
            stranger.ask(portal.ani, address)
            view = stranger.view()
            seen.append((view and view.resend_in, *guess(stranger, TOKEN_TRIES)))
    assert seen[0] == seen[1]


def test_a_cpns_who_was_approved_meanwhile_gets_a_token_at_once(portal: Portal) -> None:
    browser = ask_all_day(portal, portal.dewi, portal.dewi.email)
    browser.ask(portal.dewi)
    portal.approve(portal.dewi)
    browser.ask(portal.dewi)
    browser.confirm(portal.token(portal.dewi), OTHER)


def test_one_owner_in_many_browsers_at_one_moment_gets_one_token(both: Portal) -> None:
    new = "ani.baru@contoh.example.go.id"
    both.browser().ask(both.ani, new)
    both.change_email(both.ani, new)
    assert together(8, lambda _: both.elsewhere().ask(both.ani, new)) == [None] * 8
    assert both.letters(both.ani).count(MailKind.TOKEN) == 1
    assert len([row for row in both.rows(ResetRequest) if row.account_id]) == 1
    with after(2 * hours):
        both.elsewhere().ask(both.ani, new)
    assert both.letters(both.ani).count(MailKind.TOKEN) == 2
