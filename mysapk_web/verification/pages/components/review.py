"""Python side of `assets/meja.jsx`: what the pages of verification do in the browser. Only those pages load the script."""

from __future__ import annotations

from typing import Any

import reflex as rx

from mysapk_web.ui.components.local import LocalComponent


class _Desk(LocalComponent):
    """Something exported by the script."""

    library = "$/public/meja.jsx"


class Shortcuts(_Desk):
    """Single keys with a hint and a switch (WCAG 2.1.4): j and k move along `data-baris`, others click their `data-pintasan`."""

    tag = "Shortcuts"

    keys: rx.Var[list[list[str]]]
    """Key and what it does."""


class Documents(_Desk):
    """The documents of a proposal in the page, with a choice among them."""

    tag = "Documents"

    documents: rx.Var[list[Any]]
    """`label`, `name`, `about` and `href` of each."""
