"""`POST /admin/unduh`: a list as a file. A native form, because a file is for the browser and not for the page.

What the list is narrowed to comes in the body and never in the address, which proxies write down (ASVS 14.2.1).
"""

from __future__ import annotations

from functools import partial
from html import escape

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mysapk_web.accounts import session
from mysapk_web.administration import exports
from mysapk_web.administration.audit import search
from mysapk_web.administration.exports import Wanted
from mysapk_web.organisation import access_log
from mysapk_web.organisation.actor import NotFoundError
from mysapk_web.organisation.periods import zona_of
from mysapk_web.organisation.rules.dates import beginning_of, read_day
from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.platform import executors
from mysapk_web.platform.errors import NotAllowed, Refused
from mysapk_web.platform.http import downloads, forms
from mysapk_web.platform.http.html import page
from mysapk_web.platform.spreadsheet_writer import Kind
from mysapk_web.progress import not_activated, pdm_incomplete
from mysapk_web.progress.rules import Report
from mysapk_web.settings import load


async def download(request: Request) -> Response:
    """For who may export the list that the form names."""
    actor = await executors.look(session.read_actor, load(), request.scope["mysapk.visitor"])
    if actor is None:
        return RedirectResponse("/masuk?sesi=berakhir", 303)
    wanted = _wanted(await forms.fields_of(request), await executors.look(zona_of, actor))
    if wanted is None:
        return _told("Daftar tidak dikenal", "Kembali ke halaman sebelumnya, lalu tekan tombol unduh sekali lagi.", 400)
    try:
        write = partial(exports.export, executors.database(), actor, wanted)
        return await downloads.handed_down(write, wanted.filename, wanted.kind.media_type)
    except downloads.Crowded as crowded:
        return _told("Sedang ada unduhan lain", str(crowded), 503)
    except NotFoundError as error:
        await access_log.refused(actor, "unduh")
        return _told("Daftar tidak ditemukan", error.sentence, 404)
    except NotAllowed:
        await access_log.refused(actor, "unduh")
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
        people = not_activated.Filter(
            form.get("tempat", ""),
            JenisPegawai(jenis) if jenis else None,
            not_activated.Cause(cause) if cause else None,
        )
        lack = form.get("dicari")
        pdm = pdm_incomplete.Filter(
            form.get("tempat", ""),
            JenisPegawai(jenis) if jenis else None,
            pdm_incomplete.Lack(lack) if lack else pdm_incomplete.Lack.UNFINISHED,
            form.get("kelompok", ""),
        )
        events = search.Filter(
            form.get("nip", ""),
            form.get("pelaku", ""),
            form.get("tindakan", ""),
            beginning_of(read_day(form.get("dari", ""), ""), zona),
            beginning_of(read_day(form.get("sampai", ""), ""), zona, after=True),
        )
        return Wanted(Report(form.get("daftar", "")), Kind(form.get("bentuk", "")), people, pdm, events)
    except ValueError:
        return None
