"""Python side of `assets/behaviour.jsx`: the few components with behaviour in the browser."""

from __future__ import annotations

from typing import Any, ClassVar, Final, Self

import reflex as rx
from reflex.event import EventSpec, input_event, no_args_event_spec
from reflex_components_core.el.element import Element

from mysapk_web.ui.components.local import LocalComponent
from mysapk_web.ui.state import AppState

_TICKET: Final = "tiket"


def _submitted(form: rx.Var[dict[str, Any]]) -> tuple[rx.Var[dict[str, Any]]]:
    return (form,)


class _Behaviour(LocalComponent):
    library = "$/public/behaviour.jsx"


class Form(_Behaviour):
    """Submits as one event, shows at once that it waits, and never loses what was typed."""

    tag = "Form"

    answers: rx.Var[int]
    """Goes up with every answer; frees the button."""
    faults: rx.Var[dict[str, str]]
    """Of the last answer: a dialog around the form closes when there are none."""
    action: rx.Var[str]
    """Its own route: without scripts nothing typed ends up in a URL."""
    takes_focus: rx.Var[bool]
    """Whether its first field takes the focus when the form replaces another one."""
    passing: rx.Var[bool]
    """Whether it only makes way for another form, which `ResubmitForm` then submits again."""
    _triggers: ClassVar[dict[str, Any]] = {"on_submit": _submitted, "on_dismiss": no_args_event_spec}

    @classmethod
    def create(cls, *children: Any, **props: Any) -> Self:
        shared = {"answers": AppState.answers, "faults": AppState.faults, "on_dismiss": AppState.dismiss_faults}
        return super().create(*children, **shared, **props)


class SubmitButton(_Behaviour):
    """Shows that an answer is awaited; can be locked for some seconds."""

    tag = "SubmitButton"

    waiting: rx.Var[str]
    """Text while the answer is awaited."""
    wait: rx.Var[int]
    """Seconds until it may be used again."""
    stamp: rx.Var[int]
    """Changes when `wait` counts anew, also from the same number."""


class PasswordInput(_Behaviour):
    """With a button that shows what was typed."""

    tag = "PasswordInput"

    name: rx.Var[str]
    auto_complete: rx.Var[str]
    _triggers: ClassVar[dict[str, Any]] = {"on_change": input_event}


class UrlBoundInput(_Behaviour):
    """What is typed belongs to the browser, until the value changes with the URL."""

    tag = "UrlBoundInput"

    name: rx.Var[str]
    value: rx.Var[str]
    auto_complete: rx.Var[str]
    _triggers: ClassVar[dict[str, Any]] = {"on_change": input_event}


class UrlBoundSelect(_Behaviour):
    tag = "UrlBoundSelect"

    name: rx.Var[str]
    value: rx.Var[str]


class Outcome(_Behaviour):
    """The errors of the page (role alert) or its success message (role status); takes the focus."""

    tag = "Outcome"

    faults: rx.Var[dict[str, str]]
    notice: rx.Var[str]
    answers: rx.Var[int]


class Main(_Behaviour):
    """The main landmark; moves the focus after a page change."""

    tag = "Main"


class EarlyInput(_Behaviour):
    """Last on a page: replays clicks and text entered before the scripts were loaded."""

    library = "$/public/early.jsx"
    tag = "EarlyInput"

    loaded: rx.Var[bool]
    """Whether the data of the page are there."""


class TicketForm(_Behaviour):
    """The native form with which a page that logged in takes its session; `take_session` submits it."""

    tag = "TicketForm"

    @classmethod
    def create(cls, **props: Any) -> Self:
        return super().create(id=_TICKET, **props)


def take_session(ticket: str) -> EventSpec:
    """Let the page of this event take its session; the ticket goes to its socket alone, into no state."""
    return rx.set_value(_TICKET, ticket)


class Dialog(_Behaviour):
    """The native modal dialog."""

    tag = "Dialog"

    open: rx.Var[bool]
    _triggers: ClassVar[dict[str, Any]] = {"on_close": no_args_event_spec}


class ReauthenticationDialog(_Behaviour):
    """Opened by an answer for the form that waits; closes with its page."""

    tag = "ReauthenticationDialog"


class DialogButton(_Behaviour):
    """Opens a dialog without asking the server."""

    tag = "DialogButton"

    opens: rx.Var[str]
    """Id of the dialog."""


class ResubmitForm(_Behaviour):
    """Submits the last form again when its counter goes up."""

    tag = "ResubmitForm"

    times: rx.Var[int]


class Polling(_Behaviour):
    """Asks the server periodically while active, visible and connected."""

    tag = "Polling"

    active: rx.Var[bool]
    every: rx.Var[float]
    """Seconds."""
    _triggers: ClassVar[dict[str, Any]] = {"on_tick": no_args_event_spec}


class WebOnly(_Behaviour):
    """Shows its children in a browser window of at least 768 px, not in the installed app."""

    tag = "WebOnly"


class Connection(_Behaviour):
    """One line while the server can't be reached."""

    tag = "Connection"


class NativeForm(Element):
    """Submitted by the browser itself: `rx.el.form` would always prevent that."""

    tag = "form"

    method: rx.Var[str]
    action: rx.Var[str]
