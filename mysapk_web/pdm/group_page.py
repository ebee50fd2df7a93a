"""`/pdm/<grup>`: records on file beside what is proposed, so that no change seems lost."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from mysapk_web.organisation.actor import Actor
from mysapk_web.pdm.code_tables import StoredCodes
from mysapk_web.pdm.context import load_context
from mysapk_web.pdm.declarations import declaration_contradiction
from mysapk_web.pdm.dossier import Dossier, load_details, load_dossier
from mysapk_web.pdm.eligibility import declaration_blocker, proposal_blocker
from mysapk_web.pdm.payload import decode_payload
from mysapk_web.pdm.presenters import REQUIREMENT_LABELS, ProposalView, labelled_values, proposal_view
from mysapk_web.pdm.rules.groups.base import Group, RecordAction, RecordKind
from mysapk_web.pdm.rules.proposal import REJECTED_STATES, Declaration
from mysapk_web.pdm.tables import PersonnelRecord, Proposal


@dataclass(frozen=True, slots=True)
class RecordView:
    id: int
    title: str
    subtitle: str
    rows: list[tuple[str, str]]
    """Label and words of each field that is filled; sensitive ones masked."""
    pending: list[ProposalView]
    """The open proposal about it: one or none."""
    may_change: bool
    may_delete: bool
    why_not: str
    """Why it can neither be changed nor deleted; empty otherwise."""


@dataclass(frozen=True, slots=True)
class KindView:
    key: str
    label: str
    records: list[RecordView]
    """The latest first."""
    proposals: list[ProposalView]
    """New records, and what was rejected in this PDM."""
    can_add: bool
    why_not: str
    """Why none can be added; empty otherwise."""


@dataclass(frozen=True, slots=True)
class GroupView:
    label: str
    description: str
    requirement_label: str
    state: str
    state_label: str
    done: bool
    declaration: str | None
    may_have_none: bool
    """"Tidak ada riwayat" would be true."""
    none_hint: str
    why_not_confirmed: str
    """Why "data sudah sesuai" would not be true, and what to do; empty if it would be."""
    declaration_blocker: str
    """Why nothing can be declared now; empty if it can."""
    closed_sentence: str
    kinds: list[KindView]


def load_group(session: Session, actor: Actor, key: str) -> GroupView:
    """Raises PermissionDenied if there is no such group for this person."""
    person = load_context(session, actor.pegawai_id)
    group = person.group(key)
    dossier = load_dossier(session, person)
    load_details(session, dossier, dossier.proposals_in(group), group.kinds)
    state, declared = dossier.state(group), dossier.declarations.get(group.key)
    tables = StoredCodes(session)
    return GroupView(
        label=group.label,
        description=group.description,
        requirement_label=REQUIREMENT_LABELS[group.requirement],
        state=state.value,
        state_label=state.label,
        done=state.handled,
        declaration=declared.value if declared else None,
        may_have_none=not declaration_contradiction(session, dossier, group, Declaration.TIDAK_ADA),
        none_hint=group.none_hint,
        why_not_confirmed=declaration_contradiction(session, dossier, group, Declaration.SESUAI),
        declaration_blocker=declaration_blocker(dossier, group),
        closed_sentence=person.times.closed_sentence(),
        kinds=[_kind(dossier, group, each, tables) for each in group.kinds],
    )


def _kind(dossier: Dossier, group: Group, declared: RecordKind, tables: StoredCodes) -> KindView:
    mine = [each for each in dossier.proposals_in(group) if each.kind == declared.key]
    pending = {each.record_id: each for each in mine if each.record_id is not None and each.ended_at is None}
    beside = [each for each in mine if _stands_alone(each)]
    why_not = proposal_blocker(dossier, group, declared, RecordAction.ADD, None)
    return KindView(
        key=declared.key,
        label=declared.label,
        records=[
            _record(dossier, group, declared, record, pending.get(record.pk), tables)
            for record in dossier.records[declared.key]
        ],
        proposals=[proposal_view(dossier, each, tables) for each in beside],
        can_add=not why_not,
        why_not=why_not,
    )


def _stands_alone(proposal: Proposal) -> bool:
    """New records, and rejected proposals: the person has to read why."""
    if proposal.ended_at is None:
        return proposal.record_id is None
    return proposal.state in REJECTED_STATES


def _record(
    dossier: Dossier,
    group: Group,
    declared: RecordKind,
    record: PersonnelRecord,
    pending: Proposal | None,
    tables: StoredCodes,
) -> RecordView:
    values = decode_payload(declared, record.payload)
    not_changed = proposal_blocker(dossier, group, declared, RecordAction.CHANGE, record)
    not_deleted = proposal_blocker(dossier, group, declared, RecordAction.DELETE, record)
    return RecordView(
        id=record.pk,
        title=declared.title(values, tables),
        subtitle=declared.subtitle(values, tables),
        rows=labelled_values(declared, values, tables),
        pending=[proposal_view(dossier, pending, tables)] if pending else [],
        may_change=not not_changed,
        may_delete=not not_deleted,
        why_not=not_changed if not_changed and not_deleted else "",
    )
