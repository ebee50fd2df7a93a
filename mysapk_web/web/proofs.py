"""`GET /pdm/bukti/{number}.pdf`, for the person whom a proof belongs to: the proof as a file to save."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mysapk_web.domain.text import storable
from mysapk_web.services import database, pdm, refusals, session
from mysapk_web.services.actor import NotAllowed
from mysapk_web.settings import load
from mysapk_web.web.headers import DOWNLOAD_POLICY
from mysapk_web.web.page import page

PATH = "/pdm/bukti/{number}.pdf"


async def download(request: Request) -> Response:
    """Make the PDF from what is stored; another person's proof is answered like one that doesn't exist."""
    actor = await database.look(session.read_actor, load(), request.scope["mysapk.visitor"])
    if actor is None:
        return RedirectResponse("/masuk", 303)
    try:
        proof = await database.run(pdm.download, actor, storable(request.path_params["number"]))
    except NotAllowed:
        await refusals.refused(actor, "bukti")
        return page(
            "Bukti tidak ditemukan",
            "<p>Buka halaman Bukti, lalu unduh dari sana.</p><p><a class='tombol' href='/pdm/bukti'>Ke halaman Bukti</a></p>",
            404,
        )
    return Response(
        await asyncio.to_thread(pdm.proof_pdf, proof.content),
        media_type="application/pdf",
        headers={
            "content-disposition": f'attachment; filename="{proof.number}.pdf"',
            "cache-control": "no-store",
            "content-security-policy": DOWNLOAD_POLICY,
        },
    )
