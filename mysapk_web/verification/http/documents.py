"""HTTP routes of documents: uploaded as a raw body, read as an attachment or in a frame of our own page, removed.

The gate has checked Host and Origin. Each route reads the actor from the database and lets a use case decide; what somebody may not see
gets the answer of what does not exist. Uploads are answered in JSON, with a sentence for the page.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Final
from urllib.parse import unquote

import structlog
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mysapk_web.accounts import access_log, sessions
from mysapk_web.organisation.actor import Actor
from mysapk_web.pdm import documents
from mysapk_web.pdm.pdf_check import PdfRefusedError, run_inspection
from mysapk_web.pdm.presenters import DocumentView
from mysapk_web.platform import document_store, executors
from mysapk_web.platform.errors import PermissionDenied, ServerBusyError, UserError
from mysapk_web.platform.http.headers import DOWNLOAD_POLICY, FRAMED_POLICY
from mysapk_web.platform.http.html import html_page
from mysapk_web.platform.http.uploads import UploadEmptyError, UploadTooLargeError, drain, receive
from mysapk_web.platform.log import exception_location
from mysapk_web.platform.rules.filename import content_disposition
from mysapk_web.platform.rules.row_id import parse_row_id
from mysapk_web.platform.rules.text import strip_unstorable
from mysapk_web.rate_limits import UPLOADS_AT_ONCE, UPLOADS_AT_ONCE_PER_ACCOUNT
from mysapk_web.settings import get_settings
from mysapk_web.verification.document_access import open_document, record_document_read

log = structlog.get_logger(__name__)


NAME_HEADER: Final = "x-nama-berkas"
"""File name, percent-encoded: not in the address, which proxies write down (ASVS 14.2.1)."""

_BUSY: Final = "Sistem sedang sibuk. Tunggu sebentar, lalu unggah lagi."
_BROKEN: Final = "Berkas belum tersimpan karena gangguan. Coba lagi beberapa menit lagi."
_LOGGED_OUT: Final = "Sesi Anda sudah berakhir. Masuk kembali, lalu ulangi."
_UNKNOWN: Final = "Usulan atau dokumen ini tidak ditemukan. Muat ulang halaman ini."
_SLOW: Final = "Pengiriman berkas terlalu lama atau terputus. Periksa koneksi Anda, lalu unggah lagi."
_MISSING: Final = (
    "Berkas dokumen ini tidak ditemukan di penyimpanan. Bila usulannya milik Anda dan masih dapat diubah, unggah ulang "
    "dokumennya. Bila tidak, hubungi helpdesk dan sebutkan nama dokumen serta usulannya."
)
_DAMAGED: Final = "Dokumen ini rusak di penyimpanan. Unggah ulang dokumennya, atau hubungi helpdesk."
_EMPTY: Final = "Berkas ini kosong. Pilih berkas lain."


class _HttpError(Exception):
    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


# Sending ----------------------------------------------------------------------------------------------------------


async def upload(request: Request) -> Response:
    """`POST /dokumen/{proposal_id}/{rule}`, for the owner of the proposal: the body is the file."""
    actor = await _actor(request)
    proposal_id, rule = _number(request, "proposal_id"), request.path_params["rule"]
    if strip_unstorable(rule) != rule:
        rule = ""  # no document is called so, and no database takes it
    async with _upload_slot(actor):
        slot = await executors.run_in_transaction(documents.authorize_upload, actor, proposal_id=proposal_id, rule=rule)
        received = await _received(request, slot.max_bytes)
        stored = await run_inspection(
            documents.store_document, actor, proposal_id=proposal_id, rule=rule, name=_name(request), stream=received
        )
    return _success("Dokumen tersimpan.", stored)


async def remove(request: Request) -> Response:
    """`POST /dokumen/{id}/hapus`, for the owner of the proposal."""
    actor = await _actor(request)
    await executors.run_in_transaction(documents.remove_document, actor, document_id=_number(request, "document_id"))
    return _success("Dokumen dihapus.")


def _success(sentence: str, stored: DocumentView | None = None) -> JSONResponse:
    document = asdict(stored) if stored else None
    if document:
        del document["about"]
    return JSONResponse({"ok": True, "sentence": sentence, "document": document})


def _failure(status: int, sentence: str) -> JSONResponse:
    return JSONResponse({"ok": False, "sentence": sentence, "document": None}, status)


async def _actor(request: Request) -> Actor:
    actor = await executors.run_read_only(sessions.read_actor, get_settings(), request.scope["mysapk.visitor"])
    if actor is None:
        raise _HttpError(401, _LOGGED_OUT)
    return actor


def _number(request: Request, name: str) -> int:
    number = parse_row_id(request.path_params[name])
    if not number:
        raise PermissionDenied("not a number")
    return number


def _name(request: Request) -> str:
    return unquote(request.headers.get(NAME_HEADER, "")[:4000], errors="replace")


_sending: Counter[int] = Counter()


@asynccontextmanager
async def _upload_slot(actor: Actor) -> AsyncIterator[None]:
    """One of the few concurrent uploads, in this process and of one account."""
    if _sending[actor.account_id] >= UPLOADS_AT_ONCE_PER_ACCOUNT or _sending.total() >= UPLOADS_AT_ONCE:
        raise ServerBusyError
    _sending[actor.account_id] += 1
    try:
        yield
    finally:
        _sending[actor.account_id] -= 1
        if not _sending[actor.account_id]:
            del _sending[actor.account_id]


async def _received(request: Request, limit: int) -> Path:
    """The body as a file in the inbox.

    Raises:
        TooLarge: More than the limit came, or was announced.
        _HttpError: Nothing came.
    """
    folder = get_settings().document_dir
    try:
        return await receive(request, lambda: document_store.new_inbox_path(folder), document_store.open_new, limit)
    except UploadTooLargeError:
        raise documents.DocumentTooLargeError(limit) from None
    except UploadEmptyError:
        raise _HttpError(400, _EMPTY) from None


# Reading ----------------------------------------------------------------------------------------------------------


async def download(request: Request) -> Response:
    """`GET /dokumen/{id}`: the document as a file to save."""
    return await _document(request, "attachment", {"content-security-policy": DOWNLOAD_POLICY})


async def view(request: Request) -> Response:
    """`GET /dokumen/{id}/lihat`: for a frame of our own pages, or a new tab (decision 0010)."""
    return await _document(request, "inline", _FRAMED)


_FRAMED: Final = {"content-security-policy": FRAMED_POLICY, "x-frame-options": "SAMEORIGIN"}


async def _document(request: Request, kind: str, headers: dict[str, str]) -> Response:
    actor = await _actor(request)
    number = _number(request, "document_id")
    found = await executors.run_read_only(open_document, actor, document_id=number)
    content = await asyncio.to_thread(document_store.read, get_settings().document_dir, found.sha256)
    if found.belongs_to_other:  # recorded before it is sent, and only if it can be sent
        await executors.run_in_transaction(record_document_read, actor, document_id=number)
    more = {
        "content-disposition": content_disposition(kind, found.name),
        "cache-control": "no-store",
        "accept-ranges": "none",
        **headers,
    }
    return Response(content, media_type="application/pdf", headers=more)


# What goes wrong --------------------------------------------------------------------------------------------------


Endpoint = Callable[[Request], Awaitable[Response]]


async def _attempt(endpoint: Endpoint, request: Request) -> Response | tuple[int, str]:
    """The response, or status and sentence of what went wrong."""
    try:
        return await endpoint(request)
    except _HttpError as answer:
        return answer.status, answer.sentence
    except PermissionDenied:
        await access_log.log_denied_request(request.scope["mysapk.visitor"], f"dokumen:{endpoint.__name__}")
        return 404, _UNKNOWN
    except UserError as refusal:
        return _status(refusal), refusal.sentence
    except ServerBusyError:
        return 503, _BUSY
    except (TimeoutError, ClientDisconnect):
        return 408, _SLOW
    except document_store.DocumentMissingError:
        log.error("document missing in storage", route=endpoint.__name__, document=_asked_for(request))  # noqa: TRY400
        return 404, _MISSING
    except document_store.DocumentDamagedError:
        log.error("document damaged in storage", route=endpoint.__name__, document=_asked_for(request))  # noqa: TRY400
        return 500, _DAMAGED
    except Exception as error:  # noqa: BLE001
        log.error("route failed", route=endpoint.__name__, error=type(error).__name__, at=exception_location(error))  # noqa: TRY400
        return (503 if isinstance(error, SQLAlchemyError) else 500), _BROKEN


def _asked_for(request: Request) -> str:
    """Id of the document, for the log: its storage path is in its row, never in the log."""
    return str(request.path_params.get("document_id", ""))


def _status(refusal: UserError) -> int:
    known = {documents.DocumentTooLargeError: 413, documents.TooManyUploadsError: 429, PdfRefusedError: 422}
    return next((status for kind, status in known.items() if isinstance(refusal, kind)), 409)


def _json_errors(endpoint: Endpoint) -> Endpoint:
    async def answer(request: Request) -> Response:
        found = await _attempt(endpoint, request)
        if isinstance(found, Response):
            return found
        if found[0] not in {401, 408}:
            await drain(request)
        return _failure(*found)

    return answer


def _html_errors(endpoint: Endpoint, headers: dict[str, str]) -> Endpoint:
    """A small page; inside a frame it has to be as frameable as the document."""

    async def answer(request: Request) -> Response:
        found = await _attempt(endpoint, request)
        if isinstance(found, Response):
            return found
        status, sentence = found
        response = html_page("Dokumen belum dapat dibuka", f"<p>{sentence}</p>", status)
        response.headers.update(headers)
        return response

    return answer


def routes() -> list[Route]:
    return [
        Route("/dokumen/{document_id}/hapus", _json_errors(remove), methods=["POST"]),
        Route("/dokumen/{proposal_id}/{rule}", _json_errors(upload), methods=["POST"]),
        Route("/dokumen/{document_id}/lihat", _html_errors(view, _FRAMED), methods=["GET"]),
        Route("/dokumen/{document_id}", _html_errors(download, {}), methods=["GET"]),
    ]
