from __future__ import annotations

from typing import Any

import reflex as rx

from mysapk_web.ui.components.display import skeleton
from mysapk_web.ui.state import AppState


def when_ready(ready: Any, content: rx.Component, lines: int = 8) -> rx.Component:
    """The content, or a skeleton until it is loaded; neither if loading failed, which the page then says."""
    return rx.cond(ready, content, rx.cond(AppState.faults, rx.fragment(), skeleton(lines)))
