"""The open sockets of this process, by session, so that a session that ends takes its sockets with it within seconds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(eq=False, slots=True)
class OpenSocket:
    """One websocket that passed the gate.

    Attributes:
        token: Client token of the tab; names it, proves nothing.
        session: Reference of its session; empty for a visitor.
        close: Sends the close frame.
    """

    token: str
    session: str
    close: Callable[[int], Awaitable[None]] = field(repr=False)
    shutting: bool = False

    async def shut(self, code: int) -> None:
        """Close the socket once.

        Args:
            code: RFC 6455 close code.
        """
        if not self.shutting:
            self.shutting = True
            await self.close(code)

    def guard(self, send: Callable[[Any], Awaitable[None]]) -> Callable[[Any], Awaitable[None]]:
        """A `send` that is silent once the socket was shut from our side.

        Args:
            send: Of the server.
        """

        async def sending(message: Any) -> None:
            if self.shutting:
                return
            if message["type"] == "websocket.close":
                self.shutting = True
            await send(message)

        return sending


class Sockets:
    """The list of open sockets."""

    def __init__(self) -> None:
        self._by_session: defaultdict[str, set[OpenSocket]] = defaultdict(set)

    def __len__(self) -> int:
        return sum(len(sockets) for sockets in self._by_session.values())

    def add(self, socket: OpenSocket) -> None:
        """List a socket."""
        self._by_session[socket.session].add(socket)

    def remove(self, socket: OpenSocket) -> None:
        """Forget a socket."""
        sockets = self._by_session[socket.session]
        sockets.discard(socket)
        if not sockets:
            del self._by_session[socket.session]

    def sessions(self) -> list[str]:
        """References of all sessions with an open socket."""
        return [ref for ref in self._by_session if ref]

    def of(self, session: str) -> list[OpenSocket]:
        """The open sockets of one session.

        Args:
            session: Its reference.
        """
        return list(self._by_session.get(session, ()))
