"""What one row says of a person, checked as far as it can be without the database."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from mysapk_web.accounts.email_replacement import MAX_RAW
from mysapk_web.organisation.rules.email import EmailError, normalise_email
from mysapk_web.organisation.rules.nip import Nip, NipError, normalise_nip, parse_nip
from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.platform.rules.text import INVISIBLE, is_blank
from mysapk_web.platform.spreadsheet_reader import Row
from mysapk_web.platform.tabular import RowError

_LONGEST: Final = {
    "nama": 200,
    "gelar_depan": 40,
    "gelar_belakang": 80,
    "instansi_nama": 200,
    "unor": 40,
    "unor_nama": 200,
}
_JENIS: Final = {
    "pns": JenisPegawai.PNS,
    "cpns": JenisPegawai.CPNS,
    "pppk": JenisPegawai.PPPK,
    "p3k": JenisPegawai.PPPK,
    "pptnonasn": JenisPegawai.PPT_NON_ASN,
}
_GENDERS: Final = {
    "l": "L",
    "1": "L",
    "laki-laki": "L",
    "laki laki": "L",
    "pria": "L",
    "p": "P",
    "2": "P",
    "perempuan": "P",
    "wanita": "P",
}
_YES: Final = frozenset({"ya", "y", "1", "true", "sudah", "disetujui"})
_NO: Final = frozenset({"tidak", "t", "0", "false", "belum", "n"})
_DATES: Final = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%Y/%m/%d", "%d.%m.%Y", "%Y%m%d")


@dataclass(frozen=True, slots=True)
class Email:
    """An address of a row.

    Attributes:
        raw: As written in the file, blanks included.
        trimmed: Blanks or unseen characters stood around or in it.
    """

    raw: str = field(repr=False)
    key: str = field(repr=False)
    trimmed: bool


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person as a row tells it. None or "" where the row says nothing."""

    line: int
    nip: str
    nama: str
    jenis: JenisPegawai | None
    email: Email | None
    gelar_depan: str
    gelar_belakang: str
    tanggal_lahir: date | None
    jenis_kelamin: str
    disetujui: bool | None
    row: Row = field(repr=False)


def nip_of(row: Row) -> str:
    """The NIP of a row.

    Raises:
        RowError: Malformed, or damaged by a spreadsheet.
    """
    if "nip" in row.numbers:
        raise RowError(_NUMBER_CELL)
    try:
        return normalise_nip(row.text("nip"))
    except NipError as error:
        raise RowError(str(error)) from None


_NUMBER_CELL: Final = (
    "Sel NIP berisi angka, bukan teks, sehingga digit terakhirnya sudah hilang. "
    "Ubah kolom NIP menjadi format Teks, lalu isi kembali NIP dari data asli."
)


def email_of(row: Row) -> Email | None:
    """The address of a row; None when the cell is blank.

    Raises:
        RowError: Not an address.
    """
    raw = row.cells.get("email", "")
    if all(is_blank(character) for character in raw):
        return None
    try:
        key = normalise_email(raw)
    except EmailError as error:
        raise RowError(str(error)) from None
    blanks = is_blank(raw[0]) or is_blank(raw[-1]) or any(character in INVISIBLE for character in raw)
    return Email(raw if len(raw) <= MAX_RAW else key, key, trimmed=blanks)


def person_of(row: Row) -> PersonRow:
    """Everything a row says.

    Args:
        row: From a file with at least the columns nip and nama.

    Raises:
        RowError: With the first thing that is wrong.
    """
    nip = nip_of(row)
    nama = " ".join(row.text("nama").split())
    if not nama:
        raise RowError("Nama kosong. Isi kolom nama.")
    for column, longest in _LONGEST.items():
        if len(row.text(column)) > longest:
            raise RowError(f"Isi kolom {column} terlalu panjang. Isi paling banyak {longest} karakter.")
    return PersonRow(
        line=row.line,
        nip=nip,
        nama=nama,
        jenis=_jenis(row.text("jenis")),
        email=email_of(row),
        gelar_depan=row.text("gelar_depan"),
        gelar_belakang=row.text("gelar_belakang"),
        tanggal_lahir=_date(row.text("tanggal_lahir")),
        jenis_kelamin=_gender(row.text("jenis_kelamin")),
        disetujui=_yes_or_no(row.text("disetujui")),
        row=row,
    )


def structure_of(nip: str, jenis: JenisPegawai, today: date) -> Nip:
    """Check a number against the kind of employment.

    Raises:
        RowError: They don't fit.
    """
    try:
        return parse_nip(nip, jenis=jenis, today=today)
    except NipError as error:
        raise RowError(str(error)) from None


def _jenis(text: str) -> JenisPegawai | None:
    if not text:
        return None
    found = _JENIS.get(re.sub(r"[\W_]+", "", text.casefold()))
    if found is None:
        raise RowError("Jenis pegawai tidak dikenal. Isi kolom jenis dengan PNS, CPNS, PPPK, atau PPT Non-ASN.")
    return found


def _gender(text: str) -> str:
    if text and text.casefold() not in _GENDERS:
        raise RowError("Jenis kelamin tidak dikenal. Isi kolom jenis_kelamin dengan L atau P.")
    return _GENDERS.get(text.casefold(), "")


def _yes_or_no(text: str) -> bool | None:
    if not text:
        return None
    if text.casefold() in _YES | _NO:
        return text.casefold() in _YES
    raise RowError("Isi kolom disetujui dengan ya atau tidak.")


def _date(text: str) -> date | None:
    if not text:
        return None
    for form in _DATES:
        try:
            return datetime.strptime(text[:10], form).date()  # noqa: DTZ007  a day has no zone
        except ValueError:
            continue
    raise RowError("Tanggal lahir tidak dapat dibaca. Isi seperti 1985-03-15 atau 15-03-1985.")
