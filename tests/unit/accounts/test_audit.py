"""The trail and the secrets: every act leaves its event in its own transaction, no row holds a secret, no counter means no."""

from __future__ import annotations

import re
from collections.abc import Callable

import pyotp
import pytest
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session

from mysapk_web.accounts import login, login_tickets, sessions
from mysapk_web.accounts.recovery.request import request_token
from mysapk_web.accounts.security.active_sessions import end_other_sessions
from mysapk_web.accounts.security.two_factor import (
    confirm_second_factor,
    create_recovery_codes,
    provisioning_uri,
    start_second_factor,
    stop_second_factor,
)
from mysapk_web.accounts.tables import LoginTicket, ResetRequest
from mysapk_web.platform import clock
from mysapk_web.platform.errors import UserError
from mysapk_web.platform.executors import in_transaction
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.tables.audit import AuditEvent
from mysapk_web.platform.tables.outbox import OutboxMail
from tests.support.portal import OTHER, STRONG, WRONG, Browser, Portal, after


class Interrupted(Exception):
    """Something fails after the act, in the same transaction."""


def interrupted(portal: Portal, use_case: Callable[..., object], *given: object, **more: object) -> None:
    def act(s: Session) -> None:
        use_case(s, *given, **more)
        s.flush()
        raise Interrupted

    with pytest.raises(Interrupted):
        in_transaction(portal.db, act)


def walk(portal: Portal) -> tuple[list[str], list[str]]:
    """Everything a person does with an account. Gives the secrets that appeared on the way, and the events."""
    browser = portal.browser()
    browser.ask_typed("1990 0105 2015 0320 03", "Typed.Elsewhere@Example.com")
    with after(61):
        browser.ask(portal.citra)
        token = portal.token(portal.citra)
        with pytest.raises(UserError):
            browser.confirm("2345678" if token != "2345678" else "2345679", STRONG)
        browser.confirm(token, STRONG)
    with pytest.raises(UserError):
        browser.login(portal.citra, WRONG)
    browser.enter(portal.citra, STRONG)
    first_cookie = browser.cookie
    browser.change_password(STRONG, OTHER)
    browser.take()
    start_second_factor(portal.db, browser.actor, password=OTHER)
    uri = in_transaction(portal.db, provisioning_uri, browser.actor) or ""
    secret = pyotp.parse_uri(uri).secret
    code = pyotp.TOTP(secret).at(clock.now())
    browser.act(confirm_second_factor, code=code)
    codes = browser.act(create_recovery_codes)
    portal.browser().enter(portal.citra, OTHER, codes[0])
    browser.act(end_other_sessions)
    stop_second_factor(portal.db, browser.actor, password=OTHER, code=codes[1])
    cookie = browser.cookie
    browser.log_out()
    secrets = [token, STRONG, OTHER, WRONG, first_cookie, cookie, secret, *codes, browser.name]
    return secrets, [event.tag for event in portal.events()]


def test_every_act_leaves_its_event(portal: Portal) -> None:
    _, events = walk(portal)
    assert events == [
        AuditTag.RESET_REFUSED,
        AuditTag.RESET_REQUESTED,
        AuditTag.TOKEN_WRONG,
        AuditTag.ACTIVATED,
        AuditTag.LOGIN_FAILED,
        AuditTag.LOGIN,
        AuditTag.PASSWORD_CHANGED,
        AuditTag.LOGIN,
        AuditTag.TOTP_ENABLED,
        AuditTag.RECOVERY_CODES_CREATED,
        AuditTag.RECOVERY_CODE_USED,
        AuditTag.LOGIN,
        AuditTag.SESSIONS_ENDED,
        AuditTag.RECOVERY_CODE_USED,
        AuditTag.TOTP_DISABLED,
        AuditTag.LOGOUT,
    ]
    subjects = {event.subject_id for event in portal.events()}
    assert subjects == {portal.citra.account_id}


def test_no_secret_stands_anywhere_in_the_database(portal: Portal) -> None:
    secrets, _ = walk(portal)
    tables = portal.everything()
    for secret in secrets:
        for spelling in {secret, secret.replace("-", ""), secret.lower()}:
            assert not [name for name, rows in tables.items() if spelling in rows]


def test_every_act_has_the_network_it_came_from(portal: Portal) -> None:
    walk(portal)
    phone = pyotp.TOTP(portal.give_authenticator(portal.budi))
    stranger = portal.browser(address="198.51.100.4")
    stranger.login(portal.budi)
    with pytest.raises(UserError):
        stranger.code(f"{(int(phone.at(clock.now())) + 1) % 1_000_000:06}")
    events = portal.events()
    assert {AuditTag.RECOVERY_CODES_CREATED, AuditTag.RECOVERY_CODE_USED, AuditTag.TOTP_FAILED} <= {
        event.tag for event in events
    }
    assert {event.address for event in events if event.tag is not AuditTag.TOTP_FAILED} == {"203.0.113.0/24"}
    assert {event.address for event in events if event.tag is AuditTag.TOTP_FAILED} == {"198.51.100.0/24"}


def test_trail_outbox_and_counters_hold_no_address_and_no_nip(portal: Portal) -> None:
    walk(portal)
    tables = portal.everything()
    for name in ("jejak_audit", "surat_keluar", "penghitung"):
        assert tables[name] != "[]"
        assert "@" not in tables[name]
        assert portal.citra.nip not in tables[name]
        assert "203.0.113.7" not in tables[name], "only the network of a client"
    assert "typed.elsewhere" not in str(tables).lower(), "an address that was typed is kept nowhere"


