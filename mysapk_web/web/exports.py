"""`POST /admin/unduh`: a list as a file. A native form, because a file is for the browser and not for the page.

What the list is narrowed to comes in the body and never in the address, which proxies write down (ASVS 14.2.1).
"""

from __future__ import annotations

from functools import partial
from html import escape

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mysapk_web.domain.dates import beginning_of, read_day
from mysapk_web.domain.pegawai import JenisPegawai
from mysapk_web.services import database, exports, refusals, session, trail
from mysapk_web.services.actor import NotAllowed, NotFoundError, Refused
from mysapk_web.services.exports import Report, Wanted
from mysapk_web.services.periods import zona_of
from mysapk_web.services.progress import missing, unfinished
from mysapk_web.services.sheets import Kind
from mysapk_web.settings import load
from mysapk_web.web import files, forms
from mysapk_web.web.page import page


async def download(request: Request) -> Response:
    """For who may export the list that the form names."""
    actor = await database.look(session.read_actor, load(), request.scope["mysapk.visitor"])
    if actor is None:
        return RedirectResponse("/masuk?sesi=berakhir", 303)
    wanted = _wanted(await forms.fields_of(request), await database.look(zona_of, actor))
    if wanted is None:
        return _told("Daftar tidak dikenal", "Kembali ke halaman sebelumnya, lalu tekan tombol unduh sekali lagi.", 400)
    try:
        write = partial(exports.export, database.database(), actor, wanted)
        return await files.handed_down(write, wanted.filename, wanted.kind.media_type)
    except files.Crowded as crowded:
        return _told("Sedang ada unduhan lain", str(crowded), 503)
    except NotFoundError as error:
        await refusals.refused(actor, "unduh")
        return _told("Daftar tidak ditemukan", error.sentence, 404)
    except NotAllowed:
        await refusals.refused(actor, "unduh")
        return _told("Anda tidak berwenang", "Daftar ini di luar lingkup Anda.", 403)
    except Refused as refusal:
        return _told("Daftar belum dapat diunduh", refusal.sentence, 422)


def _told(title: str, sentence: str, status: int) -> Response:
    back = "<p><a class='tombol' href='/admin'>Kembali</a></p>"
    return page(title, f"<p>{escape(sentence)}</p>{back}", status)


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
            beginning_of(read_day(form.get("dari", ""), ""), zona),
            beginning_of(read_day(form.get("sampai", ""), ""), zona, after=True),
        )
        return Wanted(Report(form.get("daftar", "")), Kind(form.get("bentuk", "")), people, pdm, events)
    except ValueError:
        return None
