"""Tags of the audit trail. A tag is stored as written here and never renamed (ASVS 16.1.1)."""

from enum import StrEnum


class AuditTag(StrEnum):
    """What happened: `subject:act`, in the language of those who read the trail."""

    # Login and session
    LOGIN = "akun:login"
    LOGIN_FAILED = "akun:login-gagal"
    LOCKED_OUT = "akun:tunggu"
    LOGOUT = "akun:logout"
    SESSIONS_ENDED = "akun:sesi-diakhiri"

    # Activation and recovery
    RESET_REQUESTED = "akun:reset-diminta"
    RESET_REFUSED = "akun:reset-ditolak"
    RESET_STARTED_BY_ADMIN = "akun:reset-oleh-admin"
    RESET_CANCELLED = "akun:reset-dibatalkan"
    TOKEN_WRONG = "akun:token-salah"
    TOKEN_EXHAUSTED = "akun:token-habis"
    ACTIVATED = "akun:aktivasi"
    PASSWORD_RESET = "akun:password-direset"
    PASSWORD_CHANGED = "akun:password-diganti"
    PASSWORD_REHASHED = "akun:password-diperkuat"

    # Address
    EMAIL_CHANGED = "akun:email-diganti"
    EMAIL_CHANGE_REQUESTED = "akun:email-perbaikan-diminta"
    EMAIL_CHANGE_ASKED = "akun:email-ganti-diminta"
    EMAIL_IMPORTED = "email:impor"
    EMAIL_IMPORT_UNDONE = "email:impor-dibatalkan"
    EMAIL_POLICY_CHANGED = "email:kebijakan-diubah"

    # Second factor
    TOTP_ENABLED = "akun:totp-aktif"
    TOTP_DISABLED = "akun:totp-nonaktif"
    TOTP_FAILED = "akun:totp-gagal"
    RECOVERY_CODES_CREATED = "akun:kode-pemulihan-dibuat"
    RECOVERY_CODE_USED = "akun:kode-pemulihan-dipakai"

    # Accounts and roles
    ACCOUNT_DISABLED = "akun:nonaktif"
    ACCOUNT_ENABLED = "akun:aktif-kembali"
    CPNS_APPROVED = "cpns:disetujui"
    ROLE_GRANTED = "peran:diberikan"
    ROLE_REVOKED = "peran:dicabut"
    PEGAWAI_IMPORTED = "pegawai:impor"
    PROFILE_CHANGED = "profil:diubah"
    PROFILE_REVEALED = "profil:nomor-dilihat"

    # PDM
    GROUP_DECLARED = "pdm:grup-dinyatakan"
    PDM_SUBMITTED = "pdm:dikirim"
    PROOF_DOWNLOADED = "pdm:bukti-diunduh"
    PROPOSAL_SUBMITTED = "usulan:dikirim"
    PROPOSAL_WITHDRAWN = "usulan:ditarik"
    PROPOSAL_CORRECTED = "usulan:diperbaiki"
    PROPOSAL_VERIFIED = "usulan:diverifikasi"
    PROPOSAL_RETURNED = "usulan:dikembalikan"
    PROPOSAL_REJECTED = "usulan:ditolak"
    PROPOSAL_APPROVED = "usulan:disetujui"
    PROPOSAL_BKN_APPROVED = "usulan:disetujui-bkn"
    PROPOSAL_APPLIED = "usulan:diterapkan"
    DOCUMENT_UPLOADED = "dokumen:diunggah"
    DOCUMENT_READ = "dokumen:dibuka"
    DOCUMENT_REMOVED = "dokumen:dihapus"

    # Running the portal
    REFERENCE_IMPORTED = "referensi:impor"
    PERIOD_CREATED = "periode:dibuat"
    PERIOD_CHANGED = "periode:diubah"
    PERIOD_EXTENDED = "periode:diperpanjang"
    PERIOD_REMOVED = "periode:dihapus"
    ROUTE_CHANGED = "unor-verifikasi:diubah"
    EXPORTED = "laporan:diunduh"
    ANNOUNCED = "pengumuman:dikirim"
    MAIL_FAILED = "surat:gagal"
    MAIL_RESENT = "surat:dikirim-ulang"
    ACCESS_REFUSED = "akses:ditolak"
    LIMIT_EXCEEDED = "akses:terlalu-sering"
