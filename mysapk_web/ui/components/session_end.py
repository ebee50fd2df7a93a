"""Python side of `assets/session.jsx`: the warning before a session ends, and the way back after the next login."""

from __future__ import annotations

from mysapk_web.ui.components.local import LocalComponent


class _SessionScript(LocalComponent):
    """Something exported by the script."""

    library = "$/public/session.jsx"


class SessionEndTimer(_SessionScript):
    """In the frame of the pages behind the login: warns, keeps what is typed, and leads back to the page that was left."""

    tag = "SessionEnd"


class LeftTyped(_SessionScript):
    """At the login: says that what was typed before the session ended is still there."""

    tag = "LeftTyped"
