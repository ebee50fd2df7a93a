"""The gate without a server: a plain ASGI call tells what it lets through and in which form."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import io
import logging
from typing import Any

import pytest
import structlog

from mysapk_web.accounts.http import cookies
from mysapk_web.accounts.http.gate import EdgeMiddleware
from mysapk_web.accounts.sessions import hash_secret
from mysapk_web.platform import log
from mysapk_web.platform.http.headers import content_security_policy
from mysapk_web.platform.http.sockets import (
    FRAME_LIMIT,
    LEAST_UNREAD,
    UNREAD_PER_NETWORK,
    UNREAD_PER_SOCKET,
    OpenSocket,
    SocketRegistry,
)
from mysapk_web.platform.log_throttle import LogThrottle
from mysapk_web.rate_limits import HANDSHAKES_PER_NETWORK
from mysapk_web.settings import Settings

SECRET = "only-for-tests-0123456789-abcdefghijklmnop"
TOKEN = "0f8fad5b-d9cb-469f-a165-70867728950e"
VALUE = "s" * 43


def settings_for(url: str, **values: Any) -> Settings:
    return Settings(_env_file=None, demo=True, secret_key=SECRET, public_url=url, **values)


class Behind:
    """What stands behind the gate here: remembers the scope and answers what it was told to."""

    def __init__(self, messages: list[dict[str, Any]] | None = None) -> None:
        self.scope: dict[str, Any] | None = None
        self.received: list[dict[str, Any]] = []
        self.messages = messages or [{"type": "http.response.start", "status": 200, "headers": []}]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.scope = scope
        if scope["type"] == "websocket":
            while (message := await receive())["type"] != "websocket.disconnect":
                self.received.append(message)
            return
        for message in self.messages:
            await send(message)


def request(
    url: str = "https://portal.example.go.id",
    *headers: tuple[bytes, bytes],
    method: str = "GET",
    path: str = "/masuk",
    behind: Behind | None = None,
    **values: Any,
) -> tuple[int, list[tuple[str, str]], dict[str, Any] | None]:
    """One request to a portal at `url`: status, headers, and the scope behind the gate (None: it did not get there)."""
    settings = settings_for(url, **values)
    behind = behind or Behind()
    gate = EdgeMiddleware(
        behind, behind, settings, content_security_policy(settings, ["'sha256-abc='"]), SocketRegistry()
    )
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    given = [*headers] if any(name == b"host" for name, _ in headers) else [
        (b"host", url.split("://")[1].encode()), *headers
    ]  # fmt: skip
    scope = {
        "type": "http", "method": method, "path": path, "headers": given, "client": ("192.0.2.7", 5), "query_string": b"",
    }  # fmt: skip
    asyncio.run(gate(scope, None, send))  # type: ignore[arg-type]
    start = sent[0]
    return start["status"], [(n.decode(), v.decode()) for n, v in start["headers"]], behind.scope


def values_of(headers: list[tuple[str, str]], name: str) -> list[str]:
    return [value for key, value in headers if key.lower() == name]


def test_the_cookie_of_a_new_browser_is_bound_to_this_very_host_on_https() -> None:
    _, headers, _ = request("https://portal.example.go.id", (b"accept", b"text/html"))
    [cookie] = values_of(headers, "set-cookie")
    name, _, rest = cookie.partition("=")
    assert name == "__Host-mysapk-peramban"
    assert {"Path=/", "HttpOnly", "SameSite=Lax", "Secure"} <= set(rest.split("; "))
    assert "Domain" not in cookie
    assert values_of(headers, "strict-transport-security")


def test_on_http_the_cookie_has_every_flag_that_http_allows() -> None:
    _, headers, _ = request("http://localhost:8000", (b"accept", b"text/html"))
    [cookie] = values_of(headers, "set-cookie")
    assert cookie.startswith("mysapk-peramban=")
    assert {"Path=/", "HttpOnly", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    assert not values_of(headers, "strict-transport-security")


def test_nothing_behind_the_gate_sees_a_cookie_or_what_a_client_calls_itself() -> None:
    _, _, scope = request(
        "https://portal.example.go.id",
        (b"cookie", f"__Host-mysapk-sesi={VALUE}".encode()),
        (b"Authorization", b"Sesi forged forged"),
        (b"authorization", b"Sesi forged2 forged2"),
        (b"x-forwarded-for", b"203.0.113.9"),
        (b"forwarded", b"for=203.0.113.9"),
        (b"x-real-ip", b"203.0.113.9"),
    )
    assert scope is not None
    seen = repr(scope)
    assert VALUE not in seen
    assert "forged" not in seen
    assert "203.0.113.9" not in seen
    assert scope["client"][0] == "192.0.2.7"
    assert [v for n, v in scope["headers"] if n == b"authorization"] == [f"Sesi {hash_secret(VALUE)} -".encode()]


@pytest.mark.parametrize(
    ("hops", "sent", "expected"),
    [
        (0, [b"203.0.113.1"], "192.0.2.7"),
        (1, [b"203.0.113.1, 198.51.100.2"], "198.51.100.2"),
        (2, [b"203.0.113.1, 198.51.100.2, 10.0.0.1"], "198.51.100.2"),
        (1, [b"203.0.113.1", b"198.51.100.2"], "198.51.100.2"),
        (2, [b"203.0.113.1", b"198.51.100.2, 10.0.0.1"], "198.51.100.2"),
        (2, [b"203.0.113.1", b"198.51.100.2", b"10.0.0.1"], "198.51.100.2"),
        (2, [b"198.51.100.2"], "192.0.2.7"),
        (1, [], "192.0.2.7"),
        (1, [b"203.0.113.1, "], "192.0.2.7"),
        (1, [b"::ffff:198.51.100.2"], "198.51.100.2"),
        (1, [b"198.51.100.2:51234"], "198.51.100.2"),
        (1, [b"[2001:db8::2%25eth0]:51234"], "2001:db8::2"),
        (1, [b"unknown"], ""),
    ],
)
def test_the_client_address_comes_from_the_trusted_proxies_alone(hops: int, sent: list[bytes], expected: str) -> None:
    _, _, scope = request(
        "https://portal.example.go.id", *((b"x-forwarded-for", value) for value in sent), trusted_proxies=hops
    )
    assert scope is not None
    assert scope["client"][0] == expected


@pytest.mark.parametrize(
    "twins",
    [
        ((b"host", b"evil.example"), (b"host", b"portal.example.go.id")),
        ((b"host", b"portal.example.go.id"), (b"host", b"evil.example")),
        ((b"host", b"portal.example.go.id@evil.example"),),
        ((b"host", b"portal.example.go.id.evil.example"),),
        ((b"host", b""),),
    ],
)
def test_another_host_is_not_served_not_even_as_a_twin(twins: tuple[tuple[bytes, bytes], ...]) -> None:
    status, headers, scope = request("https://portal.example.go.id", *twins)
    assert (status, scope) == (421, None)
    assert "evil" not in repr(headers)


@pytest.mark.parametrize(
    "origins",
    [
        [],
        [b"null"],
        [b"https://evil.example"],
        [b"http://portal.example.go.id"],
        [b"https://portal.example.go.id:444"],
        [b"https://portal.example.go.id.evil.example"],
        [b"https://evil.example", b"https://portal.example.go.id"],
        [b"https://portal.example.go.id", b"https://evil.example"],
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "FOO"])
def test_a_request_that_changes_something_comes_from_our_own_pages(method: str, origins: list[bytes]) -> None:
    status, _, scope = request(
        "https://portal.example.go.id", *((b"origin", origin) for origin in origins), method=method, path="/sesi"
    )
    assert (status, scope) == (403, None)


def test_a_browser_that_says_cross_site_is_believed() -> None:
    ours = (b"origin", b"https://portal.example.go.id")
    assert request("https://portal.example.go.id", ours, method="POST")[0] == 200
    for site in (b"cross-site", b"same-site", b"?"):
        assert request("https://portal.example.go.id", ours, (b"sec-fetch-site", site), method="POST")[0] == 403


@pytest.mark.parametrize(
    "neighbour",
    [
        'a={"x": 1}',
        "a=b c",
        "flag",
        "a[b]=1",
        "=",
        'q="open',
        "a=\x7f",
        "expires=Thu, 01 Jan 2026",
        "päth=ü",
        "mysapk=1",
    ],
)
def test_a_cookie_of_a_neighbour_on_the_same_host_harms_no_session(neighbour: str) -> None:
    """Ports of one host share their cookies, and other applications write theirs without rules."""
    settings = settings_for("http://localhost:8000")
    for header in (f"{neighbour}; mysapk-sesi={VALUE}", f"mysapk-sesi={VALUE}; {neighbour}"):
        assert cookies.parse_cookies(header, settings) == (VALUE, "")


@pytest.mark.parametrize(
    "value", ["", "x", "s" * 42, "s" * 44, "s" * 42 + ".", "s" * 42 + "é", '"' + "s" * 41 + '"', "s" * 5000]
)
def test_a_cookie_that_we_never_gave_is_none(value: str) -> None:
    assert cookies.parse_cookies(f"mysapk-sesi={value}", settings_for("http://localhost:8000")) == ("", "")


def test_on_https_a_cookie_without_the_prefix_counts_for_nothing() -> None:
    """A neighbouring subdomain can set the short name, never the bound one (RFC 6265bis 4.1.3.2)."""
    settings = settings_for("https://portal.example.go.id")
    assert cookies.parse_cookies(f"mysapk-sesi={VALUE}; mysapk-peramban={VALUE}", settings) == ("", "")


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_path_writes_no_line_of_its_own_into_the_log(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "throttle", LogThrottle())
    before = logging.getLogger().handlers[:], structlog.get_config()
    out = io.StringIO()
    try:
        log.configure(settings_for("https://portal.example.go.id", log_format=form))
        logging.getLogger().handlers[0].setStream(out)  # type: ignore[attr-defined]
        forged = "/x\n2026-01-01T00:00:00Z [info] akun:login\r\x1b[2Jsiti@example.com 198503152010012001\u2028"
        status, _, _ = request("https://portal.example.go.id", method="POST", path=forged)
    finally:
        logging.getLogger().handlers[:] = before[0]
        structlog.configure(**before[1])
    lines = out.getvalue().splitlines()
    assert status == 403
    assert len(lines) == 1
    assert "\x1b" not in lines[0]
    assert "siti@" not in lines[0]
    assert "198503152010012001" not in lines[0]


def socket_session(
    incoming: list[Any], *headers: tuple[bytes, bytes], **scope: Any
) -> tuple[Behind, list[Any], SocketRegistry]:
    """A websocket whose client sends `incoming`; gives what came through and what was sent back."""
    settings, behind, sockets, sent = settings_for("https://portal.example.go.id"), Behind(), SocketRegistry(), []
    gate = EdgeMiddleware(behind, behind, settings, "", sockets)
    queue = iter([*incoming, {"type": "websocket.disconnect", "code": 1000}])

    async def receive() -> Any:
        message = next(queue)
        return await message() if callable(message) else message

    async def send(message: Any) -> None:
        sent.append(message)

    given = [(b"host", b"portal.example.go.id"), (b"origin", b"https://portal.example.go.id")]
    asyncio.run(
        gate(
            {
                "type": "websocket",
                "path": "/_event/",
                "query_string": f"token={TOKEN}".encode(),
                "client": ("192.0.2.7", 5),
                "headers": [*given, *headers],
                **scope,
            },
            receive,
            send,
        )
    )
    return behind, sent, sockets


@pytest.mark.parametrize("alive", [True, False])
def test_a_socket_that_opens_after_its_session_has_ended_is_one_of_a_visitor(alive: bool) -> None:
    """Else the page of the login would be made to load itself again every two seconds."""
    sockets, listed = SocketRegistry(), []

    async def events(*_: Any) -> None:
        listed.extend(sockets.session_refs())

    async def is_alive(_: Any) -> bool:
        return alive

    async def unused(*_: Any) -> Any:
        raise AssertionError

    settings = settings_for("https://portal.example.go.id")
    gate = EdgeMiddleware(events, events, settings, "", sockets, is_alive=is_alive)
    name = cookies.cookie_names(settings).session
    headers = [
        (b"host", b"portal.example.go.id"),
        (b"origin", b"https://portal.example.go.id"),
        (b"cookie", f"{name}={VALUE}".encode()),
    ]
    scope = {"type": "websocket", "path": "/_event/", "query_string": f"token={TOKEN}".encode()}
    asyncio.run(gate({**scope, "client": ("192.0.2.7", 5), "headers": headers}, unused, unused))
    assert listed == ([hash_secret(VALUE)] if alive else [])
    assert len(sockets) == 0


def frame(text: str) -> dict[str, Any]:
    return {"type": "websocket.receive", "text": text, "bytes": None}


CONNECT = "40/_event,"
EVENT = '42/_event,["event",{}]'


def test_a_large_frame_ends_the_socket_and_never_gets_through() -> None:
    large = EVENT + "é" * (FRAME_LIMIT // 2)
    behind, sent, sockets = socket_session([frame(CONNECT), frame(large), frame(EVENT)])
    assert [message["text"] for message in behind.received] == [CONNECT]
    assert sent == [{"type": "websocket.close", "code": 1008}]
    assert len(sockets) == 0


def test_what_the_page_sends_gets_through() -> None:
    """socket.io-client 4.8 and engine.io-client 6.6 of the front end, on a websocket from the start."""
    page = [CONNECT, '42/_event,["event",{"name":"x"}]', "3", '42/_event,["client_error",{}]', "3", "41/_event,"]
    behind, sent, _ = socket_session([frame(text) for text in page])
    assert [message["text"] for message in behind.received] == page
    assert sent == []
    behind, _, _ = socket_session([frame('40/_event,{"event":{}}'), frame("1")])
    assert len(behind.received) == 2


@pytest.mark.parametrize(
    "message",
    [
        {"type": "websocket.receive", "bytes": b"x"},
        {"type": "websocket.receive", "bytes": b'42/_event,["event",{}]'},
        {"type": "websocket.receive", "bytes": b"", "text": None},
        {"type": "websocket.receive"},
        *map(frame, [
            "", "0", "2", "2probe", "3probe", "33", "4", "40", "40/", "40/_event", "40/admin,", "41", "42", '42["event",{}]', "42/_event,",
            '42/_event,7["event",{}]', "42/_event,{}", '42/_eventful,["event",{}]', "43/_event,[]", "44/_event,{}", '451-/_event,["event"]',
            '459999999999-/_event,["event",{"_placeholder":true,"num":0}]', "461-/_event,[]", "47", "5", "6", "bAAAA", " 3", "\ufeff3",
        ]),
    ],
    ids=repr,
)  # fmt: skip
def test_everything_else_closes_the_socket(message: dict[str, Any]) -> None:
    behind, sent, _ = socket_session([frame(CONNECT), message, frame(EVENT)])
    assert len(behind.received) == 1
    assert sent == [{"type": "websocket.close", "code": 1008}]


def test_a_page_connects_once_a_socket() -> None:
    behind, sent, _ = socket_session([frame(CONNECT), frame(EVENT), frame(CONNECT)])
    assert (len(behind.received), len(sent)) == (2, 1)


class Slow:
    """Behind the gate here: events that end when they are told to."""

    def __init__(self) -> None:
        self.events: list[asyncio.Future[None]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        socket: OpenSocket = scope["mysapk.socket"]
        while (message := await receive())["type"] != "websocket.disconnect":
            if message["text"].startswith("42"):
                self.events.append(asyncio.get_running_loop().create_future())
                socket.release_after(self.events[-1])


async def opened(gate: EdgeMiddleware, frames: list[str]) -> list[Any]:
    """A socket that sends frames; gives what was sent back."""
    sent: list[Any] = []
    queue = iter([frame(CONNECT), *map(frame, frames), {"type": "websocket.disconnect", "code": 1000}])

    async def receive() -> Any:
        return next(queue)

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"host", b"localhost:8000"), (b"origin", b"http://localhost:8000")]
    scope = {
        "type": "websocket",
        "path": "/_event/",
        "headers": headers,
        "client": ("192.0.2.7", 5),
        "query_string": f"token={TOKEN}".encode(),
    }
    await gate(scope, receive, send)  # type: ignore[arg-type]
    return sent


@pytest.mark.parametrize("size", [30, 20_000])
def test_what_a_socket_leaves_unread_is_bounded(size: int) -> None:
    async def walk() -> None:
        behind = Slow()
        gate = EdgeMiddleware(behind, behind, settings_for("http://localhost:8000"), "", SocketRegistry())
        event = EVENT[:-2] + "x" * size + '"]'
        fits = UNREAD_PER_SOCKET // max(len(event), LEAST_UNREAD)
        assert await opened(gate, [event] * fits) == []
        for done in behind.events:
            done.set_result(None)
        await asyncio.sleep(0)
        assert await opened(gate, [event] * (fits + 1)) == [{"type": "websocket.close", "code": 1008}]
        assert len(behind.events) == 2 * fits

    asyncio.run(walk())


def test_what_a_network_leaves_unread_is_bounded_however_many_sockets_it_opens() -> None:
    async def walk() -> None:
        behind = Slow()
        gate = EdgeMiddleware(behind, behind, settings_for("http://localhost:8000"), "", SocketRegistry())
        most = UNREAD_PER_NETWORK // LEAST_UNREAD
        for _ in range(most // 40 + 5):
            await opened(gate, [EVENT] * 40)
        assert len(behind.events) == most, "closing and opening again gains nothing"
        for done in behind.events:
            done.set_result(None)
        await asyncio.sleep(0)
        behind.events.clear()
        gc.collect()
        assert not gate.networks
        assert await opened(gate, [EVENT] * 40) == []

    asyncio.run(walk())


def test_what_becomes_no_event_is_read_at_once() -> None:
    behind, sent, _ = socket_session([frame(CONNECT), *[frame(EVENT)] * 190])
    assert (len(behind.received), sent) == (191, [])


def test_who_leaves_answers_untaken_is_not_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers would gather in this process; a client that takes them later loses nothing."""

    async def walk(taken: bool) -> tuple[list[str], list[Any]]:
        received: list[str] = []
        sent: list[Any] = []
        may_write = asyncio.Event()

        async def behind(_scope: Any, receive: Any, send: Any) -> None:
            async def answer() -> None:
                with contextlib.suppress(asyncio.CancelledError):
                    await send({"type": "websocket.send", "text": "x"})

            answering = asyncio.create_task(answer())
            while (message := await receive())["type"] != "websocket.disconnect":
                received.append(message["text"])
            await answering

        queue = iter([frame(CONNECT), frame(EVENT), {"type": "websocket.disconnect", "code": 1000}])

        async def receive() -> Any:
            await asyncio.sleep(0)
            if taken:
                asyncio.get_running_loop().call_later(0.02, may_write.set)
            return next(queue)

        async def send(message: Any) -> None:
            if message["type"] == "websocket.send":
                await may_write.wait()
            sent.append(message)

        gate = EdgeMiddleware(behind, behind, settings_for("http://localhost:8000"), "", SocketRegistry())
        headers = [(b"host", b"localhost:8000"), (b"origin", b"http://localhost:8000")]
        scope = {"type": "websocket", "path": "/_event/", "headers": headers, "client": ("192.0.2.7", 5)}
        await gate({**scope, "query_string": f"token={TOKEN}".encode()}, receive, send)  # type: ignore[arg-type]
        return received, sent

    received, sent = asyncio.run(walk(taken=True))
    assert received == [CONNECT, EVENT]
    assert [message["type"] for message in sent] == ["websocket.send"]
    monkeypatch.setattr("mysapk_web.platform.http.sockets.WRITING_LIMIT", 0.05)
    received, sent = asyncio.run(walk(taken=False))
    assert (received, sent) == ([CONNECT], [{"type": "websocket.close", "code": 1008}])


