"""Correcting one value of a proposal that is being verified, with a note; the old value stays in the trail (domain 5.2)."""

from __future__ import annotations

from typing import Final

from sqlmodel import Session

from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rules.dates import as_typed
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.pdm.code_tables import StoredCodes, codes, search_codes
from mysapk_web.pdm.dossier import kind_of
from mysapk_web.pdm.drafts import MAX_TEXT, read_values
from mysapk_web.pdm.matching import compare
from mysapk_web.pdm.payload import editable
from mysapk_web.pdm.reference import tables as built_in
from mysapk_web.pdm.rules.groups.base import Action, RecordKind
from mysapk_web.pdm.rules.groups.fields import Field, FieldKind, Value
from mysapk_web.pdm.rules.groups.validation import validate
from mysapk_web.pdm.rules.groups.words import choice_parent, display
from mysapk_web.pdm.rules.proposal import UsulanAct
from mysapk_web.pdm.tables import Proposal
from mysapk_web.pdm.transitions import MAX_NOTE, move
from mysapk_web.platform.errors import InputRefused, NotAllowed, Refused
from mysapk_web.verification.checks import Examined, examine
from mysapk_web.verification.decisions import permit, take
from mysapk_web.verification.detail import correctable
from mysapk_web.verification.scope import find
from mysapk_web.verification.views import CorrectionView, Decided

SHORT: Final = 40
"""Entries of a table that are offered as a list; longer ones are searched."""
FOUND: Final = 50
NOTE_SHOWN: Final = 400
"""Characters of the note; the rest of its place is for the two values."""


def correction(session: Session, actor: Actor, proposal_id: int, field: str, search: str = "") -> CorrectionView:
    """What is needed to correct one value.

    Args:
        session: A read transaction is enough.
        actor: Who verifies.
        proposal_id: Any number.
        field: Name of the field.
        search: What to look for among the choices, where they are many.

    Raises:
        NotAllowed: There is no such proposal within the scope, no such field, or no right to correct it.
    """
    proposal = find(session, actor, proposal_id, Permission.INBOX_READ, Permission.CORRECT)
    if not correctable(session, actor, proposal):
        raise NotAllowed("this proposal can't be corrected")
    declared, tables = kind_of(proposal), codes(session)
    wanted, values = _field(declared, field), editable(declared, proposal.payload)
    value = values.get(field)
    options, searched = _options(session, wanted, examine(session, proposal), values, tables, search)
    return CorrectionView(
        name=wanted.name,
        label=wanted.label,
        kind=wanted.kind.value,
        help=wanted.help,
        value=_typed(wanted, value),
        text=display(wanted, value, tables, reveal=True),
        options=options,
        searched=searched,
    )


def correct(
    session: Session, actor: Actor, proposal_id: int, *, version: int, field: str, value: str, note: str
) -> Decided:
    """Correct one value. For the verifikator who has the proposal; the owner is told.

    Args:
        session: Any transaction.
        actor: Who verifies.
        proposal_id: Any number.
        version: The version that the actor saw.
        field: Name of the field.
        value: What is right, as typed; a code where one is chosen.
        note: Why, for the owner.

    Raises:
        InputRefused: The value doesn't fit the field or the rest of the record, or the note is missing.
        Refused: As in `decide`.
        NotAllowed: As in `decide`, or there is no such field.
    """
    proposal, here = take(session, actor, proposal_id, version)
    permit(session, actor, proposal, here, UsulanAct.CORRECT)
    if proposal.action is Action.DELETE:
        raise Refused("Usulan penghapusan tidak berisi data yang dapat diperbaiki.")
    declared, tables = kind_of(proposal), codes(session)
    wanted = _field(declared, field)
    words = " ".join(note.split())
    if not words or len(words) > NOTE_SHOWN:
        raise InputRefused({"catatan": f"Tulis mengapa nilai ini diperbaiki, paling banyak {NOTE_SHOWN} karakter."})
    examined = examine(session, proposal, here)
    old = editable(declared, proposal.payload)
    payload = _corrected(declared, wanted, old, value, examined, tables)
    _require_unique(declared, proposal, payload, examined, tables)
    changes = [
        {"field": each.name, "before": old[each.name], "after": payload[each.name]}
        for each in declared.editable
        if old[each.name] != payload[each.name]
    ]
    if not changes:
        raise Refused("Nilai ini sama dengan yang diusulkan. Tidak ada yang perlu disimpan.", "nilai")
    told = "; ".join(_in_words(declared.field(str(each["field"])), old, payload, tables) for each in changes)
    move(
        session,
        here,
        proposal,
        UsulanAct.CORRECT,
        actor_id=actor.account_id,
        address=actor.visitor.address,
        note=f"{words} ({told})"[:MAX_NOTE],
        late=True,
        changes=changes,
        payload=payload,
    )
    return Decided(proposal.state.label, f"{wanted.label} diperbaiki. Nilai lama tersimpan pada riwayat usulan.")


