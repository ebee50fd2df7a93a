"""Lists whose filters are in the URL: from the URL to the filters, from these to one page of rows and the links around it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import reflex as rx

from mysapk_web.platform.pagination import Page
from mysapk_web.platform.rules.row_id import parse_row_id
from mysapk_web.ui.components.display import empty, table
from mysapk_web.ui.components.lists import MAX_VALUE_LENGTH, url_parameter, url_with
from mysapk_web.ui.components.pagination import link_pager
from mysapk_web.ui.shell import ShellState
from mysapk_web.ui.state import AppState, form_text

SEARCH: Final = "cari"
SEARCHED: Final = "ada"


@dataclass(frozen=True, slots=True)
class ListFilter:
    """A filter, by its name in the form.

    A private one (a NIP, a name) is personal data: it is kept in the state, out of histories and logs, and the URL only says
    `cari=ada`.
    """

    name: str
    choices: tuple[tuple[str, str], ...] = ()
    private: bool = False
    parameter: str = ""
    """Name in the URL, if it differs."""
    limit: int = MAX_VALUE_LENGTH
    normalise: Callable[[str], str] = str.strip

    def clean(self, text: str) -> str:
        """Empty for anything but one of the choices."""
        if self.choices:
            return text if text in {value for value, _ in self.choices} else ""
        return self.normalise(text)


class ListState(AppState, mixin=True):
    """One page of a list.

    The state of a page names `AppState` as well, because Reflex takes a class for a mixin when all its bases are.
    """

    PATH: ClassVar[str]
    FILTERS: ClassVar[tuple[ListFilter, ...]]

    ready: bool = False
    rows: list[Any] = []
    found: str = ""
    number: int = 1
    pages: int = 1
    before: str = ""
    after: str = ""
    here: str = ""
    filters: dict[str, str] = {}
    """Empty until the page is loaded, which the handlers of a tab need not wait for: see `_filter`."""
    narrowed: bool = False

    async def _load_list(self) -> None:
        self.faults, self.notice = {}, ""
        shell = await self.get_state(ShellState)
        await shell._fill()
        url = self.router.url
        searched = url_parameter(url, SEARCH)
        self.filters = {
            each.name: (self._filter(each.name) if searched else "")
            if each.private
            else each.clean(url_parameter(url, each.parameter or each.name))
            for each in self.FILTERS
        }
        self.narrowed = any(self.filters.values())
        self.rows, self.found, self.number, self.pages, self.here = [], "", 1, 1, self._url()
        self.ready = True
        await self._look(parse_row_id(url_parameter(url, "halaman")))
        self._finish()

    async def _look(self, page: int) -> None:
        found = await self._find(page)
        self.rows, self.found = found.items, self._count(found)
        self.number, self.pages = found.number, found.pages
        self.before, self.here, self.after = (self._url(found.number + step) for step in (-1, 0, 1))

    @abstractmethod
    async def _find(self, page: int) -> Page[Any]:
        """One page of rows, as the filters narrow them."""

    @abstractmethod
    def _count(self, found: Page[Any]) -> str:
        """How many there are, in words."""

    async def _refresh(self) -> None:
        await self._look(self.number)

    def _filter(self, name: str) -> str:
        return self.filters.get(name, "")

    def _url(self, page: int = 1) -> str:
        searched = any(self._filter(each.name) for each in self.FILTERS if each.private)
        shown = {each.parameter or each.name: self._filter(each.name) for each in self.FILTERS if not each.private}
        return url_with(self.PATH, {SEARCH: SEARCHED if searched else "", **shown}, page)

    def _apply(self, form: dict[str, Any]) -> Any:
        """Puts the filters into the URL; the page then loads what it asks for."""
        self.filters = {each.name: each.clean(form_text(form, each.name, each.limit)) for each in self.FILTERS}
        return rx.redirect(self._url())


def list_view(
    state: Any, filter_: rx.Component, caption: str, headings: list[str], row: Any, *below: rx.Component, nothing: str
) -> rx.Component:
    """The filter and what it leaves; `below` is shown under a list that is not empty."""
    return rx.fragment(
        filter_,
        rx.el.p(state.found, class_name="help mt-6 mb-2", role="status"),
        rx.cond(
            state.rows,
            rx.fragment(
                table(caption, headings, rx.foreach(state.rows, row)),
                link_pager(state.number, state.pages, state.before, state.after),
                *below,
            ),
            rx.cond(AppState.faults, rx.fragment(), empty(nothing)),
        ),
    )
