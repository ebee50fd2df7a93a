"""The app: pages, wall, gate, background jobs. Wiring only."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

import reflex as rx
from starlette.applications import Starlette

from mysapk_web.mail.dispatcher import Dispatcher
from mysapk_web.mail.transports import make_transport
from mysapk_web.services import (
    background,
    bookkeeping,
    collecting,
    database,
    document_cleanup,
    log,
    refusals,
    retention,
)
from mysapk_web.services.background import Task, run_periodically
from mysapk_web.services.email_imports import work
from mysapk_web.services.passwords import warm_up
from mysapk_web.settings import SettingsError, load
from mysapk_web.ui import pages
from mysapk_web.ui.reaper import is_alive, reap
from mysapk_web.ui.sockets import count_unread, event_app
from mysapk_web.ui.wall import Wall, unexpected
from mysapk_web.web import routes
from mysapk_web.web.ending import Ending
from mysapk_web.web.frontend import POLICY, STATIC
from mysapk_web.web.gate import ASGIApp, Gate
from mysapk_web.web.headers import content_security_policy, script_hashes
from mysapk_web.web.pages import Pages
from mysapk_web.web.sockets import Sockets

sockets = Sockets()
ending = Ending(sockets)


@asynccontextmanager
async def warm() -> AsyncIterator[None]:
    """What the first login would wait for is done before it."""
    await asyncio.to_thread(warm_up, load())
    yield


@asynccontextmanager
async def events() -> AsyncIterator[None]:
    """Sockets know which of their events still wait."""
    count_unread(app)
    yield


@asynccontextmanager
async def mails() -> AsyncIterator[None]:
    """The outbox is sent while the server runs."""
    settings = load()
    dispatcher = Dispatcher(database.database(), settings, make_transport(settings))
    task = asyncio.create_task(dispatcher.serve(ending.begun))
    yield
    ending.begun.set()
    await task


@asynccontextmanager
async def loops() -> AsyncIterator[None]:
    """The background loops run while the server does."""
    db, watch = database.database(), bookkeeping.Watch()
    steps: dict[Task, Callable[[], Awaitable[bool]]] = {
        background.SESSIONS: partial(reap, app, sockets),
        background.COUNTS: bookkeeping.gather_counts,
        background.SEALS: partial(bookkeeping.seal_events, watch),
        background.IMPORTS: work.work_once,
        background.RETENTION: retention.tidy,
        background.DOCUMENTS: document_cleanup.clear_away,
        background.COMPARISON: document_cleanup.compare,
    }
    async with background.running(*(run_periodically(task, step, db) for task, step in steps.items())):
        yield


def _routes() -> Starlette | None:
    """Our routes; the front end is built without settings, and then nothing is served."""
    try:
        return routes.application(load())
    except SettingsError:
        return None


app = rx.App(
    html_lang="id",
    toaster=None,
    backend_exception_handler=unexpected,
    api_transformer=_routes() if os.environ.get("__REFLEX_SKIP_COMPILE") else None,
    **pages.options(),
)
app.add_middleware(Wall())
app.register_lifespan_task(ending.watch)
app.register_lifespan_task(warm)
app.register_lifespan_task(events)
app.register_lifespan_task(mails)
app.register_lifespan_task(loops)
pages.add_pages(app)


def portal() -> ASGIApp:
    """The portal as the server calls it: the gate around Reflex and around all that Reflex puts around itself (CORS, error pages)."""
    behind, settings = Pages(app(), STATIC), load()
    log.configure(settings)
    hashes = script_hashes(POLICY) if POLICY.exists() else []
    collecting.settle()
    policy = content_security_policy(settings, hashes)
    return Gate(behind, event_app(app), settings, policy, sockets, refusals.passed, is_alive)
