"""Closes the open sockets of sessions that have ended: within 5 s of a reset, a change of role or a disabled account (DESIGN 4)."""

from __future__ import annotations

import asyncio

import structlog
from reflex.app import App

from mysapk_web.services import database, session
from mysapk_web.services.log import place_of
from mysapk_web.settings import load
from mysapk_web.ui.wall import reload_page
from mysapk_web.web.gate import CLOSE_POLICY
from mysapk_web.web.sockets import OpenSocket, Sockets

log = structlog.get_logger(__name__)

LOOK_EVERY = 2.0
"""Seconds between two looks."""
GRACE = 0.5
"""Seconds that a page has to begin loading itself again before its socket is closed."""


async def reap_for_ever(app: App, sockets: Sockets) -> None:
    """Look again and again, until the server stops.

    Args:
        app: For the message to the page.
        sockets: The open sockets of this process.
    """
    while True:
        await asyncio.sleep(LOOK_EVERY)
        try:
            await reap(app, sockets)
        except Exception as error:  # noqa: BLE001
            # The wall reads the session at every event, so nothing is open meanwhile; the next look may succeed.
            log.warning("sessions could not be looked through", error=type(error).__name__, at=place_of(error))


async def reap(app: App, sockets: Sockets) -> int:
    """Close the sockets of all sessions that have ended.

    Args:
        app: For the message to the page.
        sockets: The open sockets of this process.

    Returns:
        How many were closed.
    """
    refs = sockets.sessions()
    if not refs:
        return 0
    ended = await database.look(session.ended_among, load(), refs)
    doomed = [socket for ref in ended for socket in sockets.of(ref)]
    await asyncio.gather(*(_close(app, socket) for socket in doomed))
    return len(doomed)


async def _close(app: App, socket: OpenSocket) -> None:
    namespace = app.event_namespace
    sid = namespace.token_to_sid.get(socket.token, "") if namespace is not None else ""
    await reload_page(app, sid)
    await asyncio.sleep(GRACE)
    socket.shut(CLOSE_POLICY)
