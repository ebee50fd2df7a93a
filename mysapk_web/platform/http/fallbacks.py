"""Answers for paths that no route takes as they are asked: a method that is not there, anything else below a prefix.

Starlette answers a wrong method by itself only where nothing is mounted behind its routes; here the pages are, and they say 404. Its own
catch-all lets line breaks, and methods that it does not list, through to them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final

from starlette.datastructures import URLPath
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, NoMatchFound, Route
from starlette.types import Receive, Scope, Send

ALLOWED: Final = "mysapk.allowed"
"""Key of the scope that carries the methods of a path, as the header Allow says them."""

Answer = Callable[[Request], Awaitable[Response]]


class _Fallback(BaseRoute):
    """Answers whatever `allowed_for` says something of."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def allowed_for(self, scope: Scope) -> str | None:
        """The methods of a path, "" when they don't matter; None: it is somebody else's."""
        raise NotImplementedError

    def matches(self, scope: Scope) -> tuple[Match, dict[str, Any]]:
        """Whether the answer is due."""
        allowed = self.allowed_for(scope) if scope["type"] == "http" else None
        return (Match.NONE, {}) if allowed is None else (Match.FULL, {ALLOWED: allowed})

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        response = await self._answer(Request(scope, receive))
        if scope[ALLOWED]:
            response.headers["allow"] = scope[ALLOWED]
        await response(scope, receive, send)

    def url_path_for(self, name: str, /, **path_params: Any) -> URLPath:
        """It has no address of its own."""
        raise NoMatchFound(name, path_params)


class MethodNotAllowedRoute(_Fallback):
    """A path of some routes, asked with a method that none of them has (RFC 9110 15.5.6)."""

    def __init__(self, routes: Iterable[Route], answer: Answer) -> None:
        super().__init__(answer)
        self._routes = tuple(routes)

    def allowed_for(self, scope: Scope) -> str | None:
        """The methods of all routes that have the path."""
        found = [route.methods or set() for route in self._routes if route.matches(scope)[0] is not Match.NONE]
        return ", ".join(sorted(set[str]().union(*found))) if found else None


class PrefixRoute(_Fallback):
    """Everything below a prefix."""

    def __init__(self, prefix: str, answer: Answer) -> None:
        super().__init__(answer)
        self._prefix = prefix

    def allowed_for(self, scope: Scope) -> str | None:
        """All methods alike."""
        return "" if scope["path"].startswith(self._prefix) else None
