"""What pages of imports hold and do: the runs, one run with its rows, the file on its way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, TypedDict

import reflex as rx

from mysapk_web.administration.email_imports.kind import EMAIL_IMPORT
from mysapk_web.administration.imports import actions
from mysapk_web.administration.imports.create import require_import
from mysapk_web.administration.imports.kinds import KINDS, find_kind, importable
from mysapk_web.administration.imports.queries import RowView, find_run, list_rows, list_runs
from mysapk_web.organisation import periods
from mysapk_web.organisation.rules.nip import NIP_LENGTH
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.platform import executors
from mysapk_web.platform.errors import PermissionDenied
from mysapk_web.platform.imports.kind import ImportKind
from mysapk_web.platform.imports.queries import RunView
from mysapk_web.platform.imports.rules import RowVerdict, RunState
from mysapk_web.platform.rules.row_id import parse_row_id
from mysapk_web.platform.rules.timezones import Zone, format_moment
from mysapk_web.ui.access import actor, handler, log_denied, requires
from mysapk_web.ui.components.lists import url_parameter, url_with
from mysapk_web.ui.state import AppState, form_text

MAY: Final = requires(Permission.EMAIL_IMPORT, Permission.PEOPLE_IMPORT)
SEARCHED: Final = "ada"
"""Value of `cari` in the address while a NIP is searched for; the NIP itself stays out of it."""
CODE_LENGTH: Final = 42


@dataclass(frozen=True, slots=True)
class ImportsPlace:
    """A page on which imports stand, with its words."""

    path: str
    base: Mapping[str, str]
    """What its address always says."""
    kinds: tuple[str, ...]
    discarded: str
    stopped: str

    def address(self, values: Mapping[str, str]) -> str:
        """An address on the page."""
        return url_with(self.path, {**self.base, **values})


EMAIL_PLACE: Final = ImportsPlace(
    path="/admin/email",
    base=MappingProxyType({"bagian": "impor"}),
    kinds=(EMAIL_IMPORT.key,),
    discarded="Impor dibuang. Tidak ada alamat yang diganti.",
    stopped="Impor dihentikan. Alamat yang sudah diganti tetap berlaku.",
)
ALL_PLACE: Final = ImportsPlace(
    path="/admin/impor",
    base=MappingProxyType({}),
    kinds=tuple(KINDS),
    discarded="Impor dibuang. Tidak ada data yang diubah.",
    stopped="Impor dihentikan. Data yang sudah diterapkan tetap berlaku.",
)

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
    kind: str
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
    undo_refusal: str
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
    content: str
    label: str
    tone: str
    note: str


class ImportKindRow(TypedDict):
    """A kind that may be imported."""

    value: str
    label: str


class ColumnRow(TypedDict):
    """A column of the file."""

    name: str
    help: str
    example: str
    required: bool


NO_RUN: RunRow = {
    "id": 0,
    "href": "",
    "kind": "",
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
    "undo_refusal": "",
    "has_rows": False,
}


def dotted(number: int) -> str:
    """A whole number as it is written here, e.g. "100.000"."""
    return f"{number:,}".replace(",", ".")


def run_row(run: RunView, place: ImportsPlace, zona: str) -> RunRow:
    """A run for the page; times are read in the zone."""
    return {
        "id": run.id,
        "href": place.address({"berkas": str(run.id)}),
        "kind": run.kind.label,
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
        "undo_refusal": "" if run.state is RunState.DISCARDED else run.kind.undo_refusal,
        "has_rows": run.has_rows and not run.state.busy,
    }


def label_of(verdict: RowVerdict, run: RunView) -> str:
    """What is said of a row; once the good rows of its run were applied they are no longer called ready."""
    return verdict.outcome if run.applied else verdict.label


def line_row(row: RowView, label: str) -> LineRow:
    """A row of the file for the page, with what is said of it."""
    return {
        "line": str(row.line) if row.line else "-",
        "nip": row.nip or "(kosong)",
        "nama": row.nama,
        "old": row.old_email,
        "content": row.content.strip() or "(kosong)",
        "label": label,
        "tone": row.verdict.tone,
        "note": "" if row.verdict.tone == "good" and row.note == row.verdict.advice else row.note,
    }


class ImporState(AppState):
    """The runs within the scope, and the one that is open."""

    zona: str = Zone.WIB.value
    runs: list[RunRow] = []
    number: int = 1
    pages: int = 1
    before: str = EMAIL_PLACE.path
    after: str = EMAIL_PLACE.path
    list_href: str = EMAIL_PLACE.path
    open: bool = False
    run: RunRow = NO_RUN
    counts: list[CountRow] = []
    lines: list[LineRow] = []
    found: str = ""
    nip: str = ""
    verdict: str = ""
    go: int = 0
    kinds: list[ImportKindRow] = []
    kind: str = EMAIL_IMPORT.key
    kind_label: str = ""
    kind_undo_refusal: str = ""
    columns: list[ColumnRow] = []
    required: str = ""
    to: str = ""
    """Route that takes the file."""

    _everything: bool = False

    @property
    def _place(self) -> ImportsPlace:
        return ALL_PLACE if self._everything else EMAIL_PLACE

    async def _load(self, *, everything: bool = False) -> None:
        """What the address asks for; called by the loader of the page."""
        self._everything = everything
        url, self.zona = self.router.url, await executors.run_read_only(periods.timezone_of, actor())
        run_id, page = parse_row_id(url_parameter(url, "berkas")), parse_row_id(url_parameter(url, "halaman"))
        self.open = "berkas" in url.query_parameters
        self.runs, self.lines, self.counts, self.run = [], [], [], NO_RUN
        self.list_href = self._place.address({})
        if not self.open:
            self._choose(url_parameter(url, "jenis"))
            await self._list(page)
            return
        self.verdict = url_parameter(url, "hasil")
        self.nip = self.nip if url_parameter(url, "cari") else ""
        await self._show(run_id, page)

    def _choose(self, key: str) -> None:
        """Show how a file of this kind is made; of the first that may be imported when this one may not."""
        allowed = [kind for kind in importable(actor()) if kind.key in self._place.kinds]
        if not allowed:
            raise PermissionDenied("import")
        chosen = next((kind for kind in allowed if kind.key == key), allowed[0])
        self.kinds = [{"value": kind.key, "label": kind.label} for kind in allowed]
        self.kind, self.kind_label, self.kind_undo_refusal = chosen.key, chosen.label, chosen.undo_refusal
        self.required = " dan ".join(filter(None, (", ".join(chosen.required[:-1]), chosen.required[-1])))
        self.columns = [
            {
                "name": column.name,
                "help": column.help,
                "example": column.example or "-",
                "required": column.name in chosen.required,
            }
            for column in chosen.columns
        ]
        self.to = url_with(f"{self._place.path}/unggah", {"jenis": chosen.key} if self._everything else {})

    async def _list(self, page: int) -> None:
        found = await executors.run_read_only(list_runs, actor(), page, self._place.kinds)
        self.runs = [run_row(run, self._place, self.zona) for run in found.items]
        self.number, self.pages = found.number, found.pages
        chosen = {"jenis": self.kind} if self._everything else {}
        self.before, self.after = (
            self._place.address({**chosen, "halaman": str(found.number + step)}) for step in (-1, 1)
        )

    async def _refresh(self) -> None:
        if self.run["id"]:
            await self._show(self.run["id"], self.number)

    async def _show(self, run_id: int, page: int) -> None:
        try:
            found = await executors.run_read_only(find_run, actor(), run_id, self._place.kinds)
        except PermissionDenied:
            self._finish(faults={"": "Impor ini tidak ditemukan atau di luar wewenang Anda."})
            await log_denied()
            return
        self.run = run_row(found, self._place, self.zona)
        if self.verdict not in set(found.kind.verdicts):
            self.verdict = ""
        self.counts = [self._count(found, verdict, count) for verdict, count in found.counts.items()]
        if not found.has_rows:
            self.lines, self.found = [], ""
            return
        rows = await executors.run_read_only(
            list_rows, actor(), found.id, verdict=self.verdict, key=self.nip, number=page
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
            "href": self._place.address({"berkas": str(run.id), "hasil": chosen}),
            "tone": verdict.tone,
            "current": current,
        }

    def _address(self, run_id: int, number: int = 1) -> str:
        return self._place.address(
            {
                "berkas": str(run_id),
                "hasil": self.verdict,
                "cari": SEARCHED if self.nip else "",
                "halaman": str(number) if number > 1 else "",
            }
        )

    @handler(MAY)
    async def choose(self, form: dict[str, Any]) -> Any:
        """Show how a file of another kind is made."""
        key = form_text(form, "jenis", 80)
        self._finish()
        return rx.redirect(self._place.address({"jenis": find_kind(key).key}))

    @handler(MAY)
    async def begin(self, form: dict[str, Any]) -> None:
        """Ask whether a list may be sent; the page then sends it."""
        await executors.run_read_only(require_import, actor(), self._kind_of(form))
        self.go += 1
        self._finish()

    def _kind_of(self, form: dict[str, Any]) -> ImportKind:
        return find_kind(form_text(form, "jenis", 80)) if self._everything else EMAIL_IMPORT

    @handler(MAY)
    async def stored(self, run_id: int) -> Any:
        """The list was received: open its run."""
        self._finish(notice="Berkas diterima dan sedang diperiksa.")
        return rx.redirect(self._place.address({"berkas": str(parse_row_id(str(run_id)))}))

    @handler(MAY)
    async def look_again(self) -> None:
        """How far the run is by now; when it rests, everything of it anew."""
        if not self.run["id"]:
            return
        found = await executors.run_read_only(find_run, actor(), self.run["id"], self._place.kinds)
        if found.state.busy:
            self.run = run_row(found, self._place, self.zona)
        else:
            await self._show(found.id, self.number)

    @handler(MAY)
    async def search(self, form: dict[str, Any]) -> Any:
        """Only rows whose NIP or code begins with what was typed."""
        typed = form_text(form, "cari", CODE_LENGTH).strip()
        digits = "".join(character for character in typed if character.isdigit())
        self.nip = digits[:NIP_LENGTH] if not self._everything or digits == typed.replace(" ", "") else typed
        self._finish()
        return rx.redirect(self._address(self.run["id"]))

    @handler(MAY)
    async def apply(self, form: dict[str, Any]) -> None:
        """Have the good rows applied."""
        await self._decide(actions.apply, form)

    @handler(MAY)
    async def discard(self, form: dict[str, Any]) -> None:
        """Throw the list away that waits."""
        await self._decide(actions.discard, form, self._place.discarded)

    @handler(MAY)
    async def stop(self, form: dict[str, Any]) -> None:
        """Have nothing more of it applied."""
        await self._decide(actions.stop, form, self._place.stopped)

    @handler(MAY)
    async def undo(self, form: dict[str, Any]) -> None:
        """Have what was there before given back."""
        await self._decide(actions.undo, form)

    async def _decide(self, act: Callable[..., None], form: dict[str, Any], notice: str = "") -> None:
        """Do something to the run that the form was shown for, whatever the page has loaded since."""
        run_id = parse_row_id(form_text(form, "impor"))
        await executors.run_in_transaction(act, actor(), run_id)
        await self._show(run_id, 1)
        self._finish(notice=notice)
