"""Whether a proposal can be sent: its values, its documents, the person's other records, and the record it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mysapk_web.pdm.dossier import Dossier, kind_of
from mysapk_web.pdm.matching import Matches, find_matches
from mysapk_web.pdm.payload import decode_payload, editable_values
from mysapk_web.pdm.rules.groups.base import Cardinality, RecordAction, RecordKind
from mysapk_web.pdm.rules.groups.fields import Codes, Value
from mysapk_web.pdm.rules.groups.validation import validate
from mysapk_web.pdm.tables import Proposal

RECORD_CHANGED = "Data pada berkas berubah sesudah usulan ini dibuat. Periksa kembali isian Anda, lalu simpan."
RECORD_GONE = "Data yang diusulkan sudah tidak ada pada berkas. Hapus draf ini."


@dataclass(frozen=True, slots=True)
class SubmissionCheck:
    values: dict[str, Value]
    faults: dict[str, str] = field(default_factory=dict)
    """By field."""
    missing: list[str] = field(default_factory=list)
    """Labels of required documents."""
    whole: list[str] = field(default_factory=list)
    """Faults of the proposal as a whole."""
    warnings: dict[str, str] = field(default_factory=dict)
    """By field; they don't prevent sending."""
    matches: Matches = field(default_factory=Matches)
    """Empty for a deletion."""

    @property
    def count(self) -> int:
        return len(self.faults) + len(self.missing) + len(self.whole) + len(self.matches.blocking)

    @property
    def has_warnings(self) -> bool:
        return bool(self.warnings or self.matches.advisory)

    @property
    def sentences(self) -> list[str]:
        doubled = [each.sentence for each in self.matches.blocking]
        return [*self.whole, *doubled, *self.faults.values(), *(f"Unggah {label}." for label in self.missing)]

    def fault_at(self, name: str) -> str:
        doubled = (each.sentence for each in self.matches.blocking if each.field == name)
        return self.faults.get(name) or next(doubled, "")


def check_submission(dossier: Dossier, proposal: Proposal, codes: Codes, *, official: bool = False) -> SubmissionCheck:
    """What prevents sending a proposal.

    Args:
        dossier: With the records of its kind and its documents.
        official: For reviewers, see `matching.find_matches`.
    """
    declared = kind_of(proposal)
    whole = _about_record(dossier, proposal)
    values = editable_values(declared, proposal.payload)
    if proposal.action is RecordAction.DELETE:
        return SubmissionCheck(values, whole=whole)
    person = dossier.person
    checked = validate(declared, values, codes=codes, today=person.times.today, person=person.facts)
    warnings = dict(checked.warnings)
    for name, sentence in _not_latest(dossier, proposal, declared, checked.payload).items():
        warnings.setdefault(name, sentence)
    present = {document.rule for document in dossier.documents.get(proposal.pk, ())}
    required = declared.required_documents(checked.payload, person.facts)
    missing = [rule.label for rule in required if rule.code not in present]
    compared = find_matches(dossier, proposal, declared, checked.payload, codes, official=official)
    return SubmissionCheck(checked.payload, dict(checked.faults), missing, whole, warnings, compared)


def _about_record(dossier: Dossier, proposal: Proposal) -> list[str]:
    if proposal.record_id is None:
        return []
    for record in dossier.records.get(proposal.kind, ()):
        if record.id == proposal.record_id:
            return [] if record.version == proposal.record_version else [RECORD_CHANGED]
    return [RECORD_GONE]


def _not_latest(
    dossier: Dossier, proposal: Proposal, declared: RecordKind, values: Mapping[str, Value]
) -> dict[str, str]:
    """Only the latest record of these kinds is asked for; an older one is usually a typo in the year."""
    name = declared.latest_by
    mine = values.get(name) if name else None
    if declared.cardinality is not Cardinality.LATEST_ONLY or not isinstance(mine, str):
        return {}
    for record in dossier.records.get(proposal.kind, ()):
        known = decode_payload(declared, record.payload)[name]
        if record.id != proposal.record_id and isinstance(known, str) and known > mine:
            return {
                name: "Pada berkas ada data yang lebih baru. Yang diminta adalah data terakhir; periksa tanggalnya."
            }
    return {}
