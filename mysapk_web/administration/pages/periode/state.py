"""State of `/admin/periode`: a period is previewed before it is set."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, Final

from mysapk_web.administration import period_admin
from mysapk_web.administration.period_admin import KIND_LABELS, PeriodPreview, PeriodRow
from mysapk_web.administration.period_input import PeriodAction, PeriodInput
from mysapk_web.organisation.rules.dates import DateError, parse_day_field
from mysapk_web.organisation.rules.period import PeriodKind
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.platform import executors
from mysapk_web.platform.errors import FormError, UserError
from mysapk_web.platform.rules.formatting import format_number
from mysapk_web.platform.rules.row_id import parse_row_id
from mysapk_web.ui.access import actor, handler, requires
from mysapk_web.ui.components.lists import MAX_VALUE_LENGTH
from mysapk_web.ui.shell import ShellState
from mysapk_web.ui.state import AppState, form_text

PATH: Final = "/admin/periode"
FIELDS: Final = ("tindakan", "jenis", "tempat", "mulai", "selesai", "dasar")
DAYS: Final = {"mulai": "Hari pertama", "selesai": "Hari terakhir"}
EXTENSION: Final = {
    "tindakan": "periode",
    "jenis": "periode",
    "tempat": "periode",
    "selesai": "selesai_baru",
    "dasar": "dasar_baru",
}
"""Name in `FIELDS` -> name in the extension form, which shares the page."""
MAY: Final = requires(Permission.PERIOD_AGENCY, Permission.PERIOD_NATIONAL)


def preview_heading(given: PeriodInput) -> str:
    act = "Perpanjangan" if given.action is PeriodAction.EXTEND else "Periode baru"
    return f"{act}: {KIND_LABELS[given.kind]}"


def affected_people(preview: PeriodPreview) -> str:
    people = f"{format_number(preview.people)} pegawai di {format_number(preview.agencies)} instansi"
    apart = preview.unaffected_agencies
    return f"Berlaku bagi {people}." + (f" {apart} instansi punya jadwal sendiri dan tidak berubah." if apart else "")


def replaced_notice(draft: PeriodInput, preview: PeriodPreview) -> str:
    """Says that an agency's own period ends the national one; empty if it does not."""
    ended = preview.replaced
    if ended is None:
        return ""
    whose = f"bagi pegawai {preview.banner_agency}"
    if not ended.running:
        return f"Periode nasional yang akan datang ({ended.dates}) tidak berlaku lagi {whose}: yang berlaku hanya jadwal ini."
    lead = f"Periode nasional yang sedang berjalan ({ended.dates}) langsung berakhir {whose} begitu Anda menetapkan jadwal ini"
    if ended.closed_until:
        return f"{lead}. {KIND_LABELS[draft.kind]} tertutup bagi mereka sampai {ended.closed_until}."
    return f"{lead}. Sejak itu yang berlaku hanya jadwal ini."


def parse_period_input(form: dict[str, Any]) -> PeriodInput:
    faults: dict[str, str] = {}
    kind, act = form_text(form, "jenis", 40), form_text(form, "tindakan", 40)
    if kind not in set(PeriodKind):
        faults["jenis"] = "Pilih jenis periode."
    if act not in set(PeriodAction):
        faults["tindakan"] = "Pilih yang ingin dilakukan."
    if not (place := form_text(form, "tempat", 40)):
        faults["tempat"] = "Pilih berlaku untuk siapa."
    days: dict[str, date | None] = {}
    for name, label in DAYS.items():
        try:
            days[name] = parse_day_field(form_text(form, name, MAX_VALUE_LENGTH), label)
        except DateError as fault:
            faults[name] = str(fault)
    if faults:
        raise FormError(faults)
    return PeriodInput(
        PeriodAction(act), PeriodKind(kind), place, days["mulai"], days["selesai"], form_text(form, "dasar", 400)
    )


