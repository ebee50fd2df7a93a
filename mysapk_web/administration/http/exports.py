"""`POST /admin/unduh`: a list as a file, from a native form.

Filters come in the body, never in the URL, which proxies log (ASVS 14.2.1).
"""

from __future__ import annotations

from functools import partial
from html import escape

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mysapk_web.accounts import sessions
from mysapk_web.administration import exports
from mysapk_web.administration.audit import search
from mysapk_web.administration.exports import ExportRequest
from mysapk_web.organisation import access_log
from mysapk_web.organisation.actor import NotFoundError
from mysapk_web.organisation.periods import timezone_of
from mysapk_web.organisation.rules.dates import parse_day_field, start_of_day
from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.platform import executors
from mysapk_web.platform.errors import PermissionDenied, UserError
from mysapk_web.platform.http import downloads, forms
from mysapk_web.platform.http.html import html_page
from mysapk_web.platform.spreadsheet_writer import FileFormat
from mysapk_web.progress import not_activated, pdm_incomplete
from mysapk_web.progress.rules import Report
from mysapk_web.settings import get_settings


async def download(request: Request) -> Response:
    actor = await executors.run_read_only(sessions.read_actor, get_settings(), request.scope["mysapk.visitor"])
    if actor is None:
        return RedirectResponse("/masuk?sesi=berakhir", 303)
    wanted = _parse_request(await forms.read_form(request), await executors.run_read_only(timezone_of, actor))
    if wanted is None:
        return _error_page(
            "Daftar tidak dikenal", "Kembali ke halaman sebelumnya, lalu tekan tombol unduh sekali lagi.", 400
        )
    try:
        write = partial(exports.export, executors.database(), actor, wanted)
        return await downloads.send_temp_file(write, wanted.filename, wanted.kind.media_type)
    except downloads.TooManyDownloadsError as crowded:
        return _error_page("Sedang ada unduhan lain", str(crowded), 503)
    except NotFoundError as error:
        await access_log.log_denied(actor, "unduh")
        return _error_page("Daftar tidak ditemukan", error.sentence, 404)
    except PermissionDenied:
        await access_log.log_denied(actor, "unduh")
        return _error_page("Anda tidak berwenang", "Daftar ini di luar lingkup Anda.", 403)
    except UserError as refusal:
        return _error_page("Daftar belum dapat diunduh", refusal.sentence, 422)


def _error_page(title: str, sentence: str, status: int) -> Response:
    back = "<p><a class='tombol' href='/admin'>Kembali</a></p>"
    return html_page(title, f"<p>{escape(sentence)}</p>{back}", status)


def _parse_request(form: dict[str, str], zona: str) -> ExportRequest | None:
    """None if the form holds a filter that no page offers: better nothing than more than was meant."""
    try:
        jenis, cause = form.get("jenis"), form.get("keterangan")
        people = not_activated.NotActivatedFilter(
            form.get("tempat", ""),
            JenisPegawai(jenis) if jenis else None,
            not_activated.NotActivatedReason(cause) if cause else None,
        )
        lack = form.get("dicari")
        pdm = pdm_incomplete.PdmIncompleteFilter(
            form.get("tempat", ""),
            JenisPegawai(jenis) if jenis else None,
            pdm_incomplete.IncompleteKind(lack) if lack else pdm_incomplete.IncompleteKind.UNFINISHED,
            form.get("kelompok", ""),
        )
        events = search.AuditFilter(
            form.get("nip", ""),
            form.get("pelaku", ""),
            form.get("tindakan", ""),
            start_of_day(parse_day_field(form.get("dari", ""), ""), zona),
            start_of_day(parse_day_field(form.get("sampai", ""), ""), zona, after=True),
        )
        return ExportRequest(Report(form.get("daftar", "")), FileFormat(form.get("bentuk", "")), people, pdm, events)
    except ValueError:
        return None
