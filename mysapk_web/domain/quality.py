"""BKN's index of data quality, the checks that concern one person (domain 9.3)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from mysapk_web.domain.email import EmailError, normalise_email
from mysapk_web.domain.groups.rules import years_later
from mysapk_web.domain.identity import IdentityError, normalise_nik, normalise_phone
from mysapk_web.domain.pegawai import JenisPegawai


class Dimension(StrEnum):
    """A part of the index."""

    COMPLETENESS = "COMPLETENESS"
    TIMELINESS = "TIMELINESS"
    ACCURACY = "ACCURACY"
    CONSISTENCY = "CONSISTENCY"

    @property
    def label(self) -> str:
        """The name on pages."""
        return _DIMENSIONS[self][0]

    @property
    def share(self) -> float:
        """Share in the index, 0-1."""
        return _DIMENSIONS[self][1]


_DIMENSIONS: Final[Mapping[Dimension, tuple[str, float]]] = MappingProxyType(
    {
        Dimension.COMPLETENESS: ("Kelengkapan", 0.28),
        Dimension.TIMELINESS: ("Ketepatan waktu", 0.31),
        Dimension.ACCURACY: ("Akurasi", 0.30),
        Dimension.CONSISTENCY: ("Konsistensi", 0.11),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonData:
    """What the checks look at. Codes are those of the code tables; empty or None means not on file.

    Attributes:
        jenis: kind of employment.
        today: the day of the check.
        nip: 18 digits.
        tanggal_lahir: birth date.
        jenis_kelamin: "L" or "P".
        tmt_cpns: first day as CPNS.
        tmt_pns: first day as PNS.
        tmt_pppk: first day of the present contract of a PPPK.
        jenis_jabatan: table `jenis_jabatan`.
        jabatan: code of the functional or pelaksana post.
        jenjang: level of the functional post, table `jenjang_fungsional`.
        named_as_functional: the name of the pelaksana post is the name of a functional one.
        eselon: table `eselon`.
        golongan: table `golongan`.
        tingkat_pendidikan: last education, table `tingkat_pendidikan`.
        gelar: titles before and behind the name.
        skp_years: years of which there is an SKP.
        email: personal address.
        nomor_hp: mobile number.
        nik: as on file.
        nik_valid: compared with the civil registry; None where that was never done.
        unor_active: the unit still exists.
        kedudukan_hukum: table `kedudukan_hukum`.
        bup: age of retirement, years.
        cltn_until: end of the latest leave without pay.
        jenis_pegawai: table `jenis_pegawai`, 1-19.
        instansi_induk: agency that the person belongs to.
        instansi_kerja: agency that the person works at.
    """

    jenis: JenisPegawai
    today: date
    nip: str = ""
    tanggal_lahir: date | None = None
    jenis_kelamin: str = ""
    tmt_cpns: date | None = None
    tmt_pns: date | None = None
    tmt_pppk: date | None = None
    jenis_jabatan: str = ""
    jabatan: str = ""
    jenjang: str = ""
    named_as_functional: bool = False
    eselon: str = ""
    golongan: str = ""
    tingkat_pendidikan: str = ""
    gelar: str = ""
    skp_years: frozenset[int] = field(default_factory=frozenset)
    email: str = ""
    nomor_hp: str = ""
    nik: str = ""
    nik_valid: bool | None = None
    unor_active: bool = True
    kedudukan_hukum: str = ""
    bup: int | None = None
    cltn_until: date | None = None
    jenis_pegawai: str = ""
    instansi_induk: str = ""
    instansi_kerja: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One row of the table.

    Attributes:
        key: stable name.
        dimension: part of the index.
        weight: points lost of the 100 of the dimension.
        sentence: what is wrong.
        remedy: what to do.
        group: URL slug of the group where it is put right; empty where only the agency can.
        found: whether the fault is there.
    """

    key: str
    dimension: Dimension
    weight: float
    sentence: str
    remedy: str
    group: str
    found: Callable[[PersonData], bool]


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault in one person's data; attributes as of `Check`."""

    key: str
    dimension: Dimension
    weight: float
    sentence: str
    remedy: str
    group: str


