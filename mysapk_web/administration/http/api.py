"""`/api/v1/`: importing addresses for the personnel systems of agencies (seeds 001 and 004). Described by `/api/v1/openapi.json`.

The gate lets this prefix through without Origin and without cookies, refuses browsers, and hands the bearer token over apart.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from mysapk_web.accounts.http.gate import API_PREFIX, BEARER
from mysapk_web.administration.email_imports.api_tokens import Caller, caller_of
from mysapk_web.administration.http import openapi
from mysapk_web.administration.http.imports import discard_file, fault_of, receive_file, report_file, upload_slot
from mysapk_web.administration.imports.create import admit_upload_by_token, begin_by_token
from mysapk_web.administration.imports.queries import run_of_token
from mysapk_web.administration.imports.reports import take_report_by_token
from mysapk_web.organisation import rate_limiting
from mysapk_web.platform import executors
from mysapk_web.platform.client import ClientContext
from mysapk_web.platform.errors import CommittingUserError
from mysapk_web.platform.http.fallbacks import ALLOWED, MethodNotAllowedRoute, PrefixRoute
from mysapk_web.platform.http.uploads import drain
from mysapk_web.platform.imports.queries import RunView
from mysapk_web.platform.imports.rules import RunState
from mysapk_web.platform.rules.row_id import parse_row_id
from mysapk_web.platform.spreadsheet_writer import FileFormat
from mysapk_web.rate_limits import API_CALLS_PER_TOKEN, API_FAILURES_PER_NETWORK
from mysapk_web.settings import get_settings

Answer = Callable[[Request, Caller], Awaitable[Response]]

MODES: Final = ("apply", "check")
_NOT_FOUND: Final = (404, "tidak-ditemukan", "Impor ini tidak ditemukan untuk token ini.")
_NO_TOKEN: Final = (
    401,
    "token-salah",
    (
        "Token tidak ada, salah, sudah dicabut, sudah berakhir, atau pembuatnya tidak lagi menjadi admin instansi. "
        "Mintalah token baru kepada Admin Instansi."
    ),
)
_TOO_OFTEN: Final = (429, "terlalu-sering", "Terlalu sering. Tunggu beberapa menit, lalu coba lagi.")


class _ApiRateLimitError(CommittingUserError):
    pass


def _identify(session: Any, bearer: str, address: str) -> Caller | None:
    """Who calls; wrong tokens are counted by network address, right ones by token."""
    caller = caller_of(session, bearer)
    by = ClientContext(client_address=address)
    if caller is None:
        within = rate_limiting.allow_network(session, API_FAILURES_PER_NETWORK, by)
    else:
        token, agency = caller.token_id, caller.instansi_id
        within = rate_limiting.allow(session, API_CALLS_PER_TOKEN, str(token), by, instansi_id=agency, token_id=token)
    if not within:
        raise _ApiRateLimitError("")
    return caller


async def create(request: Request, caller: Caller) -> Response:
    """`POST /api/v1/email-imports`: the body is the list."""
    mode = request.query_params.get("mode", "apply")
    if mode not in MODES:
        await drain(request)
        return _error(400, "mode-salah", "Parameter mode hanya dapat berisi apply atau check.")
    async with upload_slot(f"token:{caller.token_id}"):
        await executors.run_in_transaction(admit_upload_by_token, caller)
        taken = await receive_file(request)
        try:
            run_id = await executors.run_in_transaction(begin_by_token, caller, taken, auto_apply=mode == "apply")
        except BaseException:
            discard_file(taken)
            raise
    found = await executors.run_read_only(run_of_token, caller, run_id)
    return JSONResponse(_shown(found) if found else {}, 202, {"location": f"/api/v1/email-imports/{run_id}"})


async def show(request: Request, caller: Caller) -> Response:
    """`GET /api/v1/email-imports/{id}`: how far it is, and the verdicts."""
    found = await executors.run_read_only(run_of_token, caller, parse_row_id(request.path_params["run_id"]))
    return JSONResponse(_shown(found)) if found else _error(*_NOT_FOUND)


async def report(request: Request, caller: Caller) -> Response:
    """`GET /api/v1/email-imports/{id}/report`: the rows that were not taken over."""
    run_id, kind = parse_row_id(request.path_params["run_id"]), request.query_params.get("format", "csv")
    if kind not in set(FileFormat):
        return _error(400, "format-salah", "Parameter format hanya dapat berisi csv atau xlsx.")
    found = await executors.run_read_only(run_of_token, caller, run_id)
    if found is None:
        return _error(*_NOT_FOUND)
    if found.state is RunState.READING:
        return _error(409, "belum-selesai", "Berkas masih diperiksa. Coba lagi beberapa detik lagi.")
    if not found.has_rows:
        return _error(409, "dibuang", "Impor ini sudah dibuang, jadi tidak ada laporannya. Kirim lagi berkasnya.")
    take = partial(take_report_by_token, executors.database(), caller, run_id)
    return await report_file(take, run_id, FileFormat(kind))


async def describe(_request: Request) -> Response:
    """`GET /api/v1/openapi.json`, for everybody."""
    return JSONResponse(openapi.document(get_settings()))


async def unknown(request: Request) -> Response:
    """Everything else under the prefix."""
    await drain(request)
    return _error(404, "tidak-ada", "Alamat ini tidak ada. Lihat /api/v1/openapi.json.")


async def other_method(request: Request) -> Response:
    """A path of this module, asked with a method that it has not."""
    await drain(request)
    return _error(
        405, "metode-salah", f"Alamat ini hanya menerima {request.scope[ALLOWED]}. Lihat /api/v1/openapi.json."
    )


def _shown(run: RunView) -> dict[str, Any]:
    return {
        "id": run.id,
        "state": run.state.value,
        "state_label": run.state.label,
        "finished": not run.state.busy,
        "file_name": run.file_name,
        "created_at": run.created_at.isoformat(),
        "finished_at": run.finished_at.isoformat() if run.finished_at else None,
        "rows": run.total,
        "percent": run.percent,
        "accepted": run.good,
        "applied": run.applied,
        "undone": run.undone,
        "verdicts": [
            {"verdict": verdict.value, "label": verdict.label, "advice": verdict.advice, "rows": count}
            for verdict, count in run.counts.items()
        ],
        "error": run.error or None,
        "links": {
            "self": f"/api/v1/email-imports/{run.id}",
            "report": f"/api/v1/email-imports/{run.id}/report",
        },
    }


def _error(status: int, code: str, message: str) -> JSONResponse:
    headers = {"www-authenticate": "Bearer"} if status == 401 else {}
    if status in {429, 503}:
        headers["retry-after"] = "60"
    return JSONResponse({"error": {"code": code, "message": message}}, status, headers)


def _for_token(answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            caller = await executors.run_in_transaction(
                _identify, request.scope.get(BEARER, ""), request.scope["client"][0]
            )
            if caller is not None:
                return await answer(request, caller)
            fault = _NO_TOKEN
        except _ApiRateLimitError:
            fault = _TOO_OFTEN
        except Exception as error:  # noqa: BLE001  whatever fails is answered in words
            fault = fault_of(error)
        if fault[0] != 408:
            await drain(request)
        return _error(*fault)

    return endpoint


def routes() -> list[BaseRoute]:
    """The routes of this module; what is none of them, or of none of their methods, is answered in JSON, too."""
    known = [
        Route("/api/v1/openapi.json", describe, methods=["GET"]),
        Route("/api/v1/email-imports", _for_token(create), methods=["POST"]),
        Route("/api/v1/email-imports/{run_id}", _for_token(show), methods=["GET"]),
        Route("/api/v1/email-imports/{run_id}/report", _for_token(report), methods=["GET"]),
    ]
    return [*known, MethodNotAllowedRoute(known, other_method), PrefixRoute(API_PREFIX, unknown)]
