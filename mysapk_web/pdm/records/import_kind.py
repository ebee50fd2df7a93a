"""Import of records that an agency has on file and the portal has not.

It only ever adds. What is on file already, or was, stays as it is: a record changes when a proposal is applied and in no other way.
So the same file may come every night, also after people have corrected what it says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete
from sqlmodel import Session, col, select

from mysapk_web.organisation.import_scope import ImportScope, record_run, scope_of
from mysapk_web.organisation.rules.nip import NipError, normalise_nip
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Instansi, Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.audit_events import RecordsImported
from mysapk_web.pdm.code_tables import ReadableCodes, StoredCodes
from mysapk_web.pdm.import_events import other_event, run_facts
from mysapk_web.pdm.payload import decode_payload
from mysapk_web.pdm.records.columns import NIP, aliases_of, declared_for_files, values_of
from mysapk_web.pdm.rules.groups import GROUPS, group_of_kind
from mysapk_web.pdm.rules.groups.base import RecordAction, RecordKind
from mysapk_web.pdm.rules.groups.duplicates import RecordKeys, differing_fields, keys_of
from mysapk_web.pdm.rules.groups.fields import PersonFacts, Value
from mysapk_web.pdm.rules.groups.validation import validate
from mysapk_web.pdm.rules.proposal import EDITABLE_STATES
from mysapk_web.pdm.tables import FormerValue, PersonnelRecord, Proposal
from mysapk_web.platform import bulk, clock
from mysapk_web.platform.imports.kind import Applied, CheckedRow, Column, ImportKind, RunEvent, StoredRow
from mysapk_web.platform.imports.rules import CommonVerdict
from mysapk_web.platform.imports.tables import ImportRun
from mysapk_web.platform.rules.timezones import zone_of
from mysapk_web.platform.spreadsheet_reader import Row
from mysapk_web.platform.tabular import RowError

FAMILY: Final = "riwayat"
ADDED: Final = "Riwayat ditambahkan."
SAME: Final = "Sudah ada di berkas."
WAS: Final = "Pernah ada di berkas dan sudah diubah atau dihapus, jadi tidak ditambahkan lagi."
_DESCRIBED: Final = 120


@dataclass(slots=True)
class RecordImportCache:
    """Marks of the records that earlier chunks of the file would add: some tens of bytes each."""

    whole: set[int] = field(default_factory=set)
    identity: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class RecordOwner:
    """Whose record it is."""

    id: int
    account_id: int | None
    within: bool
    facts: PersonFacts
    zone: str


@dataclass(slots=True)
class KnownRecords:
    """What is known of one person's records of the kind, each by the keys that it is recognised by."""

    present: set[tuple[str, ...]] = field(default_factory=set)
    """What each record on file says, as a whole."""
    gone: set[tuple[str, ...]] = field(default_factory=set)
    """The same of what is on file no more."""
    same: set[tuple[str | int, ...]] = field(default_factory=set)
    under_way: set[tuple[str | int, ...]] = field(default_factory=set)
    """Keys of what the person has proposed and nobody has decided yet."""
    similar: dict[tuple[str | int, ...], dict[str, Value]] = field(default_factory=dict)
    """Values of a record on file by each key that makes another one similar."""

    def add(self, keys: RecordKeys, payload: dict[str, Value]) -> None:
        """Note a record on file."""
        self.present.add(keys.whole)
        self.same |= keys.identity
        for key in keys.similar:
            self.similar.setdefault(key, payload)


