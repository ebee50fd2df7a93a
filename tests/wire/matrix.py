"""Calling handlers over a raw socket as everybody: who they are, whom a policy admits, and what came of it.

The list comes from the registry of the app, so a new page is covered without a change here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from socketio.exceptions import BadNamespaceError

from mysapk_web.platform import clock
from tests.wire.client import Browser, Tab, merged
from tests.wire.hostile import MARK, MARKED_NIP
from tests.wire.people import People
from tests.wire.registry import Handler, read_registry

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


def refusals_in(updates: list[dict[str, Any]]) -> int:
    """How many calls were answered by the way to the login or by a sentence; the log sums them up."""
    return sum(
        bool(update.get("events") or "answers_rx_state_" in (update.get("delta") or {}).get(APP, {}))
        for update in updates
    )


def tells_nothing(log: str, accounts: dict[str, Any]) -> None:
    """The log of a server holds nothing that was typed, neither by an attacker nor by the people of the demo."""
    assert "event refused" in log
    for word in (MARK, MARKED_NIP, "KANAR27", "Traceback"):
        assert word not in log, word
    for account in accounts.values():
        for secret in (account.password, account.totp_secret, account.nip, account.email):
            assert not secret or secret not in log
