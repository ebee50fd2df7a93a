"""What was refused stands in the trail: a limit with the first act beyond it, a missing right once a minute, and nothing that was sent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, update
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col

from mysapk_web import rate_limits, settings
from mysapk_web.accounts import access_log as accounts_access_log
from mysapk_web.accounts.security.change_email import request_email_change
from mysapk_web.accounts.security.reauthentication import reauthenticate
from mysapk_web.accounts.security.two_factor import confirm_second_factor, start_second_factor
from mysapk_web.administration import email_requests
from mysapk_web.administration.email_imports.api_tokens import Caller
from mysapk_web.administration.email_imports.kind import EMAIL_IMPORT
from mysapk_web.administration.imports.create import admit_upload, admit_upload_by_token
from mysapk_web.administration.people import accounts
from mysapk_web.organisation import access_log, audit, rate_limiting
from mysapk_web.platform import executors
from mysapk_web.platform.client import ClientContext
from mysapk_web.platform.errors import PermissionDenied, UserError
from mysapk_web.platform.executors import in_transaction
from mysapk_web.platform.in_memory_limiter import InMemoryLimiter
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.tables.audit import AuditEvent
from mysapk_web.platform.tables.counter import Counter
from mysapk_web.rate_limits import DENIALS_LOGGED_PER_ACCOUNT, Limit
from tests.support.agencies import Office
from tests.support.attempts import together
from tests.support.audit_samples import sample
from tests.support.portal import OTHER, WRONG, Browser, Person, Portal, after, days, nobody

Act = Callable[[], object]


def exhaust(portal: Portal | Office, limit: Limit) -> None:
    """Whatever was counted against a limit, it is used up now."""
    with portal.db.begin() as s:
        s.execute(
            update(Counter)
            .where(col(Counter.key).startswith(f"{limit.name}:", autoescape=True))
            .values(count=limit.count)
        )


def refused(act: Act) -> None:
    with pytest.raises(UserError):
        act()


def exceeded(portal: Portal | Office) -> list[AuditEvent]:
    return portal.events(AuditTag.LIMIT_EXCEEDED)


# Limits ------------------------------------------------------------------------------------------


def wrong_login(portal: Portal) -> tuple[Act, dict[str, Any]]:
    return lambda: refused(lambda: portal.browser().login(portal.ani, WRONG)), {"address": "203.0.113.0/24"}


def wrong_token(portal: Portal) -> tuple[Act, dict[str, Any]]:
    browser = portal.browser()
    browser.ask(portal.ani)
    return lambda: refused(lambda: browser.confirm("2222222")), {"address": "203.0.113.0/24", "subject_id": None}


def wrong_code(portal: Portal) -> tuple[Act, dict[str, Any]]:
    actor = portal.browser().enter(portal.budi).actor
    start_second_factor(portal.db, actor, password=portal.budi.password or "")
    owner = {"subject_id": portal.budi.account_id, "instansi_id": portal.budi.instansi_id}
    whose = {**owner, "address": "203.0.113.0/24"}

    def confirm() -> None:
        in_transaction(portal.db, confirm_second_factor, actor, code="975310")

    return lambda: refused(confirm), whose


def wrong_password(portal: Portal) -> tuple[Act, dict[str, Any]]:
    actor = portal.browser().enter(portal.ani).actor
    whose = {"actor_id": portal.ani.account_id, "address": "203.0.113.0/24", "instansi_id": portal.ani.instansi_id}
    return lambda: refused(lambda: reauthenticate(portal.db, actor, proof=OTHER)), whose


def new_address(portal: Portal) -> tuple[Act, dict[str, Any]]:
    actor, minute = portal.browser().enter(portal.ani).actor, iter(range(1, 1000))

    def act() -> None:
        with after(next(minute) * 61):
            try:
                given = {"email": "ani.baru@contoh.example.go.id", "password": portal.ani.password or ""}
                request_email_change(portal.db, actor, **given)
            except UserError as refusal:
                assert "hari ini" in refusal.sentence  # noqa: PT017

    return act, {"actor_id": portal.ani.account_id}


SCENES: list[tuple[Limit, Callable[[Portal], tuple[Act, dict[str, Any]]]]] = [
    (rate_limits.LOGINS_PER_NETWORK, wrong_login),
    (rate_limits.TOKEN_CHECKS_PER_NETWORK, wrong_token),
    (rate_limits.SECOND_FACTOR_TRIES, wrong_code),
    (rate_limits.PASSWORD_CONFIRM_PER_ACCOUNT, wrong_password),
    (rate_limits.EMAIL_CHANGES_PER_ACCOUNT, new_address),
    (rate_limits.EMAIL_CHANGES_PER_TARGET, new_address),
]


@pytest.mark.parametrize(("limit", "scene"), SCENES, ids=lambda given: getattr(given, "name", ""))
def test_a_limit_that_is_passed_stands_in_the_trail_once_a_window(
    portal: Portal, limit: Limit, scene: Callable[[Portal], tuple[Act, dict[str, Any]]]
) -> None:
    act, whose = scene(portal)
    act()
    assert exceeded(portal) == []
    exhaust(portal, limit)
    for _ in range(3):
        act()
    (found,) = exceeded(portal)
    assert found.detail == {"limit": limit.name}
    assert {name: getattr(found, name) for name in whose} == whose
    with after(limit.window.total_seconds() + 1):
        act()
        exhaust(portal, limit)
        act()
    assert len(exceeded(portal)) == 2
    told = portal.everything()["jejak_audit"]
    for word in ("ani.baru", WRONG, OTHER, "2222222", "975310", portal.ani.nip, "203.0.113.7"):
        assert word not in told


def test_of_many_beyond_a_limit_at_once_one_is_written(portal: Portal) -> None:
    def act(_: int) -> bool:
        return in_transaction(
            portal.db, rate_limiting.allow, rate_limits.PROOF_CHECKS_PER_NETWORK, "k", ClientContext()
        )

    found = together(rate_limits.PROOF_CHECKS_PER_NETWORK.count + 12, act)
    assert found.count(True) == rate_limits.PROOF_CHECKS_PER_NETWORK.count
    assert len(exceeded(portal)) == 1


def test_within_a_limit_one_statement_is_all(portal: Portal) -> None:
    with statements(portal) as told:
        in_transaction(portal.db, rate_limiting.allow, rate_limits.PROOF_CHECKS_PER_NETWORK, "k", ClientContext())
    assert [text.split()[0] for text in told] == ["INSERT"]


@contextmanager
def statements(portal: Portal) -> Iterator[list[str]]:
    told: list[str] = []

    def note(_connection: Any, _cursor: Any, text: str, *_: Any) -> None:
        if not text.startswith("BEGIN"):
            told.append(text)

    event.listen(portal.db.engine, "before_cursor_execute", note)
    try:
        yield told
    finally:
        event.remove(portal.db.engine, "before_cursor_execute", note)


def test_a_system_that_sends_too_many_lists_is_named_by_its_token(office: Office) -> None:
    caller = Caller(token_id=7, instansi_id=office.ids["K1"])
    office.do(admit_upload_by_token, caller)
    exhaust(office, rate_limits.IMPORTS_PER_TOKEN)
    for _ in range(2):
        refused(lambda: office.do(admit_upload_by_token, caller))
    (found,) = exceeded(office)
    assert (found.instansi_id, found.detail) == (office.ids["K1"], {"limit": "import:token", "token_id": 7})


def test_a_person_who_sends_too_many_lists(office: Office) -> None:
    office.do(admit_upload, office.actor("taufik"), EMAIL_IMPORT)
    exhaust(office, rate_limits.IMPORTS_PER_ACCOUNT)
    for _ in range(2):
        refused(lambda: office.do(admit_upload, office.actor("taufik"), EMAIL_IMPORT))
    (found,) = exceeded(office)
    assert (found.actor_id, found.detail) == (office.ids["taufik"], {"limit": "import:account"})


def test_an_admin_who_has_too_many_tokens_sent(office: Office) -> None:
    send = {"account_id": office.ids["ani"], "actor": office.actor("taufik")}
    office.do(accounts.send_reset_token, **send)
    exhaust(office, rate_limits.RECOVERY_PER_NIP)
    for minute in (2, 4):
        with after(minute * 60):
            refused(lambda: office.do(accounts.send_reset_token, **send))
    (found,) = exceeded(office)
    assert (found.actor_id, found.subject_id) == (office.ids["taufik"], office.ids["ani"])
    assert len(office.letters("ani")) == 1


# The trail may know whom it is about, the page may not ------------------------------------------------


@pytest.mark.parametrize("known", [True, False], ids=["known", "stranger"])
def test_tokens_asked_for_too_often(portal: Portal, monkeypatch: pytest.MonkeyPatch, known: bool) -> None:
    """A request over the limit tells so by its own event; one that joins the last request writes this one instead, never both."""
    person = portal.ani if known else nobody()
    browser = portal.browser()
    for number in range(9):
        with after(number * 61):
            browser.ask(person)
    (found,) = exceeded(portal)
    assert found.subject_id == (portal.ani.account_id if known else None)
    assert (found.detail, found.address) == ({"limit": "recovery:nip"}, "203.0.113.0/24")
    assert not [row for row in portal.events(AuditTag.RESET_REFUSED) if row.detail["within_limit"] is False]
    monkeypatch.setenv("MYSAPK_TOKEN_MINUTES", "10")
    settings.get_settings.cache_clear()
    for minute in (60, 71):
        with after(minute * 60):
            browser.ask(person)
    over = [row for row in portal.events(AuditTag.RESET_REFUSED) if row.detail["within_limit"] is False]
    assert len(over) == 1, "the first carries a token, the second comes too soon after it"
    assert len(exceeded(portal)) == 1


@pytest.mark.parametrize("known", [True, False], ids=["known", "stranger"])
def test_addresses_asked_for_too_often(office: Office, known: bool) -> None:
    nip = office.pegawai("ani").nip if known else "198501012010011997"
    form = {"name": "Ani Lestari", "old_email": "", "new_email": "lain@example.com"}
    for _ in range(6):
        office.do(
            email_requests.submit_request,
            client=ClientContext(browser_ref="b", client_address="203.0.113.7"),
            nip=nip,
            **form,
        )
    (found,) = exceeded(office)
    assert found.subject_id == (office.ids["ani"] if known else None)
    assert found.detail == {"limit": "email-request:nip-network"}
    asked = len(office.events(AuditTag.EMAIL_CHANGE_REQUESTED))
    assert asked == rate_limits.EMAIL_CORRECTION_REQUESTS_PER_NIP_AND_NETWORK.count


# Rights ------------------------------------------------------------------------------------------


def note(portal: Portal, person: Person, handler: str = "PeranState.grant") -> None:
    in_transaction(portal.db, access_log.record_denied, actor_of(portal, person), handler)


def actor_of(portal: Portal, person: Person) -> Any:
    return portal.browser().enter(person).actor


def test_a_missing_right_is_written_once_a_minute_and_account(portal: Portal) -> None:
    for _ in range(5):
        note(portal, portal.ani)
    note(portal, portal.budi, "PeriodeState.save")
    with after(61):
        note(portal, portal.ani, "SuratState.load")
    found = portal.events(AuditTag.ACCESS_REFUSED)
    assert [(row.actor_id, row.detail) for row in found] == [
        (portal.ani.account_id, {"handler": "PeranState.grant"}),
        (portal.budi.account_id, {"handler": "PeriodeState.save"}),
        (portal.ani.account_id, {"handler": "SuratState.load"}),
    ]
    assert {row.instansi_id for row in found} == {portal.ani.instansi_id}
    assert {row.address for row in found} == {"203.0.113.0/24"}
    assert exceeded(portal) == []


@pytest.fixture
def one_database(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> Portal:
    """What runs beside an event finds this database, and has written nothing lately."""

    async def run(use_case: Callable[..., Any], *args: Any) -> Any:
        return in_transaction(portal.db, use_case, *args)

    monkeypatch.setattr(executors, "run_in_transaction", run)
    for module in (access_log, accounts_access_log):
        monkeypatch.setattr(module, "recent_denials", InMemoryLimiter(DENIALS_LOGGED_PER_ACCOUNT))
    return portal


def test_what_was_refused_is_rolled_back_and_the_refusal_stands(one_database: Portal) -> None:
    portal, actor = one_database, actor_of(one_database, one_database.ani)

    def act(session: Session) -> None:
        audit.record(session, sample(AuditTag.ROLE_GRANTED), actor_id=actor.account_id)
        raise PermissionDenied("peran:beri")

    with pytest.raises(PermissionDenied):
        in_transaction(portal.db, act)
    asyncio.run(access_log.log_denied(actor, "PeranState.grant"))
    assert portal.events(AuditTag.ROLE_GRANTED) == []
    assert len(portal.events(AuditTag.ACCESS_REFUSED)) == 1


def test_a_flood_of_refusals_reaches_the_database_once_a_minute(one_database: Portal) -> None:
    actor = actor_of(one_database, one_database.ani)
    with statements(one_database) as told:
        for _ in range(500):
            asyncio.run(access_log.log_denied(actor, "PeranState.grant"))
    assert len(told) == 2, "the count and the event"


def test_a_trail_that_fails_changes_no_refusal(one_database: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    async def failing(*_: Any) -> None:
        raise OperationalError("x", {}, Exception("gone"))

    actor = actor_of(one_database, one_database.ani)
    monkeypatch.setattr(executors, "run_in_transaction", failing)
    asyncio.run(access_log.log_denied(actor, "PeranState.grant"))


def test_a_route_names_who_has_a_session_and_nobody_else(one_database: Portal) -> None:
    inside: Browser = one_database.browser().enter(one_database.ani)
    asyncio.run(accounts_access_log.log_denied_request(inside.visitor, "unduh"))
    asyncio.run(accounts_access_log.log_denied_request(one_database.browser().visitor, "unduh"))
    asyncio.run(
        accounts_access_log.log_denied_request(
            ClientContext(session_ref="f" * 64, client_address="203.0.113.7"), "unduh"
        )
    )
    (found,) = one_database.events(AuditTag.ACCESS_REFUSED)
    assert (found.actor_id, found.detail) == (one_database.ani.account_id, {"handler": "unduh"})


def test_a_limit_of_the_gate_is_written_once_a_window_however_many_processes(one_database: Portal) -> None:
    inside: Browser = one_database.browser().enter(one_database.ani)
    for _ in range(3):
        asyncio.run(accounts_access_log.log_limit_exceeded(rate_limits.EVENTS_PER_SOCKET, inside.visitor))
        asyncio.run(
            accounts_access_log.log_limit_exceeded(
                rate_limits.HANDSHAKES_PER_NETWORK, ClientContext(client_address="198.51.100.77")
            )
        )
    found = [(row.actor_id, row.address, row.detail) for row in exceeded(one_database)]
    assert found == [
        (one_database.ani.account_id, "203.0.113.0/24", {"limit": "socket:event"}),
        (None, "198.51.100.0/24", {"limit": "socket:handshake"}),
    ]
    with after(2 * days):
        asyncio.run(
            accounts_access_log.log_limit_exceeded(
                rate_limits.HANDSHAKES_PER_NETWORK, ClientContext(client_address="198.51.100.77")
            )
        )
    assert len(exceeded(one_database)) == 3
