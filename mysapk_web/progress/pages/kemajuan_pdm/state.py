"""What `/admin/pdm` holds and does. It asks for the figures again every ten seconds, for the way where they have changed."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final, TypedDict

import reflex as rx
from babel.dates import format_date

from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.platform import clock, executors
from mysapk_web.platform.rules.formatting import format_number, percent
from mysapk_web.platform.rules.row_id import parse_row_id
from mysapk_web.platform.rules.timezones import Zone, format_clock_time
from mysapk_web.progress import pdm_report
from mysapk_web.progress.backlog import AGES, Backlog
from mysapk_web.progress.breakdown import ChildOrder
from mysapk_web.progress.pages.components.progress_nav import Crumb
from mysapk_web.progress.pdm_report import GroupTally, PdmChildRow, PdmDay, PdmSnapshot, PdmTally
from mysapk_web.progress.rollups import today
from mysapk_web.progress.rules import WaitingOffice
from mysapk_web.ui.access import actor, handler, requires
from mysapk_web.ui.components.charts import curve_points, width_of
from mysapk_web.ui.components.lists import url_parameter, url_with
from mysapk_web.ui.shell import ShellState
from mysapk_web.ui.state import AppState, form_text

PATH: Final = "/admin/pdm"
LIST: Final = "/admin/belum-pdm"
MAY: Final = requires(Permission.PROGRESS_READ)
ORDERS: Final = (
    (ChildOrder.NAME.value, "Nama"),
    (ChildOrder.SHARE.value, "Persentase terendah"),
    (ChildOrder.MISSING.value, "Terbanyak belum selesai"),
)
DESKS: Final = {WaitingOffice.VERIFIER: "Verifikator", WaitingOffice.APPROVER: "Approver", WaitingOffice.BKN: "BKN"}
AGE_LABELS: Final = (
    f"Sampai {AGES[0]} hari",
    *(f"{first + 1} sampai {last} hari" for first, last in pairwise(AGES)),
    f"Lebih dari {AGES[-1]} hari",
)


class PdmShare(TypedDict):
    """Figures of some people in words, with the length of their bar."""

    label: str
    href: str
    people: str
    done: str
    sent: str
    share: str
    width: str
    waiting: str
    oldest: str


class Bar(TypedDict):
    """One bar of a chart, with what it says."""

    label: str
    href: str
    count: str
    whole: str
    share: str
    width: str


class PdmDayRow(TypedDict):
    """A day of the curve."""

    day: str
    people: str
    taken_part: str
    sent: str
    done: str
    share: str


NO_SHARE: PdmShare = {
    "label": "",
    "href": "",
    "people": "0",
    "done": "0",
    "sent": "0",
    "share": "",
    "width": "0%",
    "waiting": "0",
    "oldest": "-",
}


def share_of(tally: PdmTally, label: str = "", href: str = "", backlog: Backlog | None = None) -> PdmShare:
    """Figures in words."""
    waiting = backlog or Backlog()
    return {
        "label": label,
        "href": href,
        "people": format_number(tally.people),
        "done": format_number(tally.done),
        "sent": format_number(tally.sent),
        "share": percent(tally.done, tally.people) if tally.people else "-",
        "width": width_of(tally.done, tally.people),
        "waiting": format_number(waiting.total),
        "oldest": days_in_words(waiting.oldest),
    }


def days_in_words(days: int | None) -> str:
    """How long something waits."""
    if days is None:
        return "-"
    return "hari ini" if days == 0 else f"{format_number(days)} hari"


def bar_of(label: str, count: int, whole: int, href: str = "") -> Bar:
    """One bar."""
    share = percent(count, whole) if whole else "-"
    return {
        "label": label,
        "href": href,
        "count": format_number(count),
        "whole": format_number(whole),
        "share": share,
        "width": width_of(count, whole),
    }


def day_row(day: PdmDay) -> PdmDayRow:
    """A day in words."""
    return {
        "day": format_date(day.day, "d MMMM y", locale="id"),
        "people": format_number(day.people),
        "taken_part": format_number(day.taken_part),
        "sent": format_number(day.sent),
        "done": format_number(day.done),
        "share": percent(day.done, day.people),
    }


def end_of_way(tally: PdmTally) -> str:
    """What the last day of the way says, and which day that is."""
    return f"{today()} {(tally.people, tally.taken_part, tally.sent, tally.done)}"


class KemajuanPdmState(AppState):
    """Figures of one place."""

    ready: bool = False
    nama: str = ""
    zona: str = Zone.WIB.value
    tempat: str = ""
    crumbs: list[Crumb] = []
    others: list[Crumb] = []
    whole: PdmShare = NO_SHARE
    missing: str = "0"
    taken_part: str = ""
    sent: str = ""
    all_sent: str = ""
    groups: list[Bar] = []
    waiting: str = "0"
    desks: list[Bar] = []
    ages: list[Bar] = []
    oldest: str = "-"
    median: str = "-"
    kinds: list[PdmShare] = []
    below: list[PdmShare] = []
    days: list[PdmDayRow] = []
    points: str = ""
    summary: str = ""
    urut: str = ChildOrder.NAME.value
    number: int = 1
    pages: int = 1
    before: str = PATH
    after: str = PATH
    list_href: str = LIST
    sanctions_href: str = "/admin/sanksi-pdm"
    here_href: str = PATH
    activation_href: str = "/admin"
    looked_at: str = ""
    _way_to: str = ""
    """Day and counts that the way was shown to; while they stay, it is not read again."""

    @handler(MAY)
    async def load(self) -> None:
        """What the address asks for."""
        self.faults, self.notice, self.ready = {}, "", False
        shell = await self.get_state(ShellState)
        await shell._fill()
        url = self.router.url
        wanted = url_parameter(url, "urut")
        self.urut = wanted if wanted in set(ChildOrder) else ChildOrder.NAME.value
        page = parse_row_id(url_parameter(url, "halaman"))
        seen = await executors.run_read_only(
            pdm_report.read_report, actor(), key=url_parameter(url, "tempat"), order=ChildOrder(self.urut), page=page
        )
        self.nama, self.zona, self.tempat = seen.place.name, seen.place.timezone, seen.place.key
        self.crumbs = [{"label": step.name, "href": self._at(step.key)} for step in seen.crumbs[:-1]]
        starts = seen.starts if len(seen.starts) > 1 else []
        self.others = [
            {"label": start.name, "href": self._at(start.key)} for start in starts if start.key != seen.place.key
        ]
        place = {"tempat": self.tempat}
        self.list_href, self.here_href = url_with(LIST, place), url_with(PATH, place)
        self.sanctions_href = url_with("/admin/sanksi-pdm", place)
        self.activation_href = url_with("/admin", place)
        self._show_way(seen.days, seen.figures.tally)
        self._show(seen.figures)
        self.ready = True
        self._finish()

    @handler(MAY, passive=True)
    async def refresh(self) -> None:
        """The figures as they are now, for the place that is shown."""
        if not self.ready:
            return
        found = await executors.run_read_only(
            pdm_report.read_snapshot, actor(), key=self.tempat, order=ChildOrder(self.urut), page=self.number
        )
        self._show(found)
        if self._way_to != end_of_way(found.tally):
            days = await executors.run_read_only(pdm_report.history_until_now, actor(), found.tally, key=self.tempat)
            self._show_way(days, found.tally)

    @handler(MAY)
    async def sort(self, form: dict[str, Any]) -> Any:
        """Put the order into the address; the page then loads what it asks for."""
        wanted = form_text(form, "urut")
        self.urut = wanted if wanted in set(ChildOrder) else ChildOrder.NAME.value
        return rx.redirect(self._page(1))

    def _at(self, key: str) -> str:
        return url_with(PATH, {"tempat": key, "urut": "" if self.urut == ChildOrder.NAME.value else self.urut})

    def _page(self, page: int) -> str:
        urut = "" if self.urut == ChildOrder.NAME.value else self.urut
        return url_with(PATH, {"tempat": self.tempat, "urut": urut, "halaman": str(page) if page > 1 else ""})

    def _show(self, found: PdmSnapshot) -> None:
        tally = found.tally
        self.whole, self.missing = share_of(tally), format_number(tally.people - tally.done)
        self.taken_part = _count_of(tally.taken_part, tally.people)
        self.sent, self.all_sent = _count_of(tally.sent, tally.people), _count_of(tally.all_sent, tally.people)
        self.groups = [self._group(group) for group in found.groups]
        self._show_backlog(found.backlog)
        self.kinds = [
            share_of(tally, jenis.label, url_with(LIST, {"tempat": self.tempat, "jenis": jenis.value}))
            for jenis, tally in found.kinds
        ]
        self.below = [self._line(row) for row in found.below.items]
        self.number, self.pages = found.below.number, found.below.pages
        self.before, self.after = self._page(self.number - 1), self._page(self.number + 1)
        self.looked_at = format_clock_time(clock.now(), self.zona)

    def _group(self, group: GroupTally) -> Bar:
        href = url_with(LIST, {"tempat": self.tempat, "kelompok": group.key})
        return bar_of(group.label, group.handled, group.people, href)

    def _line(self, row: PdmChildRow) -> PdmShare:
        return share_of(row.tally, row.nama, self._at(row.key), row.backlog)

    def _show_backlog(self, backlog: Backlog) -> None:
        self.waiting = format_number(backlog.total)
        self.desks = [bar_of(DESKS[desk], count, backlog.total) for desk, count in backlog.offices]
        self.ages = [bar_of(label, count, backlog.total) for label, count in zip(AGE_LABELS, backlog.ages, strict=True)]
        self.oldest, self.median = days_in_words(backlog.oldest), days_in_words(backlog.median)

    def _show_way(self, days: list[PdmDay], tally: PdmTally) -> None:
        self._way_to = end_of_way(tally)
        self.days = [day_row(day) for day in reversed(days)]
        self.points = curve_points([day.done / day.people for day in days])
        if not days:
            self.summary = ""
            return
        first, last = day_row(days[0]), day_row(days[-1])
        self.summary = f"Selesai semua kelompok: dari {first['share']} pada {first['day']} menjadi {last['share']} pada {last['day']}."


def _count_of(count: int, people: int) -> str:
    return f"{format_number(count)} pegawai ({percent(count, people)})"
