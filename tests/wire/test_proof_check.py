"""The public check of a proof: anybody may ask, and one network address not without end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from sqlmodel import func, select

from mysapk_web.platform.database import Database
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.tables.audit import AuditEvent
from mysapk_web.rate_limits import PROOF_CHECKS_PER_NETWORK
from tests.wire.client import Browser, merged
from tests.wire.flows import ROOT

pytestmark = pytest.mark.wire

CEK = f"{ROOT}.mysapk_web___pdm___pages___cek_bukti____cek_bukti_state"


def noted(db: Database) -> int:
    with db.read() as session:
        return session.exec(
            select(func.count()).select_from(AuditEvent).where(AuditEvent.tag == AuditTag.LIMIT_EXCEEDED)
        ).one()


def test_one_network_address_checks_so_many_and_no_more(
    new_browser: Callable[[], Browser], server_db: Database
) -> None:
    before = noted(server_db)

    async def ask(browser: Browser, times: int) -> tuple[bool, dict[str, str]]:
        """The page looks the proof up once when it opens, and each other one whose address is opened in it."""
        async with browser.tab("/cek-bukti/palsu") as tab:
            for number in range(times - 2):
                tab.path = f"/cek-bukti/palsu{number}"
                await tab.send(f"{CEK}.load", {})
            if times > 1:
                tab.path = "/cek-bukti/terakhir"
                await tab.call(f"{CEK}.load", {}, quiet=1.0)
            told = merged(tab.updates, "app_state").get("faults") or {}
            return bool(merged(tab.updates, "cek_bukti_state").get("ready")), told

    crawler, other = new_browser(), new_browser()
    ready, told = asyncio.run(ask(crawler, PROOF_CHECKS_PER_NETWORK.count))
    assert (ready, told) == (True, {})
    ready, told = asyncio.run(ask(crawler, 2))
    assert not ready
    assert "Terlalu banyak pemeriksaan bukti" in told[""]
    assert asyncio.run(ask(other, 1)) == (True, {})
    assert noted(server_db) == before + 1


def test_a_connection_that_comes_back_is_no_further_check(
    new_browser: Callable[[], Browser], server_db: Database
) -> None:
    async def ask(browser: Browser) -> dict[str, str]:
        async with browser.tab("/cek-bukti/palsu") as tab:
            for _ in range(PROOF_CHECKS_PER_NETWORK.count):
                await tab.send(f"{CEK}.load", {})
            await tab.call(f"{CEK}.load", {}, quiet=1.0)
            return merged(tab.updates, "app_state").get("faults") or {}

    before = noted(server_db)
    assert asyncio.run(ask(new_browser())) == {}
    assert noted(server_db) == before
