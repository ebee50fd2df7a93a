"""The app: pages, wall, gate, background jobs. Wiring only."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import reflex as rx
from starlette.applications import Starlette

from mysapk_web.mail.dispatcher import Dispatcher
from mysapk_web.mail.transports import make_transport
from mysapk_web.services import collecting, database, documents, log, refusals
from mysapk_web.services.bookkeeping import keep_for_ever
from mysapk_web.services.email_imports.work import work_for_ever
from mysapk_web.services.passwords import warm_up
from mysapk_web.services.retention import tidy_for_ever
from mysapk_web.settings import SettingsError, load
from mysapk_web.ui import pages
from mysapk_web.ui.reaper import reap_for_ever
from mysapk_web.ui.sockets import event_app
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
async def reaper() -> AsyncIterator[None]:
    """Ended sessions lose their sockets while the server runs."""
    await asyncio.to_thread(warm_up, load())
    task = asyncio.create_task(reap_for_ever(app, sockets))
    yield
    task.cancel()


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
async def housekeeping() -> AsyncIterator[None]:
    """What has served its time, and documents that nobody holds any more, are thrown away while the server runs."""
    tasks = [asyncio.create_task(tidy_for_ever()), asyncio.create_task(documents.collect_for_ever())]
    yield
    for task in tasks:
        task.cancel()


@asynccontextmanager
async def bookkeeping() -> AsyncIterator[None]:
    """Counts are gathered and the trail is sealed while the server runs."""
    task = asyncio.create_task(keep_for_ever())
    yield
    task.cancel()


@asynccontextmanager
async def imports() -> AsyncIterator[None]:
    """Lists of addresses are read and applied while the server runs."""
    task = asyncio.create_task(work_for_ever())
    yield
    task.cancel()


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
app.register_lifespan_task(reaper)
app.register_lifespan_task(mails)
app.register_lifespan_task(housekeeping)
app.register_lifespan_task(imports)
app.register_lifespan_task(bookkeeping)
pages.add_pages(app)


def portal() -> ASGIApp:
    """The portal as the server calls it: the gate around Reflex and around all that Reflex puts around itself (CORS, error pages)."""
    behind, settings = Pages(app(), STATIC), load()
    log.configure(settings)
    hashes = script_hashes(POLICY) if POLICY.exists() else []
    collecting.settle()
    policy = content_security_policy(settings, hashes)
    return Gate(behind, event_app(app), settings, policy, sockets, refusals.passed)
