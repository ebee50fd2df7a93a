"""The data that the quality checks look at, and the longer conditions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final

from mysapk_web.organisation.rules.email import EmailError, normalise_email
from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.pdm.rules.groups.common_rules import years_later
from mysapk_web.pdm.rules.identity import NUMBERS, IdentityError


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonData:
    """Codes are those of the code tables; empty or None means not on file."""

    jenis: JenisPegawai
    today: date
    nip: str = ""
    birth_date: date | None = None
    gender: str = ""
    tmt_cpns: date | None = None
    tmt_pns: date | None = None
    tmt_pppk: date | None = None
    """Start of a PPPK's current contract."""
    jenis_jabatan: str = ""
    jabatan: str = ""
    jenjang: str = ""
    named_as_functional: bool = False
    """The pelaksana post has the name of a functional one."""
    eselon: str = ""
    golongan: str = ""
    tingkat_pendidikan: str = ""
    gelar: str = ""
    skp_years: frozenset[int] = field(default_factory=frozenset)
    email: str = ""
    nomor_hp: str = ""
    nik: str = ""
    nik_valid: bool | None = None
    """Confirmed by the civil registry; None if never compared."""
    unor_active: bool = True
    kedudukan_hukum: str = ""
    bup: int | None = None
    cltn_until: date | None = None
    jenis_pegawai: str = ""
    instansi_induk: str = ""
    instansi_kerja: str = ""


STRUCTURAL, FUNCTIONAL, PELAKSANA = "1", "2", "4"
_ACTIVE: Final = "01"
ON_LEAVE: Final = frozenset({"02", "13"})
_PPPK_POSITIONS: Final = frozenset({"71", "72"})
_OWN_AGENCY: Final = frozenset({"1", "10", "15"})
"""`jenis_pegawai` of those who work where they belong; all others are DPK or DPB."""
DIPLOMA: Final = 20
_MIN_EDUCATION_ESELON: Final[Mapping[str, int]] = MappingProxyType({"1": 35, "2": 35, "3": 35, "4": 30})
"""By the first digit of the eselon: S-1 or D-IV for JPT and administrator, D-III for pengawas (PP 11/2017)."""
_MIN_EDUCATION_JENJANG: Final[Mapping[str, int]] = MappingProxyType(
    {"PM": 15, "TR": 15, "MH": 15, "PY": 15, "PT": 35, "MU": 35, "MA": 35, "UT": 35}
)
"""By level of the functional post: SLTA for keterampilan, S-1 or D-IV for keahlian (PP 11/2017)."""
_MIN_GOLONGAN_JPT: Final[Mapping[str, str]] = MappingProxyType(
    {"10": "43", "11": "43", "12": "42", "21": "42", "22": "41"}
)
"""By eselon of a JPT: one below the rank of the post (PP 13/2002, annex)."""


def is_pns(data: PersonData) -> bool:
    return data.jenis is JenisPegawai.PNS


def is_cpns(data: PersonData) -> bool:
    return data.jenis is JenisPegawai.CPNS


def _has_nip(data: PersonData) -> bool:
    number = len(data.nip) == 18 and data.nip.isascii() and data.nip.isdigit()
    return number and data.jenis is not JenisPegawai.PPT_NON_ASN


def education_level(data: PersonData) -> int:
    """Grows with the level; 0 if none."""
    return int(data.tingkat_pendidikan) if data.tingkat_pendidikan.isdecimal() else 0


def older_than(start: date | None, years: int, today: date) -> bool:
    return start is not None and today >= years_later(start, years)


def skp_missing(data: PersonData) -> bool:
    """Of the last two years, as far as the person worked the whole year."""
    if data.jenis is JenisPegawai.PPT_NON_ASN:
        return False
    start = data.tmt_cpns or data.tmt_pppk
    wanted = {data.today.year - 1, data.today.year - 2}
    return any(year not in data.skp_years and (start is None or start.year < year) for year in wanted)


def email_faulty(data: PersonData) -> bool:
    try:
        normalise_email(data.email)
    except EmailError:
        return True
    return False


def phone_faulty(data: PersonData) -> bool:
    try:
        NUMBERS["PHONE"].normalise(data.nomor_hp)
    except IdentityError:
        return True
    return False


def nik_faulty(data: PersonData) -> bool:
    """Empty, malformed, or unknown to the civil registry."""
    try:
        NUMBERS["NIK"].normalise(data.nik)
    except IdentityError:
        return True
    return data.nik_valid is False


def past_retirement(data: PersonData) -> bool:
    """Retirement starts on the first day of the month after the birthday."""
    if data.bup is None or data.birth_date is None or data.kedudukan_hukum != _ACTIVE:
        return False
    birthday = years_later(data.birth_date, data.bup)
    starts = date(birthday.year + birthday.month // 12, birthday.month % 12 + 1, 1)
    return data.today >= starts


def secondment_inconsistent(data: PersonData) -> bool:
    """DPK or DPB although both agencies are the same, or vice versa."""
    if not (data.jenis_pegawai and data.instansi_induk and data.instansi_kerja):
        return False
    return (data.jenis_pegawai in _OWN_AGENCY) != (data.instansi_induk == data.instansi_kerja)


def education_below_eselon(data: PersonData) -> bool:
    least = _MIN_EDUCATION_ESELON.get(data.eselon[:1], 0) if data.jenis_jabatan == STRUCTURAL else 0
    return 0 < education_level(data) < least


def education_below_jenjang(data: PersonData) -> bool:
    least = _MIN_EDUCATION_JENJANG.get(data.jenjang, 0) if data.jenis_jabatan == FUNCTIONAL else 0
    return 0 < education_level(data) < least


def rank_below_post(data: PersonData) -> bool:
    least = _MIN_GOLONGAN_JPT.get(data.eselon)
    return is_pns(data) and least is not None and data.golongan.isdecimal() and data.golongan < least


def contract_before_number(data: PersonData) -> bool:
    """The number of a PPPK contains the year of the first appointment; no contract starts earlier."""
    if data.jenis is not JenisPegawai.PPPK or data.tmt_pppk is None or not _has_nip(data):
        return False
    return data.tmt_pppk.year < int(data.nip[8:12])


def pppk_position_wrong(data: PersonData) -> bool:
    """Codes of PPPK and PNS don't mix."""
    if not data.kedudukan_hukum:
        return False
    return (data.jenis is JenisPegawai.PPPK) != (data.kedudukan_hukum in _PPPK_POSITIONS)


def digits_differ(data: PersonData, start: int, end: int, expected: str) -> bool:
    return _has_nip(data) and data.nip[start:end] != expected
