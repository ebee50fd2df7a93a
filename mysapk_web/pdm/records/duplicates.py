"""`mysapk duplicates`: records that exist twice, proposals that would duplicate one, and what to do about each.

Changes nothing. People are read in batches, and of those only the ones with two records of a kind or an open proposal,
so memory stays bounded.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlmodel import Session, col, func, select

from mysapk_web.organisation import audit
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.audit_events import STARTED, RecordsExported
from mysapk_web.pdm.payload import decode_payload
from mysapk_web.pdm.records.columns import NIP
from mysapk_web.pdm.records.export import find_agency_id
from mysapk_web.pdm.rules.groups import get_kind, group_of_kind
from mysapk_web.pdm.rules.groups.base import RecordAction, RecordKind
from mysapk_web.pdm.rules.groups.duplicates import differing_fields, is_same, keys_of, normal_form
from mysapk_web.pdm.rules.groups.fields import Value
from mysapk_web.pdm.rules.proposal import EDITABLE_STATES, ProposalState
from mysapk_web.pdm.tables import Document, PersonnelRecord, Proposal
from mysapk_web.platform import bulk
from mysapk_web.platform.database import Database
from mysapk_web.platform.errors import UserError
from mysapk_web.platform.private_file import require_regular_file, write_private
from mysapk_web.platform.rules.csv_injection import escape_formula

PEOPLE: Final = 500
"""Per batch."""
HEADINGS: Final = (NIP, "jenis", "ganda", "sama_dengan", "berbeda_pada", "saran")
NAME: Final = "ganda"
"""What the audit log calls the list."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    nip: str
    kind: str
    what: str
    """`berkas 12` or `usulan 34`, by id."""
    same_as: str
    """Likewise."""
    differing: tuple[str, ...]
    """Labels of the fields that differ."""
    advice: str


@dataclass(frozen=True, slots=True, eq=False)
class _Entry:
    """A record on file or an open proposal."""

    id: int
    on_file: bool
    values: dict[str, Value]
    documents: bool = False
    """It was filed or changed with documents."""
    changes: int | None = None
    """Id of the record that a proposal changes."""

    @property
    def words(self) -> str:
        return f"{'berkas' if self.on_file else 'usulan'} {self.id}"


def report_duplicates(database: Database, *, instansi: str = "", report: Path | None = None) -> Counter[str]:
    """Count duplicates by kind, and write a list if asked to.

    Args:
        report: CSV with personal data, readable by this OS account only; recorded in the audit log.

    Raises:
        UserError: There is no such agency, or the list can't be written.
    """
    counts: Counter[str] = Counter()
    with database.read() as session:
        agency = find_agency_id(session, instansi)
    if report is None:
        for duplicate in find_duplicates(database, agency):
            counts[duplicate.kind] += 1
        return counts
    require_regular_file(report)
    try:
        with write_private(report) as handle:
            with database.begin() as session:
                audit.record(session, RecordsExported(record_kind=NAME, phase=STARTED), instansi_id=agency)
            writer = csv.writer(handle)
            writer.writerow(HEADINGS)
            for duplicate in find_duplicates(database, agency):
                counts[duplicate.kind] += 1
                differing = escape_formula(", ".join(duplicate.differing))
                writer.writerow(
                    [
                        duplicate.nip,
                        duplicate.kind,
                        duplicate.what,
                        duplicate.same_as,
                        differing,
                        escape_formula(duplicate.advice),
                    ]
                )
    except OSError as error:
        raise UserError(f"{report}: {error.strerror}.") from None
    with database.begin() as session:
        audit.record(session, RecordsExported(record_kind=NAME, row_count=counts.total()), instansi_id=agency)
    return counts


def find_duplicates(database: Database, agency: int | None = None) -> Iterator[Duplicate]:
    last = 0
    while True:
        wanted = select(Pegawai.id, Pegawai.nip).where(col(Pegawai.id) > last).order_by(col(Pegawai.id)).limit(PEOPLE)
        if agency is not None:
            wanted = wanted.where(Pegawai.instansi_id == agency)
        with database.read() as session:
            people = {number or 0: nip for number, nip in session.exec(wanted)}
            entries = _entries(session, list(people)) if people else {}
        for (owner, key), found in sorted(entries.items()):
            yield from _duplicates(people[owner], get_kind(key), found)
        if len(people) < PEOPLE:
            return
        last = max(people)


