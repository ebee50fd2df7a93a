"""The gate: an ASGI layer around everything.

It checks the exact Host and Origin, replaces cookies by opaque references before Reflex sees them, limits sockets, handshakes, frames
and events, adds the security headers, and lists the open sockets so that those of an ended session can be closed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from uuid import UUID
from weakref import WeakValueDictionary

import structlog

from mysapk_web.accounts import sessions
from mysapk_web.accounts.http import cookies
from mysapk_web.platform.client import ClientContext
from mysapk_web.platform.http.asgi import ASGIApp, Message, Receive, Scope, Send
from mysapk_web.platform.http.headers import FILE_POLICY, cache_control, fixed_headers, is_file
from mysapk_web.platform.http.sockets import (
    CLOSE_POLICY,
    UNREAD_PER_NETWORK,
    UNREAD_PER_OFFICE,
    NetworkUse,
    OpenSocket,
    SocketRegistry,
)
from mysapk_web.platform.in_memory_limiter import InMemoryLimiter
from mysapk_web.platform.log import exception_location, warn_throttled
from mysapk_web.platform.rules.client_address import UNKNOWN, client_network, normalise_client_address
from mysapk_web.rate_limits import EVENTS_PER_SOCKET, HANDSHAKES_PER_NETWORK, Limit
from mysapk_web.settings import Settings

OnLimitExceeded = Callable[[Limit, ClientContext], Awaitable[None]]
IsAlive = Callable[[ClientContext], Awaitable[bool]]

log = structlog.get_logger(__name__)

EVENT_PATH = "/_event"

REFERENCE_HEADER = b"authorization"
"""Carries the references inward; Reflex never sends this header to a page. What a client sends under the name is dropped."""

HEALTH_PATHS = frozenset({"/sehat", "/siap"})
HIDDEN_PATHS = ("/ping", "/_health", "/_upload", "/_all_routes", "/auth-codespace")
"""Routes of Reflex that this portal does not offer."""

API_PREFIX = "/api/v1/"
"""For systems with a token: without Origin and without cookies, and for no browser."""
BEARER = "mysapk.bearer"
"""Key of the scope that carries the token of a system, "" without one; set under `API_PREFIX` only."""
_DESCRIPTION = "/api/v1/openapi.json"
_OF_BROWSERS = (b"origin", b"sec-fetch-site", b"sec-fetch-mode")

_DROPPED = frozenset({b"cookie", b"authorization", b"x-forwarded-for", b"x-forwarded-host", b"forwarded", b"x-real-ip"})

SOCKET: Final = "mysapk.socket"
"""Key of the scope that carries the `OpenSocket` of a websocket."""


class EdgeMiddleware:
    """`on_limit_exceeded` hears of the first act beyond a limit; without `is_alive` every session counts as alive."""

    def __init__(
        self,
        app: ASGIApp,
        events: ASGIApp,
        settings: Settings,
        policy: str,
        sockets: SocketRegistry,
        on_limit_exceeded: OnLimitExceeded | None = None,
        is_alive: IsAlive | None = None,
    ) -> None:
        self.app = app
        self.events = events
        self.on_limit_exceeded = on_limit_exceeded
        self.is_alive = is_alive
        self.settings = settings
        self.sockets = sockets
        self.headers = fixed_headers(settings, policy)
        self.hosts = frozenset(origin.split("://", 1)[1] for origin in settings.origins)
        self.handshakes = InMemoryLimiter(HANDSHAKES_PER_NETWORK)
        self.networks: WeakValueDictionary[str, NetworkUse] = WeakValueDictionary()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        try:
            await (self._socket if scope["type"] == "websocket" else self._http)(scope, receive, send)
        except Exception as error:  # noqa: BLE001  the server would write it down with all its words
            log.error("connection failed", kind=scope["type"], error=type(error).__name__, at=exception_location(error))  # noqa: TRY400

    def client_address(self, scope: Scope, headers: dict[bytes, bytes]) -> str:
        """Normalised: the peer, or the n-th from the right of X-Forwarded-For behind n trusted proxies (ASVS 4.1.3)."""
        hops = self.settings.trusted_proxies
        if hops:
            forwarded = [part.strip() for part in headers.get(b"x-forwarded-for", b"").decode("latin-1").split(",")]
            if len(forwarded) >= hops and forwarded[-hops]:
                return normalise_client_address(forwarded[-hops])
        client = scope.get("client")
        return normalise_client_address(str(client[0])) if client else UNKNOWN

    def _client(self, scope: Scope, headers: dict[bytes, bytes]) -> ClientContext:
        return cookies.client_from_cookies(
            headers.get(b"cookie", b"").decode("latin-1"),
            self.settings,
            address=self.client_address(scope, headers),
            agent=headers.get(b"user-agent", b"").decode("latin-1"),
        )

    @staticmethod
    def _inward(scope: Scope, client: ClientContext) -> Scope:
        """References instead of cookies, and one trusted client address."""
        kept = [(name, value) for name, value in scope["headers"] if name.lower() not in _DROPPED]
        marker = f"Sesi {client.session_ref or '-'} {client.browser_ref or '-'}".encode()
        return {
            **scope,
            "headers": [*kept, (REFERENCE_HEADER, marker)],
            "client": (client.client_address, 0),
            "mysapk.visitor": client,
        }

    # --- HTTP -----------------------------------------------------------------------------------------------------

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = _joined(scope)
        path = scope["path"]
        out = self._with_headers(scope, send)
        if path in HEALTH_PATHS:
            await self.app(scope, receive, out)
            return
        if headers.get(b"host", b"").decode("latin-1").lower() not in self.hosts:
            await _plain(out, 421, f"Alamat ini tidak dilayani. Buka {self.settings.public_url}")
            return
        if "\n" in path and path.startswith(API_PREFIX):
            # No Starlette route matches it, not even the catch-all.
            await _send(out, 404, b"application/json", _NOT_THERE)
            return
        if path.startswith(HIDDEN_PATHS):
            await _plain(out, 404, "Tidak ditemukan.")
            return
        if path.startswith(API_PREFIX):
            await self._system(scope, receive, out, headers)
            return
        if scope["method"] not in {"GET", "HEAD"} and not self._same_origin(headers):
            warn_throttled(log, "request from another origin refused", path=path)
            await _plain(out, 403, "Permintaan ini datang dari situs lain dan ditolak.")
            return
        client = self._client(scope, headers)
        if not client.browser_ref and _wants_page(scope, headers):
            client, out = self._greet(client, out)
        await self.app(self._inward(scope, client), receive, out)

    async def _system(self, scope: Scope, receive: Receive, out: Send, headers: dict[bytes, bytes]) -> None:
        """A request of a system: its token goes inward separately, and cookies count for nothing."""
        if scope["path"] != _DESCRIPTION and any(name in headers for name in _OF_BROWSERS):
            warn_throttled(log, "request of a browser refused", path="api")
            await _send(out, 403, b"application/json", _NO_BROWSER)
            return
        scheme, _, token = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
        bearer = token.strip() if scheme.lower() == "bearer" else ""
        agent = headers.get(b"user-agent", b"").decode("latin-1")[:400]
        client = ClientContext(client_address=self.client_address(scope, headers), user_agent=agent)
        await self.app({**self._inward(scope, client), BEARER: bearer}, receive, out)

    def _same_origin(self, headers: dict[bytes, bytes]) -> bool:
        """Exact Origin, and what the browser says of the site."""
        origin = headers.get(b"origin", b"").decode("latin-1").lower()
        site = headers.get(b"sec-fetch-site", b"same-origin").decode("latin-1")
        return origin in self.settings.origins and site in {"same-origin", "none"}

    def _greet(self, client: ClientContext, send: Send) -> tuple[ClientContext, Send]:
        value = cookies.new_cookie_value()
        name = cookies.cookie_names(self.settings).browser
        header = cookies.set_cookie_header(name, value, self.settings, max_age=cookies.BROWSER_SECONDS).encode()
        known = ClientContext(sessions.hash_secret(value), client.session_ref, client.client_address, client.user_agent)

        async def greeting(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), (b"set-cookie", header)]
            await send(message)

        return known, greeting

    def _with_headers(self, scope: Scope, send: Send) -> Send:
        path = scope["path"]

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name.lower(): value for name, value in message.get("headers", [])}
                extra = {name: value for name, value in self.headers if name not in given}
                kind = given.get(b"content-type", b"").decode("latin-1")
                if is_file(kind):
                    extra[b"content-security-policy"] = FILE_POLICY
                if b"cache-control" not in given or path.startswith("/assets/"):
                    extra[b"cache-control"] = cache_control(path, message["status"], kind).encode()
                if b"location" in given:
                    extra[b"location"] = self._within(given[b"location"])
                kept = [
                    (name, value)
                    for name, value in message.get("headers", [])
                    if not name.lower().startswith(b"access-control-") and name.lower() not in extra
                ]
                message["headers"] = [*kept, *extra.items()]
            await send(message)

        return sending

    def _within(self, location: bytes) -> bytes:
        """A redirect names no host and no scheme: behind a proxy that ends TLS the server itself would say http."""
        parts = urlsplit(location.decode("latin-1"))
        if parts.netloc.lower() not in self.hosts:
            return location
        # Two leading slashes would name a host again.
        path = "/" + parts.path.lstrip("/\\")
        return urlunsplit(("", "", path, parts.query, parts.fragment)).encode("latin-1")

    # --- websocket ------------------------------------------------------------------------------------------------

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = _joined(scope)
        client = self._client(scope, headers)
        token = await self._admit(scope, headers, client)
        if token is None:
            await receive()
            await send({"type": "websocket.close", "code": CLOSE_POLICY})
            return
        token = _bound_token(token, client)
        socket = OpenSocket(client_token=token, session_ref=client.session_ref, network=self._network_of(client))
        socket.network.sockets += 1
        self.sockets.add(socket)
        try:
            await self._tie(socket, client)
            inward = {**self._inward(scope, client), "query_string": _with_token(scope, token), SOCKET: socket}
            await self.events(inward, self._limited(receive, socket, client), socket.guard(send))
            if socket.is_closing:
                await send({"type": "websocket.close", "code": socket.code})
        finally:
            socket.settle()
            self.sockets.remove(socket)
            socket.network.sockets -= 1

    def _network_of(self, client: ClientContext) -> NetworkUse:
        network = client_network(client.client_address)
        found = self.networks.get(network)
        if found is None:
            office = self.settings.is_office(client.client_address)
            found = NetworkUse(max_unread=UNREAD_PER_OFFICE if office else UNREAD_PER_NETWORK)
            self.networks[network] = found
        return found

    async def _tie(self, socket: OpenSocket, client: ClientContext) -> None:
        """A socket closes with its session, unless that ended before: its page would reload forever."""
        if client.session_ref and self.is_alive is not None and not await self.is_alive(client):
            self.sockets.remove(socket)
            socket.session_ref = ""
            self.sockets.add(socket)

    async def _admit(self, scope: Scope, headers: dict[bytes, bytes], client: ClientContext) -> str | None:
        """The client token of the handshake, or None when it is refused (the log says why)."""
        if self.sockets.ending:
            return None
        token = [value for name, value in _query(scope) if name == "token"]
        network = client_network(client.client_address)
        handshakes = self.settings.limit(HANDSHAKES_PER_NETWORK, client.client_address)
        reason = ""
        if scope["path"].rstrip("/") != EVENT_PATH:
            reason = "path"
        elif headers.get(b"host", b"").decode("latin-1").lower() not in self.hosts:
            reason = "host"
        elif headers.get(b"origin", b"").decode("latin-1").lower() not in self.settings.origins:
            reason = "origin"
        elif len(token) != 1 or not _is_uuid(token[0]):
            reason = "token"
        elif not await self._counted(self.handshakes, network, handshakes, client):
            reason = "handshakes"
        elif self._network_of(client).sockets >= self.settings.max_sockets(client.client_address):
            reason = "sockets"
        if reason:
            warn_throttled(log, "socket refused", reason=reason)
            return None
        return token[0]

    async def _counted(self, window: InMemoryLimiter, key: str, limit: Limit, client: ClientContext) -> bool:
        hits = window.count_hit(key)
        if hits == limit.count + 1 and self.on_limit_exceeded is not None:
            await self.on_limit_exceeded(limit, client)
        return hits <= limit.count

    def _limited(self, receive: Receive, socket: OpenSocket, client: ClientContext) -> Receive:
        """Close a socket that sends something no page sends, too much of it or too often."""
        window = InMemoryLimiter(EVENTS_PER_SOCKET)

        async def receiving() -> Message:
            message: Message | None = await socket.next_message(receive)
            if message is None:
                return {"type": "websocket.disconnect", "code": socket.code}
            if message["type"] != "websocket.receive":
                return message
            fault = socket.violation_in(message)
            if not fault and await self._counted(window, "frame", EVENTS_PER_SOCKET, client):
                return message
            warn_throttled(log, "socket closed", reason=fault or "rate")
            socket.close(CLOSE_POLICY)
            return {"type": "websocket.disconnect", "code": CLOSE_POLICY}

        return receiving


def _joined(scope: Scope) -> dict[bytes, bytes]:
    """Repeated headers are joined (RFC 9110 5.3), so that no twin slips past a check that reads the other."""
    found: dict[bytes, bytes] = {}
    for given, value in scope["headers"]:
        name = given.lower()
        glue = b"; " if name == b"cookie" else b", "
        found[name] = found[name] + glue + value if name in found else value
    return found


def _wants_page(scope: Scope, headers: dict[bytes, bytes]) -> bool:
    return scope["method"] == "GET" and b"text/html" in headers.get(b"accept", b"")


def _query(scope: Scope) -> list[tuple[str, str]]:
    return parse_qsl(scope.get("query_string", b"")[:512].decode("latin-1"))


def _with_token(scope: Scope, token: str) -> bytes:
    """The query with the token as everything behind the gate knows it, and nothing unchecked."""
    return urlencode([(name, token if name == "token" else value) for name, value in _query(scope)]).encode()


def _bound_token(token: str, client: ClientContext) -> str:
    """The client token combined with who presents it: with the same token, another session has another state tree.

    Events still in progress for a page that has just gone are delivered to whoever holds its token then (Reflex looks the socket up by
    it).
    """
    owner = client.session_ref or client.browser_ref
    return str(UUID(bytes=hashlib.sha256(f"{token.lower()} {owner}".encode()).digest()[:16]))


def _is_uuid(text: str) -> bool:
    try:
        return len(text) == 36 and str(UUID(text)) == text.lower()
    except ValueError:
        return False


_NO_BROWSER = (
    b'{"error": {"code": "peramban", "message": '
    b'"Alamat ini hanya untuk sistem dengan token, bukan untuk peramban. Gunakan halaman Email."}}'
)
_NOT_THERE = b'{"error": {"code": "tidak-ada", "message": "Alamat ini tidak ada. Lihat /api/v1/openapi.json."}}'


async def _plain(send: Send, status: int, sentence: str) -> None:
    await _send(send, status, b"text/plain; charset=utf-8", sentence.encode())


async def _send(send: Send, status: int, kind: bytes, body: bytes) -> None:
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
