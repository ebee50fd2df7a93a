"""HTTP routes beside Reflex: sessions, the link of a mail, authenticator secrets, health.

Each serves a native form or link. The gate has checked Host and Origin; each route reads the actor from the database.
"""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable
from html import escape

import segno
import structlog
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from mysapk_web.accounts import login_tickets, sessions
from mysapk_web.accounts.http import cookies, session_expiry
from mysapk_web.accounts.recovery.browsers import attach_browser_by_mail
from mysapk_web.accounts.security import two_factor
from mysapk_web.accounts.security.two_factor import provisioning_uri
from mysapk_web.administration.http import api, exports, imports
from mysapk_web.demo import http
from mysapk_web.organisation import access_log
from mysapk_web.organisation.actor import Actor
from mysapk_web.pdm.http import document_uploads, proofs
from mysapk_web.platform import executors
from mysapk_web.platform.client import ClientContext
from mysapk_web.platform.errors import PermissionDenied, ReauthenticationRequired
from mysapk_web.platform.http.fallbacks import ALLOWED, MethodNotAllowedRoute
from mysapk_web.platform.http.forms import read_form
from mysapk_web.platform.http.html import html_page
from mysapk_web.platform.log import exception_location
from mysapk_web.platform.migrations import is_at_head
from mysapk_web.platform.signed_links import read_reset_request
from mysapk_web.settings import Settings, get_settings
from mysapk_web.verification.http import documents

log = structlog.get_logger(__name__)

SEE_OTHER = 303


def _client(request: Request) -> ClientContext:
    client: ClientContext = request.scope["mysapk.visitor"]
    return client


async def _actor(request: Request) -> Actor | None:
    return await executors.run_read_only(sessions.read_actor, get_settings(), _client(request))


def _away(path: str, *set_cookies: str) -> RedirectResponse:
    response = RedirectResponse(path, SEE_OTHER)
    for header in set_cookies:
        response.headers.append("set-cookie", header)
    return response


def _set(name: str, value: str, settings: Settings, max_age: int | None) -> str:
    return cookies.set_cookie_header(name, value, settings, max_age=max_age)


async def redeem_login_ticket(request: Request) -> Response:
    """`POST /sesi`, for everybody: turn the claim of the page that holds its ticket into a session."""
    settings = get_settings()
    ticket = (await read_form(request)).get("tiket", "")
    opened = await executors.run_in_transaction(login_tickets.redeem_login_ticket, settings, _client(request), ticket)
    if opened is None:
        return _away("/masuk")
    known = cookies.cookie_names(settings)
    return _away("/beranda", _set(known.session, opened.cookie, settings, None), _set(known.browser, "", settings, 0))


async def logout(request: Request) -> Response:
    """`POST /keluar`, for everybody: end the session and clear the browser's storage (ASVS 14.3.1)."""
    settings = get_settings()
    await executors.run_in_transaction(sessions.log_out, _client(request))
    known = cookies.cookie_names(settings)
    response = _away("/masuk", _set(known.session, "", settings, 0), _set(known.browser, "", settings, 0))
    response.headers["clear-site-data"] = '"storage"'
    return response


async def continue_reset(request: Request) -> Response:
    """`GET /konfirmasi/{ref}`, for everybody: continue a request on this device. Opening it uses nothing up."""
    request_id = read_reset_request(get_settings(), request.path_params["ref"])
    if request_id is not None:
        await executors.run_in_transaction(attach_browser_by_mail, _client(request), request_id)
    return _away("/konfirmasi-reset")


async def authenticator_qr(request: Request) -> Response:
    """`GET /keamanan/qr.svg`, logged in: QR of the actor's unconfirmed authenticator secret."""
    actor = await _actor(request)
    uri = await executors.run_read_only(provisioning_uri, actor) if actor else None
    if uri is None:
        return Response(status_code=404)
    out = io.BytesIO()
    segno.make(uri, error="m").save(out, kind="svg", scale=6, border=3, dark="#000", light="#fff", title="Kode QR")
    return Response(out.getvalue(), media_type="image/svg+xml")


