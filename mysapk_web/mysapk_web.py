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
from mysapk_web.accounts import access_log
from mysapk_web.accounts.http.gate import EdgeMiddleware
from mysapk_web.accounts.passwords import warm_up
from mysapk_web.administration.imports import worker
from mysapk_web.app import maintenance, retention, routes
from mysapk_web.app.event_middleware import EventAuthMiddleware, log_unhandled
from mysapk_web.app.event_socket import count_unread, event_app
from mysapk_web.app.mail_dispatcher import MailDispatcher
from mysapk_web.app.socket_reaper import has_live_session, reap
from mysapk_web.pdm import document_cleanup
from mysapk_web.platform import background, executors, gc_tuning, log
from mysapk_web.platform.background import Task, run_periodically
from mysapk_web.platform.http.asgi import ASGIApp
from mysapk_web.platform.http.frontend import POLICY, STATIC
from mysapk_web.platform.http.headers import content_security_policy, script_hashes
from mysapk_web.platform.http.shutdown import GracefulShutdown
from mysapk_web.platform.http.sockets import SocketRegistry
from mysapk_web.platform.http.static_site import StaticPages
from mysapk_web.platform.mail.transports import make_transport
from mysapk_web.settings import SettingsError, get_settings

sockets = SocketRegistry()
shutdown = GracefulShutdown(sockets)


@asynccontextmanager
async def warm() -> AsyncIterator[None]:
    await asyncio.to_thread(warm_up, get_settings())
    yield


@asynccontextmanager
async def events() -> AsyncIterator[None]:
    count_unread(app)
    yield


@asynccontextmanager
async def mails() -> AsyncIterator[None]:
    settings = get_settings()
    dispatcher = MailDispatcher(executors.database(), settings, make_transport(settings))
    task = asyncio.create_task(dispatcher.serve(shutdown.started))
    yield
    shutdown.started.set()
    await task


@asynccontextmanager
async def loops() -> AsyncIterator[None]:
    db, watch = executors.database(), maintenance.ChainWatch()
    steps: dict[Task, Callable[[], Awaitable[bool]]] = {
        background.SESSIONS: partial(reap, app, sockets),
        background.COUNTS: maintenance.gather_counts,
        background.SEALS: partial(maintenance.seal_events, watch),
        background.IMPORTS: worker.run_once,
        background.RETENTION: retention.tidy,
        background.DOCUMENTS: document_cleanup.clean_up,
        background.COMPARISON: document_cleanup.compare_with_rows,
    }
    async with background.running_tasks(*(run_periodically(task, step, db) for task, step in steps.items())):
        yield


def _routes() -> Starlette | None:
    """None while the front end is built, which has no settings."""
    try:
        return routes.application(get_settings())
    except SettingsError:
        return None


app = rx.App(
    html_lang="id",
    toaster=None,
    backend_exception_handler=log_unhandled,
    api_transformer=_routes() if os.environ.get("__REFLEX_SKIP_COMPILE") else None,
    **pages.options(),
)
app.add_middleware(EventAuthMiddleware())
app.register_lifespan_task(shutdown.handle_signals)
app.register_lifespan_task(warm)
app.register_lifespan_task(events)
app.register_lifespan_task(mails)
app.register_lifespan_task(loops)
pages.add_pages(app)


def portal() -> ASGIApp:
    """The ASGI app for the server: the gate around Reflex and all of its own layers (CORS, error pages)."""
    behind, settings = StaticPages(app(), STATIC), get_settings()
    log.configure(settings)
    hashes = script_hashes(POLICY) if POLICY.exists() else []
    gc_tuning.freeze_gc()
    policy = content_security_policy(settings, hashes)
    return EdgeMiddleware(
        behind, event_app(app), settings, policy, sockets, access_log.log_limit_exceeded, has_live_session
    )
