"""Cells of text files that people open in a spreadsheet: never run as a formula, and read back unchanged.

Which sign separates cells depends on the reader's locale: Indonesian Excel splits at ";" and then ignores quotes around a
cell that holds one. So every position where a cell could begin counts as a beginning.
"""

from __future__ import annotations

import re
from typing import Final

_SEPARATORS: Final = frozenset(";,\t\r\n")
_MARK: Final = "[=+\\-@＝＋－＠]"
"""What a formula begins with (OWASP, CSV injection; ASVS 1.2.10); full-width forms count in some spreadsheets."""
_BEGINNING: Final = "(?<![\\s\"';,])([\\s\"';,]*)"
"""What a spreadsheet may skip before a cell; matched as a whole, so that a long run is scanned once."""
_RUNNING: Final = re.compile(f"{_BEGINNING}(?={_MARK})")
_HELD: Final = re.compile(f"{_BEGINNING}'(?={_MARK})")


def escape_formula(text: str) -> str:
    """Put an apostrophe before each mark that could begin a formula."""
    return _RUNNING.sub(lambda found: f"{found[0]}'" if _begins(found) else found[0], text)


def unescape_formula(text: str) -> str:
    """The inverse of `escape_formula`; other text stays as it is."""
    if "'" not in text:
        return text
    return _HELD.sub(lambda found: found[1] if _begins(found) else found[0], text)


def _begins(found: re.Match[str]) -> bool:
    return found.start() == 0 or not _SEPARATORS.isdisjoint(found[1])
