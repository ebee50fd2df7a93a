"""The base of components whose browser side is a script of our own in `assets/`, loaded only by pages that use it."""

from __future__ import annotations

from typing import Any, ClassVar

import reflex as rx


class LocalComponent(rx.Component):
    """Something that a script exports; a subclass names the script in `library` and the export in `tag`."""

    _triggers: ClassVar[dict[str, Any]] = {}
    """Event name -> arguments it brings."""

    @classmethod
    def get_event_triggers(cls) -> dict[str, Any]:
        """The events of every component, and its own."""
        return {**super().get_event_triggers(), **cls._triggers}
