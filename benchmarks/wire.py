"""The leanest possible socket client: hand-made Socket.IO frames, so that it costs little beside the server."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from typing import Any

import aiohttp

ROOT = "reflex___state____state"
APP = f"{ROOT}.mysapk_web___ui___state____app_state"


class Wire:
    """One hydrated tab; the portal trusts one proxy here, so `address` is what it takes for the client."""

    def __init__(self, http: aiohttp.ClientSession, base: str, cookie: str = "", address: str = "10.0.0.1") -> None:
        self.http = http
        self.base = base
        self.browser = uuid.uuid4().hex + uuid.uuid4().hex[:11]
        self.cookie = cookie
        self.address = address
        self.socket: aiohttp.ClientWebSocketResponse | None = None
        self.path = "/"

    async def open(self) -> None:
        """Connect and join the namespace."""
        cookies = f"mysapk-peramban={self.browser}" + (f"; mysapk-sesi={self.cookie}" if self.cookie else "")
        self.socket = await self.http.ws_connect(
            f"{self.base.replace('http', 'ws')}/_event/?token={uuid.uuid4()}&EIO=4&transport=websocket",
            headers={"Origin": self.base, "Cookie": cookies, "X-Forwarded-For": self.address},
            max_msg_size=0,
        )
        await self.socket.receive_str()
        await self.socket.send_str("40/_event,")
        await self._until(lambda frame: frame.startswith("40/_event"))

    async def close(self) -> None:
        """Disconnect."""
        if self.socket is not None:
            await self.socket.close()

    async def hydrate(self, path: str) -> None:
        """What a page does first; answered when its loaders have run."""
        self.path = path
        await self.call(f"{ROOT}.hydrate_and_load", {"vars": None, "hashes": None}, 'is_hydrated_rx_state_":true')

    async def call(self, name: str, payload: dict[str, Any], answer: str) -> float:
        """Send an event and wait for a frame that holds a text."""
        router = {"pathname": self.path, "asPath": self.path, "query": {}}
        event = {"name": name, "payload": payload, "router_data": router}
        start = time.perf_counter()
        if self.socket is None:
            raise RuntimeError("not connected")
        await self.socket.send_str("42/_event," + json.dumps(["event", event]))
        await self._until(lambda frame: answer in frame)
        return time.perf_counter() - start

    async def _until(self, fits: Any) -> str:
        if self.socket is None:
            raise RuntimeError("not connected")
        async with asyncio.timeout(60):
            while True:
                frame = await self.socket.receive_str()
                if frame == "2":
                    await self.socket.send_str("3")
                elif fits(frame):
                    return frame


def percentile(values: list[float], share: float) -> float:
    """The value below which a share of all values is."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
