"""A store that is gone and a queue that is full refuse in words, open nothing, and are forgotten when it is over."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from mysapk_web.demo.accounts import DemoAccount
from mysapk_web.platform.database import Database
from mysapk_web.ui.state import BUSY, STORE_DOWN
from tests.wire.client import Browser, Tab, merged, ticket_of
from tests.wire.flows import LUPA, MASUK, log_in
from tests.wire.flows import ROOT as APP
from tests.wire.people import People
from tests.wire.server import Server

pytestmark = pytest.mark.wire

BERANDA = f"{APP}.mysapk_web___home___pages___beranda____beranda_state"
KEAMANAN = f"{APP}.mysapk_web___accounts___pages___keamanan___state____keamanan_state"


def run(work: Any) -> Any:
    return asyncio.run(work)


@contextmanager
def without(db: Database, *tables: str) -> Iterator[None]:
    """The tables are not there for a while: what a database that fails looks like to every statement."""
    with db.begin() as session:
        session.execute(text("PRAGMA legacy_alter_table=ON"))
        for table in tables:
            session.execute(text(f"ALTER TABLE {table} RENAME TO {table}_away"))
    try:
        yield
    finally:
        with db.begin() as session:
            session.execute(text("PRAGMA legacy_alter_table=ON"))
            for table in tables:
                session.execute(text(f"ALTER TABLE {table}_away RENAME TO {table}"))


def told(updates: list[dict[str, Any]]) -> dict[str, str]:
    return merged(updates, "app_state").get("faults") or {}


def test_without_the_sessions_nobody_is_anybody_and_everybody_is_told(
    server: Server, server_db: Database, new_browser: Callable[[], Browser], people: People
) -> None:
    async def walk() -> None:
        browser = new_browser()
        browser.cookies = people.cookies("pegawai")
        async with browser.tab("/beranda") as tab:
            first = merged(tab.updates, "app_state").get("answers", 0)
            with without(server_db, "sesi"):
                for name in (f"{BERANDA}.load", f"{KEAMANAN}.load"):
                    answer = await tab.call(name)
                    assert told(answer) == {"": STORE_DOWN}
                    # The button that was pressed is freed.
                    assert merged(answer, "app_state")["answers"] > first
                    assert not [delta for update in answer for delta in update["delta"] if delta != APP]
                newcomer = Tab(browser.base, browser.cookies, address=browser.address)
                await newcomer.open()
                answer = await newcomer.load("/beranda")
                assert told(answer) == {"": STORE_DOWN}
                assert people.name("pegawai") not in repr(answer)
                await newcomer.close()
                for method, path in (("GET", "/keamanan/kunci"), ("POST", "/sesi"), ("POST", "/keluar")):
                    status, _, body = await browser.request(method, path)
                    assert status == 503 or path == "/sesi", (path, status)
                    assert "Traceback" not in body
                    assert "sqlite" not in body.lower()
                    if status == 503:
                        assert "Sistem sedang terganggu" in body
                assert not tab.closed.is_set()
            await tab.call(f"{BERANDA}.load")
            assert told(tab.updates) == {}
        async with browser.tab("/beranda") as tab:
            assert people.name("pegawai") in tab.seen()

    run(walk())
    assert "no such table" not in server.log


def test_without_the_counters_no_password_and_no_token_is_tried(
    server_db: Database, new_browser: Callable[[], Browser], accounts: dict[str, DemoAccount]
) -> None:
    """Limits that can't be counted refuse; a right password does not get in either."""
    person = accounts["pppk"]

    async def walk() -> None:
        browser = new_browser()
        async with browser.tab("/masuk") as tab:
            with without(server_db, "penghitung"):
                for name, form in (
                    (f"{MASUK}.submit", {"nip": person.nip, "password": person.password}),
                    (f"{LUPA}.submit", {"nip": person.nip, "email": person.email}),
                ):
                    answer = await tab.call(name, {"form": form})
                    assert told(answer) == {"": STORE_DOWN}
                    assert not ticket_of(answer)
                assert await browser.take_session("") == "/masuk"
        await log_in(new_browser(), person)

    run(walk())


