"""Form fields, messages and buttons. Every control has a visible label; its error appears beside it and in the summary."""

from __future__ import annotations

from typing import Any

import reflex as rx

from mysapk_web.ui.components.behaviour import Outcome, PasswordInput, SubmitButton
from mysapk_web.ui.state import AppState


def form_messages() -> rx.Component:
    """The outcome of the last action at the top of the page: errors with links (GOV.UK error summary), or the notice."""
    return Outcome.create(faults=AppState.faults, notice=AppState.notice, answers=AppState.answers)


def title_of(name: str) -> rx.Var[str]:
    """Page title, with "Kesalahan: " in front while the page shows errors."""
    whole = f"{name} - MySAPK Web"
    return rx.cond(AppState.faults, f"Kesalahan: {whole}", whole)


def field_attrs(name: str, *, has_help: bool, spoken: dict[str, Any] | None = None) -> dict[str, Any]:
    """Ties a control to its label, help and error."""
    wrong = AppState.faults[name]
    described = f"{name}-bantuan" if has_help else ""
    return {
        # Set by hand: an `id` prop would make Reflex keep a reference to every field.
        "id": name,
        "aria-invalid": rx.cond(wrong, "true", "false"),
        "aria-describedby": rx.cond(wrong, f"{described} {name}-kesalahan".strip(), described or rx.Var("undefined")),
        "autoCapitalize": "none",
        "autoCorrect": "off",
        **(spoken or {}),
    }


def form_group(name: str, label: str, help_text: str, control: rx.Component, *more: rx.Component) -> rx.Component:
    wrong = AppState.faults[name]
    return rx.el.div(
        rx.el.label(label, html_for=name),
        rx.el.p(help_text, custom_attrs={"id": f"{name}-bantuan"}, class_name="help") if help_text else rx.fragment(),
        rx.cond(
            wrong,
            rx.el.p(
                rx.el.span("Kesalahan: ", class_name="sr-only"),
                wrong,
                custom_attrs={"id": f"{name}-kesalahan"},
                class_name="fault",
            ),
        ),
        control,
        *more,
        class_name=rx.cond(wrong, "field field-wrong", "field"),
    )


def field(
    name: str,
    label: str,
    *,
    help_text: str = "",
    autocomplete: str = "off",
    kind: str = "text",
    input_mode: str = "text",
    narrow: bool = False,
    **props: Any,
) -> rx.Component:
    """An uncontrolled text field. `kind` is the input type; `text` and `email` accept anything, the server checks."""
    return form_group(
        name,
        label,
        help_text,
        rx.el.input(
            name=name,
            type=kind,
            auto_complete=autocomplete,
            input_mode=input_mode,
            spell_check=False,
            class_name="input input-code" if narrow else "input",
            custom_attrs=field_attrs(name, has_help=bool(help_text)),
            **props,
        ),
    )


def text_area(name: str, label: str, help_text: str, **props: Any) -> rx.Component:
    control = rx.el.textarea(name=name, class_name="input", custom_attrs=field_attrs(name, has_help=True), **props)
    return form_group(name, label, help_text, control)


def select(name: str, label: str, *options: Any, help_text: str = "", **props: Any) -> rx.Component:
    """Uncontrolled."""
    spoken = field_attrs(name, has_help=bool(help_text))
    control = rx.el.select(*options, name=name, class_name="input", custom_attrs=spoken, **props)
    return form_group(name, label, help_text, control)


def hidden(name: str, value: Any) -> rx.Component:
    return rx.el.input(type="hidden", name=name, value=value)


def password_field(
    name: str,
    label: str,
    *more: rx.Component,
    help_text: str = "",
    new: bool = False,
    **props: Any,
) -> rx.Component:
    """With a button Tampilkan/Sembunyikan; hidden again on submit."""
    return form_group(
        name,
        label,
        help_text,
        PasswordInput.create(
            name=name,
            auto_complete="new-password" if new else "current-password",
            class_name="input",
            custom_attrs=field_attrs(name, has_help=bool(help_text), spoken={"spellCheck": "false"}),
            **props,
        ),
        *more,
    )


def submit_button(label: Any, waiting: str, *, kind: str = "primary", **props: Any) -> rx.Component:
    return SubmitButton.create(label, waiting=waiting, class_name=f"button button-{kind}", **props)
