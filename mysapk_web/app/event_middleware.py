"""The wall inside Reflex: runs before every handler, refuses what no policy allows, and binds state to its session.

For another session with the same client token, a hydrate empties the tree first; every other event is refused.
"""

from __future__ import annotations

from typing import Any

import reflex as rx
import structlog
from reflex.app import App
from reflex.middleware.middleware import Middleware
from reflex.state import BaseState, StateUpdate
from reflex_base.constants import RouteVar, SocketEvent
from reflex_base.event import Event
from reflex_base.registry import RegistrationContext
from sqlalchemy.exc import SQLAlchemyError

from mysapk_web.accounts import sessions
from mysapk_web.organisation import access_log
from mysapk_web.organisation.actor import Actor
from mysapk_web.platform import executors
from mysapk_web.platform.client import ClientContext
from mysapk_web.platform.log import exception_location, warn_throttled
from mysapk_web.settings import get_settings
from mysapk_web.ui import access
from mysapk_web.ui.access import Policy
from mysapk_web.ui.state import NOT_ALLOWED, OUTDATED, STORE_DOWN, AppState

log = structlog.get_logger(__name__)

_HYDRATES = frozenset({"hydrate", "hydrate_and_load"})


def policy_for(event_name: str) -> Policy | None:
    """The policy of a registered handler by its full name; None: nobody may call it."""
    registered = RegistrationContext.get().event_handlers.get(event_name)
    if registered is None:
        return None
    stated = access.policy_of(registered.handler.fn)
    if stated is not None:
        return stated
    owner = registered.states[0] if registered.states else None
    if owner is not None and owner.__module__.startswith("reflex."):
        return access.FRAMEWORK.get(event_name.rsplit(".", 1)[-1])
    return None


def is_passive(event_name: str) -> bool:
    registered = RegistrationContext.get().event_handlers.get(event_name)
    return registered is not None and access.is_passive(registered.handler.fn)


def handler_name(event_name: str) -> str:
    """The name in our own sources; what comes over the wire may be any text."""
    registered = RegistrationContext.get().event_handlers.get(event_name)
    return str(registered.handler.fn.__qualname__) if registered is not None else "tidak dikenal"


def has_valid_arguments(event: Event) -> bool:
    """False for pages of another release, or a script that sends anything."""
    function = RegistrationContext.get().event_handlers[event.name].handler.fn
    if not access.accepts_arguments(function, event.payload):
        return False
    if access.policy_of(function) is not None:
        return True
    return all(access.FRAMEWORK_VALUES[name](given) for name, given in event.payload.items())


def client_from(router_data: dict[str, Any]) -> ClientContext:
    """The client of an event, from what the gate put into the headers of its socket; nothing in them comes from the browser."""
    headers = router_data.get("headers") or {}
    parts = str(headers.get("authorization", "")).split(" ")
    if len(parts) != 3 or parts[0] != "Sesi":
        return ClientContext()
    known = [part if part != "-" else "" for part in parts[1:]]
    return ClientContext(
        session_ref=known[0],
        browser_ref=known[1],
        client_address=str(headers.get("asgi-scope-client", "")),
        user_agent=str(headers.get("user-agent", ""))[:400],
        page_ref=sessions.hash_secret(str(router_data.get(RouteVar.CLIENT_TOKEN, ""))),
    )


def log_unhandled(exception: Exception) -> None:
    """Log what escapes a handler by kind and location, and answer nothing (Reflex would send a script)."""
    log.error("event failed", error=type(exception).__name__, at=exception_location(exception))


class EventAuthMiddleware(Middleware):
    async def preprocess(self, app: App, state: BaseState, event: Event) -> StateUpdate | None:
        """Let an event through (None), or answer it here."""
        root = state._get_root_state()
        client = client_from(root.router_data)
        policy = policy_for(event.name)
        app_state = await root.get_state(AppState)
        try:
            actor = await _read(client, passive=is_passive(event.name))
        except SQLAlchemyError as error:
            log.error("session could not be read", error=type(error).__name__)  # noqa: TRY400
            return await _sentence(root, app_state, STORE_DOWN)
        owner = f"sesi:{client.session_ref}" if actor is not None else f"peramban:{client.browser_ref}"
        if app_state._bound != owner and not _take_over(root, app_state, owner, event):
            warn_throttled(log, "event refused", reason="state of another session")
            await reload_page(app, str(root.router_data.get("sid", "")))
            return StateUpdate()
        if policy is None or not policy.allows(actor):
            reason = "no policy" if policy is None else "not admitted"
            warn_throttled(log, "event refused", reason=reason, logged_in=actor is not None)
            if actor is not None:
                await access_log.log_denied(actor, handler_name(event.name))
            return await _refusal(root, app_state, client, actor)
        if not has_valid_arguments(event):
            warn_throttled(log, "event refused", reason="arguments")
            return await _sentence(root, app_state, OUTDATED)
        access.set_context(client, actor, handler_name(event.name))
        return None


async def _read(client: ClientContext, *, passive: bool) -> Actor | None:
    if not client.session_ref:
        return None
    settings = get_settings()
    actor = await executors.read_batched(sessions.read_actor, settings, client)
    if actor is not None and not passive and sessions.needs_touch(actor, settings):
        await executors.run_in_transaction(sessions.touch, client.session_ref)
    return actor


def _take_over(root: BaseState, app_state: AppState, owner: str, event: Event) -> bool:
    """Empty a tree for another session; possible only at a hydrate, which has the whole tree loaded."""
    if app_state._bound:
        if event.name.rsplit(".", 1)[-1] not in _HYDRATES:
            return False
        root.reset()  # type: ignore[no-untyped-call]
    app_state._bound = owner
    return True


async def _refusal(root: BaseState, app_state: AppState, client: ClientContext, actor: Actor | None) -> StateUpdate:
    """A user reads a sentence; a visitor is led to the login."""
    if actor is None:
        path = "/masuk?sesi=berakhir" if client.session_ref else "/masuk"
        return StateUpdate(events=Event.from_event_type(rx.redirect(path)))
    return await _sentence(root, app_state, NOT_ALLOWED)


async def _sentence(root: BaseState, app_state: AppState, sentence: str) -> StateUpdate:
    """Send a sentence and nothing else of the tree, which may be another session's."""
    app_state._finish(faults={"": sentence})
    delta = await root._get_resolved_delta()
    root._clean()  # type: ignore[no-untyped-call]
    name = app_state.get_full_name()
    return StateUpdate(delta={name: delta[name]})


async def reload_page(app: App, sid: str) -> None:
    """Make a page reload, because its session has ended or changed.

    Reflex has this message for pages of another release; it needs no script from the server, so the CSP stays strict.
    """
    namespace = app.event_namespace
    if namespace is not None and sid:
        message = {"backend": "", "reload_cooldown_ms": 0}
        await namespace.emit(str(SocketEvent.STATE_MISMATCH), message, to=sid)
