"""HTTP routes of `/admin/impor` and `/admin/email`: files sent as a raw body, templates, reports of runs, tokens made and shown once.

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
from mysapk_web.administration.email_imports import api_tokens
from mysapk_web.administration.email_imports.kind import EMAIL_IMPORT
from mysapk_web.administration.exports import ExportRateLimitError
from mysapk_web.administration.imports import create
from mysapk_web.administration.imports.create import ImportRateLimitError, ReceivedFile, admit_upload
from mysapk_web.administration.imports.kinds import KINDS, require
from mysapk_web.administration.imports.reports import take_report
from mysapk_web.organisation.actor import Actor
from mysapk_web.platform import executors
from mysapk_web.platform.errors import PermissionDenied, ReauthenticationRequired, UserError
from mysapk_web.platform.http import downloads, forms
from mysapk_web.platform.http.html import html_page
from mysapk_web.platform.http.uploads import UploadEmptyError, UploadTooLargeError, drain, receive
from mysapk_web.platform.imports import upload_store
from mysapk_web.platform.imports.kind import ImportKind
from mysapk_web.platform.imports.template import write_template
from mysapk_web.platform.log import exception_location
from mysapk_web.platform.rules.row_id import parse_row_id
from mysapk_web.platform.spreadsheet_writer import FileFormat
from mysapk_web.rate_limits import LISTS_RECEIVED_AT_ONCE
from mysapk_web.settings import get_settings

log = structlog.get_logger(__name__)

NAME_HEADER: Final = "x-nama-berkas"
"""File name, percent-encoded: not in the address, which proxies write down (ASVS 14.2.1)."""
EMAIL_PAGE: Final = "/admin/email"
PAGE: Final = "/admin/impor"

Endpoint = Callable[[Request], Awaitable[Response]]


class TooManyImportsError(Exception):
    """Too many lists are on their way at this moment."""


_receiving: Counter[str] = Counter()


@asynccontextmanager
async def upload_slot(whose: str) -> AsyncIterator[None]:
    """One of the few lists that are received at a time, and the only one of its sender.

    Raises:
        TooManyImportsError: There is no room.
    """
    if _receiving[whose] or _receiving.total() >= LISTS_RECEIVED_AT_ONCE:
        raise TooManyImportsError
    _receiving[whose] += 1
    try:
        yield
    finally:
        del _receiving[whose]


async def receive_file(request: Request) -> ReceivedFile:
    """The list in a body, in the folder of uploads.

    Raises:
        UploadTooLargeError: Beyond `upload_store.MAX_BYTES`.
        UploadEmptyError: Nothing came.
    """
    folder = get_settings().document_dir
    path = await receive(request, lambda: upload_store.new_path(folder), upload_store.open_new, upload_store.MAX_BYTES)
    name = unquote(request.headers.get(NAME_HEADER, "")[:1000], errors="replace")
    shown = "".join(character for character in name if character.isprintable()).strip()
    return ReceivedFile(path.name, shown or "tanpa nama", await asyncio.to_thread(upload_store.digest, path))


def discard_file(upload: ReceivedFile) -> None:
    """Delete an upload without a run."""
    with contextlib.suppress(OSError):
        upload_store.path_of(get_settings().document_dir, upload.path).unlink(missing_ok=True)


async def upload(request: Request) -> Response:
    """`POST /admin/impor/unggah?jenis=KIND`, for who may import that kind: the body is the file."""
    return await _receive(request, _kind(request.query_params.get("jenis", "")))


async def upload_emails(request: Request) -> Response:
    """`POST /admin/email/unggah`, for who may import addresses: the body is the list."""
    return await _receive(request, EMAIL_IMPORT)


async def _receive(request: Request, kind: ImportKind) -> Response:
    """Nothing changes before somebody applies the file."""
    actor = await _actor(request)
    async with upload_slot(f"akun:{actor.account_id}"):
        await executors.run_in_transaction(admit_upload, actor, kind)
        file = await receive_file(request)
        try:
            run_id = await executors.run_in_transaction(create.begin, actor, kind, file)
        except BaseException:
            discard_file(file)
            raise
    return JSONResponse({"ok": True, "sentence": "Berkas diterima dan sedang diperiksa.", "run": run_id}, 202)


def _kind(key: str) -> ImportKind:
    if key not in KINDS:
        raise PermissionDenied("unknown kind of import")
    return KINDS[key]


async def template(request: Request) -> Response:
    """`POST /admin/impor/templat`, for who may import that kind: an empty file with its columns. A native form."""
    actor = await _actor(request)
    form = await forms.read_form(request)
    kind, form_of_file = _kind(form.get("jenis", "")), form.get("bentuk", "")
    if form_of_file not in set(FileFormat):
        raise PermissionDenied("unknown kind of file")
    require(actor, kind)
    name = f"templat-{kind.key.replace(':', '-')}.{form_of_file}"
    return await downloads.send_temp_file(
        partial(write_template, kind, FileFormat(form_of_file)), name, FileFormat(form_of_file).media_type
    )


async def report(request: Request) -> Response:
    """`POST /admin/impor/laporan` and `/admin/email/laporan`, for who may see the run: rows that were not taken over."""
    actor = await _actor(request)
    form = await forms.read_form(request)
    run_id, kind = parse_row_id(form.get("impor")), form.get("bentuk", "")
    if kind not in set(FileFormat):
        raise PermissionDenied("unknown kind")
    take = partial(take_report, executors.database(), actor, run_id)
    name = "laporan-impor-email" if _page(request) == EMAIL_PAGE else "laporan-impor"
    return await report_file(take, run_id, FileFormat(kind), name)


async def report_file(
    take: Callable[[FileFormat, Path], object], run_id: int, kind: FileFormat, name: str = "laporan-impor-email"
) -> Response:
    """The rows of a run that were not taken over, as a file to save.

    Raises:
        TooManyDownloadsError: See `send_temp_file`.
    """
    return await downloads.send_temp_file(partial(take, kind), f"{name}-{run_id}.{kind.value}", kind.media_type)


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
        f"<p><a class='tombol' href='{EMAIL_PAGE}?bagian=token'>Sudah saya salin</a></p>",
    )


async def _actor(request: Request) -> Actor:
    actor = await executors.run_read_only(sessions.read_actor, get_settings(), request.scope["mysapk.visitor"])
    if actor is None:
        raise _LoggedOutError
    return actor


class _LoggedOutError(Exception):
    pass


def fault_of(error: Exception) -> tuple[int, str, str]:
    """Status, code and sentence of a fault; unknown ones are logged by type."""
    told = (
        (
            UploadTooLargeError,
            413,
            "terlalu-besar",
            "Berkas lebih dari 30 MB. Bagi menjadi beberapa berkas, lalu unggah satu per satu.",
        ),
        (UploadEmptyError, 400, "kosong", "Berkas ini kosong. Pilih berkas lain."),
        (downloads.TooManyDownloadsError, 503, "sibuk", downloads.TOO_MANY_DOWNLOADS),
        (TooManyImportsError, 503, "sibuk", "Sistem sedang menerima berkas lain. Tunggu sebentar, lalu unggah lagi."),
        (
            TimeoutError,
            408,
            "terputus",
            "Pengiriman berkas terlalu lama atau terputus. Periksa koneksi, lalu unggah lagi.",
        ),
        (ClientDisconnect, 408, "terputus", "Pengiriman berkas terputus. Unggah lagi."),
        (PermissionDenied, 404, "tidak-ditemukan", "Impor ini tidak ditemukan atau di luar wewenang Anda."),
        (_LoggedOutError, 401, "keluar", "Sesi Anda sudah berakhir. Masuk kembali, lalu ulangi."),
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
        await access_log.log_denied_request(request.scope["mysapk.visitor"], _name(endpoint, request))
    return fault_of(error)


def _name(endpoint: Endpoint, request: Request) -> str:
    """What the audit log calls a route. Stored: renaming an endpoint changes it."""
    if request.url.path.startswith(EMAIL_PAGE):
        return f"impor-email:{endpoint.__name__.removesuffix('_emails')}"
    return f"impor:{endpoint.__name__}"


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
        except _LoggedOutError:
            return RedirectResponse("/masuk", 303)
        except Exception as error:  # noqa: BLE001
            status, _, sentence = await _fault(endpoint, request, error)
        return html_page(
            "Belum dapat dilakukan",
            f"<p>{escape(sentence)}</p><p><a class='tombol' href='{_page(request)}'>Kembali</a></p>",
            status,
        )

    return answer


def _page(request: Request) -> str:
    return EMAIL_PAGE if request.url.path.startswith(EMAIL_PAGE) else PAGE


def routes() -> list[Route]:
    """The routes of this module."""
    return [
        Route("/admin/impor/unggah", _in_json(upload), methods=["POST"]),
        Route("/admin/impor/templat", _in_words(template), methods=["POST"]),
        Route("/admin/impor/laporan", _in_words(report), methods=["POST"]),
        Route("/admin/email/unggah", _in_json(upload_emails), methods=["POST"]),
        Route("/admin/email/laporan", _in_words(report), methods=["POST"]),
        Route("/admin/email/token", _in_words(make_token), methods=["POST"]),
    ]
