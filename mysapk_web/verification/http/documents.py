"""`GET /dokumen/...`: documents, as an attachment or in a frame of our own pages."""

from __future__ import annotations

import asyncio
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mysapk_web.pdm.http.document_responses import Endpoint, attempt, path_id, read_actor
from mysapk_web.platform import document_store, executors
from mysapk_web.platform.http.headers import DOWNLOAD_POLICY, FRAMED_POLICY
from mysapk_web.platform.http.html import html_page
from mysapk_web.platform.rules.filename import content_disposition
from mysapk_web.settings import get_settings
from mysapk_web.verification.document_access import open_document, record_document_read

_FRAMED: Final = {"content-security-policy": FRAMED_POLICY, "x-frame-options": "SAMEORIGIN"}


async def download(request: Request) -> Response:
    """`GET /dokumen/{id}`: the document as a file to save."""
    return await _document(request, "attachment", {"content-security-policy": DOWNLOAD_POLICY})


async def show(request: Request) -> Response:
    """`GET /dokumen/{id}/lihat`: for a frame of our own pages, or a new tab (decision 0010)."""
    return await _document(request, "inline", _FRAMED)


async def _document(request: Request, kind: str, headers: dict[str, str]) -> Response:
    actor = await read_actor(request)
    number = path_id(request, "document_id")
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


def _html_errors(endpoint: Endpoint, headers: dict[str, str]) -> Endpoint:
    """A small page; inside a frame it has to be as frameable as the document."""

    async def answer(request: Request) -> Response:
        found = await attempt(endpoint, request)
        if isinstance(found, Response):
            return found
        status, sentence = found
        response = html_page("Dokumen belum dapat dibuka", f"<p>{sentence}</p>", status)
        response.headers.update(headers)
        return response

    return answer


def routes() -> list[Route]:
    return [
        Route("/dokumen/{document_id}/lihat", _html_errors(show, _FRAMED), methods=["GET"]),
        Route("/dokumen/{document_id}", _html_errors(download, {}), methods=["GET"]),
    ]
