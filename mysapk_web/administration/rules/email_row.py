"""What is said of a row in a file of e-mail addresses."""

from __future__ import annotations

from typing import Final

from mysapk_web.platform.imports.rules import RowVerdict
from mysapk_web.platform.row_report import Verdict

DAMAGED_NIP: Final = (
    "Sel NIP berisi angka, bukan teks, sehingga digit terakhirnya sudah hilang. "
    "Ubah kolom NIP menjadi format Teks, lalu isi kembali NIP dari data asli."
)


class EmailRowVerdict(RowVerdict):
    """What becomes of a row with an e-mail address."""

    READY = (
        "siap",
        Verdict.DIPERBARUI,
        "Siap diterapkan",
        "Alamat email diperbarui.",
        "Diterapkan",
    )
    TRIMMED = (
        "spasi-dipangkas",
        Verdict.DITERIMA_DENGAN_CATATAN,
        "Siap, spasi dipangkas",
        "Spasi di sekitar alamat email diabaikan.",
        "Diterapkan, spasi dipangkas",
    )
    FREE_MAIL = (
        "email-gratis",
        Verdict.DITERIMA_DENGAN_CATATAN,
        "Siap, email gratis",
        "Alamat email memakai layanan gratis; instansi menyarankan alamat email instansi.",
        "Diterapkan, email gratis",
    )
    UNCHANGED = (
        "tidak-berubah",
        Verdict.TIDAK_BERUBAH,
        "Tidak berubah",
        "Sama dengan alamat yang ada.",
    )
    NIP_UNKNOWN = (
        "nip-tidak-dikenal",
        Verdict.DITOLAK,
        "NIP tidak dikenal",
        "NIP tidak ada dalam data pegawai. Periksa NIP, atau impor datanya lebih dulu.",
    )
    OUT_OF_SCOPE = (
        "luar-wewenang",
        Verdict.DITOLAK,
        "Di luar wewenang",
        "Pegawai ini di luar wewenang Anda. Teruskan barisnya kepada admin yang berwenang.",
    )
    OWN_ACCOUNT = (
        "akun-sendiri",
        Verdict.DITOLAK,
        "Akun sendiri",
        "Ini akun Anda sendiri. Mintalah admin lain mengganti alamatnya.",
    )
    HIGHER_ROLE = (
        "peran-di-atas",
        Verdict.DITOLAK,
        "Pemegang peran",
        (
            "Akun ini memegang peran, jadi alamatnya tidak dapat diganti lewat "
            "berkas ini. Mintalah admin yang berwenang menggantinya di halaman Email."
        ),
    )
    NIP_DAMAGED = (
        "nip-rusak",
        Verdict.DITOLAK,
        "NIP rusak oleh lembar kerja",
        DAMAGED_NIP,
    )
    NIP_MALFORMED = (
        "nip-salah",
        Verdict.DITOLAK,
        "NIP salah bentuk",
        "NIP tidak terbaca. Isi 18 angka sesuai data kepegawaian.",
    )
    EMAIL_MALFORMED = (
        "email-salah",
        Verdict.DITOLAK,
        "Email salah bentuk",
        "Alamat email belum benar. Periksa penulisannya, misalnya nama@example.go.id.",
    )
    EMAIL_EMPTY = (
        "email-kosong",
        Verdict.DITOLAK,
        "Email kosong",
        "Alamat email kosong. Alamat yang ada tidak diubah.",
    )
    DUPLICATE = (
        "ganda",
        Verdict.DITOLAK,
        "Ganda dalam berkas",
        "NIP ini sudah ada di baris lain berkas yang sama. Hapus salah satu barisnya.",
    )
    TAKEN = (
        "dipakai",
        Verdict.DITOLAK,
        "Dipakai pegawai lain",
        "Alamat email dipakai pegawai lain, jadi tidak disimpan; minta alamat yang lain.",
    )
    DOMAIN_REFUSED = (
        "domain-ditolak",
        Verdict.DITOLAK,
        "Domain tidak diterima",
        ("Domain alamat email tidak termasuk domain instansi, jadi tidak disimpan; minta alamat email instansi."),
    )
    OVERTAKEN = (
        "berubah-sejak-pratinjau",
        Verdict.DITOLAK,
        "Berubah sejak pratinjau",
        ("Alamat pegawai ini diubah orang lain setelah berkas diperiksa, jadi tidak ditimpa. Unggah lagi barisnya."),
    )
    NOT_APPLIED = (
        "tidak-diterapkan",
        Verdict.DITOLAK,
        "Belum diterapkan",
        (
            "Impor dihentikan sebelum baris ini diterapkan, jadi alamatnya tidak "
            "diubah. Unggah lagi bila masih diperlukan."
        ),
    )
