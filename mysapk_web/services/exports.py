"""Lists as files, CSV or XLSX: within the scope, counted, written into the trail, and harmless to the spreadsheet that opens them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from sqlmodel import Session

from mysapk_web.domain.audit import AuditTag
from mysapk_web.domain.period import PeriodKind
from mysapk_web.domain.roles import Permission
from mysapk_web.domain.throttle import EXPORTS_PER_ACCOUNT
from mysapk_web.models import Database
from mysapk_web.services import audit, clock, counters, trail
from mysapk_web.services.actor import Actor, CountedRefusal, Refused
from mysapk_web.services.counters import subject_key
from mysapk_web.services.database import in_transaction
from mysapk_web.services.periods import SANCTION_SOURCE, moment
from mysapk_web.services.progress import missing, unfinished
from mysapk_web.services.progress.missing import NOT_TAKEN_PART, Filter, MissingPerson
from mysapk_web.services.progress.unfinished import UnfinishedPerson
from mysapk_web.services.rolls.report import safe_cell
from mysapk_web.settings import load

MOST_ROWS: Final = {"xlsx": 100_000, "csv": 6_000_000}
"""Rows of one file: a workbook is written cell by cell, about 10,000 rows a second; a text file holds the country."""
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What a workbook can't hold (XML 1.0, 2.2)."""


class Report(StrEnum):
    """What can be exported."""

    MISSING = "belum-aktif"
    SANCTIONS = "sanksi"
    UNFINISHED = "belum-pdm"
    PDM_SANCTIONS = "sanksi-pdm"
    TRAIL = "audit"


class Kind(StrEnum):
    """As what."""

    CSV = "csv"
    XLSX = "xlsx"


