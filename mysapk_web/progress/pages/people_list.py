"""What the four lists of people share: a page of the list, its filters in the URL, and the frame around it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Final

import reflex as rx

from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.platform import executors
from mysapk_web.platform.pagination import Page
from mysapk_web.platform.rules.row_id import parse_row_id
from mysapk_web.progress import org_nodes
from mysapk_web.progress.pages.components.people_rows import ListKind
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
NODE: Final = "tempat"
"""The filter that no form has: links lead to a node."""

Choice = tuple[str, str, tuple[tuple[str, str], ...]]
"""Name of a filter, its label, and what can be chosen."""
JENIS: Final[Choice] = ("jenis", "Jenis pegawai", KINDS)


class PeopleList(AppState, mixin=True):
    """One page of a list and its filters.

    A page describes its list with a `ClassVar` each, because Reflex makes a var of anything else. It names `AppState` beside this
    class, because Reflex takes a class for a mixin when all its bases are.
    """

    PATH: ClassVar[str]
    ASIDE: ClassVar[str]
    """Route of another page about the same node."""
    KIND: ClassVar[ListKind[Any, Any]]
    FILTERS: ClassVar[Mapping[str, str]]
    """Names of the filters, as in the URL, and the value of each that narrows nothing."""

    ready: bool = False
    place_name: str = ""
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
        """Show what the URL asks for."""
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
        """Put the filters into the URL; the page then loads what it asks for."""
        chosen = {name: form_text(form, name, 40) for name in self.FILTERS if name != NODE}
        self.filters = {**self.filters, **chosen}
        return rx.redirect(url_with(self.PATH, self.filters))

    async def _look(self, page: int) -> None:
        key = self.filters.get(NODE, "")
        node = await executors.run_read_only(org_nodes.find_node, actor(), Permission.PROGRESS_READ, key)
        wanted = self.KIND.filter_of(self.filters)
        found = await self._find(wanted, page)
        self.place_name, self.found = node.name, format_found(found, file=True)
        self.rows = [self.KIND.row_of(person, node) for person in found.items]
        self.narrowed = any(value != self.FILTERS[name] for name, value in self.filters.items())
        self.number, self.pages = found.number, found.pages
        self.before, self.after = (url_with(self.PATH, self.filters, found.number + step) for step in (-1, 1))
        self.aside = url_with(self.ASIDE, {NODE: key})

    @abstractmethod
    async def _find(self, wanted: Any, page: int) -> Page[Any]:
        """A page of the people whom the filters leave."""


def list_page(state: type[PeopleList], heading: str, content: rx.Component) -> rx.Component:
    """The page around a list; `content` is shown once it has loaded."""
    return page(
        form_messages(),
        rx.el.h1(heading),
        rx.cond(state.ready, content, rx.cond(AppState.faults, rx.fragment(), skeleton(8))),
        current="/admin",
    )


def narrowed_list(
    state: type[PeopleList],
    choices: tuple[Choice, ...],
    people: rx.Component,
    *,
    nothing: str,
    report: Report,
    about_file: str,
) -> rx.Component:
    """The filter, and what it leaves: how many, the people, a pager, and the whole list as a file."""
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
                people,
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
