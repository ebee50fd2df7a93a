"""Uploads to a running portal: `python -m benchmarks.documents`.

Each is a scan as phones and office scanners make them (a picture per page, 0.8 MB), different from every other, so that nothing is
shared. The client runs beside the server on the same machine.
"""

from __future__ import annotations

import asyncio
import io
import os
import time

import aiohttp
import pikepdf
from pikepdf import Dictionary, Name, Pdf, Stream
from sqlmodel import Session, col, select

from benchmarks.portal import portal, sessions
from benchmarks.wire import percentile
from mysapk_web.accounts.sessions import hash_secret
from mysapk_web.accounts.tables import UserSession
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.rules.groups import get_kind
from mysapk_web.pdm.rules.groups.base import RecordAction
from mysapk_web.pdm.tables import Proposal
from mysapk_web.platform import clock
from tests.wire.server import Server

PEOPLE = 24
AT_ONCE = 12
"""Concurrent uploads; the portal queues 42 on two cores."""
SECONDS = 15
PICTURE_BYTES = 400_000
PAGES = 2


def scan(number: int) -> bytes:
    """A PDF of two pages with one picture each."""
    out = io.BytesIO()
    with Pdf.new() as pdf:
        for page in range(PAGES):
            pdf.add_blank_page(page_size=(595, 842))
            # What a camera adds is cut away at upload; the rest is as hard to pack as a photo.
            head = b"\xff\xd8\xff\xe1\x00\x0aExif\x00\x00\x00\x00\xff\xda"
            picture = Stream(pdf, head + os.urandom(PICTURE_BYTES) + number.to_bytes(4, "big"))
            for key, value in {"Type": Name.XObject, "Subtype": Name.Image, "Width": 1654, "Height": 2339}.items():
                picture[f"/{key}"] = value
            picture.Filter = Name.DCTDecode
            pdf.pages[page].Resources = Dictionary(XObject=Dictionary(Im0=pdf.make_indirect(picture)))
            pdf.pages[page].Contents = pdf.make_stream(b"q 595 0 0 842 0 0 cm /Im0 Do Q")
        pdf.save(out, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return out.getvalue()


def _propose(session: Session, cookie: str) -> int:
    """A draft of the person the cookie belongs to."""
    person = session.exec(
        select(Pegawai)
        .join(Account, col(Account.pegawai_id) == Pegawai.id)
        .join(UserSession, col(UserSession.account_id) == Account.id)
        .where(UserSession.ref == hash_secret(cookie))
    ).one()
    now = clock.now()
    proposal = Proposal(
        pegawai_id=person.pk,
        group="golongan",
        kind="golongan",
        action=RecordAction.ADD,
        unor_id=person.unor_id,
        created_at=now,
        changed_at=now,
    )
    session.add(proposal)
    session.flush()
    return proposal.pk


async def _uploads(server: Server, places: list[tuple[str, int]]) -> dict[str, float]:
    rule = get_kind("golongan").documents[0].code
    scans = [scan(number) for number in range(PEOPLE)]
    took: list[float] = []
    clicks: list[float] = []
    begin = time.perf_counter()
    end = begin + SECONDS

    async def send(http: aiohttp.ClientSession, number: int) -> None:
        turn = number
        while time.perf_counter() < end:
            cookie, proposal = places[turn % PEOPLE]
            started = time.perf_counter()
            async with http.post(
                f"{server.base}/dokumen/{proposal}/{rule}",
                data=scans[turn % PEOPLE],
                headers={"Cookie": f"mysapk-sesi={cookie}", "Origin": server.base, "X-Nama-Berkas": "sk.pdf"},
            ) as answer:
                assert answer.status in {200, 429}, await answer.text()
                if answer.status == 200:
                    took.append(time.perf_counter() - started)
            turn += AT_ONCE

    async def click(http: aiohttp.ClientSession) -> None:
        while time.perf_counter() < end:
            started = time.perf_counter()
            async with http.get(f"{server.base}/siap") as answer:
                assert answer.status == 200
            clicks.append(time.perf_counter() - started)
            await asyncio.sleep(0.05)

    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar()
    ) as http:
        await asyncio.gather(click(http), *(send(http, number) for number in range(AT_ONCE)))
    size = sum(map(len, scans)) / len(scans)
    return {
        "uploads_per_second": len(took) / (time.perf_counter() - begin),
        "upload_p50_ms": percentile(took, 0.5) * 1000,
        "upload_p99_ms": percentile(took, 0.99) * 1000,
        "upload_kb": size / 1024,
        "other_request_p99_ms_during_uploads": percentile(clicks, 0.99) * 1000,
    }


def measure() -> dict[str, float]:
    with portal() as (server, database):
        cookies = sessions(database, PEOPLE)
        with database.begin() as session:
            places = [(cookie, _propose(session, cookie)) for cookie in cookies]
        return asyncio.run(_uploads(server, places))


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name:38} {value:10.2f}")
