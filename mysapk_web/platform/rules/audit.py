"""Tags of the audit log. A tag is stored as written here and never renamed (ASVS 16.1.1)."""

from __future__ import annotations

from enum import StrEnum


class AuditTag(StrEnum):
    """What happened: `subject:act`, and the words for it on pages."""

    label: str

    def __new__(cls, value: str, label: str = "") -> AuditTag:
        """`label` has a default for type checkers only: looked up by its value, a tag has its own."""
        tag = str.__new__(cls, value)
        tag._value_ = value
        tag.label = label
        return tag

    # Login and session
    LOGIN = "akun:login", "Masuk"
    LOGIN_FAILED = "akun:login-gagal", "Gagal masuk"
    LOCKED_OUT = "akun:tunggu", "Harus menunggu setelah gagal masuk"
    LOGOUT = "akun:logout", "Keluar"
    SESSIONS_ENDED = "akun:sesi-diakhiri", "Sesi diakhiri"
    UNLOCKED = "akun:tunggu-dihapus", "Waktu tunggu dihapus"

    # Activation and recovery
    RESET_REQUESTED = "akun:reset-diminta", "Token diminta"
    RESET_REFUSED = "akun:reset-ditolak", "Permintaan token ditolak"
    RESET_STARTED_BY_ADMIN = "akun:reset-oleh-admin", "Token dikirim oleh admin"
    RESET_CANCELLED = "akun:reset-dibatalkan", "Token dibatalkan"
    TOKEN_WRONG = "akun:token-salah", "Token salah"
    TOKEN_EXHAUSTED = "akun:token-habis", "Kesempatan memasukkan token habis"
    ACTIVATED = "akun:aktivasi", "Akun diaktifkan"
    PASSWORD_RESET = "akun:password-direset", "Password direset"
    PASSWORD_CHANGED = "akun:password-diganti", "Password diganti"
    PASSWORD_REHASHED = "akun:password-diperkuat", "Penyimpanan password diperkuat"

    # Address
    EMAIL_CHANGED = "akun:email-diganti", "Alamat email diganti"
    EMAIL_CHANGE_REQUESTED = "akun:email-perbaikan-diminta", "Perbaikan alamat email diminta"
    EMAIL_CHANGE_ASKED = "akun:email-ganti-diminta", "Penggantian alamat email diminta pemilik"
    EMAIL_IMPORTED = "email:impor", "Impor alamat email"
    EMAIL_IMPORT_DISCARDED = "email:impor-dibuang", "Impor alamat email dibuang"
    EMAIL_IMPORT_STOPPED = "email:impor-dihentikan", "Impor alamat email dihentikan"
    EMAIL_IMPORT_UNDONE = "email:impor-dibatalkan", "Impor alamat email dibatalkan"
    EMAIL_REQUEST_REFUSED = "akun:email-perbaikan-ditolak", "Perbaikan alamat email ditolak"
    IMPORT_TOKEN_MADE = "email:token-dibuat", "Token impor email dibuat"
    IMPORT_TOKEN_REVOKED = "email:token-dicabut", "Token impor email dicabut"
    EMAIL_POLICY_CHANGED = "email:kebijakan-diubah", "Kebijakan domain email diubah"

    # Second factor
    TOTP_ENABLED = "akun:totp-aktif", "Verifikasi dua langkah diaktifkan"
    TOTP_RESTARTED = "akun:totp-dimulai-lagi", "Verifikasi dua langkah dimulai lagi dari perangkat lain"
    TOTP_DISABLED = "akun:totp-nonaktif", "Verifikasi dua langkah dimatikan"
    TOTP_FAILED = "akun:totp-gagal", "Kode autentikator salah"
    TOTP_EXHAUSTED = "akun:totp-habis", "Kesempatan memasukkan kode autentikator habis"
    TOTP_REMOVED_BY_ADMIN = "akun:totp-dihapus-admin", "Verifikasi dua langkah dihapus oleh admin"
    RECOVERY_CODES_CREATED = "akun:kode-pemulihan-dibuat", "Kode pemulihan dibuat"
    RECOVERY_CODE_USED = "akun:kode-pemulihan-dipakai", "Kode pemulihan dipakai"

    # Accounts and roles
    ACCOUNT_DISABLED = "akun:nonaktif", "Akun dinonaktifkan"
    ACCOUNT_ENABLED = "akun:aktif-kembali", "Akun diaktifkan kembali"
    CPNS_APPROVED = "cpns:disetujui", "Akun CPNS disetujui"
    ROLE_GRANTED = "peran:diberikan", "Peran diberikan"
    ROLE_REVOKED = "peran:dicabut", "Peran dicabut"
    PEGAWAI_IMPORTED = "pegawai:impor", "Impor data pegawai"
    IMPORT_DISCARDED = "impor:dibuang", "Impor data dibuang"
    IMPORT_STOPPED = "impor:dihentikan", "Impor data dihentikan"
    IMPORT_UNDONE = "impor:dibatalkan", "Impor data dibatalkan"
    PROFILE_CHANGED = "profil:diubah", "Profil diubah"
    PROFILE_REVEALED = "profil:nomor-dilihat", "Nomor pribadi dilihat"

    # PDM
    GROUP_DECLARED = "pdm:grup-dinyatakan", "Kelompok data dinyatakan"
    PDM_SUBMITTED = "pdm:dikirim", "PDM dikirim"
    PROOF_DOWNLOADED = "pdm:bukti-diunduh", "Bukti PDM diunduh"
    PROPOSAL_SUBMITTED = "usulan:dikirim", "Usulan dikirim"
    PROPOSAL_WITHDRAWN = "usulan:ditarik", "Usulan ditarik"
    PROPOSAL_CORRECTED = "usulan:diperbaiki", "Usulan diperbaiki"
    PROPOSAL_VERIFIED = "usulan:diverifikasi", "Usulan diverifikasi"
    PROPOSAL_RETURNED = "usulan:dikembalikan", "Usulan dikembalikan"
    PROPOSAL_REJECTED = "usulan:ditolak", "Usulan ditolak"
    PROPOSAL_APPROVED = "usulan:disetujui", "Usulan disetujui"
    PROPOSAL_BKN_APPROVED = "usulan:disetujui-bkn", "Usulan disetujui BKN"
    PROPOSAL_APPLIED = "usulan:diterapkan", "Usulan diterapkan"
    DOCUMENT_UPLOADED = "dokumen:diunggah", "Dokumen diunggah"
    DOCUMENT_READ = "dokumen:dibuka", "Dokumen dibuka"
    DOCUMENT_REMOVED = "dokumen:dihapus", "Dokumen dihapus"

    # Running the portal
    REFERENCE_IMPORTED = "referensi:impor", "Impor tabel referensi"
    RECORDS_IMPORTED = "riwayat:impor", "Impor riwayat"
    RECORDS_EXPORTED = "riwayat:ekspor", "Ekspor riwayat"
    PERIOD_CREATED = "periode:dibuat", "Periode dibuat"
    PERIOD_EXTENDED = "periode:diperpanjang", "Periode diperpanjang"
    PERIOD_REMOVED = "periode:dihapus", "Periode dihapus"
    EXPORTED = "laporan:diunduh", "Laporan diunduh"
    ANNOUNCED = "pengumuman:dikirim", "Pengumuman dikirim"
    ANNOUNCEMENT_CHANGED = "pengumuman:diubah", "Pengumuman diubah"
    ANNOUNCEMENT_ENDED = "pengumuman:diakhiri", "Pengumuman diakhiri"
    HELP_CHANGED = "bantuan:diubah", "Kontak bantuan diubah"
    REMINDED = "aktivasi:diingatkan", "Aktivasi diingatkan"
    PDM_REMINDED = "pdm:diingatkan", "Pemutakhiran diingatkan"
    MAIL_FAILED = "surat:gagal", "Surat gagal terkirim"
    MAIL_RESENT = "surat:dikirim-ulang", "Surat dikirim ulang"
    ACCESS_REFUSED = "akses:ditolak", "Akses ditolak"
    LIMIT_EXCEEDED = "akses:terlalu-sering", "Terlalu sering"
    CHAIN_RESUMED = "jejak:segel-dilanjutkan", "Penyegelan jejak dilanjutkan oleh operator"
