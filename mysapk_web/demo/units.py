"""The trees of units of the demo agencies, from `demo/data/units.txt`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

_CHOICE = re.compile(r"<([^>]*)>")
_RANGE = re.compile(r"\[(\d+)-(\d+)\]")
_LINE = re.compile(r"(?P<indent> *)(?P<name>.+?) = (?P<share>\d+)(?P<satker> \*)?")


@dataclass(frozen=True, slots=True)
class DemoUnit:
    """One unit; `parent` is an index into the list, `share` the weight by which people are spread."""

    name: str
    code: str
    parent: int | None
    level: int
    share: int
    is_satker: bool
    instansi: str


@dataclass(frozen=True, slots=True)
class _Line:
    level: int
    name: str
    share: int
    is_satker: bool
    below: tuple[_Line, ...] = ()


def units() -> list[DemoUnit]:
    """All units, every parent before its children."""
    text = (files("mysapk_web.demo") / "data" / "units.txt").read_text(encoding="utf-8")
    found: list[DemoUnit] = []
    for root in _nested([_parsed(line) for line in text.splitlines() if line and not line.startswith("#")]):
        _grow(found, root, root.name, None, "00", root.name)
    return found


def _parsed(line: str) -> _Line:
    match = _LINE.fullmatch(line)
    if match is None:
        raise ValueError(f"units.txt: {line!r}")
    level = len(match["indent"]) // 2
    return _Line(level, match["name"], int(match["share"]), match["satker"] is not None)


def _nested(lines: list[_Line]) -> list[_Line]:
    """Put every line below the one that it is indented under."""
    roots: list[_Line] = []
    start = 0
    while start < len(lines):
        end = start + 1
        while end < len(lines) and lines[end].level > lines[start].level:
            end += 1
        line = lines[start]
        below = tuple(_nested(lines[start + 1 : end]))
        roots.append(_Line(line.level, line.name, line.share, line.is_satker, below))
        start = end
    return roots


def _grow(found: list[DemoUnit], line: _Line, name: str, parent: int | None, code: str, instansi: str) -> None:
    here = len(found)
    found.append(DemoUnit(name, code, parent, line.level, line.share, line.is_satker, instansi))
    children = [(child, made) for child in line.below for made in _names(child.name, name)]
    for number, (child, made) in enumerate(children, start=1):
        below = f"{number:02d}" if parent is None else f"{code}.{number:02d}"
        _grow(found, child, made, here, below, instansi)


def _names(pattern: str, parent: str) -> Iterator[str]:
    """Expand one pattern; `{induk}` is the last word of the parent's name."""
    pattern = pattern.replace("{induk}", parent.rsplit(" ", 1)[-1])
    if choice := _CHOICE.search(pattern):
        for word in choice[1].split("|"):
            yield from _names(pattern.replace(choice[0], word), parent)
    elif span := _RANGE.search(pattern):
        for number in range(int(span[1]), int(span[2]) + 1):
            yield from _names(pattern.replace(span[0], str(number)), parent)
    else:
        yield pattern
