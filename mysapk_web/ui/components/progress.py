from __future__ import annotations

from typing import Any

import reflex as rx


def progress(done: Any, total: Any, percent: Any) -> rx.Component:
    """Progress of a PDM; the bar only repeats the words."""
    return rx.el.div(
        rx.el.p(
            rx.el.strong(done, " dari ", total, " kelompok data selesai"),
            f" ({percent} %)",
            custom_attrs={"id": "kemajuan"},
        ),
        rx.el.progress(value=percent, max=100, custom_attrs={"aria-labelledby": "kemajuan"}),
        class_name="progress",
    )
