"""Everything stored about one person's PDM: records on file, proposals with documents and history, declarations."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import case
from sqlmodel import Session, col, func, or_, select

from mysapk_web.organisation.tables.agency import Unor
from mysapk_web.pdm.context import PersonContext
from mysapk_web.pdm.payload import decode_payload
from mysapk_web.pdm.rules.groups import GROUPS, get_kind
from mysapk_web.pdm.rules.groups.base import Cardinality, Group, RecordKind
from mysapk_web.pdm.rules.groups.fields import Value
from mysapk_web.pdm.rules.proposal import Declaration, GroupState, ProposalState, group_state
from mysapk_web.pdm.tables import Document, FormerValue, GroupDeclaration, PersonnelRecord, Proposal, ProposalEvent

_NEVER_SENT: Final = ProposalState.DIHAPUS
_OF_PROFILE: Final = frozenset(each.key for group in GROUPS if not group.verified for each in group.kinds)
"""Kinds of record that are changed at once, without a proposal."""


@dataclass(frozen=True, slots=True)
class RecordCount:
    """How many records of a kind there are, and when one of them was last changed (None: never).

    For kinds that are changed without a proposal, changes after the end of the PDM are left out.
    """

    count: int
    changed_at: datetime | None


@dataclass(slots=True)
class Dossier:
    person: PersonContext
    proposals: list[Proposal]
    """Those of the current PDM and all that are open, the newest first."""
    declarations: dict[str, Declaration]
    """Of the current PDM, by group."""
    counts: dict[str, RecordCount]
    records: dict[str, list[PersonnelRecord]] = field(default_factory=dict)
    """By kind; kinds that were not loaded are missing."""
    identities: dict[str, Counter[tuple[str | int, ...]]] = field(default_factory=dict)
    """How many records on file share an identity, by kind; counted once, when a page first asks (`matching`)."""
    documents: dict[int, list[Document]] = field(default_factory=dict)
    """By proposal."""
    history: dict[int, list[ProposalEvent]] = field(default_factory=dict)
    """By proposal, the newest event first."""
    units: dict[int, str] = field(default_factory=dict)
    """Names of the unor verifikasi by id."""

    def proposals_in(self, group: Group) -> list[Proposal]:
        return [proposal for proposal in self.proposals if proposal.group == group.key]

    def state(self, group: Group) -> GroupState:
        declared = self.declarations.get(group.key)
        if not group.verified and declared is None:
            # Editing the profile during the PDM, not after its end, counts as having checked it.
            changed = [self.counts[each.key].changed_at for each in group.kinds if each.key in self.counts]
            if any(moment and moment >= self.person.times.since for moment in changed):
                return GroupState.SELESAI
        return group_state(declared, [proposal.state for proposal in self.proposals_in(group)])

    def count(self, group: Group) -> int:
        return sum(self.counts[each.key].count for each in group.kinds if each.key in self.counts)


def load_dossier(session: Session, person: PersonContext) -> Dossier:
    """Without records, documents and history; the other `load_` functions add those."""
    since = person.times.since
    proposals = session.exec(
        select(Proposal)
        .where(Proposal.pegawai_id == person.pegawai_id)
        .where(or_(col(Proposal.ended_at).is_(None), col(Proposal.ended_at) >= since))
        .order_by(col(Proposal.id).desc())
    ).all()
    declared = session.exec(
        select(GroupDeclaration.group, GroupDeclaration.declaration).where(
            GroupDeclaration.pegawai_id == person.pegawai_id, GroupDeclaration.at >= since
        )
    ).all()
    changed = func.max(case((col(PersonnelRecord.version) > 1, col(PersonnelRecord.changed_at))))
    counted = session.exec(
        select(PersonnelRecord.kind, func.count(), changed)
        .where(PersonnelRecord.pegawai_id == person.pegawai_id, col(PersonnelRecord.removed_at).is_(None))
        .group_by(PersonnelRecord.kind)
    ).all()
    known = {name: RecordCount(count, moment) for name, count, moment in counted}
    for name in _OF_PROFILE & known.keys():
        last = known[name].changed_at
        if last is not None and last >= person.times.until:
            known[name] = RecordCount(known[name].count, _changed_before(session, person, name))
    return Dossier(
        person=person,
        proposals=[each for each in proposals if each.state is not _NEVER_SENT],
        declarations={group: Declaration(statement) for group, statement in declared},
        counts=known,
    )


def _changed_before(session: Session, person: PersonContext, kind: str) -> datetime | None:
    """The last change before the PDM ended."""
    return session.exec(
        select(func.max(FormerValue.replaced_at))
        .join(PersonnelRecord, col(PersonnelRecord.id) == FormerValue.record_id)
        .where(
            PersonnelRecord.pegawai_id == person.pegawai_id,
            PersonnelRecord.kind == kind,
            col(PersonnelRecord.removed_at).is_(None),
            col(FormerValue.replaced_at) < person.times.until,
        )
    ).one()


def load_records(session: Session, dossier: Dossier, kinds: Iterable[RecordKind]) -> None:
    wanted = [each for each in kinds if each.key not in dossier.records]
    if not wanted:
        return
    dossier.records.update({each.key: [] for each in wanted})
    rows = session.exec(
        select(PersonnelRecord).where(
            PersonnelRecord.pegawai_id == dossier.person.pegawai_id,
            col(PersonnelRecord.kind).in_([each.key for each in wanted]),
            col(PersonnelRecord.removed_at).is_(None),
        )
    )
    for row in rows:
        dossier.records[row.kind].append(row)
    for each in wanted:
        dossier.records[each.key] = latest_first(each, dossier.records[each.key])


def load_documents(session: Session, dossier: Dossier, proposals: Iterable[Proposal]) -> None:
    dossier.documents.update(documents_of(session, [each.pk for each in proposals]))


def load_history(session: Session, dossier: Dossier, proposals: Iterable[Proposal]) -> None:
    dossier.history.update(history_of(session, [each.pk for each in proposals]))


def load_unit_names(session: Session, dossier: Dossier, proposals: Iterable[Proposal]) -> None:
    wanted = {each.unor_id for each in proposals if each.sent_at} - dossier.units.keys()
    if wanted:
        found = session.exec(select(Unor.id, Unor.name).where(col(Unor.id).in_(sorted(wanted))))
        dossier.units.update({number or 0: nama for number, nama in found})


def load_details(
    session: Session, dossier: Dossier, proposals: Sequence[Proposal], kinds: Iterable[RecordKind] | None = None
) -> None:
    """What `presenters.proposal_view` needs; `kinds`: those of the proposals."""
    load_records(session, dossier, kinds or {each.kind: kind_of(each) for each in proposals}.values())
    load_documents(session, dossier, proposals)
    load_history(session, dossier, proposals)
    load_unit_names(session, dossier, proposals)


def documents_of(session: Session, proposal_ids: Sequence[int]) -> dict[int, list[Document]]:
    """Documents in use, in the order of upload.

    Args:
        proposal_ids: Limited by the caller to what its actor may see.
    """
    found: defaultdict[int, list[Document]] = defaultdict(list)
    if proposal_ids:
        for row in session.exec(
            select(Document)
            .where(col(Document.proposal_id).in_(proposal_ids), col(Document.removed_at).is_(None))
            .order_by(col(Document.id))
        ):
            found[row.proposal_id].append(row)
    return dict(found)


def history_of(session: Session, proposal_ids: Sequence[int]) -> dict[int, list[ProposalEvent]]:
    """The newest event first; `proposal_ids` as for `documents_of`."""
    found: defaultdict[int, list[ProposalEvent]] = defaultdict(list)
    if proposal_ids:
        for row in session.exec(
            select(ProposalEvent)
            .where(col(ProposalEvent.proposal_id).in_(proposal_ids))
            .order_by(col(ProposalEvent.id).desc())
        ):
            found[row.proposal_id].append(row)
    return dict(found)


def latest_first(declared: RecordKind, records: Iterable[PersonnelRecord]) -> list[PersonnelRecord]:
    """Records without the deciding value come last, the newest row first."""
    return sorted(records, key=lambda record: (_rank(declared, record), record.pk), reverse=True)


def is_latest(dossier: Dossier, declared: RecordKind, record: PersonnelRecord) -> bool:
    """Whether a record may be proposed at all: of some kinds only the latest may."""
    only = declared.cardinality in (Cardinality.LATEST_ONLY, Cardinality.SINGLE)
    return not only or dossier.records[declared.key][0].id == record.id


def _rank(declared: RecordKind, record: PersonnelRecord) -> str:
    if not declared.latest_by:
        return ""
    value: Value = decode_payload(declared, record.payload)[declared.latest_by]
    # Dates are ISO text and years have four digits; other numbers are padded.
    return f"{value:09d}" if isinstance(value, int) else value or ""


def kind_of(proposal: Proposal) -> RecordKind:
    return get_kind(proposal.kind)
