"""Logging in: one sentence for every failure, and hashes that grow with the setting."""

from __future__ import annotations

import unicodedata

import pytest
from sqlmodel import Session

from mysapk_web import settings as settings_module
from mysapk_web.accounts import lockouts, login
from mysapk_web.accounts.passwords import hash_password, needs_rehash
from mysapk_web.platform.database import Database
from mysapk_web.platform.errors import CommittingUserError, FormError
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.tables.audit import AuditEvent
from mysapk_web.platform.tables.outbox import OutboxMail
from tests.support.attempts import statements, together
from tests.support.portal import OTHER, WRONG, Person, Portal, nobody, settle


def test_login(portal: Portal) -> None:
    browser = portal.browser()
    assert browser.login(portal.ani)
    assert not browser.inside
    browser.take()
    actor = browser.actor
    assert (actor.account_id, actor.pegawai_id, actor.instansi_id) == (
        portal.ani.account_id,
        portal.ani.pegawai_id,
        portal.ani.instansi_id,
    )
    assert actor.grants == ()


def test_one_sentence_for_every_failure(portal: Portal) -> None:
    portal.disable(portal.budi)
    tries: list[tuple[Person, str]] = [
        (nobody(), WRONG),
        (portal.ani, WRONG),
        (portal.ani, (portal.ani.password or "").upper()),
        (portal.ani, f"{portal.ani.password} "),
        (portal.budi, portal.budi.password or ""),
        (portal.citra, WRONG),
        (portal.dewi, WRONG),
    ]
    told = []
    for person, password in tries:
        browser = portal.elsewhere()
        with pytest.raises(CommittingUserError) as refusal:
            browser.login(person, password)
        told.append((refusal.value.sentence, refusal.value.field))
        assert browser.take() is None
    assert told == [(login.WRONG_CREDENTIALS, "")] * len(tries)
    assert portal.claims() == []
    assert len(portal.events(AuditTag.LOGIN_FAILED)) == len(tries)


@pytest.mark.parametrize(
    ("nip", "password", "fields"),
    [
        ("", "", {"nip", "password"}),
        ("123", "x", {"nip"}),
        ("198513122010012001", "x", {"nip"}),
        ("198503122010012001", "", {"password"}),
    ],
)
def test_an_empty_field_is_told_and_not_counted(portal: Portal, nip: str, password: str, fields: set[str]) -> None:
    person = Person(**{**vars(portal.ani), "nip": nip})
    with pytest.raises(FormError) as refusal:
        portal.browser().login(person, password)
    assert set(refusal.value.faults) == fields
    assert portal.counters() == []


