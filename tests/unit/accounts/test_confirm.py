"""Using a token: who may, how long, how often, and what kills it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mysapk_web.accounts.passwords import verify_password
from mysapk_web.accounts.recovery import confirm
from mysapk_web.accounts.tables import ResetBinding
from mysapk_web.platform import signed_links
from mysapk_web.platform.errors import CommittingUserError, FormError, UserError
from mysapk_web.platform.mail.queue import MailKind
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.tables.audit import AuditEvent
from tests.support.attempts import together
from tests.support.portal import OTHER, STRONG, Browser, Person, Portal, after, minutes, nobody

NOT_IT = "2222222"
"""Seven characters of the alphabet; the token with a chance of one in twenty thousand million."""


def has_password(portal: Portal, person: Person, password: str) -> bool:
    return verify_password(password, portal.account(person).password_hash, portal.settings)


@pytest.fixture
def asked(portal: Portal) -> Browser:
    """Ani has asked and has the token."""
    browser = portal.browser()
    browser.ask(portal.ani)
    return browser


@pytest.mark.parametrize(
    "typed",
    [
        str.lower,
        str.upper,
        lambda token: f"  {token}\n",
        lambda token: f"{token[:3]}-{token[3:]}",
        lambda token: " ".join(token.lower()),
        lambda token: f"\u200b{token[:4]}\u2013{token[4:]}\u00a0",
    ],
)
def test_a_token_is_read_as_people_type_it(portal: Portal, asked: Browser, typed: Callable[[str], str]) -> None:
    asked.confirm(typed(portal.token(portal.ani)), STRONG)
    assert has_password(portal, portal.ani, STRONG)


@pytest.mark.parametrize(("age", "works"), [(29 * minutes + 59, True), (30 * minutes, False), (31 * minutes, False)])
def test_a_token_lives_thirty_minutes(portal: Portal, asked: Browser, age: int, *, works: bool) -> None:
    with after(age):
        if works:
            asked.confirm(portal.token(portal.ani))
        else:
            with pytest.raises(UserError, match="tidak berlaku lagi"):
                asked.confirm(portal.token(portal.ani))
    assert has_password(portal, portal.ani, STRONG) is works


def test_a_token_that_runs_out_while_the_password_is_hashed_is_dead(
    portal: Portal, asked: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    genuine = confirm._conclude

    def two_seconds_later(*given: Any) -> None:
        with after(2):
            genuine(*given)

    monkeypatch.setattr(confirm, "_conclude", two_seconds_later)
    with after(29 * minutes + 59), pytest.raises(UserError, match="tidak berlaku lagi"):
        asked.confirm(portal.token(portal.ani))
    assert not has_password(portal, portal.ani, STRONG)


def test_a_token_works_once(portal: Portal, asked: Browser) -> None:
    token = portal.token(portal.ani)
    asked.confirm(token, STRONG)
    with pytest.raises(UserError, match="Belum ada permintaan"):
        asked.confirm(token, OTHER)
    request = portal.requests(portal.ani)[0]
    assert request.used_at is not None
    assert asked.follow(request.id)
    with pytest.raises(UserError, match="tidak berlaku lagi"):
        asked.confirm(token, OTHER)
    assert has_password(portal, portal.ani, STRONG)


def test_twenty_at_once_one_wins(both: Portal) -> None:
    browser = both.browser()
    browser.ask(both.ani)
    token = both.token(both.ani)
    request = both.requests(both.ani)[0]
    browsers = [both.elsewhere() for _ in range(20)]
    assert all(other.follow(request.id) for other in browsers)
    passwords = [f"{STRONG}-{number}" for number in range(20)]
    outcome = together(20, lambda number: browsers[number].confirm(token, passwords[number]))
    winners = [number for number, result in enumerate(outcome) if result is None]
    assert len(winners) == 1
    assert all(isinstance(result, UserError) for number, result in enumerate(outcome) if number not in winners)
    assert has_password(both, both.ani, passwords[winners[0]])
    assert len(both.events(AuditTag.PASSWORD_RESET)) == 1
    assert both.letters(both.ani) == [MailKind.TOKEN, MailKind.PASSWORD_CHANGED]
    assert both.account(both.ani).version == 2


def test_only_the_newest_token_works(portal: Portal, asked: Browser) -> None:
    old = portal.token(portal.ani)
    with after(61):
        asked.resend()
        new = portal.token(portal.ani)
        assert new != old
        with pytest.raises(CommittingUserError, match="tidak cocok"):
            asked.confirm(old)
        other = portal.browser()
        assert other.follow(portal.requests(portal.ani)[0].id)
        with pytest.raises(UserError, match="tidak berlaku lagi"):
            other.confirm(old)
        asked.confirm(new)


def test_a_request_with_another_address_leaves_the_token_alive(portal: Portal, asked: Browser) -> None:
    with after(61):
        portal.elsewhere().ask(portal.ani, "lain@elsewhere.example.com")
        asked.confirm(portal.token(portal.ani))


def test_five_tries_then_even_the_right_token_is_refused(portal: Portal, asked: Browser) -> None:
    left = []
    for _ in range(5):
        with pytest.raises(CommittingUserError) as refusal:
            asked.confirm(NOT_IT)
        assert refusal.value.field == "token"
        left.append(refusal.value.sentence)
    assert [sentence[-2:] for sentence in left[:4]] == ["4.", "3.", "2.", "1."]
    assert "terlalu sering salah" in left[4]
    assert len(portal.events(AuditTag.TOKEN_WRONG)) == 5
    (event,) = portal.events(AuditTag.TOKEN_EXHAUSTED)
    assert (event.actor_id, event.subject_id) == (None, portal.ani.account_id)
    with pytest.raises(CommittingUserError, match="tidak berlaku lagi"):
        asked.confirm(portal.token(portal.ani))
    assert not has_password(portal, portal.ani, STRONG)
    with after(61):
        asked.resend()
        asked.confirm(portal.token(portal.ani))


def test_the_fifth_try_may_be_the_right_one(portal: Portal, asked: Browser) -> None:
    for _ in range(4):
        with pytest.raises(CommittingUserError):
            asked.confirm(NOT_IT)
    asked.confirm(portal.token(portal.ani))
    assert has_password(portal, portal.ani, STRONG)


def test_fifty_wrong_tokens_at_once_five_are_checked(both: Portal) -> None:
    browser = both.browser()
    browser.ask(both.ani)
    outcome = together(50, lambda _: browser.confirm(NOT_IT))
    sentences = [result.sentence for result in outcome if isinstance(result, CommittingUserError)]
    assert len(sentences) == 50
    checked = [sentence for sentence in sentences if sentence.startswith("Token tidak cocok")]
    assert len(checked) == 5
    assert len({*checked}) == 5, "each was told another number of tries left"
    assert len(both.events(AuditTag.TOKEN_WRONG)) == 5
    with pytest.raises(CommittingUserError, match="tidak berlaku lagi"):
        browser.confirm(both.token(both.ani))


def test_sixty_tokens_in_ten_minutes_from_one_network_address(portal: Portal) -> None:
    for number in range(12):
        browser = portal.browser()
        browser.ask_typed(f"1980010120050110{number + 10}", "x@contoh.example.go.id")
        for _ in range(5):
            with pytest.raises(CommittingUserError):
                browser.confirm(NOT_IT)
    there = portal.elsewhere()
    there.ask(portal.ani)
    here = portal.browser()
    here.ask(portal.ani)
    with pytest.raises(CommittingUserError, match="dari jaringan ini"):
        here.confirm(portal.token(portal.ani))
    here.follow(portal.requests(portal.ani)[0].id)
    here.confirm(portal.token(portal.ani))
    assert has_password(portal, portal.ani, STRONG), "who has the mail does not depend on neighbours"


@pytest.mark.parametrize(
    "change",
    [
        lambda portal: portal.browser().enter(portal.ani).change_password(portal.ani.password, OTHER),
        lambda portal: portal.change_email(portal.ani, "ani.baru@contoh.example.go.id"),
        lambda portal: portal.disable(portal.ani),
        lambda portal: (portal.disable(portal.ani), portal.enable(portal.ani)),
        lambda portal: portal.change(portal.ani),
    ],
    ids=["password", "email", "disabled", "disabled and enabled", "role or eligibility"],
)
def test_a_token_dies_with_every_change_of_the_account(
    portal: Portal, asked: Browser, change: Callable[[Portal], object]
) -> None:
    change(portal)
    before = portal.account(portal.ani).password_hash
    with pytest.raises(UserError, match="tidak berlaku lagi"):
        asked.confirm(portal.token(portal.ani))
    assert portal.account(portal.ani).password_hash == before


def test_a_cpns_whose_approval_was_withdrawn_cannot_finish(portal: Portal) -> None:
    """Also without a new version: eligibility is read again together with the new password."""
    portal.approve(portal.dewi)
    browser = portal.browser()
    browser.ask(portal.dewi)
    with portal.db.begin() as s:
        s.connection().exec_driver_sql(f"UPDATE pegawai SET approved_at = NULL WHERE id = {portal.dewi.pegawai_id}")
    with pytest.raises(UserError, match="tidak berlaku lagi"):
        browser.confirm(portal.token(portal.dewi))
    assert portal.account(portal.dewi).password_hash is None
    assert portal.requests(portal.dewi)[0].used_at is None


def test_nobody_confirms_a_request_of_another_browser(portal: Portal, asked: Browser) -> None:
    stranger = portal.browser()
    with pytest.raises(UserError, match="Belum ada permintaan"):
        stranger.confirm(portal.token(portal.ani))
    stranger.ask(portal.citra)
    with pytest.raises(CommittingUserError, match="tidak cocok"):
        stranger.confirm(portal.token(portal.ani))
    assert not has_password(portal, portal.ani, STRONG)
    asked.confirm(portal.token(portal.ani))


def test_the_link_of_the_mail_carries_a_request_to_another_browser(portal: Portal, asked: Browser) -> None:
    request_id = portal.requests(portal.ani)[0].id
    link = signed_links.sign_reset_request(portal.settings, request_id)
    phone = portal.browser()
    assert phone.follow(signed_links.read_reset_request(portal.settings, link) or "")
    view = phone.view()
    assert view is not None
    assert view.mask == "ani*****@contoh.example.go.id"
    phone.confirm(portal.token(portal.ani))


def test_opening_the_link_uses_nothing_up(portal: Portal, asked: Browser) -> None:
    before = portal.requests(portal.ani)[0]
    for _ in range(20):
        assert portal.browser().follow(before.id)
    assert portal.requests(portal.ani)[0] == before
    asked.confirm(portal.token(portal.ani))


def test_a_link_to_no_request_binds_nothing(portal: Portal) -> None:
    assert not portal.browser().follow("0" * 32)
    assert portal.rows(ResetBinding) == []


def test_no_step_can_be_skipped(portal: Portal) -> None:
    with pytest.raises(UserError, match="Belum ada permintaan"):
        portal.browser().confirm(NOT_IT)
    with pytest.raises(UserError, match="Belum ada permintaan"):
        Browser(portal, "").confirm(NOT_IT)
    assert portal.rows(AuditEvent) == []


@pytest.mark.parametrize(
    ("token", "password", "fields"),
    [
        ("", "", {"token", "password"}),
        ("ABC", STRONG, {"token"}),
        ("ABCDEF0", STRONG, {"token"}),
        (NOT_IT, "", {"password"}),
        (NOT_IT, "lemah", {"password"}),
        (NOT_IT, "Maret12-1985", {"password"}),
    ],
)
def test_a_fault_of_form_costs_no_try(
    portal: Portal, asked: Browser, token: str, password: str, fields: set[str]
) -> None:
    with pytest.raises(FormError) as refusal:
        asked.confirm(token, password)
    assert set(refusal.value.faults) == fields
    assert portal.requests(portal.ani)[0].tries == 0


def test_the_same_faults_of_form_for_a_stranger(portal: Portal, asked: Browser) -> None:
    stranger = portal.browser()
    stranger.ask(nobody())
    for password in ("lemah", "Mysapk-2026-web"):
        told = []
        for browser in (asked, stranger):
            with pytest.raises(FormError) as refusal:
                browser.confirm(NOT_IT, password)
            told.append(refusal.value.faults)
        assert told[0] == told[1]


@pytest.mark.parametrize("password", ["Lestari-77-biru", "Ani.Lestari9-x"])
def test_words_of_the_person_are_told_only_to_who_has_the_token(portal: Portal, asked: Browser, password: str) -> None:
    with pytest.raises(CommittingUserError) as refusal:
        asked.confirm(NOT_IT, password)
    assert refusal.value.field == "token"
    assert portal.requests(portal.ani)[0].tries == 1
    for _ in range(6):
        with pytest.raises(CommittingUserError, match="data diri") as refusal:
            asked.confirm(portal.token(portal.ani), password)
        assert refusal.value.field == "password"
        assert portal.requests(portal.ani)[0].tries == 1, "the try is given back"
    asked.confirm(portal.token(portal.ani))


def test_the_present_password_is_refused_to_who_has_the_token(portal: Portal, asked: Browser) -> None:
    present = portal.ani.password or ""
    before = portal.account(portal.ani).password_hash
    for _ in range(6):
        with pytest.raises(CommittingUserError, match="password Anda yang sekarang") as refusal:
            asked.confirm(portal.token(portal.ani), present)
        assert refusal.value.field == "password"
    assert portal.account(portal.ani).password_hash == before
    assert portal.rows(ResetBinding)[0].tries == 0, "the try is given back"
    asked.confirm(portal.token(portal.ani), STRONG)


def test_nobody_tries_passwords_without_the_token(
    portal: Portal, asked: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither words nor hashes tell whether a password is the present one."""
    hashed: list[bytes] = []
    monkeypatch.setattr("bcrypt.checkpw", lambda _, stored: bool(hashed.append(stored)))
    told = set()
    for password in (portal.ani.password or "", STRONG):
        with pytest.raises(CommittingUserError) as refusal:
            asked.confirm(NOT_IT, password)
        told.add(refusal.value.sentence[:-2])
    assert len(told) == 1
    assert hashed == []