_STRUCTURAL, _FUNCTIONAL, _PELAKSANA = "1", "2", "4"
_ACTIVE: Final = "01"
_ON_LEAVE: Final = frozenset({"02", "13"})
_PPPK_POSITIONS: Final = frozenset({"71", "72"})
_OWN_AGENCY: Final = frozenset({"1", "10", "15"})
"""`jenis_pegawai` of those who work where they belong; the others are DPK or DPB."""
_DIPLOMA: Final = 20
_MIN_EDUCATION_ESELON: Final[Mapping[str, int]] = MappingProxyType({"1": 35, "2": 35, "3": 35, "4": 30})
"""Least education by the first digit of the eselon: S-1 or D-IV for JPT and administrator, D-III for pengawas
(PP 11/2017, articles 54 and 107)."""
_MIN_EDUCATION_JENJANG: Final[Mapping[str, int]] = MappingProxyType(
    {"PM": 15, "TR": 30, "MH": 30, "PY": 30, "PT": 35, "MU": 35, "MA": 35, "UT": 45}
)
"""Least education by level of the functional post (PP 11/2017, article 75 and following)."""
_MIN_GOLONGAN_JPT: Final[Mapping[str, str]] = MappingProxyType(
    {"10": "43", "11": "43", "12": "42", "21": "42", "22": "41"}
)
"""Least golongan by eselon of a JPT: one below the rank of the post (PP 13/2002, annex and article 5)."""


def _is_pns(data: PersonData) -> bool:
    return data.jenis is JenisPegawai.PNS


def _is_cpns(data: PersonData) -> bool:
    return data.jenis is JenisPegawai.CPNS


def _has_nip(data: PersonData) -> bool:
    return len(data.nip) == 18 and data.jenis is not JenisPegawai.PPT_NON_ASN


def _level(data: PersonData) -> int:
    return int(data.tingkat_pendidikan) if data.tingkat_pendidikan.isdigit() else 0


def _older_than(start: date | None, years: int, today: date) -> bool:
    return start is not None and today >= years_later(start, years)


def _skp_missing(data: PersonData) -> bool:
    if data.jenis is JenisPegawai.PPT_NON_ASN:
        return False
    start = data.tmt_cpns or data.tmt_pppk
    wanted = {data.today.year - 1, data.today.year - 2}
    return any(year not in data.skp_years and (start is None or start.year < year) for year in wanted)


def _address_faulty(data: PersonData) -> bool:
    try:
        normalise_email(data.email)
    except EmailError:
        return True
    return False


def _number_faulty(data: PersonData) -> bool:
    try:
        normalise_phone(data.nomor_hp)
    except IdentityError:
        return True
    return False


def _nik_faulty(data: PersonData) -> bool:
    try:
        normalise_nik(data.nik)
    except IdentityError:
        return True
    return data.nik_valid is False


