"""NIP and NI PPPK: parsing and checking.

Sources: Perka BKN 22/2007 and 43/2007 (NIP: 8 birth date, 6 year and month of TMT CPNS, 1 gender, 3 sequence); NI PPPK:
8 birth date, 4 year of appointment, "2" and the number of the contract, 1 gender, 3 sequence.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.platform.rules.text import HYPHENS, fold_full_width, is_blank

NIP_LENGTH: Final = 18
MAX_INPUT: Final = 64
"""The grouped form has 21 characters; the rest is room for stray blanks."""
_CENTURIES: Final = ("19", "20")
"""Beginning of the birth year of anybody in service; no internal number may look like that and be impossible."""
MIN_AGE: Final = 16
MAX_AGE: Final = 75

# What a spreadsheet makes of 18 digits: "1.98501E+17" (or with a comma), or a number with decimals.
_SCIENTIFIC: Final = re.compile(r"[0-9](?:[.,][0-9]*)?[eE]\+?[0-9]{1,2}")
_DECIMALS: Final = re.compile(r"[0-9]{18}[.,]0+")
_ROUNDED_TAIL: Final = "000"


class NipFault(StrEnum):
    EMPTY = "EMPTY"
    TOO_LONG = "TOO_LONG"
    CHARACTER = "CHARACTER"
    LENGTH = "LENGTH"
    SPREADSHEET = "SPREADSHEET"
    BIRTH_DATE = "BIRTH_DATE"
    AGE = "AGE"
    TMT_YEAR = "TMT_YEAR"
    TMT_MONTH = "TMT_MONTH"
    KIND = "KIND"
    GENDER = "GENDER"


class NipError(ValueError):
    """`str()` is a sentence for the user and never repeats what was typed."""

    def __init__(self, code: NipFault, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class NipKind(StrEnum):
    """INTERNAL numbers are assigned by the system and carry no information."""

    PNS = "PNS"
    PPPK = "PPPK"
    INTERNAL = "INTERNAL"


@dataclass(frozen=True, slots=True)
class Nip:
    value: str
    kind: NipKind
    birth_date: date | None = None
    tmt_year: int | None = None
    tmt_month: int | None = None
    gender: str | None = None
    sequence: int | None = None

    @property
    def grouped(self) -> str:
        """The printed form, 8-6-1-3; an internal number in one piece."""
        if self.kind is NipKind.INTERNAL:
            return self.value
        return f"{self.value[:8]} {self.value[8:14]} {self.value[14]} {self.value[15:]}"


def normalise_nip(text: str) -> str:
    """18 digits from what people type, paste or import; raises NipError (EMPTY, TOO_LONG, SPREADSHEET, CHARACTER, LENGTH).

    Blanks, dots, hyphens and invisible characters are ignored, full-width digits folded, digits of other scripts refused.
    No number ends in 000 (sequences start at 001), so that ending betrays a spreadsheet, which keeps 15 digits.
    """
    if len(text) > MAX_INPUT:
        raise NipError(NipFault.TOO_LONG, "Isian NIP terlalu panjang. Isi hanya 18 angka NIP.")
    if len(text) == NIP_LENGTH and text.isascii() and text.isdigit() and not text.endswith(_ROUNDED_TAIL):
        return text  # fast path: files have a hundred thousand of them
    visible = fold_full_width("".join(character for character in text if not is_blank(character)))
    if not visible:
        raise NipError(NipFault.EMPTY, "Isi NIP, 18 angka.")
    if _SCIENTIFIC.fullmatch(visible) or _DECIMALS.fullmatch(visible):
        raise _spreadsheet_damage()
    digits = "".join(character for character in visible if character != "." and character not in HYPHENS)
    if not (digits.isascii() and digits.isdigit()):
        raise NipError(
            NipFault.CHARACTER,
            "NIP hanya terdiri dari angka 0 sampai 9. Hapus huruf dan tanda lain dari isian.",
        )
    if len(digits) != NIP_LENGTH:
        raise NipError(
            NipFault.LENGTH,
            f"NIP terdiri dari 18 angka, isian ini {len(digits)} angka. Periksa kembali NIP Anda.",
        )
    if digits.endswith(_ROUNDED_TAIL):
        raise _spreadsheet_damage()
    return digits


def parse_nip(text: str, *, jenis: JenisPegawai, today: date) -> Nip:
    """Check a NIP against the employment on file. Raises NipError; the internal number of a PPT Non-ASN is not taken apart."""
    if jenis is JenisPegawai.PPT_NON_ASN:
        # As in the login form: everybody employed can type their own number there.
        return Nip(parse_typed_nip(text, today=today), NipKind.INTERNAL)
    value = normalise_nip(text)
    birth_date = _birth_date(value, today)
    kind = _kind(value, jenis)
    return Nip(
        value,
        kind,
        birth_date=birth_date,
        tmt_year=_tmt_year(value, birth_date, today),
        tmt_month=int(value[12:14]) if kind is NipKind.PNS else None,
        gender=_gender(value),
        sequence=int(value[15:]),
    )


def parse_typed_nip(text: str, *, today: date) -> str:
    """Refuse a typed NIP that nobody can have. Raises NipError.

    Numbers of PNS and PPPK begin with the century of a birth; anything else may be an internal number and is not taken apart.
    Age is not checked: it passes, and the number stays.
    """
    value = normalise_nip(text)
    if value.startswith(_CENTURIES):
        birth_date = _date_of_birth(value)
        if birth_date.year + MIN_AGE > today.year:
            raise _no_birth_date()
        _kind_of(value)
        _tmt_year(value, birth_date, today)
        _gender(value)
    return value


def birth_date_in(digits: str) -> date | None:
    """The date the first eight digits spell, of any number; None if they spell none."""
    head = digits[:8]
    if not (len(head) == 8 and head.isascii() and head.isdigit()):
        return None
    try:
        return date(int(head[:4]), int(head[4:6]), int(head[6:]))
    except ValueError:
        return None


def _spreadsheet_damage() -> NipError:
    return NipError(
        NipFault.SPREADSHEET,
        "NIP ini tampaknya dibulatkan oleh aplikasi lembar kerja seperti Excel. "
        "Ubah kolom NIP menjadi format Teks, lalu isi kembali NIP dari data asli.",
    )


def _date_of_birth(value: str) -> date:
    birth_date = birth_date_in(value)
    if birth_date is None:
        raise _no_birth_date()
    return birth_date


def _no_birth_date() -> NipError:
    return NipError(
        NipFault.BIRTH_DATE,
        "Angka 1 sampai 8 NIP harus tanggal lahir: tahun, bulan, lalu tanggal. Periksa angka itu.",
    )


def _birth_date(value: str, today: date) -> date:
    birth_date = _date_of_birth(value)
    before_birthday = (today.month, today.day) < (birth_date.month, birth_date.day)
    age = today.year - birth_date.year - before_birthday
    if not MIN_AGE <= age <= MAX_AGE:
        raise NipError(
            NipFault.AGE,
            f"Tanggal lahir dalam NIP tidak sesuai dengan usia pegawai ({MIN_AGE} sampai {MAX_AGE} tahun). "
            "Periksa angka 1 sampai 8.",
        )
    return birth_date


def _kind_of(value: str) -> NipKind:
    marker = int(value[12:14])
    if 1 <= marker <= 12:
        return NipKind.PNS
    if 21 <= marker <= 29:
        return NipKind.PPPK
    raise NipError(
        NipFault.TMT_MONTH,
        "Angka ke-13 dan ke-14 NIP harus bulan 01 sampai 12, atau 21 sampai 29 untuk PPPK. Periksa kedua angka itu.",
    )


def _kind(value: str, jenis: JenisPegawai) -> NipKind:
    kind = _kind_of(value)
    owner = "PPPK" if kind is NipKind.PPPK else "PNS atau CPNS"
    expected = NipKind.PPPK if jenis is JenisPegawai.PPPK else NipKind.PNS
    if kind is not expected:
        raise NipError(
            NipFault.KIND,
            f"Susunan nomor ini milik {owner}, sedangkan jenis pegawai tercatat {jenis.label}. "
            "Periksa angka ke-13 dan ke-14, atau jenis pegawainya.",
        )
    return kind


def _tmt_year(value: str, birth_date: date, today: date) -> int:
    year = int(value[8:12])
    if not birth_date.year + MIN_AGE <= year <= today.year:
        raise NipError(
            NipFault.TMT_YEAR,
            f"Tahun pengangkatan dalam NIP harus antara {birth_date.year + MIN_AGE} dan {today.year}. "
            "Periksa angka 9 sampai 12.",
        )
    return year


def _gender(value: str) -> str:
    genders = {"1": "L", "2": "P"}
    if value[14] not in genders:
        raise NipError(NipFault.GENDER, "Angka ke-15 NIP harus 1 (laki-laki) atau 2 (perempuan). Periksa angka itu.")
    return genders[value[14]]
