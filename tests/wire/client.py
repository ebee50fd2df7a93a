"""A raw Socket.IO client and a browser's worth of cookies: what an attacker with a script has, and no front end."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import socketio
from socketio.packet import Packet

NAMESPACE = "/_event"


def _about(cookies: dict[str, str], address: str | None) -> dict[str, str]:
    """What a browser and the proxy before the portal say: cookies and the client's address."""
    said = {}
    if cookies:
        said["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    if address:
        said["X-Forwarded-For"] = address
    return said


class Refused(Exception):
    """The server did not let the socket in."""


class _Text(Packet):
    """A packet that is not searched for bytes, which no event of a page holds: that took longer than all else on this side."""

    uses_binary_events = False


class Tab:
    """One browser tab: a client token, a socket, and what came back over it."""

    def __init__(
        self, base: str, cookies: dict[str, str], token: str | None = None, *, address: str | None = None
    ) -> None:
        self.base = base
        self.cookies = cookies
        self.address = address
        self.token = token or str(uuid.uuid4())
        self.path = "/"
        self.updates: list[dict[str, Any]] = []
        self.reloads = 0
        self.closed = asyncio.Event()
        self._news = asyncio.Event()
        self.socket = socketio.AsyncClient(reconnection=False, serializer=_Text)
        self.socket.on("event", self._on_event, namespace=NAMESPACE)
        self.socket.on("new_token", self._on_token, namespace=NAMESPACE)
        self.socket.on("state_mismatch", self._on_reload, namespace=NAMESPACE)
        self.socket.on("disconnect", self._on_close, namespace=NAMESPACE)

    async def _on_event(self, update: dict[str, Any]) -> None:
        self.updates.append(update)
        self._news.set()

    async def _on_token(self, token: str) -> None:
        self.token = token

    async def _on_reload(self, _info: Any) -> None:
        self.reloads += 1
        self._news.set()

    async def _on_close(self, *_: Any) -> None:
        self.closed.set()
        self._news.set()

    async def open(self, auth: Any = None, **headers: str) -> None:
        """Connect; `auth` is the payload of the CONNECT packet. An empty header value leaves the header out."""
        sent = {"Origin": self.base, **_about(self.cookies, self.address), **headers}
        try:
            await self.socket.connect(
                f"{self.base}/?token={self.token}",
                socketio_path="/_event/",
                namespaces=[NAMESPACE],
                transports=["websocket"],
                headers={name.replace("_", "-"): value for name, value in sent.items() if value},
                auth=auth,
                wait_timeout=5,
            )
        except socketio.exceptions.ConnectionError as error:
            raise Refused(str(error)) from None

    async def close(self) -> None:
        await self.socket.disconnect()

    async def send(self, name: str, payload: Any = None, **extra: Any) -> None:
        """Emit an event without waiting for anything."""
        event = {
            "name": name,
            "payload": payload if payload is not None else {},
            "router_data": {"pathname": self.path, "asPath": self.path, "query": {}},
            **extra,
        }
        await self.socket.emit("event", event, namespace=NAMESPACE)

    async def call(
        self, name: str, payload: Any = None, *, quiet: float = 0.15, limit: float = 5.0
    ) -> list[dict[str, Any]]:
        """Emit an event and collect what comes back until it has been quiet for a moment."""
        before = len(self.updates)
        self._news.clear()
        await self.send(name, payload)
        try:
            await asyncio.wait_for(self._news.wait(), limit if quiet else 0.1)
            while True:
                self._news.clear()
                await asyncio.wait_for(self._news.wait(), quiet)
        except TimeoutError:
            pass
        return self.updates[before:]

    async def load(self, path: str) -> list[dict[str, Any]]:
        """What a page does when it opens: hydrate and run the loaders of the page."""
        self.path = path
        root = "reflex___state____state"
        before, reloads = len(self.updates), self.reloads
        await self.call(f"{root}.hydrate_and_load", {"vars": None, "hashes": None})
        # A busy machine pauses between the hydrate and what the loaders bring: wait for the page to be there, or led elsewhere.
        deadline = time.monotonic() + 3
        while time.monotonic() < deadline and not self.closed.is_set() and self.reloads == reloads:
            answer = self.updates[before:]
            if redirects(answer) or merged(answer, "____state").get("is_hydrated"):
                break
            await asyncio.sleep(0.05)
        return self.updates[before:]

    def seen(self) -> str:
        """Everything that ever came back, as text."""
        return repr(self.updates)


def merged(updates: list[dict[str, Any]], state: str) -> dict[str, Any]:
    """The last value of every var of the state whose name ends with `state`."""
    values: dict[str, Any] = {}
    for update in updates:
        for name, delta in (update.get("delta") or {}).items():
            if name.endswith(state):
                values.update({key.removesuffix("_rx_state_"): value for key, value in delta.items()})
    return values


def redirects(updates: list[dict[str, Any]]) -> list[str]:
    """Where the page was sent."""
    return [
        event["payload"]["path"]
        for update in updates
        for event in update.get("events") or []
        if event["name"] == "_redirect"
    ]


def ticket_of(updates: list[dict[str, Any]]) -> str:
    """The ticket that the page was given to take its session with, or "" when it got none."""
    given = [
        event["payload"]["value"]
        for update in updates
        for event in update.get("events") or []
        if (event["name"], event["payload"].get("ref")) == ("_set_value", "ref_tiket")
    ]
    return given[-1] if given else ""


class Browser:
    """Cookies, HTTP requests and tabs of one person."""

    def __init__(self, base: str, *, address: str | None = None) -> None:
        self.base = base
        self.address = address
        self.cookies: dict[str, str] = {}
        self.tabs: list[Tab] = []

    async def request(
        self, method: str, path: str, form: dict[str, str] | None = None, **headers: str
    ) -> tuple[int, dict[str, str], str]:
        """An HTTP request as a browser sends it, with a form's fields. An empty header value leaves the header out."""
        sent = {"Accept": "text/html", **_about(self.cookies, self.address)}
        if method != "GET":
            sent["Origin"] = self.base
        sent.update({name.replace("_", "-"): value for name, value in headers.items()})
        sent = {name: value for name, value in sent.items() if value}
        async with (
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http,
            http.request(method, self.base + path, headers=sent, data=form, allow_redirects=False) as answer,
        ):
            body = await answer.text(errors="replace")
            for morsel in answer.cookies.values():
                if morsel.value:
                    self.cookies[morsel.key] = morsel.value
                else:
                    self.cookies.pop(morsel.key, None)
            return answer.status, {name.lower(): value for name, value in answer.headers.items()}, body

    async def take_session(self, ticket: str, **headers: str) -> str:
        """Post the form of a page that logged in; says where it leads."""
        _, answer, _ = await self.request("POST", "/sesi", {"tiket": ticket}, **headers)
        return answer.get("location", "")

    async def visit(self, path: str = "/masuk") -> None:
        """Fetch a page, which gives a new browser its pre-session cookie."""
        await self.request("GET", path)

    @asynccontextmanager
    async def tab(self, path: str = "/masuk", token: str | None = None) -> AsyncIterator[Tab]:
        """An open tab, hydrated for a path."""
        if not self.cookies:
            await self.visit()
        tab = Tab(self.base, dict(self.cookies), token, address=self.address)
        await tab.open()
        self.tabs.append(tab)
        try:
            tab.first = await tab.load(path)  # type: ignore[attr-defined]
            yield tab
        finally:
            await tab.close()
