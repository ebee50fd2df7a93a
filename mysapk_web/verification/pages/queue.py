"""What the pages of verification share: route, access, filters in the URL, and texts."""

from __future__ import annotations

from typing import Any, Final

from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.platform.rules.formatting import format_number
from mysapk_web.ui.access import requires
from mysapk_web.ui.components.lists import url_parameter, url_with
from mysapk_web.ui.state import AppState
from mysapk_web.verification.filters import PARAMETERS, Filters, read_filters

PATH: Final = "/verifikasi"
MAY: Final = requires(Permission.INBOX_READ)
SEARCHED: Final = "ada"
"""Value of the URL parameter `cari` while a NIP or a name is searched for: these are never in the URL."""
_PERSONAL: Final = frozenset({"nip", "nama"})


class QueueState(AppState):
    """What the list and the proposal pass to each other: the person searched for, and the notice of the last action."""

    _nip: str = ""
    _nama: str = ""
    _last_notice: str = ""

    def _filters(self, url: Any) -> Filters:
        """The filters of a URL, with the person searched for."""
        given = {name: url_parameter(url, name) for name in PARAMETERS.values() if name not in _PERSONAL}
        if url_parameter(url, "cari"):
            given |= {"nip": self._nip, "nama": self._nama}
        return read_filters(given)

    def _take_notice(self) -> str:
        """What the page before has done, once."""
        notice, self._last_notice = self._last_notice, ""
        return notice


def inbox_url(filters: Filters, *, path: str = PATH, page: int = 1, **changes: Any) -> str:
    """The URL of a list, or with `path` of a proposal in it; `changes` replace filters."""
    query = filters.query(**changes)
    searched = SEARCHED if query.keys() & _PERSONAL else ""
    values = {name: value for name, value in query.items() if name not in _PERSONAL}
    return url_with(path, {**values, "cari": searched, "halaman": str(page) if page > 1 else ""})


def format_count(count: int, *, at_least: bool = False) -> str:
    shown = format_number(count)
    return f"Lebih dari {shown} usulan; persempit saringan" if at_least else f"{shown} usulan"
