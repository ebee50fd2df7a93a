"""Every registered handler, called over a raw socket by everybody, with everything (DESIGN 2.6).

The list comes from the registry of the app, so a new page is covered without a change here.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from socketio.exceptions import BadNamespaceError

from mysapk_web.models import Database
from mysapk_web.services import clock
from tests.wire.client import Browser, Tab, merged
from tests.wire.hostile import MARK, MARKED_NIP, all_of
from tests.wire.people import People, fingerprint
from tests.wire.registry import Handler, read_registry
from tests.wire.server import Server

pytestmark = pytest.mark.wire

ROOT = "reflex___state____state"
APP = f"{ROOT}.mysapk_web___ui___state____app_state"
BATCH = 60
"""Events of one socket: the gate allows 200 in ten seconds, and the reaper closes the sockets of dead sessions after two."""
ROLES = ("verifikator", "approver", "admin_satker", "admin_instansi", "admin_bkn", "admin_instansi_lain")
OUTSIDERS = ("anonymous", "disabled", "ended", "idle", "forged")
CALLERS = (*OUTSIDERS, "pegawai", "pegawai_lain", *ROLES)

Call = tuple[str, Any]


def cookies_of(caller: str, people: People) -> dict[str, str]:
    """Cookies that this caller holds; those of the outsiders were worth something once, or never."""
    if caller == "anonymous":
        return {}
    if caller == "forged":
        return {"mysapk-sesi": (MARK + "A" * 43)[:43], "mysapk-peramban": (MARK + "B" * 43)[:43]}
    if caller == "ended":
        return people.cookies("pppk", ended_at=clock.now())
    if caller == "idle":
        return people.cookies("pppk", seen_at=clock.now() - timedelta(hours=2))
    if caller == "disabled":
        return people.cookies("ppt_non_asn")
    return people.cookies(caller)


def admits(handler: Handler, caller: str) -> bool:
    """What the policy of the handler means for the caller, reckoned here and not by the code under test."""
    if handler.policy in {"none", "anyone"} or caller in OUTSIDERS:
        return handler.policy == "anyone"
    role = {"pegawai_lain": "pegawai", "admin_instansi_lain": "admin_instansi"}.get(caller, caller).upper()
    return handler.policy == "logged-in" or bool({*handler.permissions} & {*read_registry().roles[role]})


def batches(calls: Iterable[Call]) -> Iterator[list[Call]]:
    """As many at a time as one socket may send."""
    rest = list(calls)
    for start in range(0, len(rest), BATCH):
        yield rest[start : start + BATCH]


class Closed(Exception):
    """The socket of a session that has ended was closed, as it has to be within seconds, before all was answered."""


async def attack(browser: Browser, calls: Iterable[Call]) -> list[dict[str, Any]]:
    """Send the calls over as few sockets as the gate allows; gives all that came back."""
    updates: list[dict[str, Any]] = []
    waiting = list(batches(calls))
    while waiting:
        batch = waiting.pop(0)
        tab = Tab(browser.base, browser.cookies, address=browser.address)
        await tab.open()
        try:
            for name, payload in batch:
                await tab.send(name, payload)
            await settled(tab)
        except (Closed, BadNamespaceError):
            # A slow machine: a smaller part is answered before the socket is closed.
            assert len(batch) > 1, f"{batch[0][0]} closes its socket"
            half = len(batch) // 2
            waiting[:0] = [batch[:half], batch[half:]]
        updates += tab.updates
        await tab.close()
    return updates


async def settled(tab: Tab) -> None:
    """Events of one tab are handled in their order: when this one is answered, the others are done."""
    async with asyncio.timeout(20):
        for value in (True, False):
            await tab.send(f"{ROOT}.set_is_hydrated", {"value": value})
        while merged(tab.updates, ROOT).get("is_hydrated") is not False:
            if tab.closed.is_set():
                raise Closed
            await asyncio.sleep(0.02)


def failures(log: str) -> list[str]:
    """Lines of handlers that failed in a way nobody has foreseen: bad input has to be refused in words, not by an exception."""
    told = ("handler failed", "event failed", "connection failed")
    return [line for line in log.splitlines() if any(words in line for words in told)]


def only_refusals(updates: list[dict[str, Any]]) -> bool:
    """Nothing but where to log in, a fixed sentence, and what the socket itself had said."""
    for update in updates:
        for state, delta in (update.get("delta") or {}).items():
            # The parts of a path that pages are named by stand at the root, and are empty on the page of these sockets.
            parts = {name for name, value in delta.items() if state == ROOT and value == ""}
            names = {name.removesuffix("_rx_state_") for name in delta.keys() - parts}
            allowed = {"faults", "notice", "answers"} if state == APP else {"is_hydrated"} if state == ROOT else set()
            if not {name for name in names if not name.startswith("rx_router_")} <= allowed:
                return False
        for event in update.get("events") or []:
            if event["name"] != "_redirect" or not event["payload"]["path"].startswith("/masuk"):
                return False
    return True


@pytest.mark.parametrize("caller", CALLERS)
def test_who_is_not_admitted_gets_nothing_and_changes_nothing(
    caller: str,
    handlers: list[Handler],
    server: Server,
    server_db: Database,
    people: People,
    new_browser: Callable[[], Browser],
) -> None:
    shut = [handler for handler in handlers if not admits(handler, caller)]
    calls = [(h.name, payload) for h in shut for payload in all_of(h)]
    assert len(shut) >= 10

    browser = new_browser()
    browser.cookies = cookies_of(caller, people)
    if caller == "disabled":
        people.change_account("ppt_non_asn", disabled_at=clock.now())
    before, refusals, written = fingerprint(server_db), server.log.count("event refused"), len(server.log)
    try:
        updates = asyncio.run(attack(browser, calls))
    finally:
        if caller == "disabled":
            people.change_account("ppt_non_asn", disabled_at=None)

    after = {**fingerprint(server_db), "akun": before["akun"]} if caller == "disabled" else fingerprint(server_db)
    assert after == before
    assert only_refusals(updates), [update for update in updates if not only_refusals([update])][:3]
    assert server.log.count("event refused") - refusals >= len(calls)
    assert failures(server.log[written:]) == []


@pytest.mark.parametrize("caller", ["anonymous", "pegawai", *ROLES])
def test_who_is_admitted_breaks_nothing(
    caller: str,
    handlers: list[Handler],
    server: Server,
    accounts: dict[str, Any],
    people: People,
    new_browser: Callable[[], Browser],
) -> None:
    mine = [h for h in handlers if h.ours and admits(h, caller) and (caller == "anonymous" or h.policy != "anyone")]
    if caller in ROLES:
        mine = [handler for handler in mine if handler.policy == "holding"]
    browser = new_browser()
    browser.cookies = cookies_of(caller, people)
    before = len(server.log)
    updates = asyncio.run(attack(browser, [(h.name, payload) for h in mine for payload in all_of(h)]))
    assert failures(server.log[before:]) == []
    if caller in {"anonymous", "pegawai"}:
        assert updates
        told = re.sub(rf"{MARK}|{MARKED_NIP}", "", repr(updates))
        others = [account for key, account in accounts.items() if key != caller]
        assert [a.key for a in others if a.nip in told or a.email in told] == []
        own = {accounts[caller].nip} if caller in accounts else set()  # shown to its owner on /profil
        assert set(re.findall(r"\b(?:19|20)\d{16}\b", told)) <= own


def test_framework_handlers_in_other_wrappings(
    handlers: list[Handler], server: Server, server_db: Database, new_browser: Callable[[], Browser]
) -> None:
    """The open handlers of Reflex with arguments of their own: no var of ours can be filled through them."""
    names = [h.name for h in handlers if h.policy == "anyone" and not h.ours]
    vars_ = {
        f"{APP}._bound": MARK,
        f"{APP}.faults": {"": MARK},
        f"{APP}.faults_rx_state_": {"": MARK},
        f"{APP}.mysapk_web___ui___shell____shell_state.nama": MARK,
        f"{APP}.mysapk_web___ui___shell____shell_state.nama_rx_state_": MARK,
        "mysapk-sesi": MARK,
    }
    payloads: list[Any] = [
        {"vars": vars_},
        {"vars": vars_, "hashes": {ROOT: MARK, APP: 7}},
        {"vars": MARK},
        {"vars": [MARK]},
        {"vars": None, "hashes": [MARK]},
        {"vars": {"a": {"b": MARK}}, "hashes": MARK},
    ]
    browser, before, written = new_browser(), fingerprint(server_db), len(server.log)
    updates = asyncio.run(attack(browser, [(name, payload) for name in names for payload in payloads]))
    assert MARK not in repr(updates)
    assert fingerprint(server_db) == before
    assert failures(server.log[written:]) == []


def test_the_log_holds_nothing_that_was_typed(
    server: Server, handlers: list[Handler], accounts: dict[str, Any], new_browser: Callable[[], Browser]
) -> None:
    """Neither here nor in all that the tests before it have sent to this server."""
    browser = new_browser()
    browser.cookies = {"mysapk-sesi": (MARK + "A" * 43)[:43]}
    asyncio.run(attack(browser, [(h.name, payload) for h in handlers for payload in list(all_of(h))[:8]]))
    log = server.log
    assert "event refused" in log
    for word in (MARK, MARKED_NIP, "KANAR27", "Traceback"):
        assert word not in log, word
    for account in accounts.values():
        for secret in (account.password, account.totp_secret, account.nip, account.email):
            assert not secret or secret not in log
