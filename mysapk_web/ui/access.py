"""Who may call a handler. A handler without a policy is refused by the wall and fails a test."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import reflex as rx

from mysapk_web.organisation import access_log
from mysapk_web.organisation.actor import Actor, NotFoundError
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.platform.client import ClientContext
from mysapk_web.platform.errors import PermissionDenied, StaleRevisionError, UserError


@dataclass(frozen=True, slots=True)
class Policy:
    """Anybody, anybody logged in, or a logged-in person with one of the permissions."""

    logged_in: bool
    permissions: tuple[Permission, ...] = ()

    def allows(self, actor: Actor | None) -> bool:
        if not self.logged_in:
            return True
        if actor is None:
            return False
        return not self.permissions or any(actor.may(permission) for permission in self.permissions)


ANYONE = Policy(logged_in=False)
LOGGED_IN = Policy(logged_in=True)


def requires(*permissions: Permission) -> Policy:
    """At least one of the permissions."""
    return Policy(logged_in=True, permissions=permissions)


FRAMEWORK: dict[str, Policy] = {
    "hydrate": ANYONE,
    "hydrate_and_load": ANYONE,
    "on_load_internal": ANYONE,
    "set_is_hydrated": ANYONE,
}
"""Reflex handlers the front end needs; all others (`setvar`, storage updates ...) have no policy and are refused."""

FRAMEWORK_VALUES: dict[str, Callable[[Any], bool]] = {
    "vars": lambda given: not given,
    "hashes": lambda given: given is None or isinstance(given, list),
    "value": lambda given: isinstance(given, bool),
}
"""What the front end sends to those handlers, by argument. No var of ours is kept in the browser's storage."""

_ATTRIBUTE = "mysapk_policy"
_PASSIVE = "mysapk_passive"

_client: ContextVar[ClientContext] = ContextVar("mysapk_visitor")
_actor: ContextVar[Actor | None] = ContextVar("mysapk_actor")
_called: ContextVar[str] = ContextVar("mysapk_called", default="")


def set_context(client: ClientContext, actor: Actor | None, called: str) -> None:
    """Set the origin of this event; called by the wall only. `called` is the handler's name in our sources."""
    _client.set(client)
    _actor.set(actor)
    _called.set(called)


def client() -> ClientContext:
    return _client.get()


def actor() -> Actor:
    """Raises PermissionDenied when nobody is logged in (a handler for everybody asked for a person)."""
    person = _actor.get(None)
    if person is None:
        raise PermissionDenied("nobody is logged in")
    return person


def actor_or_none() -> Actor | None:
    return _actor.get(None)


async def log_denied() -> None:
    """For a handler that answers `PermissionDenied` in its own words."""
    person = actor_or_none()
    if person is not None:
        await access_log.log_denied(person, _called.get())


def handler(policy: Policy, *, background: bool = False, passive: bool = False) -> Callable[[Callable[..., Any]], Any]:
    """Declare an event handler with its policy, instead of `rx.event`. `AppState` shows the exceptions it raises.

    Args:
        passive: Sent by pages on their own, so an idle session still expires (ASVS 7.3.1).
    """

    def decorate(function: Callable[..., Any]) -> Any:
        guarded = _guard(function)
        setattr(guarded, _ATTRIBUTE, policy)
        setattr(guarded, _PASSIVE, passive)
        return rx.event(guarded, background=True) if background else rx.event(guarded)

    return decorate


def policy_of(function: Any) -> Policy | None:
    stated = getattr(function, _ATTRIBUTE, None)
    return stated if isinstance(stated, Policy) else None


def is_passive(function: Any) -> bool:
    return getattr(function, _PASSIVE, False) is True


def accepts_arguments(function: Callable[..., Any], payload: object) -> bool:
    """Whether a payload has every required argument and no unknown one."""
    needed, known = _arguments(function)
    return isinstance(payload, dict) and needed <= payload.keys() <= known


@functools.cache
def _arguments(function: Callable[..., Any]) -> tuple[frozenset[str], frozenset[str]]:
    """Names of the required arguments, and of all."""
    given = list(inspect.signature(function).parameters.values())[1:]
    return (
        frozenset(each.name for each in given if each.default is each.empty),
        frozenset(each.name for each in given),
    )


def _guard(function: Callable[..., Any]) -> Callable[..., Any]:
    if inspect.isasyncgenfunction(function):

        @functools.wraps(function)
        async def generator(self: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                async for step in function(self, *args, **kwargs):
                    yield step
            except Exception as error:  # noqa: BLE001  the last resort of a click: tell, never fail silently
                yield await _tell(self, error)

        return generator
    if not inspect.iscoroutinefunction(function):
        raise TypeError(f"{function.__qualname__}: handlers are async, a plain function would block everybody")

    @functools.wraps(function)
    async def coroutine(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return await function(self, *args, **kwargs)
        except Exception as error:  # noqa: BLE001
            return await _tell(self, error)

    return coroutine


async def _tell(state: Any, error: Exception) -> Any:
    """Gives the event the page has to run, besides showing the error."""
    if isinstance(error, StaleRevisionError | NotFoundError):
        try:
            await state._refresh()
        except UserError:  # what was typed no longer fits; reported when it is sent again
            pass
        except Exception as failure:  # noqa: BLE001
            error = failure
    answer = state._show_error(error)
    if isinstance(error, PermissionDenied):
        await log_denied()
    return answer
