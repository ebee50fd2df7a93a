"""Open sockets of this process: what a page may send, how much may wait unread, and closing from the server side."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

CLOSE_POLICY: Final = 1008
"""RFC 6455: policy violation."""
FRAME_LIMIT: Final = 65_536
"""Bytes of one frame (OWASP WebSocket Security: 64 KB or less)."""
UNREAD_PER_SOCKET: Final = 4 * FRAME_LIMIT
"""Bytes of frames whose event has not ended. A page waits for answers; a form and a concurrent save fit."""
UNREAD_PER_NETWORK: Final = 128 * FRAME_LIMIT
"""The same over all sockets of one client network."""
UNREAD_PER_OFFICE: Final = 1_024 * FRAME_LIMIT
"""The same for a network that many people share."""
LEAST_UNREAD: Final = 4_096
"""Minimum cost of a frame: its event and answer take memory however short it is."""
WRITING_LIMIT: Final = 30.0
"""Seconds a client may keep sending without taking an answer."""

_CONNECT: Final = "40/_event,"
_MESSAGES: Final = (_CONNECT, "41/_event,", "42/_event,[")
"""Socket.IO packets of a page: connect, disconnect, event without acknowledgement (socket.io-parser 4)."""
_ENGINE: Final = frozenset({"3", "1"})
"""Engine.IO packets of a websocket client: pong and close."""


def _pending() -> asyncio.Future[None]:
    return asyncio.get_running_loop().create_future()


@dataclass(eq=False, slots=True, weakref_slot=True)
class NetworkUse:
    """What one client network holds in this process; lives as long as any of its sockets or their events."""

    max_unread: int = UNREAD_PER_NETWORK
    sockets: int = 0
    unread: int = 0


@dataclass(eq=False, slots=True)
class OpenSocket:
    """One websocket that passed the gate. Its client token names the tab and proves nothing."""

    client_token: str
    session_ref: str
    network: NetworkUse = field(default_factory=NetworkUse)
    code: int = 0
    _over: asyncio.Future[None] = field(default_factory=_pending, repr=False)
    _connected: bool = False
    _unread: int = 0
    _arriving: int = 0
    """Cost of the last accepted frame, until its event is counted."""
    _writer: asyncio.Task[Any] | None = None
    _written: asyncio.Future[None] | None = None

    @property
    def is_closing(self) -> bool:
        return self._over.done()

    def close(self, code: int) -> None:
        """Take nothing more from the socket; the gate closes it."""
        if not self._over.done():
            self.code = code
            self._over.set_result(None)

    def violation_in(self, message: Any) -> str:
        """Why a frame is refused, "" when it is accepted; it then counts as unread."""
        text = message.get("text")
        if text is None:
            return "binary"
        size = len(text) if text.isascii() else len(text.encode("utf-8", "replace"))
        if size > FRAME_LIMIT:
            return "size"
        if text in _ENGINE:
            return ""
        if not text.startswith(_MESSAGES) or (self._connected and text.startswith(_CONNECT)):
            return "packet"
        self._connected = self._connected or text.startswith(_CONNECT)
        cost = max(size, LEAST_UNREAD)
        if self._unread + cost > UNREAD_PER_SOCKET or self.network.unread + cost > self.network.max_unread:
            return "unread"
        self._arriving = cost
        self._charge(cost)
        return ""

    def release_after(self, event: asyncio.Future[Any]) -> None:
        """The last accepted frame has become an event: it counts as read once that has ended."""
        cost, self._arriving = self._arriving, 0
        if cost:
            event.add_done_callback(lambda _: self._charge(-cost))

    def _charge(self, cost: int) -> None:
        self._unread += cost
        self.network.unread += cost

    def settle(self) -> None:
        """The last accepted frame was processed without an event."""
        self._charge(-self._arriving)
        self._arriving = 0

    async def next_message(self, receive: Callable[[], Awaitable[Any]]) -> Any | None:
        """The next message, or None once the socket is closing. Nothing is read from a client that does not take its answers."""
        self.settle()
        if self._written is not None:
            await self._drained(self._written)
        if self.is_closing:
            return None
        coming = asyncio.ensure_future(receive())
        try:
            # The server can't close a socket while its next message is awaited, so the wait must end.
            await asyncio.wait({coming, self._over}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            self._abandon()
            raise
        finally:
            if not coming.done():
                coming.cancel()
                await asyncio.wait({coming})
        return None if self.is_closing else coming.result()

    async def _drained(self, written: asyncio.Future[None]) -> None:
        try:
            await asyncio.wait({written, self._over}, timeout=WRITING_LIMIT, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not written.done():
                self._abandon()

    def _abandon(self) -> None:
        """Close a socket whose client does not take an answer."""
        if self._writer is not None:
            self.close(CLOSE_POLICY)
            self._writer.cancel()

    def guard(self, send: Callable[[Any], Awaitable[None]]) -> Callable[[Any], Awaitable[None]]:
        """A `send` that does nothing once the socket is closing: the gate closes it then."""

        async def sending(message: Any) -> None:
            if self.is_closing:
                return
            self._writer, written = asyncio.current_task(), _pending()
            self._written = written
            try:
                await send(message)
            finally:
                written.set_result(None)
                if self._written is written:
                    self._written = self._writer = None

        return sending


class SocketRegistry:
    def __init__(self) -> None:
        self.ending = False
        """The server shuts down: no new sockets."""
        self._by_session: defaultdict[str, set[OpenSocket]] = defaultdict(set)
        self._none = asyncio.Event()
        self._none.set()

    def __len__(self) -> int:
        return sum(len(sockets) for sockets in self._by_session.values())

    def add(self, socket: OpenSocket) -> None:
        self._none.clear()
        self._by_session[socket.session_ref].add(socket)

    def remove(self, socket: OpenSocket) -> None:
        sockets = self._by_session[socket.session_ref]
        sockets.discard(socket)
        if not sockets:
            del self._by_session[socket.session_ref]
        if not self._by_session:
            self._none.set()

    def session_refs(self) -> list[str]:
        return [ref for ref in self._by_session if ref]

    def for_session(self, session: str) -> list[OpenSocket]:
        return list(self._by_session.get(session, ()))

    async def close_all(self, code: int, longest: float) -> None:
        """Close all sockets, accept no more, and wait up to `longest` seconds until the last one is gone."""
        self.ending = True
        for socket in [socket for sockets in self._by_session.values() for socket in sockets]:
            socket.close(code)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._none.wait(), longest)