class RecordImport(ImportKind):
    """Records of one kind."""

    permission = Permission.PEOPLE_IMPORT.value
    required = (NIP,)

    def __init__(self, key: str) -> None:
        self.declared = declared_for_files(key)
        self.key = f"{FAMILY}:{key}"
        self.label = f"Riwayat: {self.declared.label}"
        self.aliases = aliases_of(self.declared)
        self.columns = (
            Column(NIP, "18 angka. Format kolomnya sebagai teks.", "198503152010012001"),
            *(Column(each.name, each.label) for each in self.declared.fields),
        )

    def survey(self, rows: Iterable[Row]) -> RecordImportCache:
        for _ in rows:
            pass
        return RecordImportCache()

    def scope(self, session: Session, run: ImportRun) -> ImportScope:
        return scope_of(session, run, Permission.PEOPLE_IMPORT)

    def validate(self, session: Session, rows: Sequence[Row], scope: Any, memory: Any) -> list[CheckedRow]:
        nips = {row.line: _nip(row) for row in rows}
        chunk = RecordChunk(session, self.declared, scope, memory)
        chunk.load([nip for nip in nips.values() if nip])
        return [chunk.check(row, nips[row.line]) for row in rows]

    def apply(self, session: Session, run: ImportRun, rows: Sequence[StoredRow], scope: Any, memory: Any) -> Applied:
        chunk = RecordChunk(session, self.declared, scope, RecordImportCache())
        chunk.load([row.nip for row in rows], lock=True)
        applied, new = Applied(), list[dict[str, Any]]()
        now = run.applied_at or clock.now()
        for row in rows:
            verdict, note = chunk.decide(row.nip, row.content["values"], row.content["note"])
            if not verdict.good:
                applied.changes[row.position] = (verdict, note)
                continue
            if (verdict.value, note) != (row.verdict, row.note):
                applied.changes[row.position] = (verdict, note)
            new.append(
                {
                    "pegawai_id": chunk.owners[row.nip].id,
                    "kind": self.declared.key,
                    "payload": row.content["values"],
                    "version": 1,
                    "created_at": now,
                    "changed_at": now,
                }
            )
        bulk.insert_many(session, PersonnelRecord, new)
        applied.count = len(new)
        return applied

    def undo(self, session: Session, run: ImportRun, rows: Sequence[StoredRow], scope: Any) -> int:
        chunk = RecordChunk(session, self.declared, scope, RecordImportCache())
        chunk.load([row.nip for row in rows], lock=True)
        ours = self._untouched(session, run, [owner.id for owner in chunk.owners.values()])
        removed = []
        for row in rows:
            owner = chunk.owners.get(row.nip)
            if owner is None or scope.refusal(account_id=owner.account_id, within=owner.within, roles=()) is not None:
                continue
            found = ours.pop((owner.id, keys_of(self.declared, row.content["values"]).whole), None)
            if found is not None:
                removed.append(found)
        session.execute(delete(PersonnelRecord).where(bulk.one_of(session, col(PersonnelRecord.id), removed)))
        return len(removed)

    def _untouched(
        self, session: Session, run: ImportRun, ids: Sequence[int]
    ) -> dict[tuple[int, tuple[str, ...]], int]:
        """Records that the run has added and nobody has touched since, by owner and what they say."""
        proposed = select(Proposal.id).where(col(Proposal.record_id) == col(PersonnelRecord.id)).exists()
        changed = select(FormerValue.id).where(col(FormerValue.record_id) == col(PersonnelRecord.id)).exists()
        records = session.exec(
            select(PersonnelRecord).where(
                bulk.one_of(session, col(PersonnelRecord.pegawai_id), ids),
                PersonnelRecord.kind == self.declared.key,
                PersonnelRecord.created_at == run.applied_at,
                PersonnelRecord.changed_at == run.applied_at,
                col(PersonnelRecord.removed_at).is_(None),
                ~proposed,
                ~changed,
            )
        )
        return {
            (record.pegawai_id, keys_of(self.declared, decode_payload(self.declared, record.payload)).whole): record.id
            or 0
            for record in records
        }

    def record(self, session: Session, run: ImportRun, event: RunEvent) -> None:
        if event is RunEvent.APPLIED:
            record_run(session, run, RecordsImported(record_kind=self.declared.key, **run_facts(self, run)))
        else:
            record_run(session, run, other_event(self, run, event))

    def describe(self, content: Mapping[str, Any]) -> str:
        values = content.get("values") or content.get("cells") or {}
        said = [str(value).strip() for name, value in values.items() if name != NIP and value not in (None, "", False)]
        return ", ".join(filter(None, said))[:_DESCRIBED]


RECORD_IMPORTS: Final = tuple(RecordImport(each.key) for group in GROUPS for each in group.kinds)


def record_import(key: str) -> RecordImport:
    """The import of one kind of record.

    Raises:
        UserError: There is no such kind.
    """
    return next(kind for kind in RECORD_IMPORTS if kind.declared.key == declared_for_files(key).key)


