"""A state tree belongs to the session that filled it, and nobody gets it by a token, a path or a header."""

from __future__ import annotations

import asyncio
import contextlib
import re
import uuid
from collections.abc import Callable
from typing import Any

import pyotp
import pytest
from socketio.exceptions import BadNamespaceError
from sqlalchemy import update

from mysapk_web.accounts.sessions import hash_secret
from mysapk_web.demo.accounts import DemoAccount
from mysapk_web.organisation.tables.account import Account
from mysapk_web.platform.database import Database
from tests.wire.client import Browser, Tab, merged, redirects, ticket_of
from tests.wire.flows import MASUK
from tests.wire.flows import ROOT as APP
from tests.wire.people import SESSION, People
from tests.wire.server import Server

pytestmark = pytest.mark.wire

ROOT = "reflex___state____state"
BERANDA = f"{APP}.mysapk_web___home___pages___beranda____beranda_state"
KEAMANAN = f"{APP}.mysapk_web___accounts___pages___keamanan___state____keamanan_state"
PRIVATE = ("/beranda", "/keamanan")
EVENTS = (
    (f"{ROOT}.hydrate", {}),
    (f"{ROOT}.hydrate_and_load", {"vars": None, "hashes": None}),
    (f"{ROOT}.reflex___state____on_load_internal_state.on_load_internal", {}),
    (f"{BERANDA}.load", {}),
    (f"{KEAMANAN}.load", {}),
    (f"{KEAMANAN}.end_session", {"form": {"sesi": "x"}}),
)


def run(work: Any) -> Any:
    return asyncio.run(work)


async def everything(tab: Tab) -> str:
    """What a client gets when it tries all that gives data, with the paths of the pages behind the login."""
    for path in PRIVATE:
        tab.path = path
        for name, payload in EVENTS:
            try:
                await tab.call(name, payload, quiet=0.04, limit=1)
            except BadNamespaceError:  # on a slow machine the reaper has closed the socket of a session that is none
                tab.closed.clear()
                await tab.open()
                await tab.call(name, payload, quiet=0.04, limit=1)
    return tab.seen()


def marks_of(people: People, *keys: str) -> list[str]:
    """Words by which a person's data is recognised."""
    return [
        word for key in keys for word in (people.name(key), people.accounts[key].nip, people.accounts[key].email)
    ]  # fmt: skip


def filled(tab: Tab, people: People, key: str) -> bool:
    return people.name(key) in tab.seen()


@pytest.fixture
def person(new_browser: Callable[[], Browser], people: People) -> Browser:
    browser = new_browser()
    browser.cookies = people.cookies("pegawai")
    return browser


def test_a_visitor_gets_nothing_however_it_asks(new_browser: Callable[[], Browser], people: People) -> None:
    async def walk() -> None:
        seen = ""
        for cookies in ({}, {SESSION: "A" * 43}, {SESSION: "A" * 43, "mysapk-peramban": "B" * 43}):
            browser = new_browser()
            tab = Tab(browser.base, cookies, address=browser.address)
            boot = {"name": f"{ROOT}.hydrate_and_load", "payload": {"vars": None, "hashes": None},
                    "router_data": {"pathname": "/beranda", "asPath": "/beranda", "query": {}}}  # fmt: skip
            await tab.open(auth={"event": boot, "state_schema": "x"})
            seen += await everything(tab)
            assert "/masuk" in repr(redirects(tab.updates))
            assert not merged(tab.updates, "beranda_state").get("ready")
            assert not merged(tab.updates, "keamanan_state").get("ready")
            await tab.close()
        for word in marks_of(people, *people.accounts):
            assert word not in seen

    run(walk())


def test_a_boot_event_of_a_person_works(person: Browser, people: People) -> None:
    """The counterpart of the test above: the same way in gives a logged-in person the page."""

    async def walk() -> None:
        tab = Tab(person.base, person.cookies, address=person.address)
        boot = {"name": f"{ROOT}.hydrate_and_load", "payload": {"vars": None, "hashes": None},
                "router_data": {"pathname": "/beranda", "asPath": "/beranda", "query": {}}}  # fmt: skip
        await tab.open(auth={"event": boot})
        await asyncio.sleep(0.5)
        assert filled(tab, people, "pegawai")
        await tab.close()

    run(walk())


