"""What the four lists of people by their progress share: a page of the list, its filters in the address, and the frame around it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final, TypeVar

import reflex as rx

from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.platform import executors
from mysapk_web.platform.pagination import Page
from mysapk_web.platform.rules.row_id import parse_row_id
from mysapk_web.progress import org_nodes
from mysapk_web.progress.org_nodes import OrgNode
from mysapk_web.progress.pages.components.person_cells import KINDS, ListedRow
from mysapk_web.progress.rules import Report
from mysapk_web.ui.access import actor, handler, requires
from mysapk_web.ui.components.display import empty, section, skeleton
from mysapk_web.ui.components.forms import form_messages
from mysapk_web.ui.components.lists import (
    download_form,
    filter_form,
    filter_select,
    format_found,
    url_parameter,
    url_with,
)
from mysapk_web.ui.components.pagination import link_pager
from mysapk_web.ui.shell import ShellState, page
from mysapk_web.ui.state import AppState, form_text

MAY: Final = requires(Permission.PROGRESS_READ)
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
        self.filters = {name: url_parameter(url, name) for name in self.FILTERS}
        await self._look(parse_row_id(url_parameter(url, "halaman")))
        self.ready = True
        self._finish()

    @handler(MAY)
    async def narrow(self, form: dict[str, Any]) -> Any:
        """Put the filters into the address; the page then loads what it asks for."""
        chosen = {name: form_text(form, name, 40) for name in self.FILTERS if name != PLACE}
        self.filters = {**self.filters, **chosen}
        return rx.redirect(url_with(self.PATH, self.filters))

    async def _look(self, page: int) -> None:
        place = await executors.run_read_only(
            org_nodes.find_node, actor(), Permission.PROGRESS_READ, self.filters.get(PLACE, "")
        )
        found = await self._find(place, page)
        self.nama, self.rows, self.found = place.name, found.items, format_found(found, file=True)
        self.narrowed = any(value != self.FILTERS[name] for name, value in self.filters.items())
        self.number, self.pages = found.number, found.pages
        self.before, self.after = (url_with(self.PATH, self.filters, found.number + step) for step in (-1, 1))
        self.aside = url_with(self.ASIDE, {PLACE: self.filters.get(PLACE, "")})

    @abstractmethod
    async def _find(self, place: OrgNode, page: int) -> Page[ListedRow]:
        """A page of whom the filters leave."""


def in_rows(found: Page[P], row: Callable[[P, OrgNode], ListedRow], place: OrgNode) -> Page[ListedRow]:
    """A page of a list in words."""
    return found.map(lambda person: row(person, place))


def list_page(state: type[PeopleList], heading: str, content: rx.Component) -> rx.Component:
    """The page around a list."""
    return page(
        form_messages(),
        rx.el.h1(heading),
        rx.cond(state.ready, content, rx.cond(AppState.faults, rx.fragment(), skeleton(8))),
        current="/admin",
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
    """The filter, and what it leaves: how many, the people, the way to more of them, and the whole as a file."""
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
