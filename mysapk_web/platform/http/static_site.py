"""The prerendered pages under their own addresses: `/masuk` is answered by `masuk.html` at once, without a redirect to `/masuk/`."""

from __future__ import annotations

from pathlib import Path

from mysapk_web.platform.http.asgi import ASGIApp, Receive, Scope, Send


class StaticPages:
    """An ASGI layer before the static files."""

    def __init__(self, app: ASGIApp, static_dir: Path) -> None:
        self.app = app
        self.files = {
            f"/{path.relative_to(static_dir).with_suffix('')}": f"/{path.relative_to(static_dir)}"
            for path in static_dir.rglob("*.html")
            if path.name not in {"404.html", "index.html", "__spa-fallback.html"}
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, with the file of the page in place of its address.

        A form that a browser without script posts to its page is led back to the page, and nothing of it is read. A page has no other
        methods.
        """
        if scope["type"] == "http" and (file := self.files.get(scope["path"])) is not None:
            if scope["method"] in {"GET", "HEAD"}:
                scope = {**scope, "path": file, "raw_path": file.encode()}
            elif scope["method"] == "POST":
                await _answer(send, 303, b"location", scope["path"].encode())
                return
            else:
                await _answer(send, 405, b"allow", b"GET, HEAD, POST")
                return
        await self.app(scope, receive, send)


async def _answer(send: Send, status: int, name: bytes, value: bytes) -> None:
    headers = [(name, value), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
