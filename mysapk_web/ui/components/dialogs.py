from __future__ import annotations

from typing import Any

import reflex as rx

from mysapk_web.ui.components.behaviour import Form
from mysapk_web.ui.components.display import cancel_button, dialog


def confirm_dialog(
    heading: Any,
    words: tuple[Any, ...],
    *fields: rx.Component,
    ident: Any,
    go: rx.Component,
    on_submit: Any,
    path: str,
    stay: str = "Batal",
    **props: Any,
) -> rx.Component:
    """Says what an action means, with the form that does it and a way back."""
    return dialog(
        heading,
        *words,
        Form.create(
            *fields,
            rx.el.div(go, cancel_button(stay), class_name="buttons"),
            on_submit=on_submit,
            action=path,
            class_name="form",
        ),
        ident=ident,
        **props,
    )
