"""What the import part of `/admin/email` holds and does: the runs, one run with its rows, the file on its way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypedDict

import reflex as rx

from mysapk_web.administration.email_imports import actions
from mysapk_web.administration.email_imports.create import may_begin
from mysapk_web.administration.email_imports.queries import RowView, RunView, find_run, list_rows, list_runs
from mysapk_web.administration.rules.email_import import RowVerdict, RunState
from mysapk_web.organisation import periods
from mysapk_web.organisation.rules.nip import NIP_LENGTH
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.platform import executors
from mysapk_web.platform.errors import PermissionDenied
from mysapk_web.platform.rules.row_id import parse_row_id
from mysapk_web.platform.rules.timezones import Zone, format_moment
from mysapk_web.ui.access import actor, handler, log_denied, requires
from mysapk_web.ui.components.lists import url_parameter, url_with
from mysapk_web.ui.state import AppState, form_text

PATH: Final = "/admin/email"
PART: Final = "impor"
MAY: Final = requires(Permission.EMAIL_IMPORT)
SEARCHED: Final = "ada"
"""Value of `cari` in the address while a NIP is searched for; the NIP itself stays out of it."""

TONES: Final = {
    RunState.READING: "plain",
    RunState.READY: "warn",
    RunState.DISCARDED: "plain",
    RunState.APPLYING: "plain",
    RunState.DONE: "good",
    RunState.STOPPING: "plain",
    RunState.STOPPED: "warn",
    RunState.UNDOING: "plain",
    RunState.UNDONE: "plain",
    RunState.FAILED: "bad",
}


class RunRow(TypedDict):
    """A run as the state holds it."""

    id: int
    href: str
    name: str
    state: str
    tone: str
    source: str
    by: str
    at: str
    good: int
    rest: int
    total: int
    percent: int
    measured: bool
    applied: int
    undone: int
    error: str
    busy: bool
    waiting: bool
    may_stop: bool
    may_undo: bool
    has_rows: bool


class CountRow(TypedDict):
    """How many rows have a verdict; a link to them."""

    value: str
    label: str
    count: str
    href: str
    tone: str
    current: bool


class LineRow(TypedDict):
    """A row of the file."""

    line: str
    nip: str
    nama: str
    old: str
    email: str
    label: str
    tone: str
    note: str


NO_RUN: RunRow = {
    "id": 0,
    "href": "",
    "name": "",
    "state": "",
    "tone": "plain",
    "source": "",
    "by": "",
    "at": "",
    "good": 0,
    "rest": 0,
    "total": 0,
    "percent": 0,
    "measured": False,
    "applied": 0,
    "undone": 0,
    "error": "",
    "busy": False,
    "waiting": False,
    "may_stop": False,
    "may_undo": False,
    "has_rows": False,
}


def dotted(number: int) -> str:
    """A whole number as it is written here, e.g. "100.000"."""
    return f"{number:,}".replace(",", ".")


def run_row(run: RunView, zona: str) -> RunRow:
    """A run for the page."""
    return {
        "id": run.id,
        "href": url_with(PATH, {"bagian": PART, "berkas": str(run.id)}),
        "name": run.file_name,
        "state": run.state.label,
        "tone": TONES[run.state],
        "source": run.source.label,
        "by": run.started_by or "-",
        "at": format_moment(run.created_at, zona),
        "good": run.good,
        "rest": run.total - run.good,
        "total": run.total,
        "percent": run.percent,
        "measured": run.measured,
        "applied": run.applied,
        "undone": run.undone,
        "error": run.error,
        "busy": run.state.busy,
        "waiting": run.state is RunState.READY,
        "may_stop": run.state.may_become(RunState.STOPPING),
        "may_undo": run.may_undo,
        "has_rows": run.has_rows and not run.state.busy,
    }


def label_of(verdict: RowVerdict, run: RunView) -> str:
    """What is said of a row.

    Args:
        run: Its run; once its good rows were applied they are no longer called ready.
    """
    return verdict.outcome if run.applied else verdict.label


def tone_of(verdict: RowVerdict) -> str:
    """How a verdict is coloured."""
    if verdict is RowVerdict.UNCHANGED:
        return "plain"
    return ("good" if verdict is RowVerdict.READY else "warn") if verdict.good else "bad"


def line_row(row: RowView, label: str) -> LineRow:
    """A row of the file for the page."""
    return {
        "line": str(row.line),
        "nip": row.nip or "(kosong)",
        "nama": row.nama,
        "old": row.old_email,
        "email": row.email.strip() or "(kosong)",
        "label": label,
        "tone": tone_of(row.verdict),
        "note": "" if row.verdict is RowVerdict.READY else row.note,
    }


def verdict_in(text: str) -> RowVerdict | None:
    """A verdict out of an address; None for anything else."""
    return RowVerdict(text) if text in set(RowVerdict) else None


class ImporState(AppState):
    """The runs of the own scope, and the one that is open."""

    zona: str = Zone.WIB.value
    runs: list[RunRow] = []
    number: int = 1
    pages: int = 1
    before: str = PATH
    after: str = PATH
    open: bool = False
    run: RunRow = NO_RUN
    counts: list[CountRow] = []
    lines: list[LineRow] = []
    found: str = ""
    nip: str = ""
    verdict: str = ""
    go: int = 0

    async def _load(self) -> None:
        """What the address asks for; called by the loader of the page."""
        url, self.zona = self.router.url, await executors.run_read_only(periods.timezone_of, actor())
        run_id, page = parse_row_id(url_parameter(url, "berkas")), parse_row_id(url_parameter(url, "halaman"))
        self.open = "berkas" in url.query_parameters
        self.runs, self.lines, self.counts, self.run = [], [], [], NO_RUN
        if not self.open:
            await self._list(page)
            return
        self.verdict = (verdict_in(url_parameter(url, "hasil")) or "") and url_parameter(url, "hasil")
        self.nip = self.nip if url_parameter(url, "cari") else ""
        await self._show(run_id, page)

    async def _list(self, page: int) -> None:
        found = await executors.run_read_only(list_runs, actor(), page)
        self.runs = [run_row(run, self.zona) for run in found.items]
        self.number, self.pages = found.number, found.pages
        self.before, self.after = (
            url_with(PATH, {"bagian": PART, "halaman": str(found.number + step)}) for step in (-1, 1)
        )

    async def _refresh(self) -> None:
        if self.run["id"]:
            await self._show(self.run["id"], self.number)

    async def _show(self, run_id: int, page: int) -> None:
        try:
            found = await executors.run_read_only(find_run, actor(), run_id)
        except PermissionDenied:
            self._finish(faults={"": "Impor ini tidak ditemukan atau di luar wewenang Anda."})
            await log_denied()
            return
        self.run = run_row(found, self.zona)
        self.counts = [self._count(found, verdict, count) for verdict, count in found.counts.items()]
        if not found.has_rows:
            self.lines, self.found = [], ""
            return
        rows = await executors.run_read_only(
            list_rows,
            actor(),
            found.id,
            verdict=verdict_in(self.verdict),
            nip=self.nip,
            number=page,
        )
        self.lines = [line_row(row, label_of(row.verdict, found)) for row in rows.items]
        self.found, self.number, self.pages = f"{dotted(rows.total)} baris", rows.number, rows.pages
        self.before, self.after = (self._address(found.id, rows.number + step) for step in (-1, 1))

    def _count(self, run: RunView, verdict: RowVerdict, count: int) -> CountRow:
        current = self.verdict == verdict.value
        chosen = "" if current else verdict.value
        return {
            "value": verdict.value,
            "label": label_of(verdict, run),
            "count": dotted(count),
            "href": url_with(PATH, {"bagian": PART, "berkas": str(run.id), "hasil": chosen}),
            "tone": tone_of(verdict),
            "current": current,
        }

    def _address(self, run_id: int, number: int = 1) -> str:
        return url_with(
            PATH,
            {
                "bagian": PART,
                "berkas": str(run_id),
                "hasil": self.verdict,
                "cari": SEARCHED if self.nip else "",
                "halaman": str(number) if number > 1 else "",
            },
        )

    @handler(MAY)
    async def begin(self, form: dict[str, Any]) -> None:
        """Ask whether a list may be sent; the page then sends it."""
        await executors.run_read_only(may_begin, actor())
        self.go += 1
        self._finish()

    @handler(MAY)
    async def stored(self, run_id: int) -> Any:
        """The list was received: open its run."""
        self._finish(notice="Berkas diterima dan sedang diperiksa.")
        return rx.redirect(url_with(PATH, {"bagian": PART, "berkas": str(parse_row_id(str(run_id)))}))

    @handler(MAY)
    async def look_again(self) -> None:
        """How far the run is by now; when it rests, everything of it anew."""
        if not self.run["id"]:
            return
        found = await executors.run_read_only(find_run, actor(), self.run["id"])
        if found.state.busy:
            self.run = run_row(found, self.zona)
        else:
            await self._show(found.id, self.number)

    @handler(MAY)
    async def search(self, form: dict[str, Any]) -> Any:
        """Only rows whose NIP begins with what was typed."""
        digits = "".join(character for character in form_text(form, "cari", 40) if character.isdigit())
        self.nip = digits[:NIP_LENGTH]
        self._finish()
        return rx.redirect(self._address(self.run["id"]))

    @handler(MAY)
    async def apply(self, form: dict[str, Any]) -> None:
        """Have the good rows applied."""
        await self._steer(actions.apply, form)

    @handler(MAY)
    async def discard(self, form: dict[str, Any]) -> None:
        """Throw the list away that waits."""
        await self._steer(actions.discard, form, "Impor dibuang. Tidak ada alamat yang diganti.")

    @handler(MAY)
    async def stop(self, form: dict[str, Any]) -> None:
        """Have nothing more of it applied."""
        await self._steer(actions.stop, form, "Impor dihentikan. Alamat yang sudah diganti tetap berlaku.")

    @handler(MAY)
    async def undo(self, form: dict[str, Any]) -> None:
        """Have the addresses of before given back."""
        await self._steer(actions.undo, form)

    async def _steer(self, act: Callable[..., None], form: dict[str, Any], notice: str = "") -> None:
        """Do something to the run that the form was shown for, whatever the page has loaded since."""
        run_id = parse_row_id(form_text(form, "impor"))
        await executors.run_in_transaction(act, actor(), run_id)
        await self._show(run_id, 1)
        self._finish(notice=notice)
