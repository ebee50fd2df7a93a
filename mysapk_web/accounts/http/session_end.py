"""`/sesi` for the scripts of a page: when the session ends, and that it is to go on. Pages ask by themselves: asking prolongs nothing."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mysapk_web.accounts import session_end
from mysapk_web.accounts.session_end import SessionEnd
from mysapk_web.platform import executors
from mysapk_web.settings import load


def _told(end: SessionEnd | None) -> Response:
    """Seconds and not a moment: the clock of the browser may be wrong."""
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


async def read(request: Request) -> Response:
    """`GET /sesi`, for everybody: what is left of the session of this browser."""
    return _told(await executors.look(session_end.read_end, load(), request.scope["mysapk.visitor"]))


async def extend(request: Request) -> Response:
    """`POST /sesi/perpanjang`, for everybody: the person wants to stay logged in."""
    return _told(await executors.run(session_end.extend, load(), request.scope["mysapk.visitor"]))
