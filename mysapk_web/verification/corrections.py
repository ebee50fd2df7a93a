"""Correcting one value of a proposal under review, with a note; the old value stays in its history."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from sqlmodel import Session

from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rules.dates import as_typed
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.pdm.code_tables import StoredCodes, search_codes
from mysapk_web.pdm.dossier import kind_of
from mysapk_web.pdm.drafts import parse_form
from mysapk_web.pdm.matching import find_matches
from mysapk_web.pdm.payload import editable_values
from mysapk_web.pdm.reference import builtin as built_in
from mysapk_web.pdm.rules.groups.base import RecordAction, RecordKind
from mysapk_web.pdm.rules.groups.fields import Field, FieldKind, Value
from mysapk_web.pdm.rules.groups.formatting import choice_parent, format_value
from mysapk_web.pdm.rules.groups.validation import validate
from mysapk_web.pdm.rules.groups.values import KEPT_LENGTH
from mysapk_web.pdm.rules.proposal import ProposalAction
from mysapk_web.pdm.tables import Proposal
from mysapk_web.pdm.transitions import MAX_NOTE, transition
from mysapk_web.platform.errors import FormError, PermissionDenied, UserError
from mysapk_web.verification.checks import Examination, examine
from mysapk_web.verification.decisions import DecisionResult, authorize, lock_proposal
from mysapk_web.verification.detail import can_correct
from mysapk_web.verification.scope import find_proposal

MAX_LISTED_CHOICES: Final = 40
"""Entries of a table that are offered as a list; longer ones are searched."""
MAX_FOUND_CHOICES: Final = 50
MAX_CORRECTION_NOTE: Final = 400
"""Characters of the note; the rest of its place is for the two values."""


@dataclass(frozen=True, slots=True)
class CorrectionView:
    """One value to be corrected; without a name there is none."""

    name: str = ""
    label: str = ""
    help: str = ""
    value: str = ""
    text: str = ""
    options: list[tuple[str, str]] = field(default_factory=list)
    searched: bool = False
    """The options are what a search found, because all are too many."""
    is_date: bool = False


def correction(session: Session, actor: Actor, proposal_id: int, field: str, search: str = "") -> CorrectionView:
    """What is needed to correct one value; `search` looks among the choices where they are many.

    Raises:
        PermissionDenied: No such proposal within the scope, no such field, or no right to correct it.
    """
    proposal = find_proposal(session, actor, proposal_id, Permission.INBOX_READ, Permission.CORRECT)
    if not can_correct(session, actor, proposal):
        raise PermissionDenied("this proposal can't be corrected")
    declared, tables = kind_of(proposal), StoredCodes(session)
    wanted, values = _field(declared, field), editable_values(declared, proposal.payload)
    value = values.get(field)
    options, searched = _options(session, wanted, examine(session, proposal), values, tables, search)
    typed, text = _typed(wanted, value), format_value(wanted, value, tables, reveal=True)
    if options and typed and typed not in dict(options) and not searched:
        options = [(typed, text), *options]
    return CorrectionView(
        name=wanted.name,
        label=wanted.label,
        help=wanted.help,
        value=typed,
        text=text or "kosong",
        options=options,
        searched=searched,
        is_date=wanted.kind is FieldKind.DATE,
    )


def correct(
    session: Session, actor: Actor, proposal_id: int, *, version: int, field: str, value: str, note: str
) -> DecisionResult:
    """Correct one value. For the verifikator who has the proposal; the owner is notified.

    Args:
        value: As typed; a code where one is chosen.
        note: Why, for the owner.

    Raises:
        FormError: The value doesn't fit the field or the rest of the record, or the note is missing.
        UserError: As in `decide`.
        PermissionDenied: As in `decide`, or there is no such field.
    """
    proposal, here = lock_proposal(session, actor, proposal_id, version)
    authorize(session, actor, proposal, here, ProposalAction.CORRECT)
    if proposal.action is RecordAction.DELETE:
        raise UserError("Usulan penghapusan tidak berisi data yang dapat diperbaiki.")
    declared, tables = kind_of(proposal), StoredCodes(session)
    wanted = _field(declared, field)
    words = " ".join(note.split())
    if not words or len(words) > MAX_CORRECTION_NOTE:
        raise FormError(
            {"catatan": f"Tulis mengapa nilai ini diperbaiki, paling banyak {MAX_CORRECTION_NOTE} karakter."}
        )
    examined = examine(session, proposal, here)
    old = editable_values(declared, proposal.payload)
    payload = _corrected(declared, wanted, old, value, examined, tables)
    _require_unique(declared, proposal, payload, examined, tables)
    changes = [
        {"field": each.name, "before": old[each.name], "after": payload[each.name]}
        for each in declared.editable
        if old[each.name] != payload[each.name]
    ]
    if not changes:
        raise UserError("Nilai ini sama dengan yang diusulkan. Tidak ada yang perlu disimpan.", "nilai")
    summary = "; ".join(_in_words(declared.field(str(each["field"])), old, payload, tables) for each in changes)
    transition(
        session,
        here,
        proposal,
        ProposalAction.CORRECT,
        actor_id=actor.account_id,
        address=actor.client.client_address,
        note=f"{words} ({summary})"[:MAX_NOTE],
        late=True,
        changes=changes,
        payload=payload,
    )
    return DecisionResult(proposal.state.label, f"{wanted.label} diperbaiki. Nilai lama tersimpan pada riwayat usulan.")


def _corrected(
    declared: RecordKind, wanted: Field, old: dict[str, Value], value: str, examined: Examination, tables: StoredCodes
) -> dict[str, Value]:
    """The whole record with the new value; fields that no longer apply are emptied by the rules of the record."""
    if len(value) > KEPT_LENGTH:
        raise FormError({"nilai": "Nilai terlalu panjang."})
    checked = validate(
        declared,
        {**old, **parse_form(declared, {wanted.name: value})},
        codes=tables,
        today=examined.holdings.person.times.today,
        person=examined.holdings.person.facts,
    )
    if wanted.name in checked.faults:
        raise FormError({"nilai": checked.faults[wanted.name]})
    before = examined.checked.faults
    worse = [sentence for name, sentence in checked.faults.items() if name not in before]
    if worse:
        raise FormError({"nilai": f"Dengan nilai ini bagian lain tidak cocok lagi: {' '.join(worse)}"})
    return checked.payload


def _require_unique(
    declared: RecordKind, proposal: Proposal, payload: dict[str, Value], examined: Examination, tables: StoredCodes
) -> None:
    """A correction must not make the proposal the same as something on file or under review.

    Raises:
        FormError: It would, and was not before.
    """
    known = {(each.on_file, each.number) for each in examined.checked.matches.blocking}
    for each in find_matches(examined.holdings, proposal, declared, payload, tables, official=True).blocking:
        if (each.on_file, each.number) not in known:
            raise FormError({"nilai": f"Dengan nilai ini usulan menjadi sama dengan {each.where}: {each.title}."})


def _field(declared: RecordKind, name: str) -> Field:
    found = next((each for each in declared.editable if each.name == name), None)
    if found is None:
        raise PermissionDenied("no such field")
    return found


def _in_words(each: Field, old: dict[str, Value], new: dict[str, Value], tables: StoredCodes) -> str:
    before, after = (format_value(each, values[each.name], tables) or "kosong" for values in (old, new))
    return f"{each.label}: {before} menjadi {after}"


def _typed(each: Field, value: Value) -> str:
    if value is None or value is False:
        return ""
    text = "true" if value is True else str(value)
    if each.kind is FieldKind.DATE:
        return as_typed(text)
    return text.replace(".", ",") if each.kind is FieldKind.DECIMAL else text


def _options(
    session: Session,
    each: Field,
    examined: Examination,
    values: dict[str, Value],
    tables: StoredCodes,
    search: str,
) -> tuple[list[tuple[str, str]], bool]:
    if each.kind is FieldKind.BOOLEAN:
        return [("true", "Ya"), ("false", "Tidak")], False
    if each.kind is not FieldKind.CODE:
        return [], False
    parent = choice_parent(each, values, examined.context.facts)
    known = not tables.is_loaded(each.table) and each.table in built_in.table_names()
    if known and len(built_in.entries(each.table)) <= MAX_LISTED_CHOICES:
        rows = [row for row in built_in.entries(each.table) if row.active and row.parent in ("", parent or row.parent)]
        return [(row.code, row.label) for row in rows], False
    found = search_codes(session, each.table, search, MAX_FOUND_CHOICES, parent)
    return [(row.code, row.label) for row in found], True