def test_refusals_and_faults_tell_no_secret(portal: Portal) -> None:
    browser = portal.browser()
    browser.ask(portal.ani)
    token = portal.token(portal.ani)
    told = []
    for act in (
        lambda: browser.confirm("2222222", STRONG),
        lambda: browser.confirm(token, "Lestari-77"),
        lambda: browser.login(portal.ani, WRONG),
        lambda: browser.ask_typed("12", "bukan-alamat-saya"),
    ):
        with pytest.raises(UserError) as refusal:
            act()
        told.append(f"{refusal.value!r} {refusal.value}")
    assert not re.search(f"2222222|{token}|{STRONG}|Lestari-77|{WRONG}|bukan-alamat", " ".join(told))


def test_no_act_without_its_transaction(both: Portal) -> None:
    """What is rolled back leaves neither the act nor an event nor a letter."""
    browser = both.browser().enter(both.ani)
    visitor = both.browser().visitor
    before = both.everything()
    interrupted(both, request_token, client=visitor, nip=both.ani.nip, email=both.ani.email)
    interrupted(both, sessions.log_out, browser.visitor)
    interrupted(both, end_other_sessions, browser.actor)
    both_pending = both.browser()
    both_pending.login(both.budi)
    claimed = both.everything()
    interrupted(both, login_tickets.redeem_login_ticket, both.settings, both_pending.visitor, both_pending.ticket)
    assert both.everything() == claimed
    assert both_pending.take() is not None
    changed = {name for name in before if before[name] != claimed[name]}
    assert changed == {"klaim_masuk", "penghitung"}, "only the login of Budi"


@pytest.mark.parametrize("where", ["_fail", "issue_login_ticket"])
def test_a_login_that_fails_inside_leaves_no_claim(portal: Portal, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    def fail(*_: object, **__: object) -> None:
        raise Interrupted

    monkeypatch.setattr(login, where, fail)
    with pytest.raises(Interrupted):
        portal.browser().login(portal.ani, WRONG if where == "_fail" else None)
    assert portal.claims() == []
    assert portal.events() == []


def test_a_change_of_password_that_fails_inside_changes_nothing(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside, other = portal.browser().enter(portal.ani), portal.browser().enter(portal.ani)

    def fail(*_: object, **__: object) -> None:
        raise Interrupted

    with monkeypatch.context() as broken:
        broken.setattr("mysapk_web.accounts.security.change_password.enqueue", fail)
        with pytest.raises(Interrupted):
            inside.change_password(portal.ani.password or "", STRONG)
    assert inside.inside
    assert other.inside
    assert not portal.events(AuditTag.PASSWORD_CHANGED)
    portal.browser().enter(portal.ani)


def test_the_trail_only_grows(both: Portal) -> None:
    both.browser().enter(both.ani)
    for act in ("DELETE FROM jejak_audit", "UPDATE jejak_audit SET actor_id = 0"):
        with pytest.raises(DatabaseError), both.db.begin() as s:
            s.connection().exec_driver_sql(act)
    assert len(both.events()) == 1


# When the counters can't be kept -----------------------------------------------------------------


@pytest.fixture
def uncounted(both: Portal) -> Browser:
    """Ani has asked for a token; then the store of the counters fails."""
    browser = both.browser()
    browser.ask(both.ani)
    with both.db.begin() as s:
        s.connection().exec_driver_sql("DROP TABLE penghitung")
    return browser


def test_without_counters_nobody_logs_in(both: Portal, uncounted: Browser) -> None:
    with pytest.raises(DatabaseError):
        uncounted.login(both.ani)
    assert uncounted.take() is None
    assert both.rows(LoginTicket) == []


def test_without_counters_nobody_gets_a_token(both: Portal, uncounted: Browser) -> None:
    for email in (both.citra.email, "lain@elsewhere.example.com"):
        with pytest.raises(DatabaseError):
            uncounted.ask(both.citra, email)
    assert [mail.account_id for mail in both.rows(OutboxMail)] == [both.ani.account_id]
    assert [row.nip for row in both.rows(ResetRequest)] == [both.ani.nip]


def test_without_counters_no_token_works(both: Portal, uncounted: Browser) -> None:
    before = both.account(both.ani)
    with pytest.raises(DatabaseError):
        uncounted.confirm(both.token(both.ani))
    assert both.account(both.ani) == before
    assert both.requests(both.ani)[0].used_at is None


def test_without_counters_no_code_and_no_password_is_checked(both: Portal) -> None:
    secret = both.give_authenticator(both.budi)
    browser = both.browser()
    browser.login(both.budi)
    inside = both.browser().enter(both.ani)
    with both.db.begin() as s:
        s.connection().exec_driver_sql("DROP TABLE penghitung")
    with pytest.raises(DatabaseError):
        browser.code(pyotp.TOTP(secret).at(clock.now()))
    assert browser.take() is None
    with pytest.raises(DatabaseError):
        inside.change_password(both.ani.password or "", STRONG)
    assert [event.tag for event in both.rows(AuditEvent)] == [AuditTag.LOGIN]
    inside.log_out()
    assert not inside.inside, "what only takes rights away goes on"
