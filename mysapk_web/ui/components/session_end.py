"""Python side of `assets/session.jsx`."""

from __future__ import annotations

from mysapk_web.ui.components.local import LocalComponent


class _SessionScript(LocalComponent):
    library = "$/public/session.jsx"


class SessionEndTimer(_SessionScript):
    """Warns before the session ends, keeps what is typed, and leads back to the page after the next login."""

    tag = "SessionEnd"


class LeftTyped(_SessionScript):
    """At the login: says that what was typed before the session ended is still there."""

    tag = "LeftTyped"
