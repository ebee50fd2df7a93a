"""The browser an event or request comes from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Visitor:
    """The browser an event or request came from; nothing in it is a secret or a proof of identity by itself."""

    browser: str = ""
    """Reference (SHA-256) of the pre-session cookie."""
    session: str = ""
    """Reference (SHA-256) of the session cookie; empty without one."""
    address: str = ""
    """Client address, behind the trusted proxies."""
    agent: str = ""
    """User-Agent header."""
    page: str = ""
    """Reference (SHA-256) of the client token of the tab; empty outside pages."""