def test_a_socket_that_was_shut_is_heard_no_more() -> None:
    """A client that ignores the close frame and talks on reaches nothing."""
    opened = SocketRegistry()
    add = SocketRegistry.add
    try:
        SocketRegistry.add = lambda self, socket: (add(self, socket), add(opened, socket))[0]  # type: ignore[method-assign,assignment]

        async def shut_meanwhile() -> Any:
            for socket in opened.for_session(""):
                socket.close(1008)
            return frame(EVENT)

        behind, sent, _ = socket_session([frame(CONNECT), shut_meanwhile, frame(EVENT)])
    finally:
        SocketRegistry.add = add  # type: ignore[method-assign]
    assert [message["text"] for message in behind.received] == [CONNECT]
    assert len(sent) == 1


def test_an_ending_server_closes_its_sockets_and_lets_none_in() -> None:
    async def walk() -> tuple[list[Any], list[Any]]:
        sockets, behind = SocketRegistry(), Behind()
        gate = EdgeMiddleware(behind, behind, settings_for("http://localhost:8000"), "", sockets)
        headers = [(b"host", b"localhost:8000"), (b"origin", b"http://localhost:8000")]
        scope = {
            "type": "websocket",
            "path": "/_event/",
            "headers": headers,
            "client": ("192.0.2.7", 5),
            "query_string": f"token={TOKEN}".encode(),
        }
        sent: tuple[list[Any], list[Any]] = ([], [])

        def opened(messages: list[Any]) -> asyncio.Task[None]:
            async def send(message: Any) -> None:
                messages.append(message)

            async def receive() -> Any:
                await asyncio.sleep(0 if messages is sent[1] else 60)
                return {"type": "websocket.connect"}

            return asyncio.create_task(gate(scope, receive, send))

        first = opened(sent[0])
        await asyncio.sleep(0.02)
        assert len(sockets) == 1
        await sockets.close_all(1001, 5)
        await first
        await opened(sent[1])
        assert len(sockets) == 0
        return sent

    assert asyncio.run(walk()) == (
        [{"type": "websocket.close", "code": 1001}],
        [{"type": "websocket.close", "code": 1008}],
    )


