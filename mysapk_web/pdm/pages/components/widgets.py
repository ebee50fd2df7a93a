"""Python side of `assets/pdm.jsx` and `documents.jsx`, which only the PDM pages load."""

from __future__ import annotations

from typing import Any, ClassVar

import reflex as rx
from reflex.event import no_args_event_spec

from mysapk_web.ui.components.local import LocalComponent


def _one(value: rx.Var[dict[str, Any]]) -> tuple[rx.Var[dict[str, Any]]]:
    return (value,)


class _Pdm(LocalComponent):
    library = "$/public/pdm.jsx"


class DraftForm(_Pdm):
    """A form that saves itself: after each pause, only what changed, one event at a time."""

    tag = "DraftForm"

    ident: rx.Var[int]
    """Of the proposal."""
    saved: rx.Var[dict[str, Any]]
    """The server's last answer, a `Saved`."""
    answers: rx.Var[int]
    """Incremented when a handler fails: pending changes are sent again."""
    values: rx.Var[dict[str, str]]
    """What the conditions of the fields refer to."""
    rules: rx.Var[dict[str, dict[str, Any]]]
    """By field name."""
    writable: rx.Var[bool]
    _triggers: ClassVar[dict[str, Any]] = {"on_save": _one}


class ConditionalField(_Pdm):
    """A field or section that is there only while its condition holds. Inside a `DraftForm`."""

    tag = "ConditionalField"

    name: rx.Var[str]
    names: rx.Var[list[str]]
    """Of a section: it is there while one of these fields is."""


class OnFileValue(_Pdm):
    """What the record on file has, shown while the field differs. Inside a `DraftForm`."""

    tag = "OnFileValue"

    name: rx.Var[str]
    value: rx.Var[str]
    """Of the draft when it was opened."""
    differs: rx.Var[bool]
    """Whether that differed from the record on file."""


class RouteGuard(_Pdm):
    """Shows its children only while the URL ends with `last`: the state may still belong to another page."""

    tag = "RouteGuard"

    last: rx.Var[str]
    instead: rx.Var[str]


class NamedItem(_Pdm):
    """A list item that the URL can name: it then gets the focus."""

    tag = "NamedItem"

    ident: rx.Var[str]


class Combobox(_Pdm):
    """A list searched on the server (WAI-ARIA combobox). Inside a `DraftForm`."""

    tag = "Combobox"

    name: rx.Var[str]
    value: rx.Var[str]
    text: rx.Var[str]
    found: rx.Var[dict[str, Any]]
    """A `CodeSearch`."""
    around: rx.Var[str]
    """Field whose value narrows the list."""
    parent: rx.Var[str]
    """Code that narrows the list, if no field does."""
    _triggers: ClassVar[dict[str, Any]] = {"on_search": _one}


class DocumentUpload(_Pdm):
    library = "$/public/documents.jsx"
    tag = "DocumentUpload"

    to: rx.Var[str]
    limit: rx.Var[int]
    """Bytes."""
    label: rx.Var[str]
    again: rx.Var[bool]
    """It replaces a document."""
    _triggers: ClassVar[dict[str, Any]] = {"on_stored": no_args_event_spec}


class DocumentViewer(_Pdm):
    """Shown inside the page by the browser's viewer, or in a tab of its own: phones show no PDF in a page."""

    library = "$/public/documents.jsx"
    tag = "DocumentViewer"

    src: rx.Var[str]
    label: rx.Var[str]
