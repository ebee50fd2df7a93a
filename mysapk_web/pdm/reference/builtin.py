"""The built-in code tables: one CSV file each under `data`, with the columns code, label, parent and active (0 or 1).

A file starts with comment lines (`#`), the first its title; `# awal` marks a starting set that an agency replaces with
its own list.
"""

import csv
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

_FOLDER: Final = files(__package__) / "data"
_SUFFIX: Final = ".csv"


@dataclass(frozen=True, slots=True)
class CodeEntry:
    code: str
    label: str
    parent: str = ""
    """Code of another table that it belongs to; empty for none."""
    active: bool = True
    """May be chosen today; an inactive code stays readable in old records."""


@dataclass(frozen=True, slots=True)
class _Table:
    by_code: Mapping[str, CodeEntry]
    folded: tuple[tuple[str, CodeEntry], ...]


@cache
def table_names() -> tuple[str, ...]:
    return tuple(sorted(file.name.removesuffix(_SUFFIX) for file in _FOLDER.iterdir() if file.name.endswith(_SUFFIX)))


def entries(name: str) -> tuple[CodeEntry, ...]:
    """Raises KeyError if there is no such table."""
    return tuple(_load(name).by_code.values())


def label(name: str, code: str) -> str | None:
    """Also of an inactive code; None if table or code is unknown."""
    entry = _find(name, code)
    return entry.label if entry else None


def search(name: str, text: str, limit: int = 20, parent: str = "") -> list[CodeEntry]:
    """Active codes that match what was typed; an empty text matches the first entries.

    Returns:
        Codes typed in full and labels that start with the text, then labels with a word that does, then labels that
            contain
        it; each in the order of the table.

    Raises:
        KeyError: There is no such table.
    """
    wanted = fold(text)
    ranks: tuple[list[CodeEntry], list[CodeEntry], list[CodeEntry]] = ([], [], [])
    for folded, entry in _load(name).folded:
        if not entry.active or (parent and entry.parent != parent):
            continue
        rank = _rank(folded, entry.code.casefold(), wanted)
        if rank is not None:
            ranks[rank].append(entry)
    return [entry for found in ranks for entry in found][:limit]


def fold(text: str) -> str:
    """For comparison: lower case, no accents, single spaces."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return " ".join(plain.casefold().split())


class TableCodes:
    def label(self, table: str, code: str) -> str | None:
        return label(table, code)

    def exists(self, table: str, code: str) -> bool:
        entry = _find(table, code)
        return entry is not None and entry.active

    def parent(self, table: str, code: str) -> str:
        entry = _find(table, code)
        return entry.parent if entry else ""


CODES: Final = TableCodes()


def _rank(folded: str, code: str, wanted: str) -> int | None:
    if code == wanted or folded.startswith(wanted):
        return 0
    if f" {wanted}" in folded:
        return 1
    return 2 if wanted in folded else None


def _find(name: str, code: str) -> CodeEntry | None:
    return _load(name).by_code.get(code) if name in table_names() else None


@cache
def _load(name: str) -> _Table:
    if name not in table_names():
        raise KeyError(name)
    lines = (_FOLDER / f"{name}{_SUFFIX}").read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    found = [CodeEntry(row["code"], row["label"], row.get("parent", ""), row.get("active", "1") != "0") for row in rows]
    by_code = {entry.code: entry for entry in found}
    if len(by_code) != len(found):
        raise ValueError(f"{name}{_SUFFIX}: a code stands there twice")
    return _Table(
        by_code=MappingProxyType(by_code),
        folded=tuple((fold(entry.label), entry) for entry in found),
    )
