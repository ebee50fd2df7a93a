"""Closes open sockets of ended sessions, within 5 s of a reset, a role change or a disabled account."""

from __future__ import annotations

import asyncio

from reflex.app import App
from sqlalchemy.exc import SQLAlchemyError

from mysapk_web.accounts import sessions
from mysapk_web.app.event_middleware import reload_page
from mysapk_web.platform import executors
from mysapk_web.platform.client import ClientContext
from mysapk_web.platform.http.sockets import CLOSE_POLICY, OpenSocket, SocketRegistry
from mysapk_web.settings import get_settings

GRACE = 0.5
"""Seconds a page has to start reloading before its socket is closed."""


async def has_live_session(client: ClientContext) -> bool:
    """Whether a new socket depends on a session. Without a database it does: nothing is known then."""
    try:
        return await executors.read_batched(sessions.read_actor, get_settings(), client) is not None
    except SQLAlchemyError:
        return True


async def reap(app: App, sockets: SocketRegistry) -> bool:
    """Close the sockets of ended sessions. If it fails, the wall still reads the session at every event."""
    refs = sockets.session_refs()
    if not refs:
        return False
    ended = await executors.run_read_only(sessions.expired_session_refs, get_settings(), refs)
    doomed = [socket for ref in ended for socket in sockets.for_session(ref)]
    await asyncio.gather(*(_close(app, socket) for socket in doomed))
    return False


async def _close(app: App, socket: OpenSocket) -> None:
    namespace = app.event_namespace
    sid = namespace.token_to_sid.get(socket.client_token, "") if namespace is not None else ""
    await reload_page(app, sid)
    await asyncio.sleep(GRACE)
    socket.close(CLOSE_POLICY)