def test_an_activation_compares_with_nothing(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bcrypt.checkpw", lambda *_: pytest.fail("there is no password yet"))
    portal.browser().reset(portal.citra)


def test_a_role_needs_twelve_characters(portal: Portal) -> None:
    browser = portal.browser()
    browser.ask(portal.budi)
    for short in ("Kx7-pq", "Kx7-pqwv2m4"):
        with pytest.raises(CommittingUserError, match="12 karakter") as refusal:
            browser.confirm(portal.token(portal.budi), short)
        assert refusal.value.field == "password"
    assert portal.requests(portal.budi)[0].tries == 0
    browser.confirm(portal.token(portal.budi), "Kx7-pqwv2m4z")
    ordinary = portal.browser()
    ordinary.reset(portal.ani, "Kx7-pq")


def test_a_role_that_was_revoked_needs_no_twelve(portal: Portal) -> None:
    with portal.db.begin() as s:
        s.connection().exec_driver_sql("UPDATE peran SET revoked_at = granted_at")
    portal.browser().reset(portal.budi, "Kx7-pq")


def test_a_fault_at_the_end_leaves_everything_as_it_was(
    portal: Portal, asked: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = portal.browser().enter(portal.ani)
    before = portal.everything()

    def fail(*_: object, **__: object) -> None:
        raise OSError("no room")

    with monkeypatch.context() as broken:
        broken.setattr(confirm, "enqueue", fail)
        with pytest.raises(OSError, match="no room"):
            asked.confirm(portal.token(portal.ani))
    now = portal.everything()
    differing = {name for name in before if before[name] != now[name]}
    assert differing == {"permintaan_reset", "permintaan_reset_peramban", "penghitung"}, "only the try was counted"
    assert inside.inside
    asked.confirm(portal.token(portal.ani))
    assert not inside.inside


def test_a_reset_ends_sessions_and_pending_logins(portal: Portal, asked: Browser) -> None:
    inside = [portal.browser().enter(portal.ani) for _ in range(3)]
    bystander = portal.browser().enter(portal.budi)
    pending = portal.browser()
    pending.login(portal.ani)
    asked.confirm(portal.token(portal.ani))
    assert not any(browser.inside for browser in inside)
    assert pending.take() is None
    assert bystander.inside


def test_a_reset_does_not_go_around_the_second_factor(portal: Portal, asked: Browser) -> None:
    portal.give_authenticator(portal.ani)
    asked.confirm(portal.token(portal.ani))
    asked.login(portal.ani, STRONG)
    assert asked.take() is None
