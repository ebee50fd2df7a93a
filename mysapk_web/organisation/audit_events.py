"""Payloads of events about agencies, periods, mail and access, and the keys that all contexts share."""

from __future__ import annotations

from typing import Annotated, Final

from mysapk_web.organisation.rules.email import DomainPolicy
from mysapk_web.organisation.rules.period import PeriodKind
from mysapk_web.platform.mail.queue import MailKind
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.rules.audit_payload import AuditKey, AuditPayload, ShownAs
from mysapk_web.rate_limits import LIMITS

_POLICY_LABELS: Final = {
    DomainPolicy.ALLOW.value: "Semua alamat email",
    DomainPolicy.WARN_FREE_MAIL.value: "Semua alamat, dengan saran memakai email dinas",
    DomainPolicy.AGENCY_ONLY.value: "Hanya email dinas",
}
_PERIOD_LABELS: Final = {
    PeriodKind.AKTIVASI.value: "Aktivasi akun",
    PeriodKind.PDM.value: "Pemutakhiran data (PDM)",
    PeriodKind.VERIFIKASI.value: "Verifikasi",
}

Reason = Annotated[str, AuditKey("Alasan")]
Tries = Annotated[int, AuditKey("Percobaan")]
OrgNodeKey = Annotated[str, AuditKey("Tempat", shown=ShownAs.ORG_NODE)]
FileHash = Annotated[str, AuditKey("Sidik berkas (SHA-256)")]
RowCount = Annotated[int, AuditKey("Baris")]
TokenId = Annotated[int, AuditKey("Nomor token")]
MailId = Annotated[int | None, AuditKey("Nomor surat")]
LetterName = Annotated[str, AuditKey("Jenis", {letter.value: letter.label for letter in MailKind})]
StartsAt = Annotated[str, AuditKey("Mulai", shown=ShownAs.MOMENT)]
EndsAt = Annotated[str, AuditKey("Selesai", shown=ShownAs.MOMENT)]
Until = Annotated[str, AuditKey("Sampai", shown=ShownAs.MOMENT)]


class AccessRefused(AuditPayload, tag=AuditTag.ACCESS_REFUSED):
    handler: Annotated[str, AuditKey("Tindakan")]


class LimitExceeded(AuditPayload, tag=AuditTag.LIMIT_EXCEEDED):
    limit: Annotated[str, AuditKey("Batas", {limit.name: limit.label for limit in LIMITS})]
    token_id: TokenId | None = None


class ChainResumed(AuditPayload, tag=AuditTag.CHAIN_RESUMED):
    reason: Reason
    fault: Annotated[str, AuditKey("Kerusakan")]
    position: Annotated[int, AuditKey("Tempat segel terakhir")]
    recorded_position: Annotated[int | None, AuditKey("Tempat menurut catatan")]


class MailFailed(AuditPayload, tag=AuditTag.MAIL_FAILED):
    mail_id: MailId
    letter: LetterName
    error: Annotated[str, AuditKey("Sebab")]
    tries: Tries


class MailResent(AuditPayload, tag=AuditTag.MAIL_RESENT):
    mail_id: MailId
    letter: LetterName


class PeriodPayload(AuditPayload):
    period_kind: Annotated[PeriodKind, AuditKey("Jenis", _PERIOD_LABELS)]
    starts_at: StartsAt
    ends_at: EndsAt
    legal_source: Annotated[str, AuditKey("Dasar hukum")]
    period_id: Annotated[str, AuditKey("Nomor periode")]
    """A text, because it is compared in SQL."""
    org_node: OrgNodeKey | None = None
    """`revisions.NATIONAL`; None for the agency of the event."""


class PeriodCreated(PeriodPayload, tag=AuditTag.PERIOD_CREATED): ...


class PeriodExtended(PeriodPayload, tag=AuditTag.PERIOD_EXTENDED): ...


class PeriodRemoved(PeriodPayload, tag=AuditTag.PERIOD_REMOVED): ...


class HelpChanged(AuditPayload, tag=AuditTag.HELP_CHANGED):
    """None where a line of the contact was left empty."""

    name: Annotated[str, AuditKey("Nama")]
    phone: Annotated[str | None, AuditKey("Telepon")] = None
    email: Annotated[str | None, AuditKey("Email")] = None
    website: Annotated[str | None, AuditKey("Situs")] = None
    complaint_url: Annotated[str | None, AuditKey("Alamat pengaduan")] = None
    service_hours: Annotated[str | None, AuditKey("Jam layanan")] = None
    org_node: OrgNodeKey | None = None


class EmailPolicyChanged(AuditPayload, tag=AuditTag.EMAIL_POLICY_CHANGED):
    policy_before: Annotated[DomainPolicy, AuditKey("Sebelumnya", _POLICY_LABELS)]
    policy_after: Annotated[DomainPolicy, AuditKey("Sekarang", _POLICY_LABELS)]
    domains_before: Annotated[list[str], AuditKey("Domain sebelumnya")]
    domains_after: Annotated[list[str], AuditKey("Domain sekarang")]
