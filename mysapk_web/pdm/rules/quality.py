"""The checks of BKN's data quality index that concern one person."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.pdm.rules.quality_data import (
    DIPLOMA,
    FUNCTIONAL,
    ON_LEAVE,
    PELAKSANA,
    STRUCTURAL,
    PersonData,
    contract_before_number,
    digits_differ,
    education_below_eselon,
    education_below_jenjang,
    education_level,
    email_faulty,
    is_cpns,
    is_pns,
    nik_faulty,
    older_than,
    past_retirement,
    phone_faulty,
    pppk_position_wrong,
    rank_below_post,
    secondment_inconsistent,
    skp_missing,
)


class Dimension(StrEnum):
    COMPLETENESS = "COMPLETENESS"
    TIMELINESS = "TIMELINESS"
    ACCURACY = "ACCURACY"
    CONSISTENCY = "CONSISTENCY"

    @property
    def label(self) -> str:
        return _DIMENSIONS[self][0]

    @property
    def share(self) -> float:
        """Weight in the index, 0 to 1."""
        return _DIMENSIONS[self][1]


_DIMENSIONS: Final[Mapping[Dimension, tuple[str, float]]] = MappingProxyType(
    {
        Dimension.COMPLETENESS: ("Kelengkapan", 0.28),
        Dimension.TIMELINESS: ("Ketepatan waktu", 0.31),
        Dimension.ACCURACY: ("Akurasi", 0.30),
        Dimension.CONSISTENCY: ("Konsistensi", 0.11),
    }
)


@dataclass(frozen=True, slots=True)
class QualityCheck:
    key: str
    dimension: Dimension
    weight: float
    """Points lost of the 100 of the dimension."""
    sentence: str
    remedy: str
    group: str
    """Slug of the group where it is corrected; empty if only the agency can."""
    found: Callable[[PersonData], bool]


@dataclass(frozen=True, slots=True)
class QualityFinding:
    key: str
    dimension: Dimension
    weight: float
    sentence: str
    remedy: str
    group: str


_C, _T, _A, _K = Dimension.COMPLETENESS, Dimension.TIMELINESS, Dimension.ACCURACY, Dimension.CONSISTENCY
_ASK: Final = "Hubungi admin instansi Anda."

CHECKS: Final = (
    QualityCheck(
        "skp",
        _C,
        20,
        "SKP dua tahun terakhir belum lengkap.",
        "Ajukan SKP tahun yang belum ada.",
        "skp",
        skp_missing,
    ),
    QualityCheck(
        "jabatan",
        _C,
        25,
        "Jabatan fungsional atau pelaksana Anda belum tercatat dengan kode.",
        "Ajukan perubahan jabatan dan pilih jabatan dari daftar.",
        "jabatan",
        lambda data: data.jenis_jabatan in (FUNCTIONAL, PELAKSANA) and not data.jabatan,
    ),
    QualityCheck(
        "pendidikan",
        _C,
        20,
        "Pendidikan terakhir belum tercatat.",
        "Ajukan pendidikan terakhir beserta ijazahnya.",
        "pendidikan",
        lambda data: not data.tingkat_pendidikan,
    ),
    QualityCheck(
        "tmt_pns",
        _C,
        12.5,
        "TMT PNS belum tercatat.",
        "Lengkapi data CPNS dan PNS beserta SK PNS.",
        "cpns-pns",
        lambda data: is_pns(data) and data.tmt_pns is None,
    ),
    QualityCheck(
        "gelar",
        _C,
        17.5,
        "Gelar belum tercatat, padahal pendidikan Anda diploma atau lebih tinggi.",
        "Ajukan perubahan pendidikan dan isi gelar sesuai ijazah.",
        "pendidikan",
        lambda data: education_level(data) >= DIPLOMA and not data.gelar.strip(),
    ),
    QualityCheck("email", _C, 2.5, "Alamat email kosong atau salah tulis.", _ASK, "", email_faulty),
    QualityCheck("nomor_hp", _C, 2.5, "Nomor HP kosong atau salah tulis.", "Isi nomor HP.", "profil", phone_faulty),
    QualityCheck(
        "unor",
        _T,
        22.73,
        "Unit organisasi Anda sudah tidak aktif.",
        "Ajukan jabatan terakhir dengan unit organisasi yang baru.",
        "jabatan",
        lambda data: not data.unor_active,
    ),
    QualityCheck(
        "cpns_jf",
        _T,
        18.18,
        "Sudah dua tahun menjadi CPNS tanpa diangkat dalam jabatan fungsional.",
        _ASK,
        "",
        lambda data: is_cpns(data) and data.jenis_jabatan == FUNCTIONAL and older_than(data.tmt_cpns, 2, data.today),
    ),
    QualityCheck(
        "cpns_lama",
        _T,
        13.64,
        "Masih tercatat sebagai CPNS setelah satu tahun.",
        "Lengkapi data CPNS dan PNS bila SK PNS sudah terbit.",
        "cpns-pns",
        lambda data: is_cpns(data) and older_than(data.tmt_cpns, 1, data.today),
    ),
    QualityCheck("bup", _T, 15.91, "Sudah melewati batas usia pensiun, tetapi masih aktif.", _ASK, "", past_retirement),
    QualityCheck(
        "cltn",
        _T,
        13.64,
        "CLTN sudah berakhir, tetapi status Anda masih CLTN.",
        "Ajukan pengaktifan kembali dari CLTN.",
        "cltn",
        lambda data: data.kedudukan_hukum in ON_LEAVE and data.cltn_until is not None and data.cltn_until < data.today,
    ),
    QualityCheck(
        "tmt_terbalik",
        _A,
        9.52,
        "TMT CPNS tercatat sesudah TMT PNS.",
        "Ajukan perubahan data CPNS dan PNS sesuai SK.",
        "cpns-pns",
        lambda data: data.tmt_cpns is not None and data.tmt_pns is not None and data.tmt_cpns > data.tmt_pns,
    ),
    QualityCheck(
        "dpk_dpb",
        _A,
        21.43,
        "Jenis pegawai (DPK atau DPB) tidak sesuai dengan instansi induk dan instansi kerja.",
        _ASK,
        "",
        secondment_inconsistent,
    ),
    QualityCheck(
        "struktural_muda",
        _A,
        7.14,
        "Menduduki jabatan struktural dengan masa kerja kurang dari dua tahun.",
        "Periksa TMT CPNS dan jabatan terakhir Anda.",
        "jabatan",
        lambda data: (
            data.jenis_jabatan == STRUCTURAL
            and data.tmt_cpns is not None
            and not older_than(data.tmt_cpns, 2, data.today)
        ),
    ),
    QualityCheck(
        "kedudukan_pppk",
        _A,
        9.52,
        "Kedudukan hukum tidak sesuai dengan jenis pegawai.",
        _ASK,
        "",
        pppk_position_wrong,
    ),
    QualityCheck("nik", _A, 4.76, "NIK kosong atau belum sesuai dengan data kependudukan.", _ASK, "", nik_faulty),
    QualityCheck(
        "pendidikan_eselon",
        _A,
        11.9,
        "Pendidikan terakhir di bawah syarat jabatan struktural Anda.",
        "Ajukan pendidikan terakhir bila sudah lebih tinggi.",
        "pendidikan",
        education_below_eselon,
    ),
    QualityCheck(
        "pendidikan_jf",
        _A,
        14.29,
        "Pendidikan terakhir di bawah syarat jabatan fungsional Anda.",
        "Ajukan pendidikan terakhir bila sudah lebih tinggi.",
        "pendidikan",
        education_below_jenjang,
    ),
    QualityCheck(
        "tahun_pppk",
        _A,
        7.14,
        "TMT PPPK lebih awal daripada tahun dalam NI PPPK.",
        _ASK,
        "",
        contract_before_number,
    ),
    QualityCheck(
        "pelaksana_jf",
        _A,
        4.76,
        "Jabatan pelaksana Anda memakai nama jabatan fungsional.",
        "Ajukan perubahan jabatan dan pilih jabatan yang benar.",
        "jabatan",
        lambda data: data.jenis_jabatan == PELAKSANA and data.named_as_functional,
    ),
    QualityCheck(
        "pangkat_jpt",
        _A,
        9.52,
        "Golongan terakhir di bawah syarat jabatan pimpinan tinggi.",
        "Ajukan golongan terakhir bila sudah lebih tinggi.",
        "golongan",
        rank_below_post,
    ),
    QualityCheck(
        "nip_tmt",
        _K,
        25,
        "Angka 9 sampai 14 NIP tidak sama dengan TMT CPNS.",
        "Periksa TMT CPNS pada data CPNS dan PNS.",
        "cpns-pns",
        lambda data: (
            (is_pns(data) or is_cpns(data))
            and data.tmt_cpns is not None
            and digits_differ(data, 8, 14, f"{data.tmt_cpns:%Y%m}")
        ),
    ),
    QualityCheck(
        "nip_lahir",
        _K,
        25,
        "Angka 1 sampai 8 NIP tidak sama dengan tanggal lahir.",
        _ASK,
        "",
        lambda data: data.birth_date is not None and digits_differ(data, 0, 8, f"{data.birth_date:%Y%m%d}"),
    ),
    QualityCheck(
        "nip_kelamin",
        _K,
        25,
        "Angka ke-15 NIP tidak sesuai dengan jenis kelamin.",
        _ASK,
        "",
        lambda data: data.gender in ("L", "P") and digits_differ(data, 14, 15, "1" if data.gender == "L" else "2"),
    ),
    QualityCheck(
        "nip_pppk",
        _K,
        25,
        "Angka 9 sampai 12 NI PPPK tidak sama dengan tahun TMT PPPK.",
        _ASK,
        "",
        lambda data: (
            data.jenis is JenisPegawai.PPPK
            and data.tmt_pppk is not None
            and digits_differ(data, 8, 12, f"{data.tmt_pppk:%Y}")
        ),
    ),
)
"""All that one person's data can answer. Two people in one structural post is a question for the agency."""


def check_person(data: PersonData) -> list[QualityFinding]:
    """Findings in the order of the table."""
    return [
        QualityFinding(check.key, check.dimension, check.weight, check.sentence, check.remedy, check.group)
        for check in CHECKS
        if check.found(data)
    ]
