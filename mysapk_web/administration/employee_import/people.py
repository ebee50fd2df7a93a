"""`mysapk import-pegawai`: the rolls of an agency, read as often as wanted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, col, select

from mysapk_web.accounts.credentials import invalidate_credentials
from mysapk_web.accounts.email_replacement import EmailReplacement, replace_emails
from mysapk_web.administration.audit_events import CpnsApproved, PeopleImported
from mysapk_web.administration.employee_import.org_lookup import Agency, Places
from mysapk_web.administration.employee_import.row import PersonRow, person_of, structure_of
from mysapk_web.administration.employee_import.validation import Seen, holders_of, judge_email
from mysapk_web.administration.people.grants import revoke_roles_after_transfer
from mysapk_web.organisation import audit
from mysapk_web.organisation.rules.nip import Nip
from mysapk_web.organisation.rules.pegawai import JenisPegawai, eligibility
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Instansi
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from mysapk_web.platform.row_report import RowReport, Verdict
from mysapk_web.platform.spreadsheet_reader import Row, read
from mysapk_web.platform.tabular import RowFault, chunks

REQUIRED = ("nip", "nama", "jenis", "instansi")
REASON = "impor data pegawai"


def import_pegawai(database: Database, path: Path, *, actor_id: int | None = None) -> Iterator[RowReport]:
    """Take the rolls of a file over: new people with an account each, changes to known ones by their NIP.

    Blank cells change nothing, so an address on file is never emptied. Running it again changes nothing more. Each
    chunk is a transaction of its own, written before its reports come out; the import goes on only as reports are
    taken.

    Args:
        path: CSV or XLSX with at least the columns nip, nama, jenis and instansi.

    Yields:
        One report a row, in the order of the file.

    Raises:
        UnreadableFile: The file as a whole can't be used.
    """
    run = _Import(actor_id)
    for rows in chunks(read(path, REQUIRED)):
        with database.begin() as session:
            reports = run.chunk(session, rows)
        yield from reports


@dataclass(slots=True)
class _Import:
    """What lasts over the chunks of one file."""

    actor_id: int | None
    seen: Seen = field(default_factory=Seen)
    places: Places = field(default_factory=Places)

    def chunk(self, session: Session, rows: list[Row]) -> list[RowReport]:
        people: list[PersonRow] = []
        reports: list[RowReport] = []
        for row in rows:
            try:
                person = person_of(row)
                self.seen.first_time(person.nip, row.line)
            except RowFault as fault:
                reports.append(_refused(row, fault))
            else:
                people.append(person)
        work = _Chunk(session, self.places, self.actor_id)
        work.load(people)
        for person in people:
            try:
                reports.append(work.take(person))
            except RowFault as fault:
                reports.append(_refused(person.row, fault))
        work.write()
        counts = dict(Counter(report.verdict.value for report in reports))
        audit.record(session, PeopleImported(rows=counts), actor_id=self.actor_id)
        return sorted(reports, key=lambda report: report.line)


@dataclass(slots=True)
class _Known:
    """A person on file."""

    pegawai: Pegawai
    account: Account | None
    agency: Agency


@dataclass(slots=True)
class _Chunk:
    """One transaction: first what is on file, then row by row, then everything written at once."""

    session: Session
    places: Places
    actor_id: int | None
    now: datetime = field(default_factory=clock.now)
    known: dict[str, _Known] = field(default_factory=dict)
    holders: dict[str, int] = field(default_factory=dict)
    new: list[dict[str, Any]] = field(default_factory=list)
    without_account: list[int] = field(default_factory=list)
    changes: list[EmailReplacement] = field(default_factory=list)
    revoked: list[int] = field(default_factory=list)
    moved: list[int] = field(default_factory=list)

    def load(self, people: list[PersonRow]) -> None:
        rows = self.session.exec(
            select(Pegawai, Account, Instansi)
            .join(Account, col(Account.pegawai_id) == Pegawai.id, isouter=True)
            .join(Instansi, col(Instansi.id) == Pegawai.instansi_id)
            .where(col(Pegawai.nip).in_([person.nip for person in people]))
        )
        for pegawai, account, instansi in rows:
            agency = Agency(instansi.id or 0, instansi.name, instansi.domain_policy, tuple(instansi.email_domains))
            self.known[pegawai.nip] = _Known(pegawai, account, agency)
        self.holders = holders_of(self.session, [person.email.key for person in people if person.email])

    def take(self, person: PersonRow) -> RowReport:
        known = self.known.get(person.nip)
        jenis = person.jenis or (known.pegawai.jenis if known else None)
        if jenis is None:
            raise RowFault("Jenis pegawai kosong. Isi kolom jenis dengan PNS, CPNS, PPPK, atau PPT Non-ASN.")
        nip = structure_of(person.nip, jenis, self.now.date())
        agency = self.places.agency(self.session, person.row) or (known.agency if known else None)
        if agency is None:
            raise RowFault("Instansi kosong. Isi kolom instansi dengan kode atau nama instansi.")
        notes = _contradictions(person, nip)
        if known is None:
            return self._create(person, jenis, nip, agency, notes)
        return self._update(person, known, jenis, agency, notes)

    def _create(self, person: PersonRow, jenis: JenisPegawai, nip: Nip, agency: Agency, notes: list[str]) -> RowReport:
        unit = self.places.unit(self.session, person.row, agency)
        if unit is None:
            unit = self.places.root(self.session, agency)
            notes.append("Kolom unor kosong, jadi pegawai ditempatkan di unit teratas instansi.")
        key = None
        if person.email:
            verdict = judge_email(person.email, agency, self.holders, -person.line)
            notes.extend(verdict.notes)
            if verdict.accepted:
                key = person.email.key
                self.holders[key] = -person.line
        approved = jenis is JenisPegawai.CPNS and person.disetujui
        self.new.append(
            {
                "nip": person.nip,
                "name": person.nama,
                "title_prefix": person.gelar_depan,
                "title_suffix": person.gelar_belakang,
                "jenis": jenis,
                "birth_date": person.tanggal_lahir or nip.birth_date,
                "gender": person.jenis_kelamin or nip.gender or "",
                "instansi_id": agency.id,
                "unor_id": unit.id,
                "email": person.email.raw if person.email else None,
                "email_key": key,
                "approved_at": self.now if approved else None,
                "joined_at": self.now,
            }
        )
        return _accepted(person, Verdict.BARU, "Pegawai dan akunnya dibuat.", notes)

    def _update(
        self, person: PersonRow, known: _Known, jenis: JenisPegawai, agency: Agency, notes: list[str]
    ) -> RowReport:
        wanted = self._wanted(person, known, jenis, agency)
        before = _may_activate(known)
        changed = [name for name, value in wanted.items() if getattr(known.pegawai, name) != value]
        for name in changed:
            setattr(known.pegawai, name, wanted[name])
        if known.account is None:
            self.without_account.append(known.pegawai.id or 0)
        elif _may_activate(known) != before:
            self.revoked.append(known.account.id or 0)
            if known.pegawai.approved_at and "approved_at" in changed:
                self._record_approval(known)
        if known.account is not None and "instansi_id" in changed:
            self.moved.append(known.account.id or 0)
        if self._update_email(person, known, agency, notes):
            changed.append("email")
        if not changed:
            return _accepted(person, Verdict.TIDAK_BERUBAH, "Sama dengan data yang ada.", notes)
        names = ", ".join(_COLUMN_OF.get(name, name) for name in changed)
        return _accepted(person, Verdict.DIPERBARUI, f"Data diperbarui: {names}.", notes)

    def _wanted(self, person: PersonRow, known: _Known, jenis: JenisPegawai, agency: Agency) -> dict[str, Any]:
        """The fields that the row speaks of, with what it says."""
        unit = self.places.unit(self.session, person.row, agency)
        if unit is None and agency.id != known.pegawai.instansi_id:
            unit = self.places.root(self.session, agency)
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
        told = {name: value for name, value in wanted.items() if value is not None}
        if jenis is JenisPegawai.CPNS and person.disetujui is not None:
            told["approved_at"] = (known.pegawai.approved_at or self.now) if person.disetujui else None
        return told

    def _update_email(self, person: PersonRow, known: _Known, agency: Agency, notes: list[str]) -> bool:
        email, pegawai = person.email, known.pegawai
        if email is None or (email.key, email.raw) == (pegawai.email_key, pegawai.email):
            return False
        owner = pegawai.id or 0
        verdict = judge_email(email, agency, self.holders, owner)
        notes.extend(verdict.notes)
        if not verdict.accepted:
            return False
        if email.key == pegawai.email_key or known.account is None:
            pegawai.email, pegawai.email_key = email.raw, email.key
        else:
            self.changes.append(
                EmailReplacement(known.account.id or 0, owner, agency.id, pegawai.email_key, email.raw, email.key)
            )
        # The old address stays reserved until the next chunk: people are inserted before addresses change.
        self.holders[email.key] = owner
        return True

    def _record_approval(self, known: _Known) -> None:
        audit.record(
            self.session,
            CpnsApproved(reason=REASON),
            actor_id=self.actor_id,
            subject_id=known.account.id if known.account else None,
            instansi_id=known.pegawai.instansi_id,
        )

    def write(self) -> None:
        self.session.flush()
        made: list[int] = []
        if self.new:
            made = list(self.session.execute(insert(Pegawai).returning(col(Pegawai.id)), self.new).scalars())
        if made or self.without_account:
            rows = [{"pegawai_id": id_} for id_ in (*made, *self.without_account)]
            self.session.execute(insert(Account), rows)
        revoke_roles_after_transfer(self.session, self.moved, actor_id=self.actor_id)
        replace_emails(self.session, self.changes, actor_id=self.actor_id, reason=REASON)
        told = {change.account_id for change in self.changes}
        invalidate_credentials(
            self.session, [id_ for id_ in self.revoked if id_ not in told], "data kepegawaian berubah"
        )


_COLUMN_OF = {
    "name": "nama",
    "title_prefix": "gelar_depan",
    "title_suffix": "gelar_belakang",
    "birth_date": "tanggal_lahir",
    "gender": "jenis_kelamin",
    "instansi_id": "instansi",
    "unor_id": "unor",
    "approved_at": "disetujui",
}


def _may_activate(known: _Known) -> object:
    return eligibility(
        jenis=known.pegawai.jenis,
        approved=known.pegawai.approved_at is not None,
        disabled=known.account is not None and known.account.disabled_at is not None,
        has_email=True,
    )


def _contradictions(person: PersonRow, nip: Nip) -> list[str]:
    """Where the row says something else than the NIP (BKN data-quality index, consistency)."""
    notes = []
    if nip.birth_date and person.tanggal_lahir not in (None, nip.birth_date):
        notes.append("Tanggal lahir berbeda dari NIP; periksa keduanya.")
    if nip.gender and person.jenis_kelamin not in ("", nip.gender):
        notes.append("Jenis kelamin berbeda dari NIP; periksa keduanya.")
    return notes


def _accepted(person: PersonRow, verdict: Verdict, sentence: str, notes: list[str]) -> RowReport:
    if notes:
        return RowReport(person.line, person.nip, Verdict.DITERIMA_DENGAN_CATATAN, " ".join([sentence, *notes]))
    return RowReport(person.line, person.nip, verdict, sentence)


def _refused(row: Row, fault: RowFault) -> RowReport:
    return RowReport(row.line, row.text("nip")[:64], Verdict.DITOLAK, str(fault))
