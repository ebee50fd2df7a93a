"""What closes the sockets of ended sessions outlives whatever goes wrong in one of its looks."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from mysapk_web.app import socket_reaper
from mysapk_web.platform import background
from mysapk_web.platform.background import run_periodically
from mysapk_web.platform.database import Database
from mysapk_web.platform.http.sockets import OpenSocket, SocketRegistry


def test_a_look_that_fails_is_not_the_last_one(monkeypatch: pytest.MonkeyPatch, sqlite_db: Database) -> None:
    looks = iter([RuntimeError("no thread left"), ValueError("odd row"), {"gone"}])

    async def look(*_: Any) -> Any:
        answer = next(looks, {"gone"})
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(socket_reaper, "GRACE", 0.01)
    monkeypatch.setattr(socket_reaper.executors, "run_read_only", look)
    monkeypatch.setattr(socket_reaper, "get_settings", lambda: None)

    async def walk() -> tuple[bool, bool]:
        sockets = SocketRegistry()
        ended, alive = OpenSocket("a", "gone"), OpenSocket("b", "here")
        sockets.add(ended)
        sockets.add(alive)
        step = partial(socket_reaper.reap, SimpleNamespace(event_namespace=None), sockets)
        task = replace(background.SESSIONS, interval=0.01, longest_wait=0.01)
        async with background.running_tasks(run_periodically(task, step, sqlite_db)):
            await asyncio.sleep(0.5)
        return ended.is_closing, alive.is_closing

    assert asyncio.run(walk()) == (True, False)
