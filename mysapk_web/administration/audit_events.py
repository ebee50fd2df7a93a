"""Payloads of events about other people's accounts, roles, imports, exports and announcements."""

from __future__ import annotations

from typing import Annotated, Final

from mysapk_web.accounts.audit_events import ImportId, MaskedNewEmail
from mysapk_web.administration.rules.email_row import EmailRowVerdict
from mysapk_web.organisation.audit_events import FileHash, OrgNodeKey, Reason, RowCount, TokenId, Until
from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.rules.roles import Role
from mysapk_web.pdm.audit_events import AppliedRows, GroupKey, RowsByVerdict, UndoneRows
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.rules.audit_payload import AuditKey, AuditPayload, ShownAs
from mysapk_web.platform.spreadsheet_writer import FileFormat
from mysapk_web.progress.not_activated import NotActivatedReason
from mysapk_web.progress.pdm_incomplete import IncompleteKind
from mysapk_web.progress.rules import Report

IMPORT_REPORT: Final = "impor-email"
OTHER_IMPORT_REPORT: Final = "impor"
_REPORT_LABELS: Final = {IMPORT_REPORT: "Laporan impor email", OTHER_IMPORT_REPORT: "Laporan impor data"}
_LISTING_LABELS: Final = {
    Report.NOT_ACTIVATED.value: "Belum mengaktifkan akun",
    Report.SANCTIONS.value: "Daftar sanksi",
    Report.PDM_INCOMPLETE.value: "Belum menyelesaikan pemutakhiran",
    Report.PDM_SANCTIONS.value: "Daftar sanksi pemutakhiran",
    Report.AUDIT.value: "Jejak audit",
}

GrantedRole = Annotated[Role, AuditKey("Peran", {role.value: role.label for role in Role})]
UnorId = Annotated[int | None, AuditKey("Unit kerja", shown=ShownAs.UNIT)]
AnnouncementId = Annotated[str, AuditKey("Nomor pengumuman")]
"""A text, because it is compared in SQL (`organisation.revisions`)."""
Title = Annotated[str, AuditKey("Judul")]


# Accounts and roles


class Unlocked(AuditPayload, tag=AuditTag.UNLOCKED): ...


class ResetStartedByAdmin(AuditPayload, tag=AuditTag.RESET_STARTED_BY_ADMIN): ...


class ResetCancelled(AuditPayload, tag=AuditTag.RESET_CANCELLED): ...


class TotpRemovedByAdmin(AuditPayload, tag=AuditTag.TOTP_REMOVED_BY_ADMIN):
    reason: Reason


class AccountDisabled(AuditPayload, tag=AuditTag.ACCOUNT_DISABLED):
    reason: Reason


class AccountEnabled(AuditPayload, tag=AuditTag.ACCOUNT_ENABLED):
    reason: Reason


class CpnsApproved(AuditPayload, tag=AuditTag.CPNS_APPROVED):
    reason: Reason | None = None


class RoleGranted(AuditPayload, tag=AuditTag.ROLE_GRANTED):
    role: GrantedRole
    unor_id: UnorId


class RoleRevoked(AuditPayload, tag=AuditTag.ROLE_REVOKED):
    role: GrantedRole
    unor_id: UnorId
    reason: Reason | None = None


class EmailChangeRequested(AuditPayload, tag=AuditTag.EMAIL_CHANGE_REQUESTED):
    mask_new: MaskedNewEmail


class EmailRequestRefused(AuditPayload, tag=AuditTag.EMAIL_REQUEST_REFUSED):
    reason: Reason


# Imports and exports


class PeopleImported(AuditPayload, tag=AuditTag.PEGAWAI_IMPORTED):
    rows: RowsByVerdict | None = None
    import_id: ImportId = None
    sha256: FileHash | None = None
    applied: AppliedRows | None = None
    undone: UndoneRows | None = None
    source: Annotated[str | None, AuditKey("Sumber", {"demo": "Data contoh"})] = None
    people_created: Annotated[int | None, AuditKey("Pegawai dibuat")] = None


