"""`POST /dokumen/...`: documents uploaded as a raw body, and removed. Answered in JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mysapk_web.organisation.actor import Actor
from mysapk_web.pdm import documents
from mysapk_web.pdm.http.document_responses import DocumentRequestError, Endpoint, attempt, path_id, read_actor
from mysapk_web.pdm.pdf_inspection import run_inspection
from mysapk_web.pdm.presenters import DocumentView
from mysapk_web.platform import document_store, executors
from mysapk_web.platform.errors import ServerBusyError
from mysapk_web.platform.http.uploads import UploadEmptyError, UploadTooLargeError, drain, receive
from mysapk_web.platform.rules.text import strip_unstorable
from mysapk_web.rate_limits import UPLOADS_AT_ONCE, UPLOADS_AT_ONCE_PER_ACCOUNT
from mysapk_web.settings import get_settings

NAME_HEADER: Final = "x-nama-berkas"
"""File name, percent-encoded: not in the URL, which proxies log (ASVS 14.2.1)."""
_EMPTY: Final = "Berkas ini kosong. Pilih berkas lain."


async def upload(request: Request) -> Response:
    """`POST /dokumen/{proposal_id}/{rule}`, for the owner of the proposal: the body is the file."""
    actor = await read_actor(request)
    proposal_id, rule = path_id(request, "proposal_id"), request.path_params["rule"]
    if strip_unstorable(rule) != rule:
        rule = ""  # no document has such a code, and no database accepts it
    async with _upload_slot(actor):
        slot = await executors.run_in_transaction(documents.authorize_upload, actor, proposal_id=proposal_id, rule=rule)
        received = await _receive(request, slot.max_bytes)
        stored = await run_inspection(
            documents.store_document, actor, proposal_id=proposal_id, rule=rule, name=_name(request), stream=received
        )
    return _success("Dokumen tersimpan.", stored)


async def remove(request: Request) -> Response:
    """`POST /dokumen/{id}/hapus`, for the owner of the proposal."""
    actor = await read_actor(request)
    await executors.run_in_transaction(documents.remove_document, actor, document_id=path_id(request, "document_id"))
    return _success("Dokumen dihapus.")


def routes() -> list[Route]:
    return [
        Route("/dokumen/{document_id}/hapus", _json_errors(remove), methods=["POST"]),
        Route("/dokumen/{proposal_id}/{rule}", _json_errors(upload), methods=["POST"]),
    ]


def _success(sentence: str, stored: DocumentView | None = None) -> JSONResponse:
    document = asdict(stored) if stored else None
    if document:
        del document["about"]
    return JSONResponse({"ok": True, "sentence": sentence, "document": document})


def _json_errors(endpoint: Endpoint) -> Endpoint:
    async def answer(request: Request) -> Response:
        found = await attempt(endpoint, request)
        if isinstance(found, Response):
            return found
        status, sentence = found
        if status not in {401, 408}:
            await drain(request)
        return JSONResponse({"ok": False, "sentence": sentence, "document": None}, status)

    return answer


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


async def _receive(request: Request, limit: int) -> Path:
    """The body as a file in the inbox."""
    folder = get_settings().document_dir
    try:
        return await receive(request, lambda: document_store.new_inbox_path(folder), document_store.open_new, limit)
    except UploadTooLargeError:
        raise documents.DocumentTooLargeError(limit) from None
    except UploadEmptyError:
        raise DocumentRequestError(400, _EMPTY) from None
