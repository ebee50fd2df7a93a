"""`mysapk import-riwayat`: records that an agency has on file and the portal has not.

It only ever adds. What is on file already, or was, stays as it is: a record changes when a proposal is applied and in no other way
(DESIGN 5). So the same file may come every night, also after people have corrected what it says.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlmodel import Session, col, select

from mysapk_web.organisation import audit
from mysapk_web.organisation.rules.nip import NipError, normalise_nip
from mysapk_web.organisation.tables.agency import Instansi
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.audit_events import RecordsImported
from mysapk_web.pdm.code_tables import ReadableCodes, codes
from mysapk_web.pdm.payload import decode_payload
from mysapk_web.pdm.records.columns import NIP, aliases_of, declared_for_files, values_of
from mysapk_web.pdm.rules.groups import group_of_kind
from mysapk_web.pdm.rules.groups.base import RecordAction, RecordKind
from mysapk_web.pdm.rules.groups.duplicates import RecordKeys, differing_fields, keys_of
from mysapk_web.pdm.rules.groups.fields import PersonFacts, Value
from mysapk_web.pdm.rules.groups.validation import validate
from mysapk_web.pdm.rules.proposal import EDITABLE_STATES
from mysapk_web.pdm.tables import FormerValue, PersonnelRecord, Proposal
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from mysapk_web.platform.row_report import RowReport, Verdict
from mysapk_web.platform.rules.timezones import zone_of
from mysapk_web.platform.spreadsheet_reader import Row, read
from mysapk_web.platform.tabular import RowFault, chunks

ADDED: Final = "Riwayat ditambahkan."
SAME: Final = "Sudah ada di berkas."
WAS: Final = "Pernah ada di berkas dan sudah diubah atau dihapus, jadi tidak ditambahkan lagi."


def import_records(database: Database, path: Path, *, key: str, actor_id: int | None = None) -> Iterator[RowReport]:
    """Add the records of a file that are not on file yet. The same file again adds nothing.

    Each chunk is a transaction of its own with an event in the trail, written before its reports come out; the import goes on
    only as reports are taken.

    Args:
        path: CSV or XLSX with the column nip and those of the declaration, by name or label; codes as codes.

    Yields:
        One report a row, in the order of the file.

    Raises:
        UserError: There is no such kind.
        UnreadableFile: The file as a whole can't be used.
    """
    declared = declared_for_files(key)
    for rows in chunks(read(path, (NIP,), aliases_of(declared))):
        with database.begin() as session:
            reports = _Chunk(session, declared, rows).reports()
            counts = Counter(report.verdict.value for report in reports)
            audit.record(session, RecordsImported(record_kind=key, rows=dict(counts)), actor_id=actor_id)
        yield from reports


@dataclass(frozen=True, slots=True)
class _Person:
    """Whose record it is."""

    id: int
    facts: PersonFacts
    zona: str


@dataclass(slots=True)
class _Known:
    """What is known of one person's records of the kind, each by the keys that it is recognised by.

    Attributes:
        present: What each record on file says, as a whole.
        gone: The same of what is on file no more.
        under_way: Keys of what the person has proposed and nobody has decided yet.
        similar: Values of a record on file by each key that makes another one similar.
    """

    present: set[tuple[str, ...]] = field(default_factory=set)
    gone: set[tuple[str, ...]] = field(default_factory=set)
    same: set[tuple[str | int, ...]] = field(default_factory=set)
    under_way: set[tuple[str | int, ...]] = field(default_factory=set)
    similar: dict[tuple[str | int, ...], dict[str, Value]] = field(default_factory=dict)

    def add(self, keys: RecordKeys, payload: dict[str, Value]) -> None:
        """Note a record on file."""
        self.present.add(keys.whole)
        self.same |= keys.identity
        for key in keys.similar:
            self.similar.setdefault(key, payload)


@dataclass(slots=True)
class _Chunk:
    """Some rows, with everything on file of their people."""

    session: Session
    declared: RecordKind
    rows: Sequence[Row]
    now: datetime = field(default_factory=clock.now)
    people: dict[str, _Person] = field(default_factory=dict)
    known: dict[int, _Known] = field(default_factory=lambda: defaultdict(_Known))

    def reports(self) -> list[RowReport]:
        """Judge and write every row."""
        nips = {row.line: _nip(row) for row in self.rows}
        self._read([nip for nip in nips.values() if nip])
        return [self._report(row, nips[row.line]) for row in self.rows]

    def _read(self, nips: Sequence[str]) -> None:
        found = self.session.exec(
            select(Pegawai, Instansi.timezone)
            .join(Instansi, col(Instansi.id) == Pegawai.instansi_id)
            .where(col(Pegawai.nip).in_(set(nips)))
            .order_by(col(Pegawai.id))
            .with_for_update(key_share=True, of=Pegawai)  # nobody sends or applies a proposal of theirs meanwhile
        )
        for person, zona in found:
            facts = PersonFacts(
                jenis=person.jenis,
                nip=person.nip,
                birth_date=person.birth_date,
                gender=person.gender or "",
            )
            self.people[person.nip] = _Person(person.id or 0, facts, zona)
        ids = [person.id for person in self.people.values()]
        self._read_records(ids)
        self._read_proposals(ids)

    def _read_records(self, ids: Sequence[int]) -> None:
        mine = select(PersonnelRecord).where(
            col(PersonnelRecord.pegawai_id).in_(ids), PersonnelRecord.kind == self.declared.key
        )
        records = list(self.session.exec(mine))
        for record in records:
            payload = decode_payload(self.declared, record.payload)
            keys = keys_of(self.declared, payload)
            if record.removed_at is None:
                self.known[record.pegawai_id].add(keys, payload)
            else:
                self.known[record.pegawai_id].gone.add(keys.whole)
        owner = {record.id: record.pegawai_id for record in records}
        for former in self.session.exec(select(FormerValue).where(col(FormerValue.record_id).in_(list(owner)))):
            before = keys_of(self.declared, decode_payload(self.declared, former.payload))
            self.known[owner[former.record_id]].gone.add(before.whole)

    def _read_proposals(self, ids: Sequence[int]) -> None:
        """What lies on a desk. What its owner can still change is compared with the file when it is sent."""
        sent = select(Proposal.pegawai_id, Proposal.payload).where(
            col(Proposal.pegawai_id).in_(ids),
            Proposal.kind == self.declared.key,
            Proposal.action != RecordAction.DELETE,
            col(Proposal.ended_at).is_(None),
            col(Proposal.state).not_in(EDITABLE_STATES),
        )
        for owner, payload in self.session.exec(sent):
            self.known[owner].under_way |= keys_of(self.declared, decode_payload(self.declared, payload)).identity

    def _report(self, row: Row, nip: str) -> RowReport:
        try:
            return RowReport(row.line, nip or row.text(NIP)[:40], *self._taken(row, nip))
        except RowFault as fault:
            return RowReport(row.line, nip or row.text(NIP)[:40], Verdict.DITOLAK, str(fault))

    def _taken(self, row: Row, nip: str) -> tuple[Verdict, str]:
        person = self._person(row, nip)
        values, faults = values_of(self.declared, row)
        if faults:
            raise RowFault(" ".join(faults.values()))
        payload, note = self._judged(person, values)
        known, keys = self.known[person.id], keys_of(self.declared, payload)
        if keys.whole in known.present:
            return Verdict.TIDAK_BERUBAH, SAME
        if keys.whole in known.gone:
            return Verdict.TIDAK_BERUBAH, WAS
        if not keys.identity.isdisjoint(known.same):
            raise RowFault(
                f"{self.declared.label} ini sudah ada di berkas dengan isi lain. Perubahan diusulkan oleh pegawainya di portal."
            )
        if not keys.identity.isdisjoint(known.under_way):
            raise RowFault(f"{self.declared.label} ini sudah diusulkan pegawainya di portal dan sedang diproses.")
        note = f"{note} {self._alike(known, keys, payload)}".strip()
        self.session.add(
            PersonnelRecord(
                pegawai_id=person.id,
                kind=self.declared.key,
                payload=payload,
                created_at=self.now,
                changed_at=self.now,
            )
        )
        known.add(keys, payload)
        return (Verdict.DITERIMA_DENGAN_CATATAN if note else Verdict.BARU), f"{ADDED} {note}".strip()

    def _alike(self, known: _Known, keys: RecordKeys, payload: dict[str, Value]) -> str:
        """What to say where something similar is on file; empty where there is nothing."""
        other = next((known.similar[key] for key in keys.similar if key in known.similar), None)
        if other is None:
            return ""
        differing = differing_fields(self.declared, other, payload)
        labels = [each.label for each in self.declared.fields if each.name in differing]
        return f"Mirip dengan data yang sudah ada di berkas; berbeda pada {', '.join(labels)}."

    def _person(self, row: Row, nip: str) -> _Person:
        if not nip:
            raise RowFault(_nip_fault(row))
        person = self.people.get(nip)
        if person is None:
            raise RowFault("NIP ini tidak ada pada data pegawai. Impor pegawainya lebih dahulu.")
        if person.facts.jenis not in group_of_kind(self.declared.key).applies_to:
            raise RowFault(f"{self.declared.label} tidak berlaku bagi jenis pegawai ini.")
        return person

    def _judged(self, person: _Person, values: dict[str, Value]) -> tuple[dict[str, Value], str]:
        """The record, and what is doubtful in it: data on file is older than the rules, and the PDM is there to mend it."""
        if not any(values.values()):
            raise RowFault("Selain NIP, baris ini kosong.")
        today = self.now.astimezone(zone_of(person.zona).info).date()
        tables = ReadableCodes(codes(self.session))
        bare = replace(self.declared, rules=())
        checked = validate(bare, values, codes=tables, today=today, person=person.facts, draft=True)
        if checked.faults:
            raise RowFault(" ".join(checked.faults.values()))
        whole = validate(self.declared, checked.payload, codes=tables, today=today, person=person.facts)
        notes = [*whole.faults.values(), *whole.warnings.values()]
        return checked.payload, f"Perlu diperiksa pegawai: {' '.join(notes)}" if notes else ""


def _nip(row: Row) -> str:
    try:
        return normalise_nip(row.text(NIP))
    except NipError:
        return ""


def _nip_fault(row: Row) -> str:
    try:
        normalise_nip(row.text(NIP))
    except NipError as fault:
        return str(fault)
    return ""
