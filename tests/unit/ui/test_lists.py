"""Filters stand in the address, and whatever stands in an address is read with care."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mysapk_web
from mysapk_web.administration.pages.pegawai.daftar import format_total
from mysapk_web.platform.pagination import MAX_ROWS, Page
from mysapk_web.platform.rules.text import strip_unstorable
from mysapk_web.ui.components.lists import MAX_VALUE_LENGTH, format_found, url_parameter, url_with
from mysapk_web.ui.state import form_text


@dataclass
class Url:
    query_parameters: dict[str, Any] = field(default_factory=dict)


def test_empty_filters_leave_no_trace_in_the_address() -> None:
    assert url_with("/admin/pegawai", {"status": "", "jenis": ""}) == "/admin/pegawai"
    assert url_with("/admin/pegawai", {"status": "aktif", "unit": "D1 & D2"}) == (
        "/admin/pegawai?status=aktif&unit=D1+%26+D2"
    )


def test_a_page_stands_in_the_address_from_the_second_on() -> None:
    narrowed = {"jenis": "PPPK", "status": ""}
    assert [url_with("/admin/surat", narrowed, page) for page in (0, 1, 2)] == [
        "/admin/surat?jenis=PPPK",
        "/admin/surat?jenis=PPPK",
        "/admin/surat?jenis=PPPK&halaman=2",
    ]


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Page([], total=7), "7 peristiwa"),
        (Page([], total=1_000, has_more=True), "Lebih dari 1.000 peristiwa; persempit dengan saringan{}."),
        (
            Page([], total=5_600_000, has_more=True),
            "5.600.000 peristiwa; 1.000 yang pertama dapat dibuka di sini; persempit dengan saringan{}.",
        ),
    ],
)
@pytest.mark.parametrize("file", [True, False])
def test_what_cannot_be_paged_to_is_said(found: Page[Any], words: str, file: bool) -> None:
    """A file is spoken of only where the page has one."""
    assert format_found(found, "peristiwa", file=file) == words.format(", atau unduh semuanya" if file else "")


def test_a_page_speaks_of_a_file_exactly_where_it_offers_one() -> None:
    package = Path(mysapk_web.__file__).parent
    said = {path: text for path in package.rglob("*.py") if "format_found(found" in (text := path.read_text("utf-8"))}
    said.pop(package / "ui" / "components" / "lists.py")
    assert len(said) >= 3
    for path, text in said.items():
        assert ("file=True" in text) is ("download_form(" in text), path


@pytest.mark.parametrize("value", [None, 7, ["x"], {"a": 1}, "x" * (MAX_VALUE_LENGTH + 1), "", "  ", "\x00", "\ud800"])
def test_a_parameter_that_is_none_is_empty(value: Any) -> None:
    assert url_parameter(Url({"status": value}), "status") == ""
    assert url_parameter(Url(), "status") == ""


@given(st.text(alphabet=st.characters(codec=None), max_size=40))
def test_what_is_typed_can_be_sent_and_stored(text: str) -> None:
    kept = strip_unstorable(text)
    assert "\x00" not in kept
    assert kept.encode().decode() == kept
    assert strip_unstorable(kept) == kept
    assert form_text({"a": text}, "a") == kept


def test_plain_words_stay_as_they_are() -> None:
    assert strip_unstorable("Ni Luh Ayu 𝄞 éü") == "Ni Luh Ayu 𝄞 éü"


def test_many_are_not_counted_to_the_end() -> None:
    assert format_total(3923) == "3.923 pegawai"
    assert "atau lebih" in format_total(MAX_ROWS)
