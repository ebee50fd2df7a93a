"""HTTP routes of `/admin/email`: lists of addresses sent as a raw body, the report of a run, tokens made and shown once.

The gate has checked Host and Origin; each route reads the actor from the database again, and the services decide.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from html import escape
from pathlib import Path
from typing import Final
from urllib.parse import unquote

import structlog
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from mysapk_web.accounts import access_log, sessions
from mysapk_web.administration.email_imports import api_tokens, create, upload_store
from mysapk_web.administration.email_imports.create import ImportRateLimitError, Upload, may_upload
from mysapk_web.administration.email_imports.reports import take_report
from mysapk_web.administration.exports import ExportRateLimitError
from mysapk_web.organisation.actor import Actor
from mysapk_web.platform import executors
from mysapk_web.platform.errors import PermissionDenied, ReauthenticationRequired, UserError
from mysapk_web.platform.http import downloads, forms
from mysapk_web.platform.http.html import html_page
from mysapk_web.platform.http.uploads import UploadEmptyError, UploadTooLargeError, drain, receive
from mysapk_web.platform.log import exception_location
from mysapk_web.platform.rules.row_id import parse_row_id
from mysapk_web.platform.spreadsheet_writer import FileFormat
from mysapk_web.rate_limits import LISTS_RECEIVED_AT_ONCE
from mysapk_web.settings import get_settings

log = structlog.get_logger(__name__)

NAME_HEADER: Final = "x-nama-berkas"
"""File name, percent-encoded: not in the address, which proxies write down (ASVS 14.2.1)."""
PAGE: Final = "/admin/email"

Endpoint = Callable[[Request], Awaitable[Response]]


class Crowded(Exception):  # noqa: N818
    """Too many lists are on their way at this moment."""


_receiving: Counter[str] = Counter()


@asynccontextmanager
async def place(whose: str) -> AsyncIterator[None]:
    """One of the few lists that are received at a time, and the only one of its sender.

    Raises:
        Crowded: There is no room.
    """
    if _receiving[whose] or _receiving.total() >= LISTS_RECEIVED_AT_ONCE:
        raise Crowded
    _receiving[whose] += 1
    try:
        yield
    finally:
        del _receiving[whose]


async def received(request: Request) -> Upload:
    """The list in a body, in the folder of uploads.

    Raises:
        TooLarge: See `receiving.receive`.
        Empty: Nothing came.
    """
    folder = get_settings().document_dir
    path = await receive(request, lambda: upload_store.new_path(folder), upload_store.open_new, upload_store.MAX_BYTES)
    name = unquote(request.headers.get(NAME_HEADER, "")[:1000], errors="replace")
    shown = "".join(character for character in name if character.isprintable()).strip()
    return Upload(path.name, shown or "tanpa nama", await asyncio.to_thread(upload_store.digest, path))


def forget(upload: Upload) -> None:
    """Take a list away that no run was begun with."""
    with contextlib.suppress(OSError):
        upload_store.path_of(get_settings().document_dir, upload.path).unlink(missing_ok=True)


async def upload(request: Request) -> Response:
    """`POST /admin/email/unggah`, for who may import: the body is the list; nothing changes before it is applied."""
    actor = await _actor(request)
    async with place(f"akun:{actor.account_id}"):
        await executors.run_in_transaction(may_upload, actor)
        taken = await received(request)
        try:
            run_id = await executors.run_in_transaction(create.begin, actor, taken)
        except BaseException:
            forget(taken)
            raise
    return JSONResponse({"ok": True, "sentence": "Berkas diterima dan sedang diperiksa.", "run": run_id}, 202)


async def report(request: Request) -> Response:
    """`POST /admin/email/laporan`, for who may see the run: the rows that were not taken over. A native form, as of every list."""
    actor = await _actor(request)
    form = await forms.read_form(request)
    run_id, kind = parse_row_id(form.get("impor")), form.get("bentuk", "")
    if kind not in set(FileFormat):
        raise PermissionDenied("unknown kind")
    return await report_file(partial(take_report, executors.database(), actor, run_id), run_id, FileFormat(kind))


async def report_file(take: Callable[[FileFormat, Path], object], run_id: int, kind: FileFormat) -> Response:
    """The rows of a run that were not taken over, as a file to save.

    Raises:
        Crowded: See `files.handed_down`.
    """
    return await downloads.send_temp_file(
        partial(take, kind), f"laporan-impor-email-{run_id}.{kind.value}", kind.media_type
    )


async def make_token(request: Request) -> Response:
    """`POST /admin/email/token`, for the admin of an agency: a new token, shown once on a page without script."""
    actor = await _actor(request)
    made = await executors.run_in_transaction(
        api_tokens.make_token, actor, label=(await forms.read_form(request)).get("label", "")
    )
    return html_page(
        "Token impor email",
        f"<p>Token untuk <strong>{escape(made.label)}</strong>, berlaku sampai {made.expires_at:%d-%m-%Y}. "
        "Salin sekarang ke pengaturan sistem itu; token tidak akan ditampilkan lagi.</p>"
        f"<p class='kotak kode'>{escape(made.secret)}</p>"
        "<p>Siapa pun yang memegang token ini dapat mengganti alamat email pegawai instansi Anda. "
        "Jangan kirim lewat email atau obrolan. Cabut di halaman Email bila bocor atau tidak dipakai lagi.</p>"
        f"<p><a class='tombol' href='{PAGE}?bagian=token'>Sudah saya salin</a></p>",
    )


async def _actor(request: Request) -> Actor:
    actor = await executors.run_read_only(sessions.read_actor, get_settings(), request.scope["mysapk.visitor"])
    if actor is None:
        raise _LoggedOut
    return actor


class _LoggedOut(Exception):  # noqa: N818
    pass


def fault_of(error: Exception) -> tuple[int, str, str]:
    """Status, code and sentence for what stands in the way of a list; unknown faults are written down by kind."""
    told = (
        (
            UploadTooLargeError,
            413,
            "terlalu-besar",
            "Berkas lebih dari 30 MB. Bagi menjadi beberapa berkas, lalu unggah satu per satu.",
        ),
        (UploadEmptyError, 400, "kosong", "Berkas ini kosong. Pilih berkas lain."),
        (downloads.TooManyDownloadsError, 503, "sibuk", downloads.TOO_MANY_DOWNLOADS),
        (Crowded, 503, "sibuk", "Sistem sedang menerima berkas lain. Tunggu sebentar, lalu unggah lagi."),
        (
            TimeoutError,
            408,
            "terputus",
            "Pengiriman berkas terlalu lama atau terputus. Periksa koneksi, lalu unggah lagi.",
        ),
        (ClientDisconnect, 408, "terputus", "Pengiriman berkas terputus. Unggah lagi."),
        (PermissionDenied, 404, "tidak-ditemukan", "Impor ini tidak ditemukan atau di luar wewenang Anda."),
        (_LoggedOut, 401, "keluar", "Sesi Anda sudah berakhir. Masuk kembali, lalu ulangi."),
    )
    for kind, status, code, sentence in told:
        if isinstance(error, kind):
            return status, code, sentence
    if isinstance(error, ReauthenticationRequired):
        return 403, "konfirmasi", error.sentence
    if isinstance(error, ImportRateLimitError | ExportRateLimitError):
        return 429, "terlalu-sering", error.sentence
    if isinstance(error, UserError):
        return 409, "ditolak", error.sentence
    log.error("import route failed", error=type(error).__name__, at=exception_location(error))
    status = 503 if isinstance(error, SQLAlchemyError) else 500
    return status, "gangguan", "Berkas belum diproses karena gangguan. Coba lagi beberapa menit lagi."


async def _fault(endpoint: Endpoint, request: Request, error: Exception) -> tuple[int, str, str]:
    if isinstance(error, PermissionDenied):
        await access_log.log_denied_request(request.scope["mysapk.visitor"], f"impor-email:{endpoint.__name__}")
    return fault_of(error)


def _in_json(endpoint: Endpoint) -> Endpoint:
    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except Exception as error:  # noqa: BLE001  whatever fails is answered in words
            status, code, sentence = await _fault(endpoint, request, error)
        if status not in {401, 408}:
            await drain(request)
        return JSONResponse({"ok": False, "code": code, "sentence": sentence}, status)

    return answer


def _in_words(endpoint: Endpoint) -> Endpoint:
    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except _LoggedOut:
            return RedirectResponse("/masuk", 303)
        except Exception as error:  # noqa: BLE001
            status, _, sentence = await _fault(endpoint, request, error)
        return html_page(
            "Belum dapat dilakukan",
            f"<p>{escape(sentence)}</p><p><a class='tombol' href='{PAGE}'>Kembali</a></p>",
            status,
        )

    return answer


def routes() -> list[Route]:
    """The routes of this module."""
    return [
        Route("/admin/email/unggah", _in_json(upload), methods=["POST"]),
        Route("/admin/email/laporan", _in_words(report), methods=["POST"]),
        Route("/admin/email/token", _in_words(make_token), methods=["POST"]),
    ]