def extension_fields(form: dict[str, Any]) -> dict[str, str]:
    """The extension form under the names of `FIELDS`; its field `periode` holds kind and scope."""
    kind, _, place = form_text(form, "periode", 60).partition(":")
    return {
        "tindakan": PeriodAction.EXTEND.value,
        "jenis": kind,
        "tempat": place,
        "mulai": "",
        "selesai": form_text(form, EXTENSION["selesai"], MAX_VALUE_LENGTH),
        "dasar": form_text(form, EXTENSION["dasar"], 400),
    }


@contextmanager
def faults_in_submitted_form(act: str) -> Iterator[None]:
    """Shows errors in the form that was submitted."""
    names = EXTENSION if act == PeriodAction.EXTEND else {}
    try:
        yield
    except FormError as refused:
        raise FormError({names.get(name, name): words for name, words in refused.faults.items()}) from None
    except UserError as refused:
        refused.field = names.get(refused.field, refused.field)
        raise


class PeriodeState(AppState):
    ready: bool = False
    rows: list[PeriodRow] = []
    places: list[tuple[str, str]] = []
    extendable: list[tuple[str, str]] = []
    """Keys of kind and scope, and their names."""
    heading: str = ""
    """Of the preview; empty without one. So are the next two."""
    affected: str = ""
    replaced: str = ""
    shown: PeriodPreview | None = None
    typed: dict[str, str] = {}
    """The previewed input, for the form that sets it."""

    @handler(MAY)
    async def load(self) -> None:
        self.faults, self.notice = {}, ""
        self._forget()
        shell = await self.get_state(ShellState)
        await shell._fill()
        await self._look()
        self.places = await executors.run_read_only(period_admin.period_scopes, actor())
        self.ready = True

    async def _look(self) -> None:
        self.rows = await executors.run_read_only(period_admin.list_periods, actor())
        self.extendable = [
            (f"{period.kind.value}:{period.scope_key}", f"{KIND_LABELS[period.kind]}, {period.scope_name}")
            for period in self.rows
            if period.extendable
        ]

    async def _refresh(self) -> None:
        """Reloads the list and the preview; if the input is no longer valid, its form says why."""
        await self._look()
        if self.typed:
            await self._preview(self.typed)

    async def _preview(self, form: dict[str, Any]) -> None:
        self._forget()
        with faults_in_submitted_form(form_text(form, "tindakan", 40)):
            given = parse_period_input(form)
            self.shown = await executors.run_read_only(period_admin.preview_period, actor(), given)
        self.heading, self.affected = preview_heading(given), affected_people(self.shown)
        self.replaced = replaced_notice(given, self.shown)
        self.typed = {name: form_text(form, name, 400) for name in FIELDS}

    def _forget(self) -> None:
        self.heading, self.shown, self.typed = "", None, {}

    @handler(MAY)
    async def preview(self, form: dict[str, Any]) -> None:
        await self._look()
        await self._preview(form)
        self._finish()

    @handler(MAY)
    async def preview_extension(self, form: dict[str, Any]) -> None:
        await self._look()
        await self._preview(extension_fields(form))
        self._finish()

    @handler(MAY)
    async def save(self, form: dict[str, Any]) -> None:
        with faults_in_submitted_form(form_text(form, "tindakan", 40)):
            draft = parse_period_input(form)
            await executors.run_in_transaction(
                period_admin.save_period, actor(), draft, seen=parse_row_id(form_text(form, "versi"))
            )
        await self._look()
        self._forget()
        self._finish(notice="Periode diperpanjang." if draft.action is PeriodAction.EXTEND else "Periode ditetapkan.")

    @handler(MAY)
    async def remove(self, form: dict[str, Any]) -> None:
        seen = parse_row_id(form_text(form, "versi"))
        await executors.run_in_transaction(
            period_admin.remove_period, actor(), period_id=parse_row_id(form_text(form, "id")), seen=seen
        )
        await self._look()
        self._finish(notice="Periode dihapus.")
