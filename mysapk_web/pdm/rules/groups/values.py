"""Parsing one value: from what a form sends to what is stored."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from mysapk_web.organisation.rules.dates import parse_date
from mysapk_web.organisation.rules.email import EmailError, normalise_email
from mysapk_web.pdm.rules.groups.fields import Codes, Field, FieldKind, Value
from mysapk_web.pdm.rules.identity import NUMBERS, IdentityError
from mysapk_web.platform.rules.text import INVISIBLE, fold_full_width

KEPT_LENGTH: Final = 4000
"""Characters kept of an invalid value."""
MAX_RAW: Final = 4 * KEPT_LENGTH
"""Characters examined; forms never send more, and examining takes time."""
MAX_DIGITS: Final = 12
"""Characters of a number."""
EARLIEST: Final = date(1900, 1, 1)
EARLIEST_YEAR: Final = 1945
YEARS_AHEAD: Final = 10

_WHOLE: Final = re.compile(r"-?[0-9]+")
_DECIMAL: Final = re.compile(r"-?[0-9]+(?:[.,][0-9]+)?")
# Control, private-use and unassigned characters, lone surrogates: nobody types them, PostgreSQL rejects some.
_REFUSED: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})


@dataclass(frozen=True, slots=True)
class ParsedValue:
    value: Value
    """With an error, the cleaned text, so that a draft loses nothing."""
    fault: str = ""
    """A sentence; empty if the value is valid."""


@dataclass(frozen=True, slots=True)
class ValidationContext:
    codes: Codes
    today: date
    parent: str = ""
    """Value that the code's parent has to match; empty for any."""


def parse_value(field: Field, raw: object, context: ValidationContext) -> ParsedValue:
    """None for an empty value (False for a BOOLEAN). `raw` may be of any JSON type."""
    if field.kind is FieldKind.BOOLEAN:
        return _boolean(field, raw)
    if raw is None:
        return ParsedValue(None)
    if isinstance(raw, int | float) and not isinstance(raw, bool) and field.kind in _NUMBERS:
        raw = _plain(raw)
    if not isinstance(raw, str):
        return ParsedValue(None, f"{field.label} tidak dapat dibaca. Isi kembali.")
    multiline = field.kind is FieldKind.LONG_TEXT
    text, refused = clean_text(raw[:MAX_RAW], multiline=multiline)
    if len(raw) > MAX_RAW:
        return ParsedValue(text or None, f"{field.label} terlalu panjang. Persingkat isian ini.")
    if refused:
        return ParsedValue(text or None, f"{field.label} memuat karakter yang tidak dikenal. Ketik ulang isian ini.")
    if not text:
        return ParsedValue(None)
    return _READERS[field.kind](field, text, context)


def clean_text(raw: str, *, multiline: bool) -> tuple[str, bool]:
    """NFC, no invisible characters, single spaces, trimmed.

    Returns:
        At most 4,000 characters, and whether characters were rejected.
    """
    if raw.isascii() and raw.isprintable():  # most texts: nothing invisible, no line break, nothing to compose
        return " ".join(raw.split())[:KEPT_LENGTH].strip(), False
    shown = [character for character in raw if character not in INVISIBLE]
    kept = [character for character in shown if not _is_refused(character)]
    normal = unicodedata.normalize("NFC", "".join(kept))
    lines = normal.replace("\r\n", "\n").replace("\r", "\n").split("\n") if multiline else [normal]
    tidy = "\n".join(" ".join(line.split()) for line in lines).strip()
    return tidy[:KEPT_LENGTH].strip(), len(kept) != len(shown)


def _is_refused(character: str) -> bool:
    return not character.isspace() and unicodedata.category(character) in _REFUSED


def _plain(number: int | float) -> str | None:
    """A JSON number as text; None if it is too long or not a number."""
    if isinstance(number, int):
        return str(number) if abs(number) < 10**MAX_DIGITS else None
    text = format(number, "f") if abs(number) < 10**MAX_DIGITS else ""
    return text.rstrip("0").rstrip(".") if "." in text else text or None


def _boolean(field: Field, raw: object) -> ParsedValue:
    if raw is None or isinstance(raw, bool):
        return ParsedValue(bool(raw))
    return ParsedValue(value=False, fault=f"{field.label} harus ya atau tidak. Pilih kembali.")


