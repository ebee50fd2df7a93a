"""The password policy (NIST SP 800-63B-4; ASVS 5.0, 6.1.2, 6.2.4, 6.2.8 to 6.2.12).

The published rule asks for six characters, one capital and one digit. What protects short passwords is what is rejected beyond it:
personal words and common passwords.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from zxcvbn_rs_py import zxcvbn

from mysapk_web.platform.rules.text import data_lines

MAX_LENGTH: Final = 128
"""Longest password, in code points of the canonical form."""

# Four typed code points can make one canonical one. The limit also bounds the cost of normalising, which grows
# with the square of a run of accents.
_MAX_TYPED: Final = 4 * MAX_LENGTH
# The estimator's cost explodes with look-alike signs (0.7 s for 100 characters, 0.05 s for 32). A random text
# of 32 characters has the best score anyway.
_ESTIMATED: Final = 32
# A password within an attacker's first guesses, this many, is common. Of random passwords that fit the policy, one in
# two hundred is refused at six characters and hardly any at eight.
_COMMON_GUESSES: Final = 100_000
_SHORTEST_NAME_PART: Final = 4
_NIP_RUN: Final = 8
_PORTAL_NAMES: Final = ("mysapk", "sapk", "myasn", "siasn")
_MONTHS: Final = (
    ("januari", "jan"),
    ("februari", "pebruari", "feb", "peb"),
    ("maret", "mar"),
    ("april", "apr"),
    ("mei",),
    ("juni", "jun"),
    ("juli", "jul"),
    ("agustus", "agu", "ags", "agt"),
    ("september", "sep"),
    ("oktober", "okt"),
    ("november", "nopember", "nov", "nop"),
    ("desember", "des"),
)
_EDGES: Final = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_COMMON: Final = frozenset(data_lines(__package__, "common_passwords.txt"))
# 1 and ! are read as i and as l: both spellings are in use.
_LOOK_ALIKES: Final = (str.maketrans("@430157$!", "aaeoistsi"), str.maketrans("@430157$!", "aaeolstsl"))


class PasswordFault(StrEnum):
    TOO_SHORT = "TOO_SHORT"
    TOO_LONG = "TOO_LONG"
    NO_CAPITAL = "NO_CAPITAL"
    NO_DIGIT = "NO_DIGIT"
    CONTEXT = "CONTEXT"
    COMMON = "COMMON"


_SENTENCES: Final = {
    PasswordFault.TOO_SHORT: "Password terlalu pendek. Gunakan paling sedikit {minimum} karakter.",
    PasswordFault.TOO_LONG: "Password terlalu panjang. Gunakan paling banyak {maximum} karakter.",
    PasswordFault.NO_CAPITAL: "Password belum memuat huruf besar. Tambahkan satu huruf besar (A-Z).",
    PasswordFault.NO_DIGIT: "Password belum memuat angka. Tambahkan satu angka (0-9).",
    PasswordFault.CONTEXT: "Password memuat data diri Anda atau nama portal. "
    "Jangan gunakan NIP, tanggal lahir, nama, alamat email, atau nama portal.",
    PasswordFault.COMMON: "Password ini mudah ditebak karena sering dipakai orang. "
    "Gabungkan beberapa kata yang tidak berhubungan, atau gunakan huruf dan angka acak.",
}
_STRENGTH_LABELS: Final = ("sangat lemah", "lemah", "cukup", "kuat", "sangat kuat")


@dataclass(frozen=True)
class PasswordContext:
    """What is known of the person and must not occur in the password; hidden in the repr."""

    nip: str = field(repr=False)
    name: str = field(repr=False)
    birth_date: date | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Strength:
    """Score 0 to 4 and its Indonesian name."""

    score: int
    label: str


def canonical(password: str) -> str:
    """The form that is measured and hashed (NIST SP 800-63B-4: NFKC), always encodable as UTF-8.

    Nothing is cut or trimmed. Text too long for a password stays as it is: no stored password equals it.
    """
    encodable = password.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return unicodedata.normalize("NFKC", encodable) if len(encodable) <= _MAX_TYPED else encodable


def check_password(password: str, context: PasswordContext, *, minimum: int) -> list[PasswordFault]:
    """Every fault, in the order of `PasswordFault`."""
    text = canonical(password)
    if len(text) > MAX_LENGTH:
        return [PasswordFault.TOO_LONG]
    broken = {
        PasswordFault.TOO_SHORT: len(text) < minimum,
        PasswordFault.NO_CAPITAL: not any(character.isupper() for character in text),
        PasswordFault.NO_DIGIT: not any(character.isdecimal() for character in text),
        PasswordFault.CONTEXT: _contains_context(text, context),
        PasswordFault.COMMON: _is_common(text),
    }
    return [fault for fault in PasswordFault if broken.get(fault)]


def fault_sentence(fault: PasswordFault, *, minimum: int) -> str:
    return _SENTENCES[fault].format(minimum=minimum, maximum=MAX_LENGTH)


def strength(password: str, context: PasswordContext) -> Strength:
    """Only the first 32 characters are estimated, so the work is bounded.

    A password that the policy rejects as common or personal is "lemah" at best: the meter never praises what the next click rejects.
    """
    text = canonical(password)[:MAX_LENGTH]
    score = int(zxcvbn(text[:_ESTIMATED], sorted(_context_words(context))).score)
    if _contains_context(text, context) or _is_common(text):
        score = min(score, 1)
    return Strength(score, _STRENGTH_LABELS[score])


def _is_common(text: str) -> bool:
    whole = text.casefold()
    bare = _EDGES.sub("", whole)
    spellings = {whole, bare, *(form.translate(table) for form in (whole, bare) for table in _LOOK_ALIKES)}
    if not _COMMON.isdisjoint(spellings):
        return True
    return 0 < len(text) <= _ESTIMATED and zxcvbn(text, []).guesses < _COMMON_GUESSES


def _contains_context(text: str, context: PasswordContext) -> bool:
    folded = _fold(text)
    readings = {"".join(c for c in reading if c.isalnum()) for reading in _readings(folded)}
    return any(word in reading for word in _context_words(context) for reading in readings)


def _readings(folded: str) -> Iterable[str]:
    yield folded
    for table in _LOOK_ALIKES:
        yield folded.translate(table)


def _context_words(context: PasswordContext) -> set[str]:
    digits = "".join(c for c in context.nip if c.isdigit())
    runs = {digits[start : start + _NIP_RUN] for start in range(len(digits) - _NIP_RUN + 1)}
    local = (context.email or "").rpartition("@")[0] or (context.email or "")
    names = re.findall(r"[^\W\d_]+", _fold(context.name))
    mailbox = [*re.findall(r"[^\W_]+", _fold(local)), "".join(c for c in _fold(local) if c.isalnum())]
    words = {word for word in (*names, *mailbox) if len(word) >= _SHORTEST_NAME_PART}
    return words | runs | set(_PORTAL_NAMES) | set(_date_spellings(context.birth_date))


def _date_spellings(born: date | None) -> Iterable[str]:
    """Without separators: they are taken out of the password, too."""
    if born is None:
        return
    day, month, year = f"{born.day:02}", f"{born.month:02}", f"{born.year:04}"
    for years in (year, year[2:]):
        yield from (day + month + years, month + day + years, years + month + day)
        for name in _MONTHS[born.month - 1]:
            yield from (day + name + years, f"{born.day}{name}{years}", years + name + day)
    yield f"{born.day}{born.month}{year}"


def _fold(text: str) -> str:
    """Lower case without accents, so that "Élisa" is found in "elisa7K"."""
    decomposed = unicodedata.normalize("NFKD", canonical(text).casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))
