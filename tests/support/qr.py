"""Reads a QR code as a scanner does (ISO/IEC 18004): from the modules that a PDF draws to the text they hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import pikepdf
from segno import consts

Modules = list[list[bool]]

_FORMAT_MASK: Final = 0b101010000010010
_LEVELS: Final = {
    0b01: consts.ERROR_LEVEL_L,
    0b00: consts.ERROR_LEVEL_M,
    0b11: consts.ERROR_LEVEL_Q,
    0b10: consts.ERROR_LEVEL_H,
}
_MASKS: Final[tuple[Callable[[int, int], bool], ...]] = (
    lambda row, column: (row + column) % 2 == 0,
    lambda row, _column: row % 2 == 0,
    lambda _row, column: column % 3 == 0,
    lambda row, column: (row + column) % 3 == 0,
    lambda row, column: (row // 2 + column // 3) % 2 == 0,
    lambda row, column: row * column % 2 + row * column % 3 == 0,
    lambda row, column: (row * column % 2 + row * column % 3) % 2 == 0,
    lambda row, column: ((row + column) % 2 + row * column % 3) % 2 == 0,
)


def drawn_modules(page: pikepdf.Page) -> Modules:
    """The grid of the filled rectangles of a page; they have to lie exactly on it."""
    boxes, pending = [], None
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) == "re":
            pending = [float(value) for value in operands]
        elif str(operator) == "f" and pending:
            boxes.append(pending)
            pending = None
    height = sorted(abs(height) for *_, height in boxes)[len(boxes) // 2]  # written with two decimals of a point
    left, top = min(box[0] for box in boxes), max(box[1] for box in boxes)
    right = max(x + width for x, _, width, _ in boxes)
    size = round((right - left) / height)
    step = (right - left) / size
    modules = [[False] * size for _ in range(size)]
    for x, y, width, _ in boxes:
        row, column, run = (top - y) / step, (x - left) / step, width / step
        assert all(abs(value - round(value)) < 0.05 for value in (row, column, run))
        for place in range(round(column), round(column) + round(run)):
            modules[round(row)][place] = True
    return modules


def text_of(modules: Modules) -> str:
    """The text of a code whose modules are all sound."""
    size = len(modules)
    version = (size - 17) // 4
    level, mask = _format(modules)
    bits = [
        modules[row][column] ^ _MASKS[mask](row, column)
        for row, column in _walk(size)
        if not _fixed(version, row, column)
    ]
    words = [_number(bits[place : place + 8]) for place in range(0, len(bits) - 7, 8)]
    data = _straightened(words, version, level)
    stream = [bool(word >> (7 - place) & 1) for word in data for place in range(8)]
    assert _number(stream[:4]) == 0b0100  # bytes
    width = 8 if version < 10 else 16
    count = _number(stream[4 : 4 + width])
    start = 4 + width
    return bytes(_number(stream[start + 8 * each : start + 8 * each + 8]) for each in range(count)).decode("ascii")


def _number(bits: list[bool]) -> int:
    return int("".join("1" if bit else "0" for bit in bits), 2)


def _format(modules: Modules) -> tuple[int, int]:
    row = [modules[8][column] for column in (0, 1, 2, 3, 4, 5, 7, 8)]
    rest = [modules[row_][8] for row_ in (7, 5, 4, 3, 2, 1, 0)]
    found = _number(row + rest) ^ _FORMAT_MASK
    return _LEVELS[found >> 13], found >> 10 & 0b111


def _walk(size: int) -> Iterator[tuple[int, int]]:
    """Two columns at a time, from the right, up and down in turn, past the timing column."""
    up = True
    for right in [*range(size - 1, 6, -2), 5, 3, 1]:
        for row in range(size - 1, -1, -1) if up else range(size):
            yield row, right
            yield row, right - 1
        up = not up


def _fixed(version: int, row: int, column: int) -> bool:
    """Modules that hold no data: finders with format, timing, alignment, version."""
    size = 17 + 4 * version
    if 6 in (row, column):
        return True
    if (row < 9 and (column < 9 or column >= size - 8)) or (row >= size - 8 and column < 9):
        return True
    if version >= 7 and ((row < 6 and size - 11 <= column < size - 8) or (column < 6 and size - 11 <= row < size - 8)):
        return True
    places = consts.ALIGNMENT_POS[version - 2] if version > 1 else ()
    last = places[-1] if places else 0
    corners = {(6, 6), (6, last), (last, 6)}
    return any(
        abs(row - down) <= 2 and abs(column - across) <= 2
        for down in places
        for across in places
        if (down, across) not in corners
    )


def _straightened(words: list[int], version: int, level: int) -> list[int]:
    """The blocks, which lie interleaved, one after the other, without their words of correction."""
    lengths = [info.num_data for info in consts.ECC[version][level] for _ in range(info.num_blocks)]
    blocks: list[list[int]] = [[] for _ in lengths]
    left = iter(words)
    for place in range(max(lengths)):
        for block, length in zip(blocks, lengths, strict=True):
            if place < length:
                block.append(next(left))
    return [word for block in blocks for word in block]
