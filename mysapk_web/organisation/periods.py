"""Published periods of an agency, and the text of the banner."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from sqlmodel import Session, col, or_, select

from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rules.period import (
    PeriodKind,
    PeriodStatus,
    Phase,
    effective_period,
    format_dates,
    last_ended,
    period_status,
)
from mysapk_web.organisation.rules.period import PeriodWindow as Window
from mysapk_web.organisation.tables.agency import Instansi, Period
from mysapk_web.platform import clock
from mysapk_web.platform.rules.timezones import format_moment_compact, format_moment_with_weekday, zone_of

SANCTION_SOURCE: Final = "Keputusan Kepala BKN Nomor 87 Tahun 2021, lampiran huruf L ayat 1"
"""The source of the consequence of not taking part."""

_CONSEQUENCE: Final = (
    f"Layanan kepegawaian bagi pegawai yang tidak mengikuti pemutakhiran tidak diproses ({SANCTION_SOURCE})."
)
_TITLES: Final = {
    Phase.NONE: "Periode Pemutakhiran Data Mandiri belum ditetapkan",
    Phase.NOT_OPEN: "Pemutakhiran Data Mandiri belum dibuka",
    Phase.OPEN: "Pemutakhiran Data Mandiri sedang dibuka",
    Phase.CLOSING: "Pemutakhiran Data Mandiri hampir berakhir",
    Phase.CLOSED: "Pemutakhiran Data Mandiri sudah ditutup",
}
_OTHERS: Final = {PeriodKind.AKTIVASI: "Aktivasi akun", PeriodKind.VERIFIKASI: "Verifikasi data"}
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class BannerView:
    phase: str
    title: str
    sentence: str
    dates: str
    consequence: str
    more: list[str]


def status(
    session: Session, instansi: Instansi, kind: PeriodKind, *, changed: Sequence[Period] | None = None
) -> PeriodStatus:
    """The current state of a period; `changed` replaces the stored periods, for a preview."""
    return _status(_rows(session, instansi) if changed is None else changed, instansi, kind)


def statuses(session: Session, agencies: Sequence[Instansi], kind: PeriodKind) -> list[PeriodStatus]:
    """`status` of several agencies with one query, in the same order."""
    return _judged(session, agencies, kind, lambda rows, agency: _status(rows, agency, kind))


def ended_periods(session: Session, agencies: Sequence[Instansi], kind: PeriodKind) -> list[Window | None]:
    """The period of each agency that ended last, as far as its outcome is kept; None where none has ended.

    Activations are kept forever; what was done in a PDM only until the next one begins (decision 0015).
    """

    def judge(rows: list[Period], _: Instansi) -> Window | None:
        windows, now = _windows(rows), clock.now()
        found = last_ended(windows, kind, now)
        if kind is PeriodKind.AKTIVASI:
            return found
        return found if found == effective_period([row for row in windows if row.starts_at <= now], kind, now) else None

    return _judged(session, agencies, kind, judge)


def _judged(
    session: Session, agencies: Sequence[Instansi], kind: PeriodKind, judge: Callable[[list[Period], Instansi], T]
) -> list[T]:
    rows = list(session.exec(select(Period).where(Period.kind == kind).order_by(col(Period.ends_at))))
    own = {row.instansi_id for row in rows}
    judged: dict[tuple[int | None, str], T] = {}
    found = []
    for agency in agencies:
        # Most agencies have no row of their own: they share the result of their time zone.
        key = (agency.id if agency.id in own else None, agency.timezone)
        if key not in judged:
            judged[key] = judge([row for row in rows if row.instansi_id in (None, key[0])], agency)
        found.append(judged[key])
    return found


def banner(session: Session, instansi: Instansi, *, changed: Sequence[Period] | None = None) -> BannerView | None:
    """None while nothing has been published. `changed` as in `status`."""
    rows = _rows(session, instansi) if changed is None else sorted(changed, key=lambda row: row.ends_at)
    pdm = _status(rows, instansi, PeriodKind.PDM)
    others = {kind: _status(rows, instansi, kind) for kind in _OTHERS}
    if all(state.phase is Phase.NONE for state in (pdm, *others.values())):
        return None
    return BannerView(
        phase=pdm.phase.value,
        title=_TITLES[pdm.phase],
        sentence=_sentence(pdm, instansi.timezone),
        dates=_dates(pdm, instansi.timezone),
        consequence=" ".join([_CONSEQUENCE, *_set_by(rows, pdm)]),
        more=[line for kind, state in others.items() if (line := _other(kind, state, instansi.timezone))],
    )


def _rows(session: Session, instansi: Instansi) -> list[Period]:
    wanted = or_(col(Period.instansi_id).is_(None), col(Period.instansi_id) == instansi.id)
    return list(session.exec(select(Period).where(wanted).order_by(col(Period.ends_at))))


def _status(rows: Sequence[Period], instansi: Instansi, kind: PeriodKind) -> PeriodStatus:
    return period_status(_windows(rows), kind, clock.now(), zone_of(instansi.timezone).info)


def _windows(rows: Sequence[Period]) -> list[Window]:
    return [Window(row.kind, row.starts_at, row.ends_at, row.instansi_id, row.extends) for row in rows]


def _sentence(state: PeriodStatus, timezone: str) -> str:
    if state.period is None:
        return "Tanggalnya akan diumumkan di sini."
    days = state.days_left
    if state.phase is Phase.NOT_OPEN:
        lead = {0: "Dibuka hari ini", 1: "Dibuka besok"}.get(days, f"Dibuka {days} hari lagi")
        return f"{lead}, {format_moment_with_weekday(state.period.starts_at, timezone)}."
    end = format_moment_with_weekday(state.period.last_moment, timezone)
    longer = " Periode ini sudah diperpanjang." if state.period.extends else ""
    if state.phase is Phase.CLOSED:
        return f"Periode berakhir pada {end}.{longer}"
    lead = {0: "Hari ini hari terakhir", 1: "Berakhir besok"}.get(days, f"{days} hari lagi")
    return f"{lead}, sampai {end}.{longer}"


def _dates(state: PeriodStatus, timezone: str) -> str:
    if state.period is None:
        return ""
    return format_dates(state.period.starts_at, state.period.ends_at, timezone)


def _set_by(rows: list[Period], state: PeriodStatus) -> list[str]:
    """The decision behind the period; of an extended one, the latest."""
    span = state.period
    if span is None:
        return []
    sources = [
        row.legal_source
        for row in rows
        if row.kind is span.kind
        and row.instansi_id == span.instansi_id
        and span.starts_at <= row.starts_at
        and row.ends_at <= span.ends_at
        and row.legal_source
    ]
    return [f"Periode ditetapkan dengan {sources[-1]}."] if sources else []


def _other(kind: PeriodKind, state: PeriodStatus, timezone: str) -> str:
    if state.period is None:
        return ""
    end = format_moment_compact(state.period.last_moment, timezone)
    words = {
        Phase.NOT_OPEN: f"dibuka {format_moment_compact(state.period.starts_at, timezone)} sampai {end}",
        Phase.CLOSED: f"sudah ditutup pada {end}",
    }
    return f"{_OTHERS[kind]}: {words.get(state.phase, f'sedang dibuka sampai {end}')}."


def timezone_of(session: Session, actor: Actor) -> str:
    return session.get_one(Instansi, actor.instansi_id).timezone
