"""What `/admin/pdm` holds and does. It asks for the figures again every ten seconds, for the way where they have changed."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final, TypedDict

import reflex as rx
from babel.dates import format_date

from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.platform import clock, executors
from mysapk_web.platform.rules.formatting import number, percent
from mysapk_web.platform.rules.row_id import number_of
from mysapk_web.progress import pdm_report
from mysapk_web.progress.backlog import AGES, Backlog
from mysapk_web.progress.breakdown import Order
from mysapk_web.progress.pages.components.progress_nav import Step
from mysapk_web.progress.pdm_report import Below, Day, Figures, GroupTally, Tally
from mysapk_web.progress.rollups import today
from mysapk_web.progress.rules import Waiting
from mysapk_web.ui.access import actor, handler, holding
from mysapk_web.ui.components.charts import curve_points, width_of
from mysapk_web.ui.components.lists import address_with, parameter
from mysapk_web.ui.formatting import clock_time
from mysapk_web.ui.shell import ShellState
from mysapk_web.ui.state import AppState, text_of

PATH: Final = "/admin/pdm"
LIST: Final = "/admin/belum-pdm"
MAY: Final = holding(Permission.PROGRESS_READ)
ORDERS: Final = (
    (Order.NAME.value, "Nama"),
    (Order.SHARE.value, "Persentase terendah"),
    (Order.MISSING.value, "Terbanyak belum selesai"),
)
DESKS: Final = {Waiting.VERIFIER: "Verifikator", Waiting.APPROVER: "Approver", Waiting.BKN: "BKN"}
AGE_LABELS: Final = (
    f"Sampai {AGES[0]} hari",
    *(f"{first + 1} sampai {last} hari" for first, last in pairwise(AGES)),
    f"Lebih dari {AGES[-1]} hari",
)


class Share(TypedDict):
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


class DayRow(TypedDict):
    """A day of the curve."""

    day: str
    people: str
    taken_part: str
    sent: str
    done: str
    share: str


NO_SHARE: Share = {
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


def share_of(tally: Tally, label: str = "", href: str = "", backlog: Backlog | None = None) -> Share:
    """Figures in words.

    Args:
        tally: Of some people.
        label: Who they are.
        href: Where more is told of them.
        backlog: What waits there.
    """
    waiting = backlog or Backlog()
    return {
        "label": label,
        "href": href,
        "people": number(tally.people),
        "done": number(tally.done),
        "sent": number(tally.sent),
        "share": percent(tally.done, tally.people) if tally.people else "-",
        "width": width_of(tally.done, tally.people),
        "waiting": number(waiting.total),
        "oldest": days_in_words(waiting.oldest),
    }


def days_in_words(days: int | None) -> str:
    """How long something waits.

    Args:
        days: None where nothing does.
    """
    if days is None:
        return "-"
    return "hari ini" if days == 0 else f"{number(days)} hari"


def bar_of(label: str, count: int, whole: int, href: str = "") -> Bar:
    """One bar.

    Args:
        label: What it is of.
        count: How many.
        whole: Of how many.
        href: Where more is told.
    """
    share = percent(count, whole) if whole else "-"
    return {
        "label": label,
        "href": href,
        "count": number(count),
        "whole": number(whole),
        "share": share,
        "width": width_of(count, whole),
    }


def day_row(day: Day) -> DayRow:
    """A day in words.

    Args:
        day: From the service.
    """
    return {
        "day": format_date(day.day, "d MMMM y", locale="id"),
        "people": number(day.people),
        "taken_part": number(day.taken_part),
        "sent": number(day.sent),
        "done": number(day.done),
        "share": percent(day.done, day.people),
    }


def end_of_way(tally: Tally) -> str:
    """What the last day of the way says, and which day that is.

    Args:
        tally: Figures of now.
    """
    return f"{today()} {(tally.people, tally.taken_part, tally.sent, tally.done)}"


class KemajuanPdmState(AppState):
    """Figures of one place."""

    ready: bool = False
    nama: str = ""
    zona: str = "WIB"
    tempat: str = ""
    crumbs: list[Step] = []
    others: list[Step] = []
    whole: Share = NO_SHARE
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
    kinds: list[Share] = []
    below: list[Share] = []
    days: list[DayRow] = []
    points: str = ""
    summary: str = ""
    urut: str = Order.NAME.value
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
        wanted = parameter(url, "urut")
        self.urut = wanted if wanted in set(Order) else Order.NAME.value
        page = number_of(parameter(url, "halaman"))
        seen = await executors.look(
            pdm_report.progress, actor(), key=parameter(url, "tempat"), order=Order(self.urut), page=page
        )
        self.nama, self.zona, self.tempat = seen.place.nama, seen.place.zona, seen.place.key
        self.crumbs = [{"label": step.nama, "href": self._at(step.key)} for step in seen.crumbs[:-1]]
        starts = seen.starts if len(seen.starts) > 1 else []
        self.others = [
            {"label": start.nama, "href": self._at(start.key)} for start in starts if start.key != seen.place.key
        ]
        place = {"tempat": self.tempat}
        self.list_href, self.here_href = address_with(LIST, place), address_with(PATH, place)
        self.sanctions_href = address_with("/admin/sanksi-pdm", place)
        self.activation_href = address_with("/admin", place)
        self._show_way(seen.days, seen.figures.tally)
        self._show(seen.figures)
        self.ready = True
        self._tell()

    @handler(MAY, passive=True)
    async def refresh(self) -> None:
        """The figures as they are now, for the place that is shown."""
        if not self.ready:
            return
        found = await executors.look(
            pdm_report.figures, actor(), key=self.tempat, order=Order(self.urut), page=self.number
        )
        self._show(found)
        if self._way_to != end_of_way(found.tally):
            days = await executors.look(pdm_report.days_until_now, actor(), found.tally, key=self.tempat)
            self._show_way(days, found.tally)

    @handler(MAY)
    async def sort(self, form: dict[str, Any]) -> Any:
        """Put the order into the address; the page then loads what it asks for."""
        wanted = text_of(form, "urut")
        self.urut = wanted if wanted in set(Order) else Order.NAME.value
        return rx.redirect(self._page(1))

    def _at(self, key: str) -> str:
        return address_with(PATH, {"tempat": key, "urut": "" if self.urut == Order.NAME.value else self.urut})

    def _page(self, page: int) -> str:
        urut = "" if self.urut == Order.NAME.value else self.urut
        return address_with(PATH, {"tempat": self.tempat, "urut": urut, "halaman": str(page) if page > 1 else ""})

    def _show(self, found: Figures) -> None:
        tally = found.tally
        self.whole, self.missing = share_of(tally), number(tally.people - tally.done)
        self.taken_part = _count_of(tally.taken_part, tally.people)
        self.sent, self.all_sent = _count_of(tally.sent, tally.people), _count_of(tally.all_sent, tally.people)
        self.groups = [self._group(group) for group in found.groups]
        self._show_backlog(found.backlog)
        self.kinds = [
            share_of(tally, jenis.label, address_with(LIST, {"tempat": self.tempat, "jenis": jenis.value}))
            for jenis, tally in found.kinds
        ]
        self.below = [self._line(row) for row in found.below.items]
        self.number, self.pages = found.below.number, found.below.pages
        self.before, self.after = self._page(self.number - 1), self._page(self.number + 1)
        self.looked_at = clock_time(clock.now(), self.zona)

    def _group(self, group: GroupTally) -> Bar:
        href = address_with(LIST, {"tempat": self.tempat, "kelompok": group.key})
        return bar_of(group.label, group.handled, group.people, href)

    def _line(self, row: Below) -> Share:
        return share_of(row.tally, row.nama, self._at(row.key), row.backlog)

    def _show_backlog(self, backlog: Backlog) -> None:
        self.waiting = number(backlog.total)
        self.desks = [bar_of(DESKS[desk], count, backlog.total) for desk, count in backlog.desks]
        self.ages = [bar_of(label, count, backlog.total) for label, count in zip(AGE_LABELS, backlog.ages, strict=True)]
        self.oldest, self.median = days_in_words(backlog.oldest), days_in_words(backlog.median)

    def _show_way(self, days: list[Day], tally: Tally) -> None:
        self._way_to = end_of_way(tally)
        self.days = [day_row(day) for day in reversed(days)]
        self.points = curve_points([day.done / day.people for day in days])
        if not days:
            self.summary = ""
            return
        first, last = day_row(days[0]), day_row(days[-1])
        self.summary = f"Selesai semua kelompok: dari {first['share']} pada {first['day']} menjadi {last['share']} pada {last['day']}."


def _count_of(count: int, people: int) -> str:
    return f"{number(count)} pegawai ({percent(count, people)})"
