"""The two cookies: one for a browser before login, one for its session. HttpOnly, SameSite; `__Host-` and Secure on https."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

from mysapk_web.accounts.sessions import hash_secret
from mysapk_web.platform.client import ClientContext
from mysapk_web.settings import Settings

BROWSER_SECONDS = 60 * 60 * 24
"""Life of the pre-session cookie, which only ties a login or a reset together."""

_OURS = re.compile(r"[A-Za-z0-9_-]{43}")
"""256 bits in URL-safe base64, as `new_cookie_value` gives them."""


@dataclass(frozen=True, slots=True)
class CookieNames:
    """The `__Host-` prefix binds them to this very host (ASVS 3.3.3)."""

    session: str
    browser: str


def cookie_names(settings: Settings) -> CookieNames:
    prefix = "__Host-" if settings.https else ""
    return CookieNames(f"{prefix}mysapk-sesi", f"{prefix}mysapk-peramban")


def new_cookie_value() -> str:
    return secrets.token_urlsafe(32)


def parse_cookies(header: str, settings: Settings) -> tuple[str, str]:
    """(session cookie, pre-session cookie), each empty when missing or malformed."""
    # Not `http.cookies`: it gives up at the first malformed cookie, and neighbours on the same host set such ones.
    pairs = (part.strip().partition("=") for part in header[:8192].split(";"))
    jar = {name: value for name, _, value in pairs}
    found = cookie_names(settings)
    return _value(jar, found.session), _value(jar, found.browser)


def _value(jar: dict[str, str], name: str) -> str:
    value = jar.get(name, "")
    return value if _OURS.fullmatch(value) else ""


def set_cookie_header(name: str, value: str, settings: Settings, *, max_age: int | None) -> str:
    parts = [f"{name}={value}", "Path=/", "HttpOnly", "SameSite=Lax"]
    if max_age is not None:
        parts.append(f"Max-Age={max_age}")
    if settings.https:
        parts.append("Secure")
    return "; ".join(parts)


def client_from_cookies(cookie_header: str, settings: Settings, *, address: str, agent: str) -> ClientContext:
    """References (hashes) instead of cookies."""
    session, browser = parse_cookies(cookie_header, settings)
    return ClientContext(
        browser_ref=hash_secret(browser) if browser else "",
        session_ref=hash_secret(session) if session else "",
        client_address=address,
        user_agent=agent[:400],
    )
