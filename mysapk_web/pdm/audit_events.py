"""Payloads of events about records, proposals, documents and code tables."""

from __future__ import annotations

from typing import Annotated, Final

from mysapk_web.accounts.audit_events import ImportId
from mysapk_web.organisation.audit_events import FileHash, RowCount
from mysapk_web.pdm.reference.builtin import table_names
from mysapk_web.pdm.rules.groups import GROUPS
from mysapk_web.pdm.rules.groups.base import RecordAction
from mysapk_web.pdm.rules.proposal import REASONS, Declaration, ProposalState
from mysapk_web.platform.row_report import Verdict
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.rules.audit_payload import AuditKey, AuditPayload, ShownAs

_KINDS: Final = [kind for group in GROUPS for kind in group.kinds]
_OWN_FIELDS: Final = [field for group in GROUPS if not group.verified for kind in group.kinds for field in kind.fields]
_VERDICT_LABELS: Final = {
    Verdict.BARU.value: "Baru",
    Verdict.DIPERBARUI.value: "Diperbarui",
    Verdict.TIDAK_BERUBAH.value: "Tidak berubah",
    Verdict.DITERIMA_DENGAN_CATATAN.value: "Diterima dengan catatan",
    Verdict.DITOLAK.value: "Ditolak",
}
_DECLARATION_LABELS: Final = {
    Declaration.SESUAI.value: "Data sudah sesuai",
    Declaration.TIDAK_ADA.value: "Tidak ada riwayat",
    "": "Dibatalkan",
}
STARTED: Final = "mulai"
_IMPORT_KIND_LABELS: Final = {
    "pegawai": "Data pegawai",
    **{f"riwayat:{kind.key}": f"Riwayat {kind.label}" for kind in _KINDS},
    **{f"referensi:{table}": f"Tabel referensi {table.replace('_', ' ')}" for table in table_names()},
}

GroupKey = Annotated[str, AuditKey("Kelompok data", {group.key: group.label for group in GROUPS})]
RecordKindKey = Annotated[str, AuditKey("Jenis", {kind.key: kind.label for kind in _KINDS})]
FieldNames = Annotated[list[str], AuditKey("Isian", {field.name: field.label for field in _OWN_FIELDS})]
ProofNumber = Annotated[str, AuditKey("Nomor bukti")]
ProposalId = Annotated[int | None, AuditKey("Nomor usulan")]
DocumentId = Annotated[int | None, AuditKey("Nomor dokumen")]
DocumentCode = Annotated[
    str, AuditKey("Dokumen", {rule.code: rule.label for kind in _KINDS for rule in kind.documents})
]
AppliedRows = Annotated[int, AuditKey("Diterapkan")]
UndoneRows = Annotated[int, AuditKey("Dibatalkan")]
RowsByVerdict = Annotated[dict[str, int], AuditKey("Baris", _VERDICT_LABELS, ShownAs.COUNTS)]


class GroupDeclared(AuditPayload, tag=AuditTag.GROUP_DECLARED):
    group: GroupKey
    declaration: Annotated[str, AuditKey("Pernyataan", _DECLARATION_LABELS)]
    """Empty: withdrawn."""


class PdmSubmitted(AuditPayload, tag=AuditTag.PDM_SUBMITTED):
    proof_number: ProofNumber


class ProofDownloaded(AuditPayload, tag=AuditTag.PROOF_DOWNLOADED):
    proof_number: ProofNumber


class ProfileChanged(AuditPayload, tag=AuditTag.PROFILE_CHANGED):
    fields: FieldNames


class ProfileRevealed(AuditPayload, tag=AuditTag.PROFILE_REVEALED):
    fields: FieldNames


class ProposalPayload(AuditPayload):
    proposal_id: ProposalId
    group: GroupKey
    record_kind: RecordKindKey
    action: Annotated[RecordAction, AuditKey("Usulan", {action.value: action.label for action in RecordAction})]
    proposal_state: Annotated[ProposalState, AuditKey("Status", {state.value: state.label for state in ProposalState})]
    reason_code: Annotated[str | None, AuditKey("Alasan", {reason.code: reason.label for reason in REASONS})] = None


class ProposalSubmitted(ProposalPayload, tag=AuditTag.PROPOSAL_SUBMITTED): ...


class ProposalWithdrawn(ProposalPayload, tag=AuditTag.PROPOSAL_WITHDRAWN): ...


class ProposalCorrected(ProposalPayload, tag=AuditTag.PROPOSAL_CORRECTED): ...


class ProposalVerified(ProposalPayload, tag=AuditTag.PROPOSAL_VERIFIED): ...


class ProposalReturned(ProposalPayload, tag=AuditTag.PROPOSAL_RETURNED): ...


class ProposalRejected(ProposalPayload, tag=AuditTag.PROPOSAL_REJECTED): ...


class ProposalApproved(ProposalPayload, tag=AuditTag.PROPOSAL_APPROVED): ...


class ProposalBknApproved(ProposalPayload, tag=AuditTag.PROPOSAL_BKN_APPROVED): ...


class ProposalApplied(ProposalPayload, tag=AuditTag.PROPOSAL_APPLIED): ...


class _DocumentPayload(AuditPayload):
    proposal_id: ProposalId
    document_id: DocumentId
    document_code: DocumentCode


class DocumentUploaded(_DocumentPayload, tag=AuditTag.DOCUMENT_UPLOADED):
    sha256: FileHash
    replaced: Annotated[bool, AuditKey("Mengganti dokumen sebelumnya")]


class DocumentRemoved(_DocumentPayload, tag=AuditTag.DOCUMENT_REMOVED):
    sha256: FileHash


class DocumentRead(_DocumentPayload, tag=AuditTag.DOCUMENT_READ): ...


class ImportPayload(AuditPayload):
    """A run of any import but that of addresses."""

    rows: RowsByVerdict
    import_id: ImportId = None
    sha256: FileHash | None = None
    applied: AppliedRows | None = None
    undone: UndoneRows | None = None


class ReferenceImported(ImportPayload, tag=AuditTag.REFERENCE_IMPORTED):
    table: Annotated[str, AuditKey("Tabel")]


class RecordsImported(ImportPayload, tag=AuditTag.RECORDS_IMPORTED):
    record_kind: RecordKindKey


class OtherImportPayload(ImportPayload):
    import_kind: Annotated[str, AuditKey("Jenis impor", _IMPORT_KIND_LABELS)]


class ImportDiscarded(OtherImportPayload, tag=AuditTag.IMPORT_DISCARDED): ...


class ImportStopped(OtherImportPayload, tag=AuditTag.IMPORT_STOPPED): ...


class ImportUndone(OtherImportPayload, tag=AuditTag.IMPORT_UNDONE): ...


class RecordsExported(AuditPayload, tag=AuditTag.RECORDS_EXPORTED):
    """Written when an export starts, and again when it is done."""

    record_kind: RecordKindKey
    phase: Annotated[str | None, AuditKey("Tahap", {STARTED: "Dimulai"})] = None
    row_count: RowCount | None = None
