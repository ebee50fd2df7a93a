"""Choosing a password: rules and strength, evaluated by the server while the person types."""

from __future__ import annotations

from typing import Any, TypedDict

import reflex as rx
from reflex.vars import ObjectVar

from mysapk_web.accounts.password_policy import PUBLISHED_MIN_LENGTH, RULES, PasswordEvaluation
from mysapk_web.ui.components.forms import password_field

PAUSE = 400
"""Milliseconds without a key until the password is evaluated."""


class PasswordRule(TypedDict):
    text: str
    met: bool


PUBLISHED_RULES: list[PasswordRule] = [
    {"text": text.format(minimum=PUBLISHED_MIN_LENGTH), "met": False} for text, _ in RULES
]


def rule_rows(evaluation: PasswordEvaluation) -> list[PasswordRule]:
    return [{"text": text, "met": met} for text, met in evaluation.rules]


def _rule(item: ObjectVar[PasswordRule]) -> rx.Component:
    return rx.el.li(
        rx.el.span(item["text"], rx.el.span(rx.cond(item["met"], " (terpenuhi)", ""), class_name="sr-only")),
        class_name=rx.cond(item["met"], "met", ""),
    )


def new_password_field(name: str, label: str, *, state: Any) -> rx.Component:
    return password_field(
        name,
        label,
        rx.el.ul(rx.foreach(state.rules, _rule), class_name="rules", custom_attrs={"aria-label": "Syarat"}),
        rx.el.div(
            *(rx.el.i() for _ in range(4)),
            class_name="meter",
            custom_attrs={"data-score": state.score, "aria-hidden": "true"},
        ),
        rx.el.p(rx.cond(state.strength, f"Kekuatan: {state.strength}", ""), role="status", class_name="help"),
        new=True,
        on_change=state.judge.debounce(PAUSE),
    )
