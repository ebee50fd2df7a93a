"""The door of the sockets: who may open one, how often, and what an odd message does."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import psutil
import pytest

from mysapk_web.accounts.sessions import hash_secret
from mysapk_web.platform import clock
from mysapk_web.rate_limits import EVENTS_PER_SOCKET, HANDSHAKES_PER_NETWORK
from mysapk_web.ui.state import OUTDATED
from tests.wire.client import NAMESPACE, Browser, Refused, Tab, merged, redirects
from tests.wire.flows import MASUK
from tests.wire.hostile import MARK
from tests.wire.people import People
from tests.wire.server import Server

pytestmark = pytest.mark.wire

A_UUID = "2f1c7d0e-5b7a-4c1e-9a52-6d3f0b8e4c91"
ROOT = "reflex___state____state"
BANTUAN = f"{ROOT}.mysapk_web___ui___state____app_state.mysapk_web___home___pages___bantuan____bantuan_state"
KEAMANAN = (
    f"{ROOT}.mysapk_web___ui___state____app_state.mysapk_web___accounts___pages___keamanan___state____keamanan_state"
)


def run(work: Any) -> Any:
    return asyncio.run(work)


async def answers(browser: Browser) -> bool:
    """Whether the server still serves a new visitor."""
    async with browser.tab("/bantuan") as tab:
        return bool(merged(await tab.call(f"{BANTUAN}.load"), "app_state") or tab.first)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "origin", ["", "null", "https://evil.example", "http://localhost", "http://localhost:1", "file://"]
)
def test_another_origin_opens_no_socket(browser: Browser, server: Server, people: People, origin: str) -> None:
    async def walk() -> None:
        tab = Tab(server.base, people.cookies("pegawai"), address=browser.address)
        with pytest.raises(Refused):
            await tab.open(Origin=origin)
        assert tab.updates == []

    run(walk())


@pytest.mark.parametrize("host", ["evil.example", "localhost", "localhost:1"])
def test_another_host_opens_no_socket(browser: Browser, server: Server, host: str) -> None:
    async def walk() -> None:
        with pytest.raises(Refused):
            await Tab(server.base, {}, address=browser.address).open(Host=host)

    run(walk())


@pytest.mark.parametrize("token", ["", "x", "1" * 4096, "../../x", "null", f"{A_UUID}%00", A_UUID[:-1]])
def test_a_token_that_is_no_uuid_opens_no_socket(browser: Browser, server: Server, token: str) -> None:
    async def walk() -> None:
        tab = Tab(server.base, {}, address=browser.address)
        tab.token = token
        with pytest.raises(Refused):
            await tab.open()

    run(walk())


@contextlib.asynccontextmanager
async def raw_socket(server: Server, address: str | None) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """A socket without a client library: whatever is sent goes out as it is."""
    url = f"{server.base}/_event/?EIO=4&transport=websocket&token={uuid.uuid4()}"
    headers = {"Origin": server.base, "X-Forwarded-For": str(address)}
    async with aiohttp.ClientSession() as http, http.ws_connect(url, headers=headers) as ws:
        await ws.receive()
        yield ws


async def close_code(ws: aiohttp.ClientWebSocketResponse) -> int | None:
    """The code with which the server closes; None while it does not."""
    with contextlib.suppress(TimeoutError):
        while not ws.closed:
            await ws.receive(timeout=2)
    return ws.close_code


@pytest.mark.parametrize("namespace", ["", "/admin,", "/_event2,"])
def test_in_another_namespace_nothing_answers(browser: Browser, server: Server, namespace: str) -> None:
    async def walk() -> None:
        async with raw_socket(server, browser.address) as ws:
            await ws.send_str(f"40{namespace}")
            assert await close_code(ws) == 1008

    run(walk())


@pytest.mark.parametrize(
    "sent",
    [
        b"\x04x",
        b'42/_event,["event",{}]',
        "2",
        "42",
        "43/_event,[]",
        '451-/_event,["event",{"_placeholder":true,"num":0}]',
        '452147483647-/_event,["event",{"_placeholder":true,"num":0}]',
        "461-/_event,[]",
        '42/_event,1["event",{}]',
        "40/_event,",
        "bAAAA",
    ],
    ids=repr,
)
def test_a_packet_that_no_page_sends_closes_the_socket(browser: Browser, server: Server, sent: str | bytes) -> None:
    async def walk() -> None:
        async with raw_socket(server, browser.address) as ws:
            await ws.send_str("40/_event,")
            await (ws.send_bytes(sent) if isinstance(sent, bytes) else ws.send_str(sent))
            assert await close_code(ws) == 1008

    run(walk())


def test_attachments_that_are_announced_fill_no_memory(server: Server, new_browser: Callable[[], Browser]) -> None:
    """Eight sockets announce billions of attachments and send frames below every limit."""

    async def flood(address: str | None) -> int | None:
        async with raw_socket(server, address) as ws:
            with contextlib.suppress(ConnectionError):
                await ws.send_str("40/_event,")
                await ws.send_str('459999999999-/_event,["event",{"_placeholder":true,"num":0}]')
                for _ in range(150):
                    await ws.send_bytes(b"x" * 64_000)
            return await close_code(ws)

    async def walk() -> list[int | None]:
        return await asyncio.gather(*(flood(new_browser().address) for _ in range(8)))

    assert server.process is not None
    process = psutil.Process(server.process.pid)
    processes = [process, *process.children(recursive=True)]
    before = sum(one.memory_info().rss for one in processes)
    # A client that is still writing sees the connection gone instead of the code.
    assert set(run(walk())) <= {1006, 1008}
    # 8 x 150 x 64 KB would be 77 MB.
    assert sum(one.memory_info().rss for one in processes) - before < 20_000_000


def test_a_flood_of_malformed_frames_writes_few_lines(server: Server, new_browser: Callable[[], Browser]) -> None:
    frames = ['42/_event,["event",', "42/_event,[]", f'42/_event,["event",{{"name":"{MARK}"}}]', '42/_event,["event",7]',
              '42/_event,["event"]', '42/_event,["event",{},{}]', "42/_event,[" + "[" * 2_000]  # fmt: skip
    before = server.log.count("\n")

    async def flood(address: str | None) -> None:
        async with raw_socket(server, address) as ws:
            await ws.send_str("40/_event,")
            for number in range(150):
                await ws.send_str(frames[number % len(frames)])
                if number % 10 == 9:
                    await asyncio.sleep(0.01)

    async def walk() -> None:
        await asyncio.gather(*(flood(new_browser().address) for _ in range(6)))
        assert await answers(new_browser())

    run(walk())
    assert server.log.count("\n") - before < 60, "900 frames"
    assert MARK not in server.log


def test_a_flood_of_refused_events_writes_few_lines(server: Server, new_browser: Callable[[], Browser]) -> None:
    """Well-formed, but not for a visitor."""
    written = len(server.log)

    async def walk() -> None:
        async with new_browser().tab("/masuk") as tab:
            for sent in range(1, 101):
                await tab.send(f"{KEAMANAN}.end_others", {"form": {}})
                while sent % 20 == 0 and len(redirects(tab.updates)) < sent and not tab.closed.is_set():
                    await asyncio.sleep(0.02)
            assert len(redirects(tab.updates)) == 100

    run(walk())
    assert server.log[written:].count("event refused") <= 2


def test_a_page_that_calls_what_is_gone_loads_itself_again(browser: Browser) -> None:
    """A page of an earlier release; its button must answer, and Reflex must not keep the call."""

    async def walk() -> None:
        async with browser.tab("/bantuan") as tab:
            before = tab.reloads
            await tab.call(f"{ROOT}.gone", {"form": {}})
            assert tab.reloads == before + 1
            assert await tab.call(f"{BANTUAN}.load")

    run(walk())


def test_long_polling_is_off(browser: Browser) -> None:
    async def walk() -> None:
        for method in ("GET", "POST"):
            status, _, body = await browser.request(method, f"/_event/?EIO=4&transport=polling&token={uuid.uuid4()}")
            assert status in {400, 404, 405}
            assert "sid" not in body

    run(walk())


def odd_messages() -> list[tuple[str, Any]]:
    """(socket event, data) as no page sends them; the marks must not reach the log."""
    name = f"{BANTUAN}.load"
    told = {"name": name, "payload": {}, "router_data": {}}
    return [
        ("event", f"{MARK} not json"),
        ("event", f'{{"name": "{MARK}"}}'),
        ("event", [MARK]),
        ("event", 7),
        ("event", None),
        ("event", {}),
        ("event", {"name": MARK}),
        ("event", {"name": f"{ROOT}.{MARK}", "payload": {"password": MARK}}),
        ("event", {"name": [MARK]}),
        ("event", {"name": {"a": MARK}}),
        ("event", {"name": None, "payload": MARK}),
        ("event", {"name": "", "payload": {}}),
        ("event", {**told, "payload": MARK}),
        ("event", {**told, "payload": None}),
        ("event", {**told, "router_data": MARK}),
        ("event", {**told, "router_data": [MARK]}),
        ("event", {**told, "router_data": None}),
        *(
            ("event", {**told, "router_data": {"pathname": value, "asPath": value, "query": value}})
            for value in (None, 7, [MARK], {"a": MARK}, "\x00", "../" * 900, f"//{MARK}.example/x", "[[...x]]", True)
        ),
        ("event", {**told, "token": MARK, "state": MARK, "substate_token": MARK}),
        ("client_error", {"error_type": MARK, "message": f"{MARK}\n2026 [info] forged", "substate": MARK}),
        ("client_error", MARK),
        ("ping", {"x": MARK}),
        ("new_token", MARK),
        ("state_mismatch", {"backend": MARK}),
        ("connect", MARK),
        ("disconnect", MARK),
        (MARK, MARK),
    ]


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        (f"{BANTUAN}.load", {"form": {}}),
        (f"{BANTUAN}.load", {"self": MARK}),
        (f"{BANTUAN}.load", MARK),
        (f"{MASUK}.submit", {}),
        (f"{MASUK}.submit", {"form": {}, "actor": MARK}),
        (f"{ROOT}.set_is_hydrated", {"value": MARK}),
        (f"{ROOT}.hydrate_and_load", {"vars": {f"{ROOT}.{MARK}": MARK}}),
        (f"{ROOT}.hydrate_and_load", {"vars": None, "hashes": {"0": MARK}}),
    ],
)
def test_arguments_that_a_handler_does_not_take_are_refused_in_words(
    server: Server, browser: Browser, name: str, payload: Any
) -> None:
    """A page of an earlier release sends them, or nobody's page: neither is a fault of the portal."""
    before = len(server.log)

    async def walk() -> None:
        async with browser.tab("/bantuan") as tab:
            answer = merged(await tab.call(name, payload), "app_state")
            assert answer["faults"] == {"": OUTDATED}
            # The button that was pressed is freed.
            assert answer["answers"] >= 1

    run(walk())
    assert "event refused" in server.log
    assert "reason=arguments" in server.log
    told = server.log[before:]
    assert "failed" not in told
    assert MARK not in told