@pytest.mark.parametrize("thief", ["visitor", "pegawai_lain", "admin_bkn"])
def test_a_stolen_client_token_brings_nothing(
    thief: str, person: Browser, people: People, new_browser: Callable[[], Browser]
) -> None:
    async def walk() -> None:
        async with person.tab("/beranda") as tab:
            assert filled(tab, people, "pegawai")
            token = tab.token
        other = new_browser()
        if thief == "visitor":
            await other.visit()
        else:
            other.cookies = people.cookies(thief)
        # First ordinary events, then a hydrate: the tree of the other is never shown.
        stolen = Tab(other.base, other.cookies, token, address=other.address)
        await stolen.open()
        await stolen.call(f"{ROOT}.set_is_hydrated", {"value": True}, limit=1)
        await stolen.call(f"{BERANDA}.load", limit=1)
        assert not filled(stolen, people, "pegawai")
        await stolen.call(f"{ROOT}.hydrate", limit=1)
        assert not filled(stolen, people, "pegawai")
        assert hash_secret(person.cookies[SESSION]) not in stolen.seen()
        await stolen.close()
        # The owner comes back with the same token and finds the own page, not that of the thief.
        async with person.tab("/beranda", token=token) as tab:
            assert filled(tab, people, "pegawai")
            if "_" in thief:
                assert not filled(tab, people, thief)

    run(walk())


def test_the_same_token_twice_at_once_shares_nothing(
    person: Browser, people: People, new_browser: Callable[[], Browser]
) -> None:
    async def walk() -> None:
        async with person.tab("/beranda") as tab:
            other = new_browser()
            other.cookies = people.cookies("pegawai_lain")
            twin = Tab(other.base, other.cookies, tab.token, address=other.address)
            before = len(tab.updates)
            await twin.open()
            await twin.load("/beranda")
            assert filled(twin, people, "pegawai_lain")
            assert not filled(twin, people, "pegawai")
            assert people.name("pegawai_lain") not in repr(tab.updates[before:])
            await twin.close()
            # The same person twice: the second tab is given a token of its own.
            copy = Tab(person.base, person.cookies, tab.token, address=person.address)
            await copy.open()
            await copy.load("/beranda")
            assert copy.token != tab.token
            assert filled(copy, people, "pegawai")
            await copy.close()

    run(walk())


@pytest.mark.parametrize("thief", ["visitor", "pegawai_lain"])
def test_what_is_still_in_work_never_goes_to_another_session(
    thief: str, person: Browser, people: People, new_browser: Callable[[], Browser], server_db: Database
) -> None:
    """A thief of a client token takes the place of the page while the answer to it is on its way."""
    mark = "Peramban-Kanari"
    people.change_session(person.cookies, user_agent=mark)

    async def walk() -> None:
        other = new_browser()
        other.cookies = {} if thief == "visitor" else people.cookies(thief)
        tab = Tab(person.base, person.cookies, address=person.address)
        await tab.open()
        await tab.load("/beranda")
        with server_db.begin() as session:
            session.execute(update(Account).where(Account.id == -1).values(version=1))
            await tab.send(f"{KEAMANAN}.end_others", {"form": {}})
            await asyncio.sleep(0.1)
            await tab.close()
            stolen = Tab(other.base, other.cookies, tab.token, address=other.address)
            await stolen.open(auth={"event": {"name": f"{MASUK}.back", "payload": {}, "router_data": {}}})
        await asyncio.sleep(0.6)
        assert mark not in stolen.seen()
        await stolen.close()
        # It was worked on, or nothing would have been proved.
        async with person.tab("/keamanan", token=tab.token) as again:
            assert mark in again.seen()
            assert len(merged(again.updates, "keamanan_state")["sessions"]) == 1

    run(walk())


def test_after_logout_the_token_is_worth_nothing(person: Browser, people: People) -> None:
    async def walk() -> None:
        async with person.tab("/keamanan") as tab:
            assert merged(tab.updates, "keamanan_state")["ready"]
            token, cookies = tab.token, dict(person.cookies)
            await person.request("POST", "/keluar")
            before = len(tab.updates)
            # The socket of before is still open for a moment; it is heard, and refused, until it is closed.
            with contextlib.suppress(BadNamespaceError):
                await everything(tab)
            assert people.name("pegawai") not in repr(tab.updates[before:])
        for kept in (cookies, dict(person.cookies)):
            again = Tab(person.base, kept, token, address=person.address)
            await again.open()
            seen = await everything(again)
            assert not [word for word in marks_of(people, "pegawai") if word in seen]
            await again.close()

    run(walk())


def test_what_a_client_writes_into_the_router_data_is_not_believed(
    new_browser: Callable[[], Browser], people: People, server: Server
) -> None:
    async def walk() -> None:
        victim = people.cookies("pegawai")
        forged = {
            "headers": {
                "authorization": f"Sesi {hash_secret(victim[SESSION])} -",
                "cookie": f"{SESSION}={victim[SESSION]}",
            },
            "ip": "10.9.8.7",
            "token": str(uuid.uuid4()),
            "sid": "x",
            "pathname": "/beranda",
            "asPath": "/beranda",
            "query": {"headers": "x"},
            "mysapk.visitor": "x",
        }
        browser = new_browser()
        tab = Tab(browser.base, {}, address=browser.address)
        await tab.open()
        for name, payload in EVENTS:
            await tab.send(name, payload, router_data=forged)
        await asyncio.sleep(0.4)
        assert tab.updates
        assert not [word for word in (*marks_of(people, "pegawai"), "10.9.8.7", "Sesi ") if word in tab.seen()]
        await tab.close()
        assert victim[SESSION] not in server.log

    run(walk())


