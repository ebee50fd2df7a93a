"""What the two dashboards hold and do. They ask for the counts again every ten seconds, for the history where it has changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Final, TypedDict

import reflex as rx
from babel.dates import format_date

from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.platform import clock, executors
from mysapk_web.platform.rules.formatting import format_number, percent
from mysapk_web.platform.rules.row_id import parse_row_id
from mysapk_web.platform.rules.timezones import Zone, format_clock_time
from mysapk_web.progress.breakdown import ChildOrder
from mysapk_web.progress.pages.components.progress_nav import Crumb
from mysapk_web.progress.report import (
    ChildRow,
    DailyTally,
    ReportKind,
    Snapshot,
    Tally,
    read_history,
    read_report,
    read_snapshot,
)
from mysapk_web.progress.rollups import today
from mysapk_web.ui.access import actor, handler, requires
from mysapk_web.ui.components.charts import curve_points, width_of
from mysapk_web.ui.components.lists import url_parameter, url_with
from mysapk_web.ui.shell import ShellState
from mysapk_web.ui.state import AppState, form_text

MAY: Final = requires(Permission.PROGRESS_READ)

Column = tuple[str, Callable[[Tally], int]]
"""Head of a column, and what it counts."""


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A dashboard: what it counts, where it leads, and what it says. `figures` begin with everybody and with the goal."""

    kind: ReportKind
    view: str
    """Which of `progress_nav.VIEWS` it is."""
    path: str
    aside: str
    """Route of the other dashboard."""
    people: str
    """Route of the list of those who have not reached the goal."""
    sanctions: str
    figures: tuple[Column, ...]
    daily: tuple[Column, ...]
    facts: tuple[tuple[str, Callable[[Tally], str]], ...]
    title: str
    subject: str
    reached: str
    """"12 dari 40 pegawai ..."."""
    missing: str
    """Label of those who have not reached the goal."""
    most_missing: str
    """Label of the order by them."""
    unreached: str
    """"Daftar yang ..."."""
    history: str
    """How the summary of the history begins."""

    @property
    def orders(self) -> tuple[tuple[str, str], ...]:
        """What the units can be sorted by."""
        return (
            (ChildOrder.NAME.value, "Nama"),
            (ChildOrder.SHARE.value, "Persentase terendah"),
            (ChildOrder.MISSING.value, self.most_missing),
        )


class Share(TypedDict):
    """Counts of some people in words, with the length of their bar; `more` is what only some tables have."""

    label: str
    href: str
    figures: list[str]
    share: str
    width: str
    more: list[str]


class DayRow(TypedDict):
    """A day of the curve."""

    day: str
    figures: list[str]
    share: str


NO_SHARE: Share = {"label": "", "href": "", "figures": [], "share": "", "width": "0%", "more": []}


