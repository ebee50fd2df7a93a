"""Names of uploaded files: whatever a browser sends, what is shown and saved under is harmless and still recognisable."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mysapk_web.platform.rules.filename import MAX_LENGTH, FilenameError, clean_pdf_name, content_disposition

NAMES = {
    "SK KP 2026.pdf": "SK KP 2026.pdf",
    "SK.PDF": "SK.pdf",
    "document:1234": "document 1234.pdf",
    "": "dokumen.pdf",
    ".pdf": "dokumen.pdf",
    "....pdf": "dokumen.pdf",
    "SK No. 12.2021": "SK No. 12.2021.pdf",
    "/etc/passwd": "passwd.pdf",
    "..\\..\\windows\\system32\\sk.pdf": "sk.pdf",
    "../../../sk.pdf": "sk.pdf",
    "sk\u202efdp.pdf": "skfdp.pdf",
    "sk\u200b\ufeff kp.pdf": "sk kp.pdf",
    "sk\r\nSet-Cookie: x=1.pdf": "sk Set-Cookie x=1.pdf",
    'a"b<c>|d?*.pdf': "a b c d.pdf",
    "sk.exe\x00.pdf": "sk.exe.pdf",
    "ＳＫ．ｐｄｆ": "SK.pdf",
    "ijazah São.pdf": "ijazah São.pdf",
    "CON.pdf": "dokumen-CON.pdf",
    "nul": "dokumen-nul.pdf",
    "-rf.pdf": "rf.pdf",
    "~/.ssh/id.pdf": "id.pdf",
    "a" * 300 + ".pdf": "a" * 96 + ".pdf",
    "\ud800sk.pdf": "sk.pdf",
}


@pytest.mark.parametrize("raw", NAMES)
def test_a_name_is_cleaned(raw: str) -> None:
    assert clean_pdf_name(raw) == NAMES[raw]


@pytest.mark.parametrize(
    "raw", ["sk.exe", "sk.pdf.exe", "sk.pdf\x00.exe", "sk.html", "sk.pdf .js", "foto.JPG", "sk.pdf.\u202eexe", "x.docx"]
)
def test_another_extension_is_refused_in_words(raw: str) -> None:
    with pytest.raises(FilenameError, match="PDF"):
        clean_pdf_name(raw)


@given(st.text(max_size=400))
def test_whatever_comes_is_harmless_afterwards(raw: str) -> None:
    try:
        name = clean_pdf_name(raw)
    except FilenameError:
        return
    assert name.endswith(".pdf")
    assert 5 <= len(name) <= MAX_LENGTH + len("dokumen-")
    assert not re.search(r'[/\\:*?"<>|\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]', name)
    assert not name.startswith((".", "-", " ", "~"))
    assert clean_pdf_name(name) == name


@given(st.text(max_size=200))
def test_the_header_has_one_line_and_the_name_comes_back(raw: str) -> None:
    try:
        name = clean_pdf_name(raw)
    except FilenameError:
        return
    header = content_disposition("attachment", name)
    found = re.fullmatch(
        r"attachment; filename=\"([A-Za-z0-9 ._()-]*)\"; filename\*=UTF-8''([A-Za-z0-9%._~-]+)", header
    )
    assert found
    assert unquote(found[2]) == name
