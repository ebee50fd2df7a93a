from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ClientContext:
    """The browser an event or request came from; nothing in it is a secret or proves an identity."""

    browser_ref: str = ""
    """Reference (SHA-256) of the pre-session cookie."""
    session_ref: str = ""
    """Reference (SHA-256) of the session cookie; empty without one."""
    client_address: str = ""
    """IP address, behind the trusted proxies."""
    user_agent: str = ""
    """User-Agent header."""
    page_ref: str = ""
    """Reference (SHA-256) of the client token of the tab; empty outside pages."""
