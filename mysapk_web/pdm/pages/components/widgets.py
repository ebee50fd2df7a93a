"""Python side of `assets/pdm.jsx` and `documents.jsx`: what the pages of the PDM do in the browser. Only they load the scripts."""

from __future__ import annotations

from typing import Any, ClassVar

import reflex as rx
from reflex.event import no_args_event_spec

from mysapk_web.ui.components.local import LocalComponent


def _one(value: rx.Var[dict[str, Any]]) -> tuple[rx.Var[dict[str, Any]]]:
    return (value,)


class _Pdm(LocalComponent):
    """Something exported by the script."""

    library = "$/public/pdm.jsx"


class DraftForm(_Pdm):
    """A form that saves itself: after each pause, only what changed, one event at a time; says in words how it stands."""

    tag = "Draft"

    ident: rx.Var[int]
    """Number of the proposal."""
    saved: rx.Var[dict[str, Any]]
    """The last answer of the server, a `Saved`."""
    answers: rx.Var[int]
    """Goes up when a handler failed: what was on its way is tried again."""
    values: rx.Var[dict[str, str]]
    """What the conditions of the fields look at."""
    rules: rx.Var[dict[str, dict[str, Any]]]
    """Field name -> when it is asked for."""
    writable: rx.Var[bool]
    _triggers: ClassVar[dict[str, Any]] = {"on_save": _one}


class ConditionalField(_Pdm):
    """Around a field or a section: there only while the condition holds. Inside a `Draft`."""

    tag = "Asked"

    name: rx.Var[str]
    names: rx.Var[list[str]]
    """Of a section: its fields; it is there while one of them is."""


class OnFileValue(_Pdm):
    """What the record on file has, there while the field has something else. Inside a `Draft`."""

    tag = "Differing"

    name: rx.Var[str]
    value: rx.Var[str]
    """What the draft had when it was opened."""
    differs: rx.Var[bool]
    """Whether that was something else than the record on file has."""


class RouteGuard(_Pdm):
    """Its children, where the address ends with what the state belongs to; else a few words."""

    tag = "Here"

    last: rx.Var[str]
    """Last part of the address."""
    instead: rx.Var[str]


class NamedItem(_Pdm):
    """A list item that the address can name: it gets the focus then."""

    tag = "NamedItem"

    ident: rx.Var[str]
    """Its id."""


class Combobox(_Pdm):
    """A list searched on the server (WAI-ARIA combobox). Inside a `Draft`."""

    tag = "Combobox"

    name: rx.Var[str]
    value: rx.Var[str]
    text: rx.Var[str]
    found: rx.Var[dict[str, Any]]
    """What the server found last, a `Found`."""
    around: rx.Var[str]
    """Field whose value narrows the list."""
    parent: rx.Var[str]
    """Code that narrows the list, where no field does."""
    _triggers: ClassVar[dict[str, Any]] = {"on_search": _one}


class DocumentUpload(_Pdm):
    """One document, sent to its own route with progress."""

    library = "$/public/documents.jsx"
    tag = "Upload"

    to: rx.Var[str]
    limit: rx.Var[int]
    """Bytes."""
    label: rx.Var[str]
    again: rx.Var[bool]
    """Whether it replaces one."""
    _triggers: ClassVar[dict[str, Any]] = {"on_stored": no_args_event_spec}


class DocumentViewer(_Pdm):
    """A document in the page, in the viewer of the browser, or in a tab of its own: phones show no PDF in a page."""

    library = "$/public/documents.jsx"
    tag = "DocumentView"

    src: rx.Var[str]
    label: rx.Var[str]
