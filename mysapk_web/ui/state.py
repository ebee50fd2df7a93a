"""The base of every page's state: session binding, errors and notices, strict reading of forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import reflex as rx
import structlog
from reflex.event import EventSpec
from reflex.state import BaseState, _override_base_method
from sqlalchemy.exc import SQLAlchemyError

from mysapk_web.organisation.actor import NotFoundError
from mysapk_web.platform.errors import FormError, PermissionDenied, ReauthenticationRequired, ServerBusyError, UserError
from mysapk_web.platform.log import exception_location
from mysapk_web.platform.rules.text import strip_unstorable
from mysapk_web.ui.access import ANYONE, handler
from mysapk_web.ui.lazy_substates import LazySubstates, StateDict

log = structlog.get_logger(__name__)

BUSY = "Sistem sedang sibuk. Isian Anda tidak hilang; tunggu sebentar lalu coba lagi."
STORE_DOWN = (
    "Data belum dapat disimpan karena gangguan pada sistem. Isian Anda tidak hilang; coba lagi beberapa menit lagi."
)
NOT_ALLOWED = "Anda tidak berwenang melakukan tindakan ini."
OUTDATED = "Halaman ini tidak cocok lagi dengan portal. Muat ulang halaman ini, lalu ulangi."
"""The arguments don't fit the handler: the page is older than the portal, or no page sent them."""
UNEXPECTED = (
    "Terjadi gangguan pada sistem. Isian Anda tidak hilang; coba lagi beberapa menit lagi, atau hubungi Bantuan."
)

REAUTHENTICATION_DIALOG: Final = "konfirmasi-ulang"
"""Id of the dialog for password or code."""

TEXT_LIMIT = 2_000
"""Longest text field; nobody types more."""


class AppState(rx.State):
    faults: dict[str, str] = {}
    """Field name -> sentence; the key "" holds what concerns the whole form."""
    notice: str = ""
    """Success message, shown in a status region."""
    answers: int = 0

    _bound: str = ""
    """Owner of this state: reference of the session, or of the browser before login. Set by the wall."""

    def __init__(self, parent_state: BaseState | None = None, init_substates: bool = True, **kwargs: Any) -> None:
        super().__init__(parent_state=parent_state, init_substates=False, **kwargs)  # type: ignore[call-arg]  # a field to mypy
        if init_substates:
            object.__setattr__(self, "substates", LazySubstates(self))

    @_override_base_method
    def dict(self, include_computed: bool = True, initial: bool = False, **kwargs: Any) -> StateDict:
        """Includes substates that do not exist yet."""
        known: StateDict = super().dict(include_computed=include_computed, initial=initial, **kwargs)
        return known | self.substates.untouched() if isinstance(self.substates, LazySubstates) else known

    async def _refresh(self) -> None:
        """Reload after an action on something that has changed or gone; what was typed belongs to the browser and stays."""

    def _show_error(self, error: Exception) -> EventSpec | None:
        """Show an exception as text on the page; the log gets details without any value.

        Gives the event that asks for password or code when the action waits for it. That is kept in no state, so that no other
        page ever asks.
        """
        if isinstance(error, ReauthenticationRequired):
            self._finish()
            return rx.set_value(REAUTHENTICATION_DIALOG, True)
        if isinstance(error, FormError):
            faults = dict(error.faults)
        elif isinstance(error, UserError):
            faults = {error.field: error.sentence}
        elif isinstance(error, ServerBusyError):
            faults = {"": BUSY}
        elif isinstance(error, PermissionDenied):
            log.warning("handler refused by service", state=type(self).__name__)
            faults = {"": error.sentence if isinstance(error, NotFoundError) else NOT_ALLOWED}
        else:
            log.error(
                "handler failed", state=type(self).__name__, error=type(error).__name__, at=exception_location(error)
            )
            faults = {"": STORE_DOWN if isinstance(error, SQLAlchemyError) else UNEXPECTED}
        self._finish(faults=faults)
        return None

    @handler(ANYONE)
    async def dismiss_faults(self) -> None:
        """Its dialog was closed without an action."""
        self.faults = {}

    def _finish(self, *, faults: Mapping[str, str] | None = None, notice: str = "") -> None:
        """Show the outcome of an action; the front end frees the button when `answers` goes up."""
        self.faults = dict(faults or {})
        self.notice = notice
        self.answers += 1


def form_text(form: Any, name: str, limit: int = TEXT_LIMIT) -> str:
    """One text field of a submitted form, "" when missing or no text. Raises UserError: longer than `limit`."""
    value = form.get(name) if isinstance(form, dict) else None
    if not isinstance(value, str):
        return ""
    if len(value) > limit:
        raise UserError(f"Isian terlalu panjang, paling banyak {limit} karakter.", name)
    return strip_unstorable(value)
