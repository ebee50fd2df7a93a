"""Tags of the audit trail. A tag is stored as written here and never renamed (ASVS 16.1.1)."""

from enum import StrEnum
from typing import Final


class AuditTag(StrEnum):
    """What happened: `subject:act`, in the language of those who read the trail."""

    # Login and session
    LOGIN = "akun:login"
    LOGIN_FAILED = "akun:login-gagal"
    LOCKED_OUT = "akun:tunggu"
    LOGOUT = "akun:logout"
    SESSIONS_ENDED = "akun:sesi-diakhiri"
    UNLOCKED = "akun:tunggu-dihapus"

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
    EMAIL_IMPORT_DISCARDED = "email:impor-dibuang"
    EMAIL_IMPORT_STOPPED = "email:impor-dihentikan"
    EMAIL_IMPORT_UNDONE = "email:impor-dibatalkan"
    EMAIL_REQUEST_REFUSED = "akun:email-perbaikan-ditolak"
    IMPORT_TOKEN_MADE = "email:token-dibuat"
    IMPORT_TOKEN_REVOKED = "email:token-dicabut"
    EMAIL_POLICY_CHANGED = "email:kebijakan-diubah"

    # Second factor
    TOTP_ENABLED = "akun:totp-aktif"
    TOTP_RESTARTED = "akun:totp-dimulai-lagi"
    TOTP_DISABLED = "akun:totp-nonaktif"
    TOTP_FAILED = "akun:totp-gagal"
    TOTP_EXHAUSTED = "akun:totp-habis"
    TOTP_REMOVED_BY_ADMIN = "akun:totp-dihapus-admin"
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
    RECORDS_IMPORTED = "riwayat:impor"
    RECORDS_EXPORTED = "riwayat:ekspor"
    PERIOD_CREATED = "periode:dibuat"
    PERIOD_EXTENDED = "periode:diperpanjang"
    PERIOD_REMOVED = "periode:dihapus"
    EXPORTED = "laporan:diunduh"
    ANNOUNCED = "pengumuman:dikirim"
    ANNOUNCEMENT_CHANGED = "pengumuman:diubah"
    ANNOUNCEMENT_ENDED = "pengumuman:diakhiri"
    HELP_CHANGED = "bantuan:diubah"
    REMINDED = "aktivasi:diingatkan"
    PDM_REMINDED = "pdm:diingatkan"
    MAIL_FAILED = "surat:gagal"
    MAIL_RESENT = "surat:dikirim-ulang"
    ACCESS_REFUSED = "akses:ditolak"
    LIMIT_EXCEEDED = "akses:terlalu-sering"
    TRAIL_CONTINUED = "jejak:segel-dilanjutkan"

    @property
    def label(self) -> str:
        """The words on pages."""
        return _LABELS[self]