def _text(field: Field, text: str, _: ValidationContext) -> ParsedValue:
    if len(text) > field.max_length:
        return ParsedValue(text, f"{field.label} terlalu panjang. Isi paling banyak {field.max_length} karakter.")
    return ParsedValue(text)


def _date(field: Field, text: str, circumstances: ValidationContext) -> ParsedValue:
    day = parse_date(text)
    if day is None:
        return ParsedValue(text, f"{field.label} harus tanggal yang benar, misalnya 17-08-1990.")
    if day < EARLIEST:
        return ParsedValue(text, f"{field.label} terlalu lampau. Periksa tahunnya.")
    if not field.future and day > circumstances.today:
        return ParsedValue(text, f"{field.label} tidak boleh sesudah hari ini.")
    if day.year > circumstances.today.year + YEARS_AHEAD:
        return ParsedValue(text, f"{field.label} terlalu jauh di depan. Periksa tahunnya.")
    return ParsedValue(day.isoformat())


def _whole(field: Field, text: str, circumstances: ValidationContext) -> ParsedValue:
    folded = fold_full_width(text)
    if len(folded) > MAX_DIGITS or not _WHOLE.fullmatch(folded):
        return ParsedValue(text, f"{field.label} harus angka tanpa koma.")
    fault = _bounds(field, int(folded), circumstances)
    return ParsedValue(text, fault) if fault else ParsedValue(int(folded))


def _decimal(field: Field, text: str, circumstances: ValidationContext) -> ParsedValue:
    folded = fold_full_width(text)
    if len(folded) > MAX_DIGITS or not _DECIMAL.fullmatch(folded):
        return ParsedValue(text, f"{field.label} harus angka, misalnya 85,50.")
    number = Decimal(folded.replace(",", "."))
    exact = number.quantize(Decimal(1).scaleb(-field.decimals))
    if exact != number:
        return ParsedValue(text, f"{field.label} paling banyak {field.decimals} angka di belakang koma.")
    fault = _bounds(field, number, circumstances)
    return ParsedValue(text, fault) if fault else ParsedValue(str(exact))


def _bounds(field: Field, number: int | Decimal, circumstances: ValidationContext) -> str:
    low, high = field.minimum, field.maximum
    if field.kind is FieldKind.YEAR:
        low = EARLIEST_YEAR if low is None else low
        high = circumstances.today.year if high is None else high
    if low is not None and number < low:
        return f"{field.label} paling kecil {low}."
    if high is not None and number > high:
        return f"{field.label} paling besar {high}."
    return ""


def _code(field: Field, text: str, circumstances: ValidationContext) -> ParsedValue:
    if not circumstances.codes.exists(field.table, text):
        return ParsedValue(text, f"{field.label} tidak ada dalam daftar. Pilih kembali.")
    parent = circumstances.codes.parent(field.table, text)
    if circumstances.parent and parent and parent != circumstances.parent:
        return ParsedValue(text, f"{field.label} ini tidak sesuai dengan pilihan lain pada isian ini. Pilih kembali.")
    return ParsedValue(text)


def _email(_: Field, text: str, __: ValidationContext) -> ParsedValue:
    try:
        return ParsedValue(normalise_email(text))
    except EmailError as fault:
        return ParsedValue(text, str(fault))


def _numbered(field: Field, text: str, _: ValidationContext) -> ParsedValue:
    try:
        return ParsedValue(NUMBERS[field.kind.value].normalise(text))
    except IdentityError as fault:
        return ParsedValue(text, str(fault))


_NUMBERS: Final = frozenset({FieldKind.YEAR, FieldKind.INTEGER, FieldKind.DECIMAL})
_READERS: Final[Mapping[FieldKind, Callable[[Field, str, ValidationContext], ParsedValue]]] = MappingProxyType(
    {
        FieldKind.TEXT: _text,
        FieldKind.LONG_TEXT: _text,
        FieldKind.DATE: _date,
        FieldKind.YEAR: _whole,
        FieldKind.INTEGER: _whole,
        FieldKind.DECIMAL: _decimal,
        FieldKind.CODE: _code,
        FieldKind.EMAIL: _email,
        **{FieldKind(name): _numbered for name in NUMBERS},
    }
)
