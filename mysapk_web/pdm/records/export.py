"""`mysapk export-riwayat`: the records of one kind, in the format that the import reads."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TextIO

from sqlmodel import Session, col, select

from mysapk_web.organisation import audit
from mysapk_web.organisation.tables.agency import Instansi
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.audit_events import STARTED, RecordsExported
from mysapk_web.pdm.payload import decode_payload
from mysapk_web.pdm.records.columns import NIP, cell_of, declared_for_files
from mysapk_web.pdm.rules.groups.base import RecordKind
from mysapk_web.pdm.tables import PersonnelRecord
from mysapk_web.platform.database import Database
from mysapk_web.platform.errors import UserError
from mysapk_web.platform.private_file import require_regular_file, write_private

BATCH: Final = 1000


def export_records(database: Database, path: Path, *, key: str, instansi: str = "", actor_id: int | None = None) -> int:
    """Write the records of a kind as CSV (UTF-8 with BOM), readable by this OS account only: they are personal data.

    The audit log records the start, before anything is read, and the number of rows. The file appears when it is
    complete.

    Returns:
        The number of rows.

    Raises:
        UserError: No such kind or agency, or the path is not a regular file.
        OSError: The file can't be written.
    """
    declared = declared_for_files(key)
    with database.read() as session:
        agency = find_agency_id(session, instansi)
    require_regular_file(path)
    with write_private(path) as handle:
        with database.begin() as session:
            audit.record(
                session, RecordsExported(record_kind=key, phase=STARTED), actor_id=actor_id, instansi_id=agency
            )
        count = _write(handle, database, declared, agency)
    with database.begin() as session:
        audit.record(session, RecordsExported(record_kind=key, row_count=count), actor_id=actor_id, instansi_id=agency)
    return count


def _write(handle: TextIO, database: Database, declared: RecordKind, agency: int | None) -> int:
    count = 0
    writer = csv.writer(handle)
    writer.writerow([NIP, *(each.name for each in declared.fields)])
    for cells in _rows(database, declared, agency):
        writer.writerow(cells)
        count += 1
    return count


def find_agency_id(session: Session, kode: str) -> int | None:
    """None if no code is given.

    Raises:
        UserError: There is no such agency.
    """
    if not kode:
        return None
    found = session.exec(select(Instansi.id).where(Instansi.code == kode)).one_or_none()
    if found is None:
        raise UserError("Instansi dengan kode ini tidak ada. Periksa kodenya.")
    return found


def _rows(database: Database, declared: RecordKind, agency: int | None) -> Iterator[list[str]]:
    """In batches, each in a transaction of its own: no writer waits, and memory stays bounded."""
    last = 0
    while True:
        wanted = (
            select(PersonnelRecord, Pegawai.nip)
            .join(Pegawai, col(Pegawai.id) == PersonnelRecord.pegawai_id)
            .where(PersonnelRecord.kind == declared.key, col(PersonnelRecord.removed_at).is_(None))
            .where(col(PersonnelRecord.id) > last)
            .order_by(col(PersonnelRecord.id))
            .limit(BATCH)
        )
        if agency is not None:
            wanted = wanted.where(Pegawai.instansi_id == agency)
        with database.read() as session:
            found = [(record.pk, record.payload, nip) for record, nip in session.exec(wanted)]
        for _, payload, nip in found:
            values = decode_payload(declared, payload)
            yield [nip, *(cell_of(each, values[each.name]) for each in declared.fields)]
        if len(found) < BATCH:
            return
        last = found[-1][0]
