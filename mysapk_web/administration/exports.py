"""Lists as CSV or XLSX: within the scope, rate-limited, audited, and harmless to the spreadsheet that opens them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Unpack

from sqlmodel import Session

from mysapk_web.administration.audit import search
from mysapk_web.administration.audit_events import Exported, ExportFilters
from mysapk_web.organisation import audit, rate_limiting
from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.periods import SANCTION_SOURCE
from mysapk_web.organisation.rate_limiting import LimitContext, subject_key
from mysapk_web.organisation.rules.period import PeriodKind
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.platform import clock, spreadsheet_writer
from mysapk_web.platform.database import Database
from mysapk_web.platform.errors import CommittingUserError
from mysapk_web.platform.executors import in_transaction
from mysapk_web.platform.rules.timezones import Zone, format_moment_compact
from mysapk_web.platform.spreadsheet_writer import FileFormat
from mysapk_web.progress import not_activated, pdm_incomplete
from mysapk_web.progress.closed_periods import agencies_in_scope, closed_agencies
from mysapk_web.progress.not_activated import NOT_TAKEN_PART, NotActivatedFilter, NotActivatedPerson
from mysapk_web.progress.pdm_incomplete import IncompletePerson
from mysapk_web.progress.rules import Report
from mysapk_web.rate_limits import EXPORTS_PER_ACCOUNT
from mysapk_web.settings import get_settings

_WIDTHS: Final = (22, 34, 14, 34, 34, 28, 40, 40, 28)


class ExportRateLimitError(CommittingUserError):
    def __init__(self) -> None:
        super().__init__("Anda sudah mengunduh banyak daftar dalam satu jam ini. Coba lagi nanti.")


_PERMISSIONS: Final = {
    Report.NOT_ACTIVATED: Permission.PROGRESS_EXPORT,
    Report.SANCTIONS: Permission.PROGRESS_EXPORT,
    Report.PDM_INCOMPLETE: Permission.PROGRESS_EXPORT,
    Report.PDM_SANCTIONS: Permission.PROGRESS_EXPORT,
    Report.AUDIT: Permission.AUDIT_READ,
}
_OF_PDM: Final = (Report.PDM_INCOMPLETE, Report.PDM_SANCTIONS)
_PEOPLE: Final = ("NIP", "Nama", "Jenis", "Unit kerja", "Instansi", "Keterangan")
_HEADINGS: Final = {
    Report.NOT_ACTIVATED: (*_PEOPLE, "Terakhir diingatkan"),
    Report.SANCTIONS: (*_PEOPLE, "Alasan", "Dasar hukum", "Periode berakhir"),
    Report.PDM_INCOMPLETE: (*_PEOPLE, "Kelompok selesai", "Kelompok seluruhnya", "Terakhir diingatkan"),
    Report.PDM_SANCTIONS: (*_PEOPLE, "Alasan", "Dasar hukum", "Periode berakhir"),
    Report.AUDIT: ("Waktu", "Tindakan", "Pelaku", "Pegawai", "Jaringan", "Rincian"),
}


@dataclass(frozen=True, slots=True)
class ExportRequest:
    report: Report
    kind: FileFormat
    people: NotActivatedFilter = NotActivatedFilter()  # noqa: RUF009  frozen
    pdm: pdm_incomplete.PdmIncompleteFilter = pdm_incomplete.PdmIncompleteFilter()  # noqa: RUF009  frozen
    events: search.AuditFilter = search.AuditFilter()  # noqa: RUF009  frozen

    @property
    def filename(self) -> str:
        """With the day, e.g. "belum-aktif-20260824.xlsx"."""
        return f"{self.report.value}-{clock.now():%Y%m%d}.{self.kind.value}"


def export(db: Database, actor: Actor, request: ExportRequest, path: Path) -> int:
    """Writes the list to `path`, which the caller removes; returns the number of rows.

    Rights and limits are checked first and the export is audited last, each in its own transaction; rows are read in a read-only one, so a
    long export blocks no one.
    """
    in_transaction(db, _authorize, actor, request)
    with db.read() as session:
        rows = _rows(session, actor, request)
        written = spreadsheet_writer.write(path, request.kind, _HEADINGS[request.report], rows, _WIDTHS)
    in_transaction(db, _audit, actor, request, written)
    return written


def _authorize(session: Session, actor: Actor, request: ExportRequest) -> None:
    actor.require(_PERMISSIONS[request.report])
    rate_limit_export(session, f"akun:{actor.account_id}", actor)


def rate_limit_export(session: Session, whose: str, by: Actor | None, **about: Unpack[LimitContext]) -> None:
    """`whose` is an account or a token; `about` goes into the audit log if the limit is exceeded."""
    if not rate_limiting.allow(
        session, EXPORTS_PER_ACCOUNT, subject_key(get_settings().key("counters"), whose), by, **about
    ):
        raise ExportRateLimitError


def _audit(session: Session, actor: Actor, request: ExportRequest, rows: int) -> None:
    audit.record_by(
        session,
        actor,
        Exported(listing=request.report, file_format=request.kind, row_count=rows, filters=_audited_filters(request)),
    )


def _audited_filters(request: ExportRequest) -> ExportFilters:
    """The filter for the audit log, without the person a search was about."""
    if request.report is Report.AUDIT:
        events = request.events
        return ExportFilters(event_tag=events.tag or None, since=_iso(events.since), until=_iso(events.until))
    if request.report in _OF_PDM:
        pdm = request.pdm
        return ExportFilters(
            org_node=pdm.key or None,
            employee_kind=pdm.jenis or None,
            incomplete_kind=pdm.kind or None,
            group=pdm.group or None,
        )
    people = request.people
    return ExportFilters(org_node=people.key or None, employee_kind=people.jenis or None, cause=people.reason or None)


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _rows(session: Session, actor: Actor, request: ExportRequest) -> Iterator[Sequence[str]]:
    if request.report is Report.AUDIT:
        return (search.export_cells(row) for row in search.stream_events(session, actor, request.events))
    if request.report is Report.PDM_INCOMPLETE:
        unready = pdm_incomplete.LIST.stream(session, actor, request.pdm, sanctions=False)
        return (
            (*_incomplete_cells(row), str(row.handled), str(row.applicable), _reminded(row.reminded_at))
            for row in unready
        )
    if request.report is Report.PDM_SANCTIONS:
        absent = pdm_incomplete.LIST.stream(session, actor, request.pdm, sanctions=True)
        ends = _ends(session, actor, PeriodKind.PDM)
        return (
            (*_incomplete_cells(row), pdm_incomplete.NOT_TAKEN_PART, SANCTION_SOURCE, ends.get(row.instansi, ""))
            for row in absent
        )
    sanctions = request.report is Report.SANCTIONS
    people = not_activated.LIST.stream(session, actor, request.people, sanctions=sanctions)
    if not sanctions:
        return ((*_person_cells(row), _reminded(row.reminded_at)) for row in people)
    ends = _ends(session, actor, PeriodKind.AKTIVASI)
    zones = _zones(session, actor)
    return (
        (
            *_person_cells(row, zones.get(row.instansi, Zone.WIB)),
            NOT_TAKEN_PART,
            SANCTION_SOURCE,
            ends.get(row.instansi, ""),
        )
        for row in people
    )


def _ends(session: Session, actor: Actor, kind: PeriodKind) -> dict[str, str]:
    closed = closed_agencies(session, actor, Permission.PROGRESS_EXPORT, kind)
    return {agency.name: format_moment_compact(agency.ended_at, agency.timezone) for agency in closed}


def _zones(session: Session, actor: Actor) -> dict[str, str]:
    return {agency.name: agency.timezone for agency in agencies_in_scope(session, actor)}


def _reminded(at: datetime | None) -> str:
    return format_moment_compact(at, Zone.WIB) if at else ""


def _person_cells(row: NotActivatedPerson, zona: str = Zone.WIB) -> tuple[str, ...]:
    since = f", {format_moment_compact(row.activated_at, zona)}" if row.activated_at else ""
    return (row.nip, row.name, row.jenis.label, row.unit, row.instansi, f"{row.reason.label}{since}")


def _incomplete_cells(row: IncompletePerson) -> tuple[str, ...]:
    return (row.nip, row.name, row.jenis.label, row.unit, row.instansi, row.stage.label)