class EmailImportPayload(AuditPayload):
    import_id: ImportId
    token_id: TokenId | None
    sha256: FileHash
    verdicts: Annotated[
        dict[str, int], AuditKey("Baris", {verdict.value: verdict.label for verdict in EmailRowVerdict}, ShownAs.COUNTS)
    ]
    applied: AppliedRows
    undone: UndoneRows


class EmailImported(EmailImportPayload, tag=AuditTag.EMAIL_IMPORTED): ...


class EmailImportDiscarded(EmailImportPayload, tag=AuditTag.EMAIL_IMPORT_DISCARDED): ...


class EmailImportStopped(EmailImportPayload, tag=AuditTag.EMAIL_IMPORT_STOPPED): ...


class EmailImportUndone(EmailImportPayload, tag=AuditTag.EMAIL_IMPORT_UNDONE): ...


class ImportTokenPayload(AuditPayload):
    token_id: TokenId | None
    token_name: Annotated[str, AuditKey("Nama token")]


class ImportTokenMade(ImportTokenPayload, tag=AuditTag.IMPORT_TOKEN_MADE): ...


class ImportTokenRevoked(ImportTokenPayload, tag=AuditTag.IMPORT_TOKEN_REVOKED): ...


class ExportFilters(AuditPayload):
    event_tag: Annotated[str | None, AuditKey("Tindakan", {tag.value: tag.label for tag in AuditTag})] = None
    since: Annotated[str | None, AuditKey("Dari", shown=ShownAs.MOMENT)] = None
    until: Until | None = None
    org_node: OrgNodeKey | None = None
    employee_kind: Annotated[
        str | None, AuditKey("Jenis pegawai", {kind.value: kind.label for kind in JenisPegawai})
    ] = None
    incomplete_kind: Annotated[
        str | None, AuditKey("Yang dicari", {lack.value: lack.label for lack in IncompleteKind})
    ] = None
    group: GroupKey | None = None
    cause: Annotated[str | None, AuditKey("Keterangan", {cause.value: cause.label for cause in NotActivatedReason})] = (
        None
    )


class Exported(AuditPayload, tag=AuditTag.EXPORTED):
    """A list with its filters, or the report of an import."""

    listing: Annotated[Report | None, AuditKey("Daftar", _LISTING_LABELS)] = None
    import_report: Annotated[str | None, AuditKey("Laporan", _REPORT_LABELS)] = None
    import_id: ImportId = None
    file_format: Annotated[FileFormat, AuditKey("Bentuk berkas", {"csv": "CSV", "xlsx": "XLSX"})]
    row_count: RowCount
    filters: Annotated[ExportFilters | None, AuditKey("Saringan", payload=ExportFilters)] = None
    token_id: TokenId | None = None


# Announcements


class Announced(AuditPayload, tag=AuditTag.ANNOUNCED):
    announcement_id: AnnouncementId
    title: Title
    until: Until
    org_node: OrgNodeKey | None = None


class AnnouncementChanged(AuditPayload, tag=AuditTag.ANNOUNCEMENT_CHANGED):
    """None where a part stayed as it was."""

    announcement_id: AnnouncementId
    title: Title
    title_before: Annotated[str | None, AuditKey("Judul sebelumnya")] = None
    text_before: Annotated[str | None, AuditKey("Isi sebelumnya")] = None
    text: Annotated[str | None, AuditKey("Isi")] = None
    until_before: Annotated[str | None, AuditKey("Sampai, sebelumnya", shown=ShownAs.MOMENT)] = None
    until: Until | None = None
    org_node: OrgNodeKey | None = None


class AnnouncementEnded(AuditPayload, tag=AuditTag.ANNOUNCEMENT_ENDED):
    announcement_id: AnnouncementId
    title: Title
    org_node: OrgNodeKey | None = None