def _past_retirement(data: PersonData) -> bool:
    """Retirement starts on the first day of the month after the birthday."""
    if data.bup is None or data.tanggal_lahir is None or data.kedudukan_hukum != _ACTIVE:
        return False
    birthday = years_later(data.tanggal_lahir, data.bup)
    starts = date(birthday.year + birthday.month // 12, birthday.month % 12 + 1, 1)
    return data.today >= starts


def _lent_out_wrongly(data: PersonData) -> bool:
    if not (data.jenis_pegawai and data.instansi_induk and data.instansi_kerja):
        return False
    return (data.jenis_pegawai in _OWN_AGENCY) != (data.instansi_induk == data.instansi_kerja)


def _education_below_eselon(data: PersonData) -> bool:
    least = _MIN_EDUCATION_ESELON.get(data.eselon[:1], 0) if data.jenis_jabatan == _STRUCTURAL else 0
    return 0 < _level(data) < least


def _education_below_jenjang(data: PersonData) -> bool:
    least = _MIN_EDUCATION_JENJANG.get(data.jenjang, 0) if data.jenis_jabatan == _FUNCTIONAL else 0
    return 0 < _level(data) < least


def _rank_below_post(data: PersonData) -> bool:
    least = _MIN_GOLONGAN_JPT.get(data.eselon)
    return _is_pns(data) and least is not None and data.golongan.isdigit() and data.golongan < least


def _contract_before_number(data: PersonData) -> bool:
    """The number of a PPPK holds the year of the first appointment; no contract starts before it."""
    if data.jenis is not JenisPegawai.PPPK or data.tmt_pppk is None or not _has_nip(data):
        return False
    return data.tmt_pppk.year < int(data.nip[8:12])


def _pppk_position_wrong(data: PersonData) -> bool:
    """The codes of PPPK and those of PNS do not mix (domain 8)."""
    if not data.kedudukan_hukum:
        return False
    return (data.jenis is JenisPegawai.PPPK) != (data.kedudukan_hukum in _PPPK_POSITIONS)


def _digits_differ(data: PersonData, start: int, end: int, expected: str) -> bool:
    return _has_nip(data) and data.nip[start:end] != expected


_C, _T, _A, _K = Dimension.COMPLETENESS, Dimension.TIMELINESS, Dimension.ACCURACY, Dimension.CONSISTENCY
_ASK: Final = "Hubungi admin instansi Anda."

CHECKS: Final = (
    Check(
        "skp",
        _C,
        20,
        "SKP dua tahun terakhir belum lengkap.",
        "Ajukan SKP tahun yang belum ada.",
        "skp",
        _skp_missing,
    ),
    Check(
        "jabatan",
        _C,
        25,
        "Jabatan fungsional atau pelaksana Anda belum tercatat dengan kode.",
        "Ajukan perubahan jabatan dan pilih jabatan dari daftar.",
        "jabatan",
        lambda data: data.jenis_jabatan in (_FUNCTIONAL, _PELAKSANA) and not data.jabatan,
    ),
    Check(
        "pendidikan",
        _C,
        20,
        "Pendidikan terakhir belum tercatat.",
        "Ajukan pendidikan terakhir beserta ijazahnya.",
        "pendidikan",
        lambda data: not data.tingkat_pendidikan,
    ),
    Check(
        "tmt_pns",
        _C,
        12.5,
        "TMT PNS belum tercatat.",
        "Lengkapi data CPNS dan PNS beserta SK PNS.",
        "cpns-pns",
        lambda data: _is_pns(data) and data.tmt_pns is None,
    ),
    Check(
        "gelar",
        _C,
        17.5,
        "Gelar belum tercatat, padahal pendidikan Anda diploma atau lebih tinggi.",
        "Ajukan perubahan pendidikan dan isi gelar sesuai ijazah.",
        "pendidikan",
        lambda data: _level(data) >= _DIPLOMA and not data.gelar.strip(),
    ),
    Check("email", _C, 2.5, "Alamat email kosong atau salah tulis.", _ASK, "", _address_faulty),
    Check("nomor_hp", _C, 2.5, "Nomor HP kosong atau salah tulis.", "Isi nomor HP.", "profil", _number_faulty),
    Check(
        "unor",
        _T,
        22.73,
        "Unit organisasi Anda sudah tidak aktif.",
        "Ajukan jabatan terakhir dengan unit organisasi yang baru.",
        "jabatan",
        lambda data: not data.unor_active,
    ),
    Check(
        "cpns_jf",
        _T,
        18.18,
        "Sudah dua tahun menjadi CPNS tanpa diangkat dalam jabatan fungsional.",
        _ASK,
        "",
        lambda data: _is_cpns(data) and data.jenis_jabatan == _FUNCTIONAL and _older_than(data.tmt_cpns, 2, data.today),
    ),
    Check(
        "cpns_lama",
        _T,
        13.64,
        "Masih tercatat sebagai CPNS setelah satu tahun.",
        "Lengkapi data CPNS dan PNS bila SK PNS sudah terbit.",
        "cpns-pns",
        lambda data: _is_cpns(data) and _older_than(data.tmt_cpns, 1, data.today),
    ),
    Check("bup", _T, 15.91, "Sudah melewati batas usia pensiun, tetapi masih aktif.", _ASK, "", _past_retirement),
    Check(
        "cltn",
        _T,
        13.64,
        "CLTN sudah berakhir, tetapi status Anda masih CLTN.",
        "Ajukan pengaktifan kembali dari CLTN.",
        "cltn",
        lambda data: data.kedudukan_hukum in _ON_LEAVE and data.cltn_until is not None and data.cltn_until < data.today,
    ),
    Check(
        "tmt_terbalik",
        _A,
        9.52,
        "TMT CPNS tercatat sesudah TMT PNS.",
        "Ajukan perubahan data CPNS dan PNS sesuai SK.",
        "cpns-pns",
        lambda data: data.tmt_cpns is not None and data.tmt_pns is not None and data.tmt_cpns > data.tmt_pns,
    ),
    Check(
        "dpk_dpb",
        _A,
        21.43,
        "Jenis pegawai (DPK atau DPB) tidak sesuai dengan instansi induk dan instansi kerja.",
        _ASK,
        "",
        _lent_out_wrongly,
    ),
    Check(
        "struktural_muda",
        _A,
        7.14,
        "Menduduki jabatan struktural dengan masa kerja kurang dari dua tahun.",
        "Periksa TMT CPNS dan jabatan terakhir Anda.",
        "jabatan",
        lambda data: (
            data.jenis_jabatan == _STRUCTURAL
            and data.tmt_cpns is not None
            and not _older_than(data.tmt_cpns, 2, data.today)
        ),
    ),
    Check(
        "kedudukan_pppk",
        _A,
        9.52,
        "Kedudukan hukum tidak sesuai dengan jenis pegawai.",
        _ASK,
        "",
        _pppk_position_wrong,
    ),
    Check("nik", _A, 4.76, "NIK kosong atau belum sesuai dengan data kependudukan.", _ASK, "", _nik_faulty),
    Check(
        "pendidikan_eselon",
        _A,
        11.9,
        "Pendidikan terakhir di bawah syarat jabatan struktural Anda.",
        "Ajukan pendidikan terakhir bila sudah lebih tinggi.",
        "pendidikan",
        _education_below_eselon,
    ),
    Check(
        "pendidikan_jf",
        _A,
        14.29,
        "Pendidikan terakhir di bawah syarat jabatan fungsional Anda.",
        "Ajukan pendidikan terakhir bila sudah lebih tinggi.",
        "pendidikan",
        _education_below_jenjang,
    ),
    Check(
        "tahun_pppk",
        _A,
        7.14,
        "TMT PPPK lebih awal daripada tahun dalam NI PPPK.",
        _ASK,
        "",
        _contract_before_number,
    ),
    Check(
        "pelaksana_jf",
        _A,
        4.76,
        "Jabatan pelaksana Anda memakai nama jabatan fungsional.",
        "Ajukan perubahan jabatan dan pilih jabatan yang benar.",
        "jabatan",
        lambda data: data.jenis_jabatan == _PELAKSANA and data.named_as_functional,
    ),
    Check(
        "pangkat_jpt",
        _A,
        9.52,
        "Golongan terakhir di bawah syarat jabatan pimpinan tinggi.",
        "Ajukan golongan terakhir bila sudah lebih tinggi.",
        "golongan",
        _rank_below_post,
    ),
    Check(
        "nip_tmt",
        _K,
        25,
        "Angka 9 sampai 14 NIP tidak sama dengan TMT CPNS.",
        "Periksa TMT CPNS pada data CPNS dan PNS.",
        "cpns-pns",
        lambda data: (
            (_is_pns(data) or _is_cpns(data))
            and data.tmt_cpns is not None
            and _digits_differ(data, 8, 14, f"{data.tmt_cpns:%Y%m}")
        ),
    ),
    Check(
        "nip_lahir",
        _K,
        25,
        "Angka 1 sampai 8 NIP tidak sama dengan tanggal lahir.",
        _ASK,
        "",
        lambda data: data.tanggal_lahir is not None and _digits_differ(data, 0, 8, f"{data.tanggal_lahir:%Y%m%d}"),
    ),
    Check(
        "nip_kelamin",
        _K,
        25,
        "Angka ke-15 NIP tidak sesuai dengan jenis kelamin.",
        _ASK,
        "",
        lambda data: (
            data.jenis_kelamin in ("L", "P") and _digits_differ(data, 14, 15, "1" if data.jenis_kelamin == "L" else "2")
        ),
    ),
    Check(
        "nip_pppk",
        _K,
        25,
        "Angka 9 sampai 12 NI PPPK tidak sama dengan tahun TMT PPPK.",
        _ASK,
        "",
        lambda data: (
            data.jenis is JenisPegawai.PPPK
            and data.tmt_pppk is not None
            and _digits_differ(data, 8, 12, f"{data.tmt_pppk:%Y}")
        ),
    ),
)
"""All checks that one person's data answers. Two people in one structural post is a question to the agency."""


def check_person(data: PersonData) -> list[Finding]:
    """Run all checks on one person.

    Args:
        data: what is on file.

    Returns:
        What is wrong, in the order of the table. What is not on file is a finding only where the check says so.
    """
    return [
        Finding(check.key, check.dimension, check.weight, check.sentence, check.remedy, check.group)
        for check in CHECKS
        if check.found(data)
    ]


def quality_index(findings: Iterable[Finding]) -> float:
    """Weigh findings into BKN's index.

    Args:
        findings: of one person.

    Returns:
        0-100, rounded to two decimals; 100 where nothing is wrong.
    """
    lost = dict.fromkeys(Dimension, 0.0)
    for finding in findings:
        lost[finding.dimension] += finding.weight
    return round(sum(dimension.share * max(0.0, 100 - points) for dimension, points in lost.items()), 2)
