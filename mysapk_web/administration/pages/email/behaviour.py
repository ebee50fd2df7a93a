"""Python side of `assets/impor.jsx`: what this page does in the browser. Only this page loads the script."""

from __future__ import annotations

from typing import Any, ClassVar

import reflex as rx
from reflex.event import no_args_event_spec


def _number(value: rx.Var[int]) -> tuple[rx.Var[int]]:
    return (value,)


class _Impor(rx.Component):
    """Something exported by the script."""

    library = "$/public/impor.jsx"

    _triggers: ClassVar[dict[str, Any]] = {}
    """Event name -> arguments it brings."""

    @classmethod
    def get_event_triggers(cls) -> dict[str, Any]:
        """The events of every component, and its own."""
        return {**super().get_event_triggers(), **cls._triggers}


class ListUpload(_Impor):
    """A file field whose file is sent as a raw body once `go` goes up."""

    tag = "ListUpload"

    go: rx.Var[int]
    """Goes up when the server says that the person may send."""
    to: rx.Var[str]
    """Route that takes the body."""
    limit: rx.Var[int]
    """Bytes."""
    _triggers: ClassVar[dict[str, Any]] = {"on_stored": _number}


class Ticker(_Impor):
    """Fires while it is active."""

    tag = "Ticker"

    active: rx.Var[bool]
    every: rx.Var[int]
    """Milliseconds."""
    _triggers: ClassVar[dict[str, Any]] = {"on_tick": no_args_event_spec}
