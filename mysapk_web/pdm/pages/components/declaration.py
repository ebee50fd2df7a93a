from __future__ import annotations

from typing import Any

import reflex as rx

from mysapk_web.pdm.rules.proposal import Declaration, GroupState
from mysapk_web.ui.components.dialogs import confirm_dialog
from mysapk_web.ui.components.display import dialog_button
from mysapk_web.ui.components.forms import hidden, submit_button


def declaration(value: Declaration, sentence: Any, *, on_submit: Any, path: str) -> rx.Component:
    """Button and confirmation dialog. Show it only where the declaration would be true."""
    word = GroupState(value.value).label
    ident = f"nyatakan-{value.value.lower()}"
    return rx.fragment(
        dialog_button(word, ident, kind="primary"),
        confirm_dialog(
            f"{word}?",
            (rx.el.p(sentence), rx.el.p("Anda dapat membatalkan pernyataan ini selama periode dibuka.")),
            hidden("pernyataan", value.value),
            ident=ident,
            go=submit_button("Ya, nyatakan", "Menyimpan ..."),
            on_submit=on_submit,
            path=path,
        ),
    )
