"""What the portal answers over HTTP: headers on every route, nothing hidden served, native forms from our own pages only."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

import pytest

from mysapk_web.demo.accounts import DemoAccount
from mysapk_web.platform.database import Database
from mysapk_web.platform.http.frontend import POLICY, STATIC
from tests.wire.client import Browser, Tab, merged, redirects, ticket_of
from tests.wire.flows import MASUK, log_in
from tests.wire.people import SESSION, People, fingerprint
from tests.wire.server import Server

pytestmark = pytest.mark.wire

built = pytest.mark.skipif(not POLICY.exists(), reason="the front end is not built (make build)")

ROUTES = (
    "/", "/masuk", "/lupa-password", "/konfirmasi-reset", "/beranda", "/keamanan", "/bantuan", "/tidak-ada", "/sehat", "/siap",
    "/konfirmasi/x", "/keamanan/qr.svg", "/keamanan/kunci", "/sesi", "/sesi/perpanjang", "/keluar", "/demo/surat", "/demo/surat/x.eml",
    "/_event/?EIO=4&transport=polling", "/ping", "/_upload", "/%00", "/%ff", "/masuk?sesi=%0d%0aSet-Cookie:x=1",
)  # fmt: skip
HIDDEN = (
    "/ping", "/_health", "/_upload", "/_upload/x.pdf", "/_all_routes", "/auth-codespace", "/.env", "/.git/config", "/.states",
    "/.web", "/policy.json", "/assets/../policy.json", "/..%2fpolicy.json", "/%2e%2e/policy.json", "/..%5cpolicy.json",
    "/assets/%2e%2e/%2e%2e/policy.json", "//etc/passwd", "/etc/passwd", "/rxconfig.py", "/env.json", "/sources.sha256",
    "/reflex.lock/package.json", "/var/demo-secret", "/demo/surat/..%2f..%2fdemo-secret", "/demo/surat/.eml", "/metrics", "/docs",
    "/openapi.json", "/server/index.js", "/mysapk.db", "/assets/", "/_event/../ping",
)  # fmt: skip


def run(work: Any) -> Any:
    return asyncio.run(work)


@pytest.mark.parametrize("path", ROUTES)
def test_every_answer_carries_the_security_headers(browser: Browser, path: str) -> None:
    for method in ("GET", "HEAD", "POST", "OPTIONS"):
        status, headers, _ = run(browser.request(method, path))
        assert status < 500 or (path == "/siap" and status == 503), (method, status)
        policy = dict(rule.split(" ", 1) for rule in headers["content-security-policy"].split("; "))
        assert (
            policy["default-src"] == policy["base-uri"] == policy["object-src"] == policy["frame-ancestors"] == "'none'"
        )
        assert policy["form-action"] == "'self'"
        scripts = policy["script-src"].split(" ")
        assert scripts[0] == "'self'"
        assert all(re.fullmatch(r"'sha256-[A-Za-z0-9+/]{43}='", source) for source in scripts[1:]), scripts
        assert "*" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"
        assert "camera=()" in headers["permissions-policy"]
        assert not [name for name in headers if name.startswith("access-control-")]
        assert headers["server"] == "MySAPK"
        assert "x-powered-by" not in headers


@pytest.mark.parametrize("path", HIDDEN)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_is_not_offered_is_not_found(browser: Browser, path: str, method: str) -> None:
    status, headers, body = run(browser.request(method, path))
    assert status in {404, 405}, (status, headers)
    assert "location" not in headers
    for word in ("script_hashes", "root:", "SECRET", "[core]", "import reflex", "Traceback", "pong", "SQLite"):
        assert word not in body


@built
def test_no_source_map_and_nothing_but_pages_lies_in_the_served_folder() -> None:
    kinds = {path.suffix for path in STATIC.rglob("*") if path.is_file()}
    assert not kinds & {".map", ".py", ".ts", ".tsx", ".db", ".env", ".json5", ".lock"}
    for script in (STATIC / "assets").glob("*.js"):
        assert "sourceMappingURL" not in script.read_text(errors="replace")
    assert list(STATIC.rglob(".*")) == []


@built
def test_pages_are_not_kept_and_hashed_assets_are_kept_for_ever(browser: Browser) -> None:
    async def walk() -> None:
        for path in ("/masuk", "/beranda", "/keamanan", "/", "/sehat", "/tidak-ada", "/sesi", "/keamanan/kunci"):
            _, headers, _ = await browser.request("GET", path)
            assert headers["cache-control"] == "no-store", path
        script = next((STATIC / "assets").glob("*.js")).name
        _, headers, _ = await browser.request("GET", f"/assets/{script}")
        assert headers["cache-control"] == "public, max-age=31536000, immutable"
        _, headers, _ = await browser.request("GET", "/assets/none.js")
        assert headers["cache-control"] == "no-store"

    run(walk())


@pytest.mark.parametrize("host", ["evil.example", "localhost", "localhost:1", "127.0.0.1:80@evil.example", "[::1]"])
def test_another_host_is_turned_away_and_never_echoed(browser: Browser, host: str) -> None:
    async def walk() -> None:
        for path in ("/masuk", "/beranda/", "/assets", "/sesi", "/ping"):
            status, headers, body = await browser.request("GET", path, Host=host)
            assert status == 421
            assert "evil" not in body + repr(headers)

    run(walk())


@pytest.mark.parametrize("method", ["TRACE", "OPTIONS", "PUT", "DELETE", "PATCH", "FOO"])
@pytest.mark.parametrize("origin", ["", "https://evil.example", "ours"])
def test_other_methods_do_no_harm(browser: Browser, server_db: Database, method: str, origin: str) -> None:
    before = fingerprint(server_db)

    async def walk() -> None:
        for path in ("/masuk", "/sesi", "/keluar", "/sehat", "/_event/", "/assets/x"):
            status, headers, body = await browser.request(
                method, path, Origin=origin.replace("ours", browser.base), X_Probe="geheim"
            )
            assert status in {400, 403, 404, 405}, (path, status)
            assert "geheim" not in body
            assert "set-cookie" not in headers

    run(walk())
    assert fingerprint(server_db) == before


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/sesi/perpanjang", "POST"),
        ("/keluar", "POST"),
        ("/sehat", "GET, HEAD"),
        ("/siap", "GET, HEAD"),
        ("/konfirmasi/x", "GET, HEAD"),
        ("/dokumen/1", "GET, HEAD"),
        ("/dokumen/1/hapus", "POST"),
        ("/admin/unduh", "POST"),
        ("/admin/email/unggah", "POST"),
    ],
)
def test_a_method_that_a_path_has_not_is_told_which_it_has(browser: Browser, path: str, allowed: str) -> None:
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        status, headers, _ = run(browser.request(method, path))
        assert (status, headers.get("allow")) == (405, allowed), method
    other = "GET" if allowed == "POST" else "POST"
    status, headers, _ = run(browser.request(other, path))
    assert (status, headers.get("allow")) == (405, allowed)


def test_readiness_is_told_without_a_line_of_the_log(server: Server, browser: Browser) -> None:
    run(browser.request("GET", "/siap"))
    before = len(server.log)
    for _ in range(5):
        assert run(browser.request("GET", "/siap"))[0] == 200
    assert server.log[before:] == ""


@pytest.mark.parametrize(
    "origin", ["", "null", "https://evil.example", "http://localhost.evil.example", "http://localhost"]
)
def test_another_site_can_neither_log_in_nor_out(
    browser: Browser, people: People, origin: str, accounts: dict[str, DemoAccount]
) -> None:
    async def walk() -> None:
        person = accounts["pppk"]
        async with browser.tab("/masuk") as tab:
            answer = await tab.call(f"{MASUK}.submit", {"form": {"nip": person.nip, "password": person.password}})
            ticket = ticket_of(answer)
        kept = dict(browser.cookies)
        for path in ("/sesi", "/keluar", "/keamanan/kode-pemulihan"):
            status, headers, _ = await browser.request("POST", path, {"tiket": ticket}, Origin=origin)
            assert status == 403
            assert "set-cookie" not in headers
        assert browser.cookies == kept
        # The claim is still there for the page that earned it.
        assert await browser.take_session(ticket) == "/beranda"
        status, _, _ = await browser.request("POST", "/keluar", Origin=origin)
        assert status == 403
        async with browser.tab("/beranda") as tab:
            assert merged(tab.updates, "beranda_state").get("ready")

    run(walk())


def test_login_gives_a_new_session_whatever_the_browser_brought(
    new_browser: Callable[[], Browser], people: People, accounts: dict[str, DemoAccount]
) -> None:
    async def walk() -> None:
        planted, other = "P" * 43, people.cookies("pegawai_lain")
        for brought in ({SESSION: planted}, other):
            browser = new_browser()
            browser.cookies = dict(brought)
            await browser.visit()
            await log_in(browser, accounts["pppk"])
            assert browser.cookies[SESSION] not in {planted, other[SESSION]}
            assert "mysapk-peramban" not in browser.cookies
        # Whoever else held the session of before does not share the new one, and the old one is over.
        stranger = new_browser()
        stranger.cookies = other
        async with stranger.tab("/beranda") as tab:
            assert not merged(tab.updates, "beranda_state").get("ready")

    run(walk())


def test_the_session_cookie_has_its_flags_and_logout_takes_it_away(
    browser: Browser, accounts: dict[str, DemoAccount]
) -> None:
    async def walk() -> None:
        await browser.visit()
        async with browser.tab("/masuk") as tab:
            person = accounts["pppk"]
            answer = await tab.call(f"{MASUK}.submit", {"form": {"nip": person.nip, "password": person.password}})
        _, headers, _ = await browser.request("POST", "/sesi", {"tiket": ticket_of(answer)})
        assert browser.cookies[SESSION] not in headers["location"]
        left = browser.cookies[SESSION]
        status, headers, _ = await browser.request("POST", "/keluar")
        assert (status, headers["location"]) == (303, "/masuk")
        assert SESSION not in browser.cookies
        assert headers["clear-site-data"] == '"storage"'
        browser.cookies[SESSION] = left
        async with browser.tab("/beranda") as tab:
            assert not merged(tab.updates, "beranda_state").get("ready")

    run(walk())


def test_a_claim_belongs_to_the_browser_that_earned_it(
    new_browser: Callable[[], Browser], accounts: dict[str, DemoAccount]
) -> None:
    async def walk() -> None:
        earner, stranger, bare = new_browser(), new_browser(), new_browser()
        person = accounts["pppk"]
        await stranger.visit()
        async with earner.tab("/masuk") as tab:
            answer = await tab.call(f"{MASUK}.submit", {"form": {"nip": person.nip, "password": person.password}})
        ticket, before = ticket_of(answer), earner.cookies["mysapk-peramban"]
        for thief in (stranger, bare):
            assert await thief.take_session(ticket) == "/masuk"
            assert SESSION not in thief.cookies
        assert await earner.take_session(ticket) == "/beranda"
        again = new_browser()
        again.cookies = {"mysapk-peramban": before}
        assert await again.take_session(ticket) == "/masuk", "it works once"

    run(walk())


@pytest.mark.parametrize("who", ["pppk", "verifikator"])
def test_a_copied_cookie_takes_nobodys_session(
    new_browser: Callable[[], Browser], accounts: dict[str, DemoAccount], who: str
) -> None:
    """Copied before the login, it polls `POST /sesi` and keeps tabs of its own open while the owner logs in, code included."""

    async def walk() -> None:
        owner, thief = new_browser(), new_browser()
        await owner.visit()
        thief.cookies = dict(owner.cookies)
        done = asyncio.Event()
        places = []

        async def poll() -> None:
            while not done.is_set():
                places.append(await thief.take_session(""))
                places.append(await thief.take_session("x" * 43))

        async with thief.tab("/masuk") as watching:
            polling = asyncio.create_task(poll())
            try:
                await log_in(owner, accounts[who])
            finally:
                done.set()
            await polling
            await watching.load("/masuk")
            assert not merged(watching.updates, "masuk_state").get("needs_code")
            assert not ticket_of(watching.updates)
        assert places
        assert set(places) == {"/masuk"}
        assert SESSION not in thief.cookies
        async with owner.tab("/beranda") as tab:
            assert merged(tab.updates, "beranda_state").get("ready")

    run(walk())


def test_the_ticket_stands_in_no_state_and_no_log(
    server: Server, browser: Browser, accounts: dict[str, DemoAccount]
) -> None:
    async def walk() -> str:
        person = accounts["pppk"]
        async with browser.tab("/masuk") as tab:
            answer = await tab.call(f"{MASUK}.submit", {"form": {"nip": person.nip, "password": person.password}})
            ticket = ticket_of(answer)
            assert len(ticket) >= 43
            again = await tab.load("/masuk")
            assert ticket not in repr(again)
        assert await browser.take_session(ticket) == "/beranda"
        return ticket

    ticket = run(walk())
    assert ticket not in server.log


def test_two_tabs_of_one_browser_log_in_side_by_side(browser: Browser, accounts: dict[str, DemoAccount]) -> None:
    async def walk() -> None:
        person = accounts["pppk"]
        form = {"form": {"nip": person.nip, "password": person.password}}
        async with browser.tab("/masuk") as one, browser.tab("/masuk") as two:
            tickets = [ticket_of(await tab.call(f"{MASUK}.submit", form)) for tab in (one, two)]
            assert await browser.take_session(tickets[0]) == "/beranda"
            # The other one finds the browser logged in, and is led on from the login page.
            assert await browser.take_session(tickets[1]) == "/masuk"
        async with browser.tab("/masuk") as tab:
            assert redirects(tab.updates) == ["/beranda"]

    run(walk())


def test_a_browser_without_cookies_gets_no_session_and_shares_nothing(
    server: Server, accounts: dict[str, DemoAccount]
) -> None:
    async def walk() -> None:
        person = accounts["pppk"]
        tab = Tab(server.base, {}, address="198.19.0.1")
        await tab.open()
        answer = await tab.call(f"{MASUK}.submit", {"form": {"nip": person.nip, "password": person.password}})
        await tab.close()
        other = Browser(server.base, address="198.19.0.2")
        assert await other.take_session(ticket_of(answer), Accept="*/*") == "/masuk"
        assert not other.cookies.get(SESSION)

    run(walk())


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "/\\evil.example", "https:evil.example", "javascript:alert(1)", "/%2f%2fevil.example", "https://evil.example",
     "/%5cevil.example/", "//evil.example/..", "/masuk/..//evil.example", "/.//evil.example"],
)  # fmt: skip
def test_no_address_leads_away(browser: Browser, target: str, people: People) -> None:
    async def walk() -> None:
        for path in (
            f"/{target}",
            f"/masuk?next={target}",
            f"/konfirmasi/{target}",
            f"/sesi?next={target}",
            f"/keluar?r={target}",
        ):
            for method in ("GET", "POST"):
                _, headers, _ = await browser.request(method, path.replace("\\", "%5C"))
                where = headers.get("location", "/masuk")
                assert re.fullmatch(r"/[a-z-]*/?(\?[^#]*)?", where), (path, where)
        for path in ("//masuk", "//evil.example", "///bantuan", "/\\beranda", "/%5cbantuan", "/%2fbantuan", "/masuk//"):
            _, headers, _ = await browser.request("GET", path)
            assert re.fullmatch(r"/[a-z-]+/", headers.get("location", "/masuk/")), (path, headers["location"])
        async with browser.tab("/masuk") as tab:
            tab.path = f"/masuk?next={target}&redirect={target}&sesi=berakhir"
            await tab.load(tab.path)
            assert "evil" not in repr([update.get("events") for update in tab.updates])

    run(walk())
