"""The socket between a page and the server, with a hand on it: what is sent can be counted and held back."""

from __future__ import annotations

from playwright.sync_api import Page, WebSocketRoute


class Line:
    """Stands between one tab and the server. Use `Line(page)` before the page is opened."""

    def __init__(self, page: Page, *, dead: bool = False) -> None:
        self.held = False
        self.sent: list[str] = []
        self._kept: list[tuple[WebSocketRoute, str | bytes]] = []
        self._dead = dead
        self._ends: tuple[WebSocketRoute, ...] = ()
        self.opened = 0
        page.route_web_socket("**/_event/**", self._open)

    def _open(self, socket: WebSocketRoute) -> None:
        if self._dead:
            return
        server = socket.connect_to_server()
        self._ends, self.opened = (socket, server), self.opened + 1

        def outwards(message: str | bytes) -> None:
            self.sent.append(str(message))
            if self.held:
                self._kept.append((server, message))
            else:
                server.send(message)

        socket.on_message(outwards)

    def cut(self, page: Page) -> None:
        """The line is lost at both ends; goes on when the page has made another one and has loaded over it."""
        opened, sent = self.opened, len(self.sent)
        for end in self._ends:
            end.close(code=3001)
        for _ in range(150):
            page.wait_for_timeout(100)
            if self.opened > opened and len(self.sent) > sent:
                page.wait_for_timeout(500)
                return
        raise AssertionError("the page did not come back")

    def hold(self) -> None:
        """Nothing goes out from now on."""
        self.held = True

    def release(self) -> None:
        """Send what was held back, and hold no more."""
        self.held = False
        kept, self._kept = self._kept, []
        for server, message in kept:
            server.send(message)

    def count(self, handler: str) -> int:
        """How often a handler was called, by the end of its name."""
        return sum(f'{handler}"' in message for message in self.sent)
