"""Every registered handler, called over a raw socket by everybody, with everything: who is not admitted gets nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from tests.wire.client import Browser
from tests.wire.hostile import MARK, all_of
from tests.wire.matrix import (
    APP,
    CALLERS,
    ROOT,
    admits,
    attack,
    cookies_of,
    failures,
    only_refusals,
    refusals_in,
    tells_nothing,
)
from tests.wire.people import People, fingerprint
from tests.wire.registry import Handler
from tests.wire.server import Server

pytestmark = pytest.mark.wire


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
    before, written = fingerprint(server_db), len(server.log)
    try:
        updates = asyncio.run(attack(browser, calls))
    finally:
        if caller == "disabled":
            people.change_account("ppt_non_asn", disabled_at=None)

    after = {**fingerprint(server_db), "akun": before["akun"]} if caller == "disabled" else fingerprint(server_db)
    assert after == before
    assert only_refusals(updates), [update for update in updates if not only_refusals([update])][:3]
    assert refusals_in(updates) >= len(calls)
    assert failures(server.log[written:]) == []


def test_framework_handlers_in_other_wrappings(
    handlers: list[Handler], server: Server, server_db: Database, new_browser: Callable[[], Browser]
) -> None:
    """The open handlers of Reflex with arguments of their own: no var of ours can be filled through them."""
    names = [h.name for h in handlers if h.policy == "anyone" and not h.ours]
    vars_ = {
        f"{APP}._bound": MARK,
        f"{APP}.faults": {"": MARK},
        f"{APP}.faults_rx_state_": {"": MARK},
        f"{APP}.mysapk_web___ui___shell____shell_state.full_name": MARK,
        f"{APP}.mysapk_web___ui___shell____shell_state.full_name_rx_state_": MARK,
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
    tells_nothing(server.log, accounts)
