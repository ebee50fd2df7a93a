"""The two pages on which imports stand, and their words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from mysapk_web.administration.email_imports.kind import EMAIL_IMPORT
from mysapk_web.administration.imports.kinds import KINDS
from mysapk_web.ui.components.lists import url_with


@dataclass(frozen=True, slots=True)
class ImportsPlace:
    """A page on which imports stand, with its words."""

    path: str
    base: Mapping[str, str]
    """What its address always says."""
    kinds: tuple[str, ...]
    discarded: str
    stopped: str

    def address(self, values: Mapping[str, str]) -> str:
        """An address on the page."""
        return url_with(self.path, {**self.base, **values})


EMAIL_PLACE: Final = ImportsPlace(
    path="/admin/email",
    base=MappingProxyType({"bagian": "impor"}),
    kinds=(EMAIL_IMPORT.key,),
    discarded="Impor dibuang. Tidak ada alamat yang diganti.",
    stopped="Impor dihentikan. Alamat yang sudah diganti tetap berlaku.",
)


ALL_PLACE: Final = ImportsPlace(
    path="/admin/impor",
    base=MappingProxyType({}),
    kinds=tuple(KINDS),
    discarded="Impor dibuang. Tidak ada data yang diubah.",
    stopped="Impor dihentikan. Data yang sudah diterapkan tetap berlaku.",
)


@dataclass(frozen=True, slots=True)
class ImportsWords:
    """What a page of imports says."""

    path: str
    with_kinds: bool
    before_upload: str
    content: str
    key: str
    applied: str
    apply_question: str
    apply_what: tuple[str, str]
    apply_points: tuple[str, ...]
    discard: str
    stop: str
    undo_button: str
    undo: str


EMAIL_WORDS: Final = ImportsWords(
    path=EMAIL_PLACE.path,
    with_kinds=False,
    before_upload="Berkas diperiksa lebih dulu. Belum ada alamat yang berubah sebelum Anda menerapkannya.",
    content="Alamat",
    key="NIP",
    applied="Alamat diganti",
    apply_question="Terapkan perubahan alamat?",
    apply_what=("Alamat email dari ", " diganti sekarang."),
    apply_points=(
        "Token dan sesi pegawai yang alamatnya berganti tidak berlaku lagi.",
        "Alamat lama dan alamat baru sama-sama diberi tahu.",
        "Baris lain tidak diubah; sebabnya ada di laporan.",
    ),
    discard=(
        "Belum ada alamat yang diganti, dan tidak akan ada. Isi berkas dan laporannya ikut dihapus; unggah lagi bila "
        "masih diperlukan."
    ),
    stop=(
        "Alamat yang sudah diganti tetap berlaku dan masih dapat dikembalikan sesudahnya. Baris selebihnya tidak "
        "diterapkan dan dicantumkan dalam laporan."
    ),
    undo_button="Kembalikan alamat",
    undo=(
        "Alamat sebelumnya dikembalikan, tetapi hanya bagi pegawai yang alamatnya masih sama dengan hasil impor "
        "ini. Alamat yang sudah diubah lagi dibiarkan. Pegawai diberi tahu dan harus masuk lagi."
    ),
)


ALL_WORDS: Final = ImportsWords(
    path=ALL_PLACE.path,
    with_kinds=True,
    before_upload="Berkas diperiksa lebih dulu. Belum ada data yang berubah sebelum Anda menerapkannya.",
    content="Isi",
    key="NIP atau kode",
    applied="Baris diterapkan",
    apply_question="Terapkan isi berkas ini?",
    apply_what=("Data dari ", " diterapkan sekarang."),
    apply_points=(
        "Pegawai yang alamat email atau haknya berubah diberi tahu dan harus masuk lagi.",
        "Data yang diubah orang lain setelah berkas diperiksa tidak ditimpa.",
        "Baris lain tidak diubah; sebabnya ada di laporan.",
    ),
    discard=(
        "Belum ada data yang diubah, dan tidak akan ada. Isi berkas dan laporannya ikut dihapus; unggah lagi bila masih "
        "diperlukan."
    ),
    stop="Data yang sudah diterapkan tetap berlaku. Baris selebihnya tidak diterapkan dan dicantumkan dalam laporan.",
    undo_button="Kembalikan data",
    undo=(
        "Data sebelumnya dikembalikan, tetapi hanya yang masih sama dengan hasil impor ini. Yang sudah diubah lagi atau "
        "sudah dipakai dibiarkan."
    ),
)
