"""What `/admin` holds and does. It asks for the figures again every ten seconds, for the way where they have changed."""

from __future__ import annotations

from typing import Any, Final, TypedDict

import reflex as rx
from babel.dates import format_date

from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.platform import clock, executors
from mysapk_web.platform.rules.formatting import format_number, percent
from mysapk_web.platform.rules.row_id import parse_row_id
from mysapk_web.platform.rules.timezones import Zone, format_clock_time
from mysapk_web.progress import activation_report
from mysapk_web.progress.activation_report import ActivationDay, ActivationSnapshot, ActivationTally
from mysapk_web.progress.breakdown import ChildOrder
from mysapk_web.progress.pages.components.progress_nav import Crumb
from mysapk_web.progress.rollups import today
from mysapk_web.ui.access import actor, handler, requires
from mysapk_web.ui.components.charts import curve_points, width_of
from mysapk_web.ui.components.lists import url_parameter, url_with
from mysapk_web.ui.shell import ShellState
from mysapk_web.ui.state import AppState, form_text

PATH: Final = "/admin"
MAY: Final = requires(Permission.PROGRESS_READ)
ORDERS: Final = (
    (ChildOrder.NAME.value, "Nama"),
    (ChildOrder.SHARE.value, "Persentase terendah"),
    (ChildOrder.MISSING.value, "Terbanyak belum aktivasi"),
)


class ActivationShare(TypedDict):
    """Figures of some people in words, with the length of their bar."""

    label: str
    href: str
    people: str
    active: str
    missing: str
    share: str
    width: str


class ActivationDayRow(TypedDict):
    """A day of the curve."""

    day: str
    people: str
    active: str
    share: str


NO_SHARE: ActivationShare = {
    "label": "",
    "href": "",
    "people": "0",
    "active": "0",
    "missing": "0",
    "share": "",
    "width": "0%",
}


def share_of(tally: ActivationTally, label: str = "", href: str = "") -> ActivationShare:
    """Figures in words."""
    return {
        "label": label,
        "href": href,
        "people": format_number(tally.people),
        "active": format_number(tally.active),
        "missing": format_number(tally.missing),
        "share": percent(tally.active, tally.people) if tally.people else "-",
        "width": width_of(tally.active, tally.people),
    }


def day_row(day: ActivationDay) -> ActivationDayRow:
    """A day in words."""
    return {
        "day": format_date(day.day, "d MMMM y", locale="id"),
        "people": format_number(day.people),
        "active": format_number(day.active),
        "share": percent(day.active, day.people),
    }


def end_of_way(tally: ActivationTally) -> str:
    """What the last day of the way says, and which day that is."""
    return f"{today()} {(tally.people, tally.active)}"


class KemajuanState(AppState):
    """Figures of one place."""

    ready: bool = False
    nama: str = ""
    zona: str = Zone.WIB.value
    tempat: str = ""
    crumbs: list[Crumb] = []
    others: list[Crumb] = []
    whole: ActivationShare = NO_SHARE
    no_email: str = "0"
    disabled: str = "0"
    kinds: list[ActivationShare] = []
    below: list[ActivationShare] = []
    direct: ActivationShare = NO_SHARE
    has_direct: bool = False
    days: list[ActivationDayRow] = []
    points: str = ""
    summary: str = ""
    urut: str = ChildOrder.NAME.value
    number: int = 1
    pages: int = 1
    total: int = 0
    before: str = PATH
    after: str = PATH
    list_href: str = ""
    here_href: str = PATH
    pdm_href: str = f"{PATH}/pdm"
    sanctions_href: str = ""
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
            activation_report.read_report,
            actor(),
            key=url_parameter(url, "tempat"),
            order=ChildOrder(self.urut),
            page=page,
        )
        self.nama, self.zona, self.tempat = seen.place.name, seen.place.timezone, seen.place.key
        self.crumbs = [{"label": step.name, "href": self._at(step.key)} for step in seen.crumbs[:-1]]
        others = seen.starts if len(seen.starts) > 1 else []
        self.others = [
            {"label": start.name, "href": self._at(start.key)} for start in others if start.key != seen.place.key
        ]
        self.list_href = url_with(f"{PATH}/belum-aktif", {"tempat": self.tempat})
        self.sanctions_href = url_with(f"{PATH}/sanksi", {"tempat": self.tempat})
        self.here_href = url_with(PATH, {"tempat": self.tempat})
        self.pdm_href = url_with(f"{PATH}/pdm", {"tempat": self.tempat})
        self._show_way(activation_report.with_today(seen.days, seen.figures.tally), seen.figures.tally)
        self._show(seen.figures)
        self.ready = True
        self._finish()

    @handler(MAY, passive=True)
    async def refresh(self) -> None:
        """The figures as they are now, for the place that is shown."""
        if not self.ready:
            return
        found = await executors.run_read_only(
            activation_report.read_snapshot, actor(), key=self.tempat, order=ChildOrder(self.urut), page=self.number
        )
        self._show(found)
        if self._way_to != end_of_way(found.tally):
            days = await executors.run_read_only(
                activation_report.history_until_now, actor(), found.tally, key=self.tempat
            )
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

    def _show(self, found: ActivationSnapshot) -> None:
        self.whole = share_of(found.tally)
        self.no_email, self.disabled = format_number(found.tally.no_email), format_number(found.tally.disabled)
        self.kinds = [
            share_of(tally, jenis.label, url_with(f"{PATH}/belum-aktif", {"tempat": self.tempat, "jenis": jenis.value}))
            for jenis, tally in found.kinds
        ]
        self.below = [share_of(row.tally, row.nama, self._at(row.key)) for row in found.below.items]
        self.direct, self.has_direct = share_of(found.direct), found.direct.people > 0
        self.number, self.pages, self.total = found.below.number, found.below.pages, found.below.total
        self.before, self.after = self._page(self.number - 1), self._page(self.number + 1)
        self.looked_at = format_clock_time(clock.now(), self.zona)

    def _show_way(self, days: list[ActivationDay], tally: ActivationTally) -> None:
        self._way_to = end_of_way(tally)
        self.days = [day_row(day) for day in reversed(days)]
        self.points = curve_points([day.active / day.people for day in days])
        if not days:
            self.summary = ""
            return
        first, last = day_row(days[0]), day_row(days[-1])
        self.summary = f"Dari {first['share']} pada {first['day']} menjadi {last['share']} pada {last['day']}."