def test_a_stranger_costs_the_same_hash(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every failure compares one hash of the configured cost, so that time tells nothing."""
    costs: list[list[int]] = []
    genuine = login.verify_password.__globals__["bcrypt"].checkpw

    def counted(password: bytes, stored: bytes) -> bool:
        costs[-1].append(int(stored.split(b"$")[2]))
        return bool(genuine(password, stored))

    monkeypatch.setattr("bcrypt.checkpw", counted)
    portal.disable(portal.budi)
    for person in (nobody(), portal.ani, portal.budi, portal.citra):
        costs.append([])
        with pytest.raises(CommittingUserError):
            portal.elsewhere().login(person, WRONG)
    assert costs == [[4]] * 4


@pytest.mark.parametrize("failures", [1, 6], ids=["the first", "the one that is told by mail"])
def test_a_stranger_costs_the_same_statements_and_rows(both: Portal, failures: int) -> None:
    """Every failed login does the same to the database, whether there is such a person, with a password or without."""
    both.disable(both.budi)
    done = []
    for person in (nobody(), both.ani, both.budi, both.citra, both.dewi):
        for _ in range(failures - 1):
            with pytest.raises(CommittingUserError):
                both.elsewhere().login(person, WRONG)
        before = [len(both.rows(model)) for model in (AuditEvent, OutboxMail)]
        with statements(both.db) as run, pytest.raises(CommittingUserError):
            both.elsewhere().login(person, WRONG)
        now = [len(both.rows(model)) for model in (AuditEvent, OutboxMail)]
        done.append((run, [new - old for old, new in zip(before, now, strict=True)]))
    assert done == [done[0]] * 5
    assert any("INSERT INTO surat_keluar" in statement for statement in done[0][0]) is (failures == 6)


def test_a_claim_of_a_login_belongs_to_one_browser(portal: Portal) -> None:
    browser, stranger = portal.browser(), portal.browser()
    browser.login(portal.ani)
    assert stranger.take() is None
    assert browser.take() is not None


def test_a_password_longer_than_bcrypt_reads_counts_to_its_last_byte(portal: Portal) -> None:
    long = "Z7" + "kopi-luwak-" * 10
    assert len(long) > 100
    portal.browser().reset(portal.ani, long)
    with pytest.raises(CommittingUserError):
        portal.browser().login(portal.ani, long[:-1] + "X")
    with pytest.raises(CommittingUserError):
        portal.browser().login(portal.ani, long[:-1])
    portal.browser().enter(portal.ani, long)


def test_spellings_of_one_text_are_one_password(portal: Portal) -> None:
    composed = "Kafé-7-Sumatra-\ufb01"
    decomposed = unicodedata.normalize("NFD", composed)
    assert composed != decomposed
    portal.browser().reset(portal.ani, composed)
    for typed in (decomposed, composed.replace("\ufb01", "fi"), composed.replace("K", "\uff2b")):
        portal.browser().enter(portal.ani, typed)
    with pytest.raises(CommittingUserError):
        portal.browser().login(portal.ani, composed.replace("é", "e"))


def raise_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MYSAPK_BCRYPT_COST", "5")
    settings_module.get_settings.cache_clear()


def test_the_hash_is_made_again_at_login_when_the_cost_has_changed(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = portal.account(portal.ani)
    raise_cost(monkeypatch)
    with pytest.raises(CommittingUserError):
        portal.browser().login(portal.ani, WRONG)
    assert portal.account(portal.ani).password_hash == before.password_hash
    portal.browser().enter(portal.ani)
    now = portal.account(portal.ani)
    assert now.password_hash is not None
    assert not needs_rehash(now.password_hash, settings_module.get_settings())
    assert now.version == before.version, "nobody is logged out"
    (event,) = portal.events(AuditTag.PASSWORD_REHASHED)
    assert event.address == "203.0.113.0/24"
    portal.browser().enter(portal.ani)
    assert portal.account(portal.ani).password_hash == now.password_hash
    assert len(portal.events(AuditTag.PASSWORD_REHASHED)) == 1


def test_logins_at_one_moment_after_the_cost_has_changed_all_succeed(
    both: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    raise_cost(monkeypatch)
    browsers = [both.elsewhere() for _ in range(4)]
    assert together(4, lambda number: browsers[number].login(both.ani)) == [True] * 4
    assert all(browser.take() for browser in browsers)


def test_a_stronger_hash_never_takes_the_place_of_a_newer_password(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The password changes between the check and the end of a login."""
    raise_cost(monkeypatch)
    genuine = login.hash_password

    def overtaken(password: str, settings: settings_module.Settings) -> str:
        stronger = genuine(password, settings)
        portal.change(portal.ani, password_hash=hash_password(OTHER, settings))
        return stronger

    monkeypatch.setattr(login, "hash_password", overtaken)
    browser = portal.browser()
    with pytest.raises(CommittingUserError, match="tidak cocok"):
        browser.login(portal.ani)
    assert browser.take() is None
    portal.browser().enter(portal.ani, OTHER)


@pytest.mark.postgres
def test_a_stronger_hash_never_wins_a_race_with_a_new_password(
    postgres_url: str, portal_settings: settings_module.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same at the last moment, after the account was read (SQLite has one writer: nothing comes between)."""
    there = settle(Database(postgres_url, pool_size=2), portal_settings)
    raise_cost(monkeypatch)
    genuine = lockouts.rate_limiting.clear_attempts

    def overtaken(session: Session, name: str, key: str) -> None:
        genuine(session, name, key)
        there.change(there.ani, password_hash=hash_password(OTHER, there.settings))

    browser = there.browser()
    with monkeypatch.context() as overtaking:
        overtaking.setattr(lockouts.rate_limiting, "clear_attempts", overtaken)
        browser.login(there.ani)
    assert browser.take() is None, "the claim belongs to the account before the change"
    there.browser().enter(there.ani, OTHER)
    there.db.dispose()


def test_disabled_between_the_check_and_the_end(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    genuine = login.verify_password

    def overtaken(password: str, stored: str | None, settings: settings_module.Settings) -> bool:
        right = genuine(password, stored, settings)
        portal.disable(portal.ani)
        return right

    monkeypatch.setattr(login, "verify_password", overtaken)
    with pytest.raises(CommittingUserError, match="tidak cocok"):
        portal.browser().login(portal.ani)


def test_one_browser_that_logs_in_many_times_at_one_moment_is_answered_each_time(both: Portal) -> None:
    """Two events of one browser meet at its one claim; neither may end in a general fault."""
    browser = both.browser()
    outcomes = together(4, lambda _: browser.login(both.ani))
    assert all(outcome is True for outcome in outcomes), outcomes
