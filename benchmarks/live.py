"""Events, logins and memory of a running portal: `python -m benchmarks.live`.

The client runs in this process beside the server on the same machine, so the figures are lower bounds.
"""

from __future__ import annotations

import asyncio
import gc
import os
import time
from concurrent.futures import ThreadPoolExecutor

import aiohttp
import bcrypt

from benchmarks.portal import portal, resident_bytes, sessions
from benchmarks.wire import APP, Wire, percentile
from mysapk_web.demo.accounts import demo_accounts
from mysapk_web.platform.database import Database
from mysapk_web.settings import Settings
from tests.wire.server import SECRET, Server

SOCKETS = 200
WARM_UP = 20
"""Sockets opened first, so that what a process allocates once is not counted as memory of a session."""
EVENT_SECONDS = 10
LOGIN_SECONDS = 20
LOGIN_TABS = 12
SMALL_EVENT = f"{APP}.mysapk_web___accounts___pages___masuk____masuk_state.back"
LOGIN_EVENT = f"{APP}.mysapk_web___accounts___pages___masuk____masuk_state.submit"


def _address(number: int) -> str:
    return f"10.{number // 62500 % 250}.{number // 250 % 250}.{number % 250 + 1}"


async def _open(http: aiohttp.ClientSession, server: Server, cookies: list[str], path: str) -> list[Wire]:
    wires = [Wire(http, server.base, cookie, _address(number)) for number, cookie in enumerate(cookies)]
    for start in range(0, len(wires), 25):
        batch = wires[start : start + 25]
        await asyncio.gather(*(wire.open() for wire in batch))
        await asyncio.gather(*(wire.hydrate(path) for wire in batch))
    return wires


async def _events(server: Server, database: Database) -> dict[str, float]:
    """Small events of logged-in people, each with its session read from the database, as fast as answers come."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        cookies = sessions(database, WARM_UP + SOCKETS)
        wires = await _open(http, server, cookies[:WARM_UP], "/beranda")
        before = resident_bytes(server)
        wires += await _open(http, server, cookies[WARM_UP:], "/beranda")
        memory = resident_bytes(server) - before
        end = time.perf_counter() + EVENT_SECONDS

        async def busy(wire: Wire) -> list[float]:
            took = []
            while time.perf_counter() < end:
                took.append(await wire.call(SMALL_EVENT, {}, "answers_rx_state_"))
            return took

        took = [seconds for each in await asyncio.gather(*(busy(wire) for wire in wires)) for seconds in each]
        for wire in wires:
            await wire.close()
    return {
        "events_per_second": len(took) / EVENT_SECONDS,
        "event_p99_ms": percentile(took, 0.99) * 1000,
        "memory_per_session_kb": memory / SOCKETS / 1024,
    }


def bare_ceiling(cost: int, seconds: float = 8.0) -> float:
    """Password checks a second that bcrypt alone achieves on all cores of this machine."""
    stored = bcrypt.hashpw(b"x" * 44, bcrypt.gensalt(cost))
    end = time.perf_counter() + seconds

    def check() -> int:
        done = 0
        while time.perf_counter() < end:
            bcrypt.checkpw(b"x" * 44, stored)
            done += 1
        return done

    cores = os.cpu_count() or 1
    with ThreadPoolExecutor(cores) as pool:
        counts = list(pool.map(lambda _: check(), range(cores)))
    return sum(counts) / seconds


async def _logins(server: Server, database: Database) -> dict[str, float]:
    """Logins as fast as answers come, while another logged-in person clicks every 50 ms."""
    settings = Settings(_env_file=None, demo=True, secret_key=SECRET)
    people = [a for a in demo_accounts(settings) if a.password and not a.totp_secret]
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        tabs = await _open(http, server, [""] * LOGIN_TABS, "/masuk")
        (other,) = await _open(http, server, sessions(database, 1), "/beranda")
        end = time.perf_counter() + LOGIN_SECONDS
        clicks: list[float] = []

        async def log_in(number: int, wire: Wire) -> int:
            person, done = people[number % len(people)], 0
            form = {"form": {"nip": person.nip, "password": person.password}}
            while time.perf_counter() < end:
                wire.address = _address(1000 + number)
                await wire.call(LOGIN_EVENT, form, '"ref_tiket"')
                await wire.hydrate("/masuk")
                done += 1
            return done

        async def click() -> None:
            while time.perf_counter() < end:
                clicks.append(await other.call(SMALL_EVENT, {}, "answers_rx_state_"))
                await asyncio.sleep(0.05)

        *counts, _ = await asyncio.gather(*(log_in(n, wire) for n, wire in enumerate(tabs)), click())
        for wire in [*tabs, other]:
            await wire.close()
    return {
        "logins_per_second": sum(count or 0 for count in counts) / LOGIN_SECONDS,
        "other_event_p99_ms_during_logins": percentile(clicks, 0.99) * 1000,
    }


def measure() -> dict[str, float]:
    gc.collect()
    with portal() as (server, database):
        figures = asyncio.run(_events(server, database))
    ceiling = bare_ceiling(12)
    with portal() as (server, database):
        figures |= asyncio.run(_logins(server, database))
    figures["bcrypt_ceiling_per_second"] = ceiling
    figures["login_share_of_ceiling"] = figures["logins_per_second"] / ceiling
    return figures


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name:38} {value:10.2f}")
