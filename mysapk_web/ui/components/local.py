from __future__ import annotations

from typing import Any, ClassVar

import reflex as rx


class LocalComponent(rx.Component):
    """Exported by a script of our own in `assets/`, which only pages that use it load: `library` is the script, `tag` the export."""

    _triggers: ClassVar[dict[str, Any]] = {}
    """Event name -> arguments it brings."""

    @classmethod
    def get_event_triggers(cls) -> dict[str, Any]:
        return {**super().get_event_triggers(), **cls._triggers}
