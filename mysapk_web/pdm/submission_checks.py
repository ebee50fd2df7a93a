"""Whether a proposal can be sent: its values, its documents, the other records of the person, and the record it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mysapk_web.pdm.dossier import Holdings, kind_of
from mysapk_web.pdm.matching import Compared, compare
from mysapk_web.pdm.payload import editable, readable
from mysapk_web.pdm.rules.groups.base import Action, Cardinality, RecordKind
from mysapk_web.pdm.rules.groups.fields import Codes, Value
from mysapk_web.pdm.rules.groups.validation import validate
from mysapk_web.pdm.tables import Proposal

RECORD_CHANGED = "Data pada berkas berubah sesudah usulan ini dibuat. Periksa kembali isian Anda, lalu simpan."
RECORD_GONE = "Data yang diusulkan sudah tidak ada pada berkas. Hapus draf ini."


@dataclass(frozen=True, slots=True)
class Checked:
    """What stands in the way of sending a proposal.

    Attributes:
        values: The canonical values.
        faults: By field.
        missing: Labels of required documents that are missing.
        whole: What concerns the whole proposal.
        warnings: By field; they don't stand in the way.
        compared: What the person has that is the same or similar; nothing is compared with a deletion.
    """

    values: dict[str, Value]
    faults: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    whole: list[str] = field(default_factory=list)
    warnings: dict[str, str] = field(default_factory=dict)
    compared: Compared = field(default_factory=Compared)

    @property
    def count(self) -> int:
        """How many things have to be done first."""
        return len(self.faults) + len(self.missing) + len(self.whole) + len(self.compared.refused)

    @property
    def doubts(self) -> bool:
        """Whether somebody has to look at it although nothing stands in the way."""
        return bool(self.warnings or self.compared.shown)

    @property
    def sentences(self) -> list[str]:
        """All of them, one sentence each."""
        doubled = [each.sentence for each in self.compared.refused]
        return [*self.whole, *doubled, *self.faults.values(), *(f"Unggah {label}." for label in self.missing)]

    def fault_at(self, name: str) -> str:
        """What is to be corrected at a field; empty for nothing."""
        doubled = (each.sentence for each in self.compared.refused if each.field == name)
        return self.faults.get(name) or next(doubled, "")


def check(holdings: Holdings, proposal: Proposal, codes: Codes, *, official: bool = False) -> Checked:
    """Look for what stands in the way of sending a proposal.

    Args:
        holdings: Of its owner, with the records of its kind and its documents.
        proposal: A draft or one that was returned.
        codes: The code tables.
        official: For a desk, see `matching.compare`.
    """
    declared = kind_of(proposal)
    whole = _about_record(holdings, proposal)
    values = editable(declared, proposal.payload)
    if proposal.action is Action.DELETE:
        return Checked(values, whole=whole)
    here = holdings.here
    checked = validate(declared, values, codes=codes, today=here.times.today, person=here.facts)
    warnings = dict(checked.warnings)
    for name, sentence in _not_latest(holdings, proposal, declared, checked.payload).items():
        warnings.setdefault(name, sentence)
    present = {document.rule for document in holdings.documents.get(proposal.id or 0, ())}
    required = declared.required_documents(checked.payload, here.facts)
    missing = [rule.label for rule in required if rule.code not in present]
    compared = compare(holdings, proposal, declared, checked.payload, codes, official=official)
    return Checked(checked.payload, dict(checked.faults), missing, whole, warnings, compared)


def _about_record(holdings: Holdings, proposal: Proposal) -> list[str]:
    if proposal.record_id is None:
        return []
    for record in holdings.records.get(proposal.kind, ()):
        if record.id == proposal.record_id:
            return [] if record.version == proposal.record_version else [RECORD_CHANGED]
    return [RECORD_GONE]


def _not_latest(
    holdings: Holdings, proposal: Proposal, declared: RecordKind, values: Mapping[str, Value]
) -> dict[str, str]:
    """Of these kinds only the latest record is asked for; an older one is usually a slip of the year."""
    name = declared.latest_by
    mine = values.get(name) if name else None
    if declared.cardinality is not Cardinality.LATEST_ONLY or not isinstance(mine, str):
        return {}
    for record in holdings.records.get(proposal.kind, ()):
        known = readable(declared, record.payload)[name]
        if record.id != proposal.record_id and isinstance(known, str) and known > mine:
            return {
                name: "Pada berkas ada data yang lebih baru. Yang diminta adalah data terakhir; periksa tanggalnya."
            }
    return {}
