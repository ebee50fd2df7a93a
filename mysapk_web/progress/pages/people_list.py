"""What the four lists of people by their progress share: a page of the list, its filters in the address, and the frame around it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final, TypeVar

import reflex as rx

from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.platform import executors
from mysapk_web.platform.listing import Listing
from mysapk_web.platform.rules.row_id import number_of
from mysapk_web.progress import org_nodes
from mysapk_web.progress.org_nodes import Place
from mysapk_web.progress.pages.components.person_cells import KINDS, ListedRow
from mysapk_web.progress.rules import Report
from mysapk_web.ui.access import actor, handler, holding
from mysapk_web.ui.components.display import empty, section, skeleton
from mysapk_web.ui.components.forms import outcome
from mysapk_web.ui.components.lists import (
    address_with,
    download_form,
    filter_form,
    filter_select,
    found_in_words,
    link_pager,
    parameter,
)
from mysapk_web.ui.shell import ShellState, page
from mysapk_web.ui.state import AppState, text_of

MAY: Final = holding(Permission.PROGRESS_READ)
PLACE: Final = "tempat"
"""The filter that no form has: links lead to a place."""
P = TypeVar("P")

Choice = tuple[str, str, tuple[tuple[str, str], ...]]
"""Name of a filter, its label, and what can be chosen."""
KIND: Final[Choice] = ("jenis", "Jenis pegawai", KINDS)


class PeopleList(AppState, mixin=True):
    """One page of a list and its filters.

    The state of a page says what its list is with a `ClassVar` each, because Reflex makes a var of anything else. It names `AppState`
    beside this, because Reflex takes a class for a mixin when all its bases are.
    """

    PATH: ClassVar[str]
    """Route of the page."""
    ASIDE: ClassVar[str]
    """Route of the page that shows the same place in another way."""
    FILTERS: ClassVar[Mapping[str, str]]
    """Names of the filters, as in the address, and what each is while it narrows nothing."""

    ready: bool = False
    nama: str = ""
    rows: list[ListedRow] = []
    found: str = ""
    number: int = 1
    pages: int = 1
    before: str = ""
    after: str = ""
    aside: str = ""
    filters: dict[str, str] = {}
    narrowed: bool = False

    @handler(MAY)
    async def load(self) -> None:
        """What the address asks for."""
        self.faults, self.notice, self.ready = {}, "", False
        shell = await self.get_state(ShellState)
        await shell._fill()
        url = self.router.url
        self.filters = {name: parameter(url, name) for name in self.FILTERS}
        await self._look(number_of(parameter(url, "halaman")))
        self.ready = True
        self._tell()

    @handler(MAY)
    async def narrow(self, form: dict[str, Any]) -> Any:
        """Put the filters into the address; the page then loads what it asks for."""
        chosen = {name: text_of(form, name, 40) for name in self.FILTERS if name != PLACE}
        self.filters = {**self.filters, **chosen}
        return rx.redirect(address_with(self.PATH, self.filters))

    async def _look(self, page: int) -> None:
        place = await executors.look(org_nodes.find, actor(), Permission.PROGRESS_READ, self.filters.get(PLACE, ""))
        found = await self._find(place, page)
        self.nama, self.rows, self.found = place.nama, found.items, found_in_words(found, file=True)
        self.narrowed = any(value != self.FILTERS[name] for name, value in self.filters.items())
        self.number, self.pages = found.number, found.pages
        self.before, self.after = (address_with(self.PATH, self.filters, found.number + step) for step in (-1, 1))
        self.aside = address_with(self.ASIDE, {PLACE: self.filters.get(PLACE, "")})

    @abstractmethod
    async def _find(self, place: Place, page: int) -> Listing[ListedRow]:
        """A page of whom the filters leave."""


def in_rows(found: Listing[P], row: Callable[[P, Place], ListedRow], place: Place) -> Listing[ListedRow]:
    """A page of a list in words.

    Args:
        found: From the service.
        row: Makes one of a person.
        place: That is looked at.
    """
    rows = [row(person, place) for person in found.items]
    return Listing(rows, found.number, found.pages, found.total, found.more)


def list_page(state: type[PeopleList], heading: str, content: rx.Component) -> rx.Component:
    """The page around a list.

    Args:
        state: Of the page.
        heading: Text of the `h1`.
        content: What is shown as soon as it is there.
    """
    return page(
        outcome(),
        rx.el.h1(heading),
        rx.cond(state.ready, content, rx.cond(AppState.faults, rx.fragment(), skeleton(8))),
        here="/admin",
    )


def narrowed_list(
    state: type[PeopleList],
    choices: tuple[Choice, ...],
    listed: rx.Component,
    *,
    nothing: str,
    report: Report,
    about_file: str,
) -> rx.Component:
    """The filter, and what it leaves: how many, the people, the way to more of them, and the whole as a file.

    Args:
        state: Of the page.
        choices: What the list can be narrowed by.
        listed: The people.
        nothing: Said where there are none.
        report: What the file is.
        about_file: One sentence.
    """
    return rx.fragment(
        filter_form(
            *(filter_select(name, label, state.filters[name], options) for name, label, options in choices),
            narrow=state.narrow,
            narrowed=state.narrowed,
            path=state.PATH,
        ),
        rx.el.p(state.found, class_name="help mt-6 mb-2", role="status"),
        rx.cond(
            state.rows,
            rx.fragment(
                listed,
                link_pager(state.number, state.pages, state.before, state.after),
                section(
                    "Unduh daftar",
                    rx.el.p(about_file, class_name="help mb-4"),
                    download_form(report.value, {name: state.filters[name] for name in state.FILTERS}),
                ),
            ),
            empty(nothing),
        ),
    )
