"""`GET /pdm/bukti/{number}.pdf`: a proof as a file, for its owner."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mysapk_web.accounts import sessions
from mysapk_web.organisation import access_log
from mysapk_web.pdm import proof as pdm_proof
from mysapk_web.pdm.proof_pdf import proof_pdf
from mysapk_web.platform import executors
from mysapk_web.platform.errors import PermissionDenied
from mysapk_web.platform.http.headers import DOWNLOAD_POLICY
from mysapk_web.platform.http.html import html_page
from mysapk_web.platform.rules.text import strip_unstorable
from mysapk_web.settings import get_settings

PATH = "/pdm/bukti/{number}.pdf"


async def download(request: Request) -> Response:
    """Someone else's proof gets the same answer as one that does not exist."""
    actor = await executors.run_read_only(sessions.read_actor, get_settings(), request.scope["mysapk.visitor"])
    if actor is None:
        return RedirectResponse("/masuk", 303)
    try:
        proof = await executors.run_in_transaction(
            pdm_proof.download_proof, actor, strip_unstorable(request.path_params["number"])
        )
    except PermissionDenied:
        await access_log.log_denied(actor, "bukti")
        return html_page(
            "Bukti tidak ditemukan",
            "<p>Buka halaman Bukti, lalu unduh dari sana.</p><p><a class='tombol' href='/pdm/bukti'>Ke halaman Bukti</a></p>",
            404,
        )
    return Response(
        await asyncio.to_thread(proof_pdf, proof.content),
        media_type="application/pdf",
        headers={
            "content-disposition": f'attachment; filename="{proof.number}.pdf"',
            "cache-control": "no-store",
            "content-security-policy": DOWNLOAD_POLICY,
        },
    )
