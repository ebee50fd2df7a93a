"""Graceful shutdown of a worker: close sockets and rest the outbox first, then let granian end.

On SIGTERM granian drops every websocket with its work and notifies the app only when the last connection is gone. Busy
workers crashed (SIGABRT: a Rust thread frees Python objects), one hanging request delayed it until the kill, and claimed
mails waited for their lease. So a worker takes the signal itself and passes it on once its sockets are closed.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from mysapk_web.platform.http.sockets import SocketRegistry

GOING_AWAY: Final = 1001
"""RFC 6455: the server goes down. Pages reconnect."""
SOCKET_CLOSE_SECONDS: Final = 1.5
"""Seconds the sockets have; granian drops the rest."""
_LAST_WORDS: Final = 0.2
"""Seconds for the close frames to be sent."""


class GracefulShutdown:
    def __init__(self, sockets: SocketRegistry) -> None:
        self.started = asyncio.Event()
        """Set when the shutdown starts, for tasks that need time to finish."""
        self._sockets = sockets
        self._interrupt: Any = None
        self._work: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def handle_signals(self) -> AsyncIterator[None]:
        """Enter it before whatever waits for `started`."""
        self.started = asyncio.Event()
        self._take_signals()
        yield
        self.started.set()

    def _take_signals(self) -> None:
        """SIGTERM starts the shutdown; SIGINT, which a terminal sends to the whole group, is left to the parent.

        Granian handles both alike, so SIGINT is free to pass the signal on with.
        """
        try:
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self._begin)
            self._interrupt = signal.signal(signal.SIGINT, signal.SIG_IGN)
        except (NotImplementedError, RuntimeError, ValueError):
            return  # other system, or not the main thread: granian shuts down as usual

    def _begin(self) -> None:
        if not self.started.is_set():
            self.started.set()
            self._work = asyncio.get_running_loop().create_task(self._end())

    async def _end(self) -> None:
        try:
            await self._sockets.close_all(GOING_AWAY, SOCKET_CLOSE_SECONDS)
            await asyncio.sleep(_LAST_WORDS)
        finally:
            signal.signal(signal.SIGINT, self._interrupt)
            signal.raise_signal(signal.SIGINT)
