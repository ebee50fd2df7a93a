"""The open sockets of this process, by session, so that a session that ends takes its sockets with it within seconds."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any


def _pending() -> asyncio.Future[None]:
    return asyncio.get_running_loop().create_future()


@dataclass(eq=False, slots=True)
class OpenSocket:
    """One websocket that passed the gate.

    Attributes:
        token: Client token of the tab, bound to its session; names it, proves nothing.
        session: Reference of its session; empty for a visitor.
        code: RFC 6455 close code, once the socket was shut from our side.
    """

    token: str
    session: str
    code: int = 0
    _over: asyncio.Future[None] = field(default_factory=_pending, repr=False)

    @property
    def shutting(self) -> bool:
        """Whether the socket was shut from our side."""
        return self._over.done()

    def shut(self, code: int) -> None:
        """End the socket: nothing more is taken from it, and the gate closes it.

        Args:
            code: RFC 6455 close code.
        """
        if not self._over.done():
            self.code = code
            self._over.set_result(None)

    async def next_message(self, receive: Callable[[], Awaitable[Any]]) -> Any | None:
        """What the client sends next, or None as soon as the socket was shut.

        The server can't close a socket while somebody waits for its next message, so the wait itself has to end.

        Args:
            receive: Of the server.
        """
        coming = asyncio.ensure_future(receive())
        try:
            await asyncio.wait({coming, self._over}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not coming.done():
                coming.cancel()
                await asyncio.wait({coming})
        return None if self.shutting else coming.result()

    def guard(self, send: Callable[[Any], Awaitable[None]]) -> Callable[[Any], Awaitable[None]]:
        """A `send` that is silent once the socket was shut from our side: the gate closes it then.

        Args:
            send: Of the server.
        """

        async def sending(message: Any) -> None:
            if self.shutting:
                return
            await send(message)

        return sending


class Sockets:
    """The list of open sockets."""

    def __init__(self) -> None:
        self.ending = False
        """The server ends: no socket is let in any more."""
        self._by_session: defaultdict[str, set[OpenSocket]] = defaultdict(set)
        self._none = asyncio.Event()
        self._none.set()

    def __len__(self) -> int:
        return sum(len(sockets) for sockets in self._by_session.values())

    def add(self, socket: OpenSocket) -> None:
        """List a socket."""
        self._none.clear()
        self._by_session[socket.session].add(socket)

    def remove(self, socket: OpenSocket) -> None:
        """Forget a socket."""
        sockets = self._by_session[socket.session]
        sockets.discard(socket)
        if not sockets:
            del self._by_session[socket.session]
        if not self._by_session:
            self._none.set()

    def sessions(self) -> list[str]:
        """References of all sessions with an open socket."""
        return [ref for ref in self._by_session if ref]

    def of(self, session: str) -> list[OpenSocket]:
        """The open sockets of one session.

        Args:
            session: Its reference.
        """
        return list(self._by_session.get(session, ()))

    async def end(self, code: int, longest: float) -> None:
        """Shut all sockets, let none in any more, and wait until the last one is gone.

        Args:
            code: RFC 6455 close code.
            longest: Seconds to wait; whatever is open then stays.
        """
        self.ending = True
        for socket in [socket for sockets in self._by_session.values() for socket in sockets]:
            socket.shut(code)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._none.wait(), longest)
