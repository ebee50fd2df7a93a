"""What people paste: invisible characters, full-width forms, dashes."""

from collections.abc import Iterator
from importlib.resources import files
from typing import Final

INVISIBLE: Final = frozenset(
    chr(point)
    for point in (
        0x00AD,  # soft hyphen
        0x180E,  # Mongolian vowel separator
        *range(0x200B, 0x2010),  # zero-width space, joiners, left-to-right and right-to-left marks
        *range(0x202A, 0x202F),  # bidirectional embedding
        *range(0x2060, 0x2065),  # word joiner and invisible operators
        *range(0x2066, 0x206A),  # bidirectional isolates
        0xFEFF,  # byte order mark
    )
)
"""Zero-width characters, picked up when copying from a chat, a PDF or a spreadsheet."""

HYPHENS: Final = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63")
"""The hyphen-minus and its variants in word processors."""

_FULL_WIDTH: Final = {point: point - 0xFEE0 for point in range(0xFF01, 0xFF5F)}


def fold_full_width(text: str) -> str:
    """Turn full-width forms into ASCII. NFKC would also fold superscripts and circled digits, which nobody types by accident."""
    return text.translate(_FULL_WIDTH)


def is_blank(character: str) -> bool:
    """Whether a character shows nothing: a blank of any script, or an invisible one."""
    return character.isspace() or character in INVISIBLE


def in_sentence(label: str) -> str:
    """A label in lower case, except abbreviations (SKP, CPNS)."""
    words = label.split(" ")
    return " ".join(word if sum(letter.isupper() for letter in word) > 1 else word.lower() for word in words)


def collapse_blanks(text: str) -> str:
    return " ".join(text.split())


def strip_unstorable(text: str) -> str:
    """Drop what no database and no socket takes: lone surrogates and NUL."""
    return text.encode("utf-8", "ignore").decode().replace("\x00", "")


def data_lines(package: str, name: str) -> Iterator[str]:
    """A list beside the rules: one entry per line, `#` starts a comment line."""
    for line in (files(package) / "data" / name).read_text(encoding="utf-8").splitlines():
        entry = line.strip()
        if entry and not entry.startswith("#"):
            yield entry
