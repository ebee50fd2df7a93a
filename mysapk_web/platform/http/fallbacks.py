"""Answers for requests no route takes: Starlette's own do not apply below a mount, and miss odd methods and line breaks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final

from starlette.datastructures import URLPath
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, NoMatchFound, Route
from starlette.types import Receive, Scope, Send

ALLOWED: Final = "mysapk.allowed"
"""Scope key for the value of the Allow header."""

Answer = Callable[[Request], Awaitable[Response]]


class _Fallback(BaseRoute):
    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def allowed_for(self, scope: Scope) -> str | None:
        """Methods for the Allow header, "" without one; None: not for this route."""
        raise NotImplementedError

    def matches(self, scope: Scope) -> tuple[Match, dict[str, Any]]:
        allowed = self.allowed_for(scope) if scope["type"] == "http" else None
        return (Match.NONE, {}) if allowed is None else (Match.FULL, {ALLOWED: allowed})

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._answer(Request(scope, receive))
        if scope[ALLOWED]:
            response.headers["allow"] = scope[ALLOWED]
        await response(scope, receive, send)

    def url_path_for(self, name: str, /, **path_params: Any) -> URLPath:
        raise NoMatchFound(name, path_params)


class MethodNotAllowedRoute(_Fallback):
    """A path of the given routes with a method none of them has (RFC 9110 15.5.6)."""

    def __init__(self, routes: Iterable[Route], answer: Answer) -> None:
        super().__init__(answer)
        self._routes = tuple(routes)

    def allowed_for(self, scope: Scope) -> str | None:
        found = [route.methods or set() for route in self._routes if route.matches(scope)[0] is not Match.NONE]
        return ", ".join(sorted(set[str]().union(*found))) if found else None


class PrefixRoute(_Fallback):
    def __init__(self, prefix: str, answer: Answer) -> None:
        super().__init__(answer)
        self._prefix = prefix

    def allowed_for(self, scope: Scope) -> str | None:
        return "" if scope["path"].startswith(self._prefix) else None