def _corrected(
    declared: RecordKind, wanted: Field, old: dict[str, Value], value: str, examined: Examined, tables: StoredCodes
) -> dict[str, Value]:
    """The whole record with the new value; fields that are not asked for any more are emptied by the rules of the record."""
    if len(value) > MAX_TEXT:
        raise InputRefused({"nilai": "Nilai terlalu panjang."})
    checked = validate(
        declared,
        {**old, **read_values(declared, {wanted.name: value})},
        codes=tables,
        today=examined.holdings.here.times.today,
        person=examined.holdings.here.facts,
    )
    if wanted.name in checked.faults:
        raise InputRefused({"nilai": checked.faults[wanted.name]})
    before = examined.checked.faults
    worse = [sentence for name, sentence in checked.faults.items() if name not in before]
    if worse:
        raise InputRefused({"nilai": f"Dengan nilai ini bagian lain tidak cocok lagi: {' '.join(worse)}"})
    return checked.payload


def _require_unique(
    declared: RecordKind, proposal: Proposal, payload: dict[str, Value], examined: Examined, tables: StoredCodes
) -> None:
    """A correction doesn't make the proposal the same as something that is on file or under way.

    Raises:
        InputRefused: It would, and was not before.
    """
    known = {(each.on_file, each.number) for each in examined.checked.compared.refused}
    for each in compare(examined.holdings, proposal, declared, payload, tables, official=True).refused:
        if (each.on_file, each.number) not in known:
            raise InputRefused({"nilai": f"Dengan nilai ini usulan menjadi sama dengan {each.place}: {each.title}."})


def _field(declared: RecordKind, name: str) -> Field:
    found = next((each for each in declared.editable if each.name == name), None)
    if found is None:
        raise NotAllowed("no such field")
    return found


def _in_words(each: Field, old: dict[str, Value], new: dict[str, Value], tables: StoredCodes) -> str:
    before, after = (display(each, values[each.name], tables) or "kosong" for values in (old, new))
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
    examined: Examined,
    values: dict[str, Value],
    tables: StoredCodes,
    search: str,
) -> tuple[list[tuple[str, str]], bool]:
    if each.kind is FieldKind.BOOLEAN:
        return [("true", "Ya"), ("false", "Tidak")], False
    if each.kind is not FieldKind.CODE:
        return [], False
    parent = choice_parent(each, values, examined.here.facts)
    known = not tables.is_loaded(each.table) and each.table in built_in.table_names()
    if known and len(built_in.entries(each.table)) <= SHORT:
        rows = [row for row in built_in.entries(each.table) if row.active and row.parent in ("", parent or row.parent)]
        return [(row.code, row.label) for row in rows], False
    found = search_codes(session, each.table, search, FOUND, parent)
    return [(row.code, row.label) for row in found], True
