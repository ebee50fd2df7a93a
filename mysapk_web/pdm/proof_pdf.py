"""The proof as PDF: one page, made from the stored content alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import segno
from fpdf import FPDF
from fpdf.enums import WrapMode, XPos, YPos

from mysapk_web.organisation.rules.nip import NIP_LENGTH
from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.platform.rules.timezones import format_moment_compact

_MARGIN: Final = 20.0
_WIDTH: Final = 210.0 - 2 * _MARGIN
_QR: Final = 32.0
"""Edge of the QR code, mm; phones read 3 cm and more. Around it 8 mm of paper: at least four modules (ISO/IEC 18004).
Edge of the QR code, mm; phones read 3 cm and more. Around it 8 mm of paper: at least four modules (ISO/IEC 18004)."""
_FOOT: Final = 55.0
"""Height of everything below the table at most, mm."""
_CHECKED: Final = (
    "Pindai kode ini, atau buka alamat di bawah, untuk memeriksa keaslian bukti. Halaman pemeriksaan menyebutkan nomor, "
    "waktu, nama, dan instansi yang sama dengan yang tercetak di sini."
)
_MEANING: Final = (
    "Bukti ini menyatakan apa yang diperiksa dan dikirim pegawai. Usulan yang dikirim masih diverifikasi; data pada berkas "
    "baru berubah sesudah usulan diterapkan."
)
_COLUMNS: Final = (
    ("Kelompok data", 62.0, "L"),
    ("Hasil", 54.0, "L"),
    ("Data di berkas", 30.0, "R"),
    ("Usulan", 24.0, "R"),
)
_GREY: Final = (90, 90, 90)
_RULE: Final = (190, 190, 190)
_LABELS: Final = 36.0
"""Width of the label column, mm."""


def proof_pdf(content: Mapping[str, Any]) -> bytes:
    """The same content always gives the same bytes: the date is that of the proof, not of the download."""
    pdf = FPDF(format="A4")
    pdf.core_fonts_encoding = "cp1252"
    pdf.set_creation_date(datetime.fromisoformat(str(content["at"])))
    pdf.set_title(f"Bukti Pemutakhiran Data Mandiri {content['number']}")
    pdf.set_author("MySAPK Web")
    pdf.set_lang("id-ID")
    pdf.set_margin(_MARGIN)
    pdf.c_margin = 0.0  # align text with the rules
    pdf.set_auto_page_break(auto=True, margin=_MARGIN)
    pdf.add_page()
    _head(pdf, content)
    _person(pdf, content)
    _table(pdf, content)
    _foot(pdf, content)
    return bytes(pdf.output())


def _plain(text: object) -> str:
    """The standard fonts contain Latin letters only."""
    return str(text).encode("cp1252", "replace").decode("cp1252")


def _line(pdf: FPDF, text: str, height: float = 6.0, width: float = 0.0) -> None:
    pdf.multi_cell(width, height, _plain(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _head(pdf: FPDF, content: Mapping[str, Any]) -> None:
    pdf.set_font("helvetica", "B", 16)
    _line(pdf, "Bukti Pemutakhiran Data Mandiri", 9)
    pdf.set_font("helvetica", "", 11)
    _line(pdf, str(content["instansi"]))
    pdf.ln(2)
    pdf.set_draw_color(*_GREY)
    pdf.line(_MARGIN, pdf.get_y(), _MARGIN + _WIDTH, pdf.get_y())
    pdf.ln(5)


def _printed_nip(nip: str, jenis: str) -> str:
    """As in official letters: 8, 6, 1 and 3 digits (Perka BKN 22/2007); an internal number stays unbroken."""
    if len(nip) != NIP_LENGTH or jenis == JenisPegawai.PPT_NON_ASN.label:
        return nip
    return f"{nip[:8]} {nip[8:14]} {nip[14]} {nip[15:]}"


def _person(pdf: FPDF, content: Mapping[str, Any]) -> None:
    made = format_moment_compact(datetime.fromisoformat(str(content["at"])), str(content["zona"]))
    facts = (
        ("Nomor bukti", content["number"]),
        ("Diterbitkan", made),
        ("Nama", content["nama"]),
        ("NIP", _printed_nip(str(content["nip"]), str(content["jenis"]))),
        ("Jenis pegawai", content["jenis"]),
        ("Unit verifikasi", content["unit"]),
        ("Periode", content["period"]),
    )
    for label, value in facts:
        if not value:
            continue
        top = pdf.get_y()
        pdf.set_font("helvetica", "", 10)
        pdf.set_text_color(*_GREY)
        pdf.cell(_LABELS, 6, _plain(label))
        pdf.set_text_color(0, 0, 0)
        pdf.set_xy(_MARGIN + _LABELS, top)
        _line(pdf, str(value))
    pdf.ln(5)


def _table(pdf: FPDF, content: Mapping[str, Any]) -> None:
    pdf.set_font("helvetica", "B", 10)
    _row(pdf, [title for title, _, _ in _COLUMNS])
    pdf.set_font("helvetica", "", 10)
    pdf.set_draw_color(*_RULE)
    for group in content["groups"]:
        _row(pdf, [group["label"], group["result"], str(group["records"]), str(group["proposals"])])
    pdf.ln(8)


def _row(pdf: FPDF, words: list[str]) -> None:
    for (_, width, align), word in zip(_COLUMNS, words, strict=True):
        pdf.cell(width, 7, _plain(word), border="B", align=align)
    pdf.ln(7)


def _foot(pdf: FPDF, content: Mapping[str, Any]) -> None:
    if pdf.get_y() + _FOOT > pdf.h - _MARGIN:
        pdf.add_page()
    top, address = pdf.get_y(), str(content["check"])
    _qr(pdf, address, _MARGIN, top)
    left = _MARGIN + _QR + 8
    pdf.set_font("helvetica", "", 10)
    pdf.set_xy(left, top)
    _beside(pdf, left, _CHECKED)
    pdf.set_text_color(*_GREY)
    pdf.set_font("helvetica", "", 9)
    _beside(pdf, left, address, link=address)
    pdf.set_text_color(0, 0, 0)
    pdf.set_font("helvetica", "", 10)
    _beside(pdf, left, _MEANING)


def _beside(pdf: FPDF, left: float, words: str, link: str = "") -> None:
    """A paragraph beside the QR code; a URL has no blanks and may break anywhere."""
    mode = WrapMode.CHAR if link else WrapMode.WORD
    pdf.set_x(left)
    pdf.multi_cell(
        _MARGIN + _WIDTH - left, 5, _plain(words), align="L", link=link, wrapmode=mode, new_x=XPos.LEFT, new_y=YPos.NEXT
    )
    pdf.ln(2)


def _qr(pdf: FPDF, text: str, left: float, top: float) -> None:
    """Modules only: the paper around them is the quiet zone, which keeps the code aligned with the text above."""
    rows = [list(row) for row in segno.make(text, error="m", micro=False).matrix_iter(border=0)]
    step = _QR / len(rows)
    pdf.set_fill_color(0, 0, 0)
    for down, row in enumerate(rows):
        start = 0
        while start < len(row):
            end = start
            while end < len(row) and row[end]:
                end += 1
            if end > start:  # a run of dark modules is one rectangle: no hairlines between them
                pdf.rect(left + start * step, top + down * step, (end - start) * step, step, style="F")
            start = end + 1