def test_odd_messages_do_no_harm_and_leave_no_word_in_the_log(
    server: Server, new_browser: Callable[[], Browser]
) -> None:
    async def walk() -> None:
        for name, data in odd_messages():
            tab = Tab(server.base, {"mysapk-sesi": (MARK + "x" * 43)[:43]}, address=new_browser().address)
            await tab.open(User_Agent=f"{MARK} agent", Referer=f"{server.base}/{MARK}")
            await tab.socket.emit(name, data, namespace=NAMESPACE)
            await asyncio.sleep(0.01)
            if name != "disconnect" and tab.socket.connected:
                answer = await tab.call(f"{BANTUAN}.load", quiet=0.02, limit=2)
                assert answer, (name, data)
            await tab.close()
        assert await answers(new_browser())

    run(walk())
    assert MARK not in server.log
    assert "forged" not in server.log


def test_raw_rubbish_on_the_wire_does_no_harm(server: Server, new_browser: Callable[[], Browser]) -> None:
    async def walk() -> None:
        rubbish = ["", "x", "9", "4", "40", "40/_event", "42", "42/_event,", '42/_event,["event"', "42/_event,[]", "42/_event,{}",
                   '42/_event,[{"a":1}]', '45/_event,9-["event",{"_placeholder":true,"num":0}]', "451-/_event,[]", "3probe", "5", "1",
                   '40/_event,{"event":' + "[" * 3000, "4" * 60_000, "\ud83d", '42/_event,["event",' + "[" * 20_000]  # fmt: skip
        for text in [*rubbish, b"\x00\xff" * 500]:
            async with aiohttp.ClientSession() as http:
                headers = {"Origin": server.base, "X-Forwarded-For": str(new_browser().address)}
                url = f"{server.base}/_event/?EIO=4&transport=websocket&token={uuid.uuid4()}"
                async with http.ws_connect(url, headers=headers, timeout=aiohttp.ClientWSTimeout(ws_close=1)) as ws:
                    await ws.send_bytes(text) if isinstance(text, bytes) else await ws.send_str(
                        text.encode("utf-8", "replace").decode()
                    )
        assert await answers(new_browser())

    run(walk())
    assert "Traceback" not in server.log


