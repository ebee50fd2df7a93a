"""Server-rendered pages without script, for what must never pass through state, such as an authenticator key."""

from __future__ import annotations

from html import escape

from starlette.responses import HTMLResponse

_STYLE = """
:root{color-scheme:light dark;font:1rem/1.6 system-ui,sans-serif}
body{margin:0;overflow-wrap:anywhere;background:Canvas;color:CanvasText}
main{max-width:42rem;margin:0 auto;padding:2rem 1.25rem 4rem}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 1rem}
a{color:inherit;text-underline-offset:.2em}
code,pre,.kode{font:1.1rem/1.7 ui-monospace,monospace;overflow-wrap:anywhere}
.kotak{border:1px solid GrayText;border-radius:.5rem;padding:1rem 1.25rem;margin:1rem 0}
.qr{background:#fff;padding:.75rem;display:inline-block;border-radius:.5rem}
button,.tombol{font:inherit;font-weight:600;padding:.6rem 1.1rem;border-radius:.5rem;border:2px solid currentColor;
background:transparent;color:inherit;display:inline-block;text-decoration:none;cursor:pointer;min-height:44px;box-sizing:border-box}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.5rem .75rem .5rem 0;border-bottom:1px solid GrayText;
vertical-align:top;overflow-wrap:anywhere}
:focus-visible{outline:3px solid Highlight;outline-offset:2px}
"""


def html_page(title: str, body: str, status: int = 200) -> HTMLResponse:
    """A complete page; `body` is escaped HTML."""
    name = escape(title)
    return HTMLResponse(
        '<!doctype html><html lang="id"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{name} - MySAPK Web</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{name}</h1>{body}</main></body></html>",
        status_code=status,
    )
