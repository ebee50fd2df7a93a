"""What is said of a row in a file of e-mail addresses."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from mysapk_web.platform.imports.rules import RowVerdict
from mysapk_web.platform.row_report import Verdict

DAMAGED_NIP: Final = (
    "Sel NIP berisi angka, bukan teks, sehingga digit terakhirnya sudah hilang. "
    "Ubah kolom NIP menjadi format Teks, lalu isi kembali NIP dari data asli."
)


class EmailRowVerdict(RowVerdict):
    """What becomes of a row. Stored as written here and never renamed."""

    READY = "siap"
    TRIMMED = "spasi-dipangkas"
    FREE_MAIL = "email-gratis"
    UNCHANGED = "tidak-berubah"
    NIP_UNKNOWN = "nip-tidak-dikenal"
    OUT_OF_SCOPE = "luar-wewenang"
    OWN_ACCOUNT = "akun-sendiri"
    HIGHER_ROLE = "peran-di-atas"
    NIP_DAMAGED = "nip-rusak"
    NIP_MALFORMED = "nip-salah"
    EMAIL_MALFORMED = "email-salah"
    EMAIL_EMPTY = "email-kosong"
    DUPLICATE = "ganda"
    TAKEN = "dipakai"
    DOMAIN_REFUSED = "domain-ditolak"
    OVERTAKEN = "berubah-sejak-pratinjau"
    NOT_APPLIED = "tidak-diterapkan"

    @property
    def report(self) -> Verdict:
        """The verdict as the command reports it."""
        return _REPORTS.get(self, Verdict.DITOLAK)

    @property
    def label(self) -> str:
        """The verdict in few words."""
        return _LABELS[self]

    @property
    def outcome(self) -> str:
        """The verdict in few words once the good rows were applied."""
        return _OUTCOMES.get(self, self.label)

    @property
    def advice(self) -> str:
        """The verdict as a sentence that says what to do next."""
        return _ADVICE[self]


_REPORTS: Final = MappingProxyType(
    {
        EmailRowVerdict.READY: Verdict.DIPERBARUI,
        EmailRowVerdict.TRIMMED: Verdict.DITERIMA_DENGAN_CATATAN,
        EmailRowVerdict.FREE_MAIL: Verdict.DITERIMA_DENGAN_CATATAN,
        EmailRowVerdict.UNCHANGED: Verdict.TIDAK_BERUBAH,
    }
)
_LABELS: Final = MappingProxyType(
    {
        EmailRowVerdict.READY: "Siap diterapkan",
        EmailRowVerdict.TRIMMED: "Siap, spasi dipangkas",
        EmailRowVerdict.FREE_MAIL: "Siap, email gratis",
        EmailRowVerdict.UNCHANGED: "Tidak berubah",
        EmailRowVerdict.NIP_UNKNOWN: "NIP tidak dikenal",
        EmailRowVerdict.OUT_OF_SCOPE: "Di luar wewenang",
        EmailRowVerdict.OWN_ACCOUNT: "Akun sendiri",
        EmailRowVerdict.HIGHER_ROLE: "Pemegang peran",
        EmailRowVerdict.NIP_DAMAGED: "NIP rusak oleh lembar kerja",
        EmailRowVerdict.NIP_MALFORMED: "NIP salah bentuk",
        EmailRowVerdict.EMAIL_MALFORMED: "Email salah bentuk",
        EmailRowVerdict.EMAIL_EMPTY: "Email kosong",
        EmailRowVerdict.DUPLICATE: "Ganda dalam berkas",
        EmailRowVerdict.TAKEN: "Dipakai pegawai lain",
        EmailRowVerdict.DOMAIN_REFUSED: "Domain tidak diterima",
        EmailRowVerdict.OVERTAKEN: "Berubah sejak pratinjau",
        EmailRowVerdict.NOT_APPLIED: "Belum diterapkan",
    }
)
_OUTCOMES: Final = MappingProxyType(
    {
        EmailRowVerdict.READY: "Diterapkan",
        EmailRowVerdict.TRIMMED: "Diterapkan, spasi dipangkas",
        EmailRowVerdict.FREE_MAIL: "Diterapkan, email gratis",
    }
)
_ADVICE: Final = MappingProxyType(
    {
        EmailRowVerdict.READY: "Alamat email diperbarui.",
        EmailRowVerdict.TRIMMED: "Spasi di sekitar alamat email diabaikan.",
        EmailRowVerdict.FREE_MAIL: "Alamat email memakai layanan gratis; instansi menyarankan alamat email instansi.",
        EmailRowVerdict.UNCHANGED: "Sama dengan alamat yang ada.",
        EmailRowVerdict.NIP_UNKNOWN: "NIP tidak ada dalam data pegawai. Periksa NIP, atau impor datanya lebih dulu.",
        EmailRowVerdict.OUT_OF_SCOPE: "Pegawai ini di luar wewenang Anda. Teruskan barisnya kepada admin yang berwenang.",
        EmailRowVerdict.OWN_ACCOUNT: "Ini akun Anda sendiri. Mintalah admin lain mengganti alamatnya.",
        EmailRowVerdict.HIGHER_ROLE: (
            "Akun ini memegang peran, jadi alamatnya tidak dapat diganti lewat berkas ini. "
            "Mintalah admin yang berwenang menggantinya di halaman Email."
        ),
        EmailRowVerdict.NIP_DAMAGED: DAMAGED_NIP,
        EmailRowVerdict.NIP_MALFORMED: "NIP tidak terbaca. Isi 18 angka sesuai data kepegawaian.",
        EmailRowVerdict.EMAIL_MALFORMED: "Alamat email belum benar. Periksa penulisannya, misalnya nama@example.go.id.",
        EmailRowVerdict.EMAIL_EMPTY: "Alamat email kosong. Alamat yang ada tidak diubah.",
        EmailRowVerdict.DUPLICATE: "NIP ini sudah ada di baris lain berkas yang sama. Hapus salah satu barisnya.",
        EmailRowVerdict.TAKEN: "Alamat email dipakai pegawai lain, jadi tidak disimpan; minta alamat yang lain.",
        EmailRowVerdict.DOMAIN_REFUSED: (
            "Domain alamat email tidak termasuk domain instansi, jadi tidak disimpan; minta alamat email instansi."
        ),
        EmailRowVerdict.OVERTAKEN: (
            "Alamat pegawai ini diubah orang lain setelah berkas diperiksa, jadi tidak ditimpa. Unggah lagi barisnya."
        ),
        EmailRowVerdict.NOT_APPLIED: (
            "Impor dihentikan sebelum baris ini diterapkan, jadi alamatnya tidak diubah. Unggah lagi bila masih diperlukan."
        ),
    }
)
