"""A session that ends takes its sockets with it, and what a person may do is read anew at every event."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import select

from mysapk_web.demo.accounts import DemoAccount
from mysapk_web.organisation.tables.account import Account, RoleGrant
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from tests.wire.client import Browser, merged, ticket_of
from tests.wire.flows import log_in
from tests.wire.people import SESSION, People
from tests.wire.test_binding import BERANDA, EVENTS, KEAMANAN, filled, run

pytestmark = pytest.mark.wire


def test_losing_a_role_or_the_second_factor_counts_at_the_next_event(
    new_browser: Callable[[], Browser], people: People, server_db: Database
) -> None:
    async def walk() -> None:
        browser = new_browser()
        browser.cookies = people.cookies("admin_satker")
        account = people.account_id("admin_satker")
        async with browser.tab("/keamanan") as tab:
            assert "Admin" in merged(tab.updates, "keamanan_state")["roles"]
            with server_db.begin() as session:
                session.execute(update(RoleGrant).where(RoleGrant.account_id == account).values(revoked_at=clock.now()))
            try:
                answer = await tab.call(f"{KEAMANAN}.load")
            finally:
                with server_db.begin() as session:
                    session.execute(update(RoleGrant).where(RoleGrant.account_id == account).values(revoked_at=None))
                    assert session.exec(select(RoleGrant).where(RoleGrant.account_id == account)).one()
            assert merged(answer, "keamanan_state")["roles"] == ""

    run(walk())


@pytest.mark.parametrize("ending", ["ended", "idle", "absolute", "disabled", "version"])
def test_a_session_that_ends_meanwhile_is_refused_at_once_and_its_socket_closed(
    ending: str, new_browser: Callable[[], Browser], people: People, server_db: Database
) -> None:
    """Within five seconds, also when the page asks nothing: reset, change of password, of role, disabled account."""
    with server_db.read() as session:
        account = session.get(Account, people.account_id("pppk"))
        assert account is not None
        version = account.version
    now = clock.now()

    async def walk() -> None:
        browser = new_browser()
        browser.cookies = people.cookies("pppk")
        async with browser.tab("/beranda") as asking, browser.tab("/beranda") as silent:
            assert filled(asking, people, "pppk")
            if ending in {"ended", "idle", "absolute"}:
                people.change_session(browser.cookies, **{
                    "ended": {"ended_at": now},
                    "idle": {"seen_at": now - timedelta(minutes=31)},
                    "absolute": {"expires_at": now - timedelta(seconds=1)},
                }[ending])  # fmt: skip
            else:
                people.change_account(
                    "pppk", **({"disabled_at": now} if ending == "disabled" else {"version": version + 1})
                )
            before = len(asking.updates)
            for name, payload in EVENTS[2:]:
                await asking.send(name, payload)
            async with asyncio.timeout(5):
                await silent.closed.wait()
                await asking.closed.wait()
            assert asking.reloads
            assert silent.reloads
            assert people.name("pppk") not in repr(asking.updates[before:])
            assert not [update for update in asking.updates[before:] if BERANDA in (update.get("delta") or {})]

    try:
        run(walk())
    finally:
        people.change_account("pppk", disabled_at=None, version=version)


def test_a_page_with_a_living_session_is_left_alone(browser: Browser, people: People) -> None:
    async def walk() -> None:
        browser.cookies = people.cookies("pegawai")
        async with browser.tab("/beranda") as tab:
            await asyncio.sleep(2.6)
            assert not tab.closed.is_set()
            assert tab.reloads == 0

    run(walk())


def test_password_change_gives_the_page_a_new_session_and_ends_the_others(
    new_browser: Callable[[], Browser], accounts: dict[str, DemoAccount], people: People
) -> None:
    person = accounts["ppt_non_asn"]

    async def walk() -> None:
        here, there = new_browser(), new_browser()
        await log_in(here, person)
        await here.visit("/keamanan")
        there.cookies = people.cookies("ppt_non_asn")
        async with here.tab("/keamanan") as tab, there.tab("/beranda") as other:
            old = here.cookies[SESSION]
            form = {"sekarang": person.password, "password": "Jangkar-Biru-81"}
            answer = await tab.call(f"{KEAMANAN}.change_password", {"form": form}, quiet=0.3)
            thief = new_browser()
            thief.cookies = dict(here.cookies)
            async with thief.tab("/beranda") as copied:
                assert not merged(copied.updates, "beranda_state").get("ready"), "before the page has posted"
            assert await here.take_session("") == "/masuk"
            assert await here.take_session(ticket_of(answer)) == "/beranda", answer
            assert here.cookies[SESSION] != old
            await asyncio.wait_for(other.closed.wait(), 5)
        for cookie, alive in ((old, False), (there.cookies[SESSION], False), (here.cookies[SESSION], True)):
            browser = new_browser()
            browser.cookies = {SESSION: cookie}
            async with browser.tab("/beranda") as tab:
                assert bool(merged(tab.updates, "beranda_state").get("ready")) is alive
        async with here.tab("/keamanan") as tab:
            form = {"sekarang": "Jangkar-Biru-81", "password": person.password}
            await tab.call(f"{KEAMANAN}.change_password", {"form": form}, quiet=0.3)

    run(walk())