@pytest.mark.parametrize(
    "spellings",
    [
        ["198.51.100.2", "::ffff:198.51.100.2", "198.51.100.2:{n}", "[::ffff:c633:6402]:{n}"],
        ["2001:db8::{n:x}", "[2001:db8::{n:x}]:{n}"],
        ["unknown", "_{n}"],
    ],
)
def test_one_client_has_one_number_of_handshakes_in_every_spelling(spellings: list[str]) -> None:
    async def walk() -> int:
        behind, settings = Behind(), settings_for("http://localhost:8000", trusted_proxies=1)
        gate = EdgeMiddleware(behind, behind, settings, "", SocketRegistry())
        admitted = 0
        for number in range(HANDSHAKES_PER_NETWORK.count + 20):
            address = spellings[number % len(spellings)].format(n=number + 1)
            scope = {
                "type": "websocket",
                "path": "/_event/",
                "headers": [
                    (b"host", b"localhost:8000"),
                    (b"origin", b"http://localhost:8000"),
                    (b"x-forwarded-for", address.encode()),
                ],
                "client": ("192.0.2.7", 5),
                "query_string": f"token={TOKEN}".encode(),
            }
            behind.scope = None

            async def receive() -> Any:
                return {"type": "websocket.disconnect"}

            async def send(_message: Any) -> None:
                return

            await gate(scope, receive, send)
            admitted += behind.scope is not None
        assert not gate.networks
        return admitted

    assert asyncio.run(walk()) == HANDSHAKES_PER_NETWORK.count