@pytest.fixture
def slow_server(demo_template: Path, tmp_path: Path) -> Iterator[Server]:
    """A server whose password checks take long enough to queue up."""
    shutil.copy(demo_template, tmp_path / "slow.db")
    running = Server(
        tmp_path, f"sqlite:///{tmp_path}/slow.db", MYSAPK_TRUSTED_PROXIES="1", MYSAPK_BCRYPT_COST="13"
    ).start()
    yield running
    running.stop()


def test_a_full_queue_of_password_checks_says_so_at_once_and_holds_nobody_else_up(slow_server: Server) -> None:
    async def one(number: int) -> tuple[float, dict[str, str]]:
        tab = Tab(slow_server.base, {"mysapk-peramban": f"{number:043d}"}, address=f"198.51.100.{number}")
        await tab.open()
        tabs.append(tab)
        await ready.wait()
        start = time.monotonic()
        form = {"nip": f"19850315201001{2000 + number}", "password": "Salah-Sekali-1"}
        answer = await tab.call(f"{MASUK}.submit", {"form": form}, quiet=0.01, limit=3)
        return time.monotonic() - start, told(answer)

    async def walk() -> None:
        nonlocal ready
        ready = asyncio.Event()
        storm = [asyncio.create_task(one(number)) for number in range(1, 121)]
        while len(tabs) < len(storm):
            await asyncio.sleep(0.05)
        ready.set()
        await asyncio.sleep(0.3)
        start = time.monotonic()
        async with Browser(slow_server.base, address="198.51.100.250").tab("/bantuan") as tab:
            assert tab.updates
            assert time.monotonic() - start < 2
        answers = await asyncio.gather(*storm)
        busy = [seconds for seconds, faults in answers if faults == {"": BUSY}]
        assert len(busy) >= 40
        assert max(busy) < 2.5
        started = time.monotonic()
        await asyncio.to_thread(slow_server.stop)
        # Open sockets and waiting checks do not hold the end up.
        assert time.monotonic() - started < 10
        assert slow_server.process is not None
        assert slow_server.process.returncode == 0

    tabs: list[Tab] = []
    ready: asyncio.Event
    run(walk())


def test_who_fills_the_queue_keeps_no_other_network_away(slow_server: Server, accounts: dict[str, DemoAccount]) -> None:
    """150 sockets of one visitor; the logins of others get through, and what is refused for its form waits for nothing."""

    async def flood(tab: Tab, number: int) -> dict[str, str]:
        form = {"nip": f"19850315201001{2000 + number}", "password": "Salah-Sekali-1"}
        return told(await tab.call(f"{MASUK}.submit", {"form": form}, quiet=0.01, limit=30))

    async def walk() -> None:
        tabs = [Tab(slow_server.base, {"mysapk-peramban": f"{n:043d}"}, address="198.51.100.1") for n in range(150)]
        await asyncio.gather(*(tab.open() for tab in tabs))
        storm = [asyncio.create_task(flood(tab, number)) for number, tab in enumerate(tabs)]
        # Full: the first of them is told so.
        await asyncio.wait(storm, return_when=asyncio.FIRST_COMPLETED)
        async with Browser(slow_server.base, address="198.51.100.1").tab() as tab:
            answer = await tab.call(f"{MASUK}.submit", {"form": {"nip": "", "password": ""}})
            assert set(told(answer)) == {"nip", "password"}
        others = [account for account in accounts.values() if account.password and not account.totp_secret]
        assert len(others) >= 4

        async def enter(number: int, account: DemoAccount) -> None:
            form = {"nip": account.nip, "password": account.password}
            async with Browser(slow_server.base, address=f"203.0.113.{number}").tab() as tab:
                answer = await tab.call(f"{MASUK}.submit", {"form": form}, quiet=0.01, limit=30)
                # Events of a tab take turns: what comes after this one comes after the answer, too.
                late = await tab.call(f"{MASUK}.load", limit=30)
                assert ticket_of(answer + late), (account.key, told(answer))

        await asyncio.gather(*(enter(number, account) for number, account in enumerate(others)))
        assert {"": BUSY} in await asyncio.gather(*storm)

    run(walk())