def _entries(session: Session, owners: Sequence[int]) -> dict[tuple[int, str], list[_Entry]]:
    """By person and kind, where a duplicate is possible at all."""
    found: defaultdict[tuple[int, str], list[_Entry]] = defaultdict(list)
    under_way = session.exec(
        select(Proposal).where(
            col(Proposal.pegawai_id).in_(owners),
            col(Proposal.ended_at).is_(None),
            col(Proposal.state).not_in(EDITABLE_STATES),
            Proposal.action != RecordAction.DELETE,
        )
    ).all()
    several = session.exec(
        select(PersonnelRecord.pegawai_id, PersonnelRecord.kind)
        .where(col(PersonnelRecord.pegawai_id).in_(owners), col(PersonnelRecord.removed_at).is_(None))
        .group_by(col(PersonnelRecord.pegawai_id), col(PersonnelRecord.kind))
        .having(func.count() > 1)
    ).all()
    asked = {(owner, key) for owner, key in several} | {(each.pegawai_id, each.kind) for each in under_way}
    if not asked:
        return {}
    records = session.exec(
        select(PersonnelRecord).where(
            col(PersonnelRecord.pegawai_id).in_({owner for owner, _ in asked}),
            col(PersonnelRecord.kind).in_({key for _, key in asked}),
            col(PersonnelRecord.removed_at).is_(None),
        )
    ).all()
    records = [each for each in records if (each.pegawai_id, each.kind) in asked]
    documented = _documented(session, [each.pk for each in records])
    for record in records:
        values = decode_payload(get_kind(record.kind), record.payload)
        entry = _Entry(record.pk, on_file=True, values=values, documents=record.id in documented)
        found[record.pegawai_id, record.kind].append(entry)
    for proposal in under_way:
        values = decode_payload(get_kind(proposal.kind), proposal.payload)
        entry = _Entry(proposal.pk, on_file=False, values=values, changes=proposal.record_id)
        found[proposal.pegawai_id, proposal.kind].append(entry)
    return found


def _documented(session: Session, records: Sequence[int]) -> set[int | None]:
    """Records that were filed or changed with documents."""
    return set(
        session.exec(
            select(Proposal.record_id)
            .join(Document, col(Document.proposal_id) == Proposal.id)
            .where(
                bulk.one_of(session, col(Proposal.record_id), list(records)),
                Proposal.state == ProposalState.TELAH_UPDATE,
                col(Document.removed_at).is_(None),
            )
        )
    )


def _duplicates(nip: str, declared: RecordKind, entries: Sequence[_Entry]) -> Iterator[Duplicate]:
    """Entries that are the same as a better one: on file before proposed, with documents, fuller, older."""
    kept: dict[tuple[str | int, ...], _Entry] = {}
    replaced = {each.id: each for each in entries if each.on_file}
    for entry in sorted(entries, key=lambda each: _rank(declared, each)):
        keys = keys_of(declared, entry.values).identity
        others = sorted({kept[key] for key in keys if key in kept}, key=lambda each: _rank(declared, each))
        before = replaced.get(entry.changes or 0)
        better = next((each for each in others if _counts(declared, each, before)), None)
        if better is not None:
            yield _duplicate(nip, declared, entry, better)
            continue
        for key in keys:
            kept.setdefault(key, entry)


def _counts(declared: RecordKind, better: _Entry, before: _Entry | None) -> bool:
    """Whether to act on it: not on a change and its own record, nor on a pair that existed before the change."""
    if before is None or not better.on_file:
        return True
    return better.id != before.id and not is_same(declared, before.values, better.values)


def _rank(declared: RecordKind, entry: _Entry) -> tuple[bool, bool, int, int]:
    filled = sum(bool(normal_form(field, entry.values.get(field.name))) for field in declared.fields)
    return not entry.on_file, not entry.documents, -filled, entry.id


def _duplicate(nip: str, declared: RecordKind, entry: _Entry, better: _Entry) -> Duplicate:
    names = differing_fields(declared, better.values, entry.values)
    differing = tuple(field.label for field in declared.fields if field.name in names)
    return Duplicate(
        nip, declared.key, entry.words, better.words, differing, _advice(declared, entry, better, bool(differing))
    )


def _advice(declared: RecordKind, entry: _Entry, better: _Entry, differs: bool) -> str:
    same = f"sama dengan {better.words}" + ("" if entry.documents or not better.documents else ", yang berdokumen")
    if not entry.on_file:
        return f"Tolak {entry.words}: {same}."
    first = f"Bandingkan dahulu isian yang berbeda. Lalu hapus {entry.words}" if differs else f"Hapus {entry.words}"
    documents = " Datanya juga berdokumen: baca dokumen keduanya." if entry.documents else ""
    if RecordAction.DELETE in declared.actions:
        how = f"Pegawainya mengusulkan hapus di /pdm/{group_of_kind(declared.key).key}."
    else:
        how = f"{declared.label} tidak dapat dihapus dengan usulan: sampaikan kepada pengelola data."
    return f"{first}: {same}{'' if entry.documents else ', tanpa dokumen'}.{documents} {how}"