_PERMISSIONS: Final = {
    Report.MISSING: Permission.PROGRESS_EXPORT,
    Report.SANCTIONS: Permission.PROGRESS_EXPORT,
    Report.UNFINISHED: Permission.PROGRESS_EXPORT,
    Report.PDM_SANCTIONS: Permission.PROGRESS_EXPORT,
    Report.TRAIL: Permission.AUDIT_READ,
}
_OF_PDM: Final = (Report.UNFINISHED, Report.PDM_SANCTIONS)
_PEOPLE: Final = ("NIP", "Nama", "Jenis", "Unit kerja", "Instansi", "Keterangan")
_HEADINGS: Final = {
    Report.MISSING: (*_PEOPLE, "Terakhir diingatkan"),
    Report.SANCTIONS: (*_PEOPLE, "Alasan", "Dasar hukum", "Periode berakhir"),
    Report.UNFINISHED: (*_PEOPLE, "Kelompok selesai", "Kelompok seluruhnya", "Terakhir diingatkan"),
    Report.PDM_SANCTIONS: (*_PEOPLE, "Alasan", "Dasar hukum", "Periode berakhir"),
    Report.TRAIL: ("Waktu", "Tindakan", "Pelaku", "Pegawai", "Jaringan", "Rincian"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for.

    Attributes:
        report: Which list.
        kind: As what.
        people: How the lists of people are narrowed.
        pdm: How the lists of people in the PDM are narrowed.
        events: How the trail is narrowed.
    """

    report: Report
    kind: Kind
    people: Filter = Filter()  # noqa: RUF009  frozen
    pdm: unfinished.Filter = unfinished.Filter()  # noqa: RUF009  frozen
    events: trail.Filter = trail.Filter()  # noqa: RUF009  frozen

    @property
    def filename(self) -> str:
        """Name with the day, e.g. "belum-aktif-20260824.xlsx"."""
        return f"{self.report.value}-{clock.now():%Y%m%d}.{self.kind.value}"


def export(db: Database, actor: Actor, wanted: Wanted, path: Path) -> int:
    """Write a list into a file.

    The right to it is checked and the act counted before, what came of it is written into the trail after; the rows are read in
    one transaction that writes nothing, so that a long export holds nobody up.

    Args:
        db: The database.
        actor: Who exports.
        wanted: What.
        path: Where to; the caller removes it.

    Returns:
        Rows written.

    Raises:
        NotAllowed: No permission, or a place outside the scope.
        CountedRefusal: Too many exports within the hour.
        Refused: Too many rows for a file of this kind.
    """
    in_transaction(db, _admit, actor, wanted)
    with db.read() as session:
        rows = _rows(session, actor, wanted)
        count = _write(path, wanted, rows)
    in_transaction(db, _note, actor, wanted, count)
    return count


def _admit(session: Session, actor: Actor, wanted: Wanted) -> None:
    actor.require(_PERMISSIONS[wanted.report])
    key = subject_key(load().key("counters"), f"akun:{actor.account_id}")
    if not counters.within(session, EXPORTS_PER_ACCOUNT, key, actor):
        raise CountedRefusal("Anda sudah mengunduh banyak daftar dalam satu jam ini. Coba lagi nanti.")


def _note(session: Session, actor: Actor, wanted: Wanted, count: int) -> None:
    audit.record(
        session,
        AuditTag.EXPORTED,
        actor_id=actor.account_id,
        instansi_id=actor.instansi_id,
        address=actor.visitor.address,
        daftar=wanted.report.value,
        bentuk=wanted.kind.value,
        baris=count,
        saringan=_narrowed(wanted),
    )


def _narrowed(wanted: Wanted) -> dict[str, str]:
    """The filter in plain words; whom a search of the trail was about stays out of it."""
    if wanted.report is Report.TRAIL:
        told = {"tindakan": wanted.events.tag, "dari": wanted.events.since, "sampai": wanted.events.until}
    elif wanted.report in _OF_PDM:
        told = {
            "tempat": wanted.pdm.key,
            "jenis": wanted.pdm.jenis,
            "dicari": wanted.pdm.lack,
            "kelompok": wanted.pdm.group,
        }
    else:
        told = {"tempat": wanted.people.key, "jenis": wanted.people.jenis, "keterangan": wanted.people.cause}
    return {name: str(value) for name, value in told.items() if value}


# Rows --------------------------------------------------------------------------------------------


def _rows(session: Session, actor: Actor, wanted: Wanted) -> Iterator[Sequence[str]]:
    if wanted.report is Report.TRAIL:
        return (trail.cells(row) for row in trail.stream(session, actor, wanted.events))
    if wanted.report is Report.UNFINISHED:
        unready = unfinished.stream(session, actor, wanted.pdm, sanctions=False)
        return ((*_in_pdm(row), str(row.handled), str(row.concerned), _reminded(row.reminded_at)) for row in unready)
    if wanted.report is Report.PDM_SANCTIONS:
        absent = unfinished.stream(session, actor, wanted.pdm, sanctions=True)
        ends = _ends(session, actor, PeriodKind.PDM)
        return (
            (*_in_pdm(row), unfinished.NOT_TAKEN_PART, SANCTION_SOURCE, ends.get(row.instansi, "")) for row in absent
        )
    sanctions = wanted.report is Report.SANCTIONS
    people = missing.stream(session, actor, wanted.people, sanctions=sanctions)
    if not sanctions:
        return ((*_plain(row), _reminded(row.reminded_at)) for row in people)
    ends = _ends(session, actor, PeriodKind.AKTIVASI)
    return ((*_plain(row), NOT_TAKEN_PART, SANCTION_SOURCE, ends.get(row.instansi, "")) for row in people)


def _ends(session: Session, actor: Actor, kind: PeriodKind) -> dict[str, str]:
    """When the period of each agency ended."""
    closed = missing.closed_agencies(session, actor, Permission.PROGRESS_EXPORT, kind)
    return {agency.nama: moment(agency.ended_at, agency.zona) for agency in closed}


def _reminded(at: datetime | None) -> str:
    return moment(at, "WIB") if at else ""


def _plain(row: MissingPerson) -> tuple[str, ...]:
    return (row.nip, row.nama, row.jenis.label, row.unit, row.instansi, row.cause.label)


def _in_pdm(row: UnfinishedPerson) -> tuple[str, ...]:
    return (row.nip, row.nama, row.jenis.label, row.unit, row.instansi, row.stage.label)


# Files -------------------------------------------------------------------------------------------


def _write(path: Path, wanted: Wanted, rows: Iterable[Sequence[str]]) -> int:
    limit = MOST_ROWS[wanted.kind.value]
    counted = _counted(rows, limit)
    write = _write_csv if wanted.kind is Kind.CSV else _write_xlsx
    return write(path, _HEADINGS[wanted.report], counted)


def _counted(rows: Iterable[Sequence[str]], limit: int) -> Iterator[Sequence[str]]:
    for number, row in enumerate(rows, start=1):
        if number > limit:
            shown = f"{limit:,}".replace(",", ".")
            raise Refused(f"Daftar ini lebih dari {shown} baris. Persempit saringannya, atau unduh sebagai CSV.")
        yield row


def _write_csv(path: Path, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(headings)
        for row in rows:
            writer.writerow([safe_cell(value) for value in row])
            count += 1
    return count


def _write_xlsx(path: Path, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Daftar")
    count = 0
    try:
        sheet.freeze_panes = "A2"
        for letter, width in zip("ABCDEFGHI", (22, 34, 14, 34, 34, 28, 40, 40, 28), strict=True):
            sheet.column_dimensions[letter].width = width
        sheet.append([_text(sheet, heading, bold=True) for heading in headings])
        for row in rows:
            sheet.append([_text(sheet, value) for value in row])
            count += 1
        book.save(path)
    except BaseException:
        # The sheet is a file of its own until the book is saved.
        with suppress(Exception):
            sheet.close()
        raise
    return count


def _text(sheet: Any, value: str, *, bold: bool = False) -> Any:
    """A cell that is text whatever stands in it: no formula, and no number that would lose the last digits of a NIP."""
    cell = WriteOnlyCell(sheet, value=_CONTROL.sub("", value)[:32_000])
    cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell
