"""Bars and a curve of plain elements and SVG. The text beside them says the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx

GRID = (100, 75, 50, 25, 0)
"""Lines of the curve, percent."""


def bar(width: Any, *, large: bool = False) -> rx.Component:
    return rx.el.span(
        rx.el.span(style={"width": width}),
        class_name="bar bar-large" if large else "bar",
        custom_attrs={"aria-hidden": "true"},
    )


def width_of(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f}%" if whole else "0%"


def curve_points(shares: Sequence[float]) -> str:
    """Shares as points of a 100 by 100 drawing, from left to right."""
    last = max(1, len(shares) - 1)
    return " ".join(f"{100 * place / last:.2f},{100 - 100 * share:.2f}" for place, share in enumerate(shares))


def curve(points: Any, summary: Any, first: Any, last: Any) -> rx.Component:
    """From 0 to 100 percent. Put a table with the same figures behind it."""
    return rx.el.div(
        rx.el.div(
            *(rx.el.span(f"{share} %", style={"top": f"{100 - share}%"}) for share in GRID),
            class_name="curve-scale",
            custom_attrs={"aria-hidden": "true"},
        ),
        rx.el.div(
            rx.el.svg(
                *(rx.el.svg.line(x1="0", x2="100", y1=f"{100 - share}", y2=f"{100 - share}") for share in GRID),
                rx.el.svg.polygon(points=f"0,100 {points} 100,100"),
                rx.el.svg.polyline(points=points),
                view_box="0 0 100 100",
                custom_attrs={"preserveAspectRatio": "none", "role": "img", "aria-label": summary},
            ),
            class_name="curve-field",
        ),
        rx.el.div(rx.el.span(first), rx.el.span(last), class_name="curve-days", custom_attrs={"aria-hidden": "true"}),
        class_name="curve",
    )
