"""What `/admin/periode` holds and does: a draft is shown as people would see it, then it is put in force."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from typing import Any, Final, TypedDict

from mysapk_web.administration import period_admin
from mysapk_web.administration.period_admin import KIND_LABELS, PeriodRow, Preview
from mysapk_web.administration.period_input import Act, Draft
from mysapk_web.organisation.rules.dates import DateError, read_day
from mysapk_web.organisation.rules.period import PeriodKind, Phase
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.platform import executors
from mysapk_web.platform.errors import InputRefused, Refused
from mysapk_web.platform.rules.formatting import number
from mysapk_web.platform.rules.row_id import number_of
from mysapk_web.ui.access import actor, handler, holding
from mysapk_web.ui.components.lists import LONGEST
from mysapk_web.ui.shell import ShellState
from mysapk_web.ui.state import AppState, text_of

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
MAY: Final = holding(Permission.PERIOD_AGENCY, Permission.PERIOD_NATIONAL)
PHASES: Final = {
    Phase.NOT_OPEN: ("Belum dibuka", "plain"),
    Phase.OPEN: ("Sedang berjalan", "good"),
    Phase.CLOSED: ("Sudah berakhir", "warn"),
}


class Row(TypedDict):
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


class Place(TypedDict):
    """A place that periods can be set for."""

    key: str
    nama: str


class Shown(TypedDict):
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


NOT_SHOWN: Shown = {
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


def row_of(period: PeriodRow) -> Row:
    """One period in words.

    Args:
        period: From the service.
    """
    phase, tone = PHASES[period.phase]
    return {
        "key": str(period.id),
        "kind": KIND_LABELS[period.kind],
        "kind_value": period.kind.value,
        "place": period.place,
        "place_key": period.place_key,
        "dates": period.dates,
        "source": period.source,
        "phase": phase,
        "tone": tone,
        "extends": period.extends,
        "removable": period.removable,
        "revision": period.revision,
    }


def shown_of(draft: Draft, preview: Preview) -> Shown:
    """A preview in words.

    Args:
        draft: As typed.
        preview: From the service.
    """
    act = "Perpanjangan" if draft.act is Act.EXTEND else "Periode baru"
    people = f"{number(preview.people)} pegawai di {number(preview.agencies)} instansi"
    apart = f" {preview.own_rows} instansi punya jadwal sendiri dan tidak berubah." if preview.own_rows else ""
    banner: dict[str, Any] = asdict(preview.banner) if preview.banner else {}
    return {
        "heading": f"{act}: {KIND_LABELS[draft.kind]}",
        "dates": preview.dates,
        "concerned": f"Berlaku bagi {people}.{apart}",
        "replaced": replaced_of(draft, preview),
        "banner_of": preview.banner_of,
        "title": banner.get("title", ""),
        "sentence": banner.get("sentence", ""),
        "banner_dates": banner.get("dates", ""),
        "consequence": banner.get("consequence", ""),
        "more": list(banner.get("more", [])),
    }


def replaced_of(draft: Draft, preview: Preview) -> str:
    """What is said of the national period that an agency's own one ends for it; empty where it ends none.

    Args:
        draft: As typed.
        preview: From the service.
    """
    ended = preview.replaced
    if ended is None:
        return ""
    whose = f"bagi pegawai {preview.banner_of}"
    if not ended.running:
        return f"Periode nasional yang akan datang ({ended.dates}) tidak berlaku lagi {whose}: yang berlaku hanya jadwal ini."
    lead = f"Periode nasional yang sedang berjalan ({ended.dates}) langsung berakhir {whose} begitu Anda menetapkan jadwal ini"
    if ended.closed_until:
        return f"{lead}. {KIND_LABELS[draft.kind]} tertutup bagi mereka sampai {ended.closed_until}."
    return f"{lead}. Sejak itu yang berlaku hanya jadwal ini."


def draft_of(form: dict[str, Any]) -> Draft:
    """The fields of the form.

    Args:
        form: What the event carried.

    Raises:
        InputRefused: A choice was not made, or a date is none.
    """
    faults: dict[str, str] = {}
    kind, act = text_of(form, "jenis", 40), text_of(form, "tindakan", 40)
    if kind not in set(PeriodKind):
        faults["jenis"] = "Pilih jenis periode."
    if act not in set(Act):
        faults["tindakan"] = "Pilih yang ingin dilakukan."
    if not (place := text_of(form, "tempat", 40)):
        faults["tempat"] = "Pilih berlaku untuk siapa."
    days: dict[str, date | None] = {}
    for name, label in DAYS.items():
        try:
            days[name] = read_day(text_of(form, name, LONGEST), label)
        except DateError as fault:
            faults[name] = str(fault)
    if faults:
        raise InputRefused(faults)
    return Draft(Act(act), PeriodKind(kind), place, days["mulai"], days["selesai"], text_of(form, "dasar", 400))


def extension_of(form: dict[str, Any]) -> dict[str, str]:
    """The form that extends a period, under the names of `FIELDS`.

    Args:
        form: What the event carried; `periode` is kind and place of the one to extend.
    """
    kind, _, place = text_of(form, "periode", 60).partition(":")
    return {
        "tindakan": Act.EXTEND.value,
        "jenis": kind,
        "tempat": place,
        "mulai": "",
        "selesai": text_of(form, EXTENSION["selesai"], LONGEST),
        "dasar": text_of(form, EXTENSION["dasar"], 400),
    }


@contextmanager
def faults_at_their_form(act: str) -> Iterator[None]:
    """Let what is refused be told in the form that was filled in.

    Args:
        act: Value of `Act`.
    """
    names = EXTENSION if act == Act.EXTEND else {}
    try:
        yield
    except InputRefused as refused:
        raise InputRefused({names.get(name, name): words for name, words in refused.faults.items()}) from None
    except Refused as refused:
        refused.field = names.get(refused.field, refused.field)
        raise


class PeriodeState(AppState):
    """The periods, and the draft that is looked at."""

    ready: bool = False
    rows: list[Row] = []
    places: list[Place] = []
    extendable: list[Place] = []
    """The last period of each kind and place that may be extended; `key` is kind and place."""
    shown: Shown = NOT_SHOWN
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
        self.places = [{"key": key, "nama": nama} for key, nama in await executors.look(period_admin.choices, actor())]
        self.ready = True

    async def _look(self) -> None:
        periods = await executors.look(period_admin.listed, actor())
        self.rows = [row_of(period) for period in periods]
        self.extendable = [
            {
                "key": f"{period.kind.value}:{period.place_key}",
                "nama": f"{KIND_LABELS[period.kind]}, {period.place}",
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
        with faults_at_their_form(text_of(form, "tindakan", 40)):
            draft = draft_of(form)
            found = await executors.look(period_admin.preview, actor(), draft)
        self.shown, self.revision = shown_of(draft, found), found.revision
        self.typed = {name: text_of(form, name, 400) for name in FIELDS}

    @handler(MAY)
    async def preview(self, form: dict[str, Any]) -> None:
        """Show the draft as people would see it; nothing is kept but the draft itself."""
        await self._look()
        await self._preview(form)
        self._tell()

    @handler(MAY)
    async def preview_extension(self, form: dict[str, Any]) -> None:
        """The same of a period that goes on."""
        await self._look()
        await self._preview(extension_of(form))
        self._tell()

    @handler(MAY)
    async def save(self, form: dict[str, Any]) -> None:
        """Put the draft in force that was looked at."""
        with faults_at_their_form(text_of(form, "tindakan", 40)):
            draft = draft_of(form)
            await executors.run(period_admin.save, actor(), draft, seen=number_of(text_of(form, "versi")))
        await self._look()
        self.shown, self.typed = NOT_SHOWN, {}
        self._tell(notice="Periode diperpanjang." if draft.act is Act.EXTEND else "Periode ditetapkan.")

    @handler(MAY)
    async def remove(self, form: dict[str, Any]) -> None:
        """Take back a period that has not begun."""
        seen = number_of(text_of(form, "versi"))
        await executors.run(period_admin.remove, actor(), period_id=number_of(text_of(form, "id")), seen=seen)
        await self._look()
        self._tell(notice="Periode dihapus.")