@pytest.mark.parametrize(
    "query",
    ["", "token=", "token=1", f"token={TOKEN[:-1]}", f"token={TOKEN}x", "token={" + TOKEN + "}", "token=" + "a" * 4096,
     f"token={TOKEN}&token={TOKEN}", f"token=urn:uuid:{TOKEN}", f"token={TOKEN.replace('-', '')}", f"TOKEN={TOKEN}",
     "token=%00", "token=" + TOKEN.replace("0", "%EF%BC%90"), "token=../../etc/passwd", f"x={'y' * 600}&token={TOKEN}"],
)  # fmt: skip
def test_a_client_token_is_one_uuid_and_nothing_else(query: str) -> None:
    behind, sent, _ = socket_session([{"type": "websocket.connect"}], query_string=query.encode())
    assert behind.scope is None
    assert sent[-1]["type"] == "websocket.close"


@pytest.mark.parametrize("path", ["/", "/_event/x", "/_eventful", "/sesi", "//_event", "/_upload"])
def test_a_socket_opens_at_one_place_only(path: str) -> None:
    assert socket_session([{"type": "websocket.connect"}], path=path)[0].scope is None


def test_twin_origins_open_no_socket() -> None:
    for origin in (b"https://evil.example", b"null", b""):
        behind, _, _ = socket_session([{"type": "websocket.connect"}], (b"origin", origin))
        assert behind.scope is None


