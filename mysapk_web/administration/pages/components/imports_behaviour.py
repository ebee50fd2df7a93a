"""Python side of `assets/impor.jsx`: what pages of imports do in the browser. Only they load the script."""

from __future__ import annotations

from typing import Any, ClassVar

import reflex as rx

from mysapk_web.ui.components.local import LocalComponent


def _number(value: rx.Var[int]) -> tuple[rx.Var[int]]:
    return (value,)


class _Impor(LocalComponent):
    """Something exported by the script."""

    library = "$/public/impor.jsx"


class ListUpload(_Impor):
    """A file field whose file is sent as a raw body once `go` goes up."""

    tag = "ListUpload"

    go: rx.Var[int]
    """Goes up when the server says that the person may send."""
    to: rx.Var[str]
    """Route that takes the body."""
    limit: rx.Var[int]
    """Bytes."""
    columns: rx.Var[str]
    """Those that the file must have, in words."""
    _triggers: ClassVar[dict[str, Any]] = {"on_stored": _number}
