"""Python side of `assets/behaviour.jsx`: the few components that do something in the browser by themselves."""

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
    """Something exported by the script."""

    library = "$/public/behaviour.jsx"


class Form(_Behaviour):
    """A form that is sent as one event, answers at once, and never loses what was typed."""

    tag = "Form"

    answers: rx.Var[int]
    """Goes up with every answer of the server; frees the button."""
    faults: rx.Var[dict[str, str]]
    """Of the last answer: a dialog around the form closes with an answer without any, and shows them otherwise."""
    action: rx.Var[str]
    """Its own route: without scripts nothing typed goes into an address line."""
    takes_focus: rx.Var[bool]
    """Whether its first field takes the focus when the form appears as the next step of another one."""
    passing: rx.Var[bool]
    """Whether it only makes way for another form, which `ResubmitForm` then sends again."""
    _triggers: ClassVar[dict[str, Any]] = {"on_submit": _submitted, "on_dismiss": no_args_event_spec}

    @classmethod
    def create(cls, *children: Any, **props: Any) -> Self:
        """Make a form.

        Args:
            **props: `on_submit` (gets field name -> text), `action`, attributes of the form.
        """
        told = {"answers": AppState.answers, "faults": AppState.faults, "on_dismiss": AppState.dismiss_faults}
        return super().create(*children, **told, **props)


class SubmitButton(_Behaviour):
    """Sends the form around it; says so while the answer is awaited, and can be locked for some seconds."""

    tag = "SubmitButton"

    waiting: rx.Var[str]
    """Text while the answer is awaited."""
    wait: rx.Var[int]
    """Seconds until it may be used again."""
    stamp: rx.Var[int]
    """Changes when `wait` counts anew, also from the same number."""


class PasswordInput(_Behaviour):
    """A password field with a button that shows what was typed."""

    tag = "PasswordInput"

    name: rx.Var[str]
    auto_complete: rx.Var[str]
    _triggers: ClassVar[dict[str, Any]] = {"on_change": input_event}


class UrlBoundInput(_Behaviour):
    """A text field of a filter: what is typed belongs to the browser, until the value changes with the address."""

    tag = "FollowInput"

    name: rx.Var[str]
    value: rx.Var[str]
    auto_complete: rx.Var[str]
    _triggers: ClassVar[dict[str, Any]] = {"on_change": input_event}


class UrlBoundSelect(_Behaviour):
    """A choice of a filter, in the same way."""

    tag = "FollowSelect"

    name: rx.Var[str]
    value: rx.Var[str]


class Outcome(_Behaviour):
    """The faults of the page in one place (role alert), or what went well (role status); takes the focus."""

    tag = "Outcome"

    faults: rx.Var[dict[str, str]]
    notice: rx.Var[str]
    answers: rx.Var[int]


class Main(_Behaviour):
    """The main landmark; moves the focus after a change of page."""

    tag = "Main"


class EarlyInput(_Behaviour):
    """Last on a page: does what a person wanted before the scripts were there, and gives back what was typed."""

    library = "$/public/early.jsx"
    tag = "EarlyInput"

    loaded: rx.Var[bool]
    """Whether the data of the page are there."""


class TicketForm(_Behaviour):
    """The native form with which a page that logged in takes its session; `redeem_login_ticket` sends it."""

    tag = "TicketForm"

    @classmethod
    def create(cls, **props: Any) -> Self:
        """Make the form; once on a page."""
        return super().create(id=_TICKET, **props)


def take_session(ticket: str) -> EventSpec:
    """Let the page of this event take its session; the ticket goes to its socket alone and stands in no state."""
    return rx.set_value(_TICKET, ticket)


class Dialog(_Behaviour):
    """The native modal dialog."""

    tag = "Dialog"

    open: rx.Var[bool]
    _triggers: ClassVar[dict[str, Any]] = {"on_close": no_args_event_spec}


class ReauthenticationDialog(_Behaviour):
    """The modal dialog that an answer opens for the form that waits; it ends with its page."""

    tag = "StepUpDialog"


class DialogButton(_Behaviour):
    """Opens a dialog of the page without asking the server."""

    tag = "DialogButton"

    opens: rx.Var[str]
    """Id of the dialog."""


class ResubmitForm(_Behaviour):
    """Sends the last form again when its counter goes up."""

    tag = "ResubmitForm"

    times: rx.Var[int]


class Polling(_Behaviour):
    """Asks the server again every so many seconds while it is active, the page is looked at and the line is there."""

    tag = "Polling"

    active: rx.Var[bool]
    every: rx.Var[float]
    """Seconds."""
    _triggers: ClassVar[dict[str, Any]] = {"on_tick": no_args_event_spec}


class WebOnly(_Behaviour):
    """Shows its children in a browser window of at least 768 px, not in the installed app (DESIGN 5)."""

    tag = "WebOnly"


class Connection(_Behaviour):
    """One line while the server can't be reached."""

    tag = "Connection"


class NativeForm(Element):
    """A form that the browser sends itself: `rx.el.form` would always stop it."""

    tag = "form"

    method: rx.Var[str]
    action: rx.Var[str]
