"""The form of one proposal, beside the record on file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlmodel import Session

from mysapk_web.organisation.actor import Actor
from mysapk_web.pdm import dossier as held
from mysapk_web.pdm.code_tables import StoredCodes, codes
from mysapk_web.pdm.context import standing
from mysapk_web.pdm.dossier import Holdings, kind_of
from mysapk_web.pdm.payload import editable, readable
from mysapk_web.pdm.presenters import document_view, proposal_view, record_of, rows_of
from mysapk_web.pdm.reference import tables
from mysapk_web.pdm.rules.groups.base import Action, RecordKind
from mysapk_web.pdm.rules.groups.fields import Field, FieldKind, PersonFacts, Value
from mysapk_web.pdm.rules.groups.words import choice_parent, display
from mysapk_web.pdm.rules.proposal import EDITABLE, UsulanAct, UsulanState
from mysapk_web.pdm.submission_checks import RECORD_CHANGED, Checked, check
from mysapk_web.pdm.tables import Proposal
from mysapk_web.pdm.transitions import own
from mysapk_web.pdm.views.form import DocumentSlot, FieldView, FormView

SHORT_TABLE: Final = 40
"""Entries of a table that a form offers as a list; longer ones are searched."""


def form(session: Session, actor: Actor, proposal_id: int) -> FormView:
    """Read the form of a proposal. It stays readable when the period has closed and when it was sent.

    Args:
        session: A read transaction is enough.
        actor: The owner.
        proposal_id: Any proposal of the actor.

    Raises:
        NotAllowed: There is none of this person.
    """
    proposal = own(session, actor, proposal_id)
    here = standing(session, actor)
    declared, holdings = kind_of(proposal), held.read(session, here)
    held.add_records(session, holdings, [declared])
    held.add_documents(session, holdings, [proposal])
    held.add_trail(session, holdings, [proposal])
    held.add_units(session, holdings, [proposal])
    table = codes(session)
    open_ = proposal.state in EDITABLE
    checked = check(holdings, proposal, table) if open_ else Checked(editable(declared, proposal.payload))
    record = record_of(holdings, proposal)
    on_file = readable(declared, record.payload) if record else {}
    allowed = open_ and here.times.allows(proposal.state, UsulanAct.SAVE_DRAFT, declared.approval)
    returned = proposal.state is UsulanState.PERBAIKAN_MYSAPK
    return FormView(
        proposal=proposal_view(holdings, proposal, table, checked=checked),
        fields=[] if proposal.action is Action.DELETE else _fields(declared, checked, table, here.facts),
        documents=_slots(holdings, proposal, declared, checked),
        before=rows_of(declared, on_file, table),
        on_file=_words(declared, on_file, table),
        record_changed=RECORD_CHANGED in checked.whole,
        may_write=allowed and proposal.action is not Action.DELETE,
        closed_sentence=here.times.closed_sentence(returned=returned),
        faults=[*checked.whole, *(each.sentence for each in checked.compared.refused if not each.field)],
        matches=list(checked.compared.matches),
        version=proposal.version,
    )


def _fields(declared: RecordKind, checked: Checked, table: StoredCodes, person: PersonFacts) -> list[FieldView]:
    return [_field(each, checked, table, person) for each in declared.editable]


def _field(each: Field, checked: Checked, table: StoredCodes, person: PersonFacts) -> FieldView:
    value = checked.values.get(each.name)
    parent = choice_parent(each, checked.values, person)
    return FieldView(
        name=each.name,
        label=each.label,
        kind=each.kind.value,
        help=each.help,
        section=each.section,
        required=each.required,
        read_only=each.read_only,
        value=value,
        text=display(each, value, table),
        shown=each.shown(checked.values, person),
        sensitive=each.sensitive,
        table=each.table,
        parent=parent,
        options=options_of(each, parent, table),
        max_length=each.max_length,
        fault=checked.fault_at(each.name),
        warning=checked.warnings.get(each.name, ""),
    )


def options_of(each: Field, parent: str, table: StoredCodes) -> list[tuple[str, str]]:
    """Code and label of the choices of a field, where they are few enough for a list.

    Args:
        each: Any field.
        parent: Code that limits the choices; empty for all.
        table: The code tables.

    Returns:
        Empty where the choices are searched, and for a field without any.
    """
    if each.kind is not FieldKind.CODE or table.is_loaded(each.table) or each.table not in tables.table_names():
        return []
    entries = tables.entries(each.table)
    if len(entries) > SHORT_TABLE:
        return []
    return [(row.code, row.label) for row in entries if row.active and row.parent in ("", parent or row.parent)]


def _words(declared: RecordKind, values: Mapping[str, Value], table: StoredCodes) -> dict[str, str]:
    words = {each.name: display(each, values.get(each.name), table) for each in declared.fields}
    return {name: text for name, text in words.items() if text}


def _slots(holdings: Holdings, proposal: Proposal, declared: RecordKind, checked: Checked) -> list[DocumentSlot]:
    if proposal.action is Action.DELETE:
        return []
    required = declared.required_documents(checked.values, holdings.here.facts)
    present = {row.rule: row for row in holdings.documents.get(proposal.id or 0, ())}
    return [
        DocumentSlot(
            rule=rule.code,
            label=rule.label,
            required=rule in required,
            max_bytes=rule.max_bytes,
            media_type=rule.media_type,
            document=document_view(declared, present[rule.code]) if rule.code in present else None,
        )
        for rule in declared.documents
    ]
