"""Changing the password while logged in: the present one first, the other sessions end, a notice goes out."""

from __future__ import annotations

import pytest

from mysapk_web.accounts.passwords import hash_password
from mysapk_web.accounts.security.change_password import WRONG_PASSWORD, change_password, evaluate_new_password
from mysapk_web.platform.errors import CommittingUserError, FormError, UserError
from mysapk_web.platform.mail.queue import MailKind
from mysapk_web.platform.rules.audit import AuditTag
from tests.support.attempts import together
from tests.support.portal import OTHER, STRONG, WRONG, Browser, Portal, after, minutes


@pytest.fixture
def inside(portal: Portal) -> Browser:
    """Ani has logged in."""
    return portal.browser().enter(portal.ani)


def change(browser: Browser, new: str = STRONG) -> None:
    browser.change_password(browser.portal.ani.password or "", new)


def test_the_new_password_works_and_the_old_one_does_not(portal: Portal, inside: Browser) -> None:
    change(inside)
    with pytest.raises(CommittingUserError):
        portal.browser().login(portal.ani)
    portal.browser().enter(portal.ani, STRONG)


def test_this_browser_goes_on_with_a_new_id_the_others_end(portal: Portal, inside: Browser) -> None:
    others = [portal.browser().enter(portal.ani) for _ in range(3)]
    pending = portal.browser()
    pending.login(portal.ani)
    old = inside.cookie
    change(inside)
    assert not any(browser.inside for browser in others)
    assert pending.take() is None
    assert not inside.inside, "nor does a copy of its cookie open anything, though the page has not posted yet"
    assert inside.take() is not None
    assert inside.cookie != old
    assert inside.inside
    assert not Browser(portal, inside.name, cookie=old).inside
    assert len(inside.overview().sessions) == 1


def test_the_new_session_has_shown_what_the_old_one_had(portal: Portal) -> None:
    phone = portal.browser().enter(portal.ani)
    change(phone)
    phone.take()
    assert not phone.actor.second_factor


def test_only_this_browser_may_take_the_new_session(portal: Portal, inside: Browser) -> None:
    change(inside)
    assert portal.browser().take() is None
    assert inside.take() is not None


def test_notice_and_event(portal: Portal, inside: Browser) -> None:
    change(inside)
    (mail,) = portal.mails(portal.ani)
    assert (mail.template, mail.params) == (MailKind.PASSWORD_CHANGED, {"how": "ganti"})
    assert [event.actor_id for event in portal.events(AuditTag.PASSWORD_CHANGED)] == [portal.ani.account_id]


def test_the_present_password_is_needed(portal: Portal, inside: Browser) -> None:
    before = portal.account(portal.ani)
    with pytest.raises(FormError):
        inside.change_password("", STRONG)
    with pytest.raises(CommittingUserError) as refusal:
        inside.change_password(WRONG, STRONG)
    assert refusal.value.field == "sekarang"
    assert portal.account(portal.ani) == before


def test_ten_tries_in_a_quarter_of_an_hour(portal: Portal, inside: Browser) -> None:
    for _ in range(10):
        with pytest.raises(CommittingUserError, match="tidak cocok"):
            inside.change_password(WRONG, STRONG)
    with pytest.raises(CommittingUserError, match="Tunggu 15 menit"):
        change(inside)
    with after(15 * minutes):
        change(inside)


def test_forty_wrong_ones_at_once_ten_are_checked(both: Portal) -> None:
    actor = both.browser().enter(both.ani).actor
    outcome = together(40, lambda _: change_password(both.db, actor, current=WRONG, new=STRONG))
    sentences = [result.sentence for result in outcome if isinstance(result, CommittingUserError)]
    assert (len(sentences), sentences.count(WRONG_PASSWORD)) == (40, 10)


@pytest.mark.parametrize(
    ("new", "word"),
    [
        ("", "Isi password baru"),
        ("Kx7-p", "6 karakter"),
        ("kx7-pqwv", "huruf besar"),
        ("Kxx-pqwv", "angka"),
        ("Lestari-77-biru", "data diri"),
        ("Password1", "mudah ditebak"),
        ("Kx7-" + "p" * 130, "128 karakter"),
        ("Kebun5Teh-melati", "sama dengan yang sekarang"),
        ("\uff2bebun5Teh-melati", "sama dengan yang sekarang"),
    ],
)
def test_rules_of_the_new_password(portal: Portal, inside: Browser, new: str, word: str) -> None:
    before = portal.account(portal.ani)
    with pytest.raises(FormError) as refusal:
        change(inside, new)
    assert word in refusal.value.faults["password"]
    assert portal.account(portal.ani) == before


def test_a_role_needs_twelve_characters(portal: Portal) -> None:
    browser = portal.browser().enter(portal.budi)
    with pytest.raises(FormError) as refusal:
        browser.change_password(portal.budi.password or "", "Kx7-pqwv2m4")
    assert "12 karakter" in refusal.value.faults["password"]
    browser.change_password(portal.budi.password or "", "Kx7-pqwv2m4z")


def test_two_changes_at_once_one_wins(both: Portal) -> None:
    actors = [both.browser().enter(both.ani).actor for _ in range(4)]
    passwords = [f"{STRONG}-{number}" for number in range(4)]

    def one(number: int) -> None:
        change_password(both.db, actors[number], current=both.ani.password or "", new=passwords[number])

    outcome = together(4, one)
    winners = [number for number, result in enumerate(outcome) if result is None]
    assert len(winners) == 1
    both.browser().enter(both.ani, passwords[winners[0]])
    assert both.letters(both.ani) == [MailKind.PASSWORD_CHANGED]


def test_a_change_that_was_overtaken_by_a_reset_is_refused(
    portal: Portal, inside: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overtaken(password: str, settings: object) -> str:
        portal.change(portal.ani, password_hash=hash_password(OTHER, portal.settings))
        return hash_password(password, portal.settings)

    monkeypatch.setattr("mysapk_web.accounts.security.change_password.hash_password", overtaken)
    with pytest.raises(UserError, match="baru saja berubah"):
        change(inside)
    portal.browser().enter(portal.ani, OTHER)
    assert inside.take() is None


def test_the_ticks_while_typing(portal: Portal, inside: Browser) -> None:
    with portal.db.read() as s:
        empty = evaluate_new_password(s, inside.actor, password="")
        weak = evaluate_new_password(s, inside.actor, password="lestari")
        strong = evaluate_new_password(s, inside.actor, password=STRONG)
        role = evaluate_new_password(s, portal.browser().enter(portal.budi).actor, password="Kx7-pqwv")
    assert not any(met for _, met in empty.rules)
    assert [met for _, met in weak.rules][:4] == [True, False, False, False]
    assert all(met for _, met in strong.rules)
    assert strong.score >= 3
    assert role.rules[0] == ("Minimal 12 karakter", False)
