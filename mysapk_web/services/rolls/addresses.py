"""`mysapk import-email`: addresses from another personnel system, daily or weekly (seeds 001 and 004)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import update
from sqlmodel import Session, col, select

from mysapk_web.domain.audit import AuditTag
from mysapk_web.models import Account, Database, Instansi, Pegawai
from mysapk_web.services import audit
from mysapk_web.services.address import EmailChange, apply_changes
from mysapk_web.services.rolls.judging import Seen, chunks, holders_of, judge_email
from mysapk_web.services.rolls.person_row import Email, RowFault, email_of, nip_of
from mysapk_web.services.rolls.places import Agency
from mysapk_web.services.rolls.report import RowReport, Verdict
from mysapk_web.services.rolls.sheet import Row, read

REQUIRED = ("nip", "email")
REASON = "impor alamat email"


def import_email(database: Database, path: Path, *, actor_id: int | None = None) -> Iterator[RowReport]:
    """Take the addresses of a file over, with all that follows from a change (`services.address`).

    An empty address changes nothing. Each chunk is a transaction of its own, written before its reports come out; the
    import goes on only as reports are taken.

    Args:
        database: Migrated.
        path: CSV or XLSX with the columns nip and email.
        actor_id: Account that imports; None for the system.

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


@dataclass(frozen=True, slots=True)
class _Known:
    """A person on file."""

    pegawai_id: int
    account_id: int
    instansi_id: int
    email: str | None = field(repr=False)
    key: str | None = field(repr=False)


@dataclass(slots=True)
class _Import:
    """What lasts over the chunks of one file."""

    actor_id: int | None
    seen: Seen = field(default_factory=Seen)
    agencies: dict[int, Agency] = field(default_factory=dict)

    def chunk(self, session: Session, rows: list[Row]) -> list[RowReport]:
        wanted: list[tuple[Row, str, Email]] = []
        reports: list[RowReport] = []
        for row in rows:
            try:
                wanted.append((row, *self._parsed(row)))
            except RowFault as fault:
                reports.append(RowReport(row.line, row.text("nip")[:64], Verdict.DITOLAK, str(fault)))
        known = _on_file(session, [nip for _, nip, _ in wanted])
        holders = holders_of(session, [email.key for _, _, email in wanted])
        changes: list[EmailChange] = []
        spellings: list[dict[str, object]] = []
        for row, nip, email in wanted:
            verdict, sentence = self._take(session, known.get(nip), email, holders, changes, spellings)
            reports.append(RowReport(row.line, nip, verdict, sentence))
        if spellings:
            session.execute(update(Pegawai), spellings)
        apply_changes(session, changes, actor_id=self.actor_id, reason=REASON)
        counts = dict(Counter(report.verdict.value for report in reports))
        audit.record(session, AuditTag.EMAIL_IMPORTED, actor_id=self.actor_id, rows=counts)
        return sorted(reports, key=lambda report: report.line)

    def _parsed(self, row: Row) -> tuple[str, Email]:
        nip = nip_of(row)
        self.seen.first_time(nip, row.line)
        email = email_of(row)
        if email is None:
            raise RowFault("Alamat email kosong. Alamat yang ada tidak diubah.")
        return nip, email

    def _take(
        self,
        session: Session,
        known: _Known | None,
        email: Email,
        holders: dict[str, int],
        changes: list[EmailChange],
        spellings: list[dict[str, object]],
    ) -> tuple[Verdict, str]:
        if known is None:
            return Verdict.DITOLAK, "NIP tidak ada dalam data pegawai. Periksa NIP, atau impor datanya lebih dulu."
        if (email.raw, email.key) == (known.email, known.key):
            return Verdict.TIDAK_BERUBAH, "Sama dengan alamat yang ada."
        judged = judge_email(email, self._agency(session, known.instansi_id), holders, known.pegawai_id)
        if not judged.accepted:
            return Verdict.DITOLAK, " ".join(judged.notes)
        if email.key == known.key:
            spellings.append({"id": known.pegawai_id, "email": email.raw})
        else:
            changes.append(
                EmailChange(known.account_id, known.pegawai_id, known.instansi_id, known.key, email.raw, email.key)
            )
            # Changes are written in this order, so an address given up here is free for a later row.
            holders[email.key] = known.pegawai_id
            if known.key and holders.get(known.key) == known.pegawai_id:
                del holders[known.key]
        if judged.notes:
            return Verdict.DITERIMA_DENGAN_CATATAN, " ".join(["Alamat email diperbarui.", *judged.notes])
        return Verdict.DIPERBARUI, "Alamat email diperbarui."

    def _agency(self, session: Session, instansi_id: int) -> Agency:
        known = self.agencies.get(instansi_id)
        if known is None:
            row = session.get_one(Instansi, instansi_id)
            known = Agency(instansi_id, row.nama, row.domain_policy, tuple(row.email_domains))
            self.agencies[instansi_id] = known
        return known


def _on_file(session: Session, nips: list[str]) -> dict[str, _Known]:
    rows = session.execute(
        select(  # type: ignore[call-overload]  # more columns than the overloads know
            Pegawai.nip, Pegawai.id, Account.id, Pegawai.instansi_id, Pegawai.email, Pegawai.email_key
        )
        .join(Account, col(Account.pegawai_id) == Pegawai.id)
        .where(col(Pegawai.nip).in_(nips))
    )
    return {nip: _Known(*rest) for nip, *rest in rows}
