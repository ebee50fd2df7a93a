"""A new address of the own account: asked for neutrally, proved by a token, told to both, and nobody is left inside but the owner."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import col

from mysapk_web.accounts.rules.token import ALPHABET, derive_token
from mysapk_web.accounts.security import change_email as addresses
from mysapk_web.accounts.security.change_email import (
    PendingEmailChange,
    cancel_email_change,
    confirm_email_change,
    request_email_change,
)
from mysapk_web.accounts.tables import EmailChangeRequest
from mysapk_web.app import mail_context_reader, retention
from mysapk_web.organisation import audit
from mysapk_web.organisation.rules.email import DomainPolicy
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.profile import view
from mysapk_web.pdm.profile.update import change_profile
from mysapk_web.platform.errors import CommittingUserError, FormError, UserError
from mysapk_web.platform.mail.context import MailContext
from mysapk_web.platform.mail.queue import MailKind
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.tables.outbox import OutboxMail, OutboxState
from mysapk_web.rate_limits import EMAIL_CHANGES_PER_ACCOUNT, EMAIL_CHANGES_PER_TARGET, TOKEN_TRIES
from tests.support.attempts import together
from tests.support.portal import OTHER, WRONG, Browser, Person, Portal, after, days, hours, minutes

NEW = "ani.baru@contoh.example.go.id"


@pytest.fixture
def ani(portal: Portal) -> Browser:
    return portal.browser().enter(portal.ani)


def ask(browser: Browser, email: str = NEW, password: str = "") -> None:
    request_email_change(browser.portal.db, browser.actor, email=email, password=password)


def confirm(browser: Browser, token: str) -> None:
    browser.act(confirm_email_change, token=token)


def pending(browser: Browser) -> PendingEmailChange | None:
    with browser.portal.db.read() as s:
        return view.load_profile(s, browser.actor).address.pending


def requests(portal: Portal) -> list[EmailChangeRequest]:
    return sorted(portal.rows(EmailChangeRequest), key=lambda row: row.created_at)


def mails(portal: Portal, letter: MailKind) -> list[OutboxMail]:
    return [mail for mail in portal.rows(OutboxMail) if mail.template == letter]


def token(portal: Portal, change: EmailChangeRequest | None = None) -> str:
    """The token as the newest letter shows it."""
    wanted = change.id if change else mails(portal, MailKind.EMAIL_TOKEN)[-1].params["change"]
    return derive_token(portal.settings.key("email-token"), bytes.fromhex(wanted))


def wrong_for(right: str) -> str:
    return right[:-1] + ALPHABET[(ALPHABET.index(right[-1]) + 1) % len(ALPHABET)]


def stored(portal: Portal, person: Person) -> str | None:
    return portal.rows(Pegawai, col(Pegawai.id) == person.pegawai_id)[0].email_key


def refused(act: Any) -> UserError:
    with pytest.raises(UserError) as caught:
        act()
    return caught.value


# The way it is meant --------------------------------------------------------------------------------------------------


def test_a_new_address_counts_when_its_token_is_confirmed(portal: Portal, ani: Browser) -> None:
    other = portal.elsewhere().enter(portal.ani)
    ask(ani, "  ANI.Baru@Contoh.example.go.id ")
    assert stored(portal, portal.ani) == portal.ani.email
    (mail,) = mails(portal, MailKind.EMAIL_TOKEN)
    assert portal.recipient(mail) == NEW
    waiting = pending(ani)
    assert waiting is not None
    assert (waiting.mask, waiting.minutes, waiting.resend_in, waiting.tries_left) == (
        "ani*****@contoh.example.go.id",
        30,
        60,
        TOKEN_TRIES,
    )

    confirm(ani, f" {token(portal)[:3]}-{token(portal)[3:].lower()} ")
    assert stored(portal, portal.ani) == NEW
    told = {portal.recipient(mail) for mail in mails(portal, MailKind.EMAIL_CHANGED)}
    assert told == {NEW, portal.ani.email}
    assert ani.inside
    assert not other.inside
    assert pending(ani) is None
    (event,) = portal.events(AuditTag.EMAIL_CHANGED)
    assert (event.actor_id, event.detail["reason"]) == (portal.ani.account_id, "diganti pemilik")
    assert event.address == audit.truncated_network(ani.address)


def test_the_session_that_changed_it_goes_on_and_can_do_the_next_thing(portal: Portal, ani: Browser) -> None:
    ask(ani)
    confirm(ani, token(portal))
    ani.act(change_profile, version=1, values={"alamat": "Jalan 1"})
    with after(2 * minutes):
        ask(ani, "ani.lagi@contoh.example.go.id")
        confirm(ani, token(portal))
    assert stored(portal, portal.ani) == "ani.lagi@contoh.example.go.id"
    assert [row.end_reason for row in portal.sessions(portal.ani) if row.ended_at] == []


def test_a_reset_goes_to_the_new_address_and_an_old_token_is_dead(portal: Portal, ani: Browser) -> None:
    lost = portal.browser()
    lost.ask(portal.ani)
    old = portal.token(portal.ani)
    ask(ani)
    confirm(ani, token(portal))
    assert isinstance(refused(lambda: lost.confirm(old)), CommittingUserError)
    fresh = portal.browser()
    fresh.ask(portal.ani, NEW)
    newest = [mail for mail in portal.mails(portal.ani) if mail.template == MailKind.TOKEN][-1]
    assert portal.recipient(newest) == NEW


# The letter -----------------------------------------------------------------------------------------------------------


def test_the_letter_names_nobody_and_the_outbox_holds_no_token(portal: Portal, ani: Browser) -> None:
    from mysapk_web.app.mail_registry import render

    ask(ani)
    (mail,) = mails(portal, MailKind.EMAIL_TOKEN)
    with portal.db.read() as s:
        facts = mail_context_reader.read_context(s, MailKind.EMAIL_TOKEN, mail)
    assert isinstance(facts, MailContext)
    message = render(MailKind.EMAIL_TOKEN, facts, portal.settings)
    text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert token(portal) in text
    assert message["To"] == NEW
    for word in ("Ani", "Lestari", portal.ani.nip, portal.ani.email):
        assert word not in text
    assert token(portal) not in repr(portal.everything())


@pytest.mark.parametrize("how", ["newer", "cancelled", "expired", "used", "exhausted", "password"])
def test_a_token_that_died_is_not_sent(portal: Portal, ani: Browser, how: str) -> None:
    ask(ani)
    (mail,) = mails(portal, MailKind.EMAIL_TOKEN)
    if how == "newer":
        with after(2 * minutes):
            ask(ani, "lain@contoh.example.go.id")
    elif how == "cancelled":
        ani.act(cancel_email_change)
    elif how == "used":
        confirm(ani, token(portal))
    elif how == "exhausted":
        for _ in range(TOKEN_TRIES):
            refused(lambda: confirm(ani, wrong_for(token(portal))))
    elif how == "password":
        ani.change_password(portal.ani.password or "", OTHER)
    with after(31 * minutes if how == "expired" else 3), portal.db.read() as s:
        withheld = mail_context_reader.read_context(s, MailKind.EMAIL_TOKEN, mail)
    assert isinstance(withheld, mail_context_reader.SkippedMail)
    assert withheld.state is OutboxState.OBSOLETE


# One answer -----------------------------------------------------------------------------------------------------------


def test_an_address_in_use_looks_the_same_and_its_holder_is_told(portal: Portal, ani: Browser) -> None:
    ask(ani, portal.citra.stored)
    waiting = pending(ani)
    assert waiting is not None
    assert waiting.mask == "cit*****@misal.example.go.id"
    assert mails(portal, MailKind.EMAIL_TOKEN) == []
    (notice,) = mails(portal, MailKind.EMAIL_TAKEN)
    assert notice.account_id == portal.citra.account_id
    assert portal.recipient(notice) == portal.citra.email

    # No token works, and wrong ones are answered as for any other address.
    (change,) = requests(portal)
    assert refused(lambda: confirm(ani, wrong_for(token(portal, change)))).sentence.endswith("Sisa percobaan: 4.")
    assert isinstance(refused(lambda: confirm(ani, token(portal, change))), CommittingUserError)
    assert stored(portal, portal.ani) == portal.ani.email
    assert stored(portal, portal.citra) == portal.citra.email


def test_the_notice_to_the_holder_names_nobody(portal: Portal, ani: Browser) -> None:
    from mysapk_web.app.mail_registry import render

    ask(ani, portal.citra.stored)
    (notice,) = mails(portal, MailKind.EMAIL_TAKEN)
    with portal.db.read() as s:
        facts = mail_context_reader.read_context(s, MailKind.EMAIL_TAKEN, notice)
    assert isinstance(facts, MailContext)
    text = render(MailKind.EMAIL_TAKEN, facts, portal.settings).get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "Citra" in text
    for word in ("Ani", portal.ani.nip, portal.ani.email):
        assert word not in text


def test_an_address_taken_meanwhile_is_not_taken_twice(portal: Portal, ani: Browser) -> None:
    ask(ani)
    portal.change_email(portal.budi, NEW)
    assert "sudah dipakai" in refused(lambda: confirm(ani, token(portal))).sentence
    assert stored(portal, portal.ani) == portal.ani.email
    assert ani.inside


# What is refused ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "email", ["", "   ", "ani", "ani@", "@x.go.id", "a b@x.go.id", "ani@x.go.id\r\nBcc: x@y.id", "x" * 300 + "@x.id"]
)
def test_what_is_no_address_is_said_and_costs_nothing(portal: Portal, ani: Browser, email: str) -> None:
    with pytest.raises(FormError) as said:
        ask(ani, email)
    assert list(said.value.faults) == ["email"]
    assert requests(portal) == []


def test_the_present_address_is_no_new_one(portal: Portal, ani: Browser) -> None:
    with pytest.raises(FormError, match="sudah menjadi"):
        ask(ani, f" {portal.ani.email.upper()} ")


def test_the_agency_may_insist_on_its_own_domain(portal: Portal, ani: Browser) -> None:
    portal.set_policy(portal.ani, DomainPolicy.AGENCY_ONLY, ["contoh.example.go.id"])
    with pytest.raises(FormError, match="email dinas"):
        ask(ani, "ani@example.com")
    ask(ani)
    portal.set_policy(portal.ani, DomainPolicy.AGENCY_ONLY, ["lain.example.go.id"])
    with pytest.raises(FormError, match="email dinas"):
        confirm(ani, token(portal))
    assert stored(portal, portal.ani) == portal.ani.email


def test_the_password_is_asked_for_unless_it_was_shown_a_moment_ago(portal: Portal, ani: Browser) -> None:
    ask(ani)
    with after(10 * minutes + 1):
        for password, words in (("", "Isi password"), (WRONG, "tidak cocok")):
            said = refused(lambda given=password: ask(ani, "dua@contoh.example.go.id", given))  # type: ignore[misc]
            assert words in said.sentence if not isinstance(said, FormError) else words in said.faults["password"]
        assert len(requests(portal)) == 1
        ask(ani, "dua@contoh.example.go.id", portal.ani.password or "")
        with portal.db.read() as s:
            assert not view.load_profile(s, ani.actor).address.needs_password
    assert len(requests(portal)) == 2


def test_wrong_passwords_are_counted(portal: Portal, ani: Browser) -> None:
    with after(11 * minutes):
        for _ in range(10):
            refused(lambda: ask(ani, NEW, WRONG))
        assert "Terlalu banyak percobaan" in refused(lambda: ask(ani, NEW, portal.ani.password or "")).sentence
    assert requests(portal) == []


# The token ------------------------------------------------------------------------------------------------------------


def test_five_tries_and_then_none(portal: Portal, ani: Browser) -> None:
    ask(ani)
    right = token(portal)
    said = [refused(lambda: confirm(ani, wrong_for(right))).sentence for _ in range(TOKEN_TRIES)]
    assert [sentence[-2] for sentence in said[:-1]] == ["4", "3", "2", "1"]
    assert refused(lambda: confirm(ani, right)).sentence == addresses.DEAD
    assert stored(portal, portal.ani) == portal.ani.email
    assert len(portal.events(AuditTag.TOKEN_WRONG)) == TOKEN_TRIES


@pytest.mark.parametrize("typed", ["", "   ", "123", "1234567", "ABCDEFGH", "x" * 500, "ABCDEFU"])
def test_what_is_no_token_costs_no_try(portal: Portal, ani: Browser, typed: str) -> None:
    ask(ani)
    with pytest.raises(FormError):
        confirm(ani, typed)
    assert requests(portal)[0].tries == 0


@pytest.mark.parametrize("how", ["none", "expired", "newer", "cancelled", "used", "password", "by admin"])
def test_a_dead_token_opens_nothing(portal: Portal, ani: Browser, how: str) -> None:
    if how != "none":
        ask(ani)
    right = token(portal) if how != "none" else "ABCDEFG"
    if how == "newer":
        with after(2 * minutes):
            ask(ani, "lain@contoh.example.go.id")
    elif how == "cancelled":
        ani.act(cancel_email_change)
    elif how == "used":
        confirm(ani, right)
    elif how == "password":
        ani.change_password(portal.ani.password or "", OTHER)
    elif how == "by admin":
        portal.change(portal.ani)
        ani = portal.browser().enter(portal.ani)
    with after(30 * minutes if how == "expired" else 3 * minutes):
        browser = portal.browser().enter(portal.ani, OTHER if how == "password" else None)
        assert isinstance(refused(lambda: confirm(browser, right)), CommittingUserError)
    assert stored(portal, portal.ani) == (NEW if how == "used" else portal.ani.email)


def test_a_token_is_worth_nothing_to_another_account_and_not_as_a_reset_token(portal: Portal, ani: Browser) -> None:
    budi = portal.browser().enter(portal.budi)
    ask(ani)
    assert refused(lambda: confirm(budi, token(portal))).sentence == addresses.DEAD
    (change,) = requests(portal)
    assert derive_token(portal.settings.key("reset-token"), bytes.fromhex(change.id)) != token(portal)


def test_parallel_confirmations_change_it_once(both: Portal) -> None:
    ani = both.browser().enter(both.ani)
    ask(ani)
    right = token(both)
    done = together(4, lambda _: confirm(ani, right))
    assert sum(each is None for each in done) == 1
    assert stored(both, both.ani) == NEW
    assert len(both.events(AuditTag.EMAIL_CHANGED)) == 1
    assert ani.inside


def test_parallel_requests_leave_one_living_token(both: Portal) -> None:
    ani = both.browser().enter(both.ani)
    together(5, lambda number: ask(ani, f"ani{number}@contoh.example.go.id"))
    living = [row for row in requests(both) if row.superseded_at is None]
    assert len(living) == 1


# How often ------------------------------------------------------------------------------------------------------------


def test_a_minute_between_two_requests(portal: Portal, ani: Browser) -> None:
    ask(ani)
    assert "baru saja dikirim" in refused(lambda: ask(ani, "dua@contoh.example.go.id")).sentence
    with after(61):
        ask(ani, "dua@contoh.example.go.id")


def test_dropping_a_request_does_not_shorten_the_minute(portal: Portal, ani: Browser) -> None:
    ask(ani)
    ani.act(cancel_email_change)
    assert pending(ani) is None
    assert "baru saja dikirim" in refused(lambda: ask(ani, "dua@contoh.example.go.id")).sentence
    assert len(mails(portal, MailKind.EMAIL_TOKEN)) == 1
    with after(61):
        ask(ani, "dua@contoh.example.go.id")


def test_five_requests_a_day(portal: Portal, ani: Browser) -> None:
    for number in range(EMAIL_CHANGES_PER_ACCOUNT.count):
        with after(number * 2 * minutes):
            ask(ani, f"ani{number}@contoh.example.go.id")
    with after(9 * minutes + 1):
        assert "besok" in refused(lambda: ask(ani, NEW)).sentence
    with after(days + hours):
        ask(portal.browser().enter(portal.ani), NEW)


@pytest.mark.parametrize("taken", [True, False])
def test_nobody_s_mailbox_is_flooded_and_nothing_tells(portal: Portal, taken: bool) -> None:
    target = portal.citra.email if taken else "sasaran@example.go.id"
    asked = 0
    for person in (portal.ani, portal.budi):
        browser = portal.browser().enter(person)
        for number in range(4):
            with after(number * 2 * minutes):
                ask(browser, target)
                asked += 1
                assert pending(browser) is not None
                browser.act(cancel_email_change)
    sent = [mail for mail in portal.rows(OutboxMail) if mail.template in {MailKind.EMAIL_TOKEN, MailKind.EMAIL_TAKEN}]
    assert len(sent) == asked == 8
    assert sum(mail.state is OutboxState.PENDING for mail in sent) == EMAIL_CHANGES_PER_TARGET.count


def test_what_was_asked_for_is_forgotten_after_a_week(portal: Portal, ani: Browser) -> None:
    ask(ani)
    with after(8 * days), portal.db.begin() as s:
        retention.sweep(s)
    assert requests(portal) == []