async def authenticator_key(request: Request) -> Response:
    """`GET /keamanan/kunci`, logged in: the same secret as text."""
    actor = await _actor(request)
    uri = await executors.run_read_only(provisioning_uri, actor) if actor else None
    if uri is None:
        return _away("/keamanan")
    secret = uri.split("secret=", 1)[1].split("&", 1)[0]
    grouped = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    return html_page(
        "Kunci autentikator",
        "<p>Pilih <em>Masukkan kunci</em> (Enter a setup key) di aplikasi autentikator, jenis <em>berdasarkan waktu</em>, "
        f"lalu ketik atau salin kunci ini:</p><p class='kotak kode'>{escape(grouped)}</p>"
        "<p>Jangan bagikan kunci ini kepada siapa pun.</p><p><a class='tombol' href='/keamanan'>Kembali</a></p>",
    )


async def recovery_codes(request: Request) -> Response:
    """`POST /keamanan/kode-pemulihan`, logged in with second factor: ten new recovery codes, shown once."""
    actor = await _actor(request)
    if actor is None:
        return _away("/masuk")
    try:
        codes = await executors.run_in_transaction(two_factor.create_recovery_codes, actor)
    except PermissionDenied:
        await access_log.log_denied(actor, "kode-pemulihan")
        return _away("/keamanan")
    except ReauthenticationRequired:
        return _away("/keamanan")
    items = "".join(f"<li class='kode'>{escape(code)}</li>" for code in codes)
    return html_page(
        "Kode pemulihan",
        "<p>Simpan kode ini di tempat aman, misalnya dicetak. Setiap kode hanya dapat dipakai satu kali untuk masuk bila "
        "ponsel Anda hilang. Kode lama tidak berlaku lagi, dan kode ini tidak akan ditampilkan lagi.</p>"
        f"<ol class='kotak' style='padding-left:3rem'>{items}</ol>"
        "<p><a class='tombol' href='/keamanan'>Sudah saya simpan</a></p>",
    )


async def liveness(_request: Request) -> Response:
    """`GET /sehat`, for everybody: the process answers."""
    return JSONResponse({"status": "ok"})


async def readiness(_request: Request) -> Response:
    """`GET /siap`, for everybody: the database answers and has this release's tables."""
    try:
        current = await executors.run_read_only(is_at_head)
    except SQLAlchemyError:
        current = False
    return JSONResponse({"status": "ok" if current else "belum siap"}, 200 if current else 503)


async def other_method(request: Request) -> Response:
    return html_page(
        "Cara ini tidak dilayani",
        f"<p>Alamat ini hanya menerima {escape(request.scope[ALLOWED])}.</p>"
        "<p><a class='tombol' href='/beranda'>Buka beranda</a></p>",
        405,
    )


def _guarded(endpoint: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """Failures are answered in words and reveal nothing."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except Exception as error:  # noqa: BLE001
            # The path may contain a reference, so only the route's name is logged.
            log.error("route failed", route=endpoint.__name__, error=type(error).__name__, at=exception_location(error))  # noqa: TRY400
            return html_page(
                "Sistem sedang terganggu",
                "<p>Permintaan Anda belum dapat diproses. Coba lagi beberapa menit lagi.</p>"
                "<p><a class='tombol' href='/masuk'>Kembali ke halaman masuk</a></p>",
                503 if isinstance(error, SQLAlchemyError) else 500,
            )

    return answer


def _route(path: str, endpoint: Callable[[Request], Awaitable[Response]], method: str = "GET") -> Route:
    return Route(path, _guarded(endpoint), methods=[method])


def application(settings: Settings) -> Starlette:
    """Reflex is mounted behind these routes."""
    known = [
        _route("/sesi", redeem_login_ticket, "POST"),
        _route("/sesi", session_expiry.get_session_expiry),
        _route("/sesi/perpanjang", session_expiry.post_session_extension, "POST"),
        _route("/keluar", logout, "POST"),
        _route("/konfirmasi/{ref}", continue_reset),
        _route("/keamanan/qr.svg", authenticator_qr),
        _route("/keamanan/kunci", authenticator_key),
        _route("/keamanan/kode-pemulihan", recovery_codes, "POST"),
        _route("/sehat", liveness),
        _route("/siap", readiness),
        *document_uploads.routes(),
        *documents.routes(),
        *imports.routes(),
        _route(proofs.PATH, proofs.download),
        _route("/admin/unduh", exports.download, "POST"),
    ]
    if settings.demo:
        known += [_route("/demo/surat", http.mailbox), _route("/demo/surat/{name}", http.message)]
    return Starlette(routes=[*known, MethodNotAllowedRoute(known, other_method), *api.routes()])
