"""Routing websockets that passed the gate straight to Reflex' Socket.IO server.

Reflex mounts it below three HTTP stacks (errors, CORS, routing), which do nothing for a websocket but wrap its messages
and cost ten kilobytes per socket. Events are checked before Reflex sees them: it keeps unknown ones in memory forever,
and logs several lines for malformed ones.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

import reflex as rx
import structlog
from reflex.app import EventNamespace, _ContextMiddleware
from reflex_base.registry import RegistrationContext
from starlette.routing import Mount
from starlette.types import ASGIApp

from mysapk_web.accounts.http.gate import EVENT_PATH, SOCKET
from mysapk_web.app.event_middleware import reload_page
from mysapk_web.platform.http.sockets import OpenSocket
from mysapk_web.platform.log import warn_throttled

log = structlog.get_logger(__name__)

_arriving: ContextVar[OpenSocket | None] = ContextVar("arriving", default=None)
"""The socket whose frame is being turned into an event."""


def event_app(app: rx.App) -> ASGIApp:
    """The Socket.IO app with the contexts Reflex attaches to every request.

    Raises:
        RuntimeError: This Reflex release has put it elsewhere.
    """
    routes = app._api.routes if app._api is not None else ()
    for route in routes:
        if isinstance(route, Mount) and route.path == EVENT_PATH and app.event_namespace is not None:
            namespace = app.event_namespace
            namespace.on_event = _checked(app, namespace, namespace.on_event)  # type: ignore[method-assign,assignment]
            return _ContextMiddleware(route.app, reflex_app=app)
    raise RuntimeError(f"Reflex serves no socket at {EVENT_PATH}")


def count_unread(app: rx.App) -> None:
    """Let every event release its socket's unread bytes when it has ended."""
    processor = app.event_processor
    enqueue = processor.enqueue

    async def counted(*args: Any, **kwargs: Any) -> Any:
        socket = _arriving.get()
        event = await enqueue(*args, **kwargs)
        if socket is not None:
            socket.release_after(event)
        return event

    processor.enqueue = counted  # type: ignore[method-assign]


def is_event(data: Any) -> bool:
    """Whether data names a registered handler and has the page fields Reflex reads; the wall checks the arguments."""
    if not isinstance(data, dict) or not isinstance(data.get("router_data", {}), dict):
        return False
    name = data.get("name")
    return isinstance(name, str) and name in RegistrationContext.get().event_handlers


def _checked(
    app: rx.App, namespace: EventNamespace, on_event: Callable[[str, Any], Awaitable[None]]
) -> Callable[..., Awaitable[None]]:
    async def checked(sid: str, *data: Any) -> None:
        if len(data) != 1 or not is_event(data[0]):
            # A page of another release calls a handler that is gone: it reloads, so that its button works.
            warn_throttled(log, "event malformed")
            await reload_page(app, sid)
            return
        environ = app.sio.get_environ(sid, namespace.namespace) if app.sio is not None else None
        token = _arriving.set((environ or {}).get("asgi.scope", {}).get(SOCKET))
        try:
            await on_event(sid, data[0])
        finally:
            _arriving.reset(token)

    return checked
