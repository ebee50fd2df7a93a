"""`/sesi` for the scripts of a page. Pages poll it by themselves: polling prolongs nothing."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mysapk_web.accounts import session_expiry
from mysapk_web.accounts.session_expiry import SessionExpiry
from mysapk_web.platform import executors
from mysapk_web.settings import get_settings


def _as_json(end: SessionExpiry | None) -> Response:
    """Seconds, not a moment: the clock of the browser may be wrong."""
    if end is None:
        return JSONResponse({"alive": False})
    return JSONResponse(
        {
            "alive": True,
            "left": end.left.total_seconds(),
            "warning": end.warning.total_seconds(),
            "extendable": end.extendable,
            "key": end.typing_key,
        }
    )


async def get_session_expiry(request: Request) -> Response:
    """`GET /sesi`, for everybody."""
    return _as_json(
        await executors.run_read_only(session_expiry.read_expiry, get_settings(), request.scope["mysapk.visitor"])
    )


async def post_session_extension(request: Request) -> Response:
    """`POST /sesi/perpanjang`, for everybody: the person wants to stay logged in."""
    return _as_json(
        await executors.run_in_transaction(
            session_expiry.extend_session, get_settings(), request.scope["mysapk.visitor"]
        )
    )
