"""`POST /admin/unduh`: a list as a file. A native form, because a file is for the browser and not for the page.

What the list is narrowed to comes in the body and never in the address, which proxies write down (ASVS 14.2.1).
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from html import escape
from pathlib import Path
from typing import BinaryIO, Final
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from mysapk_web.domain.filename import content_disposition
from mysapk_web.domain.pegawai import JenisPegawai
from mysapk_web.domain.period import YEARS, ZONES
from mysapk_web.services import database, exports, refusals, session, trail
from mysapk_web.services.actor import Actor, NotAllowed, Refused
from mysapk_web.services.exports import Kind, Report, Wanted
from mysapk_web.services.periods import zona_of
from mysapk_web.services.progress import missing, unfinished
from mysapk_web.settings import load
from mysapk_web.web.headers import DOWNLOAD_POLICY
from mysapk_web.web.page import page

AT_ONCE: Final = 2
"""Exports that this process makes at a time."""
LARGEST_FORM: Final = 8_192
"""Bytes."""
PIECE: Final = 65_536
"""Bytes sent at a time."""
_TYPES: Final = {
    Kind.CSV: "text/csv; charset=utf-8",
    Kind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_making = 0


async def download(request: Request) -> Response:
    """For who may export the list that the form names."""
    actor = await database.look(session.read_actor, load(), request.scope["mysapk.visitor"])
    if actor is None:
        return RedirectResponse("/masuk?sesi=berakhir", 303)
    form = await _form(request)
    wanted = _wanted(form, await database.look(zona_of, actor))
    if wanted is None:
        return _told("Daftar tidak dikenal", "Kembali ke halaman sebelumnya, lalu tekan tombol unduh sekali lagi.", 400)
    global _making
    if _making >= AT_ONCE:
        return _told("Sedang ada unduhan lain", "Tunggu sebentar, lalu tekan tombol unduh sekali lagi.", 503)
    _making += 1
    try:
        file = await asyncio.to_thread(_make, actor, wanted)
    except NotAllowed:
        await refusals.refused(actor, "unduh")
        return _told("Anda tidak berwenang", "Daftar ini di luar lingkup Anda.", 403)
    except Refused as refusal:
        return _told("Daftar belum dapat diunduh", refusal.sentence, 422)
    finally:
        _making -= 1
    headers = {
        "content-disposition": content_disposition("attachment", wanted.filename),
        "content-length": str(os.fstat(file.fileno()).st_size),
        "content-security-policy": DOWNLOAD_POLICY,
        "cache-control": "no-store",
    }
    return StreamingResponse(_pieces(file), media_type=_TYPES[wanted.kind], headers=headers)


def _make(actor: Actor, wanted: Wanted) -> BinaryIO:
    """The file, which has no name any more: it lives on until it is closed, whatever becomes of the line."""
    handle, name = tempfile.mkstemp(prefix="mysapk-unduh-")
    os.close(handle)
    path = Path(name)
    try:
        exports.export(database.database(), actor, wanted, path)
        return path.open("rb")
    finally:
        path.unlink()


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE):
            yield piece


def _told(title: str, sentence: str, status: int) -> Response:
    back = "<p><a class='tombol' href='/admin'>Kembali</a></p>"
    return page(title, f"<p>{escape(sentence)}</p>{back}", status)


async def _form(request: Request) -> dict[str, str]:
    """The fields of the form; nothing of one that is too large or broken."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_FORM:
            return {}
    try:
        fields = parse_qs(body.decode("ascii"), max_num_fields=20)
    except ValueError:
        return {}
    return {name: values[0].strip()[:100] for name, values in fields.items()}


def _wanted(form: dict[str, str], zona: str) -> Wanted | None:
    """What the form asks for; a filter that no page offers asks for nothing at all, rather than for more than was meant."""
    try:
        jenis, cause = form.get("jenis"), form.get("keterangan")
        people = missing.Filter(
            form.get("tempat", ""),
            JenisPegawai(jenis) if jenis else None,
            missing.Cause(cause) if cause else None,
        )
        lack = form.get("dicari")
        pdm = unfinished.Filter(
            form.get("tempat", ""),
            JenisPegawai(jenis) if jenis else None,
            unfinished.Lack(lack) if lack else unfinished.Lack.UNFINISHED,
            form.get("kelompok", ""),
        )
        events = trail.Filter(
            form.get("nip", ""),
            form.get("pelaku", ""),
            form.get("tindakan", ""),
            moment_of(form.get("dari", ""), zona),
            moment_of(form.get("sampai", ""), zona, after=True),
        )
        return Wanted(Report(form.get("daftar", "")), Kind(form.get("bentuk", "")), people, pdm, events)
    except ValueError:
        return None


def moment_of(text: str, zona: str, *, after: bool = False) -> datetime | None:
    """A day of a form as a moment: its beginning, or its end.

    Args:
        text: As a date field sends it, "2026-08-24"; empty for none.
        zona: In which the times of the list are written.
        after: The beginning of the next day, for an exclusive end.

    Raises:
        ValueError: It is no day, or of a year that nobody means.
    """
    if not text:
        return None
    day = date.fromisoformat(text)
    if day.year not in YEARS:
        raise ValueError("year out of bounds")
    return datetime.combine(day + timedelta(days=1 if after else 0), time(), ZONES[zona])
