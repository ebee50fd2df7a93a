"""Import of the rolls of an agency: new people with an account each, changes to known ones by their NIP.

Blank cells change nothing, so an address on file is never emptied. The same file again changes nothing more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from sqlmodel import Session

from mysapk_web.administration.audit_events import PeopleImported
from mysapk_web.administration.employee_import.on_file import PersonOnFile, people_on_file
from mysapk_web.administration.employee_import.org_lookup import AgencyRef, OrgLookup, OutOfScopeError, UnitRef
from mysapk_web.administration.employee_import.row import PersonRow, person_of, structure_of
from mysapk_web.administration.employee_import.validation import (
    TAKEN_NOTE,
    email_verdict,
    holders_of,
)
from mysapk_web.administration.employee_import.writer import Writer
from mysapk_web.organisation.import_scope import ImportScope, record_run, scope_of
from mysapk_web.organisation.rules.nip import Nip
from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.pdm.import_events import other_event, run_facts
from mysapk_web.platform import clock
from mysapk_web.platform.imports.kind import Applied, CheckedRow, Column, ImportKind, RunEvent, StoredRow
from mysapk_web.platform.imports.rules import CommonVerdict
from mysapk_web.platform.imports.tables import ImportRun
from mysapk_web.platform.spreadsheet_reader import ALIASES, Row
from mysapk_web.platform.tabular import RowError

CREATED: Final = "Pegawai dan akunnya dibuat."
SAME: Final = "Sama dengan data yang ada."
APPROVER_NEEDED: Final = (
    "Persetujuan CPNS hanya dapat diberikan Admin Instansi. Kosongkan kolom disetujui pada baris ini."
)
_WORDS: Final = MappingProxyType(
    {
        "name": "nama",
        "title_prefix": "gelar_depan",
        "title_suffix": "gelar_belakang",
        "birth_date": "tanggal_lahir",
        "gender": "jenis_kelamin",
        "instansi_id": "instansi",
        "unor_id": "unor",
        "approved_at": "disetujui",
    }
)
"""Columns that are called otherwise in the file."""


@dataclass(slots=True)
class EmployeeImportCache:
    """What lasts over the chunks of one file: some hundred bytes a row."""

    orgs: OrgLookup
    lines: dict[int, int] = field(default_factory=dict)
    """NIP -> the line it stood in first."""
    taken: dict[int, int] = field(default_factory=dict)
    """Mark of an address -> the NIP of who gets it."""


@dataclass(slots=True)
class Plan:
    """What a row comes to."""

    verdict: CommonVerdict
    note: str
    values: dict[str, Any] = field(default_factory=dict)
    """New values by attribute of `Pegawai`."""
    email: tuple[str, str] | None = None
    """New address as written and normalised."""
    before: dict[str, Any] | None = None
    known: PersonOnFile | None = None


class EmployeeImport(ImportKind):
    """People of the rolls."""

    key = "pegawai"
    label = "Data pegawai"
    permission = Permission.PEOPLE_IMPORT.value
    columns = (
        Column("nip", "18 angka. Format kolomnya sebagai teks.", "198503152010012001"),
        Column("nama", "Tanpa gelar.", "Dewi Rahayu"),
        Column("jenis", "PNS, CPNS, PPPK, atau PPT Non-ASN.", "PNS"),
        Column("instansi", "Kode atau nama instansi.", "K1"),
        Column("unor", "Kode unit kerja. Kosong: unit teratas.", "1.1"),
        Column("unor_nama", "Nama unit kerja, bila unitnya belum ada.", "Bidang Contoh"),
        Column("unor_atasan", "Kode unit di atasnya, bila unitnya belum ada.", "1"),
        Column("email", "Kosong: alamat yang ada tidak diubah.", "dewi@instansi.example.go.id"),
        Column("gelar_depan", "Misalnya Dr.", ""),
        Column("gelar_belakang", "Misalnya S.Pd.", "S.Pd."),
        Column("tanggal_lahir", "Misalnya 1985-03-15. Kosong: menurut NIP.", ""),
        Column("jenis_kelamin", "L atau P. Kosong: menurut NIP.", ""),
        Column("disetujui", "Hanya CPNS: ya atau tidak.", ""),
    )
    required = ("nip", "nama", "jenis", "instansi")
    aliases = ALIASES
    undo_refusal = (
        "Impor data pegawai tidak dapat dibatalkan: akun yang dibuat, sesi dan token yang berakhir, dan peran yang gugur "
        "karena pindah instansi tidak dapat dikembalikan. Perbaiki datanya dengan berkas baru."
    )

    def survey(self, rows: Iterable[Row]) -> EmployeeImportCache:
        for _ in rows:
            pass
        return EmployeeImportCache(OrgLookup(simulated=True))

    def memory(self) -> EmployeeImportCache:
        return EmployeeImportCache(OrgLookup(simulated=False))

    def scope(self, session: Session, run: ImportRun) -> ImportScope:
        return scope_of(session, run, Permission.PEOPLE_IMPORT)

    def validate(self, session: Session, rows: Sequence[Row], scope: Any, memory: Any) -> list[CheckedRow]:
        checked: dict[int, CheckedRow] = {}
        people: list[PersonRow] = []
        for row in rows:
            try:
                person = person_of(row)
                _require_first(memory, person.nip, row.line)
            except RowError as fault:
                checked[row.line] = _refused(row, str(fault))
            else:
                people.append(person)
        chunk = EmployeeChunk(session, scope, memory, people)
        for person in people:
            plan = chunk.plan(person)
            if plan.email:
                memory.taken[hash(plan.email[1])] = int(person.nip)
            checked[person.line] = CheckedRow(
                person.line,
                person.nip,
                plan.verdict,
                plan.note,
                plan.known.pegawai_id if plan.known and plan.known.within else None,
                content={"cells": dict(person.row.cells), "numbers": sorted(person.row.numbers)},
                before=plan.before,
            )
        return [checked[row.line] for row in rows]

    def apply(self, session: Session, run: ImportRun, rows: Sequence[StoredRow], scope: Any, memory: Any) -> Applied:
        people = [person_of(_row_of(row)) for row in rows]
        kept = EmployeeImportCache(memory.orgs.copy())
        chunk = EmployeeChunk(session, scope, kept, people)
        writer = Writer(session, run.acting)
        applied = Applied()
        for row, person in zip(rows, people, strict=True):
            plan = chunk.plan(person, row.before)
            if not plan.verdict.good:
                applied.changes[row.position] = (plan.verdict, plan.note)
                continue
            if plan.before != row.before:
                applied.changes[row.position] = (CommonVerdict.OVERTAKEN, "")
                continue
            if (plan.verdict.value, plan.note) != (row.verdict, row.note):
                applied.changes[row.position] = (plan.verdict, plan.note)
            writer.add(person.nip, plan.values, plan.email, plan.known)
            if plan.email:
                chunk.holders[plan.email[1]] = _owner(person, plan.known)
            applied.count += 1
        writer.write()
        memory.orgs = kept.orgs
        return applied

    def record(self, session: Session, run: ImportRun, event: RunEvent) -> None:
        if event is RunEvent.APPLIED:
            record_run(session, run, PeopleImported(**run_facts(self, run)))
        else:
            record_run(session, run, other_event(self, run, event))

    def describe(self, content: Mapping[str, Any]) -> str:
        cells = content.get("cells", {})
        return ", ".join(filter(None, (cells.get(name, "").strip() for name in ("nama", "jenis", "instansi", "unor"))))


EMPLOYEE_IMPORT: Final = EmployeeImport()


def _require_first(memory: EmployeeImportCache, nip: str, line: int) -> None:
    before = memory.lines.setdefault(int(nip), line)
    if before != line:
        raise RowError(f"NIP ini sudah ada di baris {before} berkas yang sama. Hapus salah satu barisnya.")


def _row_of(row: StoredRow) -> Row:
    return Row(row.line, row.content["cells"], frozenset(row.content["numbers"]))


def _refused(row: Row, sentence: str) -> CheckedRow:
    content = {"cells": dict(row.cells), "numbers": sorted(row.numbers)}
    return CheckedRow(row.line, row.text("nip")[:64], CommonVerdict.REFUSED, sentence, content=content)


def _owner(person: PersonRow, known: PersonOnFile | None) -> int:
    """Number under which an address is somebody's: the id, or for who is not on file yet one that is nobody's."""
    return known.pegawai_id if known else -person.line


class EmployeeChunk:
    """Some rows with everything on file that they touch."""

    def __init__(
        self, session: Session, scope: ImportScope, memory: EmployeeImportCache, people: Sequence[PersonRow]
    ) -> None:
        self._session, self._scope, self._memory = session, scope, memory
        self._now = clock.now()
        self._keeps_email = False
        self._known = people_on_file(session, [person.nip for person in people], scope)
        self.holders = holders_of(session, [person.email.key for person in people if person.email])

    def plan(self, person: PersonRow, previewed: Mapping[str, Any] | None = None) -> Plan:
        """What the row comes to, as things are now.

        Args:
            previewed: What it would change, as the preview found: an address that was somebody's then is not taken later.
        """
        known = self._known.get(person.nip)
        self._keeps_email = known is not None and previewed is not None and "email" not in previewed
        try:
            if known is not None:
                refusal = self._scope.refusal(account_id=known.account_id, within=known.within, roles=known.roles)
                if refusal is not None:
                    return Plan(refusal, refusal.advice)
            return self._plan(person, known)
        except RowError as fault:
            return Plan(CommonVerdict.REFUSED, str(fault))
        except OutOfScopeError:
            return Plan(CommonVerdict.OUT_OF_SCOPE, CommonVerdict.OUT_OF_SCOPE.advice)

    def _plan(self, person: PersonRow, known: PersonOnFile | None) -> Plan:
        jenis = person.jenis or (known.jenis if known else None)
        if jenis is None:
            raise RowError("Jenis pegawai kosong. Isi kolom jenis dengan PNS, CPNS, PPPK, atau PPT Non-ASN.")
        nip = structure_of(person.nip, jenis, self._now.date())
        agency = self._memory.orgs.agency(self._session, person.row, self._scope) or (known.agency if known else None)
        if agency is None:
            raise RowError("Instansi kosong. Isi kolom instansi dengan kode atau nama instansi.")
        notes = _contradictions(person, nip)
        if known is None:
            return self._plan_new(person, jenis, nip, agency, notes)
        return self._plan_change(person, known, jenis, agency, notes)

    def _plan_new(self, person: PersonRow, jenis: JenisPegawai, nip: Nip, agency: AgencyRef, notes: list[str]) -> Plan:
        unit = self._unit(person, agency)
        if unit is None:
            unit = self._root(agency)
            notes.append("Kolom unor kosong, jadi pegawai ditempatkan di unit teratas instansi.")
        email = self._email(person, agency, -person.line, notes)
        approved = jenis is JenisPegawai.CPNS and bool(person.disetujui)
        if approved:
            self._require_approver()
        values = {
            "nip": person.nip,
            "name": person.nama,
            "title_prefix": person.gelar_depan,
            "title_suffix": person.gelar_belakang,
            "jenis": jenis,
            "birth_date": person.tanggal_lahir or nip.birth_date,
            "gender": person.jenis_kelamin or nip.gender or "",
            "instansi_id": agency.id,
            "unor_id": unit.id,
            "email": email[0] if email else (person.email.raw if person.email else None),
            "email_key": email[1] if email else None,
            "approved_at": self._now if approved else None,
            "joined_at": self._now,
        }
        return Plan(*_accepted(CommonVerdict.NEW, CREATED, notes), values, email)

    def _plan_change(
        self, person: PersonRow, known: PersonOnFile, jenis: JenisPegawai, agency: AgencyRef, notes: list[str]
    ) -> Plan:
        wanted = self._wanted(person, known, jenis, agency)
        values = {name: value for name, value in wanted.items() if known.values[name] != value}
        if "approved_at" in values:
            self._require_approver()
        before = {name: _plain(known.values[name]) for name in values}
        email = None
        if person.email and (person.email.key, person.email.raw) != (known.email_key, known.email):
            email = self._email(person, agency, known.pegawai_id, notes)
        if email:
            before["email"] = known.email
        names = [_WORDS.get(name, name) for name in before]
        if known.account_id is None:
            names.append("akun")
        if not names:
            return Plan(*_accepted(CommonVerdict.UNCHANGED, SAME, notes), before=before, known=known)
        sentence = f"Data diperbarui: {', '.join(names)}."
        return Plan(*_accepted(CommonVerdict.CHANGED, sentence, notes), values, email, before, known)

    def _wanted(self, person: PersonRow, known: PersonOnFile, jenis: JenisPegawai, agency: AgencyRef) -> dict[str, Any]:
        """The columns that the row speaks of, with what it says."""
        unit = self._unit(person, agency)
        if unit is None and agency.id != known.agency.id:
            unit = self._root(agency)
        wanted: dict[str, Any] = {
            "name": person.nama,
            "title_prefix": person.gelar_depan or None,
            "title_suffix": person.gelar_belakang or None,
            "jenis": jenis,
            "birth_date": person.tanggal_lahir,
            "gender": person.jenis_kelamin or None,
            "instansi_id": agency.id,
            "unor_id": unit.id if unit else None,
        }
        stated = {name: value for name, value in wanted.items() if value is not None}
        if jenis is JenisPegawai.CPNS and person.disetujui is not None:
            approved_at = known.values["approved_at"]
            stated["approved_at"] = (approved_at or self._now) if person.disetujui else None
        return stated

    def _unit(self, person: PersonRow, agency: AgencyRef) -> UnitRef | None:
        unit = self._memory.orgs.unit(self._session, person.row, agency)
        return self._within(agency, unit) if unit else None

    def _root(self, agency: AgencyRef) -> UnitRef:
        return self._within(agency, self._memory.orgs.root(self._session, agency))

    def _within(self, agency: AgencyRef, unit: UnitRef) -> UnitRef:
        if not self._scope.covers_unit(agency.id, unit.path):
            raise OutOfScopeError
        return unit

    def _require_approver(self) -> None:
        if not self._scope.may(Permission.CPNS_APPROVE):
            raise RowError(APPROVER_NEEDED)

    def _email(self, person: PersonRow, agency: AgencyRef, owner: int, notes: list[str]) -> tuple[str, str] | None:
        """The address that the person gets; None: what is on file stays."""
        if person.email is None:
            return None
        taken_by = self._memory.taken.get(hash(person.email.key))
        if taken_by not in (None, int(person.nip)):
            notes.append(TAKEN_NOTE)
            return None
        verdict = email_verdict(person.email, agency, self.holders, owner)
        notes.extend(verdict.notes)
        if verdict.accepted and self._keeps_email:
            notes.append(TAKEN_NOTE)
        return (person.email.raw, person.email.key) if verdict.accepted and not self._keeps_email else None


def _plain(value: Any) -> Any:
    """A value as JSON keeps it; of a moment only whether there is one."""
    if value is None or isinstance(value, int | str):
        return value.value if isinstance(value, JenisPegawai) else value
    return True if hasattr(value, "hour") else value.isoformat()


def _contradictions(person: PersonRow, nip: Nip) -> list[str]:
    """Where the row says something else than the NIP (BKN data-quality index, consistency)."""
    notes = []
    if nip.birth_date and person.tanggal_lahir not in (None, nip.birth_date):
        notes.append("Tanggal lahir berbeda dari NIP; periksa keduanya.")
    if nip.gender and person.jenis_kelamin not in ("", nip.gender):
        notes.append("Jenis kelamin berbeda dari NIP; periksa keduanya.")
    return notes


def _accepted(verdict: CommonVerdict, sentence: str, notes: Sequence[str]) -> tuple[CommonVerdict, str]:
    return (CommonVerdict.WITH_NOTE, " ".join([sentence, *notes])) if notes else (verdict, sentence)
