"""The app: pages, wall, gate, background jobs. Wiring only."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

import reflex as rx
from starlette.applications import Starlette

from mysapk_web import pages
from mysapk_web.accounts import visitor_log
from mysapk_web.accounts.http.gate import Gate
from mysapk_web.accounts.passwords import warm_up
from mysapk_web.administration.email_imports import work
from mysapk_web.app import maintenance, retention, routes
from mysapk_web.app.dispatcher import Dispatcher
from mysapk_web.app.event_middleware import Wall, unexpected
from mysapk_web.app.socket_reaper import is_alive, reap
from mysapk_web.app.sockets import count_unread, event_app
from mysapk_web.pdm import document_cleanup
from mysapk_web.platform import background, executors, gc_tuning, log
from mysapk_web.platform.background import Task, run_periodically
from mysapk_web.platform.http.asgi import ASGIApp
from mysapk_web.platform.http.frontend import POLICY, STATIC
from mysapk_web.platform.http.headers import content_security_policy, script_hashes
from mysapk_web.platform.http.shutdown import Ending
from mysapk_web.platform.http.sockets import Sockets
from mysapk_web.platform.http.static_site import Pages
from mysapk_web.platform.mail.transports import make_transport
from mysapk_web.settings import SettingsError, load

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
    dispatcher = Dispatcher(executors.database(), settings, make_transport(settings))
    task = asyncio.create_task(dispatcher.serve(ending.begun))
    yield
    ending.begun.set()
    await task


@asynccontextmanager
async def loops() -> AsyncIterator[None]:
    """The background loops run while the server does."""
    db, watch = executors.database(), maintenance.Watch()
    steps: dict[Task, Callable[[], Awaitable[bool]]] = {
        background.SESSIONS: partial(reap, app, sockets),
        background.COUNTS: maintenance.gather_counts,
        background.SEALS: partial(maintenance.seal_events, watch),
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
    gc_tuning.settle()
    policy = content_security_policy(settings, hashes)
    return Gate(behind, event_app(app), settings, policy, sockets, visitor_log.passed, is_alive)
