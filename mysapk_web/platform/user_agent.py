"""A browser's name in the list of sessions. Never used for access decisions."""

from __future__ import annotations

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def describe_user_agent(agent: str) -> str:
    """Such as "Chrome di Android"."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "Peramban lain")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return f"{browser} di {system}" if system else browser