def test_nothing_of_cookie_or_reference_reaches_the_page(person: Browser) -> None:
    async def walk() -> None:
        await person.visit()
        async with person.tab("/keamanan") as tab:
            seen = await everything(tab)
            for value in person.cookies.values():
                assert value not in seen
                assert hash_secret(value) not in seen
            assert "authorization" not in seen.lower()

    run(walk())


def test_nobody_ends_the_session_of_another_person(
    person: Browser, people: People, new_browser: Callable[[], Browser]
) -> None:
    """The key of a row is no right to it (IDOR), and neither is a guess at one."""

    async def walk() -> None:
        other = new_browser()
        other.cookies = people.cookies("pegawai_lain")
        async with other.tab("/keamanan") as theirs, person.tab("/keamanan") as mine:
            [key] = [row["key"] for row in merged(theirs.updates, "keamanan_state")["sessions"] if row["current"]]
            for guess in (
                key,
                hash_secret(other.cookies[SESSION]),
                other.cookies[SESSION],
                "%",
                "",
                "1",
                "' OR 1=1 --",
            ):
                answer = await mine.call(f"{KEAMANAN}.end_session", {"form": {"sesi": guess}}, quiet=0.05)
                assert merged(answer, "app_state"), guess
            await mine.call(f"{KEAMANAN}.end_others", {"form": {}})
            answer = await theirs.call(f"{BERANDA}.load")
            assert theirs.reloads == 0
            assert not redirects(answer)
            assert merged(theirs.updates, "beranda_state")["ready"]

    run(walk())


def test_a_refused_login_leaves_no_claim(browser: Browser, accounts: dict[str, DemoAccount]) -> None:
    """Neither a wrong password nor a right one that still lacks its code is a right to a session."""

    async def walk() -> None:
        admin = accounts["verifikator"]
        async with browser.tab("/masuk") as tab:
            for password in ("Salah-Sekali-1", admin.password):
                await tab.call(f"{MASUK}.submit", {"form": {"nip": admin.nip, "password": password}})
                await tab.call(f"{MASUK}.submit_code", {"form": {"kode": "000000"}})
                assert not ticket_of(tab.updates)
                assert await browser.take_session("") == "/masuk"
                assert SESSION not in browser.cookies

    run(walk())


def test_an_authenticator_is_seen_and_confirmed_in_the_session_that_began_it(
    new_browser: Callable[[], Browser], people: People, accounts: dict[str, DemoAccount]
) -> None:
    """Another session of the same account, stolen perhaps, asks for everything that the owner's page asks for."""
    person = accounts["pppk"]

    async def walk() -> None:
        owner, thief = new_browser(), new_browser()
        owner.cookies, thief.cookies = people.cookies("pppk"), people.cookies("pppk")
        assert owner.cookies[SESSION] != thief.cookies[SESSION]
        async with owner.tab("/keamanan") as mine, thief.tab("/keamanan") as theirs:
            started = await mine.call(
                f"{KEAMANAN}.start_second_factor", {"form": {"password_totp": person.password}}, quiet=0.3
            )
            assert merged(started, "keamanan_state")["enrolling"]
            status, _, key = await owner.request("GET", "/keamanan/kunci")
            assert status == 200
            secret = "".join(re.findall(r"\b[A-Z2-7]{4}\b", key))
            assert (await owner.request("GET", "/keamanan/qr.svg"))[0] == 200

            assert (await thief.request("GET", "/keamanan/qr.svg"))[0] == 404
            status, headers, _ = await thief.request("GET", "/keamanan/kunci")
            assert (status, headers["location"]) == (303, "/keamanan")
            code = pyotp.TOTP(secret).now()
            answer = await theirs.call(f"{KEAMANAN}.confirm_second_factor", {"form": {"kode": code}}, quiet=0.3)
            assert "perangkat lain" in merged(answer, "app_state")["faults"][""]
            await theirs.call(f"{KEAMANAN}.cancel_second_factor", {"form": {}}, quiet=0.3)
            status, headers, _ = await thief.request("POST", "/keamanan/kode-pemulihan")
            assert (status, headers["location"]) == (303, "/keamanan")
            assert secret not in theirs.seen()

            assert (await owner.request("GET", "/keamanan/qr.svg"))[0] == 200, "nothing was dropped"
            await mine.call(f"{KEAMANAN}.cancel_second_factor", {"form": {}}, quiet=0.3)
            assert (await owner.request("GET", "/keamanan/qr.svg"))[0] == 404

    run(walk())
