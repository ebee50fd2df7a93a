from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlmodel import Session

from mysapk_web.organisation.actor import Actor
from mysapk_web.pdm.code_tables import StoredCodes
from mysapk_web.pdm.context import load_context
from mysapk_web.pdm.dossier import Dossier, kind_of, load_details, load_dossier
from mysapk_web.pdm.matching import Match
from mysapk_web.pdm.payload import decode_payload, editable_values
from mysapk_web.pdm.presenters import (
    DocumentView,
    ProposalView,
    document_view,
    labelled_values,
    proposal_view,
    record_on_file,
)
from mysapk_web.pdm.reference import builtin
from mysapk_web.pdm.rules.groups.base import RecordAction, RecordKind
from mysapk_web.pdm.rules.groups.fields import Field, FieldKind, PersonFacts, Value
from mysapk_web.pdm.rules.groups.formatting import choice_parent, format_value
from mysapk_web.pdm.rules.proposal import EDITABLE_STATES, ProposalAction, ProposalState
from mysapk_web.pdm.submission_checks import RECORD_CHANGED, SubmissionCheck, check_submission
from mysapk_web.pdm.tables import Proposal
from mysapk_web.pdm.transitions import get_own_proposal

SHORT_TABLE: Final = 40
"""Entries that a form offers as a list; longer tables are searched."""


@dataclass(frozen=True, slots=True)
class FieldView:
    field: Field
    value: Value
    """In full: the form belongs to its owner."""
    text: str
    """As people read it; sensitive values masked."""
    shown: bool
    """Asked for, given the other values."""
    parent: str
    """Code that limits the choices of a CODE; empty for all."""
    options: list[tuple[str, str]]
    """Code and label, if the table is short enough for a list; empty: search it."""
    fault: str
    warning: str

    @property
    def name(self) -> str:
        return self.field.name


@dataclass(frozen=True, slots=True)
class DocumentSlot:
    ident: str
    """Id of its control on the page."""
    label: str
    required: bool
    """Given the values of the draft."""
    max_bytes: int
    to: str
    stored: list[DocumentView]
    """The document: one or none."""


@dataclass(frozen=True, slots=True)
class FormView:
    proposal: ProposalView
    fields: list[FieldView]
    documents: list[DocumentSlot]
    before: list[tuple[str, str]]
    """Label and words of the record on file; empty for a new record."""
    on_file: Mapping[str, str]
    """Words of the record on file by field name."""
    record_changed: bool
    """The record on file has changed since the draft was last saved."""
    may_write: bool
    closed_sentence: str
    faults: list[str]
    """Those that belong to no single field."""
    matches: list[Match]
    version: int


def load_form(session: Session, actor: Actor, proposal_id: int) -> FormView:
    """Readable after the period has closed and after it was sent, too.

    Raises:
        PermissionDenied: There is no such proposal of this person.
    """
    proposal = get_own_proposal(session, actor, proposal_id)
    person = load_context(session, actor.pegawai_id)
    declared, dossier = kind_of(proposal), load_dossier(session, person)
    load_details(session, dossier, [proposal])
    table = StoredCodes(session)
    open_ = proposal.state in EDITABLE_STATES
    checked = (
        check_submission(dossier, proposal, table)
        if open_
        else SubmissionCheck(editable_values(declared, proposal.payload))
    )
    record = record_on_file(dossier, proposal)
    on_file = decode_payload(declared, record.payload) if record else {}
    allowed = open_ and person.times.allows(proposal.state, ProposalAction.SAVE_DRAFT, declared.approval)
    returned = proposal.state is ProposalState.PERBAIKAN_MYSAPK
    return FormView(
        proposal=proposal_view(dossier, proposal, table, checked=checked),
        fields=[] if proposal.action is RecordAction.DELETE else _fields(declared, checked, table, person.facts),
        documents=_slots(dossier, proposal, declared, checked),
        before=labelled_values(declared, on_file, table),
        on_file=_words(declared, on_file, table),
        record_changed=RECORD_CHANGED in checked.whole,
        may_write=allowed and proposal.action is not RecordAction.DELETE,
        closed_sentence=person.times.closed_sentence(returned=returned),
        faults=[*checked.whole, *(each.sentence for each in checked.matches.blocking if not each.field)],
        matches=list(checked.matches.matches),
        version=proposal.version,
    )


def _fields(declared: RecordKind, checked: SubmissionCheck, table: StoredCodes, person: PersonFacts) -> list[FieldView]:
    return [_field(each, checked, table, person) for each in declared.editable]


def _field(each: Field, checked: SubmissionCheck, table: StoredCodes, person: PersonFacts) -> FieldView:
    value = checked.values.get(each.name)
    parent = choice_parent(each, checked.values, person)
    return FieldView(
        field=each,
        value=value,
        text=format_value(each, value, table),
        shown=each.shown(checked.values, person),
        parent=parent,
        options=options_of(each, parent, table),
        fault=checked.fault_at(each.name),
        warning=checked.warnings.get(each.name, ""),
    )


def options_of(each: Field, parent: str, table: StoredCodes) -> list[tuple[str, str]]:
    """Code and label of the choices, if they are few enough for a list."""
    if each.kind is not FieldKind.CODE or table.is_loaded(each.table) or each.table not in builtin.table_names():
        return []
    entries = builtin.entries(each.table)
    if len(entries) > SHORT_TABLE:
        return []
    return [(row.code, row.label) for row in entries if row.active and row.parent in ("", parent or row.parent)]


def _words(declared: RecordKind, values: Mapping[str, Value], table: StoredCodes) -> dict[str, str]:
    words = {each.name: format_value(each, values.get(each.name), table) for each in declared.fields}
    return {name: text for name, text in words.items() if text}


def _slots(dossier: Dossier, proposal: Proposal, declared: RecordKind, checked: SubmissionCheck) -> list[DocumentSlot]:
    if proposal.action is RecordAction.DELETE:
        return []
    required = declared.required_documents(checked.values, dossier.person.facts)
    present = {row.rule: row for row in dossier.documents.get(proposal.pk, ())}
    return [
        DocumentSlot(
            ident=f"dokumen-{rule.code}",
            label=rule.label,
            required=rule in required,
            max_bytes=rule.max_bytes,
            to=f"/dokumen/{proposal.pk}/{rule.code}",
            stored=[document_view(declared, present[rule.code])] if rule.code in present else [],
        )
        for rule in declared.documents
    ]
