"""Draft saves of a running portal, and `/pdm` of a person with very many records: `python -m benchmarks.pdm`.

The client runs in this process beside the server on the same machine, so the figures are lower bounds.
"""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta

import aiohttp
from sqlmodel import col, select

from benchmarks.portal import portal, sessions
from benchmarks.wire import APP, Wire, percentile
from mysapk_web.accounts.sessions import hash_secret
from mysapk_web.accounts.tables import UserSession
from mysapk_web.demo.accounts import KABUPATEN
from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Instansi
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm import new_proposal, overview
from mysapk_web.pdm.group_page import load_group
from mysapk_web.pdm.tables import PersonnelRecord
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from mysapk_web.platform.executors import in_transaction
from tests.wire.server import Server

SOCKETS = 200
SECONDS = 10
RECORDS = 200
LOOKS = 100
SAVE = f"{APP}.mysapk_web___pdm___pages___isian___state____isian_state.save"
GROUP, KIND = "keluarga", "anak"
"""One person may propose several of it, and its form is among the longest."""


def _actors(database: Database, cookies: list[str]) -> dict[str, Actor]:
    """The actor of each cookie, if the agency has its PDM open."""
    refs = {hash_secret(cookie): cookie for cookie in cookies}
    now = clock.now()
    with database.read() as session:
        rows = session.exec(
            select(UserSession.ref, Account.id, Pegawai.id, Pegawai.instansi_id)
            .join(Account, col(Account.id) == UserSession.account_id)
            .join(Pegawai, col(Pegawai.id) == Account.pegawai_id)
            .join(Instansi, col(Instansi.id) == Pegawai.instansi_id)
            .where(Instansi.name == KABUPATEN, Pegawai.jenis == JenisPegawai.PNS)
        ).all()
    return {
        refs[ref]: Actor(
            account_id=account or 0,
            pegawai_id=pegawai or 0,
            instansi_id=instansi,
            session_ref=ref,
            session_expires_at=now + timedelta(hours=8),
            version=1,
            seen_at=now,
        )
        for ref, account, pegawai, instansi in rows
        if ref in refs
    }


async def _saves(server: Server, database: Database) -> dict[str, float]:
    """People who type: every save is one event with its session, one use case, one answer."""
    actors = dict(list(_actors(database, sessions(database, 3 * SOCKETS)).items())[:SOCKETS])
    drafts = {
        cookie: in_transaction(database, new_proposal.start_proposal, actor, group=GROUP, kind=KIND, action="ADD")
        for cookie, actor in actors.items()
    }
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        tabs = []
        for number, cookie in enumerate(drafts):
            tabs.append((Wire(http, server.base, cookie, f"10.1.{number // 250}.{number % 250 + 1}"), drafts[cookie]))
        for start in range(0, len(tabs), 25):
            await asyncio.gather(*(tab.open() for tab, _ in tabs[start : start + 25]))
            await asyncio.gather(*(tab.hydrate(f"/pdm/{GROUP}/{draft}") for tab, draft in tabs[start : start + 25]))
        end = time.perf_counter() + SECONDS

        async def type_on(tab: Wire, draft: int) -> list[float]:
            took: list[float] = []
            while time.perf_counter() < end:
                version = len(took) + 1
                change = {
                    "usulan": draft,
                    "version": version,
                    "values": {"nama": f"Bagas {version}", "tanggal_lahir": "17-08-2012", "agama": "1"},
                }
                took.append(await tab.call(SAVE, {"change": change}, f'"ok":true,"version":{version + 1}'))
            return took

        took = [seconds for each in await asyncio.gather(*(type_on(*tab) for tab in tabs)) for seconds in each]
        for tab, _ in tabs:
            await tab.close()
    return {"draft_saves_per_second": len(took) / SECONDS, "draft_save_p99_ms": percentile(took, 0.99) * 1000}


async def _loads(server: Server, cookie: str, path: str) -> list[float]:
    """A page from its first event to the frame after which it is shown, on an open socket."""
    async with aiohttp.ClientSession() as http:
        tab = Wire(http, server.base, cookie)
        await tab.open()
        took = []
        for _ in range(LOOKS):
            start = time.perf_counter()
            await tab.hydrate(path)
            took.append(time.perf_counter() - start)
        await tab.close()
        return took


def _board(server: Server, database: Database) -> dict[str, float]:
    """The two pages that read most, of a person with a very long file: the reads alone, and the whole page over the wire."""
    cookie, actor = next(iter(_actors(database, sessions(database, 600)).items()))
    now = clock.now()
    with database.begin() as session:
        session.add_all(
            PersonnelRecord(
                pegawai_id=actor.pegawai_id,
                kind=("anak", "kursus", "skp", "golongan")[number % 4],
                payload={"nama": f"Anak {number}", "nama_kursus": f"Kursus {number}", "tahun": 1980 + number % 40},
                created_at=now,
                changed_at=now,
            )
            for number in range(RECORDS)
        )
    in_transaction(database, new_proposal.start_proposal, actor, group=GROUP, kind=KIND, action="ADD")
    figures = {}
    for name, look in (
        ("board_p95_ms", overview.load_board),
        ("group_p95_ms", lambda s, a: load_group(s, a, "keluarga")),
    ):
        took = []
        for _ in range(LOOKS):
            start = time.perf_counter()
            with database.read() as session:
                look(session, actor)
            took.append(time.perf_counter() - start)
        figures[name] = percentile(took, 0.95) * 1000
    for name, path in (("board_page_p95_ms", "/pdm"), ("group_page_p95_ms", f"/pdm/{GROUP}")):
        figures[name] = percentile(asyncio.run(_loads(server, cookie, path)), 0.95) * 1000
    return figures


def measure() -> dict[str, float]:
    with portal(cost=4) as (server, database):
        return _board(server, database) | asyncio.run(_saves(server, database))


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name:38} {value:10.2f}")
