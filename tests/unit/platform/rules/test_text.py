import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mysapk_web
from mysapk_web.pdm.rules.groups import GROUPS
from mysapk_web.platform.rules.text import HYPHENS, INVISIBLE, data_lines, fold_full_width, in_sentence, is_blank


@pytest.mark.parametrize("character", [" ", "\t", "\n", "\u00a0", "\u3000", "\u200b", "\u200d", "\u2060", "\ufeff"])
def test_blanks(character):
    assert is_blank(character)


@given(st.characters(exclude_categories=["Cs", "Cf", "Zs", "Zl", "Zp", "Cc"]))
def test_nothing_visible_is_a_blank(character):
    assert not is_blank(character)


def test_invisible_characters_are_format_characters_and_hyphens_are_dashes():
    assert {unicodedata.category(character) for character in INVISIBLE} == {"Cf"}
    assert {unicodedata.category(character) for character in HYPHENS} <= {"Pd", "Sm"}


def test_full_width_forms_become_ascii():
    assert fold_full_width("ＡＢｃ１２３＠．") == "ABc123@."


@given(st.text(st.characters(max_codepoint=0xFEFF)))
def test_everything_else_stays(text):
    assert fold_full_width(text) == text


@pytest.mark.parametrize(
    ("package", "name"),
    [("mysapk_web.organisation.rules", "free_mail.txt"), ("mysapk_web.accounts.rules", "common_passwords.txt")],
)
def test_lists_have_small_letters_and_no_doubles(package, name):
    entries = list(data_lines(package, name))
    assert entries
    assert len(entries) == len(set(entries))
    assert all(entry == entry.casefold() and not any(map(str.isspace, entry)) for entry in entries)


def test_comments_are_no_entries():
    assert not any(entry.startswith("#") for entry in data_lines("mysapk_web.organisation.rules", "free_mail.txt"))


ABBREVIATIONS = {"CLTN", "CPNS", "PNS", "SKP", "PMK", "BKN"}


@pytest.mark.parametrize("label", sorted({each.label for group in GROUPS for each in (group, *group.kinds)}))
def test_a_label_keeps_its_abbreviations_inside_a_sentence(label):
    words = label.split()
    assert in_sentence(label).split() == [word if word in ABBREVIATIONS else word.lower() for word in words]


def test_abbreviations_of_acts_and_with_signs_are_kept():
    assert in_sentence("Teruskan ke BKN") == "teruskan ke BKN"
    assert in_sentence("Data KTP/NIK (e-KTP)") == "data KTP/NIK (e-KTP)"
    assert in_sentence("A") == "a"


def test_no_page_and_no_service_lowers_a_label_itself():
    package = Path(mysapk_web.__file__).parent
    lowered = re.compile(r"label\b[\]'\"]*\.lower\(\)")  # of a Var, too, which the browser lowers
    found = [file.name for file in package.rglob("*.py") if lowered.search(file.read_text(encoding="utf-8"))]
    assert found == []
