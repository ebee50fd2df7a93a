"""The proof as PDF: one page, made of the stored content alone, the same bytes every time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import segno
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from mysapk_web.services.periods import moment

_MARGIN: Final = 20.0
_WIDTH: Final = 210.0 - 2 * _MARGIN
_QR: Final = 34.0
"""Edge of the QR code with its quiet zone, mm; 3 cm and more are read by every phone."""
_COLUMNS: Final = (("Grup", 66.0, "L"), ("Hasil", 56.0, "L"), ("Data", 22.0, "R"), ("Usulan", 26.0, "R"))
_GREY: Final = (90, 90, 90)


def proof_pdf(content: Mapping[str, Any]) -> bytes:
    """Write a proof.

    Args:
        content: `Proof.content`.

    Returns:
        The document. The same content always gives the same bytes: its date is that of the proof, not of the download.
    """
    pdf = FPDF(format="A4")
    pdf.core_fonts_encoding = "cp1252"
    pdf.set_creation_date(datetime.fromisoformat(str(content["at"])))
    pdf.set_title(f"Bukti Pemutakhiran Data Mandiri {content['number']}")
    pdf.set_author("MySAPK Web")
    pdf.set_lang("id-ID")
    pdf.set_margin(_MARGIN)
    pdf.set_auto_page_break(auto=True, margin=_MARGIN)
    pdf.add_page()
    _head(pdf, content)
    _person(pdf, content)
    _table(pdf, content)
    _foot(pdf, content)
    return bytes(pdf.output())


def _plain(text: object) -> str:
    """The fonts that every reader has know the Latin letters only."""
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
    pdf.ln(4)


def _person(pdf: FPDF, content: Mapping[str, Any]) -> None:
    made = moment(datetime.fromisoformat(str(content["at"])), str(content["zona"]))
    facts = (
        ("Nomor bukti", content["number"]),
        ("Diterbitkan", made),
        ("Nama", content["nama"]),
        ("NIP", content["nip"]),
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
        pdf.cell(36, 6, _plain(label))
        pdf.set_text_color(0, 0, 0)
        pdf.set_xy(_MARGIN + 36, top)
        _line(pdf, str(value))
    pdf.ln(4)


def _table(pdf: FPDF, content: Mapping[str, Any]) -> None:
    pdf.set_font("helvetica", "B", 10)
    _row(pdf, [title for title, _, _ in _COLUMNS])
    pdf.set_font("helvetica", "", 10)
    for group in content["groups"]:
        _row(pdf, [group["label"], group["result"], str(group["records"]), str(group["proposals"])])
    pdf.ln(6)


def _row(pdf: FPDF, words: list[str]) -> None:
    for (_, width, align), word in zip(_COLUMNS, words, strict=True):
        pdf.cell(width, 7, _plain(word), border="B", align=align)
    pdf.ln(7)


def _foot(pdf: FPDF, content: Mapping[str, Any]) -> None:
    if pdf.get_y() + _QR > pdf.h - _MARGIN:
        pdf.add_page()
    top = pdf.get_y()
    _qr(pdf, str(content["check"]), _MARGIN, top)
    pdf.set_xy(_MARGIN + _QR + 6, top + 2)
    pdf.set_font("helvetica", "", 10)
    pdf.multi_cell(
        _WIDTH - _QR - 6,
        5.5,
        _plain(
            "Pindai kode ini untuk memeriksa keaslian bukti: halaman pemeriksaan menyebutkan nomor, waktu, nama, dan "
            "instansi yang sama dengan yang tercetak di sini.\n\n"
            "Bukti ini menyatakan apa yang diperiksa dan dikirim pegawai. Usulan yang dikirim masih diverifikasi; "
            "data pada berkas baru berubah sesudah usulan diterapkan."
        ),
        align="L",
    )


def _qr(pdf: FPDF, text: str, left: float, top: float) -> None:
    rows = [list(row) for row in segno.make(text, error="m", micro=False).matrix_iter(border=4)]
    step = _QR / len(rows)
    pdf.set_fill_color(0, 0, 0)
    for down, row in enumerate(rows):
        start = 0
        while start < len(row):
            end = start
            while end < len(row) and row[end]:
                end += 1
            if end > start:  # a run of dark modules is one rectangle: no hair lines between them
                pdf.rect(left + start * step, top + down * step, (end - start) * step, step, style="F")
            start = end + 1