_LABELS: Final = {
    AuditTag.LOGIN: "Masuk",
    AuditTag.LOGIN_FAILED: "Gagal masuk",
    AuditTag.LOCKED_OUT: "Harus menunggu setelah gagal masuk",
    AuditTag.LOGOUT: "Keluar",
    AuditTag.SESSIONS_ENDED: "Sesi diakhiri",
    AuditTag.UNLOCKED: "Waktu tunggu dihapus",
    AuditTag.RESET_REQUESTED: "Token diminta",
    AuditTag.RESET_REFUSED: "Permintaan token ditolak",
    AuditTag.RESET_STARTED_BY_ADMIN: "Token dikirim oleh admin",
    AuditTag.RESET_CANCELLED: "Token dibatalkan",
    AuditTag.TOKEN_WRONG: "Token salah",
    AuditTag.TOKEN_EXHAUSTED: "Kesempatan memasukkan token habis",
    AuditTag.ACTIVATED: "Akun diaktifkan",
    AuditTag.PASSWORD_RESET: "Password direset",
    AuditTag.PASSWORD_CHANGED: "Password diganti",
    AuditTag.PASSWORD_REHASHED: "Penyimpanan password diperkuat",
    AuditTag.EMAIL_CHANGED: "Alamat email diganti",
    AuditTag.EMAIL_CHANGE_REQUESTED: "Perbaikan alamat email diminta",
    AuditTag.EMAIL_CHANGE_ASKED: "Penggantian alamat email diminta pemilik",
    AuditTag.EMAIL_IMPORTED: "Impor alamat email",
    AuditTag.PROFILE_REVEALED: "Nomor pribadi dilihat",
    AuditTag.REFERENCE_IMPORTED: "Impor tabel referensi",
    AuditTag.RECORDS_IMPORTED: "Impor riwayat",
    AuditTag.RECORDS_EXPORTED: "Ekspor riwayat",
    AuditTag.EMAIL_IMPORT_DISCARDED: "Impor alamat email dibuang",
    AuditTag.EMAIL_IMPORT_STOPPED: "Impor alamat email dihentikan",
    AuditTag.EMAIL_IMPORT_UNDONE: "Impor alamat email dibatalkan",
    AuditTag.EMAIL_REQUEST_REFUSED: "Perbaikan alamat email ditolak",
    AuditTag.IMPORT_TOKEN_MADE: "Token impor email dibuat",
    AuditTag.IMPORT_TOKEN_REVOKED: "Token impor email dicabut",
    AuditTag.EMAIL_POLICY_CHANGED: "Kebijakan domain email diubah",
    AuditTag.TOTP_ENABLED: "Verifikasi dua langkah diaktifkan",
    AuditTag.TOTP_RESTARTED: "Verifikasi dua langkah dimulai lagi dari perangkat lain",
    AuditTag.TOTP_DISABLED: "Verifikasi dua langkah dimatikan",
    AuditTag.TOTP_EXHAUSTED: "Kesempatan memasukkan kode autentikator habis",
    AuditTag.TOTP_FAILED: "Kode autentikator salah",
    AuditTag.TOTP_REMOVED_BY_ADMIN: "Verifikasi dua langkah dihapus oleh admin",
    AuditTag.RECOVERY_CODES_CREATED: "Kode pemulihan dibuat",
    AuditTag.RECOVERY_CODE_USED: "Kode pemulihan dipakai",
    AuditTag.ACCOUNT_DISABLED: "Akun dinonaktifkan",
    AuditTag.ACCOUNT_ENABLED: "Akun diaktifkan kembali",
    AuditTag.CPNS_APPROVED: "Akun CPNS disetujui",
    AuditTag.ROLE_GRANTED: "Peran diberikan",
    AuditTag.ROLE_REVOKED: "Peran dicabut",
    AuditTag.PEGAWAI_IMPORTED: "Impor data pegawai",
    AuditTag.PROFILE_CHANGED: "Profil diubah",
    AuditTag.GROUP_DECLARED: "Kelompok data dinyatakan",
    AuditTag.PDM_SUBMITTED: "PDM dikirim",
    AuditTag.PROOF_DOWNLOADED: "Bukti PDM diunduh",
    AuditTag.PROPOSAL_SUBMITTED: "Usulan dikirim",
    AuditTag.PROPOSAL_WITHDRAWN: "Usulan ditarik",
    AuditTag.PROPOSAL_CORRECTED: "Usulan diperbaiki",
    AuditTag.PROPOSAL_VERIFIED: "Usulan diverifikasi",
    AuditTag.PROPOSAL_RETURNED: "Usulan dikembalikan",
    AuditTag.PROPOSAL_REJECTED: "Usulan ditolak",
    AuditTag.PROPOSAL_APPROVED: "Usulan disetujui",
    AuditTag.PROPOSAL_BKN_APPROVED: "Usulan disetujui BKN",
    AuditTag.PROPOSAL_APPLIED: "Usulan diterapkan",
    AuditTag.DOCUMENT_UPLOADED: "Dokumen diunggah",
    AuditTag.DOCUMENT_READ: "Dokumen dibuka",
    AuditTag.DOCUMENT_REMOVED: "Dokumen dihapus",
    AuditTag.PERIOD_CREATED: "Periode dibuat",
    AuditTag.PERIOD_EXTENDED: "Periode diperpanjang",
    AuditTag.PERIOD_REMOVED: "Periode dihapus",
    AuditTag.EXPORTED: "Laporan diunduh",
    AuditTag.ANNOUNCED: "Pengumuman dikirim",
    AuditTag.ANNOUNCEMENT_CHANGED: "Pengumuman diubah",
    AuditTag.ANNOUNCEMENT_ENDED: "Pengumuman diakhiri",
    AuditTag.HELP_CHANGED: "Kontak bantuan diubah",
    AuditTag.REMINDED: "Aktivasi diingatkan",
    AuditTag.PDM_REMINDED: "Pemutakhiran diingatkan",
    AuditTag.MAIL_FAILED: "Surat gagal terkirim",
    AuditTag.MAIL_RESENT: "Surat dikirim ulang",
    AuditTag.ACCESS_REFUSED: "Akses ditolak",
    AuditTag.LIMIT_EXCEEDED: "Terlalu sering",
    AuditTag.TRAIL_CONTINUED: "Penyegelan jejak dilanjutkan oleh operator",
}