class ProgressState(AppState, mixin=True):
    """Counts of one node."""

    DASHBOARD: ClassVar[Dashboard]

    ready: bool = False
    place_name: str = ""
    timezone: str = Zone.WIB.value
    tempat: str = ""
    crumbs: list[Crumb] = []
    others: list[Crumb] = []
    whole: Share = NO_SHARE
    missing: str = "0"
    facts: list[str] = []
    kinds: list[Share] = []
    below: list[Share] = []
    days: list[DayRow] = []
    points: str = ""
    summary: str = ""
    order: str = ChildOrder.NAME.value
    number: int = 1
    pages: int = 1
    before: str = ""
    after: str = ""
    list_href: str = ""
    here_href: str = ""
    aside_href: str = ""
    sanctions_href: str = ""
    looked_at: str = ""
    _history_end: str = ""
    """Day and counts that the history was shown to; while they stay, it is not read again."""

    @handler(MAY)
    async def load(self) -> None:
        """Show what the URL asks for."""
        self.faults, self.notice, self.ready = {}, "", False
        shell = await self.get_state(ShellState)
        await shell._fill()
        url = self.router.url
        wanted = url_parameter(url, "urut")
        self.order = wanted if wanted in set(ChildOrder) else ChildOrder.NAME.value
        seen = await executors.run_read_only(
            read_report,
            actor(),
            self.DASHBOARD.kind,
            key=url_parameter(url, "tempat"),
            order=ChildOrder(self.order),
            page=parse_row_id(url_parameter(url, "halaman")),
        )
        self.place_name, self.timezone, self.tempat = seen.node.name, seen.node.timezone, seen.node.key
        self.crumbs = [{"label": node.name, "href": self._at(node.key)} for node in seen.breadcrumbs[:-1]]
        self.others = [
            {"label": root.name, "href": self._at(root.key)}
            for root in (seen.roots if len(seen.roots) > 1 else [])
            if root.key != seen.node.key
        ]
        page, node = self.DASHBOARD, {"tempat": self.tempat}
        self.list_href, self.here_href = url_with(page.people, node), url_with(page.path, node)
        self.sanctions_href, self.aside_href = url_with(page.sanctions, node), url_with(page.aside, node)
        self._show_history(seen.history, seen.snapshot.tally)
        self._show(seen.snapshot)
        self.ready = True
        self._finish()

    @handler(MAY, passive=True)
    async def refresh(self) -> None:
        """Show the counts as they are now, for the same node."""
        if not self.ready:
            return
        kind = self.DASHBOARD.kind
        found = await executors.run_read_only(
            read_snapshot, actor(), kind, key=self.tempat, order=ChildOrder(self.order), page=self.number
        )
        self._show(found)
        if self._history_end != self._end_of(found.tally):
            days = await executors.run_read_only(read_history, actor(), kind, found.tally, key=self.tempat)
            self._show_history(days, found.tally)

    @handler(MAY)
    async def sort(self, form: dict[str, Any]) -> Any:
        """Put the order into the URL; the page then loads what it asks for."""
        wanted = form_text(form, "urut")
        self.order = wanted if wanted in set(ChildOrder) else ChildOrder.NAME.value
        return rx.redirect(self._page(1))

    def _at(self, key: str, page: int = 1) -> str:
        order = "" if self.order == ChildOrder.NAME.value else self.order
        number = str(page) if page > 1 else ""
        return url_with(self.DASHBOARD.path, {"tempat": key, "urut": order, "halaman": number})

    def _page(self, page: int) -> str:
        return self._at(self.tempat, page)

    def _share(self, tally: Tally, label: str = "", href: str = "", more: list[str] | None = None) -> Share:
        reached = tally[self.DASHBOARD.kind.goal]
        return {
            "label": label,
            "href": href,
            "figures": [format_number(count(tally)) for _, count in self.DASHBOARD.figures],
            "share": percent(reached, tally.people) if tally.people else "-",
            "width": width_of(reached, tally.people),
            "more": more or [],
        }

    def _show(self, found: Snapshot) -> None:
        page, tally = self.DASHBOARD, found.tally
        self.whole, self.missing = self._share(tally), format_number(tally.people - tally[page.kind.goal])
        self.facts = [words(tally) for _, words in page.facts]
        self.kinds = [
            self._share(some, jenis.label, url_with(page.people, {"tempat": self.tempat, "jenis": jenis.value}))
            for jenis, some in found.kinds
        ]
        self.below = [self._child(row) for row in found.children.items]
        self.number, self.pages = found.children.number, found.children.pages
        self.before, self.after = self._page(self.number - 1), self._page(self.number + 1)
        self.looked_at = format_clock_time(clock.now(), self.timezone)

    def _child(self, row: ChildRow) -> Share:
        return self._share(row.tally, row.name, self._at(row.key))

    def _show_history(self, days: list[DailyTally], now: Tally) -> None:
        self._history_end = self._end_of(now)
        rows = [self._day(day) for day in days]
        self.days = rows[::-1]
        goal = self.DASHBOARD.kind.goal
        self.points = curve_points([day.tally[goal] / day.tally.people for day in days])
        if not rows:
            self.summary = ""
            return
        first, last = rows[0], rows[-1]
        steps = f"{first['share']} pada {first['day']} menjadi {last['share']} pada {last['day']}."
        self.summary = f"{self.DASHBOARD.history}{steps}"

    def _end_of(self, tally: Tally) -> str:
        return f"{today()} {[tally[measure] for measure in self.DASHBOARD.kind.daily]}"

    def _day(self, day: DailyTally) -> DayRow:
        return {
            "day": format_date(day.day, "d MMMM y", locale="id"),
            "figures": [format_number(count(day.tally)) for _, count in self.DASHBOARD.daily],
            "share": percent(day.tally[self.DASHBOARD.kind.goal], day.tally.people),
        }
