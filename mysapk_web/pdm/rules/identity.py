"""Identity numbers (NIK, KK, NPWP, BPJS Kesehatan), telephone numbers and postcodes: one spelling each.

python-stdnum reads the birth date in a NIK and checks the NPWP. Its list of places is older than the provinces of
Kalimantan Utara and Papua, so the province is checked here.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from stdnum import luhn
from stdnum.exceptions import ValidationError
from stdnum.id import nik as nik_number

from mysapk_web.platform.rules.text import HYPHENS, fold_full_width, is_blank

MAX_INPUT: Final = 64
"""Longest text looked at; the longest number has 16 digits and some dots."""
PROVINCES: Final = frozenset(
    {*range(11, 20), 21, *range(31, 37), 51, 52, 53, *range(61, 66), *range(71, 77), 81, 82, *range(91, 97)}
)
"""Province codes of the Ministry of Home Affairs, the first two digits of a NIK and of a KK (38 provinces)."""

_FEMALE_OFFSET: Final = 40


class IdentityError(ValueError):
    """Not such a number. `str()` is a sentence for the user and never repeats what was typed."""


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """One kind of number.

    Attributes:
        lengths: Digits it may have; empty if a check says it.
        checks: What the digits have to meet, in this order, each with the sentence shown when they don't.
        telephone: Brackets and +62 are accepted; the result starts with 0.
    """

    name: str
    lengths: tuple[int, ...]
    checks: tuple[tuple[Callable[[str], object], str], ...] = ()
    telephone: bool = False

    def normalise(self, text: str) -> str:
        """The digits alone: blanks, dots, hyphens and full-width forms are what people paste.

        Raises:
            IdentityError: What to correct.
        """
        digits = _domestic(text, self.name) if self.telephone else _digits(text, self.name)
        if self.lengths and len(digits) not in self.lengths:
            lengths = " atau ".join(map(str, self.lengths))
            raise IdentityError(f"{self.name} terdiri dari {lengths} angka, isian ini {len(digits)} angka.")
        for is_met, sentence in self.checks:
            if not is_met(digits):
                raise IdentityError(sentence)
        return digits


def _has_province(digits: str) -> bool:
    return int(digits[:2]) in PROVINCES


def _has_birth_date(nik: str) -> bool:
    try:
        nik_number.get_birth_date(nik)
    except ValidationError:
        return False
    return True


def _is_serial(nik: str) -> bool:
    return not nik.endswith("0000")


def _is_old_npwp(npwp: str) -> bool:
    """15 digits, or since 1 July 2024 the same behind a 0; the other 16-digit form is the NIK."""
    return len(npwp) == 15 or npwp.startswith("0")


def _is_nik(digits: str) -> bool:
    return _has_birth_date(digits) and _has_province(digits) and _is_serial(digits)


NUMBERS: Final[Mapping[str, NumberFormat]] = MappingProxyType(
    {
        # 6 digits of place, 6 of birth date with 40 added to the day for women, 4 of serial from 0001.
        "NIK": NumberFormat(
            "NIK",
            (16,),
            (
                (_has_birth_date, "Angka 7 sampai 12 NIK harus tanggal lahir. Periksa kembali dengan KTP."),
                (_has_province, "Dua angka pertama NIK bukan kode provinsi. Periksa kembali dengan KTP."),
                (
                    _is_serial,
                    (
                        "Empat angka terakhir NIK tidak boleh 0000. "
                        "Salin NIK dari KTP, bukan dari lembar kerja seperti Excel."
                    ),
                ),
            ),
        ),
        "KK": NumberFormat(
            "Nomor KK",
            (16,),
            (
                (
                    _has_province,
                    "Dua angka pertama nomor KK bukan kode provinsi. Periksa kembali dengan Kartu Keluarga.",
                ),
            ),
        ),
        "NPWP": NumberFormat(
            "NPWP",
            (15, 16),
            (
                (
                    lambda digits: _is_old_npwp(digits) or _is_nik(digits),
                    "NPWP 16 angka sama dengan NIK Anda. Periksa kembali dengan KTP.",
                ),
                (
                    lambda digits: not _is_old_npwp(digits) or luhn.is_valid(digits[-15:][:9]),
                    "NPWP ini tidak benar: angka pemeriksanya tidak cocok. Periksa kembali dengan kartu NPWP.",
                ),
            ),
        ),
        "BPJS": NumberFormat("Nomor BPJS Kesehatan", (13,)),
        "PHONE": NumberFormat(
            "Nomor HP",
            (),
            (
                (
                    re.compile(r"08[0-9]{8,12}").fullmatch,
                    "Nomor HP diawali 08 dan terdiri dari 10 sampai 14 angka, misalnya 081234567890.",
                ),
            ),
            telephone=True,
        ),
        "TELEPHONE": NumberFormat(
            "Nomor telepon",
            (),
            (
                (
                    re.compile(r"0[1-9][0-9]{5,12}").fullmatch,
                    "Nomor telepon diawali kode wilayah, misalnya 0211234567.",
                ),
            ),
            telephone=True,
        ),
        "POSTCODE": NumberFormat(
            "Kode pos",
            (),
            ((re.compile(r"[1-9][0-9]{4}").fullmatch, "Kode pos terdiri dari 5 angka, misalnya 36513."),),
        ),
    }
)
"""By the name of its field kind."""


def nik_warning(nik: str, *, birth_date: date | None, gender: str) -> str | None:
    """A sentence if a NIK does not match a birth date (None is not compared) and a gender ("L" or "P").

    A NIK is permanent and is not changed when a birth date is corrected, so this never refuses anything.
    """
    day = int(nik[6:8])
    if gender in ("L", "P") and (day > _FEMALE_OFFSET) != (gender == "P"):
        return "NIK ini tidak sesuai dengan jenis kelamin pada data. Periksa kembali dengan KTP."
    if birth_date is None:
        return None
    if f"{day % _FEMALE_OFFSET:02d}{nik[8:12]}" != f"{birth_date:%d%m%y}":
        return (
            "NIK ini memuat tanggal lahir yang berbeda dari data. Periksa kembali dengan KTP; "
            "NIK tidak berubah bila tanggal lahir pernah diperbaiki."
        )
    return None


def _digits(text: str, name: str) -> str:
    if len(text) > MAX_INPUT:
        raise IdentityError(f"{name} terlalu panjang. Isi hanya angkanya.")
    folded = fold_full_width("".join(character for character in text if not is_blank(character)))
    digits = "".join(character for character in folded if character != "." and character not in HYPHENS)
    if not digits:
        raise IdentityError(f"{name} belum diisi.")
    if not (digits.isascii() and digits.isdigit()):
        raise IdentityError(f"{name} hanya terdiri dari angka 0 sampai 9. Hapus huruf dan tanda lain.")
    return digits


def _domestic(text: str, name: str) -> str:
    """The digits of a telephone number, with 0 in place of the country code."""
    bare = fold_full_width(text[: MAX_INPUT + 1]).translate({ord(sign): None for sign in "()"}).strip()
    digits = _digits(bare.removeprefix("+"), name)
    if bare.startswith("+") and not digits.startswith("62"):
        raise IdentityError(f"{name} harus nomor Indonesia, diawali 0 atau +62.")
    return f"0{digits[2:]}" if digits.startswith("62") else digits
