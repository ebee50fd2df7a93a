"""Security headers of every answer (ASVS V3.4): a CSP of hashes without `unsafe-eval`, and related headers."""

from __future__ import annotations

import json
from pathlib import Path

from mysapk_web.settings import Settings

HSTS_SECONDS = 31_536_000

FILE_POLICY = b"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
"""For scripts, styles and images: opened directly they may do nothing. Pages get the full policy."""

DOWNLOAD_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"
"""For a download: however a browser opens it, it may do nothing."""

FRAMED_POLICY = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"
"""For a document in a frame of our pages or its own tab. Without `sandbox`, where many browsers show no PDF (decision 0010)."""

_FILES = ("text/javascript", "application/javascript", "text/css", "image/", "font/", "application/manifest")


def script_hashes(policy_file: Path) -> list[str]:
    """Hashes of the inline scripts of the built pages. Raises FileNotFoundError: the front end was not built."""
    return list(json.loads(policy_file.read_text())["script_hashes"])


def content_security_policy(settings: Settings, hashes: list[str]) -> str:
    # CSP has no syntax for an IPv6 host; 'self' covers it.
    named = (origin for origin in settings.origins if "[" not in origin)
    sockets = " ".join(sorted(origin.replace("http", "ws", 1) for origin in named))
    rules = {
        "default-src": "'none'",
        "script-src": " ".join(["'self'", *hashes]),
        # React sets style attributes; no style can run a script.
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": f"'self' {sockets}",
        "manifest-src": "'self'",
        # Documents only: all other answers refuse to be framed.
        "frame-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def fixed_headers(settings: Settings, policy: str) -> list[tuple[bytes, bytes]]:
    headers = {
        "content-security-policy": policy,
        "x-content-type-options": "nosniff",
        # With `no-referrer` browsers send "Origin: null" with a native form, and the gate would refuse our own pages (Fetch 3.2).
        "referrer-policy": "same-origin",
        "x-frame-options": "DENY",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        # Otherwise the server names itself.
        "server": "MySAPK",
        "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    }
    if settings.https:
        headers["strict-transport-security"] = f"max-age={HSTS_SECONDS}; includeSubDomains"
    return [(name.encode(), value.encode()) for name, value in headers.items()]


def is_file(content_type: str) -> bool:
    """Whether an answer is an asset rather than a page."""
    return content_type.startswith(_FILES)


def cache_control(path: str, status: int, content_type: str) -> str:
    """Hashed assets forever, pages never."""
    if status == 200 and path.startswith("/assets/"):
        return "public, max-age=31536000, immutable"
    if status == 200 and not content_type.startswith(("text/html", "application/json")):
        return "public, max-age=3600"
    return "no-store"
