"""What pages of imports hold and do: the runs, one run with its rows, the file on its way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import reflex as rx

from mysapk_web.administration.email_imports.kind import EMAIL_IMPORT
from mysapk_web.administration.imports import actions
from mysapk_web.administration.imports.create import require_import
from mysapk_web.administration.imports.kinds import find_kind, importable
from mysapk_web.administration.imports.queries import find_run, list_rows, list_runs
from mysapk_web.administration.pages.components.imports_places import ALL_PLACE, EMAIL_PLACE, ImportsPlace
from mysapk_web.administration.pages.components.imports_rows import (
    NO_RUN,
    ColumnRow,
    CountRow,
    ImportKindRow,
    LineRow,
    RunRow,
    label_of,
    line_row,
    run_row,
)
from mysapk_web.organisation import periods
from mysapk_web.organisation.rules.nip import NIP_LENGTH
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.platform import executors
from mysapk_web.platform.errors import PermissionDenied
from mysapk_web.platform.imports.kind import ImportKind
from mysapk_web.platform.imports.queries import RunView
from mysapk_web.platform.imports.rules import RowVerdict
from mysapk_web.platform.rules.formatting import format_number
from mysapk_web.platform.rules.row_id import parse_row_id
from mysapk_web.platform.rules.timezones import Zone
from mysapk_web.ui.access import actor, handler, log_denied, requires
from mysapk_web.ui.components.lists import url_parameter, url_with
from mysapk_web.ui.state import AppState, form_text

MAY: Final = requires(Permission.EMAIL_IMPORT, Permission.PEOPLE_IMPORT)
SEARCHED: Final = "ada"
"""Value of `cari` in the address while a NIP is searched for; the NIP itself stays out of it."""
CODE_LENGTH: Final = 42


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
        self.found, self.number, self.pages = f"{format_number(rows.total)} baris", rows.number, rows.pages
        self.before, self.after = (self._address(found.id, rows.number + step) for step in (-1, 1))

    def _count(self, run: RunView, verdict: RowVerdict, count: int) -> CountRow:
        current = self.verdict == verdict.value
        chosen = "" if current else verdict.value
        return {
            "value": verdict.value,
            "label": label_of(verdict, run),
            "count": format_number(count),
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
