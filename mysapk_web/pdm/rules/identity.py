"""NIK, KK, NPWP, BPJS Kesehatan and telephone numbers: one spelling each, and what is wrong with the rest.

Formats: `reference/domain.md` 9.1. python-stdnum reads the birth date in a NIK and checks the NPWP. Its list of places
is older than the provinces of Kalimantan Utara and Papua, so the province is checked here.
"""

import re
from collections.abc import Callable, Mapping
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
_ROUNDED_TAIL: Final = "0000"


class IdentityError(ValueError):
    """A text that is not such a number. `str()` is a sentence for the user and never repeats what was typed."""


def normalise_nik(text: str) -> str:
    """Read a NIK (16 digits: 6 place, 6 birth date with day + 40 for women, 4 serial from 0001).

    Raises:
        IdentityError: what to correct.
    """
    digits = _sixteen_digits(text, "NIK")
    try:
        nik_number.get_birth_date(digits)
    except ValidationError:
        raise IdentityError("Angka 7 sampai 12 NIK harus tanggal lahir. Periksa kembali dengan KTP.") from None
    if int(digits[:2]) not in PROVINCES:
        raise IdentityError("Dua angka pertama NIK bukan kode provinsi. Periksa kembali dengan KTP.")
    if digits.endswith(_ROUNDED_TAIL):
        raise IdentityError(
            "Empat angka terakhir NIK tidak boleh 0000. Salin NIK dari KTP, bukan dari lembar kerja seperti Excel."
        )
    return digits


def normalise_kk(text: str) -> str:
    """Read the number of a family card (16 digits, the first two a province).

    Raises:
        IdentityError: what to correct.
    """
    digits = _sixteen_digits(text, "Nomor KK")
    if int(digits[:2]) not in PROVINCES:
        raise IdentityError("Dua angka pertama nomor KK bukan kode provinsi. Periksa kembali dengan Kartu Keluarga.")
    return digits


def normalise_npwp(text: str) -> str:
    """Read an NPWP: 15 digits of the old form, or 16 of the form of 1 July 2024 (the NIK, or 0 and the old form).

    Returns:
        15 or 16 digits, as written on the card.

    Raises:
        IdentityError: what to correct.
    """
    digits = _digits(text, "NPWP")
    if len(digits) not in (15, 16):
        raise IdentityError(f"NPWP terdiri dari 15 atau 16 angka, isian ini {len(digits)} angka.")
    if len(digits) == 16 and not digits.startswith("0"):
        try:
            return normalise_nik(digits)
        except IdentityError:
            raise IdentityError("NPWP 16 angka sama dengan NIK Anda. Periksa kembali dengan KTP.") from None
    if not luhn.is_valid(digits[-15:][:9]):
        raise IdentityError("NPWP ini tidak benar: angka pemeriksanya tidak cocok. Periksa kembali dengan kartu NPWP.")
    return digits


def normalise_bpjs(text: str) -> str:
    """Read a number of BPJS Kesehatan (13 digits).

    Raises:
        IdentityError: what to correct.
    """
    digits = _digits(text, "Nomor BPJS Kesehatan")
    if len(digits) != 13:
        raise IdentityError(f"Nomor BPJS Kesehatan terdiri dari 13 angka, isian ini {len(digits)} angka.")
    return digits


def normalise_phone(text: str) -> str:
    """Read an Indonesian mobile number, with 0, 62 or +62 in front.

    Raises:
        IdentityError: what to correct.
    """
    number = _domestic(text, "Nomor HP")
    if not re.fullmatch(r"08[0-9]{8,12}", number):
        raise IdentityError("Nomor HP diawali 08 dan terdiri dari 10 sampai 14 angka, misalnya 081234567890.")
    return number


def normalise_telephone(text: str) -> str:
    """Read a telephone number with its area code; mobile numbers pass, too.

    Raises:
        IdentityError: what to correct.
    """
    number = _domestic(text, "Nomor telepon")
    if not re.fullmatch(r"0[1-9][0-9]{5,12}", number):
        raise IdentityError("Nomor telepon diawali kode wilayah, misalnya 0211234567.")
    return number


def normalise_postcode(text: str) -> str:
    """Read a postcode (five digits, not starting with 0).

    Raises:
        IdentityError: what to correct.
    """
    digits = _digits(text, "Kode pos")
    if not re.fullmatch(r"[1-9][0-9]{4}", digits):
        raise IdentityError("Kode pos terdiri dari 5 angka, misalnya 36513.")
    return digits


NORMALISERS: Final[Mapping[str, Callable[[str], str]]] = MappingProxyType(
    {
        "NIK": normalise_nik,
        "KK": normalise_kk,
        "NPWP": normalise_npwp,
        "BPJS": normalise_bpjs,
        "PHONE": normalise_phone,
        "TELEPHONE": normalise_telephone,
        "POSTCODE": normalise_postcode,
    }
)
"""Reader of each kind of number, by the name of its field kind."""


def nik_warning(nik: str, *, birth_date: date | None, gender: str) -> str | None:
    """Compare a NIK with a birth date and a gender.

    A NIK is permanent and is not changed when a birth date is corrected (domain 9.1), so a mismatch is a reason
    to look again, never a refusal.

    Returns:
        A sentence, or None where nothing speaks against the number.
    """
    day = int(nik[6:8])
    if gender in ("L", "P") and (day > _FEMALE_OFFSET) != (gender == "P"):
        return "NIK ini tidak sesuai dengan jenis kelamin pada data. Periksa kembali dengan KTP."
    if birth_date is None:
        return None
    expected = f"{birth_date:%d%m%y}"
    if f"{day % _FEMALE_OFFSET:02d}{nik[8:12]}" != expected:
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


def _sixteen_digits(text: str, name: str) -> str:
    digits = _digits(text, name)
    if len(digits) != 16:
        raise IdentityError(f"{name} terdiri dari 16 angka, isian ini {len(digits)} angka.")
    return digits


def _domestic(text: str, name: str) -> str:
    """Digits of a telephone number with the country code turned into 0."""
    bare = fold_full_width(text[: MAX_INPUT + 1]).translate({ord(sign): None for sign in "()"}).strip()
    abroad = bare.startswith("+")
    digits = _digits(bare.removeprefix("+"), name)
    if abroad and not digits.startswith("62"):
        raise IdentityError(f"{name} harus nomor Indonesia, diawali 0 atau +62.")
    return f"0{digits[2:]}" if digits.startswith("62") else digits