def test_the_token_behind_the_gate_belongs_to_one_session() -> None:
    def inner(query: str, *cookies: str) -> str:
        behind, _, _ = socket_session(
            [], *((b"cookie", cookie.encode()) for cookie in cookies), query_string=query.encode()
        )
        assert behind.scope is not None
        given = dict(part.split("=") for part in behind.scope["query_string"].decode().split("&"))
        assert given.get("EIO") == ("4" if "EIO" in query else None)
        return given["token"]

    one, two = f"__Host-mysapk-sesi={'1' * 43}", f"__Host-mysapk-sesi={'2' * 43}"
    browser = f"__Host-mysapk-peramban={'3' * 43}"
    seen = [inner(f"EIO=4&token={TOKEN}", *cookies) for cookies in ((), (one,), (two,), (browser,))]
    assert len(set(seen)) == 4
    assert TOKEN not in seen
    # The same session finds its tree again, also when it has been given a new pre-session cookie meanwhile.
    assert inner(f"token={TOKEN}", one) == inner(f"token={TOKEN.upper()}", one, browser) == seen[1]
    # Nobody gets past it by writing the token in another way, or by a second one out of sight.
    assert inner("token=%30" + TOKEN[1:], two) == seen[2]
    assert inner(f"token={TOKEN}&x={'y' * 600}&token={TOKEN}", two) == seen[2]
