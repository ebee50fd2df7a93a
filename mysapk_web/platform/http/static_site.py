"""Prerendered pages at their own URLs: `/masuk` serves `masuk.html` without a redirect to `/masuk/`."""

from __future__ import annotations

from pathlib import Path

from mysapk_web.platform.http.asgi import ASGIApp, Receive, Scope, Send


class StaticPages:
    def __init__(self, app: ASGIApp, static_dir: Path) -> None:
        self.app = app
        self.files = {
            f"/{path.relative_to(static_dir).with_suffix('')}": f"/{path.relative_to(static_dir)}"
            for path in static_dir.rglob("*.html")
            if path.name not in {"404.html", "index.html", "__spa-fallback.html"}
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Rewrite a page's URL to its file. A POST from a browser without script is redirected to the page, unread."""
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