class RecordChunk:
    """Some rows, with everything on file of their people."""

    def __init__(self, session: Session, declared: RecordKind, scope: ImportScope, memory: RecordImportCache) -> None:
        self._session, self._declared, self._scope, self._memory = session, declared, scope, memory
        self._now: datetime = clock.now()
        self.owners: dict[str, RecordOwner] = {}
        self._known: dict[int, KnownRecords] = defaultdict(KnownRecords)
        self._codes = ReadableCodes(StoredCodes(session))
        self._bare = replace(declared, rules=())

    def load(self, nips: Sequence[str], *, lock: bool = False) -> None:
        """Read what is on file of these people; locked, nobody sends or applies a proposal of theirs meanwhile."""
        wanted = (
            select(  # type: ignore[call-overload]  # more columns than the overloads know
                Pegawai.id,
                Pegawai.nip,
                Pegawai.jenis,
                Pegawai.birth_date,
                Pegawai.gender,
                Instansi.timezone,
                col(Account.id).label("account_id"),
                self._scope.within.label("within"),
            )
            .join(Instansi, col(Instansi.id) == Pegawai.instansi_id)
            .join(Unor, col(Unor.id) == Pegawai.unor_id)
            .join(Account, col(Account.pegawai_id) == Pegawai.id, isouter=True)
            .where(bulk.one_of(self._session, col(Pegawai.nip), sorted(set(nips))))
            .order_by(col(Pegawai.id))
        )
        for row in self._session.execute(wanted.with_for_update(key_share=True, of=Pegawai) if lock else wanted):
            facts = PersonFacts(jenis=row.jenis, nip=row.nip, birth_date=row.birth_date, gender=row.gender or "")
            self.owners[row.nip] = RecordOwner(row.id, row.account_id, bool(row.within), facts, row.timezone)
        ids = [owner.id for owner in self.owners.values()]
        self._load_records(ids)
        self._load_proposals(ids)

    def _load_records(self, ids: Sequence[int]) -> None:
        records = list(
            self._session.exec(
                select(
                    PersonnelRecord.id, PersonnelRecord.pegawai_id, PersonnelRecord.payload, PersonnelRecord.removed_at
                ).where(
                    bulk.one_of(self._session, col(PersonnelRecord.pegawai_id), ids),
                    PersonnelRecord.kind == self._declared.key,
                )
            )
        )
        owner = {}
        for record_id, pegawai_id, stored, removed_at in records:
            owner[record_id] = pegawai_id
            payload = decode_payload(self._declared, stored)
            keys = keys_of(self._declared, payload)
            if removed_at is None:
                self._known[pegawai_id].add(keys, payload)
            else:
                self._known[pegawai_id].gone.add(keys.whole)
        former = select(FormerValue).where(bulk.one_of(self._session, col(FormerValue.record_id), list(owner)))
        for value in self._session.exec(former) if owner else ():
            before = keys_of(self._declared, decode_payload(self._declared, value.payload))
            self._known[owner[value.record_id]].gone.add(before.whole)

    def _load_proposals(self, ids: Sequence[int]) -> None:
        """What waits for a decision. What its owner can still change is compared with the file when it is sent."""
        sent = select(Proposal.pegawai_id, Proposal.payload).where(
            bulk.one_of(self._session, col(Proposal.pegawai_id), ids),
            Proposal.kind == self._declared.key,
            Proposal.action != RecordAction.DELETE,
            col(Proposal.ended_at).is_(None),
            col(Proposal.state).not_in(EDITABLE_STATES),
        )
        for owner, payload in self._session.exec(sent):
            self._known[owner].under_way |= keys_of(self._declared, decode_payload(self._declared, payload)).identity

    def check(self, row: Row, nip: str) -> CheckedRow:
        """A row of the file with its verdict."""
        shown, content = nip or row.text(NIP)[:40], {"cells": dict(row.cells)}
        try:
            owner = self._owner(_required_nip(row))
            if isinstance(owner, CommonVerdict):
                return CheckedRow(row.line, shown, owner, owner.advice, content=content)
            payload, doubts = self._valid(owner, self._values(row))
        except RowError as fault:
            return CheckedRow(row.line, shown, CommonVerdict.REFUSED, str(fault), content=content)
        verdict, note = self._compare(owner, payload, doubts)
        return CheckedRow(
            row.line, shown, verdict, note, owner.id if owner.within else None, {"values": payload, "note": doubts}
        )

    def decide(self, nip: str, payload: dict[str, Value], doubts: str) -> tuple[CommonVerdict, str]:
        """What becomes of a row that was good, as things are now."""
        try:
            owner = self._owner(nip)
        except RowError as fault:
            return CommonVerdict.REFUSED, str(fault)
        if isinstance(owner, CommonVerdict):
            return owner, owner.advice
        return self._compare(owner, payload, doubts)

    def _owner(self, nip: str) -> RecordOwner | CommonVerdict:
        owner = self.owners.get(nip)
        if owner is None:
            raise RowError("NIP ini tidak ada pada data pegawai. Impor pegawainya lebih dahulu.")
        refusal = self._scope.refusal(account_id=owner.account_id, within=owner.within, roles=())
        if refusal is not None:
            return refusal
        if owner.facts.jenis not in group_of_kind(self._declared.key).applies_to:
            raise RowError(f"{self._declared.label} tidak berlaku bagi jenis pegawai ini.")
        return owner

    def _compare(self, owner: RecordOwner, payload: dict[str, Value], doubts: str) -> tuple[CommonVerdict, str]:
        known, keys, label = self._known[owner.id], keys_of(self._declared, payload), self._declared.label
        whole = hash((owner.id, keys.whole))
        identity = {hash((owner.id, key)) for key in keys.identity}
        if keys.whole in known.present or whole in self._memory.whole:
            return CommonVerdict.UNCHANGED, SAME
        if keys.whole in known.gone:
            return CommonVerdict.UNCHANGED, WAS
        if not keys.identity.isdisjoint(known.same) or not identity.isdisjoint(self._memory.identity):
            return CommonVerdict.REFUSED, (
                f"{label} ini sudah ada di berkas dengan isi lain. Perubahan diusulkan oleh pegawainya di portal."
            )
        if not keys.identity.isdisjoint(known.under_way):
            return CommonVerdict.REFUSED, f"{label} ini sudah diusulkan pegawainya di portal dan sedang diproses."
        note = f"{doubts} {self._similarity(known, keys, payload)}".strip()
        known.add(keys, payload)
        self._memory.whole.add(whole)
        self._memory.identity |= identity
        return (CommonVerdict.WITH_NOTE if note else CommonVerdict.NEW), f"{ADDED} {note}".strip()

    def _similarity(self, known: KnownRecords, keys: RecordKeys, payload: dict[str, Value]) -> str:
        """What to say where something similar is on file; empty where there is nothing."""
        other = next((known.similar[key] for key in keys.similar if key in known.similar), None)
        if other is None:
            return ""
        differing = differing_fields(self._declared, other, payload)
        labels = [each.label for each in self._declared.fields if each.name in differing]
        return f"Mirip dengan data yang sudah ada di berkas; berbeda pada {', '.join(labels)}."

    def _values(self, row: Row) -> dict[str, Value]:
        values, faults = values_of(self._declared, row)
        if faults:
            raise RowError(" ".join(faults.values()))
        return values

    def _valid(self, owner: RecordOwner, values: dict[str, Value]) -> tuple[dict[str, Value], str]:
        """The record, and what is doubtful in it: data on file is older than the rules, and the PDM is there to mend it."""
        if not any(values.values()):
            raise RowError("Selain NIP, baris ini kosong.")
        today = self._now.astimezone(zone_of(owner.zone).info).date()
        whole = validate(self._declared, values, codes=self._codes, today=today, person=owner.facts)
        if whole.ok and not whole.warnings:
            return whole.payload, ""
        checked = validate(self._bare, values, codes=self._codes, today=today, person=owner.facts, draft=True)
        if checked.faults:
            raise RowError(" ".join(checked.faults.values()))
        notes = [*whole.faults.values(), *whole.warnings.values()]
        return checked.payload, f"Perlu diperiksa pegawai: {' '.join(notes)}" if notes else ""


def _nip(row: Row) -> str:
    try:
        return normalise_nip(row.text(NIP))
    except NipError:
        return ""


def _required_nip(row: Row) -> str:
    try:
        return normalise_nip(row.text(NIP))
    except NipError as fault:
        raise RowError(str(fault)) from None
