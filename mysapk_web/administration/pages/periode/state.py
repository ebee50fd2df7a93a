"""What `/admin/periode` holds and does: a draft is shown as people would see it, then it is put in force."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from typing import Any, Final, TypedDict

from mysapk_web.administration import period_admin
from mysapk_web.administration.period_admin import KIND_LABELS, PeriodPreview, PeriodRow
from mysapk_web.administration.period_input import PeriodAction, PeriodInput
from mysapk_web.organisation.rules.dates import DateError, parse_day_field
from mysapk_web.organisation.rules.period import PeriodKind, Phase
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
"""Name in `FIELDS` -> name in the form that extends, which stands on the same page."""
MAY: Final = requires(Permission.PERIOD_AGENCY, Permission.PERIOD_NATIONAL)
PHASES: Final = {
    Phase.NOT_OPEN: ("Belum dibuka", "plain"),
    Phase.OPEN: ("Sedang berjalan", "good"),
    Phase.CLOSED: ("Sudah berakhir", "warn"),
}


class ScheduleRow(TypedDict):
    """One period as the state holds it."""

    key: str
    kind: str
    kind_value: str
    place: str
    place_key: str
    dates: str
    source: str
    phase: str
    tone: str
    extends: bool
    removable: bool
    revision: int


class PeriodOption(TypedDict):
    """A place that periods can be set for."""

    key: str
    nama: str


class PreviewView(TypedDict):
    """The draft as people would see it."""

    heading: str
    dates: str
    concerned: str
    replaced: str
    banner_of: str
    title: str
    sentence: str
    banner_dates: str
    consequence: str
    more: list[str]


NOT_SHOWN: PreviewView = {
    "heading": "",
    "dates": "",
    "concerned": "",
    "replaced": "",
    "banner_of": "",
    "title": "",
    "sentence": "",
    "banner_dates": "",
    "consequence": "",
    "more": [],
}


def schedule_row(period: PeriodRow) -> ScheduleRow:
    """One period in words."""
    phase, tone = PHASES[period.phase]
    return {
        "key": str(period.id),
        "kind": KIND_LABELS[period.kind],
        "kind_value": period.kind.value,
        "place": period.scope_name,
        "place_key": period.scope_key,
        "dates": period.dates,
        "source": period.source,
        "phase": phase,
        "tone": tone,
        "extends": period.extends,
        "removable": period.removable,
        "revision": period.revision,
    }


def preview_view(draft: PeriodInput, preview: PeriodPreview) -> PreviewView:
    """A preview in words."""
    act = "Perpanjangan" if draft.action is PeriodAction.EXTEND else "Periode baru"
    people = f"{format_number(preview.people)} pegawai di {format_number(preview.agencies)} instansi"
    apart = (
        f" {preview.unaffected_agencies} instansi punya jadwal sendiri dan tidak berubah."
        if preview.unaffected_agencies
        else ""
    )
    banner: dict[str, Any] = asdict(preview.banner) if preview.banner else {}
    return {
        "heading": f"{act}: {KIND_LABELS[draft.kind]}",
        "dates": preview.dates,
        "concerned": f"Berlaku bagi {people}.{apart}",
        "replaced": replaced_notice(draft, preview),
        "banner_of": preview.banner_agency,
        "title": banner.get("title", ""),
        "sentence": banner.get("sentence", ""),
        "banner_dates": banner.get("dates", ""),
        "consequence": banner.get("consequence", ""),
        "more": list(banner.get("more", [])),
    }


def replaced_notice(draft: PeriodInput, preview: PeriodPreview) -> str:
    """What is said of the national period that an agency's own one ends for it; empty where it ends none."""
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
    """The fields of the form.

    Raises:
        FormError: A choice was not made, or a date is none.
    """
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
    """The form that extends a period, under the names of `FIELDS`.

    Args:
        form: What the event carried; `periode` is kind and place of the one to extend.
    """
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
    """Let what is refused be told in the form that was filled in."""
    names = EXTENSION if act == PeriodAction.EXTEND else {}
    try:
        yield
    except FormError as refused:
        raise FormError({names.get(name, name): words for name, words in refused.faults.items()}) from None
    except UserError as refused:
        refused.field = names.get(refused.field, refused.field)
        raise


class PeriodeState(AppState):
    """The periods, and the draft that is looked at."""

    ready: bool = False
    rows: list[ScheduleRow] = []
    places: list[PeriodOption] = []
    extendable: list[PeriodOption] = []
    """The last period of each kind and place that may be extended; `key` is kind and place."""
    shown: PreviewView = NOT_SHOWN
    typed: dict[str, str] = {}
    """The draft that is shown, for the form that puts it in force."""
    revision: int = 0
    """Of the periods that the draft was judged by."""

    @handler(MAY)
    async def load(self) -> None:
        """Everything at once."""
        self.faults, self.notice, self.shown, self.typed = {}, "", NOT_SHOWN, {}
        shell = await self.get_state(ShellState)
        await shell._fill()
        await self._look()
        self.places = [
            {"key": key, "nama": nama}
            for key, nama in await executors.run_read_only(period_admin.period_scopes, actor())
        ]
        self.ready = True

    async def _look(self) -> None:
        periods = await executors.run_read_only(period_admin.list_periods, actor())
        self.rows = [schedule_row(period) for period in periods]
        self.extendable = [
            {
                "key": f"{period.kind.value}:{period.scope_key}",
                "nama": f"{KIND_LABELS[period.kind]}, {period.scope_name}",
            }
            for period in periods
            if period.extendable
        ]

    async def _refresh(self) -> None:
        """The list as it is now, and what the draft would do now; where it can't be any more, the form says why."""
        await self._look()
        if self.typed:
            await self._preview(self.typed)

    async def _preview(self, form: dict[str, Any]) -> None:
        self.shown, self.typed = NOT_SHOWN, {}
        with faults_in_submitted_form(form_text(form, "tindakan", 40)):
            draft = parse_period_input(form)
            found = await executors.run_read_only(period_admin.preview_period, actor(), draft)
        self.shown, self.revision = preview_view(draft, found), found.revision
        self.typed = {name: form_text(form, name, 400) for name in FIELDS}

    @handler(MAY)
    async def preview(self, form: dict[str, Any]) -> None:
        """Show the draft as people would see it; nothing is kept but the draft itself."""
        await self._look()
        await self._preview(form)
        self._finish()

    @handler(MAY)
    async def preview_extension(self, form: dict[str, Any]) -> None:
        """The same of a period that goes on."""
        await self._look()
        await self._preview(extension_fields(form))
        self._finish()

    @handler(MAY)
    async def save(self, form: dict[str, Any]) -> None:
        """Put the draft in force that was looked at."""
        with faults_in_submitted_form(form_text(form, "tindakan", 40)):
            draft = parse_period_input(form)
            await executors.run_in_transaction(
                period_admin.save_period, actor(), draft, seen=parse_row_id(form_text(form, "versi"))
            )
        await self._look()
        self.shown, self.typed = NOT_SHOWN, {}
        self._finish(notice="Periode diperpanjang." if draft.action is PeriodAction.EXTEND else "Periode ditetapkan.")

    @handler(MAY)
    async def remove(self, form: dict[str, Any]) -> None:
        """Take back a period that has not begun."""
        seen = parse_row_id(form_text(form, "versi"))
        await executors.run_in_transaction(
            period_admin.remove_period, actor(), period_id=parse_row_id(form_text(form, "id")), seen=seen
        )
        await self._look()
        self._finish(notice="Periode dihapus.")
