"""Whether a proposal can be sent: its values, its documents, the other records of the person, and the record it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mysapk_web.domain.groups.base import Action, Cardinality, RecordKind
from mysapk_web.domain.groups.fields import Codes, Value
from mysapk_web.domain.groups.validation import validate
from mysapk_web.models import PersonnelRecord, Proposal
from mysapk_web.services.pdm.holdings import Holdings, kind_of
from mysapk_web.services.pdm.payload import editable, readable

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
    """

    values: dict[str, Value]
    faults: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    whole: list[str] = field(default_factory=list)
    warnings: dict[str, str] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many things have to be done first."""
        return len(self.faults) + len(self.missing) + len(self.whole)

    @property
    def sentences(self) -> list[str]:
        """All of them, one sentence each."""
        return [*self.whole, *self.faults.values(), *(f"Unggah {label}." for label in self.missing)]


def check(holdings: Holdings, proposal: Proposal, codes: Codes) -> Checked:
    """Look for what stands in the way of sending a proposal.

    Args:
        holdings: Of its owner, with the records of its kind and its documents.
        proposal: A draft or one that was returned.
        codes: The code tables.
    """
    declared = kind_of(proposal)
    whole = _about_record(holdings, proposal)
    values = editable(declared, proposal.payload)
    if proposal.action is Action.DELETE:
        return Checked(values, whole=whole)
    here = holdings.here
    checked = validate(declared, values, codes=codes, today=here.times.today, person=here.facts)
    faults, warnings = dict(checked.faults), dict(checked.warnings)
    for name, sentence in _twins(holdings, proposal, declared, checked.payload).items():
        faults.setdefault(name, sentence)
    for name, sentence in _not_latest(holdings, proposal, declared, checked.payload).items():
        warnings.setdefault(name, sentence)
    present = {document.rule for document in holdings.documents.get(proposal.id or 0, ())}
    required = declared.required_documents(checked.payload, here.facts)
    missing = [rule.label for rule in required if rule.code not in present]
    return Checked(checked.payload, faults, missing, whole, warnings)


def _about_record(holdings: Holdings, proposal: Proposal) -> list[str]:
    if proposal.record_id is None:
        return []
    for record in holdings.records.get(proposal.kind, ()):
        if record.id == proposal.record_id:
            return [] if record.version == proposal.record_version else [RECORD_CHANGED]
    return [RECORD_GONE]


def _twins(holdings: Holdings, proposal: Proposal, declared: RecordKind, values: Mapping[str, Value]) -> dict[str, str]:
    """Two records of a person never have the same values in `unique_by`, on file or proposed."""
    mine = _key(declared, values)
    if mine is None:
        return {}
    name, label = declared.unique_by[-1], declared.field(declared.unique_by[-1]).label
    for record in holdings.records.get(proposal.kind, ()):
        if record.id != proposal.record_id and _key(declared, readable(declared, record.payload)) == mine:
            return {name: f"Data dengan {label} ini sudah ada pada berkas. Ubah data itu, jangan menambah yang baru."}
    for other in _rivals(holdings.proposals, proposal):
        if _key(declared, readable(declared, other.payload)) == mine:
            return {name: f"Usulan lain dengan {label} ini sudah ada. Lanjutkan usulan itu atau hapus salah satunya."}
    return {}


def _rivals(proposals: Sequence[Proposal], proposal: Proposal) -> list[Proposal]:
    """Open proposals of the same kind that came first: of two twins only the later one is at fault."""
    return [
        other
        for other in proposals
        if other.kind == proposal.kind
        and other.ended_at is None
        and other.action is not Action.DELETE
        and other.id != proposal.id
        and (other.sent_at is not None or (other.id or 0) < (proposal.id or 0))
    ]


def _key(declared: RecordKind, values: Mapping[str, Value]) -> tuple[Value, ...] | None:
    found = tuple(values.get(name) for name in declared.unique_by)
    return found if found and all(value not in (None, "") for value in found) else None


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


def editable_record(declared: RecordKind, record: PersonnelRecord) -> dict[str, Value]:
    """The values of a record on file that a proposal starts from.

    Args:
        declared: Its kind.
        record: On file.
    """
    return editable(declared, record.payload)
