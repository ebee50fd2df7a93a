"""What goes wrong inside a page without anybody looking at it."""

from __future__ import annotations

import re

from playwright.sync_api import BrowserContext, Request, Response

_CSP = "addEventListener('securitypolicyviolation', e => console.error(`CSP ${e.violatedDirective} ${e.blockedURI}`))"


class Watch:
    """Collects console errors, script errors, violations of the content policy and failed requests of our own origin."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.found: list[str] = []
        self._expected: list[str] = []

    def over(self, context: BrowserContext) -> None:
        """Watch all pages of a browser."""
        context.add_init_script(_CSP)
        context.on("console", lambda said: self.found.append(f"console: {said.text}") if said.type == "error" else None)
        context.on("weberror", lambda failed: self.found.append(f"script: {failed.error}"))
        context.on("requestfailed", self._failed)
        context.on("response", self._answered)

    def _failed(self, request: Request) -> None:
        # A page that is left while something is still on its way is no fault.
        if request.url.startswith(self.base) and request.failure != "net::ERR_ABORTED":
            self.found.append(f"request: {request.failure} {request.url}")

    def _answered(self, response: Response) -> None:
        if response.url.startswith(self.base) and response.status >= 400:
            self.found.append(f"status: {response.status} {response.url}")

    def expect(self, *patterns: str) -> None:
        """Announce what the test brings about itself."""
        self._expected += patterns

    def unexpected(self) -> list[str]:
        """What was found and not announced."""
        return [line for line in self.found if not any(re.search(pattern, line) for pattern in self._expected)]