def test_a_frame_over_the_limit_ends_the_socket(browser: Browser, server: Server) -> None:
    async def walk() -> None:
        tab = Tab(server.base, {}, address=browser.address)
        await tab.open()
        await tab.send(f"{BANTUAN}.load", {"x": "y" * 70_000})
        await asyncio.wait_for(tab.closed.wait(), 3)
        assert tab.updates == []
        assert await answers(browser)

    run(walk())


def test_a_thousand_events_a_second_are_cut(
    browser: Browser, server: Server, new_browser: Callable[[], Browser]
) -> None:
    async def walk() -> None:
        tab = Tab(server.base, {}, address=browser.address)
        await tab.open()
        sent = 0
        while not tab.closed.is_set() and sent < 1_000:
            await tab.send(f"{ROOT}.set_is_hydrated", {"value": bool(sent % 2)})
            sent += 1
            if sent % 50 == 0:
                await asyncio.sleep(0.01)
        await asyncio.wait_for(tab.closed.wait(), 3)
        assert len(tab.updates) <= EVENTS_PER_SOCKET.count
        assert await answers(new_browser())

    run(walk())


def test_a_flood_of_handshakes_from_one_address_is_cut_and_harms_no_other(
    server: Server, new_browser: Callable[[], Browser]
) -> None:
    async def walk() -> None:
        address, admitted = "198.51.100.77", 0

        async def knock(http: aiohttp.ClientSession) -> int:
            url = f"{server.base}/_event/?EIO=4&transport=websocket&token={uuid.uuid4()}"
            # The address before it is what the client says of itself; it buys nothing.
            claimed = f"203.0.113.{uuid.uuid4().int % 250}, {address}"
            try:
                async with http.ws_connect(url, headers={"Origin": server.base, "X-Forwarded-For": claimed}):
                    return 1
            except aiohttp.ClientError:
                return 0

        async with aiohttp.ClientSession() as http:
            for _ in range(20):
                admitted += sum(await asyncio.gather(*(knock(http) for _ in range(25))))
        assert admitted == HANDSHAKES_PER_NETWORK.count
        assert await answers(new_browser())

    run(walk())
    assert "reason=handshakes" in server.log


def test_what_a_client_says_of_itself_in_headers_counts_for_nothing(
    server: Server, people: People, browser: Browser
) -> None:
    async def walk() -> None:
        cookies = people.cookies("pegawai", created_at=clock.now())
        forged = f"Sesi {hash_secret(cookies['mysapk-sesi'])} -"
        tab = Tab(server.base, {}, address=browser.address)
        await tab.open(
            Authorization=forged,
            Asgi_Scope_Client="10.9.8.7",
            X_Forwarded_Access_Token=forged,
            X_Real_IP="10.9.8.7",
            Forwarded="for=10.9.8.7",
            X_Forwarded_Host="evil.example",
        )
        await tab.load("/keamanan")
        await tab.call(f"{KEAMANAN}.load")
        assert not merged(tab.updates, "keamanan_state").get("ready")
        for word in ("10.9.8.7", "evil.example", "Sesi ", hash_secret(cookies["mysapk-sesi"])):
            assert word not in tab.seen()
        await tab.close()

    run(walk())
