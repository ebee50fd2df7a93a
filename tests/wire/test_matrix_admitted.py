"""Every registered handler, called over a raw socket with everything by whom it admits: nothing breaks, and nothing of others is told."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.wire.client import Browser
from tests.wire.hostile import MARK, MARKED_NIP, all_of
from tests.wire.matrix import (
    ROLES,
    admits,
    attack,
    cookies_of,
    failures,
    tells_nothing,
)
from tests.wire.people import People
from tests.wire.registry import Handler
from tests.wire.server import Server

pytestmark = pytest.mark.wire


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


def test_the_log_holds_nothing_that_was_typed(server: Server, accounts: dict[str, Any]) -> None:
    tells_nothing(server.log, accounts)
