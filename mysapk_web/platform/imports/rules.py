"""The life of an import, and what is said of its rows, whatever is imported."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import Final, Self

from mysapk_web.platform.row_report import Verdict

ACCEPTED: Final = frozenset({Verdict.BARU, Verdict.DIPERBARUI, Verdict.DITERIMA_DENGAN_CATATAN})
NOT_APPLIED: Final = "tidak-diterapkan"
"""Value, in every kind, of the verdict on a good row that a run has not come to."""
_TONES: Final = MappingProxyType(
    {
        Verdict.BARU: "good",
        Verdict.DIPERBARUI: "good",
        Verdict.DITERIMA_DENGAN_CATATAN: "warn",
        Verdict.TIDAK_BERUBAH: "plain",
        Verdict.DITOLAK: "bad",
    }
)


class RowVerdict(StrEnum):
    """What becomes of a row; each kind has its own members. Values are stored and never renamed."""

    report: Verdict
    """The verdict as the command reports it."""
    label: str
    """The verdict in few words."""
    advice: str
    """A sentence that says what to do next."""
    outcome: str
    """The verdict in few words once the good rows were applied."""

    def __new__(
        cls, value: str, report: Verdict = Verdict.DITOLAK, label: str = "", advice: str = "", outcome: str = ""
    ) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.report, member.label, member.advice, member.outcome = report, label, advice, outcome or label
        return member

    @property
    def good(self) -> bool:
        """Whether the row is taken over, or was."""
        return self.report in ACCEPTED

    @property
    def tone(self) -> str:
        """How pages colour it."""
        return _TONES[self.report]


class CommonVerdict(RowVerdict):
    """Verdicts that fit most kinds; what is particular stands in the note of the row."""

    NEW = (
        "baru",
        Verdict.BARU,
        "Siap, data baru",
        "Data ditambahkan.",
        "Ditambahkan",
    )
    CHANGED = (
        "diperbarui",
        Verdict.DIPERBARUI,
        "Siap, data berubah",
        "Data diperbarui.",
        "Diperbarui",
    )
    WITH_NOTE = (
        "dengan-catatan",
        Verdict.DITERIMA_DENGAN_CATATAN,
        "Siap dengan catatan",
        "Data diterapkan; periksa catatannya.",
        "Diterapkan dengan catatan",
    )
    UNCHANGED = (
        "tidak-berubah",
        Verdict.TIDAK_BERUBAH,
        "Tidak berubah",
        "Sama dengan data yang ada.",
    )
    REFUSED = (
        "ditolak",
        Verdict.DITOLAK,
        "Ditolak",
        "Baris ini tidak dapat diterapkan. Perbaiki isinya, lalu unggah lagi.",
    )
    OUT_OF_SCOPE = (
        "luar-wewenang",
        Verdict.DITOLAK,
        "Di luar wewenang",
        "Baris ini di luar wewenang Anda. Teruskan kepada admin yang berwenang.",
    )
    OWN_ACCOUNT = (
        "akun-sendiri",
        Verdict.DITOLAK,
        "Data sendiri",
        "Ini data Anda sendiri. Mintalah admin lain mengimpornya.",
    )
    HIGHER_ROLE = (
        "peran-di-atas",
        Verdict.DITOLAK,
        "Pemegang peran",
        (
            "Pegawai ini memegang peran, jadi datanya tidak dapat diubah lewat "
            "berkas ini. Mintalah admin yang berwenang mengimpornya."
        ),
    )
    OVERTAKEN = (
        "berubah-sejak-pratinjau",
        Verdict.DITOLAK,
        "Berubah sejak pratinjau",
        ("Data ini diubah orang lain setelah berkas diperiksa, jadi tidak ditimpa. Unggah lagi barisnya."),
    )
    NOT_APPLIED = (
        "tidak-diterapkan",
        Verdict.DITOLAK,
        "Belum diterapkan",
        (
            "Impor dihentikan sebelum baris ini diterapkan, jadi datanya tidak "
            "diubah. Unggah lagi bila masih diperlukan."
        ),
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
