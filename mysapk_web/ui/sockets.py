"""Where a websocket that has passed the gate goes on: to the socket server of Reflex at once.

Reflex mounts it below three stacks of HTTP layers (errors, CORS, routing). None of them does anything for a websocket but wrap each of its
messages, and keep some ten kilobytes a socket.
"""

from __future__ import annotations

import reflex as rx
from reflex.app import _ContextMiddleware
from starlette.routing import Mount
from starlette.types import ASGIApp

from mysapk_web.web.gate import EVENT_PATH


def event_app(app: rx.App) -> ASGIApp:
    """The ASGI app that speaks Socket.IO, with the contexts that Reflex attaches to every request.

    Args:
        app: With its API made.

    Raises:
        RuntimeError: Reflex has put it elsewhere: another release than the one that is pinned.
    """
    routes = app._api.routes if app._api is not None else ()
    for route in routes:
        if isinstance(route, Mount) and route.path == EVENT_PATH:
            return _ContextMiddleware(route.app, reflex_app=app)
    raise RuntimeError(f"Reflex serves no socket at {EVENT_PATH}")
