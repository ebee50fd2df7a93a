"""Importing addresses: what is said of a row, and the life of a run (DESIGN 4; domain 11)."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import Final

DAMAGED_NIP: Final = (
    "Sel NIP berisi angka, bukan teks, sehingga digit terakhirnya sudah hilang. "
    "Ubah kolom NIP menjadi format Teks, lalu isi kembali NIP dari data asli."
)


class RowVerdict(StrEnum):
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
    def good(self) -> bool:
        """Whether the row is taken over, or was."""
        return self in GOOD

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


GOOD: Final = frozenset({RowVerdict.READY, RowVerdict.TRIMMED, RowVerdict.FREE_MAIL})
"""Rows that are taken over."""

_LABELS: Final = MappingProxyType(
    {
        RowVerdict.READY: "Siap diterapkan",
        RowVerdict.TRIMMED: "Siap, spasi dipangkas",
        RowVerdict.FREE_MAIL: "Siap, email gratis",
        RowVerdict.UNCHANGED: "Tidak berubah",
        RowVerdict.NIP_UNKNOWN: "NIP tidak dikenal",
        RowVerdict.OUT_OF_SCOPE: "Di luar wewenang",
        RowVerdict.OWN_ACCOUNT: "Akun sendiri",
        RowVerdict.HIGHER_ROLE: "Pemegang peran",
        RowVerdict.NIP_DAMAGED: "NIP rusak oleh lembar kerja",
        RowVerdict.NIP_MALFORMED: "NIP salah bentuk",
        RowVerdict.EMAIL_MALFORMED: "Email salah bentuk",
        RowVerdict.EMAIL_EMPTY: "Email kosong",
        RowVerdict.DUPLICATE: "Ganda dalam berkas",
        RowVerdict.TAKEN: "Dipakai pegawai lain",
        RowVerdict.DOMAIN_REFUSED: "Domain tidak diterima",
        RowVerdict.OVERTAKEN: "Berubah sejak pratinjau",
        RowVerdict.NOT_APPLIED: "Belum diterapkan",
    }
)
_OUTCOMES: Final = MappingProxyType(
    {
        RowVerdict.READY: "Diterapkan",
        RowVerdict.TRIMMED: "Diterapkan, spasi dipangkas",
        RowVerdict.FREE_MAIL: "Diterapkan, email gratis",
    }
)
_ADVICE: Final = MappingProxyType(
    {
        RowVerdict.READY: "Alamat email diperbarui.",
        RowVerdict.TRIMMED: "Spasi di sekitar alamat email diabaikan.",
        RowVerdict.FREE_MAIL: "Alamat email memakai layanan gratis; instansi menyarankan alamat email instansi.",
        RowVerdict.UNCHANGED: "Sama dengan alamat yang ada.",
        RowVerdict.NIP_UNKNOWN: "NIP tidak ada dalam data pegawai. Periksa NIP, atau impor datanya lebih dulu.",
        RowVerdict.OUT_OF_SCOPE: "Pegawai ini di luar wewenang Anda. Teruskan barisnya kepada admin yang berwenang.",
        RowVerdict.OWN_ACCOUNT: "Ini akun Anda sendiri. Mintalah admin lain mengganti alamatnya.",
        RowVerdict.HIGHER_ROLE: (
            "Akun ini memegang peran, jadi alamatnya tidak dapat diganti lewat berkas ini. "
            "Mintalah admin yang berwenang menggantinya di halaman Email."
        ),
        RowVerdict.NIP_DAMAGED: DAMAGED_NIP,
        RowVerdict.NIP_MALFORMED: "NIP tidak terbaca. Isi 18 angka sesuai data kepegawaian.",
        RowVerdict.EMAIL_MALFORMED: "Alamat email belum benar. Periksa penulisannya, misalnya nama@example.go.id.",
        RowVerdict.EMAIL_EMPTY: "Alamat email kosong. Alamat yang ada tidak diubah.",
        RowVerdict.DUPLICATE: "NIP ini sudah ada di baris lain berkas yang sama. Hapus salah satu barisnya.",
        RowVerdict.TAKEN: "Alamat email dipakai pegawai lain, jadi tidak disimpan; minta alamat yang lain.",
        RowVerdict.DOMAIN_REFUSED: (
            "Domain alamat email tidak termasuk domain instansi, jadi tidak disimpan; minta alamat email instansi."
        ),
        RowVerdict.OVERTAKEN: (
            "Alamat pegawai ini diubah orang lain setelah berkas diperiksa, jadi tidak ditimpa. Unggah lagi barisnya."
        ),
        RowVerdict.NOT_APPLIED: (
            "Impor dihentikan sebelum baris ini diterapkan, jadi alamatnya tidak diubah. Unggah lagi bila masih diperlukan."
        ),
    }
)


class RunState(StrEnum):
    """Life of a run. Stored as written here and never renamed."""

    READING = "membaca"
    READY = "siap"
    DISCARDED = "dibuang"
    APPLYING = "menerapkan"
    DONE = "selesai"
    STOPPING = "menghentikan"
    STOPPED = "dihentikan"
    UNDOING = "membatalkan"
    UNDONE = "dibatalkan"
    FAILED = "gagal"

    @property
    def busy(self) -> bool:
        """Whether work on the run is still to be done."""
        return self in BUSY

    @property
    def label(self) -> str:
        """The state in few words."""
        return _STATES[self]

    def may_become(self, other: RunState) -> bool:
        """Whether a run may go from this state to another."""
        return other in _NEXT[self]


BUSY: Final = frozenset({RunState.READING, RunState.APPLYING, RunState.STOPPING, RunState.UNDOING})

_NEXT: Final = MappingProxyType(
    {
        # What a system sends is applied without a look at it.
        RunState.READING: frozenset({RunState.READY, RunState.APPLYING, RunState.FAILED}),
        RunState.READY: frozenset({RunState.APPLYING, RunState.DISCARDED}),
        RunState.DISCARDED: frozenset[RunState](),
        RunState.APPLYING: frozenset({RunState.DONE, RunState.STOPPING, RunState.FAILED}),
        RunState.DONE: frozenset({RunState.UNDOING}),
        # The rows that are left are marked, so that nobody has to guess which were applied.
        RunState.STOPPING: frozenset({RunState.STOPPED, RunState.FAILED}),
        RunState.STOPPED: frozenset({RunState.UNDOING}),
        RunState.UNDOING: frozenset({RunState.UNDONE, RunState.FAILED}),
        RunState.UNDONE: frozenset[RunState](),
        RunState.FAILED: frozenset({RunState.UNDOING}),
    }
)

_STATES: Final = MappingProxyType(
    {
        RunState.READING: "Memeriksa berkas",
        RunState.READY: "Menunggu diterapkan",
        RunState.DISCARDED: "Dibuang",
        RunState.APPLYING: "Menerapkan",
        RunState.DONE: "Selesai",
        RunState.STOPPING: "Menghentikan",
        RunState.STOPPED: "Dihentikan",
        RunState.UNDOING: "Membatalkan",
        RunState.UNDONE: "Dibatalkan",
        RunState.FAILED: "Gagal",
    }
)


class RunSource(StrEnum):
    """Where a run came from."""

    PAGE = "halaman"
    API = "api"
    COMMAND = "perintah"

    @property
    def label(self) -> str:
        """The source in words."""
        return {"halaman": "Halaman", "api": "API instansi", "perintah": "Baris perintah"}[self.value]
